"""Measure every perimeter on the same data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eitgeo.disclosure.door.passing import released
from eitgeo.perimeters.contours.candidate import read_candidates
from eitgeo.perimeters.ensemble.core_fringe import core_of
from eitgeo.scenarios.measures.activity import drawn_tonnes
from eitgeo.scenarios.measures.counts import register_counts
from eitgeo.scenarios.measures.indicators import measure_indicators
from eitgeo.scenarios.measures.matter import lever_levels
from eitgeo.steps._activity import study_activity
from eitgeo.tables.files import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write ``indicators``, which stay in, and ``register_counts``.

    ``disclosure`` says what goes out of the first; the second is register.
    """
    folder = project.processed
    communes = read_table(folder, "communes")
    candidates = read_candidates(
        read_table(folder, "perimeters"), read_table(folder, "perimeter_communes")
    )
    sites = read_table(folder, "sites")
    activity = study_activity(project)
    activity = replace(
        activity,
        draws=drawn_tonnes(read_table(folder, "arising_draws"), activity.codes),
        levers=lever_levels(released(project, "levers").table),
    )
    indicators = measure_indicators(
        candidates,
        activity,
        communes=communes,
        bodies=read_table(folder, "bodies"),
        membership=read_table(folder, "membership"),
        study=project.study,
        core=core_of(read_table(folder, "membership_frequency")),
    )
    write_table(folder, indicators, table="indicators")
    write_table(folder, register_counts(activity, sites), table="register_counts")
    return {
        "périmètres": len(candidates),
        "indicateurs": indicators["indicator_id"].nunique(),
    }
