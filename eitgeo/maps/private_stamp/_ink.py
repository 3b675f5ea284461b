"""The stamp as a drawing: a band along the top, large letters across the page."""

from __future__ import annotations

import io
import math
from functools import lru_cache

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from eitgeo.maps.paper.canvas import drawing_style
from eitgeo.maps.private_stamp._words import INK, SHORT_WORDS, WORDS

PT_PER_INCH = 72.0
_LETTERS_PT = 9.5
_BAND_PT = 17.0
"""Six millimetres: the printed maps leave seven above their titles."""
_BASELINE_SHARE = 0.2
_WORDS_EM = 28.0
"""Length of the words in bold, a little over what DejaVu Sans takes."""
_SHORT_EM = 11.5
_DIAGONAL_SHARE = 0.75
_DIAGONAL_ALPHA = 0.12
_DATELESS = {"CreationDate": None, "Producer": None, "Creator": None}


def letters_pt(width_pt: float) -> float:
    """Choose the size of the letters of the band.

    Examples
    --------
    >>> letters_pt(842)
    9.5
    >>> letters_pt(140)
    5.0
    """
    return min(_LETTERS_PT, width_pt / _WORDS_EM)


def band_pt(width_pt: float) -> float:
    """Return the height of the band.

    Examples
    --------
    >>> band_pt(842)
    17.0
    """
    return _BAND_PT * letters_pt(width_pt) / _LETTERS_PT


@lru_cache(maxsize=8)
def stamp_pdf(width_pt: float, height_pt: float) -> bytes:
    """Draw the stamp as a page with nothing under it."""
    with drawing_style():
        buffer = io.BytesIO()
        figure = _figure(width_pt, height_pt)
        figure.savefig(buffer, format="pdf", metadata=_DATELESS, transparent=True)
    return buffer.getvalue()


@lru_cache(maxsize=2)
def stamp_image(width_px: int, height_px: int, *, dpi: float) -> Image.Image:
    """Draw the stamp as a picture with nothing under it."""
    scale = PT_PER_INCH / dpi
    # A hundredth of a pixel more: the canvas drops what passes a whole number.
    wide, high = (width_px + 0.01) * scale, (height_px + 0.01) * scale
    with drawing_style():
        figure = _figure(wide, high)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="rgba", dpi=dpi, transparent=True)
    return Image.frombytes("RGBA", (width_px, height_px), buffer.getvalue())


def _figure(width_pt: float, height_pt: float) -> Figure:
    figure = Figure(figsize=(width_pt / PT_PER_INCH, height_pt / PT_PER_INCH))
    figure.patch.set_alpha(0.0)
    diagonal = math.hypot(width_pt, height_pt)
    figure.text(
        0.5,
        0.5,
        SHORT_WORDS,
        fontsize=_DIAGONAL_SHARE * diagonal / _SHORT_EM,
        rotation=-math.degrees(math.atan2(height_pt, width_pt)),
        rotation_mode="anchor",
        ha="center",
        va="center",
        color=INK,
        alpha=_DIAGONAL_ALPHA,
        weight="bold",
    )
    band = band_pt(width_pt) / height_pt
    figure.add_artist(
        Rectangle(
            (0, 1 - band),
            1,
            band,
            transform=figure.transFigure,
            facecolor=INK,
            linewidth=0,
        )
    )
    figure.text(
        0.5,
        1 - band * (1 - _BASELINE_SHARE),
        WORDS,
        fontsize=letters_pt(width_pt),
        ha="center",
        va="baseline",
        color="white",
        weight="bold",
    )
    return figure
