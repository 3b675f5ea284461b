"""Gather the zones drawn before that the study names, each in its commune."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from eitgeo.reference.labels import labels_of
from eitgeo.sources.files.loaded import Audited, dropped_rows
from eitgeo.sources.ground.official_zones import read_official_zones, zone_communes
from eitgeo.sources.ground.osm_areas import (
    ACTIVITY_LANDUSE,
    read_osm_areas,
    read_osm_zones,
)
from eitgeo.steps.files import official_zone_files
from eitgeo.steps.inputs.losses import tell_changed_files, write_losses
from eitgeo.steps.inputs.renewal import load_former
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.study.zones import OSM_READERS, OfficialZones
from eitgeo.tables.files import write_table
from eitgeo.zones.reference_zones import activity_areas, compared_words, merge_official


@step(
    "Zones d'activités déjà dessinées",
    writes=(
        "activity_areas",
        "official_zones",
        "official_zones_dropped",
        "official_zones_remarks",
    ),
    files="official_zone_files",
)
def run(communes: gpd.GeoDataFrame, *, project: Project) -> dict[str, object]:
    """Write ``official_zones``, what was left out of it, and its ground by commune."""
    tell_changed_files(project, official_zone_files(project))
    named = project.study.zones.official
    parts = [(one.reader, _load(project, one, communes)) for one in named]
    merged = merge_official([loaded.table for _, loaded in parts])
    areas = activity_areas(merged.table, communes=communes)
    write_table(project.processed, merged.table, table="official_zones")
    write_table(project.processed, areas, table="activity_areas")
    losses = write_losses(
        project.processed,
        "official_zones",
        [*parts, ("réunion des sources", merged)],
    )
    facts: dict[str, object] = {
        compared_words(project.study.zones).many: len(merged.table)
    }
    hectares = areas.groupby("kind")["area_ha"].sum().round()
    names = labels_of("landuse")
    facts |= {
        f"hectares, {names.get(str(kind), kind)}": int(hectares[kind])
        for kind in hectares.index
    }
    return facts | losses


def _load(
    project: Project, source: OfficialZones, communes: gpd.GeoDataFrame
) -> Audited:
    path = project.path(source.path)
    if source.reader in OSM_READERS:
        return _from_osm(source, path, communes)
    former = load_former(project, communes).set_index("old_code")["new_code"]
    return read_official_zones(
        path, producer=source.reader, communes=communes, former=dict(former)
    )


def _from_osm(source: OfficialZones, path: Path, communes: gpd.GeoDataFrame) -> Audited:
    """Read every use of the ground: what is compared is chosen where it is."""
    if source.reader == "osm_zones":
        loaded = read_osm_zones(path)
    else:
        xmin, ymin, xmax, ymax = (float(value) for value in communes.total_bounds)
        bounds = (xmin, ymin, xmax, ymax)
        loaded = read_osm_areas(path, bounds=bounds, landuse=ACTIVITY_LANDUSE)
    zones = loaded.table
    if source.vintage:
        zones = zones.assign(source=zones["source"] + f" ({source.vintage})")
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
