"""Gather the official zones that the study names, each in its commune."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.sources.files.loaded import dropped_rows
from eitgeo.sources.ground.official_zones import read_official_zones, zone_communes
from eitgeo.sources.ground.osm_areas import read_osm_areas
from eitgeo.steps.files import official_zone_files
from eitgeo.steps.inputs.inventory import tell_changed_files
from eitgeo.steps.inputs.losses import write_losses
from eitgeo.steps.inputs.renewal import load_former
from eitgeo.steps.step import step
from eitgeo.tables.files import write_table
from eitgeo.zones.official import merge_official

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from eitgeo.sources.files.loaded import Audited
    from eitgeo.study.project import Project
    from eitgeo.study.zones import OfficialZones


@step(
    "Zones d'activités officielles",
    writes=("official_zones", "official_zones_dropped", "official_zones_remarks"),
    settings=("sources.movements", "zones.official"),
    files="official_zone_files",
)
def run(communes: gpd.GeoDataFrame, *, project: Project) -> dict[str, object]:
    """Write ``official_zones`` and what was left out of it."""
    tell_changed_files(project, official_zone_files(project))
    named = project.study.zones.official
    parts = [(one.reader, _load(project, one, communes)) for one in named]
    merged = merge_official([loaded.table for _, loaded in parts])
    write_table(project.processed, merged.table, table="official_zones")
    losses = write_losses(
        project.processed,
        "official_zones",
        [*parts, ("réunion des sources", merged)],
    )
    return {"zones officielles": len(merged.table), **losses}


def _load(
    project: Project, source: OfficialZones, communes: gpd.GeoDataFrame
) -> Audited:
    path = project.path(source.path)
    if source.reader == "osm":
        return _from_osm(path, communes)
    former = load_former(project, communes).set_index("old_code")["new_code"]
    return read_official_zones(
        path, producer=source.reader, communes=communes, former=dict(former)
    )


def _from_osm(path: Path, communes: gpd.GeoDataFrame) -> Audited:
    xmin, ymin, xmax, ymax = (float(value) for value in communes.total_bounds)
    loaded = read_osm_areas(path, bounds=(xmin, ymin, xmax, ymax))
    zones = loaded.table
    code = zone_communes(zones, communes=communes)
    away = zones.loc[code.eq(""), "zone_id"]
    gone = dropped_rows(
        (path.name, zone_id, zone_id, "hors des communes") for zone_id in away
    )
    return replace(
        loaded,
        table=zones.assign(code_insee=code)[code.ne("")],
        dropped=pd.concat([loaded.dropped, gone], ignore_index=True),
    )
