"""Print one map of each compared perimeter."""

from __future__ import annotations

from eitgeo.disclosure.door.passing import released
from eitgeo.disclosure.door.rules import Released
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.prints.perimeters_page import perimeters_page
from eitgeo.maps.prints.print_maps import perimeter_map
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.files import PERIMETERS_PAGE
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import known_sheet, printed_ground, publish
from eitgeo.steps.step import step
from eitgeo.study.project import Project

_LEFT_OUT = (
    "Le contour par les échanges n’est pas ici : il repose sur des établissements "
    "tirés au sort, et sa carte porte un tampon."
)


@step(
    "Cartes des périmètres comparés",
    reads=("PRINTED_GROUND", "MEASURED"),
    settings=("PRINTED",),
    files="ground_files",
    products="perimeter_map_files",
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``carte_perimetre_<id>`` in every format, and all of them on one page."""
    public = publish(project)
    indicators = released(project, "indicators_known")
    ground = printed_ground(project, public)
    catalogue = indicator_catalogue()
    for name in project.study.compared_ids:
        map_sheet = perimeter_map(
            ground,
            released(project, "perimeters", only=name),
            perimeter_id=name,
            members=public.members,
            indicators=indicators,
            catalogue=catalogue,
        )
        sheet = known_sheet(project, map_sheet.released)
        print_sheet(project, f"carte_perimetre_{name}", map_sheet, sheet=sheet)
    _print_page(project, ground, public.members, indicators)
    return {"périmètres": len(project.study.compared_ids)}


def _print_page(
    project: Project, ground: Ground, members: Released, indicators: Released
) -> None:
    """Print them on one page, but for contours that drawn inputs made."""
    study = project.study
    drawn_ids = study.drawn_ids
    names = [name for name in study.compared_ids if name not in drawn_ids]
    perimeters = released(project, "perimeters", named=names)
    page = perimeters_page(
        ground,
        perimeters,
        members=members,
        indicators=indicators,
        catalogue=indicator_catalogue(),
        left_out=_LEFT_OUT if drawn_ids else "",
    )
    sheet = known_sheet(project, page.released)
    print_sheet(project, PERIMETERS_PAGE, page, sheet=sheet)
