"""Cut the typeface of pages from that of prints: `python scripts/cut_fonts.py`.

Writes `eitgeo/maps/paper/fonts/EitgeoSans-*.woff`, which pages bear.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from fontTools import subset
from fontTools.ttLib import TTFont

from eitgeo.maps.pages.page_parts import FAMILY

FONTS: Final = Path(__file__).resolve().parents[1] / "eitgeo/maps/paper/fonts"
STYLES: Final = ("Regular", "Bold")
_BEYOND_LATIN: Final = "–—’‘“”«»…•·−‑≈≤≥→←\N{EURO SIGN}\u202f\u2009"
_LETTERS: Final = (*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, _BEYOND_LATIN))
_NARROW_EM: Final = 0.2
_NAMES: Final = {1: FAMILY, 4: FAMILY, 6: FAMILY.replace(" ", ""), 16: FAMILY}
"""Records of the table of names that tell the family."""


def cut(style: str) -> bytes:
    """Cut a face to Latin letters and to signs of French prose, as WOFF."""
    whole = io.BytesIO((FONTS / f"IBMPlexSans-{style}.ttf").read_bytes())
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


def _widen(font: TTFont) -> None:
    """Let the narrow space part thousands on a screen: on paper it is finer."""
    known = font.getBestCmap()
    width = round(_NARROW_EM * font["head"].unitsPerEm)
    for sign in "\u202f\u2009":
        font["hmtx"][known[ord(sign)]] = (width, 0)


if __name__ == "__main__":
    for name in STYLES:
        (FONTS / f"EitgeoSans-{name}.woff").write_bytes(cut(name))
