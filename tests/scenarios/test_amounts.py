"""What each site brings to the figures that secrecy looks at."""

from typing import Any

import pandas as pd

from eitgeo.scenarios.measures.activity import firm_ids, site_amounts
from eitgeo.sources.activity.cells import DRAWN_HEADCOUNT

SITES = pd.DataFrame(
    [
        ("a", "11111111100011", "10.51C", "31001", 20.0, True, False),
        ("b", "11111111100029", "10.51C", "31001", 30.0, True, True),
        ("c", "", "47.11F", "31002", 40.0, False, False),
        ("d", "22222222200010", "25.62B", "31002", float("nan"), True, False),
        ("e", "33333333300010", "10.51C", "65001", 99.0, True, False),
    ],
    columns=[
        "site_id",
        "siret",
        "naf",
        "code_insee",
        "headcount_mid",
        "diffusible",
        "natural_person",
    ],
).assign(
    headcount_low=lambda rows: rows["headcount_mid"] - 10,
    headcount_high=lambda rows: rows["headcount_mid"] + 10,
    synthetic=False,
    source="INSEE, SIRENE",
)
ARISINGS = pd.DataFrame(
    [
        ("a", "NDNI", 5.0, "ratio"),
        ("a", "NDNI", 2.0, "ratio"),
        ("a", "NDNI", 7.0, "irep"),
        ("b", "NDNI", 4.0, "survey"),
        ("b", "INERT", 900.0, "ratio"),
        ("e", "NDNI", 800.0, "ratio"),
    ],
    columns=["site_id", "stream", "t_mid", "method"],
).assign(t_low=lambda rows: rows["t_mid"] / 2, t_high=lambda rows: rows["t_mid"] * 2)


def amounts() -> dict[str, Any]:
    """Read the amounts of two communes."""
    return site_amounts(SITES, ARISINGS, codes=["31001", "31002"])


def test_two_sites_of_one_siren_are_one_firm_and_a_site_without_is_its_own() -> None:
    assert firm_ids(SITES).tolist() == [
        "111111111",
        "111111111",
        "c",
        "222222222",
        "333333333",
    ]


def test_tonnes_are_told_by_where_they_come_from() -> None:
    tonnes = amounts()["deposit_t"].set_index(["site_id", "origin"])
    assert tonnes["value"].to_dict() == {
        ("a", "declare"): 7.0,
        ("a", "estime"): 7.0,
        ("b", "declare"): 4.0,
    }
    assert tonnes.loc[("a", "estime"), ["low", "high"]].tolist() == [3.5, 14.0]
    assert tonnes.loc[("b", "declare"), "public"] == False  # noqa: E712


def test_jobs_are_those_of_industry_in_the_area() -> None:
    jobs = amounts()["industry_jobs"].set_index("site_id")
    assert jobs["value"].to_dict() == {"a": 20.0, "b": 30.0}
    assert jobs["public"].to_dict() == {"a": True, "b": False}


def test_a_bound_that_is_not_known_counts_for_nothing() -> None:
    sites = SITES.assign(headcount_low=float("nan"))
    jobs = site_amounts(sites, ARISINGS, codes=["31001"])["industry_jobs"]
    assert jobs["low"].tolist() == [0.0, 0.0]


def test_a_known_site_whose_headcount_is_drawn_rests_on_the_draw() -> None:
    source = SITES["source"].mask(SITES["site_id"].eq("a"), "IREP" + DRAWN_HEADCOUNT)
    found = site_amounts(SITES.assign(source=source), ARISINGS, codes=["31001"])
    for rows in found.values():
        drawn = rows.groupby("site_id")["synthetic"].all()
        assert drawn.to_dict() == {"a": True, "b": False}
