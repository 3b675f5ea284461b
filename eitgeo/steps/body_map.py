"""Print the map of the structures other than EPCI."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import geopandas as gpd

from eitgeo.disclosure.released import release_register
from eitgeo.maps.body_map import body_map
from eitgeo.maps.sheet import make_sheet
from eitgeo.steps._prints import print_map
from eitgeo.steps._released import (
    publish,
    publish_current_members,
    publish_ground,
)

if TYPE_CHECKING:
    from eitgeo.disclosure.released import Released
    from eitgeo.steps._released import Published
    from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write ``carte_structures`` in every format of the study."""
    public = publish(project)
    members = publish_current_members(project)
    neighbours = _neighbours(project, public)
    shown = [public.communes, public.bodies, public.places, public.relief]
    draw = partial(
        body_map,
        publish_ground(project, public),
        public.bodies,
        members=members,
        neighbours=neighbours,
    )
    sheet = make_sheet(project.study.identity, [*shown, members, neighbours])
    return {"fichiers": print_map(project, "carte_structures", draw, sheet=sheet)}


def _neighbours(project: Project, public: Published) -> Released:
    """Release the initiatives near by, at the town hall of their commune."""
    communes = public.communes.table.set_index("code_insee")
    near = [
        one
        for one in project.study.governance.neighbours
        if one.commune in communes.index
    ]
    seats = communes.loc[[one.commune for one in near], ["seat_x", "seat_y"]]
    return release_register(
        gpd.GeoDataFrame(
            {
                "name": [one.name for one in near],
                "status": [one.status for one in near],
            },
            geometry=gpd.points_from_xy(seats["seat_x"], seats["seat_y"]),
            crs=2154,
        ),
        sources=tuple(f"{one.name} : {one.source}" for one in near),
        to_confirm=tuple(one.name for one in near if one.status != "publie"),
    )
