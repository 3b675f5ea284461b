"""Tell zones without telling what a firm that may stay unnamed is, or where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure import publish_zones
from eitgeo.tables import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``zones_public``.

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
    zones = read_table(folder, "zones")
    inside = read_table(folder, "sites").merge(
        read_table(folder, "site_zone"), on="site_id"
    )
    public = publish_zones(
        zones,
        inside,
        official=read_table(folder, "official_zones"),
        zones=project.study.zones,
    )
    write_table(folder, public, table="zones_public")
    return {
        "zones publiées": len(public),
        "tues": len(zones) - len(public),
        "tailles tenues secrètes": int(public["size_class"].eq("secret").sum()),
    }
