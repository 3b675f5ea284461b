"""The charter: colours that hold for all readers, a typeface whose figures align.

Deficiencies after Machado, Oliveira and Fernandes (2009), as `test_palette` does.
"""

import io
import shutil
from importlib.resources import as_file, files
from itertools import combinations, pairwise
from typing import Any, override

import numpy as np
import pandas as pd
import pypdf
import pytest
from fontTools.ttLib import TTFont
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.ft2font import FT2Font, LoadFlags
from shapely import Point

from eitgeo.disclosure.door.rules import release_register
from eitgeo.maps.paper.canvas import (
    Page,
    drawing_style,
    fill_box,
    render,
    text_width_mm,
    write,
)
from eitgeo.maps.paper.charter import (
    CATEGORICAL,
    COLUMN_ZOOMS,
    SEQUENTIAL,
    open_face,
    packed,
    sequential,
)
from eitgeo.maps.paper.formats import MARGIN_MM, PageFormat
from eitgeo.maps.paper.map_sheet import (
    BodySheet,
    Layer,
    MapSheet,
    compose,
    compose_pages,
    statement,
    write_column,
)
from tests.maps.test_palette import STEP_OF_GREY, apart, lightness
from tests.maps.test_print_maps import words
from tests.maps.toy import Toy

FOLDER = files("eitgeo.maps.paper").joinpath("fonts")
FRENCH = "ÀÂÇÉÈÊËÎÏÔÙÛÜŸŒÆàâçéèêëîïôùûüÿœæ«»’–−≤≥≈→₂²³€×÷·…\u202f\u00a0%"


@pytest.mark.parametrize("family", [SEQUENTIAL, CATEGORICAL])
def test_each_colour_is_apart_from_the_others_in_grey_too(
    family: tuple[str, ...],
) -> None:
    grey = np.sort([lightness(colour) for colour in family])
    assert (np.diff(grey) >= STEP_OF_GREY).all(), grey


def test_kinds_are_told_apart_and_classes_from_the_next_by_every_reader() -> None:
    assert min(apart(one, other) for one, other in combinations(CATEGORICAL, 2)) >= 12
    assert min(apart(one, other) for one, other in pairwise(SEQUENTIAL)) >= 6


@pytest.mark.parametrize("count", [1, 3, 5, 6])
def test_classes_darken_one_by_one(count: int) -> None:
    steps = np.diff([lightness(colour) for colour in sequential(count)])
    assert (steps <= -STEP_OF_GREY).all()


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_typeface_has_french_and_figures_of_one_width(weight: str) -> None:
    with FOLDER.joinpath(f"IBMPlexSans-{weight}.ttf").open("rb") as file:
        font = TTFont(file)
        drawn = font.getBestCmap()
        assert not [sign for sign in FRENCH if ord(sign) not in drawn]
        assert len({font["hmtx"][drawn[ord(digit)]][0] for digit in "0123456789"}) == 1
    assert text_width_mm("111", 8) == pytest.approx(text_width_mm("808", 8))


class Counted(io.BytesIO):
    """A file in memory that counts how often it is read."""

    reads = 0

    @override
    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        return super().read(size)


def dots_of(face: FT2Font, text: str) -> tuple[Any, ...]:
    """Return how large a text is, and its dots."""
    face.set_size(9, 150)
    placed = face.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    face.draw_glyphs_to_bitmap()
    size = (face.get_width_height(), face.get_descent())
    return (*size, placed.tolist(), face.get_image().tolist())


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_letters_are_set_without_a_read_as_from_the_file(weight: str) -> None:
    with as_file(FOLDER.joinpath(f"IBMPlexSans-{weight}.ttf")) as path:
        content = path.read_bytes()
        from_file, packed_face = Counted(content), Counted(packed(content))
        text = f"AVATAR fi l’{FRENCH} 12\u202f345"
        held = FT2Font(packed_face)
        before = packed_face.reads
        letters = dots_of(held, text)
        assert packed_face.reads == before
        assert letters == dots_of(FT2Font(from_file), text)
        assert from_file.reads > 5 * len(text)
        # A FreeType that refuses it: the face is opened as it is.
        opened = []

        def refusing(file: io.BytesIO) -> FT2Font:
            opened.append(file.getvalue()[:4])
            if opened[-1] == b"wOFF":
                raise RuntimeError
            return FT2Font(file)

        assert letters == dots_of(open_face(str(path), refusing), text)
        assert opened == [b"wOFF", content[:4]]
        assert str(open_face(str(path), FT2Font).fname) == str(path)


def test_the_typefaces_weigh_little() -> None:
    held = list(FOLDER.iterdir())
    assert sum(len(one.read_bytes()) for one in held) < 600_000


