"""What a perimeter asks of who could carry it, if all agree, or if some refuse.

Desk data decide nothing: what they could ask held for nearly all territories.
"""

from __future__ import annotations

import json
import math
import operator
import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.exact import at_most
from eitgeo.perimeters.contours.candidate import count_pieces, refusals
from eitgeo.reference.governance import verdict_conditions
from eitgeo.scenarios.carriers.facts import Fact, Facts, fact_of
from eitgeo.study.governance import ContextFact, FieldWork, VerdictRule
from eitgeo.tables.schema import TABLES
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

    ``facts``: perimeter → facts. Returns: one row a perimeter, a carrier (``*``: the
    perimeter itself) and a rule that applies or could not be evaluated: ``outcome``
    (``applique``, ``non_evalue``), ``about``, ``effect``, ``sentence`` (French, facts
    in braces), ``facts`` (JSON, those of the sentence), ``missing`` (why it was not
    evaluated).
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

    ``facts``: perimeter → facts. Returns: ``perimeter_id``, ``carrier_id``, ``state``
    (the first of ``STATES`` that applies), ``n_not_evaluated`` (rules that might change
    it), ``deliberations_least`` and ``deliberations_most`` (NaN where not known).
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


def swot_rows(
    facts: Mapping[str, Facts],
    *,
    cells: pd.DataFrame,
    context: Sequence[ContextFact] = (),
) -> pd.DataFrame:
    """Say which statements of the grid hold for each perimeter.

    ``facts``: perimeter → facts. Returns: one row a perimeter and a statement:
    ``outcome`` (``retenu``, ``ecarte``, ``non_evalue``) with ``measure`` (indicator),
    ``value`` and its ``evidence``, ``operator``, ``threshold``, ``missing`` and
    ``source`` of the threshold; the facts of the territory stand once, under perimeter
    ``*``, always ``retenu``.
    """
    rows: list[dict[str, object]] = [
        _cell(perimeter_id, str(cell_id), cell, mine)
        for perimeter_id, mine in facts.items()
        for cell_id, cell in cells.iterrows()
    ]
    for rank, fact in enumerate(context, start=1):
        rows.append(
            {
                "perimeter_id": ALL,
                "cell_id": f"T{rank:02d}",
                "side": fact.side,
                "elipse_axis": fact.elipse_axis,
                "statement": fact.statement,
                "measure": "",
                "value": float("nan"),
                "evidence": "",
                "operator": "",
                "threshold": float("nan"),
                "outcome": "retenu",
                "missing": "",
                "source": f"{fact.source}, {fact.on_date:%d/%m/%Y}",
            }
        )
    return pd.DataFrame(rows, columns=list(TABLES["swot"].columns))


_OUTCOMES = {frozenset([True]): "retenu", frozenset([False]): "ecarte"}
"""What both ends of a fact say, or its one value."""


def _cell(
    perimeter_id: str, cell_id: str, cell: pd.Series, facts: Facts
) -> dict[str, object]:
    fact = fact_of(facts, str(cell["indicator_id"]))
    threshold = float(cell["threshold"])
    answers = {
        OPERATORS[str(cell["operator"])](end, threshold) for end in ends_of(fact)
    }
    return {
        "perimeter_id": perimeter_id,
        "cell_id": cell_id,
        "side": str(cell["side"]),
        "elipse_axis": str(cell["elipse_axis"]),
        "statement": str(cell["statement"]),
        "measure": str(cell["indicator_id"]),
        "value": float(fact.value),
        "evidence": fact.evidence,
        "operator": str(cell["operator"]),
        "threshold": threshold,
        "outcome": _OUTCOMES.get(frozenset(answers), "non_evalue"),
        "missing": fact.missing,
        "source": str(cell["source"]),
    }


MARK = ";"
_CLOSED = ("impossible", "peu_adapte")
_CLOSING = ("impossible", "inadapte")
_COUNTED = {
    "firms_10_45min": "counted_firms_10_45min",
    "industry_employees": "counted_industry_employees",
}
_KINDS = ("border", "road")


class Left(NamedTuple):
    """What is known of each union that refusals leave, by its ``left_id``.

    ``facts``: what the rules of carriers read. ``able``, ``sure``: carriers that no
    rule closes; those of them that no open rule could close. ``states``: state of each
    of the former, in their order.
    """

    facts: Mapping[str, Facts]
    able: Mapping[str, str]
    sure: Mapping[str, str]
    states: Mapping[str, str]


def left_id(members: Collection[str]) -> str:
    """Name what is left by its SIREN.

    Examples
    --------
    >>> left_id({"200000002", "200000001"})
    '200000001;200000002'
    """
    return MARK.join(sorted(members))


def every_left(perimeters: Mapping[str, Collection[str]]) -> set[str]:
    """List what refusals leave of some perimeters, each once, but nothing at all."""
    return {
        left_id({*members}.difference(refused))
        for members in perimeters.values()
        for refused in refusals(members)
    } - {""}


def who_could_carry(
    facts: Mapping[str, Facts], reasons: pd.DataFrame, states: pd.DataFrame
) -> Left:
    """Say what is known of each union that is left: facts, and who could carry it.

    A rule that is not evaluated may close a carrier; none opens one again.
    """
    able = states[~states["state"].isin(_CLOSED)]
    waits = reasons["outcome"].eq("non_evalue") & reasons["effect"].isin(_CLOSING)
    open_ = set(
        reasons.loc[waits, ["perimeter_id", "carrier_id"]].itertuples(
            index=False, name=None
        )
    )
    keys = zip(able["perimeter_id"], able["carrier_id"], strict=True)
    sure = able[[key not in open_ for key in keys]]
    return Left(
        facts,
        able=_listed(able, "carrier_id"),
        sure=_listed(sure, "carrier_id"),
        states=_listed(able, "state"),
    )


