"""Is an initiative of interest here? What firms and councils answered: yes, or no.

Desk data decide nothing: what they could ask held for nearly all territories.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from eitgeo.reference.governance import verdict_conditions
from eitgeo.study.governance import FieldWork, VerdictRule

_OF_FIRMS = ("firms_met", "firms_engaged")


def verdict_rows(
    perimeter_ids: Sequence[str], *, rule: VerdictRule, field: Sequence[FieldWork] = ()
) -> pd.DataFrame:
    """Hold what was asked in each perimeter against the thresholds of the study.

    ``field``: what was done with firms and councils. Returns: one row a perimeter and a
    condition: ``condition_id``, ``value`` (NaN where nothing was asked, which is not
    0), its class ``evidence``, ``threshold``, its ``reason``, ``answer`` (``oui``,
    ``non``: it was asked, and less came of it; ``non_demandee``) and ``verdict`` of the
    perimeter: confirmed where all hold, not confirmed where one does not, else not yet.
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
