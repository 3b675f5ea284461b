"""The fonts inside a PDF: the bytes that matplotlib writes, in less time.

matplotlib cuts the letters of a page out of the whole of DejaVu: six thousand glyphs
and their tables are read for each page, twice a font. Here it is handed a font that
holds what French pages are written with, cut once; what it makes of it is the same,
byte for byte. A page with any other letter gets the whole font.
"""

from __future__ import annotations

import io
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends import _backend_pdf_ps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUBSET: Any = getattr(_backend_pdf_ps, "subset", None)
_WHOLE: Any = getattr(_backend_pdf_ps, "get_glyphs_subset", None)
_PARAMETERS = ["fontfile", "glyphs"]
_IS_KNOWN = bool(_SUBSET and _WHOLE) and [*signature(_WHOLE).parameters] == _PARAMETERS
"""Else another matplotlib: its pages are as slow as it makes them."""
_LETTERS = {
    *range(0x20, 0x180),  # Latin
    *range(0x2000, 0x2070),  # punctuation, spaces
    *range(0xFB00, 0xFB07),  # ligatures
    *map(ord, "€−≤≥≠→●◐○■□▲△▼◆★☆✓"),
}
_MOST = 64
"""Sets of letters kept, some 20 KB each: few pages differ in rare ligatures."""


class _Light(NamedTuple):
    """A font cut to what French pages need."""

    content: bytes
    ranks: dict[int, int]
    """Glyphs that may be asked: rank in the whole font → rank in this one."""


class FontFile(io.BytesIO):
    """A font in memory, as matplotlib knows a font file."""

    face_index = 0


class _Font(NamedTuple):
    """A font that is written already."""

    content: bytes

    def save(self, file: io.BytesIO, **_: Any) -> None:
        """Write it, as a font of fontTools is written."""
        file.write(self.content)


class _Cut(NamedTuple):
    """What matplotlib asks of a font: its letters alone, and where each has gone."""

    font: _Font
    glyph_index_map: dict[int, int]


@contextmanager
def light_fonts() -> Iterator[None]:
    """Embed the letters of French pages from a lighter font.

    Yields
    ------
    None
        While matplotlib is handed the lighter font.
    """
    if not _IS_KNOWN:
        yield
        return
    before = _backend_pdf_ps.get_glyphs_subset
    _backend_pdf_ps.get_glyphs_subset = _subset
    try:
        yield
    finally:
        _backend_pdf_ps.get_glyphs_subset = before


def _subset(fontfile: Any, glyphs: Iterable[int]) -> Any:
    """Stand for the function of matplotlib that cuts the letters of a page."""
    asked = frozenset(glyphs)
    if _is_shipped(str(fontfile)) and asked <= _light(str(fontfile)).ranks.keys():
        return nullcontext(cut_letters(str(fontfile), asked))
    return whole_font(fontfile, asked)


def whole_font(fontfile: Any, glyphs: Iterable[int]) -> Any:
    """Let matplotlib cut the letters of a page out of a font.

    Parameters
    ----------
    fontfile
        Its path, or the font in memory.
    glyphs
        Their ranks in that font.

    Returns
    -------
    context manager
        Of the font cut, and where each glyph has gone.
    """
    return _WHOLE(fontfile, glyphs)


def _is_shipped(file: str) -> bool:
    """Say whether a font is the DejaVu that comes with matplotlib."""
    ours = Path(file).is_relative_to(mpl.get_data_path())
    return ours and Path(file).name.startswith("DejaVuSans")


@lru_cache(maxsize=_MOST)
def cut_letters(file: str, asked: frozenset[int]) -> _Cut:
    """Cut the letters of a page out of the lighter font.

    Parameters
    ----------
    file
        Path of the whole font.
    asked
        Ranks of the glyphs in the whole font.

    Returns
    -------
    _Cut
        As matplotlib cuts them out of the whole font.
    """
    light = _light(file)
    with whole_font(
        FontFile(light.content), {light.ranks[one] for one in asked}
    ) as found:
        content = _written(found.font)
        places = {one: found.glyph_index_map[light.ranks[one]] for one in asked}
    return _Cut(_Font(content), places)


@lru_cache(maxsize=4)
def _light(file: str) -> _Light:
    """Cut a font to the letters of French pages; drop nothing else."""
    letters = font_manager.get_font(file).get_charmap()
    asked = {glyph for letter, glyph in letters.items() if letter in _LETTERS}
    options = _SUBSET.Options(
        drop_tables=[],
        glyph_names=True,
        layout_features=["*"],
        layout_scripts=["*"],
        legacy_cmap=True,
        legacy_kern=True,
        name_IDs=["*"],
        name_languages=["*"],
        name_legacy=True,
        notdef_outline=True,
        passthrough_tables=True,
        prune_codepage_ranges=False,
        prune_unicode_ranges=False,
        recalc_bounds=False,
        recommended_glyphs=True,
        symbol_cmap=True,
    )
    with _SUBSET.load_font(file, options) as font:
        subsetter = _SUBSET.Subsetter(options=options)
        subsetter.populate(gids=asked)
        subsetter.subset(font)
        content = _written(font)
    ranks = subsetter.glyph_index_map
    return _Light(content, {one: ranks[one] for one in asked})


def _written(font: Any) -> bytes:
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=False)
    return buffer.getvalue()
