"""Every print map on every paper: in the page, no line over another, as the reference.

Reference pictures are read from the PDF by poppler, at a low resolution: they see what
moved, vanished or changed colour, not how a letter is smoothed.
"""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from matplotlib.testing.compare import compare_images
from shapely import box

from eitgeo.audit.declared import Names, undeclared_parts
from eitgeo.maps.paper import map_sheet
from eitgeo.maps.paper.formats import A4, FORMATS, MARGIN_MM, PageFormat
from eitgeo.maps.words.cards import gap_rows
from tests.maps import test_difference
from tests.maps.conftest import drawn_as
from tests.maps.pictures import MAPS, REFERENCES, draw_bodies, picture, shaded
from tests.maps.test_print_maps import pixels, words
from tests.maps.toy import Toy, released

TOLERANCE_RMS = 6.0
MM_PER_POINT = 25.4 / 72
WORD = re.compile(
    r'<word xMin="([\d.]+)" yMin="([\d.]+)" '
    r'xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
)

pytestmark = pytest.mark.skipif(
    shutil.which("pdftoppm") is None, reason="poppler-utils is not installed"
)


def word_boxes(pdf: bytes, folder: Path) -> list[tuple[str, tuple[float, ...]]]:
    """Read each word and its box, from the top left of the page [mm]."""
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(  # noqa: S603
        ["pdftotext", "-bbox", str(path), "-"],  # noqa: S607
        capture_output=True,
        check=True,
        text=True,
    )
    return [
        (text, tuple(float(one) * MM_PER_POINT for one in edges))
        for *edges, text in WORD.findall(done.stdout)
    ]


def map_box(paper: PageFormat):
    """Return where the map is, from the top left of the page [mm]; its foot at most."""
    low = paper.map_low_mm(footer_mm=10.0)
    top = paper.height_mm - paper.map_top_mm
    return box(MARGIN_MM, top, MARGIN_MM + paper.map_width_mm, paper.height_mm - low)


@pytest.fixture(scope="module")
def on_relief(printed: Toy) -> Callable[[str], bytes]:
    """Return what draws a map on its relief, on the usual paper: once for all tests."""
    return cache(lambda name: MAPS[name](shaded(printed))["pdf"])


@pytest.mark.parametrize("paper", FORMATS)
@pytest.mark.parametrize("name", MAPS)
def test_words_stay_in_the_page_and_apart(
    printed: Toy,
    on_relief: Callable[[str], bytes],
    name: str,
    paper: str,
    tmp_path: Path,
) -> None:
    if paper == printed.sheet.page_format:
        pdf = on_relief(name)
    else:
        asked = replace(printed, sheet=replace(printed.sheet, page_format=paper))
        pdf = MAPS[name](asked)["pdf"]
    sheet, ground = FORMATS[paper], map_box(FORMATS[paper])
    found = word_boxes(pdf, tmp_path)
    assert len(found) > 60
    edge = box(2, 2, sheet.width_mm - 2, sheet.height_mm - 2)
    around = []
    for text, edges in found:
        place = box(*edges)
        if ground.contains(place):
            continue
        if not ground.intersects(place):
            assert edge.contains(place), (text, edges)
            around.append((text, place))
    boxes = np.array([place.bounds for _, place in around])
    assert [(around[a][0], around[b][0]) for a, b in overlaps(boxes)] == []


