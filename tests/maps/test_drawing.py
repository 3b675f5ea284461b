"""What maps of a set share when they are drawn, and what their dots weigh."""

import contextlib
import io
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib import _text_helpers, ft2font
from matplotlib.font_manager import (
    FontPath,
    FontProperties,
    findfont,
    fontManager,
    get_font,
)
from matplotlib.textpath import TextToPath
from PIL import Image
from pypdf import PdfReader

from eitgeo.maps.paper.canvas import (
    MM_PER_POINT,
    Page,
    drawing_style,
    text_width_mm,
    wrap,
)
from eitgeo.maps.paper.charter import FONT
from eitgeo.maps.paper.ground import Relief
from tests.maps.conftest import drawn_as
from tests.maps.pictures import relief
from tests.maps.test_print_maps import draw
from tests.maps.toy import Toy, make_toy
from tests.rerun import coarse_pictures

FRENCH = "Un périmètre réunit des communes dont les entreprises échangent entre elles"


@pytest.fixture(scope="module")
def toy() -> Toy:
    return make_toy()


def on(toy: Toy, shaded: Relief) -> Toy:
    """Return the toy study on a relief."""
    return replace(toy, ground=replace(toy.ground, relief=shaded))


def test_a_map_owes_nothing_to_those_drawn_before_on_its_relief(toy: Toy) -> None:
    """Looked at as pictures, of few dots: a PDF holds the same relief."""
    toy = drawn_as(toy, "png")
    shared, a3 = relief(), replace(toy.sheet, page_format="A3")
    with coarse_pictures():
        alone = {name: draw(on(toy, relief()), name) for name in ("aval", "anneau")}
        assert shared.shades == {}
        draw(on(toy, shared), "aval", sheet=a3)
        for name in ("anneau", "aval", "anneau"):
            assert draw(on(toy, shared), name) == alone[name]
    assert len(shared.shades) == 3


def test_the_dots_are_opaque_and_keep_title_and_resolution(toy: Toy) -> None:
    picture: Any = Image.open(io.BytesIO(draw(toy, "aval")["png"]))
    assert picture.mode == "RGB"
    assert picture.text == {
        "Title": "PETR de l'Aval – Quel territoire ?",
        "Description": "12\u202f345\xa0habitants",
    }
    assert [round(one) for one in picture.info["dpi"]] == [150, 150]


def test_a_pdf_embeds_outlines_and_widths_and_its_words_are_read(toy: Toy) -> None:
    """As ISO 32000 asks of a face whose glyphs go by their numbers (9.9)."""
    page: Any = PdfReader(io.BytesIO(draw(drawn_as(toy, "pdf"), "aval")["pdf"])).pages[
        0
    ]
    fonts = [one.get_object() for one in page["/Resources"]["/Font"].values()]
    assert len(fonts) >= 2
    for font in fonts:
        below = font["/DescendantFonts"][0].get_object()
        held = below["/FontDescriptor"]["/FontFile2"].get_data()
        face: Any = TTFont(io.BytesIO(held))
        needed = {"glyf", "head", "hhea", "hmtx", "loca", "maxp"}
        assert needed <= set(face.reader.keys()) <= needed | {"cvt ", "fpgm", "prep"}
    assert "Communes" in page.extract_text()