def _listed(rows: pd.DataFrame, column: str) -> dict[str, str]:
    return {
        str(name): MARK.join(held)
        for name, held in rows.groupby("perimeter_id")[column]
    }


def refusal_rows(
    perimeters: Mapping[str, Collection[str]],
    left: Left,
    *,
    people: Mapping[str, int],
    near: Mapping[str, Mapping[str, Collection[str]]],
    directions: Mapping[str, str],
    budget: Mapping[str, float],
) -> pd.DataFrame:
    """Lay out every refusal of every perimeter, nobody's first.

    ``perimeters``: perimeter → SIREN of its EPCI, all whole. ``people``: SIREN →
    inhabitants. ``near``: ``border``, ``road``: SIREN → EPCI that it touches, or that a
    road joins to it. ``directions``: ranked indicator → ``up`` or ``down``, the surest
    first. ``budget``: ``low``, ``mid``, ``high``: left to pay in the first year [€].
    """
    rows = []
    for name, members in perimeters.items():
        before = left.facts.get(left_id(members), {})
        for refused in refusals(members):
            staying = {*members}.difference(refused)
            after = left.facts.get(left_id(staying), {})
            n_people = sum(people[one] for one in staying)
            fell, blind = _compared(before, after, directions)
            pieces = {
                f"n_pieces_{kind}": count_pieces(staying, near[kind]) for kind in _KINDS
            }
            eur = {
                f"left_{level}": eur_each(e, n_people) for level, e in budget.items()
            }
            rows.append(
                {
                    "perimeter_id": name,
                    "refused": left_id(refused),
                    "n_refused": len(refused),
                    "n_left": len(staying),
                    **pieces,
                    "population": n_people,
                    "carriers": left.able.get(left_id(staying), ""),
                    "carriers_sure": left.sure.get(left_id(staying), ""),
                    "states": left.states.get(left_id(staying), ""),
                    **eur,
                    **{
                        column: _value(after, fact) for column, fact in _COUNTED.items()
                    },
                    "fell": MARK.join(fell),
                    "not_compared": MARK.join(blind),
                }
            )
    return pd.DataFrame(rows)


def first_year(budget: pd.DataFrame) -> dict[str, float]:
    """Return what is left to pay in the first year, by level [€]."""
    left = budget[budget["item"] == "reste"].sort_values("year", kind="stable")
    return {level: float(left[level].iloc[0]) for level in ("low", "mid", "high")}


def eur_each(eur: float, n_people: int) -> float:
    """Share by inhabitants what is left to pay; nobody pays where nobody lives."""
    return eur / n_people if n_people else math.nan


def _value(facts: Facts, name: str) -> float:
    return float(fact_of(facts, name).value)


def _compared(
    before: Facts, after: Facts, directions: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Name the indicators that do less well, and those that nobody can compare."""
    fell, blind = [], []
    for name, direction in directions.items():
        pair = fact_of(before, name), fact_of(after, name)
        if any(fact.missing for fact in pair):
            blind.append(name)
            continue
        first, second = (float(fact.value) for fact in pair)
        worse = (second, first) if direction == "up" else (first, second)
        if not at_most(worse[1], worse[0]):
            fell.append(name)
    return fell, blind


_OF_FIRMS = ("firms_met", "firms_engaged")


def verdict_rows(
    perimeter_ids: Sequence[str], *, rule: VerdictRule, field: Sequence[FieldWork] = ()
) -> pd.DataFrame:
    """Hold what was asked in each perimeter against the thresholds of the study.

    Returns: one row a perimeter and a condition: ``condition_id``, ``value`` (NaN where
    nothing was asked, which is not 0), its class ``evidence``, ``threshold``, its
    ``reason``, ``answer`` (``oui``, ``non``: it was asked, and less came of it;
    ``non_demandee``) and ``verdict`` of the perimeter: confirmed where all hold, not
    confirmed where one does not, else not yet.
    """
    rows = [
        row
        for perimeter_id in perimeter_ids
        for row in _answers(perimeter_id, rule, field)
    ]
    table = pd.DataFrame(rows)
    by_perimeter = table.groupby("perimeter_id")["answer"]
    return table.assign(verdict=by_perimeter.transform(_verdict))


def _answers(
    perimeter_id: str, rule: VerdictRule, field: Sequence[FieldWork]
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for name, reason in verdict_conditions()["reason"].items():
        told = [
            one.n for one in field if (one.perimeter, one.kind) == (perimeter_id, name)
        ]
        limit = rule.min_firms if name in _OF_FIRMS else 1
        is_changed = name in _OF_FIRMS and bool(rule.reason)
        answer = "oui" if sum(told) >= limit else "non"
        rows.append(
            {
                "perimeter_id": perimeter_id,
                "condition_id": name,
                "value": float(sum(told)) if told else math.nan,
                "evidence": "O" if told else "",
                "threshold": float(limit),
                "reason": rule.reason if is_changed else reason,
                "answer": answer if told else "non_demandee",
            }
        )
    return rows


def _verdict(answers: pd.Series[str]) -> str:
    if (answers == "non").any():
        return "non_confirme"
    return "confirme" if (answers == "oui").all() else "pas_encore"
