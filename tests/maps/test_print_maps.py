"""Print maps of the toy study: same bytes, words in the PDF, refusals."""

import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
import shapely
from PIL import Image

from eitgeo.errors import StudyError
from eitgeo.maps.paper.canvas import Page, drawing_style
from eitgeo.maps.paper.charter import _OTHER_LABELS, OUTLET_SYMBOLS, outlet_symbol
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.ground import make_ground
from eitgeo.maps.paper.layout import open_map
from eitgeo.maps.paper.map_sheet import compose, draw_stamp
from eitgeo.maps.paper.small_maps import (
    light_picture,
    picture_parts,
    territory_sketch,
)
from eitgeo.maps.prints.print_maps import perimeter_map, territory_map
from eitgeo.maps.words.cards import perimeter_message, perimeter_rows
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.reference.waste import outlet_kinds
from tests.maps.toy import HOSTILE, Toy, indicator, released


def draw(toy: Toy, perimeter_id: str, **changes: Any) -> dict[str, bytes]:
    """Draw a perimeter of the toy study."""
    given: dict[str, Any] = {
        "members": toy.members,
        "indicators": toy.indicators,
        "catalogue": toy.catalogue,
    } | changes
    ground, sheet = given.pop("ground", toy.ground), given.pop("sheet", toy.sheet)
    real = {"perimeters": toy.perimeters, "indicators": given.pop("indicators")}
    if not sheet.demonstration:
        real = {
            name: released(one.table, demonstration=False) for name, one in real.items()
        }
    drawn = perimeter_map(ground, perimeter_id=perimeter_id, **real, **given)
    return compose(drawn, sheet)


def pixels(png: bytes) -> np.ndarray:
    """Read a PNG: rows, columns, channels."""
    return matplotlib.image.imread(io.BytesIO(png), format="png")


