"""COG lists with polygons of an older vintage: mergers dissolved, codes equal."""

import json

import pytest
import shapely

from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.territory import cog as cog_reader
from eitgeo.sources.territory.cog import (
    read_cog_communes,
    read_merges,
)
from tests.sources.source import Source, plain

LISTED = [
    {
        "type": "commune-actuelle",
        "code": "31001",
        "nom": "Une",
        "departement": "31",
        "population": 8,
    },
    {
        "type": "commune-actuelle",
        "code": "31002",
        "nom": "Deux",
        "departement": "31",
        "population": 5,
    },
    {
        "type": "commune-deleguee",
        "code": "31003",
        "nom": "Trois",
        "departement": "31",
        "population": 3,
    },
]
EPCI = [
    {
        "code": "200000001",
        "nom": "CC",
        "membres": [{"code": "31001", "populationMunicipale": 7}],
    },
]
MERGES = "old_code,new_code\n31003,31002\n"


def square(code, x):
    ring = [[x, 43.0], [x + 0.1, 43.0], [x + 0.1, 43.1], [x, 43.1], [x, 43.0]]
    return {
        "type": "Feature",
        "properties": {"code": code, "nom": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@pytest.fixture
def cog(tmp_path, write):
    """31001 | 31002 | 31003 (since merged into 31002)."""
    (tmp_path / "cog").mkdir()
    (tmp_path / "polygons").mkdir()
    squares = [square("31001", 0.0), square("31002", 0.1), square("31003", 0.2)]
    write("cog/communes.json", json.dumps(LISTED))
    write("cog/epci.json", json.dumps(EPCI))
    collection = {"type": "FeatureCollection", "features": squares}
    write("polygons/communes-31.geojson", json.dumps(collection))
    write("merges.csv", MERGES)
    return tmp_path


def load(cog):
    return read_cog_communes(
        cog / "cog", polygons=cog / "polygons", merges=cog / "merges.csv"
    )


def read(cog):
    return load(cog).table


def test_what_is_no_present_commune_is_reported(cog):
    assert load(cog).dropped.to_numpy().tolist() == [
        [
            "communes.json",
            "3",
            "31003",
            "commune qui n'est plus (déléguée ou associée)",
        ],
        [
            "polygons",
            "31003",
            "31003",
            "polygone réuni à celui de la commune « 31002 »",
        ],
    ]


def test_merged_communes_are_dissolved(cog):
    table = read(cog).set_index("code_insee")
    assert table.index.tolist() == ["31001", "31002"]
    assert table.loc["31002", "area_km2"] == pytest.approx(
        2 * table.loc["31001", "area_km2"], rel=0.002
    )
    assert set(table["seat_source"]) == {"point_representatif"}


def test_population_is_the_municipal_one_of_the_members(cog):
    table = read(cog).set_index("code_insee")
    assert table["population"].tolist() == [7, 5]
    assert table["epci_siren"].tolist() == ["200000001", ""]


def test_seats_lie_in_their_commune(cog):
    table = read(cog)
    points = shapely.points(table["seat_x"], table["seat_y"])
    assert shapely.contains(table.geometry.to_numpy(), points).all()


def test_an_undeclared_merger_is_told_by_code(cog, write):
    write("merges.csv", "old_code,new_code\n31009,31002\n")
    with pytest.raises(SchemaError, match="polygone « 31003 » hors du COG"):
        read(cog)


def test_a_missing_polygon_is_told_by_code(cog, write):
    collection = {"type": "FeatureCollection", "features": [square("31001", 0.0)]}
    write("polygons/communes-31.geojson", json.dumps(collection))
    with pytest.raises(SchemaError, match="commune « 31002 » sans polygone"):
        read(cog)


def test_unreadable_lists(cog, write):
    write("cog/epci.json", "{")
    with pytest.raises(SourceError, match=r"epci\.json : JSON illisible"):
        read(cog)
    (cog / "cog" / "epci.json").unlink()
    with pytest.raises(SourceError, match=r"0 fichier « epci\*\.json »"):
        read(cog)


def test_chained_mergers_are_refused(write):
    path = write("m.csv", "old_code,new_code\n31001,31002\n31002,31003\n")
    with pytest.raises(SchemaError, match="ligne 2 : « 31002 » est à la fois"):
        read_merges(path)


@pytest.mark.results
def test_the_real_polygons_give_the_present_communes(raw, shared):
    table = read_cog_communes(
        shared / "cog",
        polygons=shared / "communes",
        merges=raw / "commune_merges.csv",
    ).table
    assert len(table) == 1838
    comminges = table[table["epci_siren"].isin(["200072643", "200073146", "200072635"])]
    # PETR Pays Comminges Pyrénées as published: 235 communes, 77 429 inhabitants.
    assert (len(comminges), comminges["population"].sum()) == (235, 77_429)


SAMPLES = {
    "merges": Source(
        "Fusions de communes, CSV",
        ("read_merges",),
        "merges.csv",
        plain(cog_reader.read_merges),
        b"old_code,new_code\n09028,09296\n31003,31002\n",
    ),
}
