"""Sums of answers: told from three firms on, and never one by difference."""

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.answers import (
    Cell,
    PublishedSum,
    is_told,
    may_follow,
    may_tell,
    sums_of,
)
from eitgeo.disclosure.publications import Publication, without_firms

EPCI = "200072643"
NDNI, INERT = Cell(EPCI, "flux", "NDNI"), Cell(EPCI, "flux", "INERT")
ELSEWHERE = Cell("200000001", "flux", "NDNI")
SIGNED, BURIED = Cell(EPCI, "inscrites", ""), Cell(EPCI, "exutoire", "enfoui")


def told(day: str, cell: Cell = NDNI, /, **firms: float) -> PublishedSum:
    """Tell one sum, whatever the rule says of it."""
    return PublishedSum(day, cell, firms, {"mass_t": sum(firms.values())})


def follows(earlier: list[PublishedSum], cell: Cell = NDNI, /, **firms: float) -> bool:
    """Say whether a sum may be told after others."""
    safe = may_tell(cell, firms, known="")
    return safe and may_follow(cell, {cell: firms}, earlier, known="")


@pytest.mark.parametrize(
    ("tonnes", "expected"),
    [
        ([1, 1, 1], True),
        ([1, 1], False),
        ([3, 3, 3, -1], False),  # more corrected than weighed
        ([86, 7, 7], False),  # above 85 %
        ([84, 8, 8], False),  # the second knows its 8: 8 left is less than 8.4
        ([80, 10, 10], True),
        ([50, 45, 4.9], False),
        ([50, 45, 5], True),
    ],
)
def test_the_rule_by_hand(tonnes, expected) -> None:
    assert is_told(np.array(tonnes, dtype=float)) is expected


def test_no_respondent_finds_another_to_ten_per_cent() -> None:
    # Slow truth: each firm knows its own answer; the most that another may be is
    # what is left of the sum.
    draws = np.random.default_rng(1).lognormal(0, 2, size=(500, 5))
    n_told = 0
    for tonnes in draws:
        nearest = min(
            (tonnes.sum() - tonnes[me]) / tonnes[other]
            for me, other in itertools.permutations(range(5), 2)
        )
        safe = nearest >= 1.1 and tonnes.max() <= 0.85 * tonnes.sum()
        assert is_told(tonnes) is bool(safe)
        n_told += safe
    assert 50 < n_told < 450


def test_tonnes_that_a_register_prints_protect_nobody() -> None:
    firms = {"a": 300.0, "b": 260.0, "c": 118.0}
    assert may_tell(NDNI, firms, known="")
    assert not may_tell(NDNI, firms, known="ab")  # 680 less 560: 120 ± 5
    assert not may_tell(NDNI, firms | {"d": 100.0}, known="ab")
    assert may_tell(NDNI, firms | {"d": 100.0, "e": 90.0}, known="ab")
    assert may_tell(SIGNED, dict.fromkeys("abc", 1.0), known="ab")  # not who signed up


def test_outlets_hide_who_has_another() -> None:
    keys = ["epci_siren", "subject", "item", "firm", "t"]
    rows = [(*SIGNED, name, np.nan) for name in "abcdef"]
    rows += [(*BURIED, name, np.nan) for name in "abc"]
    sums = sums_of(pd.DataFrame(rows, columns=keys))
    assert sums[BURIED] == dict.fromkeys("abc", 1.0) | dict.fromkeys("def", 0.0)
    assert may_tell(BURIED, sums[BURIED], known="")
    assert not may_tell(BURIED, sums[BURIED], known="a")
    five = {name: there for name, there in sums[BURIED].items() if name != "f"}
    assert not may_tell(BURIED, five, known="")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({"a": 10, "b": 10, "c": 10}, False),  # the same: the sum stands
        ({"a": 10, "b": 10, "c": 10, "d": 10}, False),  # one more
        (dict.fromkeys("abcde", 10), False),  # two more
        (dict.fromkeys("abcdef", 10), True),
        ({"a": 10, "b": 10, "c": 20}, False),  # one changed
        ({"b": 10, "c": 10, "d": 10, "e": 10}, False),  # one left, two came
        ({"b": 10, "c": 10, "d": 10, "e": 10, "f": 10}, True),  # one left, three came
        ({"b": 10, "c": 10, "d": 0.1, "e": 0.1, "f": 0.1}, False),  # who left is told
        ({"a": 20, "b": 20, "c": 20}, True),  # three changed
        ({"a": 110, "b": 20, "c": 20}, True),  # 100, 10 and 10: 83 %
        ({"a": 130, "b": 20, "c": 20}, False),  # three, one too large
        ({"a": 10.1, "b": 10.1, "c": 10.1, "g": 9.0}, False),  # hidden by nothing
    ],
)
def test_a_difference_with_one_publication(after, expected) -> None:
    before = told("2026", a=10.0, b=10.0, c=10.0)
    assert follows([before], **{n: float(t) for n, t in after.items()}) is expected


