"""What a PDF embeds: outlines of letters, typefaces in one order, images as its text.

matplotlib has no setting for any of them: each is changed while a page is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, override

import matplotlib as mpl
from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib.backends import backend_pdf
from matplotlib.font_manager import FontPath
from matplotlib.ft2font import FT2Font, LoadFlags
from PIL import Image

_load_font = subset.load_font
_OUTLINES = frozenset(
    ("cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep")
)
"""Tables of a font that a PDF needs (ISO 32000, 9.9): it numbers and places glyphs."""


@contextmanager
def glyphs_alone() -> Iterator[None]:
    """Embed glyphs without their names and rules, which are long to read and to cut.

    Nor are they opened one by one where a PDF only places them.
    """
    # matplotlib hands no option on, and fonttools reads them before any is heard.
    pdf = vars(backend_pdf)
    usual, opening = subset.load_font, pdf["_text_helpers"]
    subset.load_font, pdf["_text_helpers"] = _outlines, SimpleNamespace(layout=_placed)
    try:
        yield
    finally:
        subset.load_font, pdf["_text_helpers"] = usual, opening


@contextmanager
def faces_by_name() -> Iterator[None]:
    """Embed typefaces by the names of their files, wherever these files lie.

    matplotlib sorts whole paths: a PDF would depend on where the package is.
    """
    file: Any = backend_pdf.PdfFile
    usual = file.writeFonts

    def write_fonts(document: Any) -> None:
        document._fontNames = {  # noqa: SLF001
            (_Face(path, path.face_index), letters): name
            for (path, letters), name in document._fontNames.items()  # noqa: SLF001
        }
        usual(document)

    file.writeFonts = write_fonts
    try:
        yield
    finally:
        file.writeFonts = usual


class _Face(FontPath):
    """A typeface that goes by the name of its file, then by its folder."""

    @override
    def __lt__(self, other: str) -> bool:
        return (Path(self).name, str(self)) < (Path(other).name, str(other))


@contextmanager
def images_like_text() -> Iterator[None]:
    """Compress the images of a PDF as the rest of it, three times as fast.

    matplotlib has no setting for them, and takes the slow default of PNG.
    """
    usual, level = Image.SAVE["PNG"], mpl.rcParams["pdf.compression"]

    def save(image: Image.Image, *given: Any) -> None:
        image.encoderinfo = {"compress_level": level} | image.encoderinfo
        usual(image, *given)

    Image.register_save("PNG", save)
    try:
        yield
    finally:
        Image.register_save("PNG", usual)


def _placed(text: str, font: FT2Font, **options: Any) -> Any:
    return font._layout(text, LoadFlags.NO_HINTING, **options)  # noqa: SLF001


def _outlines(*given: Any, **options: Any) -> TTFont:
    face = _load_font(*given, **options)
    for name in set(face.reader.keys()) - _OUTLINES:
        del face[name]
    return face