def words(pdf: bytes, folder: Path) -> str:
    """Read the text of a PDF, its spaces made plain."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = folder / "carte.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(  # noqa: S603
        ["pdftotext", str(path), "-"],  # noqa: S607
        capture_output=True,
        check=True,
    )
    text = done.stdout.decode()
    return " ".join(text.split())


@pytest.fixture(scope="module")
def drawn(toy: Toy) -> Callable[[str], dict[str, bytes]]:
    """Return what draws a perimeter of the toy study: once for all who look at it."""
    return cache(lambda perimeter_id: draw(toy, perimeter_id))


def test_the_same_inputs_give_the_same_bytes(toy: Toy, drawn) -> None:
    assert draw(toy, "anneau") == drawn("anneau")


def test_no_date_and_no_path_in_the_files(drawn) -> None:
    outputs = drawn("aval")
    for content in outputs.values():
        assert b"CreationDate" not in content
        assert b"/home/" not in content
    assert b"/FontFile2" in outputs["pdf"]  # TrueType inside: text stays text


def test_png_is_a4_landscape_at_150_dpi(drawn) -> None:
    assert pixels(drawn("aval")["png"]).shape[:2] == (1240, 1753)


def test_words_of_a_perimeter_map(drawn, tmp_path: Path) -> None:
    text = words(drawn("anneau")["pdf"], tmp_path)
    for expected in (
        "Périmètre anneau",
        "Étude d’essai · Quel territoire ?",
        "DOCUMENT DE TRAVAIL",
        "Édition du 24/11/2026",
        "DÉMONSTRATION – établissements synthétiques, réseau de substitution",
        "Lambert-93 (EPSG:2154)",
        "calcul rapide",
        "source : Licence Ouverte 2.0",
        "À confirmer : liste des membres",
        "Contact : contact de l’étude",
        "12 345",
        "1 enclave ; EPCI coupés : 1.",
        "66,7 %",
        "Grandville",
        "Situation",
        "Légende",
        "A64",
    ):
        assert expected in text, expected
    assert "Petitbourg" not in text
    assert "attendu" not in text


def test_the_stamp_stands_on_the_map_of_a_demonstration_only(
    toy: Toy, drawn, tmp_path: Path
) -> None:
    real = replace(toy.sheet, demonstration=(), status="valide")
    plain = draw(toy, "aval", sheet=real)
    text = words(plain["pdf"], tmp_path)
    assert "DÉMONSTRATION" not in text
    assert "DOCUMENT VALIDÉ" in text
    first, second = (pixels(one["png"]) for one in (plain, drawn("aval")))
    is_red = (second[..., 0] > 0.6) & (second[..., 1:].max(axis=2) < 0.2)
    assert is_red.sum() > 10 * ((first[..., 0] > 0.6) & (first[..., 1] < 0.2)).sum()


@pytest.mark.parametrize("page_format", ["A4", "A4_portrait"])
@pytest.mark.parametrize(
    "area",
    [
        shapely.box(0, 0, 90_000, 70_000) - shapely.box(5_000, 60_000, 90_000, 70_000),
        shapely.box(0, 0, 90_000, 70_000) - shapely.box(0, 0, 85_000, 9_000),
        shapely.box(0, 0, 9_000, 90_000),
    ],
    ids=["free at the top", "free at the foot", "narrow"],
)
def test_what_is_cut_out_around_the_area_keeps_its_stamp(
    toy: Toy, page_format: str, area: shapely.Geometry
) -> None:
    with drawing_style():
        page = Page(FORMATS[page_format])
        view = open_map(page, area.bounds, low_mm=30.0)
        draw_stamp(view, toy.sheet, area)
    (box,), (text,) = view.placer.taken, view.axes.texts
    assert "\n" not in text.get_text()
    assert text.get_text().startswith("DÉMONSTRATION")
    west, south, east, north = area.bounds
    near = pytest.approx
    assert box.ymax == near(north) or box.ymin == near(south)
    frame = view.placer.frame
    assert frame.xmin < box.xmin < box.xmax < frame.xmax
    if box.xmax - box.xmin <= east - west:
        assert west <= box.xmin < box.xmax <= east + 1
        if page_format == "A4":
            assert area.intersection(shapely.box(*box)).area == near(0.0)


def test_assumptions_come_with_their_interval(printed: Toy, tmp_path: Path) -> None:
    every = printed.catalogue.assign(first_screen="oui")
    text = words(draw(printed, "aval", catalogue=every)["pdf"], tmp_path)
    assert "≈ 40 000 t/an (20 000 à 80 000)" in text
    assert "38 412" not in text
    assert "secret statistique" in text


def test_the_title_says_how_many_councils_and_how_many_people(
    printed: Toy, drawn, tmp_path: Path
) -> None:
    counts = {"n_epci": 2.0, "n_departements": 1.0, "n_deliberations": 3.0}
    rows = [indicator("une", name, n, evidence="O") for name, n in counts.items()]
    told = released(pd.DataFrame(rows))
    catalogue = indicator_catalogue()
    (row,) = (
        one
        for _, one in perimeter_rows(printed.perimeters).iterrows()
        if one["perimeter_id"] == "une"
    )

    def title(**changes: Any) -> str:
        text = perimeter_message(pd.Series({**row, **changes}), told, catalogue)
        return text.replace("\xa0", " ").replace("\u202f", " ")

    size = "12 345 habitants, 1 département : 3 délibérations à réunir"
    assert title(n_epci_cut=0, n_epci_whole=2) == f"2 EPCI, {size}"
    assert title(n_epci_cut=1, n_epci_whole=1) == f"2 EPCI (dont 1 coupé), {size}"
    assert title(n_epci_cut=2, n_epci_whole=0) == f"2 EPCI (tous coupés), {size}"
    none = perimeter_message(row, printed.indicators, printed.catalogue)
    assert none.replace("\u202f", " ") == "12 345\xa0habitants"
    given = {"indicators": told, "catalogue": catalogue}
    text = words(draw(printed, "une", **given)["pdf"], tmp_path)
    assert "3 délibérations à réunir" in text
    assert "membres à confirmer" in text
    assert HOSTILE[:25] in text
    sure = words(drawn("aval")["pdf"], tmp_path)
    assert "membres à confirmer" not in sure


def test_doubtful_members_are_hatched_and_named(
    printed: Toy, drawn, tmp_path: Path
) -> None:
    assert "Appartenance à confirmer" in words(drawn("une")["pdf"], tmp_path)
    assert "Appartenance" not in words(drawn("aval")["pdf"], tmp_path)
    table = printed.members.table.assign(status="publie")
    table.loc[table["code_insee"] == "31002", "status"] = "a_confirmer"
    some = draw(printed, "aval", members=released(table))
    assert "Appartenance à confirmer" in words(some["pdf"], tmp_path)


@pytest.mark.parametrize("perimeter_id", ["une", "morceaux", "anneau"])
def test_odd_shapes_change_the_picture(drawn, perimeter_id: str) -> None:
    assert drawn(perimeter_id)["png"] != drawn("aval")["png"]


def test_a_hostile_name_is_text(drawn, tmp_path: Path) -> None:
    text = words(drawn("une")["pdf"], tmp_path)
    assert HOSTILE[:25] in text


def test_a_map_without_optional_layers(printed: Toy, tmp_path: Path) -> None:
    bare = make_ground(printed.communes, printed.bodies)
    empty = released(printed.indicators.table.iloc[:0])
    text = words(draw(printed, "aval", ground=bare, indicators=empty)["pdf"], tmp_path)
    assert "Ce que disent les données" not in text
    assert "Ville de plus de" not in text


def test_words_of_the_territory_map(printed: Toy, tmp_path: Path) -> None:
    drawn = territory_map(printed.ground, printed.perimeters, members=printed.members)
    outputs = compose(drawn, printed.sheet)
    text = words(outputs["pdf"], tmp_path)
    for expected in (
        "Le territoire d’étude",
        "Stockage de déchets non dangereux",
        "Quai de transfert",
        "Site o3 – à vérifier",
        "45 000",  # 1 000 + … + 9 000 inhabitants
        "225",  # km²
    ):
        assert expected in text, expected
    assert "par une hypothèse seulement" in text  # 31005, in no published body


def test_refusals(toy: Toy) -> None:
    with pytest.raises(StudyError, match="périmètre inconnu « ailleurs »"):
        draw(toy, "ailleurs")
    lost = toy.members.table.replace({"31002": "31999"})
    with pytest.raises(StudyError, match="31999"):
        draw(toy, "aval", members=released(lost))
    with pytest.raises(StudyError, match="aucune commune"):
        draw(toy, "union_0001")


def test_many_outlets_are_counted_by_kind_not_named(
    printed: Toy, tmp_path: Path
) -> None:
    one = printed.outlets.table.iloc[[0]]
    rows = [
        one.assign(outlet_id=f"n{rank}", name=f"Site n{rank}") for rank in range(40)
    ]
    many = released(pd.concat([*rows, printed.outlets.table], ignore_index=True))
    ground = make_ground(printed.communes, printed.bodies, outlets=many)
    drawn = territory_map(ground, printed.perimeters, members=printed.members)
    outputs = compose(drawn, printed.sheet)
    text = words(outputs["pdf"], tmp_path)
    assert "Stockage de déchets non dangereux : 41" in text
    assert "Quai de transfert : 1" in text
    assert "Site n1" not in text
    assert "couche « Exutoires » du projet QGIS" in text
    assert "Légende" in text


def test_each_kind_of_the_reference_has_a_french_name() -> None:
    named = {*OUTLET_SYMBOLS, *_OTHER_LABELS}
    assert set(outlet_kinds()) <= named
    labels = [outlet_symbol(kind).label for kind in named]
    assert len(set(labels)) == len(labels)


def test_a_sign_of_a_few_dots_keeps_its_colour_in_a_document() -> None:
    """A legend tells signs by their colours; a palette is shared by all the relief."""
    relief = np.random.default_rng(0).uniform(0.7, 1.0, (600, 100, 1))
    pale = [(240, 230, 180), (130, 210, 190), (250, 200, 215), (245, 180, 165)]
    shades = np.concatenate([relief * colour for colour in pale], axis=1).astype("u1")
    signs = [(253, 212, 24), (43, 123, 186), (122, 82, 160), (160, 20, 50)]
    for rank, colour in enumerate(signs):
        shades[100:106, 100 * rank + 50 : 100 * rank + 56] = colour
    drawn = io.BytesIO()
    Image.fromarray(shades).save(drawn, format="PNG")
    kept = 255 * pixels(light_picture(drawn.getvalue()))[..., :3]
    for rank, colour in enumerate(signs):
        there = kept[100:110, 100 * rank + 50 : 100 * rank + 60]
        assert np.abs(there - colour).max(axis=2).min() < 32


def test_a_picture_for_a_document_loses_its_header_and_margins_alone(
    pictured: Toy, drawn
) -> None:
    whole = drawn("aval")["png"]
    light = light_picture(whole)
    heading, ratio = picture_parts(light)
    assert heading == picture_parts(whole)[0]
    assert "12\u202f345" in heading
    rows, columns = pixels(light).shape[:2]
    assert ratio == pytest.approx(columns / rows)
    px_per_mm = 1753 / 297
    assert columns / px_per_mm == pytest.approx(297 - 2 * 8.0, abs=2.0)
    assert 160 < rows / px_per_mm < 210 - 24 + 1
    for picture in (pixels(whole), pixels(light)):
        red = (picture[..., 0] > 0.55) & (picture[..., 1:3].max(axis=2) < 0.25)
        assert red.sum() > 10_000  # the stamp
    # A picture without a frame has no header to lose.
    sketch = compose(territory_sketch(pictured.ground), pictured.sheet)["png"]
    assert picture_parts(sketch)[0] == ""