def test_the_text_of_a_pdf_is_found_again(printed: Toy, tmp_path) -> None:
    with drawing_style():
        page = Page()
        write(page, 20, 100, "12\u202f345\u00a0t/an de CO₂ ≤ l’« œuvre » → ●", size=9)
        pdf = render(page, printed.sheet, "essai")["pdf"]
    assert b"IBMPlexSans" in pdf
    if shutil.which("pdftotext"):
        assert "12 345 t/an de CO₂ ≤ l’« œuvre » → ●" in words(pdf, tmp_path)


def column(zoom_of: list[float], *words: str):
    """Return parts of a column; the zoom that it is written at is noted."""

    def note(page: Page, y: float) -> float:
        zoom_of.append(page.zoom)
        return y

    return [note, *(statement("Titre", text) for text in words)]


@pytest.mark.parametrize(
    ("n_words", "zoom"), [(20, COLUMN_ZOOMS[0]), (5_000, COLUMN_ZOOMS[-1])]
)
def test_a_column_grows_or_shrinks_to_its_height(n_words: int, zoom: float) -> None:
    met: list[float] = []
    page = Page()
    write_column(page, column(met, "mot " * n_words), low_mm=30.0)
    assert met[-1] == zoom
    assert page.zoom == 1.0


def test_a_column_is_as_large_as_its_height_holds_and_no_larger() -> None:
    met: list[float] = []
    page = Page()
    write_column(page, column(met, "mot " * 700), low_mm=30.0)
    lowest = min(text.get_position()[1] for text in page.figure.texts)
    assert COLUMN_ZOOMS[-1] < met[-1] < COLUMN_ZOOMS[0]
    assert 30 < lowest < 60


def test_a_sheet_counts_millimetres_and_lies_under_its_axes() -> None:
    """At one dot a millimetre; axes are white in their frame."""
    page = Page()
    fill_box(page, (10, 20, 30, 40), facecolor="red", linewidth=0, zorder=40)
    page.axes(15, 30, 10, 12).set(xticks=[], yticks=[])
    page.figure.set_dpi(25.4)
    canvas = FigureCanvasAgg(page.figure)
    canvas.draw()
    dots = np.asarray(canvas.buffer_rgba())[::-1, :, :3]
    is_red = (dots == (255, 0, 0)).all(axis=2)
    expected = np.zeros_like(is_red)
    expected[20:60, 10:40] = True
    expected[29:43, 14:26] = is_red[29:43, 14:26]
    assert (is_red == expected).all()
    assert (dots[32:40, 17:23] == 255).all()


def test_a_word_that_breaks_nowhere_stays_in_its_column() -> None:
    met: list[float] = []
    page = Page()
    write_column(page, column(met, "m" * 38), low_mm=30.0)
    assert met[-1] < COLUMN_ZOOMS[0]
    edge = page.width_mm - MARGIN_MM
    for text in page.figure.texts:
        width = text_width_mm(text.get_text(), float(text.get_fontsize()))
        assert text.get_position()[0] + width <= edge + 0.5


def test_a_map_that_rests_on_no_table_is_not_drawn(printed: Toy) -> None:
    bare = Layer((), lambda _: ())
    drawn = MapSheet(
        subject="essai",
        heading="essai",
        layers=(bare,),
        bounds=(0, 0, 1, 1),
        spared=lambda _: Point(),
    )
    with pytest.raises(ValueError, match="essai: a sheet rests on a table"):
        compose(drawn, printed.sheet)


def test_a_sheet_without_a_map_bears_its_credits_and_stamp_all_the_same(
    toy: Toy,
) -> None:
    """A graph, the page of a book, a picture: nobody passes notes by hand."""
    table = release_register(
        pd.DataFrame(), sources=("© un producteur",), demonstration=("tout est tiré",)
    )
    given: dict[str, Any] = {
        "subject": "Un graphique",
        "heading": "Un titre",
        "tables": (table,),
    }
    graph = BodySheet(**given, body=lambda page, _: page.axes(20, 50, 100, 80))
    card = BodySheet(
        **given,
        body=lambda page, low_mm: write(page, 20, low_mm + 9, "Corps", size=9),
        is_crossed=True,
    )
    files = compose(graph, toy.sheet)
    page = pypdf.PdfReader(io.BytesIO(files["pdf"])).pages[0].extract_text()
    drawn = " ".join(page.split())
    for told in ("© un producteur", ", tout est tiré. Ne pas diffuser."):
        assert told in drawn
    assert drawn.count("DÉMONSTRATION") == 2  # its banner, and across its axes
    assert "Projection" not in drawn
    for pdf in (files["pdf"], compose_pages([card, card], toy.sheet, "Des fiches")):
        about = pypdf.PdfReader(io.BytesIO(pdf)).metadata
        assert about is not None
        assert str(about.subject).endswith(", tout est tiré")
    small = BodySheet(**given, body=graph.body, size=PageFormat("p", "p", 90, 60))
    assert [*compose(small, toy.sheet)] == ["png"]
