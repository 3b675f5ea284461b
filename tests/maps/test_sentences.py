"""Sentences made of numbers: French, rounded by class, never a preference."""

import json

import pandas as pd
import pytest

from eitgeo.ledger import LEDGER, Place, read_ledger
from eitgeo.maps.paper.side import CardRow
from eitgeo.maps.words.sentences import (
    counted,
    fill,
    perimeter_sentences,
    reason_sentence,
)
from tests.words.forbidden import FORBIDDEN, PREFERENCE, plain

AT = Place("perimeters", "a", "n")


@pytest.mark.parametrize(
    ("number", "noun", "expected"),
    [
        (0, "délibération", "0 délibération"),
        (1, "commune", "1 commune"),
        (2, "commune", "2 communes"),
        (180_683, "habitant", "180 683 habitants"),
        (7, "EPCI", "7 EPCI"),
    ],
)
def test_numbers_agree_with_their_noun(number, noun, expected) -> None:
    assert plain(counted(number, noun, AT)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (57.14, "57 %"),
        (0.0, "0 %"),
        (96.23, "96,2 %"),
        (99.97, "99,9 %"),
        (4.07, "4,1 %"),
    ],
)
def test_shares_are_as_sure_as_their_smaller_part(value, expected) -> None:
    assert plain(fill("{x_pct} %", {"x_pct": value}, AT)) == expected


def test_a_sentence_is_never_printed_with_a_hole() -> None:
    with pytest.raises(KeyError):
        fill("{n_epci} EPCI", {}, AT)


def reason(**changes) -> pd.Series:
    """Return a reason for co-carrying."""
    row = {
        "perimeter_id": "a",
        "carrier_id": "P1",
        "rule_id": "C1",
        "about": "réunion de structures",
        "outcome": "applique",
        "missing": "",
        "sentence": "{parties} : {x_pct} % ; {n} parties",
        "facts": json.dumps({"parties": "PETR A, Syndicat B", "x_pct": 99.7, "n": 4}),
    }
    return pd.Series(row | changes)


def test_a_reason_names_the_parties_but_in_a_demonstration() -> None:
    real = reason_sentence(reason(), demonstration=False)
    assert plain(real) == "PETR A, Syndicat B : 99,7 % ; 4 parties"
    shown = reason_sentence(reason(), demonstration=True)
    assert plain(shown) == "PETR et syndicat : 99,7 % ; 4 parties"


def test_facts_of_a_reason_are_told_with_their_place(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(LEDGER, str(tmp_path))
    reason_sentence(reason(), demonstration=False)
    told = {one.place.column: (one.place, one.number) for one in read_ledger(tmp_path)}
    assert told == {
        "x_pct": (Place("carrier_reasons", "a / P1 / C1", "x_pct"), 99.7),
        "n": (Place("carrier_reasons", "a / P1 / C1", "n"), 4.0),
    }


def test_a_rule_that_was_not_evaluated_says_why() -> None:
    waiting = reason(outcome="non_evalue", missing="données synthétiques", facts="{}")
    told = reason_sentence(waiting, demonstration=True)
    assert plain(told) == "réunion de structures : données synthétiques"


def card(name: str, text: str, evidence: str = "O", **more) -> CardRow:
    """Return a line of a card."""
    return CardRow(
        indicator_id=name,
        label=more.get("label", name),
        group="",
        text=text,
        note=more.get("note", ""),
        evidence=evidence,
        greyed=False,
        exact=more.get("exact", float("nan")),
    )


ONE = pd.Series(
    {
        "perimeter_id": "a",
        "name": "Le périmètre A",
        "n_communes": 235,
        "population": 77_429,
        "n_epci_whole": 3,
        "n_epci_cut": 0,
    }
)
CARDS = [
    card("n_epci", "3", exact=3.0),
    card("n_deliberations", "4", exact=4.0),
    card("n_departements", "1", exact=1.0),
    card("n_petr", "1", exact=1.0),
    card("body_fit_pct", "100 %", note="Syndicat – à confirmer (à confirmer)"),
    card("target_sites", "≈ 210", "H", label="Établissements"),
    card("naf_diversity", "–", label="Diversité", note="secret statistique"),
]


WHO = "235 communes et 77 429 habitants"


def told(perimeter=ONE, *, demonstration=True) -> list[str]:
    """Return the sentences on a perimeter with plain spaces."""
    found = perimeter_sentences(perimeter, CARDS, demonstration=demonstration)
    return [plain(text) for text in found]


def test_a_perimeter_in_five_sentences() -> None:
    assert told() == [
        f"Le périmètre A réunit {WHO} dans 3 EPCI, tous entiers.",
        "Il demande 4 délibérations, sur 1 département et 1 PETR.",
        "Structure existante qui le recouvre le plus : Syndicat – à confirmer (100 %).",
        "Démonstration, à ne pas comparer : établissements : ≈ 210.",
        "Non connu : diversité (secret statistique).",
    ]
    assert told(demonstration=False)[3].startswith("Hypothèses : ")


def test_a_list_to_confirm_is_said_before_whom_it_counts() -> None:
    doubtful = pd.concat([ONE, pd.Series({"membership_status": "a_confirmer"})])
    first = f"Le périmètre A réunit, selon une liste à confirmer, {WHO} dans 3 EPCI"
    assert told(doubtful)[0] == f"{first}, tous entiers."
    sure = pd.concat([ONE, pd.Series({"membership_status": "publie"})])
    assert told(sure) == told()


def test_cut_epci_are_told() -> None:
    cut = ONE.copy()
    cut["n_epci_whole"], cut["n_epci_cut"] = 0, 5
    assert told(cut)[0].endswith("dans 5 EPCI, dont 5 en partie seulement.")


def test_no_sentence_prefers_anything() -> None:
    text = " ".join(told())
    assert PREFERENCE.search(text) is None
    assert not any(pd.Series([text]).str.contains(p).any() for p in FORBIDDEN.values())
