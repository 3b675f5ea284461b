"""Print what changes from the first perimeter of the pair to the second."""

from __future__ import annotations

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.prints.difference_map import difference_map
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import (
    known_sheet,
    printed_ground,
    publish,
)
from eitgeo.steps.maps.released_documents import publish_difference
from eitgeo.steps.step import step
from eitgeo.study.project import Project


@step(
    "Fiche d'écart entre deux périmètres",
    reads=("PRINTED_GROUND", "MEASURED"),
    settings=(
        "PRINTED",
        "comparison.first_pair",
    ),
    files="ground_files",
    products="difference_files",
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``ecart_<A>_<B>`` in every format of the study."""
    return print_difference(project, project.study.first_pair)


def print_difference(project: Project, pair: tuple[str, str]) -> dict[str, object]:
    """Write the sheet of any two perimeters of the study."""
    public = publish(project)
    indicators = released(project, "indicators_known")
    difference = publish_difference(project, public, indicators, pair=pair)
    map_sheet = difference_map(
        printed_ground(project, public),
        released(project, "perimeters", named=pair),
        difference,
        members=public.members,
        indicators=indicators,
        catalogue=indicator_catalogue(),
    )
    sheet = known_sheet(project, map_sheet.released)
    print_sheet(project, f"ecart_{pair[0]}_{pair[1]}", map_sheet, sheet=sheet)
    return {"communes qui changent": len(difference.communes.table)}
