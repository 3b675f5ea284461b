"""Print the map of zones, and the map of how far they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.maps import make_sheet, stability_map, zone_potential_map, zones_map
from eitgeo.steps._released import publish, publish_ground
from eitgeo.steps._released_zones import (
    publish_site_stability,
    publish_zone_potentials,
    publish_zone_table,
)
from eitgeo.store import write_bytes
from eitgeo.zones import STABLE

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write the maps of zones, of their stability, of their potential waste.

    Each as PDF and PNG.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    public = publish(project)
    ground = publish_ground(project, public)
    zones = publish_zone_table(project, "zones_public")
    settings = publish_zone_table(project, "zone_settings")
    sites = publish_site_stability(project)
    potentials = publish_zone_potentials(project)
    shown = [public.communes, public.bodies, public.places]
    identity = project.study.identity
    drawn = {
        "carte_zones_A4": zones_map(
            ground,
            zones,
            settings=settings,
            stable_from=STABLE,
            sheet=make_sheet(identity, [*shown, zones]),
        ),
        "carte_stabilite_zones_A4": stability_map(
            ground,
            zones,
            sites=sites,
            settings=settings,
            stable_from=STABLE,
            sheet=make_sheet(identity, [*shown, zones, sites]),
        ),
        "carte_gisements_zones_A4": zone_potential_map(
            ground, potentials, sheet=make_sheet(identity, [*shown, potentials])
        ),
    }
    for stem, contents in drawn.items():
        for suffix, content in contents.items():
            write_bytes(project.published(stem, f".{suffix}"), content)
    return {"cartes": len(drawn), "sites non dessinés": sites.withheld}
