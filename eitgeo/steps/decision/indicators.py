"""Measure every perimeter on the same data."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from eitgeo.flows.exchanges.synergies import flows_by_draw
from eitgeo.perimeters.contours.candidate import read_candidates
from eitgeo.perimeters.ensemble.core_fringe import core_of
from eitgeo.scenarios.measures.activity import drawn_tonnes
from eitgeo.scenarios.measures.indicators import measure_indicators, register_counts
from eitgeo.scenarios.measures.matter import lever_levels
from eitgeo.sources.activity.cells import told_establishments
from eitgeo.steps.decision.activity import study_activity
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.public import PublicTables

_DRAWN_FLOWS = ["donor_code", "receiver_code", "participation_draw", "t"]


@step(
    "Indicateurs",
    reads=("road_checks", "public/levers"),
    writes=("indicators", "register_counts"),
)
def run(
    communes: gpd.GeoDataFrame,
    perimeters: pd.DataFrame,
    perimeter_communes: pd.DataFrame,
    sites: gpd.GeoDataFrame,
    arising_draws: pd.DataFrame,
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    membership_frequency: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write ``indicators``, which stay in, and ``register_counts``.

    ``disclosure`` says what goes out of the first; the second is register.
    """
    folder = project.processed
    candidates = read_candidates(perimeters, perimeter_communes)
    activity = study_activity(project)
    activity = replace(
        activity,
        draws=drawn_tonnes(arising_draws, activity.codes),
        levers=lever_levels(PublicTables(project.processed)["levers"].table),
        exchange_draws=flows_by_draw(
            read_table(folder, "allocation", columns=_DRAWN_FLOWS)
        ),
    )
    indicators = measure_indicators(
        candidates,
        activity,
        communes=communes,
        bodies=bodies,
        membership=membership,
        study=project.study,
        core=core_of(membership_frequency),
    )
    write_table(folder, indicators, table="indicators")
    least = project.study.comparison.min_headcount
    counted_sites = told_establishments(
        sites, read_table(folder, "site_cells"), least=least
    )
    write_table(
        folder, register_counts(activity, counted_sites), table="register_counts"
    )
    return {
        "périmètres": len(candidates),
        "indicateurs": indicators["indicator_id"].nunique(),
    }
