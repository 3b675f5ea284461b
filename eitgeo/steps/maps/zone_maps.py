"""Print the map of zones, and the map of how far they hold."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.prints.zone_maps import stability_map, zones_map
from eitgeo.maps.prints.zone_potential_map import zone_potential_map
from eitgeo.sources.activity.cells import NO_SITES
from eitgeo.steps.maps.prints import print_map
from eitgeo.steps.maps.released import publish, publish_ground
from eitgeo.steps.step import step
from eitgeo.zones.stability import STABLE

if TYPE_CHECKING:
    from eitgeo.study.project import Project


@step(
    "Cartes des zones et de leur stabilité",
    reads=(
        "GROUND",
        "site_stability",
        "sites",
        "zone_potentials",
        "zone_settings",
        "zones_public",
    ),
    settings=(
        "PRINTED",
        "zones.credit",
        "zones.distance",
    ),
    files="ground_files",
    products="zone_map_files",
)
def run(*, project: Project) -> dict[str, object]:
    """Write the maps of zones, of their stability, of their potential waste."""
    if not project.study.has_sites:
        return {"cartes des zones": NO_SITES}
    public = publish(project)
    ground = publish_ground(project, public)
    zones = released(project, "zones_public")
    settings = released(project, "zone_settings")
    sites = released(project, "site_stability")
    potentials = released(project, "zone_potentials")
    shown = [public.communes, public.bodies, public.places, public.relief]
    identity = project.study.identity
    swept: dict[str, Any] = {"settings": settings, "stable_from": STABLE}
    maps = {
        "carte_zones": (partial(zones_map, ground, zones, **swept), [zones]),
        "carte_stabilite_zones": (
            partial(stability_map, ground, zones, sites=sites, **swept),
            [zones, sites],
        ),
        "carte_gisements_zones": (
            partial(zone_potential_map, ground, potentials),
            [potentials],
        ),
    }
    count = sum(
        print_map(project, stem, draw, sheet=make_sheet(identity, [*shown, *used]))
        for stem, (draw, used) in maps.items()
    )
    return {"fichiers": count, "sites non dessinés": sites.withheld}
