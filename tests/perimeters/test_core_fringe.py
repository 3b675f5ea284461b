"""Core and fringe by hand."""

from typing import Any

import pandas as pd
import pytest

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.ensemble.core_fringe import (
    ALL_FAMILIES,
    Vote,
    core_of,
    membership_frequency,
)
from eitgeo.perimeters.ensemble.votes import agreement, match_labels


def vote(family: str, codes: str, **other) -> Vote:
    """Make a vote of communes of one letter."""
    return Vote(f"{family}_{codes}", family, {}, frozenset(codes), **other)


def shares(votes: list[Vote], codes: str = "abc") -> dict[Any, float]:
    """Return the share of each commune in each family."""
    table = membership_frequency(votes, codes)
    return table.set_index(["family", "code_insee"])["share"].to_dict()


def test_families_weigh_the_same_whatever_their_runs() -> None:
    votes = [vote("f", "ab"), vote("f", "a"), vote("f", "ab"), vote("f", "ac")]
    votes += [vote("g", "ac"), vote("g", "a"), vote("g", "ac")]
    found = shares(votes)
    assert found["f", "b"] == 1 / 2
    assert found["g", "c"] == pytest.approx(2 / 3)
    assert found[ALL_FAMILIES, "a"] == 1
    assert found[ALL_FAMILIES, "b"] == pytest.approx(1 / 4)
    assert found[ALL_FAMILIES, "c"] == pytest.approx((1 / 4 + 2 / 3) / 2)
    table = membership_frequency(votes, "abc").drop_duplicates("family")
    n_runs = table.set_index("family")["n_runs"].to_dict()
    assert n_runs == {"f": 4, "g": 3, ALL_FAMILIES: 7}


def test_one_run_never_weighs_as_a_family() -> None:
    """Three runs and more have a full voice, one a third, two two thirds."""
    many = [vote("f", "a")] * 5
    assert shares([*many, vote("g", "ab")])[ALL_FAMILIES, "b"] == pytest.approx(1 / 4)
    two = [vote("g", "ab"), vote("g", "ab")]
    assert shares([*many, *two])[ALL_FAMILIES, "b"] == pytest.approx(2 / 5)
    three = [*two, vote("g", "ab")]
    assert shares([*many, *three])[ALL_FAMILIES, "b"] == pytest.approx(1 / 2)
    # A refused run gives no voice.
    refused = Vote("r", "g", {}, refusal="non")
    found = shares([*many, vote("g", "ab"), refused, refused])
    assert found[ALL_FAMILIES, "b"] == pytest.approx(1 / 4)


def test_a_refused_run_does_not_count() -> None:
    found = shares([vote("f", "a"), Vote("r", "f", {}, refusal="non")])
    assert found["f", "a"] == 1
    with pytest.raises(InfeasibleError, match=r"aucun contour retenu \(non\)"):
        membership_frequency([Vote("r", "f", {}, refusal="non")], "a")


def test_the_core_is_above_80_pct_whatever_the_rounding() -> None:
    shares_of = [0.8, 0.8 + 1e-15, 0.81, 0.9]
    table = pd.DataFrame({"code_insee": list("abcd"), "share": shares_of})
    both = pd.concat([table.assign(family=ALL_FAMILIES), table.assign(family="f")])
    assert core_of(both) == {"c", "d"}
    assert core_of(table.assign(family="f")) == set()


def test_labels_follow_what_is_most_shared() -> None:
    """Inhabitants decide, and a region in excess gets a new number."""
    index = list("abcd")
    old = pd.Series([0, 0, 1, 1], index=index)
    new = pd.Series([9, 4, 4, 7], index=index)
    people = pd.Series([5.0, 1.0, 2.0, 1.0], index=index)
    assert match_labels(old, new, weight=people).tolist() == [0, 1, 1, 2]


def test_agreement_of_partitions() -> None:
    index = list("abcd")
    people = pd.Series([1.0, 1.0, 1.0, 5.0], index=index)
    first = pd.Series([0, 0, 1, 1], index=index)
    runs = [
        vote("f", "ab", regions=first),
        vote("f", "a", regions=pd.Series([1, 1, 0, 0], index=index)),
        vote("f", "b", regions=pd.Series([0, 1, 2, 2], index=index)),
        vote("g", "c"),
    ]
    found = agreement(runs, people)
    assert found["adjusted_rand"].iloc[:2].tolist() == [1, 1]
    assert found["same_region_pct"].tolist()[:3] == [100, 100, 87.5]
    assert found.loc[["g_c"]].isna().all(axis=None)