def overlaps(boxes: np.ndarray) -> np.ndarray:
    """Return pairs of boxes that share 35 % of the smaller one, or more."""
    first, second = np.triu_indices(len(boxes), k=1)
    low = np.maximum(boxes[first, :2], boxes[second, :2])
    high = np.minimum(boxes[first, 2:], boxes[second, 2:])
    shared = np.clip(high - low, 0.0, None).prod(axis=1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    is_over = shared >= 0.35 * np.minimum(area[first], area[second])
    return np.column_stack([first, second])[is_over]


def test_boxes_that_overlap_are_seen() -> None:
    """A third of the smaller box may be shared: letters lean, lines are close."""
    apart, near, over = (0, 0, 10, 2), (0, 1.4, 10, 3.4), (0, 1.2, 10, 3.2)
    assert overlaps(np.array([apart, near])).tolist() == []
    assert overlaps(np.array([apart, over])).tolist() == [[0, 1]]
    assert overlaps(np.array([apart, (4, 0.5, 5, 1.5)])).tolist() == [[0, 1]]
    assert overlaps(np.array([apart, (10, 0, 20, 2), (0, 2, 10, 4)])).tolist() == []


def long_names(toy: Toy, n: int) -> Toy:
    """Return the toy study where perimeters are named after so many EPCI."""
    name = " + ".join(f"CC des Coteaux et Vallées numéro {k}" for k in range(n))
    table = toy.perimeters.table.assign(name=name)
    return replace(toy, perimeters=released(table))


@pytest.mark.parametrize("n_epci", [3, 9])
def test_long_names_stay_in_their_column_and_nothing_reaches_the_footer(
    printed: Toy, n_epci: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The least figures give way, and the sheet says so."""
    gaps = gap_rows(
        printed.indicators, test_difference.made(printed).gaps, printed.catalogue
    )
    told = [gaps[0], *(gaps[-1]._replace(evidence="H") for _ in range(24))]
    module = import_module("eitgeo.maps.prints.difference_map")
    monkeypatch.setattr(module, "gap_rows", lambda *_: told)
    printed = long_names(printed, n_epci)
    drawn = test_difference.sheet_of(printed, test_difference.made(printed))
    boxes = word_boxes(drawn["pdf"], tmp_path)
    right = A4.width_mm - MARGIN_MM
    assert max(edges[2] for _, edges in boxes) <= right + 0.5
    foot = next(edges[1] for text, edges in boxes if text == "Sources")
    column = [edges for _, edges in boxes if edges[0] > A4.side_x_mm() - 0.5]
    below = [edges for edges in column if edges[1] < foot < edges[3] - 0.3]
    assert not below
    legend = next(edges[1] for text, edges in boxes if text == "Légende")
    assert legend < foot
    text = " ".join(" ".join(text for text, _ in boxes).split())
    assert "numéro 2" in text
    assert "suite : tableur" in text


@pytest.mark.parametrize("name", MAPS)
def test_the_page_looks_like_its_reference(
    on_relief: Callable[[str], bytes], name: str, tmp_path: Path
) -> None:
    actual = picture(on_relief(name), tmp_path / f"{name}.png")
    expected = shutil.copy(REFERENCES / f"{name}.png", tmp_path / "expected.png")
    assert compare_images(str(expected), str(actual), tol=TOLERANCE_RMS) is None


def test_a_picture_that_changed_is_seen(
    printed: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its stamp: the tables give it back to a sheet that has none."""
    monkeypatch.setattr(map_sheet, "draw_stamp", lambda *_: None)
    actual = picture(
        MAPS["territoire"](shaded(printed))["pdf"], tmp_path / "territoire.png"
    )
    expected = shutil.copy(REFERENCES / "territoire.png", tmp_path / "expected.png")
    assert compare_images(str(expected), str(actual), tol=TOLERANCE_RMS) is not None


def test_sizes_of_paper(pictured: Toy) -> None:
    blank = map_sheet.BodySheet(
        subject="Blanc", heading="", tables=(pictured.members,), body=lambda *_: None
    )
    sizes = {
        name: pixels(
            map_sheet.compose(blank, replace(pictured.sheet, page_format=name))["png"]
        ).shape[:2]
        for name in FORMATS
    }
    assert sizes == {
        "A4": (1240, 1753),
        "A4_portrait": (1753, 1240),
        "A3": (1753, 2480),
        "A3_portrait": (2480, 1753),
    }


def test_an_svg_has_text_as_text_and_no_date(toy: Toy) -> None:
    asked = replace(toy, sheet=replace(toy.sheet, svg=True))
    drawn = draw_bodies(asked)
    assert set(drawn) == {"pdf", "png", "svg"}
    text = drawn["svg"].decode()
    assert "Les structures et leurs périmètres" in text
    assert "Syndicat &lt;b&gt;du tri&lt;/b&gt; $x$" in text
    assert "<dc:date>" not in text
    assert drawn["svg"] == draw_bodies(drawn_as(toy, "svg"))["svg"]
    assert toy.sheet.files == ("pdf", "png")


def test_what_a_drawing_holds_is_declared(toy: Toy, tmp_path: Path) -> None:
    drawn = draw_bodies(replace(toy, sheet=replace(toy.sheet, svg=True)))
    for kind in ("pdf", "png", "svg"):
        path = tmp_path / f"carte.{kind}"
        path.write_bytes(drawn[kind])
        assert list(undeclared_parts(path, Names())) == []


def test_structures_say_who_may_carry(
    on_relief: Callable[[str], bytes], tmp_path: Path
) -> None:
    text = words(on_relief("structures"), tmp_path)
    for expected in (
        "Trois notions à ne pas mêler",
        "PETR de l’Aval",
        "3 communes du territoire, 6 000 habitants",
        "ni l’économie ni les déchets en propre",
        "compétence : traitement des déchets. Membres à confirmer.",
        "Sans personnalité juridique : ne peut pas porter",
        "Démarche voisine",
    ):
        assert expected in text, expected
    assert "CA de l’Aval" not in text  # EPCI are drawn, not listed


def test_relief_shades_a_map(pictured: Toy) -> None:
    plain, relief = (
        pixels(MAPS["perimetre"](one)["png"])[200:1000, 180:1100]
        for one in (pictured, shaded(pictured))
    )
    assert (plain != relief).any(axis=2).mean() > 0.5
    assert abs(plain.mean() - relief.mean()) < 0.1  # names stay readable
