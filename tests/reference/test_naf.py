"""Divisions of NAF rév. 2."""

import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.reference.divisions import expand_divisions
from eitgeo.reference.naf import in_divisions, naf_divisions

# INSEE, NAF rév. 2, 2008: divisions of each section.
SECTIONS = {
    "A": 3,
    "B": 5,
    "C": 24,
    "D": 1,
    "E": 4,
    "F": 3,
    "G": 3,
    "H": 5,
    "I": 2,
    "J": 6,
    "K": 3,
    "L": 1,
    "M": 7,
    "N": 6,
    "O": 1,
    "P": 1,
    "Q": 3,
    "R": 4,
    "S": 3,
    "T": 2,
    "U": 1,
}


def test_the_88_divisions_fall_in_their_21_sections() -> None:
    divisions = naf_divisions()
    assert divisions.index.is_unique
    assert len(divisions) == 88
    assert divisions.groupby("section").size().to_dict() == SECTIONS
    assert divisions.index.str.fullmatch(r"\d{2}").all()
    assert divisions["label"].str.len().gt(3).all()


def test_ranges_take_both_ends_and_skip_what_does_not_exist() -> None:
    assert expand_divisions(["38-41"]) == {"38", "39", "41"}  # there is no 40
    assert expand_divisions(["01", "01-02"]) == {"01", "02"}
    assert expand_divisions([]) == frozenset()
    # 05–09 extraction, 10–33 manufacture, 35 energy, 36–39 water and waste.
    assert len(expand_divisions(["05-39"])) == 5 + 24 + 1 + 4


def test_wrong_divisions_are_told_together_with_their_remedy() -> None:
    with pytest.raises(StudyError, match=r"divisions de la NAF : 3 anomalies") as told:
        expand_divisions(["05-40", "1-02", "39-05", "41"])
    message = str(told.value)
    assert "« 05-40 » : division « 40 » inconnue" in message
    assert "« 1-02 » : division « 1 » inconnue" in message
    assert "« 39-05 » : plage à l'envers → écrire « 05-39 »" in message
    assert "41" not in message.split("plage")[1]


def test_activities_are_placed_by_their_first_two_digits() -> None:
    naf = pd.Series(["10.51C", "39.00Z", "40.00Z", "", "1.05"], index=list("abcde"))
    found = in_divisions(naf, ["10-39"])
    assert found.to_dict() == dict.fromkeys("ab", True) | dict.fromkeys("cde", False)
