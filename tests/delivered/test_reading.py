"""Nothing in what the delivered study publishes should be hidden from its readers."""

import shutil

import pytest

from eitgeo.audit.published import figure_table, read_payload
from eitgeo.audit.reading.checks import read_study
from eitgeo.ledger import NUMBER, Place, read_ledger
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.tables.files import read_table
from eitgeo.words import published_value
from tests.lent import told_folder

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler absent"
)
TABLES = {
    "activity_insee",
    "activity_urssaf",
    "animation_budget",
    "arising_blocks",
    "break_even",
    "carrier_reasons",
    "carrier_states",
    "closure_access",
    "closures",
    "communes",
    "difference",
    "epci_blocks",
    "epci_facts",
    "exchange_links",
    "indicators_public",
    "lever_totals",
    "link_criticality",
    "phases",
    "process_actors",
    "refusals",
    "survey_units",
    "syndicate_account",
    "verdicts",
    "zones_public",
}
"""Whose figures are printed."""


def test_no_published_file_shows_what_no_reader_should_see(delivered) -> None:
    assert read_study(delivered) == []


def test_no_figure_is_told_in_two_ways(delivered) -> None:
    texts: dict[tuple[Place, str], set[str]] = {}
    numbers: dict[Place, set[float | None]] = {}
    for one in read_ledger(told_folder(delivered)):
        numbers.setdefault(one.place, set()).add(one.number)
        if one.form != NUMBER:
            texts.setdefault((one.place, one.form), set()).add(one.text)
    assert {place.table for place in numbers} >= TABLES
    assert {place: found for place, found in numbers.items() if len(found) > 1} == {}
    assert {place: found for place, found in texts.items() if len(found) > 1} == {}


def test_the_comparator_carries_the_figures_that_were_told(delivered) -> None:
    """Its own rounding is held to that of the package by a test of its modules."""
    known = {
        one.place.row: one.number
        for one in read_ledger(told_folder(delivered))
        if one.place.table == "indicators_public" and one.place.column == "value"
    }
    rows = read_table(delivered.processed, "indicators_public")
    sure = rows.set_index(["perimeter_id", "indicator_id"])["evidence"]
    catalogue = indicator_catalogue()
    page = figure_table(read_payload(delivered.published("comparateur", ".html")))
    compared = 0
    for row in page.to_dict("records"):
        key = (row["perimeter_id"], row["indicator_id"])
        number = known.get(" / ".join(key))
        if number is None:
            continue
        about = catalogue.loc[row["indicator_id"]]
        shown = published_value(
            row["value"],
            evidence=sure[key],
            decimals=int(about["decimals"]),
            unit=about["unit"],
        )
        assert shown == number, key
        compared += 1
    assert compared > 100
