"""Lay zones, sectors and settings out as a workbook."""

from __future__ import annotations

from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.workbooks.activity_tables import zones_xlsx
from eitgeo.reference.naf import naf_divisions
from eitgeo.sources.activity.cells import NO_SITES
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables, tables_of
from eitgeo.zones.concentration import concentration_sentence
from eitgeo.zones.reference_zones import compared_words


@step(
    "Tableau des zones et des secteurs",
    products="zone_workbook_files",
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``zones.xlsx``."""
    if not project.study.has_sites:
        return {"zones": NO_SITES}
    content = zones_xlsx(
        public,
        commune_names=public["communes"].table.set_index("code_insee")["nom"],
        division_names=naf_divisions()["label"],
        sentence=concentration_sentence(
            public["concentration"].table, drawn_inside=project.study.draws_in_areas
        ),
        words=compared_words(
            project.study.zones, drawn_inside=project.study.draws_in_areas
        ),
        sheet=make_sheet(
            project.study.identity,
            tables_of(public, "zone_workbook"),
        ),
    )
    write_bytes(project.published("zones", ".xlsx"), content)
    return {
        "zones": len(public["zones_public"].table),
        "secteurs": len(public["key_sectors"].table),
    }
