"""What may be published: the door that every printing step goes through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.disclosure.released import release_indicators, release_register
from eitgeo.disclosure.report import report_sentences
from eitgeo.maps.ground import Relief, make_ground
from eitgeo.reference.tables import indicator_catalogue
from eitgeo.sources.elevation import read_elevation_grid
from eitgeo.sources.motorways import read_motorway_exits
from eitgeo.tables.files import read_table
from eitgeo.territory.membership import members

_RELIEF_AROUND = 0.6
"""How far beyond the study area relief is read, against its width."""
_RELIEF_CELLS = 600
"""Cells from west to east: half a millimetre on paper."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.disclosure.released import Released
    from eitgeo.maps.ground import Ground
    from eitgeo.study.project import Project


@dataclass(frozen=True)
class Published:
    """The released tables that every printed thing is made from.

    Attributes
    ----------
    communes, bodies, outlets, places, perimeters, members
        Released tables of public registers and certified perimeters.
    relief
        The credit of the relief that print maps shade; no row.
    """

    communes: Released = field(repr=False)
    bodies: Released = field(repr=False)
    outlets: Released = field(repr=False)
    places: Released = field(repr=False)
    perimeters: Released = field(repr=False)
    members: Released = field(repr=False)
    relief: Released = field(repr=False)


def publish(project: Project) -> Published:
    """Release communes, bodies, outlets, towns and perimeters."""
    credit = project.study.sources.credits
    folder = project.processed
    inside = read_table(folder, "perimeter_communes")
    return Published(
        communes=release_register(
            read_table(folder, "communes"), sources=(credit.communes,)
        ),
        bodies=release_register(read_table(folder, "bodies"), sources=(credit.bodies,)),
        outlets=release_register(
            read_table(folder, "outlets"), sources=(credit.outlets,)
        ),
        places=release_register(read_table(folder, "places"), sources=(credit.places,)),
        perimeters=publish_perimeters(project),
        members=release_register(inside, sources=(credit.bodies,)),
        relief=release_register(
            pd.DataFrame(), sources=tuple(filter(None, (credit.elevation,)))
        ),
    )


def publish_perimeters(
    project: Project, *, only: str | None = None, named: Sequence[str] = ()
) -> Released:
    """Release certified perimeters with what is to confirm about them."""
    first = named or project.study.compared_ids
    order = {name: rank for rank, name in enumerate(first)}
    perimeters = read_table(project.processed, "perimeters").sort_values(
        "perimeter_id",
        key=lambda ids: ids.map(order).fillna(len(order)),
        kind="stable",
    )
    shown = (
        perimeters if only is None else perimeters[perimeters["perimeter_id"] == only]
    )
    if named:
        shown = shown[shown["perimeter_id"].isin(named)].assign(compared=True)
    shown = _without_tonnes(shown)
    doubtful = shown["membership_status"] == "a_confirmer"
    by_road = shown["method"].isin(["temps_de_route", "ward"]).any()
    # What is kept of the exchanges stands on establishments too.
    by_exchanges = shown["method"].eq("optimum").any()
    road_reasons = project.study.road_reasons if by_road else ()
    reasons = project.study.demonstration_reasons if by_exchanges else road_reasons
    credit = project.study.sources.credits
    return release_register(
        shown,
        sources=(credit.bodies, credit.roads),
        demonstration=reasons,
        to_confirm=tuple(
            f"{name} : membres à confirmer par le maître d'ouvrage"
            for name in shown.loc[doubtful, "name"]
        ),
    )


def _without_tonnes(perimeters: pd.DataFrame) -> pd.DataFrame:
    """Keep in what a contour keeps of the exchanges: it is no sum of cells."""
    by_exchanges = perimeters["method"].eq("optimum")
    kept = perimeters[["objective", "bound"]].mask(by_exchanges)
    return perimeters.assign(objective=kept["objective"], bound=kept["bound"])


def publish_ground(project: Project, published: Published) -> Ground:
    """Prepare what all maps of the study share."""
    exits = read_motorway_exits(project.path(project.study.sources.motorway_exits))
    here = set(published.communes.table["code_insee"])
    return make_ground(
        published.communes,
        published.bodies,
        places=published.places,
        outlets=published.outlets,
        motorways=release_register(
            exits[exits["code_insee"].isin(here)],
            sources=(project.study.sources.credits.roads,),
        ),
        root_commune=project.study.territory.root_commune,
        relief=_relief(project, published),
    )


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
    path = project.path(sources.elevation)
    return Relief(read_elevation_grid(path, bounds=bounds, cell_m=cell_m), bounds)


def publish_current_members(project: Project) -> Released:
    """Release who is a member of what on the date of the study."""
    day = project.study.territory.on_date
    held = read_table(project.processed, "membership")
    names = read_table(project.processed, "bodies").set_index("body_id")["name"]
    ended = held["to_date"].ne("") & held["to_date"].le(day.isoformat())
    begun = held["from_date"].le(day.isoformat())
    current = sorted(set(held.loc[begun & ~ended, "body_id"]) & set(names.index))
    rows = pd.concat(
        [members(held, body, on_date=day).assign(body_id=body) for body in current],
        ignore_index=True,
    )
    doubtful = rows.loc[rows["status"] == "a_confirmer", "body_id"].unique()
    return release_register(
        rows,
        sources=(project.study.sources.credits.bodies,),
        to_confirm=tuple(
            f"{names[body]} : membres à confirmer par le maître d'ouvrage"
            for body in sorted(doubtful)
        ),
    )


def publish_indicators(project: Project) -> Released:
    """Release the indicators that were summed from guarded blocks."""
    credit = project.study.sources.credits
    return release_indicators(
        read_table(project.processed, "indicators_public"),
        sources=(credit.sites, credit.roads, credit.flows),
        demonstration=project.study.demonstration_reasons,
        secrecy=report_sentences(
            read_table(project.processed, "disclosure_report"), indicator_catalogue()
        ),
    )
