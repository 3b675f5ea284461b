"""Test which sectors are concentrated, and at what distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eitgeo.tables import read_table, write_table
from eitgeo.zones import clusterable, concentration

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``concentration``.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    study, folder = project.study, project.processed
    communes = read_table(folder, "communes")
    sites = read_table(folder, "sites")
    area = communes[communes["in_area"]]
    here = sites[sites["code_insee"].isin(area["code_insee"])]
    usable = here[clusterable(here, zones=study.zones, communes=area)]
    n_permutations = study.sectors.n_permutations(study.identity.effort)
    table = concentration(
        usable,
        settings=study.sectors,
        n_permutations=n_permutations,
        rng=np.random.default_rng(study.identity.seed),
    )
    write_table(folder, table, table="concentration")
    beyond = table["p_value"].le(0.05).groupby([table["measure"], table["division"]])
    unusual = beyond.first().groupby("measure").sum()
    return {
        "sites retenus": len(usable),
        "secteurs examinés": table["division"].nunique(),
        "permutations": n_permutations,
        "hors de l'enveloppe de M": int(unusual.get("M", 0)),
        "hors de l'enveloppe de Kd": int(unusual.get("Kd", 0)),
    }
