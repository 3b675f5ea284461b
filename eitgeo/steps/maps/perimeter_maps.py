"""Print one map of each compared perimeter."""

from __future__ import annotations

from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.prints.print_maps import perimeter_map, perimeters_page
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.files import PERIMETERS_PAGE
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import known_sheet, printed_ground, shown_perimeters
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables

_LEFT_OUT = (
    "Le contour par les échanges n’est pas ici : il repose sur des établissements "
    "tirés au sort, et sa carte porte un tampon."
)


@step(
    "Cartes des périmètres comparés",
    products="perimeter_map_files",
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``carte_perimetre_<id>`` in every format, and all of them on one page."""
    indicators = public["indicators_known"]
    ground = printed_ground(project, public)
    catalogue = indicator_catalogue()
    for name in project.study.compared_ids:
        map_sheet = perimeter_map(
            ground,
            shown_perimeters(project, public, [name]),
            perimeter_id=name,
            members=public["perimeter_communes"],
            indicators=indicators,
            catalogue=catalogue,
        )
        sheet = known_sheet(project, map_sheet.released)
        print_sheet(project, f"carte_perimetre_{name}", map_sheet, sheet=sheet)
    _print_page(project, public, ground)
    return {"périmètres": len(project.study.compared_ids)}


def _print_page(project: Project, public: PublicTables, ground: Ground) -> None:
    """Print them on one page, but for contours that drawn inputs made."""
    study = project.study
    drawn_ids = study.drawn_ids
    names = [name for name in study.compared_ids if name not in drawn_ids]
    page = perimeters_page(
        ground,
        shown_perimeters(project, public, names),
        members=public["perimeter_communes"],
        indicators=public["indicators_known"],
        catalogue=indicator_catalogue(),
        left_out=_LEFT_OUT if drawn_ids else "",
    )
    sheet = known_sheet(project, page.released)
    print_sheet(project, PERIMETERS_PAGE, page, sheet=sheet)
