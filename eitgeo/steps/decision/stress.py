"""Put the order to the test: the same perimeters, one thing changed at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

import geopandas as gpd
import pandas as pd

from eitgeo.perimeters.contours.candidate import read_candidates
from eitgeo.reference.tables import ranking_criteria
from eitgeo.scenarios.decision.ranking import (
    Variant,
    stress_orders,
    with_closed_road,
    with_ratios,
    without_epci,
    without_largest_site,
)
from eitgeo.scenarios.measures.governance import members_of, require_at_hand
from eitgeo.scenarios.measures.indicators import indicator_rows
from eitgeo.scenarios.measures.measures import Inputs
from eitgeo.steps.decision.activity import study_activity
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.study.sections import Study
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table


@step(
    "Variantes : un site, une route, un membre, des ratios",
    reads=("closure_access",),
    writes=("stress_criteria", "stress_orders"),
)
def run(
    decision_criteria: pd.DataFrame,
    communes: gpd.GeoDataFrame,
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write ``stress_orders`` and ``stress_criteria``."""
    folder, study = project.processed, project.study
    weights = decision_criteria.drop_duplicates("indicator_id").set_index(
        "indicator_id"
    )["weight"]
    criteria = ranking_criteria().loc[weights.index[weights > 0]]
    tables = {"stress_orders": empty_table("stress_orders")}
    tables["stress_criteria"] = empty_table("stress_criteria")
    variants: list[Variant] = []
    if len(criteria):
        base = _base(project, every=bool(criteria["measure"].eq("percentile").any()))
        variants = _variants(project, base)
        measure = partial(
            _measured,
            communes=communes,
            bodies=bodies,
            of_bodies=members_of(bodies, membership, study.territory.on_date),
            asked=list(criteria.index),
            study=study,
        )
        orders = stress_orders(
            base,
            variants,
            measure=measure,
            compared=study.compared_ids,
            criteria=criteria,
            weights=weights[criteria.index],
        )
        tables = dict(zip(tables, orders, strict=True))
    for name, rows in tables.items():
        write_table(folder, rows, table=name)
    same = tables["stress_orders"].drop_duplicates("stress_id")["same_order"]
    return {"variantes": len(variants), "ordres inchangés": int(same.eq("oui").sum())}


def _base(project: Project, *, every: bool) -> Variant:
    """Read the study as it is; all unions only where ranks among them count."""
    folder, study = project.processed, project.study
    candidates = read_candidates(
        read_table(folder, "perimeters"), read_table(folder, "perimeter_communes")
    )
    shown = set(study.compared_ids)
    shown_candidates = tuple(
        one for one in candidates if every or one.perimeter_id in shown
    )
    return Variant(
        "base", "L'étude telle quelle", shown_candidates, study_activity(project)
    )


def _variants(project: Project, base: Variant) -> list[Variant]:
    folder, communes = project.processed, read_table(project.processed, "communes")
    access = read_table(folder, "closure_access")
    named = read_table(folder, "bodies").set_index("body_id")["name"]
    ends = read_table(folder, "exchange_ends")
    stop = [] if base.activity.in_cells else [without_largest_site(base, ends=ends)]
    leaving = [
        without_epci(
            base, siren, communes=communes, name=str(named.get(f"epci_{siren}", siren))
        )
        for siren in project.study.comparison.stress.without_epci
    ]
    roads = [
        with_closed_road(base, str(name), closure_access=access)
        for name in sorted(access["closure_id"].unique())
    ]
    ratios = [with_ratios(base, level) for level in ("low", "high")]
    return [*stop, *leaving, *roads, *ratios]


def _measured(
    one: Variant,
    *,
    communes: pd.DataFrame,
    bodies: pd.DataFrame,
    of_bodies: Mapping[str, pd.DataFrame],
    asked: Collection[str],
    study: Study,
) -> pd.DataFrame:
    """Measure what ranks, and nothing else."""
    require_at_hand(one.candidates, one.activity.codes)
    inputs = Inputs(one.candidates, one.activity, communes, study, bodies, of_bodies)
    return pd.concat(indicator_rows(inputs, asked), ignore_index=True)
