"""A commune sits in one EPCI on a date, and the two files agree on it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.territory.membership import require_one_epci

DAY = dt.date(2026, 1, 1)
COMMUNES = pd.DataFrame(
    {"code_insee": ["31001", "31002"], "epci_siren": ["200000001", ""]}
)


def rows(*members: tuple[str, str, str, str]) -> pd.DataFrame:
    """Lay out body, commune, from, to."""
    names = ["body_id", "code_insee", "from_date", "to_date"]
    return pd.DataFrame(list(members), columns=names, dtype="str")


HOME = ("epci_200000001", "31001", "2020-01-01", "")


def test_one_epci_and_other_bodies_pass() -> None:
    kept = rows(HOME, ("petr_a", "31001", "", ""), ("epci_200000002", "99999", "", ""))
    before = kept.copy()
    require_one_epci(kept, COMMUNES, on_date=DAY)
    pd.testing.assert_frame_equal(kept, before)


def test_a_dated_exit_passes() -> None:
    left = ("epci_200000002", "31001", "2015-01-01", "2020-01-01")
    kept = rows(left, HOME)
    require_one_epci(kept, COMMUNES, on_date=DAY)
    with pytest.raises(StudyError, match="« 31001 » : EPCI 200000002 ici, 200000001"):
        require_one_epci(kept, COMMUNES, on_date=dt.date(2018, 1, 1))


def test_two_epci_are_refused() -> None:
    twice = rows(HOME, ("epci_200000002", "31001", "", ""))
    with pytest.raises(StudyError, match="plusieurs EPCI : 200000001, 200000002"):
        require_one_epci(twice, COMMUNES, on_date=DAY)


def test_a_layer_that_says_otherwise_is_refused() -> None:
    other = rows(("epci_200000009", "31002", "", ""))
    with pytest.raises(StudyError, match="« 31002 » : EPCI 200000009 ici, aucun dans"):
        require_one_epci(other, COMMUNES, on_date=DAY)
