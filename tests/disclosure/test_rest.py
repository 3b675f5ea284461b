"""What blocks of tonnage keep back from exchanges, by hand."""

import pandas as pd
import pytest

from eitgeo.disclosure.exchanges import Rest, read_rest

THREE = frozenset({1, 2, 3})


def kept(largest_t: float, *, keepers: frozenset[int] = THREE) -> Rest:
    """Keep 100 t back in one block."""
    return Rest({"b": 100.0}, {"b": keepers}, {"b": largest_t})


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (kept(85.0), True),  # just the limit
        (kept(84.2), True),
        (kept(85.01), False),
        (kept(30.0, keepers=frozenset({1, 2})), False),
        (kept(30.0, keepers=frozenset()), False),
    ],
)
def test_three_firms_keep_something_and_none_throws_away_most(rest, expected) -> None:
    assert rest.passes(frozenset({"b"})) is expected


def test_somebody_keeps_something_in_each_block() -> None:
    both = frozenset({"b", "c"})
    rest = Rest(
        {"b": 100.0, "c": 100.0},
        {"b": THREE, "c": frozenset({3, 4})},
        {"b": 170.0, "c": 20.0},
    )
    # 170 of 200 are kept by one at most; three in b, three or four in both.
    assert rest.passes(both)
    assert not rest.passes(frozenset({"b"}))
    assert not rest.passes(frozenset({"c"}))
    silent = Rest(rest.kept_t, {"b": THREE, "c": frozenset()}, {"b": 30.0, "c": 0.0})
    assert silent.passes(frozenset({"b"}))
    assert not silent.passes(both)


def test_counts_that_anybody_knows_pass_alone_and_beside_others() -> None:
    known = frozenset({"k", "l"})
    rest = Rest({"b": 100.0}, {"b": THREE}, {"b": 30.0}, known)
    for blocks in (known, {"k"}, {"k", "b"}):
        assert rest.passes(frozenset(blocks))
    assert not rest.passes(frozenset())


def amounts(*rows: tuple[str, int, str, float]) -> pd.DataFrame:
    """Say what sites throw away: site, firm, block, tonnes."""
    return pd.DataFrame(rows, columns=["site_id", "firm", "block_id", "value"])


def test_who_gives_all_keeps_nothing() -> None:
    sites = amounts(
        ("s1", 1, "b", 10.0),
        ("s2", 2, "b", 10.0),
        ("s3", 3, "b", 10.0),
        ("s4", 3, "c", 40.0),
    )
    rest = read_rest(sites, pd.Series({"s1": 10.0, "s2": 4.0, "s4": 40.0}))
    assert rest.kept_t == {"b": 16.0, "c": 0.0}
    assert rest.keepers == {"b": frozenset({2, 3}), "c": frozenset()}
    # A firm counts with all that it throws away, wherever.
    assert rest.largest_t == {"b": 50.0, "c": 50.0}


@pytest.mark.parametrize(("left_t", "keeps"), [(1.0, False), (1.25, True)])
def test_a_billionth_of_a_tonnage_is_rounding(left_t, keeps) -> None:
    whole = 1_000_000_000.0
    rest = read_rest(amounts(("s", 1, "b", whole)), pd.Series({"s": whole - left_t}))
    assert rest.keepers == {"b": frozenset({1} if keeps else ())}


def test_who_gives_more_than_is_known_keeps_nothing_rather_than_less() -> None:
    rest = read_rest(
        amounts(("s", 1, "b", 5.0), ("t", 2, "b", 7.0)), pd.Series({"s": 6.0})
    )
    assert rest.kept_t == {"b": 7.0}
    assert rest.keepers == {"b": frozenset({2})}
