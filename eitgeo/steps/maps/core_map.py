"""Print the map of core and fringe."""

from __future__ import annotations

from eitgeo.maps.prints.core_map import Poll, core_map
from eitgeo.perimeters.ensemble.core_fringe import FAMILIES, LEFT_OUT_BY_QUICK
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import printed_ground
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables


@step(
    "Carte du cœur et des franges",
    prints=("carte_coeur_franges",),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``carte_coeur_franges`` in every format of the study."""
    ground = printed_ground(project, public)
    membership = public["membership_frequency"]
    families = set(membership.table["family"])
    quick = project.study.identity.effort == "rapide"
    poll = Poll(
        {family: name for family, name in FAMILIES.items() if family in families},
        LEFT_OUT_BY_QUICK if quick else "",
    )
    sheet = core_map(
        ground,
        membership,
        poll=poll,
        perimeters=public["perimeters"],
        members=public["perimeter_communes"],
    )
    return {"fichiers": print_sheet(project, "carte_coeur_franges", sheet)}
