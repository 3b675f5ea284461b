"""Is an initiative of interest here? A verdict on what is known; it may be « non »."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.exact import at_most
from eitgeo.reference.governance import verdict_conditions
from eitgeo.scenarios.carriers.facts import (
    ASSUMED,
    SYNTHETIC,
    Fact,
    Facts,
    fact_of,
    unknown,
)
from eitgeo.scenarios.carriers.without_top import TAIL, TOLD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eitgeo.study.governance import FieldWork, VerdictRule

_DESK, _FIELD = "bureau", "terrain"
_ONE_IN = 10
"""A condition weighs where one territory in ten fails it, and one in ten passes it."""
FIRMS = "firms_10_45min"
"""Condition on counts of INSEE alone: a ceiling of what the next one counts."""
_SITES = "sites_45min"
_COUNTED = "counted_firms_10_45min"
_EVERY = "counted_firms_10"
_TARGETS = "target_sites"
_SEAT = "seat_45min_pct"
_FAMILIES = "synergy_families"
_GROUPS = "mutual_groups"
_WITHOUT = "without_top"
_FIELDS = {
    FIRMS: "min_sites",
    _SITES: "min_sites",
    _FAMILIES: "min_families",
    _GROUPS: "min_groups",
    "firms_met": "min_firms",
    "firms_engaged": "min_firms",
}
_SEEN = "des établissements observés (SIRENE)"
_REAL_ROADS = "un réseau routier réel (OSM, BD TOPO)"
_SOURCED = "des règles sourcées (colonne evidence : S) qui suffisent à elles seules"
_MEMORY = "règles de mémoire (classe H)"
_LACKING = {
    _COUNTED: (
        "établissements comptés par l’INSEE",
        ASSUMED,
        "le comparateur de territoires (sources.counts) et un réseau routier réel",
    ),
    _TARGETS: ("établissements à mobiliser", ASSUMED, f"{_SEEN} et leur effectif"),
    _SEAT: ("temps de route vers le siège", ASSUMED, _SEEN),
    _FAMILIES: ("familles de synergies", _MEMORY, f"{_SEEN} et {_SOURCED}"),
    _GROUPS: ("groupes de mutualisation", _MEMORY, f"{_SEEN} et {_SOURCED}"),
}
"""Figure → its name, what of it is an assumption, what would make it known; French."""
_ON_SURROGATE = {
    _SEAT: ("réseau de substitution (classe H)", f"{_SEEN} et {_REAL_ROADS}"),
    _FAMILIES: (
        f"distances d'un réseau de substitution et {_MEMORY}",
        f"{_SEEN}, {_REAL_ROADS} et {_SOURCED}",
    ),
    _GROUPS: (
        f"tournées sur un réseau de substitution et {_MEMORY}",
        f"{_SEEN}, {_REAL_ROADS} et {_SOURCED}",
    ),
}
"""The same of figures that roads enter, where these are not real."""
_BETWEEN = (
    "{told:.0f} sous des règles sourcées, {every:.0f} avec celles de mémoire (classe H)"
)
_NOT_DONE = "rien de daté dans l'étude ; évaluable avec governance.field"


class Tried(NamedTuple):
    """What becomes of a condition on territories that nobody chose.

    ``n_tried``, ``n_failed``, ``n_held``: territories, those that fail it and those
    that meet it; the others are open.
    """

    n_tried: int
    n_failed: int
    n_held: int

    @property
    def weighs(self) -> bool:
        """Say whether the condition tells territories apart.

        Returns: True where at least one in ten fails it and at least one in ten meets
        it: what nearly all meet, or nearly none, says nothing of one of them.
        """
        return self.n_tried > 0 and (
            min(self.n_failed, self.n_held) * _ONE_IN >= self.n_tried
        )


def try_conditions(
    facts: Mapping[str, Facts], *, rule: VerdictRule
) -> dict[str, Tried]:
    """Try each desk condition on territories that nobody chose.

    ``facts``: territory → facts, as in :func:`verdict_rows`: all unions of whole EPCI,
    and each EPCI that the study area holds whole. ``rule``: thresholds: they come
    first, and are never fitted to what is found here. Returns: condition → what became
    of it.
    """
    answers = pd.DataFrame(
        [
            {
                row["condition_id"]: row["answer"]
                for row in _conditions(mine, rule, surrogate=False)
            }
            for mine in facts.values()
        ],
        columns=[FIRMS, _SITES, _FAMILIES, _GROUPS, _WITHOUT],
    )
    return {
        str(name): Tried(
            len(given), int((given == "non").sum()), int((given == "oui").sum())
        )
        for name, given in answers.items()
    }


def verdict_rows(
    facts: Mapping[str, Facts],
    *,
    rule: VerdictRule,
    tried: Mapping[str, Tried],
    field: Sequence[FieldWork] = (),
    surrogate: bool = False,
) -> pd.DataFrame:
    """Hold each perimeter against the thresholds of the study.

    ``facts``: perimeter → facts: ``counted_firms_10_45min``, ``counted_firms_10`` (its
    ceiling where no seat is known), ``target_sites``, ``seat_45min_pct``,
    ``synergy_families``, ``mutual_groups``, these two under the rules that a source
    tells (``_documented``), and the last four without the largest site
    (``_without_top``). ``rule``: thresholds. ``field``: what was done with firms and
    councils. ``surrogate``: whether distances come from the surrogate network. Returns:
    one row a perimeter and a condition: ``condition_id``, ``basis`` (``bureau``,
    ``terrain``), ``value`` (NaN where it is not known or is a yes or no; what it would
    be where it is to confirm), its class ``evidence``, ``threshold``, its ``reason``,
    ``answer`` (``oui``, ``non``, ``a_confirmer``: it rests on assumptions;
    ``non_evaluee``: it is not known), ``missing`` (which figure, why, what would make
    it known), ``n_tried``, ``n_failed``, ``n_held``, ``weighs`` (``oui``, ``non``: it
    tells no territory apart and does not count) and ``verdict`` of the perimeter.

    Notes
    -----
    Only conditions that weigh and are known count; what rests on assumptions counts
    for nothing, either way. Not confirmed (``non_confirme``) when two fail, all do, or
    the one on counts does, a ceiling of the others; under conditions when one fails; to
    confirm (``a_confirmer``) when all hold and others are open; otherwise interest is
    possible, and confirmed where field work holds too: desk data alone confirm nothing.
    Where no known condition weighs, they do not decide (``indecidable``); where none is
    known at all there is nothing to say (``non_evaluable``).

    Families and groups hold on the rules that a source tells alone; they fail when
    even those from memory do not reach the threshold. In between, only working
    assumptions (class H) would decide: the condition is to confirm, and says so.
    """
    reasons = _reasons(rule)
    parts = []
    for perimeter_id, own in facts.items():
        conditions = pd.DataFrame(_conditions(own, rule, surrogate=surrogate))
        conditions = conditions.assign(basis=_DESK)
        trials = [tried[name] for name in conditions["condition_id"]]
        conditions[["n_tried", "n_failed", "n_held"]] = np.array(trials, dtype=np.int64)
        conditions["weighs"] = ["oui" if one.weighs else "non" for one in trials]
        done = pd.DataFrame(_done(perimeter_id, field, rule)).assign(
            basis=_FIELD, n_tried=0, n_failed=0, n_held=0, weighs="oui"
        )
        rows = pd.concat([conditions, done], ignore_index=True)
        parts.append(
            rows.assign(
                perimeter_id=perimeter_id,
                reason=rows["condition_id"].map(reasons),
                verdict=_verdict(conditions, done["answer"]),
            )
        )
    return pd.concat(parts, ignore_index=True)


def _reasons(rule: VerdictRule) -> dict[str, str]:
    """Say why each threshold is what it is: the study does, for those it changes."""
    reasons = dict(verdict_conditions()["reason"])
    for condition, field in _FIELDS.items():
        if getattr(rule, field) != type(rule).model_fields[field].default:
            reasons[condition] = rule.reason
    return reasons


def _verdict(desk: pd.DataFrame, done: pd.Series[str]) -> str:
    is_known = desk["answer"].isin(["oui", "non"])
    if not is_known.any():
        return "non_evaluable"
    weighs = desk["weighs"] == "oui"
    failed = desk.loc[weighs & (desk["answer"] == "non"), "condition_id"]
    n_known = int((weighs & is_known).sum())
    if not n_known:
        return "indecidable"
    if len(failed) > 1 or len(failed) == n_known or FIRMS in set(failed):
        return "non_confirme"
    if len(failed):
        return "sous_conditions"
    # On drawn establishments, what tells territories apart is drawn too.
    is_drawn = desk["missing"].str.contains(SYNTHETIC, regex=False)
    if (~is_known & (weighs | is_drawn)).any():
        return "a_confirmer"
    return "confirme" if (done == "oui").all() else "possible"


def _done(
    perimeter_id: str, field: Sequence[FieldWork], rule: VerdictRule
) -> list[dict[str, object]]:
    """Hold what was done in a perimeter against what a confirmation asks for."""
    limits = {
        "firms_met": rule.min_firms,
        "firms_engaged": rule.min_firms,
        "workshop": 1,
        "carrier_agreement": 1,
    }
    answers = [one for one in field if one.perimeter == perimeter_id]
    counts = {
        name: sum(one.n for one in answers if one.kind == name) for name in limits
    }
    rows = [
        _condition(name, Fact(float(counts[name]), evidence="O"), n)
        for name, n in limits.items()
    ]
    return [row | {"missing": "" if row["value"] else _NOT_DONE} for row in rows]


def _conditions(
    facts: Facts, rule: VerdictRule, *, surrogate: bool
) -> list[dict[str, object]]:
    limits = {
        _SITES: rule.min_sites,
        _FAMILIES: rule.min_families,
        _GROUPS: rule.min_groups,
    }
    figures = _figures(facts, "", limits, surrogate=surrogate)
    firms = _counted_firms(facts, rule.min_sites, surrogate=surrogate)
    rows = [_condition(FIRMS, firms, rule.min_sites)]
    rows += [_condition(name, figures[name], limit) for name, limit in limits.items()]
    without = _figures(facts, TAIL, limits, surrogate=surrogate)
    apart = [_condition(name, without[name], limit) for name, limit in limits.items()]
    worst = min(apart, key=lambda row: _ANSWERS.index(str(row["answer"])))
    last = _condition(_WITHOUT, unknown(""), 0)
    last |= {key: worst[key] for key in ("answer", "evidence", "missing")}
    return [*rows, last | {"threshold": math.nan}]


_ANSWERS = ("non", "non_evaluee", "a_confirmer", "oui")
"""The first of them is that of conditions which must all hold."""


def _counted_firms(facts: Facts, limit: int, *, surrogate: bool) -> Fact:
    """Take what INSEE counts near the seat; times on the surrogate are assumed.

    Where that is not known, all that it counts is a ceiling: too few wherever it sits.
    """
    in_reach, every = fact_of(facts, _COUNTED), fact_of(facts, _EVERY)
    if not in_reach.missing:
        return in_reach
    if not (every.missing or at_most(limit, float(every.value))):
        return every
    return _open(_COUNTED, in_reach, surrogate=surrogate)


def _figures(
    facts: Facts, tail: str, limits: Mapping[str, int], *, surrogate: bool
) -> dict[str, Fact]:
    counts = (_FAMILIES, _GROUPS)
    return {_SITES: _near_sites(facts, tail, surrogate=surrogate)} | {
        name: _counted(facts, name, tail, limits[name], surrogate=surrogate)
        for name in counts
    }


def _near_sites(facts: Facts, tail: str, *, surrogate: bool) -> Fact:
    names = (_TARGETS, _SEAT)
    parts = [fact_of(facts, f"{name}{tail}") for name in names]
    values = [fact.potential if fact.missing else float(fact.value) for fact in parts]
    potential = values[0] * values[1] / 100
    for name, fact in zip(names, parts, strict=True):
        if fact.missing:
            fact_told = fact._replace(potential=potential)
            return _open(name, fact_told, surrogate=surrogate)
    return Fact(
        potential, evidence=max((one.evidence for one in parts), key=_CLASSES.index)
    )


_CLASSES = ("", "O", "S", "H")


def _counted(
    facts: Facts, name: str, tail: str, limit: int, *, surrogate: bool
) -> Fact:
    """Count what a source tells; what memory adds may refuse, and never confirms."""
    stated, every = (fact_of(facts, f"{name}{kind}{tail}") for kind in (TOLD, ""))
    for fact in (every, stated):
        if fact.missing:
            return _open(name, fact, surrogate=surrogate)
    if at_most(limit, float(stated.value)):
        return stated._replace(evidence="S")
    if not at_most(limit, float(every.value)):
        return every._replace(evidence="S")
    between = _BETWEEN.format(told=stated.value, every=every.value)
    unsure = unknown(between)._replace(evidence="H", potential=float(every.value))
    return _open(name, unsure, surrogate=surrogate)


def _open(name: str, fact: Fact, *, surrogate: bool) -> Fact:
    """Say which figure is lacking, why, and what would make it known."""
    label, assumed, remedy = _LACKING[name]
    if surrogate:
        assumed, remedy = _ON_SURROGATE.get(name, (assumed, remedy))
    why = assumed if fact.missing == ASSUMED else fact.missing
    return fact._replace(missing=f"{label} : {why} ; évaluable avec {remedy}")


def _condition(name: str, fact: Fact, threshold: float) -> dict[str, object]:
    is_open, is_assumed = bool(fact.missing), fact.evidence == "H"
    value = fact.potential if is_open else float(fact.value)
    answer = "oui" if at_most(threshold, value) else "non"
    if is_open or is_assumed:
        answer = "a_confirmer" if is_assumed else "non_evaluee"
    return {
        "condition_id": name,
        "value": value,
        "evidence": fact.evidence,
        "threshold": float(threshold),
        "answer": answer,
        "missing": fact.missing,
    }