def test_no_union_of_earlier_sums_tells_one_more() -> None:
    first, second = told("1", a=5.0, b=5.0, c=5.0), told("2", d=5.0, e=5.0, f=5.0)
    every = dict.fromkeys("abcdef", 5.0)
    assert not follows([first, second], **every, g=5.0)
    assert follows([first, second], **every, g=5.0, h=5.0, i=5.0)
    # An EPCI that merges, waste that is coded again, a firm that moves.
    for cell in (Cell("999999999", "flux", "NDNI"), INERT, ELSEWHERE):
        assert not follows([first, second], cell, **every, g=5.0)


def test_waste_that_is_coded_again_in_part_hides_no_newcomer() -> None:
    before = [told("1", a=100.0, b=100.0, c=100.0, p=90.0, q=90.0, r=90.0)]
    after = {
        NDNI: {"a": 60.0, "b": 60.0, "c": 60.0, "p": 90.0, "q": 90.0, "r": 90.0},
        INERT: {"a": 40.0, "b": 40.0, "c": 40.0, "d": 60.0},
    }
    # 120 t less in one, 180 t in the other: « d » would be the difference.
    assert not any(may_follow(one, after, before, known="") for one in after)


def test_newcomers_have_their_outlets_to_themselves() -> None:
    there, other = dict.fromkeys("abc", 1.0), dict.fromkeys("def", 0.0)
    before = [told("1", BURIED, **there, **other)]
    # Six registered, then nine; three buried, then six: the three bury.
    assert not follows(before, BURIED, **there, **other, g=1.0, h=1.0, i=1.0)
    mixed = dict.fromkeys("ghi", 1.0) | dict.fromkeys("jkl", 0.0)
    assert follows(before, BURIED, **there, **other, **mixed)
    signed = [told("1", SIGNED, **dict.fromkeys("abc", 1.0))]
    assert not follows(signed, SIGNED, **dict.fromkeys("abcde", 1.0))
    assert follows(signed, SIGNED, **dict.fromkeys("abcdef", 1.0))


def erased(one: PublishedSum, *names: str) -> PublishedSum:
    """Forget firms of a sum."""
    (left,) = without_firms([Publication("1", frozenset(), (one,))], names)
    return left.sums[0]


def test_a_firm_that_was_erased_may_have_come_back() -> None:
    first = told("1", **dict.fromkeys("abcd", 10.0))
    gone = erased(first, "d")
    for names, expected in (("abcd", False), ("abcdef", False), ("abcdefg", True)):
        assert follows([gone], **dict.fromkeys(names, 10.0)) is expected
    every = erased(told("1", a=40.0, b=500.0, c=400.0, d=160.0), *"abcd")
    again = {"a": 40.0, "b": 500.0, "c": 400.0, "d": 160.0}
    assert not follows([every], **again, g=300.0)
    # What the erased one brought is told by no smaller newcomers.
    large = erased(told("1", a=300.0, b=300.0, c=300.0), "a")
    small = dict.fromkeys("defg", 1.0)
    assert not follows([large], b=300.0, c=300.0, **small)
    counted = erased(told("1", SIGNED, **dict.fromkeys("abc", 1.0)), "a")
    assert not follows([counted], SIGNED, **dict.fromkeys("bcdef", 1.0))
    assert follows([counted], SIGNED, **dict.fromkeys("bcdefg", 1.0))


def nearest(sums: list[Mapping[str, float]]) -> float:
    """Return the least that others make beside a firm, of any small combination.

    In shares of the firm; less the next one, who knows its own.
    """
    names = sorted({n for one in sums for n in one})
    rows = np.array([[one.get(n, 0.0) for n in names] for one in sums])
    least = np.inf
    for weights in itertools.product((-2, -1, 0, 1, 2), repeat=len(sums)):
        parts = np.sort(np.abs(np.array(weights) @ rows))[::-1]
        if parts[0] > 1e-6:
            least = min(least, parts[2:].sum() / parts[0])
    return least


def test_no_combination_of_four_years_approaches_a_firm() -> None:
    """Slow truth: firms come, leave, come back, change by little and by much."""
    draw = np.random.default_rng(5)
    n_told, least = 0, []
    for _ in range(150):
        amounts = {n: draw.lognormal(2, 0.8) for n in "abcdefghijklmno"}
        years: list[PublishedSum] = []
        for year in range(5):
            moves = draw.choice([1.0, 1.0, 1.0, 1.01, 2.5], len(amounts))
            amounts = {
                n: t * k for (n, t), k in zip(amounts.items(), moves, strict=True)
            }
            came = [n for n in amounts if draw.random() < 0.3 + 0.12 * year]
            firms = {n: amounts[n] for n in came}
            if follows(years, **firms):
                years.append(told(str(year), **firms))
        n_told += len(years) > 1
        least.append(nearest([one.firms for one in years]))
    assert n_told > 60
    assert min(least) >= 0.1 * (1 - 1e-9)
