"""Measure every perimeter on the same data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eitgeo.flows import flows_between
from eitgeo.perimeters import core_of, read_candidates
from eitgeo.roads import town_minutes
from eitgeo.scenarios import (
    drawn_tonnes,
    measure_indicators,
    read_activity,
    register_counts,
)
from eitgeo.tables import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``indicators``, which stay in, and ``register_counts``.

    ``disclosure`` says what goes out of the first; the second is register.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    folder = project.processed
    communes = read_table(folder, "communes")
    candidates = read_candidates(
        read_table(folder, "perimeters"), read_table(folder, "perimeter_communes")
    )
    sites = read_table(folder, "sites")
    activity = read_activity(
        communes,
        sites=sites,
        arisings=read_table(folder, "arisings"),
        exchanges=flows_between(read_table(folder, "synergies")),
        families=read_table(folder, "givers"),
        town_minutes=town_minutes(
            communes,
            read_table(folder, "od_matrix"),
            min_population=project.study.comparison.seat_min_population,
        ),
        comparison=project.study.comparison,
    )
    draws = drawn_tonnes(read_table(folder, "arising_draws"), activity.codes)
    indicators = measure_indicators(
        candidates,
        replace(activity, draws=draws),
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
