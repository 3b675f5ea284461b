"""Gather treatment sites, and the towns that maps name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.sources import read_places
from eitgeo.steps._inputs import load_outlets
from eitgeo.tables import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``outlets`` and ``places``.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    sources = project.study.sources
    communes = read_table(project.processed, "communes")
    parts = [load_outlets(project, one, communes=communes) for one in sources.outlets]
    outlets = pd.concat(parts, ignore_index=True)
    towns = read_places(project.path(sources.places))
    places = towns[towns["code_insee"].isin(communes["code_insee"])]
    write_table(project.processed, outlets, table="outlets")
    write_table(project.processed, places, table="places")
    return {"exutoires": len(outlets), "villes et villages": len(places)}
