"""The typeface of pages: the one of printed maps, cut to what French pages write."""

from __future__ import annotations

import base64
import io
from functools import cache
from importlib import resources
from typing import Final

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY: Final = "Eitgeo Sans"
"""Name of the cut: its licence (OFL) keeps the name of the whole for the whole."""
_WEIGHTS: Final = {400: "Regular", 700: "Bold"}
_BEYOND_LATIN: Final = "–—’‘“”«»…•·−‑≈≤≥→←\N{EURO SIGN}\u202f\u2009"
_LETTERS: Final = (*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, _BEYOND_LATIN))
_NARROW_EM: Final = 0.2
_NAMES: Final = {1: FAMILY, 4: FAMILY, 6: FAMILY.replace(" ", ""), 16: FAMILY}
"""Records of the table of names that tell the family."""


def font_face() -> str:
    """Return the rules that give a page its typeface, the font written in them."""
    return "".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; '
        f"font-display: swap; src: url(data:font/woff;base64,"
        f'{base64.b64encode(cut_font(style)).decode()}) format("woff"); }}\n'
        for weight, style in _WEIGHTS.items()
    )


def _widen(font: TTFont) -> None:
    """Let the narrow space part thousands on a screen: on paper it is finer."""
    known = font.getBestCmap()
    width = round(_NARROW_EM * font["head"].unitsPerEm)
    for sign in "\u202f\u2009":
        font["hmtx"][known[ord(sign)]] = (width, 0)


@cache
def cut_font(style: str) -> bytes:
    """Cut a font to Latin letters and to signs of French prose, as WOFF."""
    folder = resources.files("eitgeo.maps.paper") / "fonts"
    whole = io.BytesIO((folder / f"IBMPlexSans-{style}.ttf").read_bytes())
    # The same bytes each time: no date of today in them.
    font = TTFont(whole, recalcTimestamp=False)
    options = subset.Options(layout_features=["kern", "liga"], hinting=False)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=_LETTERS)
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in _NAMES:
            record.string = _NAMES[record.nameID]
        elif record.nameID == 3:  # noqa: PLR2004 - the identifier of a version
            record.string = f"{FAMILY} {style}"
    _widen(font)
    font.flavor = "woff"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()
