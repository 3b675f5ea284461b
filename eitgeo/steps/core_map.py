"""Print the map of core and fringe."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from eitgeo.disclosure.released import release_register
from eitgeo.maps.core_map import Poll, core_map
from eitgeo.maps.sheet import make_sheet
from eitgeo.perimeters.ensemble.families import FAMILIES, LEFT_OUT_BY_QUICK
from eitgeo.steps._prints import print_map
from eitgeo.steps._released import publish, publish_ground
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    from eitgeo.disclosure.released import Released
    from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write ``carte_coeur_franges`` in every format of the study."""
    public = publish(project)
    ground = publish_ground(project, public)
    membership = publish_membership(project)
    met = set(membership.table["family"])
    quick = project.study.identity.effort == "rapide"
    poll = Poll(
        {family: name for family, name in FAMILIES.items() if family in met},
        LEFT_OUT_BY_QUICK if quick else "",
    )
    count = print_map(
        project,
        "carte_coeur_franges",
        partial(
            core_map,
            ground,
            membership,
            poll=poll,
            perimeters=public.perimeters,
            members=public.members,
        ),
        sheet=make_sheet(
            project.study.identity,
            [
                public.communes,
                public.bodies,
                public.places,
                public.relief,
                membership,
            ],
        ),
    )
    return {"fichiers": count}


def publish_membership(project: Project) -> Released:
    """Release how often each commune is in a contour.

    Notes
    -----
    It goes out as a register does, without passing by blocks: a share counts contours,
    each the answer of an optimisation over the whole territory, rounded to five classes
    on the map. It holds no tonne, no job and no firm; no sum or difference of shares
    gives one back.
    """
    credit = project.study.sources.credits
    return release_register(
        read_table(project.processed, "membership_frequency"),
        sources=(credit.sites, credit.roads, credit.flows),
        demonstration=project.study.demonstration_reasons,
    )
