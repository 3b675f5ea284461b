"""Tell zones without telling what a firm that may stay unnamed is, or where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.zone_potentials import zone_potentials
from eitgeo.disclosure.zones import publish_zones
from eitgeo.tables.files import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study.project import Project


_STREAM = "NDNI"


def run(project: Project) -> dict[str, object]:
    """Write ``zones_public`` and ``zone_potentials``."""
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
    waste = read_table(folder, "arisings")
    tonnes = waste[waste["stream"].eq(_STREAM)].groupby("site_id")["t_mid"].sum()
    potentials = zone_potentials(inside, tonnes)
    told = potentials[potentials["zone_id"].isin(public["zone_id"])]
    write_table(folder, told, table="zone_potentials")
    return {
        "zones publiées": len(public),
        "tues": len(zones) - len(public),
        "tailles tenues secrètes": int(public["size_class"].eq("secret").sum()),
        "gisements tenus secrets": int(told["potential_class"].eq("secret").sum()),
    }
