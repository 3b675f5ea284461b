"""Print maps of the toy study: same bytes, words in the PDF, refusals."""

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import SchemaError, StudyError
from eitgeo.maps.paper.ground import make_ground
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.paper.palette import _OTHER_LABELS, OUTLET_SYMBOLS, outlet_symbol
from eitgeo.maps.prints.print_maps import perimeter_map, territory_map
from eitgeo.reference.waste import outlet_kinds
from tests.maps.toy import HOSTILE, Toy, released


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


def test_the_same_inputs_give_the_same_bytes(toy: Toy) -> None:
    assert draw(toy, "anneau") == draw(toy, "anneau")


def test_no_date_and_no_path_in_the_files(toy: Toy) -> None:
    outputs = draw(toy, "aval")
    for content in outputs.values():
        assert b"CreationDate" not in content
        assert b"/home/" not in content
    assert b"/FontFile2" in outputs["pdf"]  # TrueType inside: text stays text


@pytest.fixture(scope="module")
def aval(pictured: Toy) -> bytes:
    """Draw the plainest perimeter once, as a PNG."""
    return draw(pictured, "aval")["png"]


def test_png_is_a4_landscape_at_150_dpi(aval: bytes) -> None:
    assert pixels(aval).shape[:2] == (1240, 1753)


def test_words_of_a_perimeter_map(printed: Toy, tmp_path: Path) -> None:
    text = words(draw(printed, "anneau")["pdf"], tmp_path)
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


def test_the_stamp_crosses_the_map_of_a_demonstration_only(
    toy: Toy, tmp_path: Path
) -> None:
    real = replace(toy.sheet, demonstration=(), status="valide")
    plain = draw(toy, "aval", sheet=real)
    text = words(plain["pdf"], tmp_path)
    assert "DÉMONSTRATION" not in text
    assert "DOCUMENT VALIDÉ" in text
    first, second = (pixels(one["png"]) for one in (plain, draw(toy, "aval")))
    differs = (first != second).any(axis=2)
    # From side to side over the top of the map, and nowhere over what it shows.
    assert differs[148:168, 60:1210].mean() > 0.95
    assert differs[200:1000, 180:1100].mean() < 0.01


def test_assumptions_come_with_their_interval(printed: Toy, tmp_path: Path) -> None:
    every = printed.catalogue.assign(first_screen="oui")
    text = words(draw(printed, "aval", catalogue=every)["pdf"], tmp_path)
    assert "de l’ordre de 40 000 t/an (20 000 à 80 000)" in text
    assert "38 412" not in text
    assert "secret statistique" in text


def test_doubtful_members_are_hatched_and_named(printed: Toy, tmp_path: Path) -> None:
    assert "Appartenance à confirmer" in words(draw(printed, "une")["pdf"], tmp_path)
    assert "Appartenance" not in words(draw(printed, "aval")["pdf"], tmp_path)
    table = printed.members.table.assign(status="publie")
    table.loc[table["code_insee"] == "31002", "status"] = "a_confirmer"
    some = draw(printed, "aval", members=released(table))
    assert "Appartenance à confirmer" in words(some["pdf"], tmp_path)


@pytest.mark.parametrize("perimeter_id", ["une", "morceaux", "anneau"])
def test_odd_shapes_change_the_picture(
    pictured: Toy, aval: bytes, perimeter_id: str
) -> None:
    assert draw(pictured, perimeter_id)["png"] != aval


def test_a_hostile_name_is_text(printed: Toy, tmp_path: Path) -> None:
    text = words(draw(printed, "une")["pdf"], tmp_path)
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
    with pytest.raises(SchemaError, match=r"« indicators » : table non diffusable"):
        draw(toy, "aval", indicators=toy.indicators.table)
    with pytest.raises(SchemaError, match=r"« perimeter_communes » : table non"):
        draw(toy, "aval", members=toy.members.table)
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
