"""``eitgeo layers``: a task in JSON, files in, files out; what is refused is told."""

import contextlib
import json
import shutil
import sqlite3

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPoint, Polygon
from typer.testing import CliRunner

import eitgeo as eg
from eitgeo.cli.app import app
from eitgeo.commands.layer_tasks import TASKS, run_task
from eitgeo.errors import InfeasibleError, SchemaError, SourceError, StudyError
from eitgeo.reference.labels import labels_of
from eitgeo.tables.columns import OD_STATUSES
from tests.cli.layer_toys import (
    KEY,
    PLACES,
    ROADS,
    SUM,
    UNITS,
    places,
    units,
    write_toys,
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Layers that are copied, and stay as they are."""
    return write_toys(tmp_path_factory.mktemp("layers"))


@pytest.fixture
def toys(written, tmp_path, monkeypatch):
    """Layers in the current folder."""
    monkeypatch.chdir(shutil.copytree(written, tmp_path, dirs_exist_ok=True))
    return tmp_path


def layer(name, key=KEY):
    return {"path": f"{name}.gpkg", "layer": name, "key": key}


UNION = {
    "task": "unions",
    "units": layer("units"),
    "root": UNITS[1],
    "sums": [SUM],
    "table": "unions.csv",
}
MATRIX = {
    "task": "matrix",
    "origins": layer("places"),
    "roads": str(ROADS),
    "table": "trajets.csv",
}


def do(folder, asked, **changes):
    """Run a task as another program does."""
    path = folder / "tâche.json"
    path.write_text(json.dumps(asked | changes), encoding="utf-8")
    run_task(path)


def test_a_matrix_says_what_the_library_says_and_keeps_its_names(toys):
    do(toys, MATRIX, vehicle="car", max_minutes=7)
    found = pd.read_csv("trajets.csv", dtype={"origine": str, "destination": str})
    assert [*found["origine"].unique()] == PLACES
    expected = eg.od_matrix(
        eg.read_roads(ROADS), places().set_index(KEY), vehicle="car", max_minutes=7
    )
    words = expected["status"].map(labels_of("trip_status")).tolist()
    assert found["statut"].tolist() == words
    assert "plus long que la limite" in words
    km = (expected["length_m"] / 1000).round(3).tolist()
    assert found["km"].to_numpy() == pytest.approx(km, nan_ok=True)
    types = (toys / "trajets.csvt").read_text()
    assert types == '"String","String","Real","Real","String"\n'


def test_every_reason_has_its_words():
    assert {*labels_of("trip_status")} == {*OD_STATUSES}


def test_unions_are_listed_with_members_sums_and_polygons(toys):
    do(toys, UNION, layer="unions.gpkg")
    found = pd.read_csv("unions.csv")
    expected = eg.unions_of(units().set_index(KEY), root=UNITS[1], sums=[SUM])
    assert found["membres"].map(json.loads).map(tuple).tolist() == [
        *expected["members"]
    ]
    assert found[SUM].tolist() == expected[SUM].tolist()
    drawn = gpd.read_file("unions.gpkg", engine="pyogrio")
    assert (drawn.area / 1e6).tolist() == found["n_unites"].tolist()


def test_two_contours_are_set_side_by_side(toys):
    task = {"task": "difference", "units": layer("units"), "table": "ecart.csv"}
    sides = {name: layer(name, key="") for name in ("first", "second")}
    do(toys, task | sides, sums=[SUM], group="corps")
    found = pd.read_csv("ecart.csv").set_index("contour")
    expected = eg.compare(
        UNITS[:2], UNITS[1:], units().set_index(KEY), sums=[SUM], group="corps"
    )
    for row, column in {
        "premier": "first",
        "second": "second",
        "écart": "change",
    }.items():
        assert found.loc[row, SUM] == expected.loc[SUM, column]
        assert found.loc[row, "n_unites"] == expected.loc["n_units", column]
        assert found.loc[row, "compacite"] == expected.loc["compactness", column]
    moved = [json.loads(found[name].iloc[2]) for name in ("entrent", "sortent")]
    assert moved == [UNITS[2:], UNITS[:1]]
    assert found["groupes_coupes"].tolist()[:2] == ["[]", '["A"]']


def test_same_inputs_give_the_same_bytes(toys):
    written = []
    for _ in range(2):
        do(toys, UNION, layer="unions.gpkg")
        written.append([(toys / f"unions.{x}").read_bytes() for x in ("csv", "gpkg")])
    assert written[0] == written[1]


def test_without_a_key_rows_bear_their_rank(toys):
    do(toys, MATRIX, origins=layer("places", key=""))
    assert set(pd.read_csv("trajets.csv")["origine"]) == {1, 2, 3}


def test_no_zone_at_all_is_an_empty_layer(toys):
    task = {"task": "zones", "sites": layer("places"), "layer": "zones.gpkg"}
    do(toys, task, radius=1, members="sites.gpkg")
    assert gpd.read_file("zones.gpkg", engine="pyogrio").empty
    assert len(gpd.read_file("sites.gpkg", engine="pyogrio")) == 3


@pytest.mark.parametrize(
    ("task", "changes", "error", "told"),
    [
        (MATRIX, {"vehicule": "car"}, StudyError, "clé inconnue « vehicule »"),
        (MATRIX, {"vehicle": "bike"}, StudyError, "« vehicle » = 'bike' : valeur inc"),
        (MATRIX, {"task": ["x"]}, StudyError, "tâche « ['x'] » inconnue → "),
        (MATRIX, {"max_snap_m": 0}, StudyError, "doit être supérieur à 0"),
        (MATRIX, {"table": "t.gpkg"}, StudyError, "finir en .csv"),
        (MATRIX, {"origins": layer("units")}, SchemaError, "donner des points"),
        (MATRIX, {"origins": layer("autre")}, SourceError, "autre.gpkg"),
        (MATRIX, {"origins": layer("places", "id")}, SchemaError, "colonne « id » abs"),
        (
            MATRIX,
            {"origins": layer("units", "corps")},
            SchemaError,
            "donner des points",
        ),
        (MATRIX, {"roads": "absent.osm"}, SourceError, "absent.osm"),
        (UNION, {"units": layer("units", "corps")}, SchemaError, "répété « A »"),
        (
            UNION,
            {"units": layer("places"), "sums": []},
            SchemaError,
            "donner des polygones",
        ),
        (UNION, {"root": "05"}, SchemaError, "« 05 » absent"),
        (UNION, {"limit": 3}, InfeasibleError, "plus de 3 unions"),
        (UNION, {"sums": ["corps"]}, SchemaError, "ne sont pas des nombres"),
        (UNION, {"sums": [SUM, SUM]}, SchemaError, "nom déjà pris"),
        (UNION, {"sums": ["N_Unites"]}, SchemaError, "nom déjà pris"),
        (UNION, {"layer": "units.gpkg"}, StudyError, "fichier déjà pris"),
    ],
)
def test_what_is_refused_is_told(toys, task, changes, error, told):
    before = (toys / "units.gpkg").read_bytes()
    with pytest.raises(error) as raised:
        do(toys, task, **changes)
    assert told in str(raised.value)
    assert not list(toys.glob("*.csv*"))
    assert (toys / "units.gpkg").read_bytes() == before


def test_a_contour_without_any_unit_is_told(toys):
    far = units().translate(9e4).to_frame("geometry").iloc[:1]
    far.to_file("loin.gpkg", layer="loin", engine="pyogrio")
    task = {"task": "certify", "units": layer("units"), "layer": "c.gpkg"}
    with pytest.raises(SchemaError, match="ne tient aucune unité"):
        do(toys, task, contour=layer("loin", key=""))


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "géométrie invalide"),
        (None, "sans géométrie"),
    ],
)
def test_shapes_that_cannot_be_measured_are_told(toys, shape, told):
    moved = None if shape is None else gpd.GeoSeries([shape]).translate(5e5, 6.2e6)[0]
    layer_ = units()
    layer_.loc[2, "geometry"] = moved
    layer_.to_file("units.gpkg", layer="units", engine="pyogrio")
    with pytest.raises(SchemaError, match=told):
        do(toys, UNION)


def test_a_group_of_one_point_is_a_point_and_of_two_is_none(toys):
    some = places()
    some.geometry = [MultiPoint([one]) for one in some.geometry]
    some.to_file("places.gpkg", layer="places", engine="pyogrio")
    do(toys, MATRIX)
    some.loc[0, "geometry"] = MultiPoint([(0.7, 43.1), (0.71, 43.1)])
    some.to_file("places.gpkg", layer="places", engine="pyogrio")
    with pytest.raises(SchemaError, match="forme MultiPoint"):
        do(toys, MATRIX)


def test_a_layer_without_crs_is_told(toys):
    with pytest.warns(UserWarning, match="crs"):
        units().set_crs(None, allow_override=True).to_file(
            "units.gpkg", layer="units", engine="pyogrio"
        )
    with pytest.raises(ValueError, match="coordonnées"):
        do(toys, UNION)


def test_a_query_in_place_of_a_layer_is_refused(toys):
    with contextlib.closing(sqlite3.connect("units.gpkg")) as base:
        base.execute("CREATE VIEW piege AS SELECT * FROM units")
    with pytest.raises(SourceError, match="est une vue"):
        do(toys, UNION, units={"path": "units.gpkg", "layer": "piege", "key": KEY})


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("{", 1, "JSON mal formé"),
        ("[1]", 2, "tâche «  » inconnue"),
        (json.dumps({"task": "zones"}), 2, "clé « sites » absente"),
    ],
)
def test_the_command_ends_with_a_code_and_says_why(tmp_path, text, code, told):
    (tmp_path / "t.json").write_text(text)
    done = CliRunner().invoke(app, ["layers", str(tmp_path / "t.json")])
    assert done.exit_code == code
    assert told in done.stderr


def test_the_command_is_hidden_but_stands_in_the_page_of_qgis():
    assert "layers" not in CliRunner().invoke(app, ["--help"]).stdout
    page = (ROADS.parents[1] / "docs" / "qgis.md").read_text(encoding="utf-8")
    assert "eitgeo layers" in page
    assert [name for name in TASKS if f"`{name}`" not in page] == []
