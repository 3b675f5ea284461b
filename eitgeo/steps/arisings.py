"""Estimate the potential waste of each site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.flows import estimate_arisings
from eitgeo.reference import waste_ratios
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
    arisings = estimate_arisings(sites, waste_ratios())
    write_table(project.processed, arisings, table="arisings")
    counted = arisings["site_id"].nunique()
    return {
        "établissements": len(sites),
        "avec un ratio": counted,
        "sans ratio ni effectif": len(sites) - counted,
    }
