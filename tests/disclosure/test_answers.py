"""Sums of answers: told from three firms on, and never one by difference."""

import itertools
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.answers import (
    Cell,
    approximates_firm,
    is_told,
    isolates_firms,
    publishable_answers,
)
from eitgeo.disclosure.publications import (
    Publication,
    leaking_cells,
    ledger_json,
    make_publication,
    read_publications,
    without_firms,
)
from eitgeo.errors import SchemaError

EPCI = "200072643"
NDNI = Cell(EPCI, "flux", "NDNI")
ELSEWHERE = Cell("200000001", "flux", "NDNI")
SIGNED = Cell(EPCI, "inscrites", "")


def brought(cell: Cell, **firms: float) -> pd.DataFrame:
    """Return what firms bring to a cell."""
    rows = [(*cell, name, t) for name, t in firms.items()]
    return pd.DataFrame(rows, columns=["epci_siren", "subject", "item", "firm", "t"])


def published(day: str, **firms: Any) -> Publication:
    """Publish one cell, NDNI unless `cell` says so, whatever the rule says of it."""
    cell = firms.pop("cell", NDNI)
    rows = brought(cell, **firms)
    return make_publication(rows, rows, day=day)


@pytest.mark.parametrize(
    ("tonnes", "expected"),
    [
        ([1, 1, 1], True),
        ([1, 1], False),
        ([86, 7, 7], False),  # above 85 %
        ([84, 8, 8], False),  # the second knows its 8: 8 left is less than 8.4
        ([80, 10, 10], True),
        ([50, 45, 4.9], False),
        ([50, 45, 5], True),
    ],
)
def test_the_rule_by_hand(tonnes, expected) -> None:
    assert is_told(np.array(tonnes, dtype=float), n_firms=len(tonnes)) is expected


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
        assert is_told(tonnes, n_firms=5) is bool(safe)
        n_told += safe
    assert 50 < n_told < 450


def test_sums_are_told_to_two_figures_and_the_others_withheld() -> None:
    rows = pd.concat(
        [
            brought(NDNI, a=123.4, b=78.9, c=45.6),
            brought(Cell(EPCI, "flux", "INERT"), a=5.0, b=6.0),
            brought(SIGNED, a=np.nan, b=np.nan, c=np.nan, d=np.nan),
        ]
    )
    table, withheld = publishable_answers(rows)
    assert table.drop(columns="epci_siren").fillna(-1).to_numpy().tolist() == [
        ["flux", "NDNI", 3, 250.0],
        ["inscrites", "", 4, -1.0],
    ]
    assert withheld.to_numpy().tolist() == [[EPCI, "flux", "INERT"]]
    outlets = pd.concat(
        [rows, brought(Cell(EPCI, "exutoire", "repris"), a=np.nan, b=np.nan, c=np.nan)]
    )
    # Three of four: the fourth would know the outlet of each.
    assert "exutoire" not in set(publishable_answers(outlets).table["subject"])
    more = brought(SIGNED, **dict.fromkeys(["e", "f"], np.nan))
    assert "exutoire" in set(
        publishable_answers(pd.concat([outlets, more])).table["subject"]
    )
    kept, held = publishable_answers(rows, held_back=[NDNI])
    assert kept["subject"].tolist() == ["inscrites"]
    assert len(held) == 2


