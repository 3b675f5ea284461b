"""Put the compared perimeters in order, from published figures only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eitgeo.scenarios.decision.decision import decide
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import empty_table

TABLES = {
    "criteria": "decision_criteria",
    "order": "decision_order",
    "ranks": "decision_ranks",
    "pairs": "decision_pairs",
    "switches": "decision_switches",
    "methods": "decision_methods",
}
"""Table of each part of a decision."""


@step(
    "Critères et ordres",
    writes=(
        "decision_criteria",
        "decision_methods",
        "decision_order",
        "decision_pairs",
        "decision_ranks",
        "decision_switches",
    ),
)
def run(indicators_public: pd.DataFrame, *, project: Project) -> dict[str, object]:
    """Write the tables ``decision_…``."""
    study = project.study
    decision = decide(
        indicators_public,
        compared=study.compared_ids,
        deciding=study.compared_ids,
        comparison=study.comparison,
        rng=np.random.default_rng(study.identity.seed),
    )
    for part, table in TABLES.items():
        rows: pd.DataFrame = getattr(decision, part)
        written = rows if len(rows) else empty_table(table)
        write_table(project.processed, written, table=table)
    weights = decision.criteria.drop_duplicates("indicator_id")["weight"]
    return {
        "critères qui comptent": int(weights.gt(0).sum()),
        "périmètres classés": int(decision.order["rank"].notna().sum()),
        "paires indécises": int(decision.pairs["order"].eq("indécis").sum()),
    }
