"""Gather establishments from the sources of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.steps._inputs import load_sites
from eitgeo.tables import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``sites``.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    communes = read_table(project.processed, "communes")
    parts = [
        load_sites(project, source, communes=communes)
        for source in project.study.sources.sites
    ]
    sites = pd.concat(parts, ignore_index=True)
    write_table(project.processed, sites, table="sites")
    placed_badly = sites["position_quality"].eq("commune").sum()
    return {
        "établissements": len(sites),
        "dont synthétiques": int(sites["synthetic"].sum()),
        "effectif inconnu": int(sites["headcount_mid"].isna().sum()),
        "position à la commune": int(placed_badly),
    }
