"""Communes merged into blocks, by hand."""

import pandas as pd
import pytest

from eitgeo.disclosure.blocks import neighbours
from tests.disclosure.toy import (
    EPCI,
    ROW,
    A,
    B,
    C,
    D,
    E,
    F,
    cut,
    make_amounts,
    make_borders,
    three,
)


def test_communes_that_pass_stay_alone() -> None:
    groups, blocks = cut(make_amounts(three(*ROW)))
    assert groups == {code: [code] for code in ROW}
    assert blocks["value"].tolist() == [3.0] * 6
    assert blocks["low"].tolist() == [1.5] * 6
    assert blocks["n_communes"].tolist() == [1] * 6


def test_a_failing_commune_joins_a_neighbour_of_its_epci() -> None:
    # c has one site; d, its other neighbour, is of another EPCI.
    groups, blocks = cut(make_amounts([*three(A, B, D, E, F), (C, 10)]))
    assert groups == {A: [A], B: [B, C], D: [D], E: [E], F: [F]}
    assert blocks.loc[B, ["low", "value", "high"]].tolist() == [6.5, 13.0, 26.0]


def test_a_neighbour_is_of_the_same_epci() -> None:
    borders = make_borders((A, B), (C, D), (F, "65001"), ("65001", A))
    near = neighbours(borders, pd.Series(EPCI))
    assert near == {code: {} for code in ROW} | {A: {B: 1000.0}, B: {A: 1000.0}}


def test_two_failing_communes_join_each_other_first() -> None:
    groups, _ = cut(make_amounts([*three(A, D, E, F), (B, 1), (B, 1), (C, 1)]))
    assert groups[B] == [B, C]
    assert groups[A] == [A]


def test_a_dominant_site_takes_as_many_communes_as_it_needs() -> None:
    # 100 of 103: b does not dilute it; with c, 100 of 120.
    sites = [*three(A, each=1), (A, 97), *three(B, each=1), *three(C, each=6)]
    groups, _ = cut(make_amounts([*sites, *three(D, E, F)]))
    assert groups[A] == [A, B, C]


def test_nobody_fails_too_and_counts_no_site() -> None:
    groups, _ = cut(make_amounts(three(A, B, D, E, F)))
    assert groups[B] == [B, C]


def test_an_islet_joins_the_smallest_of_its_epci() -> None:
    borders = make_borders((A, B), (D, E), (E, F))
    groups, _ = cut(
        make_amounts([*three(A), *three(A), *three(B, D, E, F), (C, 1)]),
        borders=borders,
    )
    assert groups[B] == [B, C]


def test_epci_that_fail_are_pooled_where_they_pass_together() -> None:
    epci = {A: "1", B: "1", C: "2", D: "2", E: "3", F: "3"}
    sites = make_amounts([(A, 1), (B, 1), (C, 1), (D, 1), *three(E, F)])
    groups, blocks = cut(sites, epci=epci)
    assert groups["reste"] == sorted([A, B, C, D])
    assert blocks.loc["reste", "value"] == 4.0


def test_what_fails_even_so_is_in_no_block() -> None:
    sites = make_amounts([(A, 1), (B, 1), *three(D, E, F)])
    groups, blocks = cut(sites)
    assert groups["reste"] == [A, B, C]
    assert "reste" not in blocks.index
    assert blocks["value"].sum() == 9.0


def test_open_declarations_are_told_by_commune() -> None:
    sites = [*three(*ROW), (B, 500, "mill", "declare")]
    groups, blocks = cut(make_amounts(sites))
    assert groups[f"declare_{B}"] == [B]
    assert blocks.loc[f"declare_{B}", "value"] == 500.0
    assert groups[B] == [B]  # the declaration does not dominate the estimates


@pytest.mark.parametrize(
    ("jobs", "low", "high"),
    [(9.0, 1, 9), (10.0, 10, 19), (19.4, 10, 19), (250, 200, 499), (49.9, 20, 49)],
)
def test_the_first_site_is_told_by_its_size_class(jobs, low, high) -> None:
    sites = make_amounts([*three(*ROW, each=5.0), (A, jobs)])
    _, blocks = cut(sites, of="industry_jobs")
    assert blocks.loc[A, ["top_low", "top_high"]].tolist() == [low, high]


def test_a_site_that_is_not_public_tells_no_class() -> None:
    sites = make_amounts([*three(*ROW, each=5.0), (A, 30)])
    sites["public"] = [True] * 18 + [False]
    _, blocks = cut(sites, of="industry_jobs")
    assert blocks.loc[A, ["top_low", "top_high"]].tolist() == [1, 9]


def test_no_class_is_told_of_what_the_first_site_throws_away() -> None:
    _, blocks = cut(make_amounts([*three(*ROW, each=5.0), (A, 30.0)]))
    assert blocks[["top_low", "top_high"]].isna().all(axis=None)


def test_estimates_leave_with_two_figures_and_declarations_as_they_are() -> None:
    sites = [*three(*ROW, each=41.15), (B, 123.45, "mill", "declare")]
    _, blocks = cut(make_amounts(sites))
    # 61.725, 123.45 and 246.9 of estimates: under 250, which would print as 300.
    assert blocks.loc[A, ["low", "value", "high"]].tolist() == [62.0, 120.0, 240.0]
    assert blocks.loc[f"declare_{B}", "value"] == 123.45


def test_the_order_of_rows_is_of_no_account() -> None:
    sites = make_amounts([*three(A, D), (B, 1), (C, 9), (E, 1), (F, 3), (F, 3)])
    groups, blocks = cut(sites)
    shuffled = sites.sample(frac=1.0, random_state=5)
    again, same = cut(
        shuffled, borders=make_borders().iloc[::-1], epci=dict(sorted(EPCI.items()))
    )
    assert again == groups
    pd.testing.assert_frame_equal(same, blocks)
