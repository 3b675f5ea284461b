"""Estimates brought to published totals."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import InfeasibleError, SchemaError
from eitgeo.flows.arisings.arising_draws import (
    DrawLaw,
    arising_terms,
    group_draws,
    scaled_intervals,
    term_intervals,
    without_observed,
)
from eitgeo.flows.arisings.arising_totals import control_scaling
from tests.flows.toy import RATIOS, make_sites

LAW = DrawLaw(1, 200)
SITES = make_sites(
    ("a", "47.76Z", 10, "31001"),
    ("b", "47.76Z", 30, "09001"),
    ("c", "41.20A", 10, "31002"),
    ("d", "41.20A", 20, "09002"),
)
TERMS = arising_terms(SITES, RATIOS)
NOTHING = pd.DataFrame(columns=["site_id", "stream", "ewc_stat", "t_mid"]).astype(
    {"site_id": "str", "stream": "str", "ewc_stat": "str", "t_mid": float}
)
SITE = TERMS["site_id"].where(TERMS["stream"] == "NDNI", "").rename("site")


def totals(*rows: tuple[str, str, float], **changes: Any) -> pd.DataFrame:
    """Return control totals: département, sector, tonnes."""
    table = pd.DataFrame(rows, columns=["departement", "sector", "total_t"])
    every: dict[str, Any] = {"stream": "NDNI", "covered_share": 1.0}
    return table.assign(**(every | changes))


def scaled(controls: pd.DataFrame, observed: pd.DataFrame = NOTHING) -> pd.DataFrame:
    """Return the draws of each site once scaled."""
    terms = without_observed(TERMS, RATIOS, observed)
    found = control_scaling(terms, controls, sites=SITES, observed=observed, law=LAW)
    return group_draws(terms, SITE, law=LAW, scaling=found)


def of(draws: pd.DataFrame, *sites: str) -> np.ndarray:
    """Return the draws of some sites."""
    return draws.loc[list(sites)].to_numpy()


def test_one_total_multiplies_its_sites_alike() -> None:
    before = group_draws(TERMS, SITE, law=LAW)
    after = scaled(totals(("31", "47", 500.0)))
    np.testing.assert_allclose(of(after, "a"), 500.0)
    np.testing.assert_allclose(of(after, "b", "c", "d"), of(before, "b", "c", "d"))


def test_a_total_of_two_sites_keeps_their_proportions() -> None:
    before = group_draws(TERMS, SITE, law=LAW)
    after = scaled(totals(("", "47", 500.0)))
    np.testing.assert_allclose(of(after, "a", "b").sum(axis=0), 500.0)
    (a, b), (a_before, b_before) = (of(x, "a", "b") for x in (after, before))
    np.testing.assert_allclose(a / b, a_before / b_before)


def test_crossed_totals_all_hold() -> None:
    """Two départements, two sectors: the margins of a table of four cells."""
    controls = totals(
        ("31", "", 300.0), ("09", "", 700.0), ("", "47", 600.0), ("", "41", 400.0)
    )
    after = scaled(controls)
    np.testing.assert_allclose(of(after, "a", "c").sum(axis=0), 300.0, rtol=1e-8)
    np.testing.assert_allclose(of(after, "b", "d").sum(axis=0), 700.0, rtol=1e-8)
    np.testing.assert_allclose(of(after, "a", "b").sum(axis=0), 600.0, rtol=1e-8)
    # Proportional scaling keeps the odds ratio of each draw.
    before = group_draws(TERMS, SITE, law=LAW)

    def odds(draws: pd.DataFrame) -> np.ndarray:
        a, b, c, d = draws.loc[["a", "b", "c", "d"]].to_numpy()
        return a * d / (b * c)

    np.testing.assert_allclose(odds(after), odds(before), rtol=1e-6)


@pytest.mark.parametrize("wider_t", [1500.0, 1030.0, 1005.0])
def test_a_total_that_holds_nearly_all_of_a_wider_one_is_reached(wider_t) -> None:
    after = scaled(totals(("31", "", 1000.0), ("", "", wider_t)))
    np.testing.assert_allclose(of(after, "a", "c").sum(axis=0), 1000.0, rtol=1e-6)
    np.testing.assert_allclose(after.sum(), wider_t, rtol=1e-6)


def test_the_covered_share_is_the_target() -> None:
    after = scaled(totals(("31", "47", 500.0), covered_share=0.2))
    np.testing.assert_allclose(after.loc["a"], 100.0)


def test_what_is_observed_is_in_the_total_and_stays() -> None:
    """W072 of a was weighed: 120 t. The rest of the 500 t are estimated: 380 t."""
    observed = pd.DataFrame(
        {"site_id": ["a"], "stream": ["NDNI"], "ewc_stat": ["W072"], "t_mid": [120.0]}
    )
    after = scaled(totals(("31", "47", 500.0)), observed)
    np.testing.assert_allclose(after.loc["a"], 380.0)


def test_streams_are_scaled_apart() -> None:
    found = control_scaling(
        TERMS,
        totals(("31", "41", 1000.0), stream="INERT"),
        sites=SITES,
        observed=NOTHING,
        law=LAW,
    )
    inert = (TERMS["stream"] == "INERT") & (TERMS["site_id"] == "c")
    assert (found.cell[inert] >= 0).all()
    assert (found.cell[~inert] == -1).all()


def test_a_control_makes_the_sites_surer() -> None:
    found = control_scaling(
        TERMS, totals(("", "47", 60.0)), sites=SITES, observed=NOTHING, law=LAW
    )
    after = scaled_intervals(TERMS, law=LAW, scaling=found)
    before = term_intervals(TERMS)
    is_big = TERMS["site_id"] == "b"
    spread = np.log(after["t_high"] / after["t_low"])
    assert (spread < np.log(before["t_high"] / before["t_low"]))[is_big].all()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("65", "", 10.0)], "65, toutes activités, NDNI : aucun gisement estimé"),
        ([("31", "10-12", 10.0)], "31, 10-12, NDNI : aucun gisement estimé"),
        (
            [("31", "", 300.0), ("31", "47", 400.0)],
            r"(?s)totaux de contrôle : \d anomalie.*300 t à répartir.*se contredisent",
        ),
        (
            [("31", "", 10.0), ("09", "", 10.0), ("", "", 2_000.0)],
            "09, toutes activités, NDNI : 10 t à répartir, 1\u202f000 t au mieux",
        ),
    ],
)
def test_what_cannot_be_reconciled_is_refused(rows, message) -> None:
    with pytest.raises(InfeasibleError, match=message):
        scaled(totals(*rows))


def test_declarations_beyond_a_total_are_refused_with_the_tonnes() -> None:
    observed = pd.DataFrame(
        {"site_id": ["a"], "stream": ["NDNI"], "ewc_stat": ["W072"], "t_mid": [1500.0]}
    )
    with pytest.raises(InfeasibleError, match="1\u202f000 t de déclarations au-delà"):
        scaled(totals(("31", "47", 500.0)), observed)


def test_a_missing_column_is_told() -> None:
    controls = totals(("31", "", 1.0)).drop(columns="covered_share")
    with pytest.raises(SchemaError, match="covered_share"):
        scaled(controls)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(1.0, 1e5), min_size=4, max_size=4))
def test_margins_of_any_table_are_reached(cells: list[float]) -> None:
    """Margins of a positive table can always be reached."""
    a, b, c, d = cells
    controls = totals(
        ("31", "", a + c), ("09", "", b + d), ("", "47", a + b), ("", "41", c + d)
    )
    after = scaled(controls)
    np.testing.assert_allclose(of(after, "a", "c").sum(axis=0), a + c, rtol=1e-8)
    np.testing.assert_allclose(of(after, "c", "d").sum(axis=0), c + d, rtol=1e-8)
