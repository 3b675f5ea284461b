"""Communes: default layer, projection, and each kind of bad layer."""

import copy
import json

import geopandas as gpd
import pytest
import shapely
from shapely import box

from eitgeo.errors import CrsError, SchemaError
from eitgeo.sources.territory import communes
from eitgeo.sources.territory.communes import COMMUNE_COLUMNS, read_communes
from eitgeo.tables.schema import validate
from tests.sources.source import Source, plain

SQUARE = [[[0.0, 43.0], [0.1, 43.0], [0.1, 43.1], [0.0, 43.1], [0.0, 43.0]]]


def feature(**changes):
    properties = {
        "code_insee": "31001",
        "nom": "Ici",
        "epci_siren": "200072643",
        "dep": "31",
        "population": 12,
        "seat_lon": 0.05,
        "seat_lat": 43.05,
        "seat_source": "mairie",
    }
    coordinates = changes.pop("coordinates", SQUARE)
    return {
        "type": "Feature",
        "properties": properties | changes,
        "geometry": {"type": "Polygon", "coordinates": copy.deepcopy(coordinates)},
    }


def layer(*features, **members):
    return json.dumps({"type": "FeatureCollection", "features": features, **members})


def test_one_commune_is_moved_to_lambert_93(write):
    table = read_communes(write("c.geojson", layer(feature())))
    assert tuple(table.columns) == COMMUNE_COLUMNS
    assert table.crs.to_epsg() == 2154
    row = table.iloc[0]
    # 0.1° × 0.1° at 43.05° N: 8.15 km × 11.11 km, 1 ‰ of Lambert-93 scale apart.
    assert row["area_km2"] == pytest.approx(90.5, rel=0.004)
    assert row["seat_x"] == pytest.approx(table.centroid.x[0], abs=30)
    assert row["population"] == 12


def test_the_table_satisfies_the_schema_once_the_study_adds_its_columns(write):
    table = read_communes(write("c.geojson", layer(feature())))
    full = table.assign(altitude_m=300.0, in_area=True, epci_communes=1)
    assert len(validate(full, table="communes")) == 1


def test_rows_are_sorted_by_code(write):
    far = [[[x + 0.1, y] for x, y in SQUARE[0]]]
    second = feature(code_insee="09001", dep="09", coordinates=far, seat_lon=0.15)
    table = read_communes(write("c.geojson", layer(feature(), second)))
    assert table["code_insee"].tolist() == ["09001", "31001"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"code_insee": "9001", "dep": "9"},
            "sans son zéro de tête → écrire « 09001 »",
        ),
        ({"code_insee": 9001}, "sans son zéro de tête"),
        ({"dep": "09"}, "département « 09 » étranger au code"),
        ({"population": -1}, "population « -1 »"),
        ({"population": "douze"}, "population « douze »"),
        ({"population": 12.5}, "population « 12.5 »"),
        ({"seat_source": "mairi"}, "vouliez-vous dire « mairie »"),
        ({"seat_lon": None}, "chef-lieu sans coordonnées"),
        ({"seat_lon": 0.2}, r"objet 1 \(31001\) : chef-lieu à \d+ m hors"),
        (
            {"coordinates": [[*SQUARE[0][:2], [0.0, 43.1], [0.1, 43.1], SQUARE[0][0]]]},
            "polygone invalide .Self-intersection",
        ),
    ],
)
def test_a_faulty_commune_is_named(write, changes, message):
    path = write("c.geojson", layer(feature(**changes)))
    with pytest.raises(SchemaError, match=message):
        read_communes(path)


def test_faults_of_all_communes_are_gathered(write):
    path = write("c.geojson", layer(feature(dep="09"), feature(population=-3)))
    with pytest.raises(SchemaError) as told:
        read_communes(path)
    text = str(told.value)
    assert "3 anomalies" in text
    assert "objet 1 (31001) : département" in text
    assert "objet 2 (31001) : population" in text
    assert "objet 2 (31001) : code répété" in text


def test_one_absent_population_is_one_anomaly(write):
    features = [feature(), feature(population=None, code_insee="31002")]
    path = write("c.geojson", layer(*features))
    with pytest.raises(SchemaError) as told:
        read_communes(path)
    assert str(told.value).splitlines() == [
        "c.geojson : 1 anomalie",
        "  - objet 2 (31002) : population absente → écrire un nombre entier ≥ 0",
    ]


def test_metres_declared_as_degrees_are_refused(write):
    metres = [[[x * 5e6, y * 1e5] for x, y in SQUARE[0]]]
    with pytest.raises(CrsError, match="hors de la France"):
        read_communes(write("c.geojson", layer(feature(coordinates=metres))))


def test_another_crs_is_refused_and_lambert_93_accepted(write, tmp_path):
    table = gpd.read_file(write("c.geojson", layer(feature())))
    table.to_crs(3857).to_file(tmp_path / "mercator.gpkg")
    table.to_crs(2154).to_file(tmp_path / "lambert.gpkg")
    with pytest.raises(CrsError, match=r"Pseudo-Mercator.*EPSG:4326 ou EPSG:2154"):
        read_communes(tmp_path / "mercator.gpkg")
    assert len(read_communes(tmp_path / "lambert.gpkg")) == 1


def test_a_layer_without_crs_is_refused(write, tmp_path):
    table = gpd.read_file(write("c.geojson", layer(feature())))
    bare = gpd.GeoDataFrame(
        table.drop(columns="geometry"), geometry=[box(0, 43, 0.1, 43.1)], crs=None
    )
    with pytest.warns(UserWarning, match="crs"):
        bare.to_file(tmp_path / "sans.gpkg")
    with pytest.raises(CrsError, match="système de coordonnées"):
        read_communes(tmp_path / "sans.gpkg")


def test_the_default_layer_reads_as_a_coverage(raw):
    table = read_communes(raw / "communes.geojson")
    assert len(table) > 605
    assert shapely.coverage_is_valid(table.geometry.to_numpy())
    assert table["code_insee"].is_monotonic_increasing


SAMPLES = {
    "communes": Source(
        "Communes de l'étude, GeoJSON",
        ("read_communes",),
        "communes.geojson",
        plain(communes.read_communes),
        layer(
            feature(nom="Été"),
            feature(code_insee="09001", dep="09"),
        ).encode(),
        form="json",
        text="nom",
        needed="seat_source",
        number="population",
        xy=("geometry", "geometry"),
    ),
}
