"""Strengths, weaknesses, opportunities, threats: a statement and what supports it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from eitgeo.scenarios.carriers.carriers import ALL, OPERATORS, ends_of
from eitgeo.scenarios.carriers.facts import Facts, fact_of
from eitgeo.study.governance import ContextFact

SWOT_COLUMNS = [
    "perimeter_id",
    "cell_id",
    "side",
    "elipse_axis",
    "statement",
    "measure",
    "value",
    "operator",
    "threshold",
    "outcome",
    "missing",
    "source",
]


def swot_rows(
    facts: Mapping[str, Facts],
    *,
    cells: pd.DataFrame,
    context: Sequence[ContextFact] = (),
) -> pd.DataFrame:
    """Say which statements of the grid hold for each perimeter.

    ``facts``: perimeter → facts. ``cells``: `swot_cells`. ``context``: facts of the
    territory that the study names. Returns: one row a perimeter and a statement:
    ``outcome`` (``retenu``, ``ecarte``, ``non_evalue``) with ``measure`` (indicator),
    ``value``, ``operator``, ``threshold``, ``missing`` and ``source`` of the threshold;
    the facts of the territory stand once, under perimeter ``*``, always ``retenu``.
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
                "operator": "",
                "threshold": float("nan"),
                "outcome": "retenu",
                "missing": "",
                "source": f"{fact.source}, {fact.on_date:%d/%m/%Y}",
            }
        )
    return pd.DataFrame(rows, columns=SWOT_COLUMNS)


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
        "operator": str(cell["operator"]),
        "threshold": threshold,
        "outcome": _OUTCOMES.get(frozenset(answers), "non_evalue"),
        "missing": fact.missing,
        "source": str(cell["source"]),
    }