@pytest.mark.parametrize(
    ("after", "refused"),
    [
        ({"a": 1.0, "b": 1.0, "c": 1.0}, False),  # the same
        ({"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}, True),  # one more
        (dict.fromkeys("abcde", 1.0), True),  # two more
        ({"a": 1.0, "b": 1.0, "c": 2.0}, True),  # one changed
        ({"b": 1.0, "c": 1.0, "d": 1.0, "e": 1.0}, False),  # one left, two came
        ({"b": 1.0, "c": 1.0, "d": 1.0}, True),  # one left, one came
        ({"a": 2.0, "b": 2.0, "c": 2.0}, False),  # three changed
        ({"a": 101.0, "b": 2.0, "c": 2.0}, True),  # three, one too large
    ],
)
def test_a_difference_with_one_publication(after, refused) -> None:
    before = published("2026-01-01", a=1.0, b=1.0, c=1.0)
    found = leaking_cells([before], published("2026-06-01", **after))
    assert found == ([(NDNI, "2026-01-01")] if refused else [])


def test_a_difference_with_any_earlier_publication() -> None:
    first = published("2026-01-01", a=1.0, b=1.0, c=1.0)
    second = published("2026-02-01", **dict.fromkeys("abcdef", 1.0))
    assert leaking_cells([first], second) == []
    third = published("2026-03-01", **dict.fromkeys("abcd", 1.0))
    # Two firms less than the second, one more than the first.
    assert leaking_cells([first, second], third) == [(NDNI, "2026-02-01")]
    assert leaking_cells([first], third) == [(NDNI, "2026-01-01")]
    assert leaking_cells([second], third) == [(NDNI, "2026-02-01")]


def test_a_cell_is_held_against_itself_alone() -> None:
    before = published("2026-01-01", cell=SIGNED, a=np.nan, b=np.nan, c=np.nan)
    assert leaking_cells([before], published("2026-06-01", a=1.0, b=1.0, c=1.0)) == []
    for names in ("abcd", "abcde"):
        counted = published("x", cell=SIGNED, **dict.fromkeys(names, np.nan))
        assert leaking_cells([before], counted) == [(SIGNED, "2026-01-01")]


@pytest.mark.parametrize("items", [("benne", "repris"), ("repris", "benne")])
def test_firms_of_two_outlets_are_no_difference(items) -> None:
    first, second = (Cell(EPCI, "exutoire", one) for one in items)
    before = published("1", cell=first, **dict.fromkeys("abc", np.nan))
    after = published("2", cell=second, **dict.fromkeys("abcd", np.nan))
    assert leaking_cells([before], after) == []


def solved(sums: list[dict[str, float]]) -> bool:
    """Say whether some small integer combination stands on one or two firms."""
    names = sorted({n for one in sums for n in one})
    rows = np.array([[float(n in one) for n in names] for one in sums])
    for weights in itertools.product(range(-3, 4), repeat=len(sums)):
        n_firms = np.count_nonzero(np.array(weights) @ rows)
        if 0 < n_firms < 3:
            return True
    return False


def test_no_combination_stands_on_one_or_two_firms() -> None:
    draw = np.random.default_rng(3)
    found = []
    for _ in range(200):
        groups = [list("abc"), list("defg"), list("hij"), *([["k"]] * draw.integers(2))]
        sums = []
        for _ in range(draw.integers(2, 5)):
            kept = [one for one in groups if draw.random() < 0.6] or groups[:1]
            sums.append(dict.fromkeys(itertools.chain(*kept), 1.0))
        told = any(isolates_firms(sums[: n + 1]) for n in range(len(sums)))
        assert told == solved(sums), sums
        found.append(told)
    assert 20 < sum(found) < 180


def test_a_large_firm_hides_behind_no_combination() -> None:
    first = published("1", a=5.0, b=5.0, c=5.0)
    second = published("2", cell=ELSEWHERE, d=5.0, e=5.0, f=5.0)
    every = dict.fromkeys("abcdef", 5.0)
    large = published("3", **every, g=300.0, h=1.0, i=1.0)
    assert leaking_cells([first, second], large) == [(NDNI, "2")]
    even = published("3", **every, g=30.0, h=20.0, i=10.0)
    assert leaking_cells([first, second], even) == []


def test_small_changes_of_others_hide_no_newcomer() -> None:
    first = published("1", a=40.0, b=50.0, c=60.0)
    second = published("2", a=41.0, b=51.0, c=61.0, g=300.0)
    assert leaking_cells([first], second) == [(NDNI, "1")]


def test_a_firm_that_moves_or_whose_waste_is_coded_again_betrays_nobody() -> None:
    """One EPCI loses three firms to another, which wins one more."""
    before = [
        published("1", **dict.fromkeys("abcdef", 10.0)),
        published("1", cell=ELSEWHERE, x=20.0, y=30.0, z=34.0),
    ]
    one = Publication("1", {**before[0].cells, **before[1].cells})
    moved = dict.fromkeys("def", 10.0) | {"x": 20.0, "y": 30.0, "z": 34.0, "g": 77.0}
    after = Publication("2", {NDNI: dict.fromkeys("abc", 10.0), ELSEWHERE: moved})
    assert [cell for cell, _ in leaking_cells([one], after)] == [ELSEWHERE]
    merged = Cell("999999999", "flux", "NDNI")
    whole = Publication("2", {merged: dict.fromkeys("abcdefg", 10.0)})
    assert leaking_cells([before[0]], whole) == [(merged, "1")]
    again = Publication("2", {Cell(EPCI, "flux", "INERT"): whole.cells[merged]})
    assert len(leaking_cells([before[0]], again)) == 1


def test_the_erased_switch_no_rule_off() -> None:
    first = published("1", a=40.0, b=500.0, c=400.0, d=160.0)
    (gone,) = without_firms([first], ["a"])
    large = published("2", b=500.0, c=400.0, d=160.0, g=900.0, h=1.0, i=1.0)
    assert leaking_cells([gone], large) == [(NDNI, "1")]
    # All are erased, all come back, with one more: the purge of a year.
    (every,) = without_firms([first], list("abcd"))
    again = published("2", a=40.0, b=500.0, c=400.0, d=160.0, g=300.0)
    assert leaking_cells([every], again) == [(NDNI, "1")]


def nearest(sums: list[dict[str, float]]) -> bool:
    """Say whether some small combination holds a firm with too little else."""
    names = sorted({n for one in sums for n in one})
    rows = np.array([[one.get(n, 0.0) for n in names] for one in sums])
    for weights in itertools.product((-2, -1, 0, 1, 2), repeat=len(sums)):
        parts = np.sort(np.abs(np.array(weights) @ rows))[::-1]
        if parts[0] > 0 and (
            parts[1:].sum() < 15 / 85 * parts[0] or parts[2:].sum() < 0.1 * parts[0]
        ):
            return True
    return False


def test_no_combination_approaches_a_firm() -> None:
    draw = np.random.default_rng(5)
    found = []
    for _ in range(60):
        amounts = dict(zip("abcdefghij", draw.lognormal(2, 1.2, 10), strict=True))
        sums = [
            {n: t for n, t in amounts.items() if draw.random() < 0.6} for _ in range(3)
        ]
        told = any(approximates_firm(sums[: n + 1]) for n in range(3))
        # Weights of the slow truth are few: what it finds is found.
        assert told or not nearest(sums), sums
        found.append(told)
    assert 5 < sum(found) < 60


def test_the_second_of_a_large_sum_knows_the_first_but_for_what_others_make() -> None:
    """Of 1 000 and 960 t, others make 90: less than a tenth of the first; then 110."""
    firms = {"a": 1_000.0, "b": 960.0, "c": 50.0, "d": 40.0}
    assert approximates_firm([firms])
    assert not approximates_firm([firms | {"c": 70.0}])


def test_a_firm_that_was_erased_may_have_come_back() -> None:
    first = published("2026-01-01", **dict.fromkeys("abcd", 1.0))
    (forgotten,) = without_firms([first], ["d"])
    assert "d" not in forgotten.cells[NDNI]
    # Who is gone and who came may be one firm: two at the most, one at the least.
    again = published("2026-06-01", a=2.0, b=3.0, c=5.0, e=2.0)
    assert leaking_cells([forgotten], again) == []  # all others changed too
    # « d » came back, with one more: the difference is that one.
    back = published("2026-06-01", **dict.fromkeys("abcde", 1.0))
    assert leaking_cells([forgotten], back) == [(NDNI, "2026-01-01")]
    more = published("2026-06-01", **dict.fromkeys("abcdefg", 1.0))
    assert leaking_cells([forgotten], more) == []
    same = published("2026-06-01", **dict.fromkeys("abc", 1.0), e=7.0)
    assert leaking_cells([forgotten], same) == [(NDNI, "2026-01-01")]
    gone = published("2026-06-01", **dict.fromkeys("abc", 1.0))
    assert leaking_cells([forgotten], gone) == [(NDNI, "2026-01-01")]


def test_two_erased_that_come_back_with_one_more_betray_it() -> None:
    first = published("2026-01-01", **dict.fromkeys("abcde", 1.0))
    (forgotten,) = without_firms([first], ["a", "e"])
    again = published("2026-06-01", **dict.fromkeys("abcdef", 1.0))
    assert leaking_cells([forgotten], again) == [(NDNI, "2026-01-01")]
    two = published("2026-06-01", **dict.fromkeys("abcdefg", 1.0))
    assert leaking_cells([forgotten], two) == [(NDNI, "2026-01-01")]
    three = published("2026-06-01", **dict.fromkeys("abcdefgh", 1.0))
    assert leaking_cells([forgotten], three) == []
    # Three erased, and nobody new: who is gone makes the difference.
    seven = published("2026-01-01", **dict.fromkeys("abcdefg", 1.0))
    (gone,) = without_firms([seven], ["a", "b", "c"])
    assert leaking_cells([gone], published("x", **dict.fromkeys("defg", 1.0))) == []
    one_back = published("x", **dict.fromkeys("defga", 1.0))
    assert leaking_cells([gone], one_back) == [(NDNI, "2026-01-01")]
    # All three back with one more: the difference is that one, though sums without
    # any of the four were told before.
    four = published("2025-01-01", **dict.fromkeys("defg", 1.0))
    with_one = published("x", **dict.fromkeys("abcdefgh", 1.0))
    assert leaking_cells([four, gone], with_one) == [(NDNI, "2026-01-01")]


def test_names_of_the_erased_are_never_given_twice() -> None:
    first = published("1", **dict.fromkeys("abcd", 1.0))
    (once,) = without_firms([first], ["a"])
    (twice,) = without_firms([once], ["b"])
    assert len(twice.cells[NDNI]) == 4
    (nobody,) = without_firms([twice], ["zzz"])
    assert nobody.cells[NDNI].keys() == twice.cells[NDNI].keys()


def test_the_ledger_comes_back_as_it_was_written() -> None:
    first = published("2026-01-01", a=1.25, b=0.1, c=3.0)
    every = [first, *without_firms([first], ["a"])]
    text = json.dumps(ledger_json(every), allow_nan=False)
    back = read_publications(json.loads(text), where="publications.json")
    assert ledger_json(back) == ledger_json(every)
    assert back[0].cells == every[0].cells


@pytest.mark.parametrize("told", [None, [], {}, {"format": "x"}, {"format": 3}])
def test_another_file_is_no_ledger(told) -> None:
    with pytest.raises(SchemaError, match="registre des publications illisible"):
        read_publications(told, where="publications.json")
    right = {"format": "eitgeo-publications/1", "publications": [{"day": "x"}]}
    with pytest.raises(SchemaError, match=r"publications\.json : registre"):
        read_publications(right, where="publications.json")
