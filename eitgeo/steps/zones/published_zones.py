"""Tell zones without telling what a firm that may stay unnamed is, or where."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from eitgeo.disclosure.zones import publish_zones, zone_potentials
from eitgeo.sources.activity.cells import NO_SITES, are_cells
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import empty_table

_STREAM = "NDNI"


@step(
    "Zones telles qu'elles se publient",
    writes=("zones_public", "zone_potentials"),
)
def run(
    zones: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    site_zone: pd.DataFrame,
    official_zones: gpd.GeoDataFrame,
    arisings: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write ``zones_public`` and ``zone_potentials``."""
    folder = project.processed
    if are_cells(sites).any():
        for table in ("zones_public", "zone_potentials"):
            write_table(folder, empty_table(table), table=table)
        return {"zones publiées": NO_SITES}
    inside = sites.merge(site_zone, on="site_id")
    public = publish_zones(
        zones,
        inside,
        official=official_zones,
        zones=project.study.zones,
    )
    write_table(folder, public, table="zones_public")
    tonnes = arisings[arisings["stream"].eq(_STREAM)].groupby("site_id")["t_mid"].sum()
    potentials = zone_potentials(inside, tonnes)
    public_potentials = potentials[potentials["zone_id"].isin(public["zone_id"])]
    write_table(folder, public_potentials, table="zone_potentials")
    return {
        "zones publiées": len(public),
        "tues": len(zones) - len(public),
        "tailles tenues secrètes": int(public["size_class"].eq("secret").sum()),
        "gisements tenus secrets": int(
            public_potentials["potential_class"].eq("secret").sum()
        ),
    }
