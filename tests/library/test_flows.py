"""Waste of sites, and who could take it, as an analyst calls them."""

import geopandas as gpd
import pandas as pd
import pytest

import eitgeo as eg
from eitgeo.errors import SchemaError
from eitgeo.reference.rules import synergy_rules
from tests.roads.osm_files import NODES, write_osm


def test_arisings_keep_the_index_and_follow_the_headcount():
    sites = pd.DataFrame(
        {"ape": ["16.10A", "47.11F", "84.11Z"], "staff": [20, 40, None]},
        index=[("x", 1), ("y", 2), ("z", 3)],
    )
    sites.index = pd.Index(["x", "y", "z"])
    one = eg.arisings(sites, naf="ape", jobs="staff")
    twice = eg.arisings(sites.assign(staff=sites["staff"] * 2), naf="ape", jobs="staff")
    assert set(one.index.get_level_values("site")) == {"x", "y"}
    assert twice["t_mid"].to_numpy() == pytest.approx(2 * one["t_mid"].to_numpy())
    assert (one["t_low"] <= one["t_high"]).all()


def test_matches_are_those_of_the_rules_within_reach(tmp_path):
    path = tmp_path / "grid.osm"
    write_osm(path, {"ABCDI": {"highway": "primary"}})
    roads = eg.read_roads(path)
    lon, lat = zip(*(NODES[name] for name in "ABI"), strict=True)
    sites = gpd.GeoDataFrame(
        {"naf": ["16.10A", "17.11Z", "10.51A"]},
        geometry=gpd.points_from_xy(lon, lat),
        index=["saw", "pulp", "dairy"],
        crs=4326,
    )
    found = eg.matches(sites, roads)
    rules = synergy_rules().set_index("rule_id")
    assert {("saw", "pulp")} <= set(zip(found["donor"], found["taker"], strict=True))
    for row in found.to_dict("records"):
        rule = rules.loc[row["rule_id"]]
        assert sites.loc[row["donor"], "naf"] in rule["source_naf"].split(";")
        assert sites.loc[row["taker"], "naf"] in rule["target_naf"].split(";")
        assert row["length_m"] <= 1000 * rule["dist_max_km"]
    assert found["length_m"].is_monotonic_increasing
    short = synergy_rules().assign(dist_max_km=0)
    assert eg.matches(sites, roads, rules=short).empty


def test_an_activity_that_is_none_is_named():
    sites = pd.DataFrame({"naf": ["1610A"], "jobs": [3]})
    with pytest.raises(SchemaError, match="'1610A' is no sub-class"):
        eg.arisings(sites)
    with pytest.raises(SchemaError, match="no column 'jobs' among naf"):
        eg.arisings(pd.DataFrame({"naf": ["16.10A"]}))
