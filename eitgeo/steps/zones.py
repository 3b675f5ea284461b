"""Cluster industrial and craft sites, and keep the large ones that stand alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.tables import read_table, write_table
from eitgeo.zones import cluster_sites, clusterable, zone_table

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``zones`` and ``site_zone``.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    parameters = project.study.zones
    communes = read_table(project.processed, "communes")
    sites = read_table(project.processed, "sites")
    area = communes.loc[communes["in_area"], "code_insee"]
    here = sites[sites["code_insee"].isin(area)]
    usable = here[clusterable(here, zones=parameters)]
    zone_of = cluster_sites(usable, zones=parameters)
    zones = zone_table(usable, zone_of, zones=parameters)
    links = usable[["site_id"]].assign(zone_id=zone_of)
    write_table(project.processed, zones, table="zones")
    write_table(project.processed, links[zone_of.ne("")], table="site_zone")
    kinds = zones["kind"].value_counts()
    return {
        "sites retenus": len(usable),
        "sites écartés": len(here) - len(usable),
        "zones": int(kinds.get("zone", 0)),
        "sites isolés majeurs": int(kinds.get("site_isole", 0)),
    }
