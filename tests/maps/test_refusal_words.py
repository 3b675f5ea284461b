"""What is said of refusals, against sentences written by hand."""

from typing import Any

import pandas as pd

from eitgeo.disclosure.door.rules import release_derived
from eitgeo.maps.words.refusal_words import refusal_sentence, that_cut
from tests.words.forbidden import plain

NAMES = {f"20000000{n}": f"CC {n}" for n in range(1, 5)}
CARRIERS = {"P1": "Syndicat", "P2": "PETR seul", "P8": "SCIC"}


def rows(
    border: dict[str, int], *, road: dict[str, int] | None = None, **changes: Any
) -> pd.DataFrame:
    """Return rows by who refuses: numbers of EPCI → pieces."""
    roads = border if road is None else road
    refused = [";".join(f"20000000{n}" for n in name) for name in border]
    n_all = max(map(len, border))
    return pd.DataFrame(
        {
            "perimeter_id": "p",
            "refused": refused,
            "n_refused": [len(name) for name in border],
            "n_left": [n_all - len(name) for name in border],
            "n_pieces_border": list(border.values()),
            "n_pieces_road": [roads[name] for name in border],
            "population": [1_000 * (10 - len(name)) for name in border],
            "carriers": "P1",
            "carriers_sure": "P1",
            "left_low": 1.0,
            "left_mid": [2.0 + len(name) for name in border],
            "left_high": 4.0,
            "evidence": "O",
        }
        | changes
    )


def say(table: pd.DataFrame, *, to_confirm: bool = False) -> str:
    """Return the sentence with plain spaces."""
    return plain(
        refusal_sentence(
            release_derived(table, sources=()),
            "p",
            epci_names=NAMES,
            carrier_names=CARRIERS,
            to_confirm=to_confirm,
        )
    )


SQUARE = {"": 1} | dict.fromkeys("1234", 1) | {"12": 1, "13": 2, "14": 1}
SQUARE |= {"23": 1, "24": 2, "34": 1, "1234": 0}


def test_a_ring_is_cut_by_opposite_pairs_alone() -> None:
    told = say(rows(SQUARE))
    assert told.startswith(
        "4 EPCI. Par ses frontières comme par la route, aucun refus isolé ne le coupe "
        "; 2 paires de refus sur 6 le coupent : CC 1 + CC 3 ; CC 2 + CC 4. "
        "Si un seul conseil refuse, les porteurs possibles restent les mêmes. "
    )
    assert "confirmer" not in told
    assert "hypothèse à confirmer" in say(rows(SQUARE), to_confirm=True)
    assert len(that_cut(rows(SQUARE), "border")) == 2


def test_pairs_that_a_single_refusal_explains_are_counted_and_not_named() -> None:
    line = SQUARE | {"2": 2, "23": 2, "13": 1, "12": 2, "24": 2}
    told = say(rows(line, road=SQUARE))
    assert "1 refus isolé sur 4 le coupe : CC 2 ; 3 paires de refus sur 6 le " in told
    assert "le coupent. Par la route, aucun refus isolé" in told


def test_four_pairs_are_named_and_the_others_counted() -> None:
    cut = SQUARE | dict.fromkeys(("12", "13", "14", "23", "24"), 2)
    told = say(rows(cut))
    assert (
        "5 paires de refus sur 6 le coupent : CC 1 + CC 2 ; CC 1 + CC 3 ; "
        "CC 1 + CC 4 ; CC 2 + CC 3 ; et 1 autre. " in told
    )


def test_carriers_close_open_or_wait() -> None:
    able = ["P1;P8" if name != "3" else "P1;P2" for name in SQUARE]
    told = say(rows(SQUARE, carriers=able))
    assert "« SCIC » ne serait plus possible dans 1 cas sur 4 ; « PETR seul » " in told
    assert "deviendrait possible dans 1 cas sur 4 (sous réserve d'une règle" in told
    assert "non évaluée : SCIC)" in told


def test_a_perimeter_of_one_epci_has_nothing_left() -> None:
    told = say(rows({"": 1, "1": 0}))
    assert told == "Un seul EPCI : s'il refuse, il ne reste rien."


def test_a_pair_that_leaves_one_epci_is_not_told() -> None:
    three = {"": 1, "1": 1, "2": 2, "3": 1, "12": 1, "13": 1, "23": 1, "123": 0}
    told = say(rows(three))
    assert "comme par la route, 1 refus isolé sur 3 le coupe : CC 2." in told
    assert "paire" not in told
