"""Published totals, brought to an area by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.sums import check_rows
from eitgeo.flows.arisings.arising_draws import DrawLaw, arising_terms, group_draws
from eitgeo.flows.arisings.arising_totals import (
    cell_names,
    of_every_ratio,
    ratio_cells,
    total_checks,
)
from eitgeo.reference.tables import waste_total_sources, waste_totals
from eitgeo.sources.activity.urssaf import SECTORS
from eitgeo.tables.schema import validate
from tests.flows.toy import RATIOS, make_sites

SITES = make_sites(
    ("a", "47.76Z", 10, "31001"),
    ("b", "47.11D", 30, "31001"),
    ("c", "41.20A", 10, "31001"),
)
PLACES = pd.DataFrame({"area": "x", "division": ["47", "47", "41"]}, index=[*"abc"])
NOTHING = pd.DataFrame(columns=["stream", "ewc_stat", "t_mid", "division"])
JOBS = {"trade": 40.0, "construction": 10.0}


def references(**changes: object) -> pd.DataFrame:
    """Return one total: 1 000 to 2 000 t of shops, 500 people, 100 of them there."""
    row = {
        "stream": "NDNI",
        "naf": "45-47",
        "ewc_stat": "",
        "without_ewc_stat": "",
        "sector": "trade",
        "t_low": 1000.0,
        "t_high": 2000.0,
        "population": 500.0,
        "jobs": 100.0,
    }
    return pd.DataFrame([row | changes], index=["shops"])


def checks(
    observed: pd.DataFrame = NOTHING, *, counted: Any = JOBS, **changes: object
) -> pd.Series:
    """Return the row of the total, of 50 people."""
    terms = arising_terms(SITES, RATIOS)
    draws = group_draws(terms, ratio_cells(terms, PLACES), law=DrawLaw(4, 400))
    table = total_checks(
        draws, observed, references(**changes), RATIOS, population=50, jobs=counted
    )
    validate(table, table="arising_checks")
    return table.set_index("reference_id").iloc[0]


def test_a_total_by_inhabitants_and_by_employees_of_its_sector() -> None:
    row = checks()
    assert row[["by_inhabitants_low", "by_inhabitants_high"]].tolist() == [100, 200]
    assert row[["by_employees_low", "by_employees_high"]].tolist() == [400, 800]
    assert checks(sector="all")["by_employees_low"] == 1000 * 50 / 100


def test_what_nobody_counts_is_not_known() -> None:
    for row in (checks(counted={}), checks(sector="", jobs=np.nan)):
        assert np.isnan(row["by_employees_low"])
        assert row["by_inhabitants_high"] == 200


def test_our_total_has_the_same_waste_and_no_other() -> None:
    """The toy's shops throw away paper (half) and mixed waste; its builders, rubble."""
    every = checks(naf="01-99")
    of_shops, of_builders = checks(), checks(naf="41-43")
    assert 0 < of_shops["t_low"] < of_shops["t_mid"] < of_shops["t_high"]
    assert max(of_shops["t_mid"], of_builders["t_mid"]) < every["t_mid"]
    paper = checks(ewc_stat="W072")["t_mid"]
    other = checks(without_ewc_stat="W072")["t_mid"]
    assert 0 < paper < of_shops["t_mid"]
    assert paper + other == pytest.approx(of_shops["t_mid"], rel=0.05)
    assert checks(stream="INERT")["t_mid"] == 0


def test_what_is_declared_is_added_where_it_is_counted() -> None:
    declared = pd.DataFrame(
        {
            "stream": "NDNI",
            "ewc_stat": ["W072", "W102", "W072"],
            "t_mid": [1000.0, 50.0, 7.0],
            "division": ["47", "47", "01"],
        }
    )
    gained = (
        checks(declared, ewc_stat="W072")["t_low"] - checks(ewc_stat="W072")["t_low"]
    )
    assert gained == pytest.approx(1000.0)


def test_cells_by_ratio_add_up_to_cells() -> None:
    terms = arising_terms(SITES, RATIOS)
    law = DrawLaw(4, 50)
    fine = group_draws(terms, ratio_cells(terms, PLACES), law=law)
    coarse = group_draws(terms, cell_names(terms, PLACES), law=law)
    pd.testing.assert_frame_equal(of_every_ratio(fine), coarse)
    assert len(fine) > len(coarse)


def test_every_published_total_was_read_and_says_where() -> None:
    totals, sources = waste_totals(), waste_total_sources()
    assert (totals["t_low"] <= totals["t_high"]).all()
    assert totals["population"].gt(0).all()
    assert set(totals["sector"]) <= {*SECTORS.values(), "all", ""}
    assert totals["jobs"].isna().eq(totals["sector"].eq("")).all()
    assert (sources.drop(columns="value") != "").all(axis=None)
    assert sources["value_printed"].str.contains(r"\d").all()
    assert sources["url"].str.startswith("https://").all()
    used = {
        *totals.index,
        *totals["place"],
        *(totals["place"] + "|" + totals["sector"]),
    }
    assert set(sources["of"]) <= used


def test_totals_whose_page_makes_their_ratio_say_so() -> None:
    feeds = waste_totals()["feeds_ratio"]
    assert set(feeds.index[feeds.eq("oui")]) == {"construction", "trade", "trade_paper"}
    assert (
        feeds["farming"] == "en_partie"
    )  # of three divisions, one has its ratio there
    assert feeds["ndni"] == "en_partie"
    assert set(feeds[["manufacturing", "wood_industry", "inert_country"]]) == {"non"}


def test_a_total_that_one_firm_makes_stays_in() -> None:
    sites = make_sites(*((one, "16.10A", 10, "31001") for one in "abc"))
    sites = sites.assign(siret="", source="registre", synthetic=False)
    tonnes = {"t_low": 10.0, "t_mid": 1234.0, "t_high": 5000.0}
    told = pd.DataFrame(
        [{"reference_id": "wood_industry"} | tonnes | {"by_inhabitants_low": 7.0}]
    )
    each = pd.DataFrame(
        [
            {"site_id": one, "stream": "NDNI", "ewc_stat": "W075"} | tonnes
            for one in "abc"
        ]
    )
    shown = check_rows(told, each, sites)
    assert shown.table["t_mid"].tolist() == [1200.0]
    assert shown.withheld == 0
    two = check_rows(told, each[:2], sites)
    assert two.table["t_mid"].isna().all()
    assert two.table["by_inhabitants_low"].tolist() == [7.0]
    assert two.withheld == 1
