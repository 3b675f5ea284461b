"""Totals of groups, with what is observed."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.arisings.arising_draws import (
    DrawLaw,
    arising_terms,
    commune_draws,
    draw_intervals,
    group_draws,
    shared_law,
    without_observed,
)
from eitgeo.flows.arisings.arising_totals import (
    SOURCES,
    arising_totals,
    cell_names,
    of_every_ratio,
    ratio_cells,
    variance_shares,
)
from eitgeo.tables.schema import validate
from tests.flows.toy import RATIOS, make_sites

LAW = DrawLaw(4, 500)
SITES = make_sites(
    ("a", "47.76Z", 10, "31001"),
    ("b", "47.11D", 30, "31002"),
    ("c", "41.20A", 10, "31001"),
    ("ailleurs", "41.20A", 99, "64001"),
    ("fermier", "01.13Z", 5, "31002"),
)
PLACES = pd.DataFrame(
    {
        "territoire": "territoire",
        "epci": ["200000001", "200000002", "200000001", "200000002"],
        "division": ["47", "47", "41", "01"],
    },
    index=["a", "b", "c", "fermier"],
)
OBSERVED = pd.DataFrame(
    {
        "site_id": ["a", "fermier", "ailleurs"],
        "stream": "NDNI",
        "ewc_stat": ["W072", "W091", "W121"],
        "t_mid": [100.0, 7.0, 1.0],
    }
)


def totals(observed: pd.DataFrame = OBSERVED, law: DrawLaw | None = LAW):
    """Return the totals, indexed by key, the terms and the draws of cells."""
    terms = without_observed(arising_terms(SITES, RATIOS), RATIOS, observed)
    draws = group_draws(terms, cell_names(terms, PLACES), law=LAW)
    table = arising_totals(draws, terms, observed, places=PLACES, law=law)
    validate(table, table="arising_totals")
    return table.set_index(["grain", "group_id", "stream"]), terms, draws


def test_every_group_and_stream_has_a_row_and_what_lies_outside_none() -> None:
    table, _, draws = totals()
    assert sorted(table.index) == [
        ("division", "01", "NDNI"),
        ("division", "41", "INERT"),
        ("division", "41", "NDNI"),
        ("division", "47", "NDNI"),
        ("epci", "200000001", "INERT"),
        ("epci", "200000001", "NDNI"),
        ("epci", "200000002", "NDNI"),
        ("territoire", "territoire", "INERT"),
        ("territoire", "territoire", "NDNI"),
    ]
    assert "" not in draws.index
    assert [*table] == ["t_low", "t_mid", "t_high", "t_observed", *SOURCES]


def test_cells_of_ratios_add_up_to_cells_and_what_is_nowhere_has_none() -> None:
    terms = pd.DataFrame(
        {
            "site_id": ["a", "a", "b", "ailleurs"],
            "stream": ["NDNI", "NDNI", "NDNI", "NDNI"],
            "ratio_id": ["r", "s", "r", "r"],
        }
    )
    cells = ratio_cells(terms, PLACES[["epci", "division"]])
    here = ["200000001|47|NDNI|r", "200000001|47|NDNI|s", "200000002|47|NDNI|r"]
    assert cells.tolist() == [*here, ""]
    found = of_every_ratio(pd.DataFrame([[1.0, 2.0], [4.0, 8.0], [3.0, 5.0]], here))
    assert found.index.tolist() == ["200000001|47|NDNI", "200000002|47|NDNI"]
    assert found.to_numpy().tolist() == [[5.0, 10.0], [3.0, 5.0]]


def test_observed_tonnes_are_added_and_sure() -> None:
    table, terms, _ = totals()
    farm = table.loc[("division", "01", "NDNI")]
    assert farm[["t_low", "t_mid", "t_high", "t_observed"]].tolist() == [7.0] * 4
    assert farm[SOURCES].isna().all()
    shops = terms["naf_prefix"].str.startswith("47")
    group = pd.Series("x", index=terms.index, name="g").where(shops, "")
    expected = draw_intervals(group_draws(terms, group, law=LAW) + 100.0).loc["x"]
    found = table.loc[("division", "47", "NDNI")]
    np.testing.assert_allclose(
        found[["t_low", "t_mid", "t_high"]].astype(float), expected
    )
    assert found["t_observed"] == 100.0


def test_a_total_is_no_sum_of_percentiles() -> None:
    table, _, draws = totals()
    parts = table.loc["division"].xs("NDNI", level="stream")
    whole = table.loc[("territoire", "territoire", "NDNI")]
    assert whole["t_low"] > parts["t_low"].sum()
    assert whole["t_high"] < parts["t_high"].sum()
    assert whole["t_observed"] == 107.0
    waste = draws[draws.index.str.endswith("NDNI")].sum() + 107.0
    assert whole["t_mid"] == pytest.approx(np.median(waste))


def test_shares_are_those_of_the_stream() -> None:
    table, terms, _ = totals()
    here = terms[terms["site_id"].isin(PLACES.index) & terms["stream"].eq("NDNI")]
    group = pd.Series("x", index=here.index, name="g")
    expected = variance_shares(here, group, law=LAW).loc["x", SOURCES]
    found = table.loc[("territoire", "territoire", "NDNI"), SOURCES].astype(float)
    np.testing.assert_allclose(found, expected.astype(float))


def test_no_source_is_told_under_control_totals() -> None:
    table, _, _ = totals(law=None)
    assert table[SOURCES].isna().all(axis=None)


def test_nothing_observed_and_nothing_estimated() -> None:
    table, _, _ = totals(observed=OBSERVED.iloc[:0])
    assert table["t_observed"].eq(0).all()
    assert ("division", "01", "NDNI") not in table.index


def test_draws_of_communes_add_up_to_those_of_the_area() -> None:
    _, terms, _ = totals()
    codes = pd.Series({"a": "31001", "b": "31002", "c": "31001"})
    table = commune_draws(terms, codes, law=LAW)
    here = terms["site_id"].isin(codes.index) & (terms["stream"] == "NDNI")
    area = pd.Series("", index=terms.index, name="g", dtype="str").mask(here, "area")
    whole = group_draws(terms, area, law=LAW).loc["area"]
    assert table.groupby("draw")["t"].sum().to_numpy() == pytest.approx(whole)
    assert set(table["code_insee"]) <= set(codes)


def test_shared_draws_are_few_and_nobody_else_can_draw_them() -> None:
    _, terms, _ = totals()
    law = shared_law(DrawLaw(seed=1, n_draws=1000), terms)
    assert law.n_draws == 200
    assert law == shared_law(DrawLaw(seed=1, n_draws=1000), terms.sample(frac=1))
    other = terms.assign(headcount_mid=terms["headcount_mid"] * 1.01)
    assert law.seed != shared_law(DrawLaw(seed=1, n_draws=1000), other).seed
    assert law.seed != shared_law(DrawLaw(seed=2, n_draws=1000), terms).seed
