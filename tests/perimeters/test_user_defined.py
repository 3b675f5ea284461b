"""Perimeters that the user brings, and zones that perimeters cut.

1 1 2
1 2 2      squares of 1 km
"""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, Polygon, box

from eitgeo.errors import SchemaError, SourceError, StudyError
from eitgeo.perimeters.contours.candidate import Candidate, basin_cuts, user_perimeter
from eitgeo.sources.territory.perimeter_files import read_perimeter_file
from eitgeo.study.methods import UserPerimeter
from eitgeo.tables.schema import validate
from tests.perimeters.toy import SIDE_M, X0, Y0, code_at, make_grid

GRID = make_grid("112", "122", outside=[code_at(1, 2)])
TOP = [code_at(0, n) for n in range(3)]


def outline(x0: float, y0: float, x1: float, y1: float) -> gpd.GeoDataFrame:
    """Draw a box in cells, from the top left."""
    shape = box(X0 + SIDE_M * x0, Y0 - SIDE_M * y1, X0 + SIDE_M * x1, Y0 - SIDE_M * y0)
    return gpd.GeoDataFrame({"code_insee": [""]}, geometry=[shape], crs=2154)


def user(path: Path | str = "contour.gpkg") -> UserPerimeter:
    """Name a file."""
    return UserPerimeter(name="Été à l'essai", path=Path(path))


def test_its_identifier_is_plain() -> None:
    assert user().perimeter_id == "apporte_ete_a_l_essai"


def test_an_outline_is_snapped_and_its_cuts_are_stated() -> None:
    one, cuts = user_perimeter(outline(0, 0, 2.75, 1.25), GRID, user=user())
    assert one.codes == set(TOP)
    assert not one.must_hold_together
    cuts = validate(cuts, table="imported_cuts").set_index("code_insee")
    assert cuts["kept"].to_dict() == {
        TOP[2]: True,
        code_at(1, 0): False,
        code_at(1, 1): False,
        code_at(1, 2): False,
    }
    assert cuts.loc[TOP[2], "outside_km2"] == pytest.approx(0.25)
    assert cuts.loc[code_at(1, 0), "inside_km2"] == pytest.approx(0.25)
    assert one.remark == (
        "calé sur les communes : 4 coupées par le tracé, 0,3 km² ajoutés et "
        "0,7 km² retirés"
    )


def test_an_outline_that_follows_borders_cuts_nothing() -> None:
    one, cuts = user_perimeter(outline(0, 0, 3, 1.0005), GRID, user=user())
    assert one.codes == set(TOP)
    assert cuts.empty
    assert one.remark == ""


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_list_is_taken_as_it_is(tmp_path, separator) -> None:
    path = tmp_path / "liste.csv"
    lines = [f"code_insee{separator}nom", *(f"{code}{separator}x" for code in TOP)]
    path.write_text("\n".join(lines), encoding="utf-8")
    one, cuts = user_perimeter(read_perimeter_file(path), GRID, user=user(path))
    assert one.codes == set(TOP)
    assert cuts.empty


@pytest.mark.parametrize("name", ["c.geojson", "c.gpkg"])
def test_a_layer_with_codes_is_a_list_and_without_codes_an_outline(
    tmp_path, name
) -> None:
    layer = outline(0, 0, 1.6, 1).to_crs(4326 if name.endswith("json") else 2154)
    for codes, expected in (("", TOP[:2]), (TOP[0], TOP[:1])):
        path = tmp_path / f"{len(codes)}{name}"
        layer.assign(code_insee=codes).to_file(path)
        one, _ = user_perimeter(read_perimeter_file(path), GRID, user=user(path))
        assert one.codes == set(expected)


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        (pd.DataFrame({"code_insee": ["31999"]}), "commune inconnue « 31999 »"),
        (
            pd.DataFrame({"code_insee": [code_at(1, 2)]}),
            "hors du territoire d'étude",
        ),
        (outline(0.0, 0.0, 0.3, 0.3), "aucune commune"),
        (outline(-9.0, 0.0, 1.0, 1.0), "9 km² hors des communes"),
    ],
)
def test_what_cannot_be_a_perimeter_is_told(drawn, told) -> None:
    with pytest.raises(StudyError, match=told) as raised:
        user_perimeter(drawn, GRID, user=user())
    assert str(raised.value).startswith("contour.gpkg (« Été à l'essai ») : ")


def test_files_that_cannot_be_read_are_told(tmp_path) -> None:
    with pytest.raises(SourceError, match="absent"):
        read_perimeter_file(tmp_path / "rien.csv")
    path = tmp_path / "contour.dxf"
    path.write_text("x", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"« \.dxf » n'est pas un périmètre lisible"):
        read_perimeter_file(path)
    path = tmp_path / "liste.csv"
    path.write_text("code_insee\n31000\n31000\n3100\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"[23] anomalies"):
        read_perimeter_file(path)


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (
            Polygon([(X0, Y0), (X0 + 4e3, Y0 - 4e3), (X0 + 4e3, Y0), (X0, Y0 - 4e3)]),
            f"objet 1 : contour qui se croise ou se touche près de x = {X0 + 2e3:.0f}",
        ),
        (box(X0, Y0 - 4e3, X0 + 4e3, Y0).exterior, "objet 1 : ni polygone, ni code"),
        (Point(X0, Y0), "objet 1 : ni polygone, ni code commune"),
    ],
)
def test_an_outline_that_cannot_be_measured_is_told(tmp_path, shape, told) -> None:
    path = tmp_path / "contour.geojson"
    layer = gpd.GeoDataFrame({"nom": ["Atelier"]}, geometry=[shape], crs=2154)
    layer.to_crs(4326).to_file(path)
    with pytest.raises(SchemaError, match=told):
        read_perimeter_file(path)
    # The shape of a list of codes is not read.
    layer.assign(code_insee=TOP[0]).to_crs(4326).to_file(path)
    assert read_perimeter_file(path)["code_insee"].tolist() == TOP[:1]


def test_zones_that_a_perimeter_cuts_are_listed() -> None:
    bodies = pd.DataFrame(
        {
            "body_id": ["bv", "bv2", "petr"],
            "kind": ["bassin_de_vie", "zone_emploi", "petr"],
            "name": ["Bassin", "Zone", "PETR"],
        }
    )
    rows = [("bv", TOP[1]), ("bv", TOP[2]), ("bv2", TOP[0]), ("petr", TOP[2])]
    membership = pd.DataFrame(rows, columns=["body_id", "code_insee"]).assign(
        from_date="", to_date="", status="publie", source=""
    )
    one = Candidate("p", "P", "structure", frozenset(TOP[:2]))
    found = basin_cuts(
        [one], GRID, bodies=bodies, membership=membership, on_date=dt.date(2026, 1, 1)
    )
    found = validate(found, table="basin_cuts")
    assert found["body_id"].tolist() == ["bv"]
    row = found.iloc[0]
    assert (row["n_inside"], row["n_outside"]) == (1, 1)
    assert (row["population_inside"], row["population_outside"]) == (200, 300)
    # A zone of which the layer holds nothing but what the perimeter has is cut too.
    away = membership.replace({TOP[2]: "65999"}).query("body_id == 'bv'")
    (row,) = basin_cuts(
        [one], GRID, bodies=bodies[:1], membership=away, on_date=dt.date(2026, 1, 1)
    ).to_dict("records")
    assert (row["n_inside"], row["n_outside"]) == (1, 1)
    assert (row["population_inside"], row["population_outside"]) == (200, 0)
