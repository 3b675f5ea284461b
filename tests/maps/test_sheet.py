"""What a sheet says of itself, and the door that tables must have passed."""

import datetime as dt
from typing import Any

import pandas as pd

from eitgeo.disclosure.door.rules import release_indicators, release_register
from eitgeo.maps.paper.sheet import Sheet, make_sheet
from eitgeo.study.sections import Identity
from eitgeo.tables.public import Released
from tests.maps.toy import indicator_table

IDENTITY = Identity(
    name="essai", title="Titre", edition=dt.date(2026, 3, 5), status="valide"
)


def table(**notes: Any) -> Released:
    """Make a released table that says something."""
    hidden = [False] * notes.pop("withheld", 0)
    rows = pd.DataFrame({"diffusible": hidden}, dtype=bool)
    return release_register(rows, **({"sources": ()} | notes))


def test_notes_are_gathered_once_in_order() -> None:
    sheet = make_sheet(
        IDENTITY,
        [
            table(sources=("b", "a"), withheld=2),
            table(sources=("a", "c"), demonstration=("d",), withheld=1),
        ],
    )
    assert sheet.sources == ("b", "a", "c")
    assert sheet.demonstration == ("d",)
    assert sheet.withheld == 3


def test_figures_held_back_by_a_table_count_once_however_often_it_is_taken() -> None:
    """Lists of the dossier name a table twice: « n chiffres retenus » counted both."""
    taken, other = table(withheld=2), table(withheld=3)
    assert make_sheet(IDENTITY, [taken, other, taken]).withheld == 5


def test_what_secrecy_left_out_is_told_once() -> None:
    told = release_indicators(indicator_table(), sources=(), secrecy=("tonnage", "b"))
    assert make_sheet(IDENTITY, [told, told]).secrecy == ("tonnage", "b")


def test_reasons_stand_in_the_order_of_the_fullest_list() -> None:
    sheet = make_sheet(
        IDENTITY, [table(demonstration=("b",)), table(demonstration=("a", "b"))]
    )
    assert sheet.demonstration == ("a", "b")


def test_words_of_a_sheet() -> None:
    sheet = make_sheet(IDENTITY, [])
    assert sheet.edition_text == "05/03/2026"
    assert sheet.status_stamp == "Document validé"
    assert sheet.effort_text == "calcul rapide"
    assert sheet.demonstration_text == ""


def test_a_demonstration_names_its_reasons() -> None:
    sheet = Sheet("t", "s", dt.date(2026, 1, 1), demonstration=("un", "deux"))
    assert sheet.demonstration_text == "DÉMONSTRATION – un, deux"
