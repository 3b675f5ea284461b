"""The released tables that almost every print shows, and the ground of its maps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from eitgeo.disclosure.door.passing import released
from eitgeo.disclosure.door.rules import Released
from eitgeo.maps.paper.ground import Ground, Relief, at_seats, make_ground, on_roads
from eitgeo.maps.paper.sheet import Sheet, make_sheet
from eitgeo.maps.words.counts import arisings_as
from eitgeo.steps.inputs.relief import load_elevation_grid
from eitgeo.steps.inputs.renewal import load_junctions
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table

_RELIEF_AROUND = 0.6
"""How far beyond the study area relief is read, against its width."""
_RELIEF_CELLS = 600
"""Cells from west to east: half a millimetre on paper."""

_LEFT_OUT = (
    "Aucun chiffre d’ici ne repose sur des {} : ceux qui le font sont dans le "
    "comparateur et dans comparaison.xlsx, tamponnés."
)


@dataclass(frozen=True)
class Published:
    """The released tables that every printed thing is made from.

    ``communes``, ``bodies``, ``seats``, ``outlets``, ``places``, ``perimeters``,
    ``members``: released tables of public registers and certified perimeters.
    ``relief``: the credit of the relief that print maps shade; no row.
    """

    communes: Released = field(repr=False)
    bodies: Released = field(repr=False)
    seats: Released = field(repr=False)
    outlets: Released = field(repr=False)
    places: Released = field(repr=False)
    perimeters: Released = field(repr=False)
    members: Released = field(repr=False)
    relief: Released = field(repr=False)


def publish(project: Project) -> Published:
    """Release communes, bodies, outlets, towns and perimeters."""
    return Published(
        communes=released(project, "communes"),
        bodies=released(project, "bodies"),
        seats=released(project, "body_seats"),
        outlets=released(project, "outlets"),
        places=released(project, "places"),
        perimeters=released(project, "perimeters"),
        members=released(project, "perimeter_communes"),
        relief=released(project, "relief"),
    )


def known_sheet(project: Project, tables: list[Released]) -> Sheet:
    """Say what a sheet without drawn establishments is, and where they stand."""
    sheet = make_sheet(project.study.identity, tables)
    elsewhere = [
        one for one in project.study.reasons("sites") if one not in sheet.demonstration
    ]
    left_out = _LEFT_OUT.format(elsewhere[0]) if elsewhere else ""
    return replace(sheet, left_out=left_out)


def publish_ground(project: Project, published: Published) -> Ground:
    """Prepare what all maps of the study share."""
    communes = published.communes.table
    ground = make_ground(
        published.communes,
        published.bodies,
        places=published.places,
        outlets=published.outlets,
        motorways=released(
            project,
            "motorway_exits",
            given={
                "communes": communes,
                "junctions": load_junctions(project, communes),
            },
        ),
        root_commune=project.study.territory.root_commune,
        relief=_relief(project, published),
    )
    return at_seats(ground, published.seats)


def printed_ground(project: Project, published: Published) -> Ground:
    """Put what all maps share on the roads that prints draw, where they are real."""
    ground = publish_ground(project, published)
    if project.study.roads.network.is_surrogate:
        return ground
    return on_roads(ground, released(project, "drawn_roads"))


def _relief(project: Project, published: Published) -> Relief | None:
    """Read the relief under the maps, where the study credits it."""
    sources = project.study.sources
    if not sources.credits.elevation:
        return None
    communes = published.communes.table
    west, south, east, north = communes.loc[
        communes["in_area"], "geometry"
    ].total_bounds
    across = _RELIEF_AROUND * max(east - west, north - south)
    bounds = (west - across, south - across, east + across, north + across)
    cell_m = (bounds[2] - bounds[0]) / _RELIEF_CELLS
    z = load_elevation_grid(project, bounds, cell_m=cell_m)
    return Relief(z, bounds, published.relief)


def arising_evidence(project: Project) -> str:
    """Return the class of the estimates of arisings, the least sure: ``S`` or ``H``."""
    return arisings_as(read_table(project.processed, "indicators_public"))
