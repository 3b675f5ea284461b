"""Sites, jobs, waste and exchanges inside perimeters, by hand on the row of six."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.fabric import job_figures, target_figures
from eitgeo.scenarios.measures.matter import deposit_t, draw_levels, exchange_figures
from eitgeo.scenarios.measures.measures import MEASURES
from eitgeo.scenarios.measures.reach import families_in_reach
from eitgeo.study.sections import Flows
from tests.scenarios.toy import (
    ROW,
    A,
    B,
    C,
    D,
    E,
    F,
    make_activity,
    make_amounts,
    make_exchanges,
    make_families,
    make_inputs,
    make_study,
    make_targets,
    make_unsure,
)

STUDY = make_study(posts=2.0, diversity_min_sites=3)


def fabric_tables(activity: Activity, *groups: Any) -> Any:
    """Measure the fabric of groups of communes."""
    inputs = make_inputs(*groups, activity=activity, study=STUDY)
    declared = MEASURES["declared_sites"](inputs)
    return target_figures(inputs) | declared | job_figures(inputs)


def fabric(activity: Activity, *groups: list[str]) -> dict[str, list[float]]:
    """Return the values of the fabric of groups of communes."""
    figures = fabric_tables(activity, *groups)
    return {name: table["value"].tolist() for name, table in figures.items()}


def matter(activity: Activity, *groups: list[str], min_givers: int = 2):
    """Measure the matter of groups of communes."""
    flows = Flows(families_min_donors=min_givers)
    study = STUDY.model_copy(update={"flows": flows})
    inputs = make_inputs(*groups, activity=activity, study=study)
    return deposit_t(inputs) | exchange_figures(inputs) | families_in_reach(inputs)


def test_targets_are_counted_and_shared_among_animators() -> None:
    activity = make_activity(target=make_targets({A: 3, B: 1, F: 2}))
    found = fabric(activity, [A, B], [B, C], ROW)
    assert found["target_sites"] == [4, 1, 6]
    assert found["sites_per_animator"] == [2.0, 0.5, 3.0]


def test_sites_that_may_be_targets_are_in_the_upper_bound_or_apart() -> None:
    """a: 3 sure, 1 straddles; b: 1 of unknown size; c: 2 of unknown size only."""
    unsure = pd.concat(
        [make_unsure({A: 1}, unsized=False), make_unsure({B: 1, C: 2})],
        ignore_index=True,
    )
    activity = make_activity(target=make_targets({A: 3}), unsure=unsure)
    figures = fabric_tables(activity, [A], [A, B], [C], [D])
    target = figures["target_sites"]
    assert target["value"].tolist() == pytest.approx([3, 3, np.nan, 0], nan_ok=True)
    assert target["low"].tolist() == pytest.approx([3, 3, np.nan, 0], nan_ok=True)
    assert target["high"].tolist() == pytest.approx([4, 4, np.nan, 0], nan_ok=True)
    notes = [
        "",
        "à part : 1 établissement d'effectif inconnu",
        "à part : 2 établissements d'effectif inconnu",
        "",
    ]
    assert target["note"].tolist() == notes
    a_head = figures["sites_per_animator"]
    assert a_head["high"].tolist() == pytest.approx([2, 2, np.nan, 0], nan_ok=True)
    assert a_head["note"].tolist() == notes
    diverse = figures["naf_diversity"]
    assert diverse["value"].tolist() == pytest.approx([1, 1, np.nan, 0], nan_ok=True)
    assert diverse["note"].tolist() == notes


def test_diversity_counts_divisions_of_three_sites() -> None:
    targets = pd.concat(
        [
            make_targets({A: 2, B: 1}, naf="10.51C"),
            make_targets({A: 2}, naf="16.10A"),
            make_targets({C: 1}, naf="16.23Z"),
        ]
    )
    found = fabric(make_activity(target=targets), [A, B], [A, C], [A, B, C])
    assert found["naf_diversity"] == [1, 1, 2]


def test_jobs_and_the_weight_of_the_first_site() -> None:
    industry = make_amounts("headcount", ("x", A, 60), ("y", A, 30), ("z", B, 10))
    activity = make_activity(industry=industry)
    found = fabric(activity, [A, B], [B], [C])
    assert found["industry_jobs"] == [100, 10, 0]
    assert found["top_site_pct"] == pytest.approx([60, 100, np.nan], nan_ok=True)
    jobs = fabric_tables(activity, [A, B])["industry_jobs"]
    assert jobs.loc[0, ["low", "high"]].tolist() == [50.0, 200.0]


def test_declared_sites_are_not_counted_where_no_register_is_read() -> None:
    read = fabric_tables(make_activity(), [A])["declared_sites"]
    unread = make_activity(unread={"declare": "aucun registre lu"})
    none = fabric_tables(unread, [A])["declared_sites"]
    assert read.loc[0, ["value", "note"]].tolist() == [0.0, ""]
    assert np.isnan(none.loc[0, "value"])
    assert none.loc[0, "note"] == "aucun registre lu"


def test_waste_is_summed_with_its_bounds() -> None:
    activity = make_activity(deposit=make_amounts("t", ("x", A, 10), ("y", D, 4)))
    deposit = matter(activity, [A, B], [A, D], [F])["deposit_t"]
    assert deposit["value"].tolist() == [10, 14, 0]
    assert deposit["low"].tolist() == [5, 7, 0]
    assert deposit["high"].tolist() == [20, 28, 0]


def test_the_interval_of_a_total_comes_from_its_draws() -> None:
    """a draws 0, 1 … 10 t and b ten of them: 0, 11 … 110 t together; d has 4 t, seen.

    P10, P50, P90 of the eleven draws are the second, the sixth and the tenth.
    """
    draws = pd.DataFrame(0.0, index=sorted(ROW), columns=range(11))
    draws.loc[A], draws.loc[B] = np.arange(11.0), 10 * np.arange(11.0)[::-1]
    activity = make_activity(
        deposit=make_amounts("t", ("x", A, 10), ("y", D, 4)),
        observed=make_amounts("t", ("y", D, 4)),
        draws=draws,
    )
    deposit = matter(activity, [A], [A, B], [A, D], [F])["deposit_t"]
    # Opposite errors cancel out: 100, 91 … 10 t.
    assert deposit["value"].tolist() == pytest.approx([5, 55, 9, 0])
    assert deposit["low"].tolist() == pytest.approx([1, 19, 3, 0])
    assert deposit["high"].tolist() == pytest.approx([9, 91, 17, 0])


def test_exchanges_kept_inside() -> None:
    exchanges = make_exchanges(
        (A, A, 10), (A, B, 10), (A, C, 20), (B, "65001", 10), (D, A, 99)
    )
    captured = matter(
        make_activity(exchanges=exchanges), [A, B], [A, B, C], ROW, [B], [F]
    )["captured_pct"]
    # Given by a and b: 50, of which 20 stay; with c: 40. Of all, 149, 10 leave.
    expected = [40, 80, 100 * 139 / 149, 0, np.nan]
    assert captured["value"].tolist() == pytest.approx(expected, nan_ok=True)
    assert captured[["low", "high"]].isna().all(axis=None)


def test_the_share_kept_is_between_what_draws_of_takers_make() -> None:
    """In eleven draws a keeps 0, 1 … 10 t of 10; P10 and P90 are 1 and 9."""
    kept = np.arange(11.0)
    draws = pd.DataFrame(
        [kept, 10 - kept],
        index=pd.MultiIndex.from_tuples(
            [(A, A), (A, B)], names=["donor_id", "receiver_id"]
        ),
    )
    activity = make_activity(
        exchanges=make_exchanges((A, A, 5), (A, B, 5)), exchange_draws=draws
    )
    captured = matter(activity, [A], [A, B], [F])["captured_pct"]
    assert captured[["low", "value", "high"]].to_numpy() == pytest.approx(
        np.array([[10.0, 50.0, 90.0], [100.0] * 3, [np.nan] * 3]), nan_ok=True
    )


def test_families_need_their_givers() -> None:
    families = make_families(
        ("bois", A, "x"), ("bois", B, "y"), ("papier", A, "x"), ("papier", F, "z")
    )
    found = matter(make_activity(families=families), [A, B], [A], ROW)
    assert found["synergy_families"]["value"].tolist() == [1, 0, 2]
    once = matter(make_activity(families=families), [A], min_givers=1)
    assert once["synergy_families"]["value"].tolist() == [2]


def test_nothing_anywhere_is_zero_or_no_number() -> None:
    activity = make_activity()
    figures = fabric(activity, ROW) | {
        name: table["value"].tolist() for name, table in matter(activity, ROW).items()
    }
    no_number = {name for name, values in figures.items() if np.isnan(values).all()}
    assert no_number == {"top_site_pct", "captured_pct"}
    assert all(figures[name] == [0] for name in set(figures) - no_number)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_additive_figures_add_up_over_any_partition(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def amounts(stem: str):
        rows = [
            (f"{stem}{n}", str(rng.choice(ROW)), rng.uniform(1, 99)) for n in range(9)
        ]
        return make_amounts(stem, *rows)

    activity = make_activity(
        target=make_targets({code: int(rng.integers(0, 4)) for code in ROW}),
        industry=amounts("headcount"),
        deposit=amounts("t"),
        draws=pd.DataFrame(rng.lognormal(2, 1, (len(ROW), 50)), index=sorted(ROW)),
    )
    part = rng.integers(0, 3, len(ROW))
    groups = [np.array(ROW)[part == n].tolist() for n in range(3)]
    every = [ROW, *groups]
    figures = fabric_tables(activity, *every) | matter(activity, *every)
    for name in ("target_sites", "sites_per_animator", "industry_jobs", "deposit_t"):
        table = figures[name][["value", "low", "high"]].to_numpy()
        # The mean of draws adds up, their percentiles do not.
        last = 1 if name == "deposit_t" else 3
        parts = table[1:, :last].sum(axis=0)
        assert table[0, :last] == pytest.approx(parts, rel=1e-9), name


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_larger_perimeter_keeps_no_fewer_tonnes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ends = rng.choice([*ROW, "65001"], (12, 2)).tolist()
    rows = [(a, b, rng.uniform(0, 9)) for a, b in ends if a != "65001"]
    activity = make_activity(exchanges=make_exchanges(*rows))
    kept = []
    for size in range(1, 7):
        inside = set(ROW[:size])
        value = matter(activity, ROW[:size])["captured_pct"]["value"].iloc[0]
        given_t = sum(t for a, _, t in rows if a in inside)
        kept_t = sum(t for a, b, t in rows if {a, b} <= inside)
        if given_t:
            assert value == pytest.approx(100 * kept_t / given_t)
        else:
            assert np.isnan(value)
        kept.append(kept_t)
    assert kept == sorted(kept)


def test_sums_need_the_communes_of_the_area_only() -> None:
    activity = make_activity(target=make_targets({A: 2, E: 1, "65001": 7}))
    assert activity.by_commune(activity.target).tolist() == [0, 1, 0, 2, 0, 0]
    held = activity.matrix([frozenset([A, "65001"]), frozenset()])
    assert held.tolist() == [[False] * 3 + [True, False, False], [False] * 6]


def test_where_nothing_is_estimated_no_draw_adds_nothing() -> None:
    levels = draw_levels(np.empty((3, 0)))
    assert (levels == 0).all(axis=None)
    assert len(levels) == 3


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_middle_of_a_share_kept_lies_between_its_bounds(seed: int) -> None:
    """Whatever a few draws make of it: one of them may give almost all."""
    rng = np.random.default_rng(seed)
    ends = pd.MultiIndex.from_product([ROW, ROW], names=["donor_id", "receiver_id"])
    drawn = rng.lognormal(0, 3, (len(ends), 8)) * rng.integers(0, 2, (len(ends), 8))
    draws = pd.DataFrame(drawn, index=ends)
    rows = zip(*zip(*ends, strict=True), draws.mean(axis=1), strict=True)
    activity = make_activity(exchanges=make_exchanges(*rows), exchange_draws=draws)
    perimeters = [ROW[:size] for size in range(1, len(ROW) + 1)]
    captured = matter(activity, *perimeters)["captured_pct"]
    known = captured[captured["value"].notna()]
    slack = 1e-9
    assert (known["low"] <= known["value"] + slack).all()
    assert (known["value"] <= known["high"] + slack).all()
