"""French sentences made of numbers by fixed rules; rounding is that of ``words``."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from eitgeo.reference.indicators import indicator_catalogue, indicators_in
from eitgeo.words import (
    NBSP,
    french_number,
    round_share,
    typographic,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from eitgeo.maps.paper.side import CardRow

_PLACE = re.compile(r"\{(\w+)\}")
_PERCENT = "_pct"
_SHARE_FIGURES = 2
_ASSUMED = "H"
_TO_CONFIRM = "a_confirmer"
_NEAREST = "Structure existante qui le recouvre le plus"
_NOBODY = {
    "parties": "PETR et syndicat",
    "top_epci": "Un EPCI",
    "departure_epci": "un EPCI de plus de 20 % de la population",
}
"""What a demonstration says in place of the names of bodies."""

_KNOWN_PLURALS = {
    "EPCI": "EPCI",
    "PETR": "PETR",
    "délibération": "délibérations",
    "département": "départements",
    "commune": "communes",
    "habitant": "habitants",
    "établissement": "établissements",
    "entreprise": "entreprises",
}


def counted(number: float, noun: str) -> str:
    """Write a number with its noun in the right number.

    Examples
    --------
    >>> counted(1, "délibération").replace(NBSP, " "), counted(8, "EPCI")[-4:]
    ('1 délibération', 'EPCI')
    """
    word = noun if abs(number) < 2 else _KNOWN_PLURALS[noun]  # noqa: PLR2004 - two
    return f"{french_number(number, decimals=0)}{NBSP}{word}"


def fill(sentence: str, facts: Mapping[str, float | str]) -> str:
    """Put facts in the braces of a sentence.

    Examples
    --------
    >>> fill("{x_pct} % dehors", {"x_pct": 57.14}).replace(NBSP, " ")
    '57 % dehors'
    """
    return typographic(
        _PLACE.sub(lambda found: _fact_text(found[1], facts[found[1]]), sentence)
    )


def _fact_text(name: str, value: float | str) -> str:
    if isinstance(value, str):
        return value
    if name.endswith(_PERCENT):
        return french_number(round_share(float(value), _SHARE_FIGURES))
    return french_number(float(value))


def reason_sentence(reason: pd.Series, *, demonstration: bool) -> str:
    """Word a row of table ``carrier_reasons``."""
    if reason["outcome"] != "applique":
        return typographic(f"{reason['about']} : {reason['missing']}")
    facts = json.loads(str(reason["facts"]))
    return fill(str(reason["sentence"]), facts | _NOBODY if demonstration else facts)


def perimeter_sentences(
    perimeter: pd.Series, rows: Sequence[CardRow], *, demonstration: bool
) -> list[str]:
    """Explain a perimeter in a few sentences.

    Notes
    -----
    Fixed rules: a figure appears once, as its class allows; nothing is compared and
    nothing is preferred; what is not known is said with its reason.
    """
    cards = {row.indicator_id: row for row in rows}
    found = [_identity_sentence(perimeter, cards), _councils_sentence(cards)]
    fit = cards.get("body_fit_pct")
    if fit is not None and fit.note:
        found.append(f"{_NEAREST} : {_said_once(fit.note)} ({fit.text}).")
    asked = indicators_in(indicator_catalogue(), "words")
    told = [cards[name] for name in asked if name in cards]
    known = [row for row in told if row.text != "–"]
    sure = [row for row in known if row.evidence != _ASSUMED]
    weak = [row for row in known if row.evidence == _ASSUMED]
    if sure:
        found.append(f"{_listed(sure)}.")
    if weak:
        head = "Démonstration, à ne pas comparer" if demonstration else "Hypothèses"
        found.append(f"{head} : {_listed(weak, lower=True)}.")
    unknown = [row for row in told if row.text == "–"]
    if unknown:
        reasons = [
            f"{_lower(row.label)} ({row.note or 'non mesuré'})" for row in unknown
        ]
        found.append(f"Non connu : {' ; '.join(reasons)}.")
    return [typographic(text) for text in found if text]


def _identity_sentence(perimeter: pd.Series, cards: Mapping[str, CardRow]) -> str:
    doubt = perimeter.get("membership_status") == _TO_CONFIRM
    told = "réunit, selon une liste à confirmer," if doubt else "réunit"
    text = (
        f"{perimeter['name']} {told} {counted(perimeter['n_communes'], 'commune')} et "
        f"{counted(perimeter['population'], 'habitant')}"
    )
    n_epci = cards.get("n_epci")
    if n_epci is None:
        return f"{text}."
    whole = int(perimeter["n_epci_whole"])
    cut = int(perimeter["n_epci_cut"])
    tail = (
        f", dont {french_number(cut)} en partie seulement" if cut else ", tous entiers"
    )
    return f"{text} dans {counted(whole + cut, 'EPCI')}{tail}."


def _councils_sentence(cards: Mapping[str, CardRow]) -> str:
    names = {
        "n_deliberations": "délibération",
        "n_departements": "département",
        "n_petr": "PETR",
    }
    known = {name: cards[name].exact for name in names if name in cards}
    known = {name: value for name, value in known.items() if value == value}  # noqa: PLR0124
    parts = {name: counted(value, names[name]) for name, value in known.items()}
    if "n_deliberations" not in parts:
        return ""
    first = f"Il demande {parts.pop('n_deliberations')}"
    return f"{first}, sur {' et '.join(parts.values())}." if parts else f"{first}."


def _listed(rows: Sequence[CardRow], *, lower: bool = False) -> str:
    texts = [f"{row.label} : {row.text}" for row in rows]
    first = _lower(texts[0]) if lower else texts[0]
    return " ; ".join([first, *[_lower(text) for text in texts[1:]]])


def _said_once(name: str) -> str:
    """Drop « (à confirmer) » after the name of a body that says it already."""
    tail = " (à confirmer)"
    return name.removesuffix(tail) if "confirmer" in name.removesuffix(tail) else name


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
