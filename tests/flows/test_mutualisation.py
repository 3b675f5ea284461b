"""Rounds drawn on paper.

A ── 5 min ── B ── 4 min ── C            D, 12 min from A alone; E without road
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.flows.exchanges.mutualisation import rule_members, shared_rounds

A, B, C, D, E = "31001", "31002", "31003", "31004", "31005"
WAYS = {(A, B): 5, (B, C): 4, (A, C): 9, (A, D): 12}


def make_pairs(ways=None) -> pd.DataFrame:
    """Return pairs both ways, in minutes."""
    one_way = WAYS if ways is None else ways
    both = one_way | {(b, a): minutes for (a, b), minutes in one_way.items()}
    rows = [(a, b, "ok", 60.0 * minutes) for (a, b), minutes in both.items()]
    names = ["origin_id", "destination_id", "status", "time_s"]
    return pd.DataFrame(rows, columns=names)


def make_members(counts: dict[str, int]) -> pd.DataFrame:
    """Return so many sites a commune, under one rule."""
    rows = [
        ("M1", f"{code}_{n}", code)
        for code, many in counts.items()
        for n in range(many)
    ]
    return pd.DataFrame(rows, columns=["rule_id", "site_id", "code_insee"])


def groups(counts, **options) -> dict[str, float]:
    """Return the communes of each group and the length of its round."""
    rules = pd.DataFrame(
        {"rule_id": ["M1"], "round_min": [20.0], "fewest_sites": [3]}
    ).assign(**options)
    found = shared_rounds(make_members(counts), od_matrix=make_pairs(), rules=rules)
    told = found.groupby("group_id").agg(
        places=("code_insee", lambda codes: "+".join(sorted(set(codes)))),
        minutes=("round_min", "first"),
    )
    return dict(zip(told["places"], told["minutes"], strict=True))


def test_a_round_of_20_minutes_takes_in_what_it_can() -> None:
    """A, B, C and back: 5 + 4 + 9 = 18 min. D is 24 there and back."""
    assert groups({A: 1, B: 1, C: 1, D: 1}) == {f"{A}+{B}+{C}": 18.0}


def test_two_sites_are_no_group_and_three_in_one_commune_are() -> None:
    assert groups({A: 1, B: 1}) == {}
    assert groups({A: 1, B: 1}, fewest_sites="2") == {f"{A}+{B}": 10.0}
    assert groups({D: 3}) == {D: 0.0}


def test_the_time_allowed_is_a_bound() -> None:
    assert groups({A: 2, B: 1, C: 1}, round_min=10.0) == {f"{A}+{B}": 10.0}
    assert groups({A: 2, B: 1, C: 1}, round_min=9.9) == {}


def test_a_commune_without_road_joins_no_round() -> None:
    assert groups({A: 2, E: 2}) == {}
    assert groups({A: 3, E: 2}) == {A: 0.0}


def test_any_activity_or_a_prefix_may_be_concerned() -> None:
    sites = pd.DataFrame(
        {
            "site_id": ["a", "b", "c"],
            "naf": ["16.10A", "10.51C", ""],
            "code_insee": [A, B, C],
        }
    )
    rules = pd.DataFrame(
        {"rule_id": ["M1", "M2", "M3"], "source_naf": ["*", "16;10.51", "16.10A"]}
    )
    found = rule_members(sites, rules).groupby("rule_id")["site_id"].agg("".join)
    assert found.to_dict() == {"M1": "ab", "M2": "ab", "M3": "a"}


def test_nobody_makes_no_group() -> None:
    found = shared_rounds(make_members({}), od_matrix=make_pairs())
    assert list(found) == ["rule_id", "group_id", "site_id", "code_insee", "round_min"]
    assert found.empty


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_groups_keep_their_promises_whatever_the_order(seed) -> None:
    rng = np.random.default_rng(seed)
    codes = [A, B, C, D, E, "31006", "31007"]
    ways = {
        (a, b): float(rng.uniform(1, 14))
        for i, a in enumerate(codes)
        for b in codes[i + 1 :]
        if rng.random() < 0.8
    }
    members = make_members({code: int(rng.integers(0, 4)) for code in codes})
    found = shared_rounds(members, od_matrix=make_pairs(ways))
    assert not found.duplicated(["rule_id", "site_id"]).any()
    assert found["round_min"].le(20).all()
    assert found.groupby("group_id").size().ge(3).all()
    again = shared_rounds(
        members.sample(frac=1, random_state=seed % 1000),
        od_matrix=make_pairs(ways).sample(frac=1, random_state=1),
    )
    pd.testing.assert_frame_equal(found, again)


def test_the_shortest_tour_is_found_not_the_first() -> None:
    """A–B–C–D–A: 2 + 3 + 2 + 3 = 10; in the order of names A–B–D–C–A it is 26."""
    ways = {(A, B): 2, (B, C): 3, (C, D): 2, (A, D): 3, (A, C): 9, (B, D): 9}
    found = shared_rounds(
        make_members({A: 1, B: 1, C: 1, D: 1}), od_matrix=make_pairs(ways)
    )
    assert found["round_min"].tolist() == pytest.approx([10.0] * 4)