def test_a_pdf_owes_nothing_to_the_folders_of_its_typefaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that is installed lies before matplotlib, a clone may lie after it."""
    find = fontManager._find_fonts_by_props  # noqa: SLF001 - whom the PDF asks
    for folder in "az":
        (tmp_path / folder).mkdir()
    made = []
    for folders in ("az", "za"):

        def moved(
            *given: Any, folders: str = folders, **options: Any
        ) -> list[FontPath]:
            found = []
            for face in find(*given, **options):
                folder = folders["DejaVu" in face]
                copy = shutil.copy(face.path, tmp_path / folder)
                found.append(FontPath(str(copy), face.face_index))
            return found

        monkeypatch.setattr(fontManager, "_find_fonts_by_props", moved)
        made.append(written("Périmètre ✔"))
    assert made[0] == made[1]
    page: Any = PdfReader(io.BytesIO(made[0])).pages[0]
    assert len(page["/Resources"]["/Font"]) == 2


def written(text: str) -> bytes:
    """Write a text on a page as a PDF."""
    buffer = io.BytesIO()
    with drawing_style():
        page = Page()
        page.sheet.text(20, 20, text)
        page.figure.savefig(buffer, format="pdf", metadata={"CreationDate": None})
    return buffer.getvalue()


def test_images_of_a_pdf_are_those_that_the_slow_default_packs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slopes = np.linspace(0, 1, 300)
    dots = np.dstack([np.outer(slopes, slopes ** (1 + one)) for one in range(4)])
    quick = shown(dots)
    module = "eitgeo.maps.paper.canvas.images_like_text"
    monkeypatch.setattr(module, contextlib.nullcontext)
    slow = shown(dots)
    assert images_of(quick) == images_of(slow) != []
    assert len(slow) < len(quick)


def shown(dots: np.ndarray) -> bytes:
    """Draw an image on a page as a PDF."""
    buffer = io.BytesIO()
    with drawing_style():
        page = Page()
        page.axes(20, 20, 100, 100).imshow(dots)
        page.figure.savefig(buffer, format="pdf", dpi=50)
    return buffer.getvalue()


def images_of(pdf: bytes) -> list[bytes]:
    """Return what the images of a PDF hold, masks with them, unpacked."""
    page: Any = PdfReader(io.BytesIO(pdf)).pages[0]
    drawn = [one.get_object() for one in page["/Resources"]["/XObject"].values()]
    images = [one for one in drawn if one["/Subtype"] == "/Image"]
    return [part.get_data() for one in images for part in (one, one["/SMask"])]


def test_a_picture_that_asks_for_a_level_keeps_it_and_all_is_as_before_after() -> None:
    dots, usual = Image.effect_noise((60, 60), 20), Image.SAVE["PNG"]

    def size(**asked: int) -> int:
        buffer = io.BytesIO()
        dots.save(buffer, "PNG", **asked)
        return len(buffer.getvalue())

    asked = [size(compress_level=level) for level in (0, 4)]
    with drawing_style():
        assert [size(compress_level=0), size()] == asked
    assert Image.SAVE["PNG"] is usual


def test_words_stand_where_matplotlib_puts_them(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with coarse_pictures():
        placed = draw(toy, "aval")
        monkeypatch.setattr("eitgeo.maps.paper.canvas._placed", _text_helpers.layout)
        assert draw(toy, "aval") == placed


@pytest.mark.parametrize("size_pt", [4.5, 5.5, 6.5, 7.0, 8.5, 16.0])
@pytest.mark.parametrize("bold", [False, True])
def test_a_width_is_that_which_matplotlib_measures(
    size_pt: float, *, bold: bool
) -> None:
    for text in ("", "Œuvre affinée, l’été", "A V", "1 234,5 t/an"):
        font = FontProperties(
            family=FONT, size=size_pt, weight="bold" if bold else "normal"
        )
        measured = TextToPath().get_text_width_height_descent(text, font, ismath=False)
        assert text_width_mm(text, size_pt, bold=bold) == measured[0] * MM_PER_POINT


@pytest.mark.parametrize("width_mm", [3.0, 24.0, 84.0])
@pytest.mark.parametrize("text", [FRENCH, "I i l " * 40, "MW " * 40, "a  b", " ", ""])
def test_a_line_holds_as_many_words_as_fit(text: str, width_mm: float) -> None:
    """Word after word, however wide its letters are."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_mm(longer, 7.5) <= width_mm:
            lines[-1] = longer
        else:
            lines.append(word)
    assert wrap(text, width_mm, size_pt=7.5) == [line for line in lines if line]


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_a_face_is_read_once_and_writes_as_its_file_does(weight: str) -> None:
    faces = [FontProperties(family=[one], weight=weight) for one in FONT]
    with drawing_style():
        paths = [findfont(face) for face in faces]
        held: Any = get_font(paths)
    assert isinstance(held.fname, io.BytesIO)
    assert str(held.fname) == str(paths[0])
    # A face that another program opens meanwhile is its own file again.
    opened = ft2font.FT2Font(paths[0])
    assert opened.fname == str(paths[0])
    for font in (held, opened):
        font.set_size(9.0, 72)
        font.set_text("Œuvre affinée, l’été", 0.0)
    assert held.get_width_height() == opened.get_width_height()
    assert held.get_num_glyphs() == opened.get_num_glyphs()
