"""French sentences made of numbers by fixed rules; those of maps: files apart."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, partial
from importlib import resources
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.ledger import Place, headed, plain, told
from eitgeo.maps.paper.side import CardRow
from eitgeo.reference.indicators import indicator_catalogue, indicators_in
from eitgeo.words import NBSP, french_number, name_key, round_share, typographic


class Sentences(NamedTuple):
    """The sentences of one subject: names of values in braces, « ~ » ties two words."""

    texts: Mapping[str, Any]

    def __call__(self, key: str, /, **values: object) -> str:
        """Fill a sentence."""
        return _filled(self.texts[key], values)

    def titled(self, key: str, /, **values: object) -> tuple[str, str]:
        """Fill the title and the text of a statement."""
        title, text = (self.texts[key][part] for part in ("title", "text"))
        return _filled(title, values), _filled(text, values)


def _filled(template: str, values: Mapping[str, object]) -> str:
    return template.replace("~", NBSP).format(**values)


@cache
def sentences(room: str, subject: str) -> Sentences:
    """Read the sentences of a subject, from the file of its room of maps."""
    path = resources.files("eitgeo.maps") / "texts" / f"{room}.toml"
    return Sentences(tomllib.loads(path.read_text(encoding="utf-8"))[subject])


_N_SITES = "n_sites"


def counted_as(*, drawn: object) -> str:
    """Say how sure counts of establishments are."""
    return "H" if drawn else "O"


def arisings_as(indicators: pd.DataFrame) -> str:
    """Say how sure estimates of arisings are, the least sure: ``S`` or ``H``."""
    evidence = indicators.loc[indicators["indicator_id"] == "deposit_t", "evidence"]
    return "H" if evidence.eq("H").any() or evidence.empty else "S"


def zones_in_order[Zones: pd.DataFrame](
    zones: Zones, names: Mapping[str, str], *, evidence: str
) -> Zones:
    """Keep the order of zones; where they are drawn, that of the names of communes."""
    if evidence != "H":
        return zones
    names_key = zones["code_insee"].map(
        lambda code: name_key(str(names.get(code, code)))
    )
    order = names_key.to_frame("name").assign(zone_id=zones["zone_id"])
    return zones.loc[order.sort_values(["name", "zone_id"]).index]


def zone_list_title(what: str, *, evidence: str) -> str:
    """Say which zones a list holds: the largest, or some where they are drawn."""
    if evidence == "H":
        return f"Quelques {what} (ordre des noms)"
    return f"Les plus grandes {what}, par effectif"


def actor_count(row: Mapping[Any, Any]) -> str:
    """Write how many establishments of an activity are at an end of a process."""
    key = f"{row['sheet_id']} / {row['end']} / {row['division']}"
    place = Place("process_actors", key, _N_SITES)
    return told(row, place, unit="nombre", evidence="H")


def zone_sites(row: Mapping[Any, Any], *, evidence: str) -> str:
    """Write the sites of a zone under a head that says how sure they are."""
    place = Place("zones_public", str(row["zone_id"]), _N_SITES)
    return headed(float(row[_N_SITES]), place, evidence=evidence, unit="nombre")


def zone_stability(row: Mapping[Any, Any], *, evidence: str) -> str:
    """Write how often a zone is found again, under such a head."""
    place = Place("zones_public", str(row["zone_id"]), "stability")
    share_pct = 100 * float(row["stability"])
    return headed(share_pct, place, evidence=evidence, unit="%")


_PLACE = re.compile(r"\{(\w+)\}")
_PERCENT = "_pct"
_SHARE_FIGURES = 2
_ASSUMED = "H"
_REASON_KEYS = ("perimeter_id", "carrier_id", "rule_id")
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


def counted(number: float, noun: str, place: Place) -> str:
    """Write a number with its noun in the right number.

    Examples
    --------
    >>> place = Place("perimeters", "petr", "n")
    >>> counted(1, "délibération", place).replace(NBSP, " ")
    '1 délibération'
    >>> counted(8, "EPCI", place)[-4:]
    'EPCI'
    """
    word = noun if abs(number) < 2 else _KNOWN_PLURALS[noun]  # noqa: PLR2004 - two
    return f"{plain(number, place)}{NBSP}{word}"


def fill(sentence: str, facts: Mapping[str, float | str], place: Place) -> str:
    """Put facts in the braces of a sentence; `place` is theirs, but for the column.

    Examples
    --------
    >>> place = Place("carrier_reasons", "petr / C1")
    >>> fill("{x_pct} % dehors", {"x_pct": 57.14}, place).replace(NBSP, " ")
    '57 % dehors'
    """
    return typographic(
        _PLACE.sub(
            lambda slot: _fact_text(facts[slot[1]], place._replace(column=slot[1])),
            sentence,
        )
    )


def _fact_text(value: float | str, place: Place) -> str:
    if isinstance(value, str):
        return value
    number = float(value)
    if place.column.endswith(_PERCENT):
        number = round_share(number, _SHARE_FIGURES)
    return plain(number, place, decimals=None)


def reason_sentence(reason: pd.Series, *, demonstration: bool) -> str:
    """Word a row of table ``carrier_reasons``."""
    if reason["outcome"] != "applique":
        return typographic(f"{reason['about']} : {reason['missing']}")
    facts = json.loads(str(reason["facts"]))
    where = " / ".join(str(reason[one]) for one in _REASON_KEYS)
    return fill(
        str(reason["sentence"]),
        facts | _NOBODY if demonstration else facts,
        Place("carrier_reasons", where),
    )


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
    perimeter_id = str(perimeter["perimeter_id"])
    councils = _councils_sentence(cards, perimeter_id)
    sentences = [_identity_sentence(perimeter, cards), councils]
    fit = cards.get("body_fit_pct")
    if fit is not None and fit.note:
        sentences.append(f"{_NEAREST} : {_said_once(fit.note)} ({fit.text}).")
    asked = indicators_in(indicator_catalogue(), "words")
    shown_cards = [cards[name] for name in asked if name in cards]
    known = [row for row in shown_cards if row.text != "–"]
    sure = [row for row in known if row.evidence != _ASSUMED]
    weak = [row for row in known if row.evidence == _ASSUMED]
    if sure:
        sentences.append(f"{_listed(sure)}.")
    if weak:
        head = "Démonstration, à ne pas comparer" if demonstration else "Hypothèses"
        sentences.append(f"{head} : {_listed(weak, lower=True)}.")
    unknown = [row for row in shown_cards if row.text == "–"]
    if unknown:
        reasons = [
            f"{_lower(row.label)} ({row.note or 'non mesuré'})" for row in unknown
        ]
        sentences.append(f"Non connu : {' ; '.join(reasons)}.")
    return [typographic(text) for text in sentences if text]


def _identity_sentence(perimeter: pd.Series, cards: Mapping[str, CardRow]) -> str:
    doubt = perimeter.get("membership_status") == _TO_CONFIRM
    place = partial(Place, "perimeters", str(perimeter["perimeter_id"]))
    verb = "réunit, selon une liste à confirmer," if doubt else "réunit"
    text = (
        f"{perimeter['name']} {verb} "
        f"{counted(perimeter['n_communes'], 'commune', place('n_communes'))} et "
        f"{counted(perimeter['population'], 'habitant', place('population'))}"
    )
    n_epci = cards.get("n_epci")
    if n_epci is None:
        return f"{text}."
    whole = int(perimeter["n_epci_whole"])
    cut = int(perimeter["n_epci_cut"])
    tail = (
        f", dont {plain(cut, place('n_epci_cut'))} en partie seulement"
        if cut
        else ", tous entiers"
    )
    return f"{text} dans {counted(whole + cut, 'EPCI', place('n_epci'))}{tail}."


def _councils_sentence(cards: Mapping[str, CardRow], perimeter_id: str) -> str:
    names = {
        "n_deliberations": "délibération",
        "n_departements": "département",
        "n_petr": "PETR",
    }
    known = {name: cards[name].exact for name in names if name in cards}
    known = {name: value for name, value in known.items() if value == value}  # noqa: PLR0124
    parts = {
        name: counted(
            value, names[name], Place("indicators_public", f"{perimeter_id} / {name}")
        )
        for name, value in known.items()
    }
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


def of_whole_epci(most: int | None) -> str:
    """Say, after « réunions », what a study lists unions of.

    Examples
    --------
    >>> of_whole_epci(None), of_whole_epci(7), of_whole_epci(1)
    ("d'EPCI entiers", "d'au plus 7 EPCI entiers", "d'au plus 1 EPCI entier")
    """
    if most is None:
        return "d'EPCI entiers"
    plural = "s" if most > 1 else ""
    return f"d'au plus {french_number(most)} EPCI entier{plural}"
