"""Is an initiative of interest here? A verdict that may be « non », and its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.exact import at_most
from eitgeo.scenarios.facts import ASSUMED, Fact, Facts, fact_of, unknown
from eitgeo.scenarios.without_top import TAIL, TOLD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eitgeo.study import VerdictRule

VERDICTS = ("confirme", "sous_conditions", "non_confirme", "non_evaluable")
ANSWERS = ("oui", "non", "non_evaluee")
_SITES = "sites_45min"
_TARGETS = "target_sites"
_SEAT = "seat_45min_pct"
_FAMILIES = "synergy_families"
_GROUPS = "mutual_groups"
_WITHOUT = "without_top"
_SEEN = "des établissements observés (SIRENE)"
_REAL_ROADS = "un réseau routier réel (OSM, BD TOPO)"
_SOURCED = "des règles sourcées (colonne evidence : S) qui suffisent à elles seules"
_LACKING = {
    _TARGETS: (
        "établissements à mobiliser",
        "hypothèse de travail (classe H)",
        f"{_SEEN} et leur effectif",
    ),
    _SEAT: (
        "temps de route vers le siège",
        "réseau de substitution (classe H)",
        f"{_SEEN} et {_REAL_ROADS}",
    ),
    _FAMILIES: (
        "familles de synergies",
        "distances d'un réseau de substitution et règles de mémoire (classe H)",
        f"{_SEEN}, {_REAL_ROADS} et {_SOURCED}",
    ),
    _GROUPS: (
        "groupes de mutualisation",
        "tournées sur un réseau de substitution et règles de mémoire (classe H)",
        f"{_SEEN}, {_REAL_ROADS} et {_SOURCED}",
    ),
}
"""Figure → its name, what of it is an assumption, what would make it known; French."""
_BETWEEN = (
    "{told:.0f} sous des règles sourcées, {every:.0f} avec celles de mémoire (classe H)"
)


def verdict_rows(facts: Mapping[str, Facts], *, rule: VerdictRule) -> pd.DataFrame:
    """Hold each perimeter against the thresholds of the study.

    Parameters
    ----------
    facts
        Perimeter → facts: ``target_sites``, ``seat_45min_pct``, ``synergy_families``,
        ``mutual_groups``, these two under the rules that a source tells
        (``_documented``), and all without the largest site (``_without_top``).
    rule
        Thresholds.

    Returns
    -------
    pandas.DataFrame
        One row a perimeter and a condition: ``condition_id``, ``value`` (NaN where it
        is not known or is a yes or no), ``threshold``, ``answer`` (``oui``, ``non``,
        ``non_evaluee``), ``missing`` (which figure is lacking, why, and what would
        make it known) and ``verdict`` of the perimeter.

    Notes
    -----
    Confirmed when all hold; under conditions when one fails; not confirmed when two
    do, whatever the others; otherwise one that is not known leaves it open.

    Families and groups hold on the rules that a source tells alone; they fail when
    even those from memory do not reach the threshold. In between, only working
    assumptions (class H) would decide: the condition is open, and says so.
    """
    parts = []
    for perimeter_id, mine in facts.items():
        rows = pd.DataFrame(_conditions(mine, rule))
        parts.append(
            rows.assign(perimeter_id=perimeter_id, verdict=_verdict(rows["answer"]))
        )
    return pd.concat(parts, ignore_index=True)


def _verdict(answers: pd.Series[str]) -> str:
    n_failed, n_open = (int((answers == one).sum()) for one in ("non", "non_evaluee"))
    if n_failed > 1:
        return "non_confirme"
    if n_open:
        return "non_evaluable"
    return "sous_conditions" if n_failed else "confirme"


def _conditions(facts: Facts, rule: VerdictRule) -> list[dict[str, object]]:
    limits = {
        _SITES: rule.min_sites,
        _FAMILIES: rule.min_families,
        _GROUPS: rule.min_groups,
    }
    here = _figures(facts, "", limits)
    rows = [_condition(name, here[name], limit) for name, limit in limits.items()]
    without = _figures(facts, TAIL, limits)
    apart = [_condition(name, without[name], limit) for name, limit in limits.items()]
    answers = [row["answer"] for row in apart]
    lacking = [str(row["missing"]) for row in apart if row["missing"]]
    answer = "non" if "non" in answers else "non_evaluee" if lacking else "oui"
    last = _condition(_WITHOUT, unknown(""), 0)
    last |= {"answer": answer, "threshold": float("nan")}
    last |= {"missing": lacking[0] if answer == "non_evaluee" else ""}
    return [*rows, last]


def _figures(facts: Facts, tail: str, limits: Mapping[str, int]) -> dict[str, Fact]:
    counts = (_FAMILIES, _GROUPS)
    return {_SITES: _near_sites(facts, tail)} | {
        name: _counted(facts, name, tail, limits[name]) for name in counts
    }


def _near_sites(facts: Facts, tail: str) -> Fact:
    names = (_TARGETS, _SEAT)
    found = [fact_of(facts, f"{name}{tail}") for name in names]
    for name, fact in zip(names, found, strict=True):
        if fact.missing:
            return _open(name, fact.missing)
    sites, share = (float(fact.value) for fact in found)
    return Fact(sites * share / 100)


def _counted(facts: Facts, name: str, tail: str, limit: int) -> Fact:
    """Count what a source tells; what memory adds may refuse, and never confirms."""
    told, every = (fact_of(facts, f"{name}{kind}{tail}") for kind in (TOLD, ""))
    for fact in (every, told):
        if fact.missing:
            return _open(name, fact.missing)
    if at_most(limit, float(told.value)):
        return told
    if not at_most(limit, float(every.value)):
        return every
    return _open(name, _BETWEEN.format(told=told.value, every=every.value))


def _open(name: str, reason: str) -> Fact:
    """Say which figure is lacking, why, and what would make it known."""
    label, assumed, remedy = _LACKING[name]
    why = assumed if reason == ASSUMED else reason
    return unknown(f"{label} : {why} ; évaluable avec {remedy}")


def _condition(name: str, fact: Fact, threshold: float) -> dict[str, object]:
    value = float(fact.value)
    answer = "oui" if at_most(threshold, value) else "non"
    return {
        "condition_id": name,
        "value": value,
        "threshold": float(threshold),
        "answer": "non_evaluee" if fact.missing else answer,
        "missing": fact.missing,
    }
