"""Potential waste by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import SchemaError, StudyError
from eitgeo.flows.arisings.arising_draws import (
    DrawLaw,
    arising_terms,
    draw_intervals,
    drawn_blocks,
    estimate_arisings,
    group_draws,
    term_intervals,
    without_observed,
)
from eitgeo.reference.tables import waste_ratios
from eitgeo.tables.schema import validate
from tests.flows.toy import RATIOS, make_sites

LAW = DrawLaw(seed=3)
AMOUNTS = ["t_low", "t_mid", "t_high"]


def sure_sites(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
    """Return sites whose headcount is known."""
    sites = make_sites(*rows)
    heads = sites["headcount_mid"]
    return sites.assign(headcount_low=heads, headcount_high=heads)


def arisings_of(sites: pd.DataFrame) -> Any:
    """Estimate the waste of sites, indexed by site, residue and stream."""
    table = estimate_arisings(sites, RATIOS)
    validate(table, table="arisings")
    return table.set_index(["site_id", "ewc_stat", "stream"]).sort_index()


def test_ratio_times_headcount_times_share() -> None:
    table = arisings_of(sure_sites(("a", "47.76Z", 10, "31001")))
    # Ten jobs; ratios: 1, 2, 4.
    for residue, share in (("W072", 0.6), ("W102", 0.4)):
        found = table.loc[("a", residue, "NDNI"), AMOUNTS].to_numpy(dtype=float)
        np.testing.assert_allclose(found, share * np.array([10, 20, 40]), rtol=1e-9)
    assert len(table) == 2
    assert set(table["method"]) == {"ratio"}
    assert set(table["evidence"]) == {"H"}
    assert table["waste_code"].tolist() == ["W072", "W102"]


def test_an_unknown_headcount_widens_the_interval_by_hand() -> None:
    """Ratio 1, 2, 4; jobs 5, 10, 20: both logarithms are about 0.

    Normal part: standard deviation ln 2 ÷ 1.2816 = 0.5409. Uniform part: width ln 4,
    standard deviation ln 4 ÷ √12 = 0.4002. Together 0.6728, close to normal: P90 ÷
    P50 = exp(1.2816 × 0.6728) = 2.37; the outer bound would be 4.
    """
    table = arisings_of(make_sites(("a", "47.76Z", 10, "31001")))
    low, mid, high = table.loc[("a", "W072", "NDNI"), AMOUNTS]
    assert mid == pytest.approx(12)
    assert high / mid == pytest.approx(2.37, rel=0.03)
    assert mid / low == pytest.approx(high / mid)


def test_the_longest_prefix_wins() -> None:
    table = arisings_of(
        sure_sites(("super", "47.11D", 10, "31001"), ("autre", "47.19A", 10, "31001"))
    )
    assert table.loc["super", "t_mid"].tolist() == pytest.approx([30.0])
    assert table.loc["super"].index.tolist() == [("W091", "NDNI")]
    assert sorted(table.loc["autre"].index) == [("W072", "NDNI"), ("W102", "NDNI")]


def test_streams_stay_apart() -> None:
    table = arisings_of(sure_sites(("chantier", "41.20A", 2, "31001")))
    mids = table["t_mid"]
    assert mids[("chantier", "W121", "NDNI")] == pytest.approx(10)
    assert mids[("chantier", "W121", "INERT")] == pytest.approx(240)


@pytest.mark.parametrize(
    ("naf", "jobs"),
    [
        ("38.11Z", 10),  # excluded: secondary waste
        ("99.00Z", 10),  # no ratio
        ("47.99Z", 10),  # no such activity
        ("", 10),  # unknown activity
        ("47.76Z", np.nan),  # unknown size
        ("47.76Z", 0),  # nobody
        ("4", 10),  # shorter than any prefix
    ],
)
def test_what_cannot_be_estimated_has_no_row(naf: str, jobs: float) -> None:
    table = estimate_arisings(make_sites(("a", naf, jobs, "31001")), RATIOS)
    assert table.empty
    assert "t_mid" in table


def test_every_fault_of_the_columns_is_told() -> None:
    sites = make_sites(("a", "47.76Z", 10, "31001"))
    with pytest.raises(SchemaError, match=r"(?s)2 anomalies.*naf.*headcount_low"):
        estimate_arisings(sites.drop(columns=["naf", "headcount_low"]), RATIOS)


@pytest.mark.parametrize("band", [(-1.0, 10, 20), (12.0, 10, 20), (20.0, 10, 5)])
def test_a_band_out_of_order_is_refused(band: tuple[float, ...]) -> None:
    sites = make_sites(("a", "47.76Z", 10, "31001"))
    names = ["headcount_low", "headcount_mid", "headcount_high"]
    sites[names] = band
    with pytest.raises(SchemaError, match="ranger les effectifs du plus petit"):
        arising_terms(sites, RATIOS)


@pytest.mark.parametrize("values", [{"n_draws": 0}, {"common_share": 1.1}])
def test_a_law_that_is_none_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(StudyError, match="tirages : 1 anomalie"):
        DrawLaw(**values)


def test_inputs_stay_and_order_changes_nothing() -> None:
    sites = make_sites(("b", "47.76Z", 5, "31001"), ("a", "41.20A", 7, "31002"))
    before = sites.copy()
    first = validate(estimate_arisings(sites, RATIOS), table="arisings")
    pd.testing.assert_frame_equal(sites, before)
    shuffled = estimate_arisings(sites.iloc[::-1], RATIOS.iloc[::-1])
    pd.testing.assert_frame_equal(first, validate(shuffled, table="arisings"))
    again = arising_terms(sites.iloc[::-1], RATIOS.iloc[::-1])
    pd.testing.assert_frame_equal(arising_terms(sites, RATIOS), again)


def test_a_new_site_leaves_the_others_as_they_were() -> None:
    one = make_sites(("b", "47.76Z", 5, "31001"))
    two = make_sites(("a", "47.19A", 9, "31001"), ("b", "47.76Z", 5, "31001"))
    alone, among = arisings_of(one), arisings_of(two)
    pd.testing.assert_frame_equal(alone, among.loc[["b"]])


def test_blocks_change_nothing(monkeypatch) -> None:
    jobs = [(f"s{n}", "41.20A", 3 + n, "31001") for n in range(7)]
    terms = arising_terms(make_sites(*jobs), RATIOS)
    groups = pd.Series(["x", "y"] * 7, index=terms.index, name="group")
    draws = group_draws(terms, groups, law=LAW)
    monkeypatch.setattr("eitgeo.flows.arisings.arising_draws._BLOCK_CELLS", 3000)
    pd.testing.assert_frame_equal(draws, group_draws(terms, groups, law=LAW))


@pytest.mark.parametrize(
    ("n_draws", "n_rows"), [(1000, [3] * 4 + [2]), (4000, [1] * 14)]
)
def test_a_block_holds_no_more_than_it_may_but_one_row(
    n_draws, n_rows, monkeypatch
) -> None:
    jobs = [(f"s{n}", "41.20A", 3 + n, "31001") for n in range(7)]
    terms = arising_terms(make_sites(*jobs), RATIOS)
    monkeypatch.setattr("eitgeo.flows.arisings.arising_draws._BLOCK_CELLS", 3000)
    blocks = [*drawn_blocks(terms, law=DrawLaw(n_draws=n_draws))]
    assert [tonnes.shape for _, tonnes in blocks] == [(n, n_draws) for n in n_rows]


def drawn(terms: pd.DataFrame, law: DrawLaw) -> pd.DataFrame:
    """Return the draws of each term, without its weight."""
    named = pd.Series([f"{n:03d}" for n in range(len(terms))], terms.index, name="term")
    return group_draws(terms.assign(weight=1.0), named, law=law)


def test_intervals_are_the_percentiles_of_the_draws() -> None:
    """Without noise: 10 000 draws come within 3 %."""
    activities = [("47.76Z", 10), ("41.20A", 3), ("47.11D", 60)]
    rows = [(f"s{n}", naf, jobs, "31001") for n, (naf, jobs) in enumerate(activities)]
    terms = arising_terms(make_sites(*rows), RATIOS)
    found = draw_intervals(drawn(terms, DrawLaw(1, 10_000)))
    np.testing.assert_allclose(found, term_intervals(terms), rtol=0.03)


@settings(max_examples=10, deadline=None)
@given(
    st.floats(0.05, 1.0),
    st.floats(1.0, 5.0),
    st.floats(0.05, 1.0),
    st.floats(1.0, 20.0),
)
def test_skewed_laws_have_the_same_percentiles_with_and_without_draws(
    low_head: float, top: float, low_ratio: float, high_ratio: float
) -> None:
    sites = make_sites(("a", "47.76Z", 10, "31001"))
    sites[["headcount_low", "headcount_high"]] = 10 * low_head, 10 * top
    ratios = RATIOS[RATIOS["naf_prefix"] == "47"].assign(
        t_per_employee_low=2 * low_ratio, t_per_employee_high=2 * high_ratio
    )
    terms = arising_terms(sites, ratios)
    found = draw_intervals(drawn(terms, DrawLaw(1, 4000))).to_numpy()[0]
    exact = term_intervals(terms).to_numpy()[0]
    np.testing.assert_allclose(np.log(found), np.log(exact), atol=0.15)


def test_the_seed_moves_the_draws() -> None:
    terms = arising_terms(make_sites(("a", "47.76Z", 10, "31001")), RATIOS)
    first, second = (drawn(terms, DrawLaw(seed)) for seed in (1, 2))
    assert not first.equals(second)
    assert first.equals(drawn(terms, DrawLaw(1)))


@pytest.mark.parametrize("common_share", [0.0, 1.0])
def test_the_error_of_one_stream_says_nothing_of_the_other(common_share) -> None:
    terms = arising_terms(sure_sites(("chantier", "41.20A", 2, "31001")), RATIOS)
    draws = np.log(drawn(terms, DrawLaw(1, 1000, common_share)))
    assert len(draws) == 2
    assert abs(np.corrcoef(draws)[0, 1]) < 0.1


def test_groups_add_up_draw_by_draw() -> None:
    sites = make_sites(*((f"s{n}", "47.76Z", n + 1, "31001") for n in range(9)))
    terms = arising_terms(sites, RATIOS)
    part = pd.Series([*"xxxyyyzz", ""], index=terms.index, name="part")
    whole = part.where(part == "", "tout")
    parts, total = group_draws(terms, part, law=LAW), group_draws(terms, whole, law=LAW)
    assert parts.index.tolist() == ["x", "y", "z"]
    np.testing.assert_allclose(parts.sum(), total.loc["tout"])


def test_a_total_is_surer_than_its_sites_but_for_what_they_share() -> None:
    """A hundred like sites: only the common half of the variance is left."""
    sites = sure_sites(*((f"s{n}", "47.76Z", 10, "31001") for n in range(100)))
    terms = arising_terms(sites, RATIOS)
    group = pd.Series("tout", index=terms.index, name="group")
    spread = {}
    for share in (0.0, 0.5, 1.0):
        draws = group_draws(terms, group, law=DrawLaw(1, 4000, share))
        low, high = np.percentile(np.log(draws), [10, 90])
        spread[share] = (high - low) / (2 * np.log(2))
    assert spread[1.0] == pytest.approx(1.0, rel=0.02)
    assert spread[0.5] == pytest.approx(np.sqrt(0.5), rel=0.05)
    assert spread[0.0] == pytest.approx(0.1, rel=0.15)


def test_what_is_observed_leaves_the_weight() -> None:
    sites = make_sites(("a", "47.76Z", 10, "31001"), ("b", "47.76Z", 10, "31001"))
    terms = arising_terms(sites, RATIOS)
    assert terms["weight"].tolist() == pytest.approx([1.0, 1.0])
    observed = pd.DataFrame(
        {"site_id": ["a"], "stream": ["NDNI"], "ewc_stat": ["W072"], "t_mid": [1.0]}
    )
    left = without_observed(terms, RATIOS, observed)
    assert left["weight"].tolist() == pytest.approx([0.4, 1.0])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.1, 1e4), min_size=2, max_size=6))
def test_splitting_a_site_conserves_what_is_common(
    jobs: list[float],
) -> None:
    """With known jobs and only the common error, parts add up to the whole."""
    law = DrawLaw(seed=5, n_draws=200, common_share=1.0)
    rows = [(f"s{n}", "47.76Z", j, "31001") for n, j in enumerate(jobs)]
    parts = arising_terms(sure_sites(*rows), RATIOS)
    whole = arising_terms(sure_sites(("s", "47.76Z", sum(jobs), "31001")), RATIOS)
    group = pd.Series("tout", index=parts.index, name="group")
    split = group_draws(parts, group, law=law)
    total = group_draws(whole, group.iloc[:1], law=law)
    np.testing.assert_allclose(split, total)
    np.testing.assert_allclose(
        term_intervals(parts).sum(), term_intervals(whole).iloc[0]
    )


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.5, 1e4), min_size=1, max_size=5), st.floats(0.0, 1.0))
def test_levels_are_in_order_and_never_negative(jobs: list[float], low: float) -> None:
    rows = [(f"s{n}", "41.20A", j, "31001") for n, j in enumerate(jobs)]
    sites = make_sites(*rows)
    sites["headcount_low"] = low * sites["headcount_mid"]
    table = estimate_arisings(sites, RATIOS)
    assert table["t_low"].gt(0).all()
    assert table["t_low"].le(table["t_mid"]).all()
    assert table["t_mid"].le(table["t_high"]).all()


def test_shipped_ratios_by_hand() -> None:
    """Twenty jobs in a sawmill: 50 t a job, 95 % of it wood."""
    table = estimate_arisings(sure_sites(("a", "16.10A", 20, "31001")), waste_ratios())
    tonnes = table.set_index("ewc_stat")["t_mid"]
    assert tonnes["W075"] == pytest.approx(950)
    assert tonnes.sum() == pytest.approx(1_000)
    assert estimate_arisings(
        make_sites(("a", "38.11Z", 20, "31001")), waste_ratios()
    ).empty
