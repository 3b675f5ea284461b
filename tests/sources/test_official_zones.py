"""Zones of both producers, each in the commune that it covers most.

  09001       │       31002          Z at x 509 000–513 000: 1 km in 09001,
┌─────────────┼─────────────┐        3 km in 31002
│          ┌──┼────────┐    │
│          │ Z│        │    │
"""

import json

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import box
from shapely.affinity import translate
from shapely.geometry import mapping

from eitgeo.errors import CrsError, SchemaError
from eitgeo.sources.ground.official_zones import read_official_zones, zone_communes
from eitgeo.tables.schema import validate
from tests.sources.test_bd_topo import zones_at
from tests.sources.test_cnig import csv_of, zone

ASTRIDE = box(509_000, 6_201_000, 513_000, 6_202_000)
AWAY = box(700_000, 6_600_000, 701_000, 6_601_000)


def zones(*shapes, given="", crs="EPSG:2154"):
    codes = [given] * len(shapes)
    return gpd.GeoDataFrame({"code_insee": codes}, geometry=list(shapes), crs=crs)


def test_a_zone_goes_where_it_covers_most(communes):
    found = zone_communes(zones(ASTRIDE, AWAY), communes=communes)
    assert found.tolist() == ["31002", ""]
    assert found.name == "code_insee"


def test_the_commune_of_the_file_stands_where_the_zone_touches_it(communes):
    assert zone_communes(zones(ASTRIDE, given="09001"), communes=communes)[0] == "09001"
    # A commune merged since, and one that the zone does not touch.
    assert zone_communes(zones(ASTRIDE, given="31999"), communes=communes)[0] == "31002"
    inside = translate(ASTRIDE, 6_000)
    assert zone_communes(zones(inside, given="09001"), communes=communes)[0] == "31002"


def test_the_lowest_code_has_what_two_share_alike(communes):
    even = box(509_000, 6_201_000, 511_000, 6_202_000)
    for order in (communes, communes[::-1]):
        assert zone_communes(zones(even), communes=order)[0] == "09001"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(west=st.integers(500_100, 518_000), width=st.integers(10, 1_900))
def test_the_share_is_that_of_a_brute_force(communes, west, width):
    shape = box(west, 6_201_000, west + width, 6_201_500)
    layer = zones(shape, ASTRIDE)
    layer.index = pd.Index([7, 3])
    found = zone_communes(layer, communes=communes)
    shares = [one.intersection(shape).area for one in communes.geometry]
    best = max(range(2), key=lambda at: (shares[at], -at))
    assert found.to_dict() == {7: communes["code_insee"][best], 3: "31002"}


def test_a_border_in_common_is_no_commune(communes):
    beside = box(520_000, 6_201_000, 521_000, 6_202_000)
    assert zone_communes(zones(beside, given="31002"), communes=communes).tolist() == [
        ""
    ]


def test_no_zone_gives_an_empty_series(communes):
    assert zone_communes(zones(), communes=communes).tolist() == []


def test_layers_are_checked(communes):
    with pytest.raises(CrsError, match=r"zones : .*EPSG:2154"):
        zone_communes(zones(ASTRIDE, crs="EPSG:3857"), communes=communes)
    with pytest.raises(SchemaError, match=r"communes.*\n.*« code_insee » absente"):
        zone_communes(zones(ASTRIDE), communes=communes.drop(columns="code_insee"))


def test_cnig_zones_keep_their_use_and_what_changed_is_told(write, communes):
    cells = {
        name: json.dumps(mapping(shape))
        for name, shape in (("A", ASTRIDE), ("B", translate(ASTRIDE, 6_000)))
    }
    rows = [
        zone(site_id=name, site_geomsurf=cell, site_vocadomi="industrie")
        for name, cell in cells.items()
    ]
    rows.append(zone(site_id="C", site_geomsurf=json.dumps(mapping(AWAY))))
    path = write("z.csv", csv_of(*rows))
    loaded = read_official_zones(path, producer="cnig", communes=communes)
    assert loaded.table.drop(columns="geometry").to_numpy().tolist() == [
        ["A", "texte", "industrie", "CNIG, Sites économiques", "09001"],
        ["B", "texte", "industrie", "CNIG, Sites économiques", "31002"],
    ]
    assert loaded.dropped[["subject", "reason"]].to_numpy().tolist() == [
        ["C", "hors des communes"]
    ]
    told = loaded.notes[loaded.notes["kind"] == "commune_reattribuee"]
    assert told[["subject", "detail"]].to_numpy().tolist() == [
        ["B", "« 09001 » → 31002"]
    ]


def test_bd_topo_zones_get_a_commune(tmp_path, communes):
    path = zones_at(
        tmp_path / "a.gpkg",
        {"toponyme": "ZI de l'Œuvre"},
        {"categorie": "Culture et loisirs"},
        shapes=[ASTRIDE, ASTRIDE],
    )
    loaded = read_official_zones(path, producer="bd_topo", communes=communes)
    assert loaded.table.drop(columns="geometry").to_numpy().tolist() == [
        ["Z0", "ZI de l'Œuvre", "Zone industrielle", "© IGN – BD TOPO", "31002"]
    ]
    assert len(loaded.dropped) == 1
    validate(loaded.table, table="official_zones")


def test_an_unknown_producer_is_told(write, communes):
    path = write("z.csv", csv_of(zone()))
    with pytest.raises(SchemaError, match="« bdtopo » → vouliez-vous dire « bd_topo »"):
        read_official_zones(path, producer="bdtopo", communes=communes)
