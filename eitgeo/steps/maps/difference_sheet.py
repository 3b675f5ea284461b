"""Print what changes from the first perimeter of the pair to the second."""

from __future__ import annotations

from eitgeo.maps.prints.difference_map import difference_map
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import (
    known_sheet,
    printed_ground,
    shown_perimeters,
)
from eitgeo.steps.maps.released_documents import perimeter_difference
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables


@step(
    "Fiche d'écart entre deux périmètres",
    products="difference_files",
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``ecart_<A>_<B>`` in every format of the study."""
    return print_difference(project, public, project.study.first_pair)


def print_difference(
    project: Project, public: PublicTables, pair: tuple[str, str]
) -> dict[str, object]:
    """Write the sheet of any two perimeters of the study."""
    indicators = public["indicators_known"]
    difference = perimeter_difference(public, indicators, pair=pair)
    map_sheet = difference_map(
        printed_ground(project, public),
        shown_perimeters(project, public, pair),
        difference,
        members=public["perimeter_communes"],
        indicators=indicators,
        catalogue=indicator_catalogue(),
    )
    sheet = known_sheet(project, map_sheet.released)
    print_sheet(project, f"ecart_{pair[0]}_{pair[1]}", map_sheet, sheet=sheet)
    return {"communes qui changent": len(difference.communes.table)}
