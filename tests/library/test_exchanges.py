"""Residues of an analyst's own sites, allocated by draws of who takes part."""

import geopandas as gpd
import pandas as pd
import pytest

import eitgeo as eg
from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.arising_draws import site_byproducts
from eitgeo.flows.arisings.residues import site_residues
from eitgeo.flows.exchanges.allocation import input_per_tonne
from eitgeo.flows.exchanges.synergies import estimated_needs
from eitgeo.reference.exchange_terms import input_needs
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.tables import byproduct_ratios

LON = [0.7, 0.706, 0.72, 0.71, 0.7]
LAT = [43.1, 43.05, 43.11, 43.09, 43.05]


@pytest.fixture(scope="module")
def roads():
    return eg.read_roads("notebooks/exemple_routes.osm")


@pytest.fixture(scope="module")
def sites():
    """A sawmill, a maker of panels, a dairy, a boiler, a farm of unknown headcount."""
    return gpd.GeoDataFrame(
        {
            "naf": ["16.10A", "16.21Z", "10.51A", "35.30Z", "01.11Z"],
            "jobs": [20, 50, 30, 8, None],
        },
        index=["saw", "panel", "dairy", "boiler", "farm"],
        geometry=gpd.points_from_xy(LON, LAT),
        crs=4326,
    )


@pytest.fixture(scope="module")
def everybody(sites, roads):
    return eg.allocation(sites, roads, taking_part=(1, 1), n_draws=1)


def as_in_a_study(sites):
    """Lay sites out as the functions of a study read them."""
    table = pd.DataFrame({"site_id": sites.index, "naf": sites["naf"].to_numpy()})
    return table.assign(
        **{
            f"headcount_{end}": sites["jobs"].to_numpy()
            for end in ("low", "mid", "high")
        }
    )


def test_nobody_gives_more_than_a_study_says_that_it_has(sites, everybody):
    waste = eg.arisings(sites).reset_index().rename(columns={"site": "site_id"})
    own = site_residues(
        waste, site_byproducts(as_in_a_study(sites), byproduct_ratios())
    )
    has = own.groupby(["site_id", "resource"])["t"].sum()
    given = everybody.groupby(["donor", "residue"])["t_per_year"].sum()
    assert len(given)
    assert (given <= has.loc[given.index] + 1e-6).all()


def test_a_need_is_filled_and_never_passed(sites, everybody):
    rules = synergy_rules()
    needs = estimated_needs(as_in_a_study(sites), rules, input_needs())
    use = pd.Series(input_per_tonne(rules), index=rules["rule_id"])
    taken = everybody["t_per_year"] * everybody["rule_id"].map(use)
    sums = taken.groupby(everybody["taker"]).sum()
    most = needs.groupby("site_id")["t_mid"].sum()
    assert (sums <= most.loc[sums.index] + 1e-6).all()
    of_panels = needs.set_index(["site_id", "resource"])["t_mid"].loc["panel"]
    assert sums["panel"] in [pytest.approx(t) for t in of_panels]


def test_each_is_a_match_over_its_road(sites, roads, everybody):
    known = eg.matches(sites, roads).set_index(["donor", "taker", "rule_id"])
    for row in everybody.to_dict("records"):
        match = known.loc[(row["donor"], row["taker"], row["rule_id"])]
        assert row["length_m"] == pytest.approx(match["length_m"])
        assert row["time_s"] == pytest.approx(match["time_s"])


def test_order_and_crs_change_no_tonne(sites, roads, everybody):
    again = eg.allocation(
        sites.iloc[::-1].to_crs(2154), roads, taking_part=(1, 1), n_draws=1
    )
    key = ["donor", "taker", "rule_id", "residue"]
    first, second = (
        table.set_index(key)["t_per_year"].sort_index() for table in (everybody, again)
    )
    assert second.to_dict() == pytest.approx(first.to_dict())


def test_a_draw_counts_for_its_part_and_the_sure_are_in_all(sites, roads, everybody):
    half = eg.allocation(
        sites, roads, taking_part=(0.5, 0.5), n_draws=4, sure=["panel"]
    )
    assert half.groupby("draw")["taker"].agg(lambda who: "panel" in set(who)).all()
    assert half.loc[half["taker"] == "boiler", "draw"].nunique() == 2
    assert half["t_per_year"].sum() < everybody["t_per_year"].sum()
    whole = eg.allocation(sites, roads, taking_part=(1, 1), n_draws=2)
    assert whole["t_per_year"].sum() == pytest.approx(everybody["t_per_year"].sum())


def test_what_is_sold_today_does_not_hang_on_the_price_of_disposal(sites, roads):
    """Shavings of sawmills have a price: no gate is spared, none is lost."""
    alone = {"taking_part": (1, 1), "n_draws": 1}
    usual = eg.allocation(sites, roads, **alone)
    paid = pd.Series(-1000.0, index=pd.Index(["W075"]))
    found = eg.allocation(sites, roads, disposal_eur_per_t=paid, **alone)
    saw = found[found["donor"] == "saw"]
    assert saw["t_per_year"].sum() > 0
    assert saw["t_per_year"].sum() == pytest.approx(
        usual.loc[usual["donor"] == "saw", "t_per_year"].sum()
    )


def test_what_cannot_be_allocated_is_told_or_empty(sites, roads, everybody):
    for few in (sites.iloc[:0], sites.iloc[[4]]):
        found = eg.allocation(few, roads, n_draws=2)
        assert found.empty
        assert list(found) == list(everybody)
    with pytest.raises(SchemaError, match="two shares above 0"):
        eg.allocation(sites, roads, taking_part=(0, 1))
    with pytest.raises(KeyError, match="sure: 'x' is no label"):
        eg.allocation(sites, roads, sure=["x"])
