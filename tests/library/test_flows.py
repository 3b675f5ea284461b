"""Waste of sites, and who could take it, as an analyst calls them."""

import geopandas as gpd
import pandas as pd
import pytest

import eitgeo as eg
from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.arising_draws import (
    DrawLaw,
    arising_terms,
    draw_intervals,
    group_draws,
)
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.tables import waste_ratios
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


def test_a_sum_has_the_interval_of_its_draws_as_in_the_study():
    sites = pd.DataFrame(
        {"naf": ["16.10A", "16.10A", "47.11F", "16.10A"], "town": ["a", "a", "b", None]}
        | {"low": [10, 20, 5, 9], "mid": [12, 25, 7, 9], "high": [19, 30, 9, 9]}
    )
    asked = {"jobs": ("low", "mid", "high"), "n_draws": 200, "seed": 7}
    found = eg.arisings(sites, by="town", **asked).xs("NDNI", level="stream")
    table = sites.assign(site_id=[f"{row:09d}" for row in range(4)])
    bands = {end: f"headcount_{end}" for end in ("low", "mid", "high")}
    terms = arising_terms(table.rename(columns=bands), waste_ratios())
    law = DrawLaw(seed=7, n_draws=200)
    towns = table.set_index("site_id")["town"].fillna("")
    terms = terms[terms["stream"] == "NDNI"]
    studied = draw_intervals(group_draws(terms, terms["site_id"].map(towns), law=law))
    assert found.to_numpy() == pytest.approx(studied.to_numpy())
    assert found.index.tolist() == ["a", "b"]
    apart, alike = (
        eg.arisings(sites, by="town", common_error_share=share, **asked)
        for share in (0.0, 1.0)
    )
    width = [(each["t_high"] - each["t_low"])["a", "NDNI"] for each in (apart, alike)]
    assert width[0] < width[1]
    one = eg.arisings(sites, jobs=("low", "mid", "high"))
    assert found.loc["a", "t_high"] < one.loc[[0, 1], "t_high"].sum()


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
