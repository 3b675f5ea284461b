"""Estimate the potential waste of each site; what firms declared comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.flows import (
    declared_masses,
    estimate_arisings,
    prefer_observed,
    survey_arisings,
)
from eitgeo.reference import waste_ratios
from eitgeo.steps._survey import study_declarations
from eitgeo.tables import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``arisings``.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    sites = read_table(project.processed, "sites")
    estimated = estimate_arisings(sites, waste_ratios())
    parts = [estimated]
    declarations = study_declarations(project)
    if declarations is not None:
        masses = declared_masses(declarations)
        parts.insert(0, survey_arisings(declarations, masses, sites=sites))
    arisings = prefer_observed(parts)
    write_table(project.processed, arisings, table="arisings")
    counted = estimated["site_id"].nunique()
    observed = arisings[arisings["method"] == "survey"]
    return {
        "établissements": len(sites),
        "avec un ratio": counted,
        "sans ratio ni effectif": len(sites) - counted,
        "avec une déclaration": observed["site_id"].nunique(),
    }
