"""What a perimeter asks of each structure that could carry it: a state, no score."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Hashable, Iterable, Mapping

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.scenarios.carriers.facts import Fact, Facts, fact_of
from eitgeo.words import french_number, round_share

STATES = ("impossible", "peu_adapte", "sous_conditions", "favorable", "possible")
"""From the first that applies to the last."""

ALL = "*"
"""Carrier of the rules that speak of the perimeter itself."""

ALWAYS = "toujours"
_STATE_OF = {
    "impossible": "impossible",
    "inadapte": "peu_adapte",
    "condition": "sous_conditions",
    "favorable": "favorable",
}
_COMPARISON = re.compile(r"([a-z]\w*)(<=|>=|<|>)(-?\d+(?:\.\d+)?)")
_FACT_NAME = re.compile(r"\{(\w+)\}")
OPERATORS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
REASON_COLUMNS = [
    "perimeter_id",
    "carrier_id",
    "rule_id",
    "about",
    "effect",
    "outcome",
    "sentence",
    "facts",
    "missing",
]
_DELIBERATIONS = ("deliberations_least", "deliberations_most")
STATE_COLUMNS = [
    "perimeter_id",
    "carrier_id",
    "state",
    "n_not_evaluated",
    *_DELIBERATIONS,
]


def holds(condition: str, facts: Mapping[str, Fact]) -> tuple[bool | None, str]:
    """Say whether a condition holds.

    Examples
    --------
    >>> holds("n_epci>4 & far_pct>30", {"n_epci": Fact(3.0)})
    (False, '')
    >>> holds("n_epci>2 & far_pct>30", {"n_epci": Fact(3.0)})
    (None, 'non mesuré')
    """
    if condition == ALWAYS:
        return True, ""
    missing = ""
    for part in condition.split(" & "):
        read = _COMPARISON.fullmatch(part)
        if read is None:
            message = f"condition illisible « {part} » → fait, comparaison, nombre"
            raise SchemaError(message)
        name, sign, threshold = read.groups()
        fact = fact_of(facts, name)
        answers = {OPERATORS[sign](end, float(threshold)) for end in ends_of(fact)}
        if answers == {False}:
            return False, ""
        if answers != {True}:
            missing = missing or fact.missing
    return (None, missing) if missing else (True, "")


def ends_of(fact: Fact) -> tuple[float, ...]:
    """Return the numbers that a fact may be, its ends."""
    return fact.bounds or (() if fact.missing else (float(fact.value),))


def carrier_reasons(facts: Mapping[str, Facts], *, rules: pd.DataFrame) -> pd.DataFrame:
    """Apply the rules to every perimeter.

    ``facts``: perimeter → facts. ``rules``: `carrier_rules`. Returns: one row a
    perimeter, a carrier (``*``: the perimeter itself) and a rule that applies or could
    not be evaluated: ``outcome`` (``applique``, ``non_evalue``), ``about``, ``effect``,
    ``sentence`` (French, facts in braces), ``facts`` (JSON, those of the sentence),
    ``missing`` (why it was not evaluated).
    """
    known = rules.astype(str).to_dict("index")
    rows = [
        {
            "perimeter_id": perimeter_id,
            "carrier_id": carrier_id,
            "rule_id": str(rule_id),
            **told,
        }
        for perimeter_id, mine in facts.items()
        for rule_id, rule in known.items()
        for told in _applied(rule, mine)
        for carrier_id in rule["carriers"].split(";")
    ]
    return pd.DataFrame(rows, columns=REASON_COLUMNS)


def _applied(rule: Mapping[Hashable, str], facts: Facts) -> list[dict[str, str]]:
    answer, missing = holds(rule["condition"], facts)
    if answer is False:
        return []
    sentence = rule["sentence"]
    used = {name: fact_of(facts, name) for name in _FACT_NAME.findall(sentence)}
    lacking = [one.missing for one in used.values() if one.missing and not one.bounds]
    if answer and lacking:
        answer, missing = None, lacking[0]
    texts = {name: _told(name, fact) for name, fact in used.items()} if answer else {}
    return [
        {
            "about": rule["about"],
            "effect": rule["effect"],
            "outcome": "applique" if answer else "non_evalue",
            "sentence": sentence,
            "facts": json.dumps(texts, ensure_ascii=False, sort_keys=True),
            "missing": missing,
        }
    ]


def _told(name: str, fact: Fact) -> float | str:
    """Return what a sentence says of a fact: a number, a text, or both ends."""
    if fact.bounds is None:
        return fact.value
    share = name.endswith("_pct")
    bounds = (round_share(end, _SHARE_FIGURES) if share else end for end in fact.bounds)
    return " à ".join(french_number(end) for end in bounds)


_SHARE_FIGURES = 2


def carrier_states(
    reasons: pd.DataFrame, facts: Mapping[str, Facts], *, carriers: pd.DataFrame
) -> pd.DataFrame:
    """Give each carrier its state on each perimeter.

    ``reasons``: as :func:`carrier_reasons` returns them. ``facts``: perimeter → facts.
    Returns: ``perimeter_id``, ``carrier_id``, ``state`` (the first of ``STATES`` that
    applies), ``n_not_evaluated`` (rules that might change it), ``deliberations_least``
    and ``deliberations_most`` (NaN where not known).
    """
    effects = _by_carrier(reasons, outcome="applique")
    unsure = _by_carrier(reasons, outcome="non_evalue")
    asked = carriers[list(_DELIBERATIONS)].astype(str).to_dict("index")
    rows = [
        {
            "perimeter_id": perimeter_id,
            "carrier_id": carrier_id,
            "state": _state(effects.get((perimeter_id, carrier_id), [])),
            "n_not_evaluated": len(unsure.get((perimeter_id, carrier_id), [])),
            **{
                name: count_of(about[name], mine, most=name == _DELIBERATIONS[1])
                for name in _DELIBERATIONS
            },
        }
        for perimeter_id, mine in facts.items()
        for carrier_id, about in asked.items()
    ]
    return pd.DataFrame(rows, columns=STATE_COLUMNS)


def _by_carrier(
    reasons: pd.DataFrame, *, outcome: str
) -> dict[tuple[str, Hashable], list[str]]:
    """List the effects of the rules of an outcome, by perimeter and carrier."""
    effects_of: dict[tuple[str, Hashable], list[str]] = {}
    rows = reasons[reasons["outcome"] == outcome]
    keys = ("perimeter_id", "carrier_id", "effect")
    for perimeter, carrier, effect in zip(*(rows[one] for one in keys), strict=True):
        effects_of.setdefault((perimeter, carrier), []).append(effect)
    return effects_of


def _state(effects: Iterable[str]) -> str:
    states = {_STATE_OF[effect] for effect in effects if effect in _STATE_OF}
    return next((state for state in STATES if state in states), STATES[-1])


def count_of(written: str, facts: Mapping[str, Fact], *, most: bool = False) -> float:
    """Count deliberations: a sum of numbers and facts.

    Examples
    --------
    >>> count_of("1+n_epci", {"n_epci": Fact(3.0)})
    4.0
    """
    if not written:
        return float("nan")
    known = [
        (float(part),) if part.isdigit() else ends_of(fact_of(facts, part))
        for part in written.split("+")
    ]
    return float(sum((one or (float("nan"),))[-1 if most else 0] for one in known))


def require_rules(rules: pd.DataFrame, *, carrier_ids: Iterable[str]) -> None:
    """Refuse rules with an unknown carrier or effect, or a condition out of form."""
    known = {*carrier_ids, ALL}
    faults = Faults("carrier_rules.csv")
    for rule_id, rule in rules.iterrows():
        for name in set(str(rule["carriers"]).split(";")) - known:
            faults.add(f"{rule_id} : porteur inconnu « {name} »", remedy="corriger")
        if rule["effect"] not in {*_STATE_OF, "vigilance"}:
            faults.add(f"{rule_id} : effet inconnu « {rule['effect']} »")
        for part in str(rule["condition"]).split(" & "):
            if part != ALWAYS and _COMPARISON.fullmatch(part) is None:
                faults.add(f"{rule_id} : condition illisible « {part} »")
    faults.raise_if_any(SchemaError)
