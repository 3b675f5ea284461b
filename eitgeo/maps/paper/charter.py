"""The charter of prints: typeface, sizes, spaces, two families of colours.

Tests hold the colours to three kinds of colour blindness and to grey
(``tests/maps/test_charter.py``); ``docs/cartes.md`` tells the charter to its readers.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Final

from matplotlib.font_manager import fontManager

FONT: Final = ["IBM Plex Sans", "DejaVu Sans"]
"""Its figures all have one width; the other has the symbols that it lacks."""

HEADING_PT: Final = (16.0, 14.0, 12.5, 11.0, 10.0)
"""A heading takes the first size that fits."""
STUDY_PT: Final = (8.5, 8.0, 7.5)
PART_PT: Final = 9.0
"""Title of a part of the column."""
VALUE_PT: Final = 8.0
TEXT_PT: Final = 7.5
"""The smallest letters of a print: 7 points where a dossier prints it at 94 %."""
FOOTER_PT: Final = (7.5, 7.0, 6.5, 6.0, 5.5, 5.0)
"""Notes are smaller only where their credits do not fit in the foot of a page."""
COLUMN_ZOOMS: Final = (1.3, 1.22, 1.15, 1.08, 1.0, 0.95, 0.9)
"""How far the letters of a column grow or shrink to fill its height."""
WIDE_LEGEND: Final = 1.3
"""From which zoom a legend has one column."""

SEQUENTIAL: Final = ("#f7f4c8", "#c5e3b9", "#7fc6bc", "#4b9dc3", "#3a6db3", "#27407f")
"""Classes in order, from the least: each darker than the one before."""
CATEGORICAL: Final = (
    "#1d2f6f",
    "#8f2d1f",
    "#00796b",
    "#b0609a",
    "#e08e2b",
    "#8fc5ee",
    "#efe36b",
)
"""Kinds without an order: no two alike, in grey either."""


def sequential(count: int) -> tuple[str, ...]:
    """Spread so many classes over the family, the least always lightest.

    Examples
    --------
    >>> sequential(2)
    ('#f7f4c8', '#27407f')
    """
    last = len(SEQUENTIAL) - 1
    return tuple(
        SEQUENTIAL[round(rank * last / max(1, count - 1))] for rank in range(count)
    )


@cache
def load_typeface() -> None:
    """Make the typeface that the package ships known to matplotlib, once."""
    folder = resources.files("eitgeo.maps.paper").joinpath("fonts")
    for weight in ("Regular", "Bold"):
        with resources.as_file(folder.joinpath(f"IBMPlexSans-{weight}.ttf")) as path:
            fontManager.addfont(path)


STYLE: Final[dict[str, Any]] = {
    "font.family": FONT,
    "text.parse_math": False,
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.35,
    "pdf.compression": 4,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "eitgeo",
    "path.simplify": True,
    "text.hinting": "none",
}
