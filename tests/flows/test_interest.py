"""Firms that signed up: counted, never fewer than three at a time."""

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.disclosure.rule import MIN_CONTRIBUTORS
from eitgeo.flows.arisings.declared import (
    FEWEST,
    NOT_SAID,
    expressed_interest,
    put_together,
)
from tests.flows.survey_toy import declared
from tests.flows.toy import P, Q, R

EPCI = {P: "CC d'Amont", Q: "CC d'Aval", R: "CC d'Aval"}


def signed(*firms: tuple[str, str, str]) -> pd.DataFrame:
    """Return declarations: SIRET, commune, activity."""
    names = ["siret", "commune", "naf"]
    return declared(*(dict(zip(names, firm, strict=True)) for firm in firms))


def no_site() -> pd.DataFrame:
    """Return a table of sites of two target sites, one of which signed up."""
    return pd.DataFrame(
        {
            "site_id": ["a", "b", "c"],
            "siret": ["1", "99", ""],
            "code_insee": [Q, P, P],
            "naf": ["16.10A", "10.51C", "47.11F"],
            "headcount_low": [20.0, 20.0, 1.0],
        }
    )


def test_firms_are_counted_by_epci_and_by_sector() -> None:
    rows = signed(
        ("1", "", ""),  # both from the register
        ("2", P, "16.10A"),
        ("3", P, "47.11F"),
        ("3", P, "47.11F"),  # its second resource
        ("4", P, "47.11F"),
        ("5", R, "47.11F"),
        ("6", "hors", ""),
        ("7", Q, "01.42Z"),
    )
    found = expressed_interest(
        rows, sites=no_site(), epci_of=EPCI, target_naf=("05-39",), min_headcount=10
    )
    assert (found.n_firms, found.n_target, found.n_targets) == (7, 1, 2)
    # One firm outside goes with the smallest other: seven less six would tell it.
    assert found.by_epci == [(("CC d'Amont",), 3), (("CC d'Aval", NOT_SAID), 4)]
    assert found.by_sector == [(("G",), 3), (("C", "A", NOT_SAID), 4)]


def test_the_threshold_is_that_of_secrecy() -> None:
    assert FEWEST == MIN_CONTRIBUTORS


@settings(deadline=None)
@given(st.dictionaries(st.text("abcdef", min_size=1), st.integers(0, 9), max_size=7))
def test_no_difference_of_told_counts_is_one_or_two_firms(counts) -> None:
    told = put_together(counts)
    assert sum(n for _, n in told) == sum(counts.values())
    names = [name for group, _ in told for name in group]
    assert sorted(names) == sorted(counts)
    if sum(counts.values()) < FEWEST:
        return
    for size in range(len(told) + 1):
        for chosen in itertools.combinations(told, size):
            assert sum(n for _, n in chosen) not in {1, 2}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, []),
        ({"a": 1}, [(("a",), 1)]),
        ({"a": 3, "b": 0}, [(("a",), 3), (("b",), 0)]),
        ({"a": 5, "b": 1, "c": 1}, [(("a", "b", "c"), 7)]),
        ({"a": 5, "b": 2, "c": 1}, [(("a",), 5), (("b", "c"), 3)]),
    ],
)
def test_small_counts_go_together(counts, expected) -> None:
    assert put_together(counts) == expected
