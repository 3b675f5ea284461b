"""Print the map of core and fringe."""

from __future__ import annotations

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.prints.core_map import Poll, core_map
from eitgeo.perimeters.ensemble.core_fringe import FAMILIES, LEFT_OUT_BY_QUICK
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import printed_ground, publish
from eitgeo.steps.step import step
from eitgeo.study.project import Project


@step(
    "Carte du cœur et des franges",
    reads=("PRINTED_GROUND", "membership_frequency"),
    settings=("PRINTED",),
    files="ground_files",
    prints=("carte_coeur_franges",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``carte_coeur_franges`` in every format of the study."""
    public = publish(project)
    ground = printed_ground(project, public)
    membership = released(project, "membership_frequency")
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
        perimeters=public.perimeters,
        members=public.members,
    )
    return {"fichiers": print_sheet(project, "carte_coeur_franges", sheet)}
