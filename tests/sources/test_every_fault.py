"""Each fault of the issue, in the file of each source, gives what the table says."""

from pathlib import Path

import pytest

from tests.sources.every_fault import (
    FAULTS,
    OUTCOMES,
    PAGE,
    attacks,
    cells,
    falsehoods,
    met,
    page,
    read_table,
    true_files,
)
from tests.sources.every_source import SOURCES

TWO = ["avant", "maintenant"]
READ = {"formule", "html", "virgule", "retour"}
"""Faults whose cell may be taken as it is, or not at all."""

EXPECTED = read_table()
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_each_fault_gives_what_the_table_says(tmp_path, name):
    wrong = {}
    for fault in FAULTS:
        folder = tmp_path / fault
        folder.mkdir()
        found = met(name, fault, folder)
        if found != EXPECTED[name, fault]:
            wrong[fault] = found, EXPECTED[name, fault]
    assert wrong == {}


def test_the_table_has_every_source_and_every_fault_once():
    assert list(EXPECTED) == list(cells())
    assert {answer.outcome for answer in EXPECTED.values()} <= set(OUTCOMES)


def test_a_refusal_says_what_to_do_and_a_row_left_out_says_why():
    for cell, answer in EXPECTED.items():
        assert ("→" in answer.told) == (answer.outcome == "refus"), (cell, answer)
        if answer.outcome in {"ecarte", "remarque"}:
            assert answer.told != "", cell


def test_nothing_faulty_passes_unseen():
    passed = {cell for cell, answer in EXPECTED.items() if answer.outcome == "lu"}
    assert {fault for _, fault in passed} <= READ
    same = {cell for cell, answer in EXPECTED.items() if answer.outcome == "egal"}
    # Another writing of the same rows, and identical rows of a file that is joined.
    assert {fault for _, fault in same} <= {
        "separateur",
        "windows_1252",
        "excel",
        "virgule",
        "doublon",
        "retour",
    }
    assert {name for name, fault in same if fault == "doublon"} == {
        "sirene_units",
        "sirene_places",
    }
    for name in SOURCES:
        assert EXPECTED[name, "vide"].outcome == "refus"


def test_the_page_says_what_the_table_says():
    told = "run python -m tests.sources.every_fault"
    assert PAGE.read_text(encoding="utf-8") == page(), told


@pytest.mark.parametrize(
    "one", [*attacks(), *falsehoods(), *true_files()], ids=lambda one: one["test"]
)
def test_each_line_is_held_by_a_test_that_exists(one):
    path, name = one["test"].split("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert f"def {name}(" in text
    told = (
        ("lu", "cote", "refuse", "raison") if "lu" in one else ("avant", "maintenant")
    )
    assert all(one[column] for column in told)
