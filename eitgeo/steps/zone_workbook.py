"""Lay zones, sectors and settings out as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.released import release_register
from eitgeo.maps.sheet import make_sheet
from eitgeo.maps.zone_table import ZoneTables, zones_xlsx
from eitgeo.reference.naf import naf_divisions
from eitgeo.steps._released_zones import publish_zone_table
from eitgeo.store import write_bytes
from eitgeo.tables.files import read_table
from eitgeo.zones.concentration import concentration_sentence

if TYPE_CHECKING:
    from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write ``zones.xlsx``."""
    credit = project.study.sources.credits
    communes = release_register(
        read_table(project.processed, "communes"), sources=(credit.communes,)
    )
    profile = publish_zone_table(project, "zone_profile")
    outlets = release_register(
        read_table(project.processed, "outlets"), sources=(credit.outlets,)
    )
    names = outlets.table.set_index("outlet_id")["name"]
    outlet = profile.table["outlet_id"].map(names).fillna("").astype("str")
    roads = release_register(
        profile.table.assign(outlet_name=outlet),
        sources=(*profile.sources, credit.roads),
        demonstration=project.study.demonstration_reasons,
    )
    tables = ZoneTables(
        zones=publish_zone_table(project, "zones_public"),
        profile=roads,
        concordance=publish_zone_table(project, "zone_concordance"),
        sectors=publish_zone_table(project, "key_sectors"),
        concentration=publish_zone_table(project, "concentration"),
        settings=publish_zone_table(project, "zone_settings"),
    )
    content = zones_xlsx(
        tables,
        commune_names=communes.table.set_index("code_insee")["nom"],
        division_names=naf_divisions()["label"],
        sentence=concentration_sentence(tables.concentration.table),
        road_evidence="H" if project.study.road_reasons else "S",
        sheet=make_sheet(project.study.identity, [communes, outlets, *tables]),
    )
    write_bytes(project.published("zones", ".xlsx"), content)
    return {
        "zones": len(tables.zones.table),
        "secteurs": len(tables.sectors.table),
    }
