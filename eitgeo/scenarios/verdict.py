"""Is an initiative of interest here? A verdict that may be « non », and its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.scenarios.facts import Fact, Facts, fact_of, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eitgeo.study import VerdictRule

VERDICTS = ("confirme", "sous_conditions", "non_confirme", "non_evaluable")
ANSWERS = ("oui", "non", "non_evaluee")
_SITES = "sites_45min"
_FAMILIES = "synergy_families"
_GROUPS = "mutual_groups"
_WITHOUT = "without_top"


def verdict_rows(facts: Mapping[str, Facts], *, rule: VerdictRule) -> pd.DataFrame:
    """Hold each perimeter against the thresholds of the study.

    Parameters
    ----------
    facts
        Perimeter → facts of class O or S: ``target_sites``, ``seat_45min_pct``,
        ``synergy_families``, ``mutual_groups``, and the same without the largest
        site: ``<name>_without_top``.
    rule
        Thresholds.

    Returns
    -------
    pandas.DataFrame
        One row a perimeter and a condition: ``condition_id``, ``value`` (NaN where it
        is not known or is a yes or no), ``threshold``, ``answer`` (``oui``, ``non``,
        ``non_evaluee``), ``missing`` and ``verdict`` of the perimeter.

    Notes
    -----
    Confirmed when all hold; under conditions when one fails; not confirmed when two
    do, whatever the others; otherwise one that is not known leaves it open.
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
    here = {
        _SITES: _near_sites(facts, ""),
        _FAMILIES: fact_of(facts, _FAMILIES),
        _GROUPS: fact_of(facts, _GROUPS),
    }
    without = {
        _SITES: _near_sites(facts, "_without_top"),
        _FAMILIES: fact_of(facts, f"{_FAMILIES}_without_top"),
        _GROUPS: fact_of(facts, f"{_GROUPS}_without_top"),
    }
    rows = [_condition(name, here[name], limit) for name, limit in limits.items()]
    apart = [_condition(name, without[name], limit) for name, limit in limits.items()]
    answers = [row["answer"] for row in apart]
    lacking = [str(row["missing"]) for row in apart if row["missing"]]
    answer = "non" if "non" in answers else "non_evaluee" if lacking else "oui"
    last = _condition(_WITHOUT, unknown(""), 0)
    last |= {"answer": answer, "threshold": float("nan")}
    last |= {"missing": lacking[0] if answer == "non_evaluee" else ""}
    return [*rows, last]


def _near_sites(facts: Facts, tail: str) -> Fact:
    sites = fact_of(facts, f"target_sites{tail}")
    share = fact_of(facts, f"seat_45min_pct{tail}")
    for fact in (sites, share):
        if fact.missing:
            return fact
    return Fact(float(sites.value) * float(share.value) / 100)


def _condition(name: str, fact: Fact, threshold: float) -> dict[str, object]:
    value = float(fact.value)
    answer = "oui" if value >= threshold else "non"
    return {
        "condition_id": name,
        "value": value,
        "threshold": float(threshold),
        "answer": "non_evaluee" if fact.missing else answer,
        "missing": fact.missing,
    }
