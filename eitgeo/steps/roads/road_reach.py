"""Say how far one gets from the seats, and where an animator would best sit."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.roads.matrix.od_matrix import commune_places
from eitgeo.roads.matrix.router import snap
from eitgeo.roads.questions.isochrones import (
    band_shares,
    isochrones,
    links_of,
    reach,
    reached_communes,
)
from eitgeo.roads.questions.seats import best_seats, no_seats, town_minutes
from eitgeo.steps.roads.road_network import read_graph, ready_networks
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.study.roads import Isochrones
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table


@step(
    "Isochrones et sièges d'animation",
    reads=("road_checks",),
    writes=("isochrones", "reach_shares", "animation_seats"),
)
def run(
    communes: gpd.GeoDataFrame, od_matrix: pd.DataFrame, *, project: Project
) -> dict[str, object]:
    """Write ``isochrones``, ``reach_shares`` and ``animation_seats``."""
    asked = project.study.roads.isochrones
    bands, shares = empty_table("isochrones"), empty_table("reach_shares")
    if asked is not None:
        seats = asked.seats or (project.study.methods.reach.seat,)
        _require_at_hand(asked, seats, communes, project.study.roads.max_minutes)
        if project.study.roads.network.is_surrogate:
            polygons = _by_commune(asked, seats, communes=communes, pairs=od_matrix)
        else:
            polygons = _on_roads(
                project, asked, seats, communes=communes, pairs=od_matrix
            )
        bands = _bands(asked, polygons)
        shares = _shares(asked, seats, communes, od_matrix)
    best, note = _seats(project, communes, od_matrix)
    for name, rows in (
        ("isochrones", bands),
        ("reach_shares", shares),
        ("animation_seats", best),
    ):
        write_table(project.processed, rows, table=name)
    facts: dict[str, object] = {"isochrones": len(bands)}
    return facts | ({"sièges": note} if note else {"choix de sièges": len(best)})


def _require_at_hand(
    asked: Isochrones,
    seats: tuple[str, ...],
    communes: gpd.GeoDataFrame,
    max_minutes: float,
) -> None:
    """Refuse seats that are no commune at hand, and bands that no time reaches."""
    faults = Faults("étude")
    known = set(communes["code_insee"])
    for seat in seats:
        if seat not in known:
            fault = f"« roads.isochrones.seats » : commune inconnue « {seat} »"
            faults.add(fault, remedy=hint(seat, known))
    for minutes in asked.minutes:
        if minutes > max_minutes:
            fault = (
                f"« roads.isochrones.minutes » : {minutes:g} min au-delà de "
                f"roads.max_minutes ({max_minutes:g})"
            )
            faults.add(fault, remedy="abaisser l'une ou relever l'autre")
    faults.raise_if_any(StudyError)


def _bands(asked: Isochrones, drawn: dict[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Join the bands of the seats; one that holds nothing is left out."""
    bands = [
        table[~table.geometry.is_empty].assign(profile=asked.profile, seat_code=seat)
        for seat, table in drawn.items()
    ]
    return pd.concat(bands, ignore_index=True)


def _by_commune(
    asked: Isochrones,
    seats: tuple[str, ...],
    *,
    communes: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
) -> dict[str, gpd.GeoDataFrame]:
    rows = pairs[pairs["profile"] == asked.profile]
    return {
        seat: reached_communes(
            communes, rows[rows["origin_id"] == seat], minutes=asked.minutes
        )
        for seat in seats
    }


def _on_roads(
    project: Project,
    asked: Isochrones,
    seats: tuple[str, ...],
    *,
    communes: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
) -> dict[str, gpd.GeoDataFrame]:
    """Draw the roads reached, and the way to each town hall that the matrix reaches."""
    ready = ready_networks(project, read_graph(project))
    network, costs, limits = ready[asked.profile]
    halls = commune_places(communes)
    x, y = (halls[name].to_numpy(dtype=float) for name in ("x", "y"))
    placed = snap(network, costs, x=x, y=y, max_snap_m=limits.max_snap_m)
    time_s = pairs[pairs["profile"] == asked.profile].set_index("destination_id")
    polygons = {}
    for seat in seats:
        seat_rows = halls.index[halls["place_id"] == seat].to_numpy()
        reached = reach(
            network,
            costs,
            placed.ends.take(seat_rows),
            max_minutes=max(asked.minutes),
            # As the matrix counts them: what is reached is reached there too.
            ends_minutes=float(
                limits.ends_s(np.nan_to_num(placed.snap_m[seat_rows[0]]))
            )
            / 60,
        )
        seconds = time_s.loc[time_s["origin_id"] == seat, "time_s"]
        minutes = seconds.reindex(halls["place_id"]).to_numpy(dtype=float) / 60
        links = links_of(network, placed.ends, x=x, y=y, minutes=minutes)
        polygons[seat] = isochrones(
            network, reached, minutes=asked.minutes, links=links
        )
    return polygons


def _shares(
    asked: Isochrones,
    seats: tuple[str, ...],
    communes: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
) -> pd.DataFrame:
    """Measure the shares of the inhabitants of the area within the bands."""
    area = communes[communes["in_area"]]
    inhabitants = area.set_index("code_insee")["population"].astype(float)
    rows = pairs[pairs["profile"].eq(asked.profile) & pairs["origin_id"].isin(seats)]
    shares = band_shares(rows, inhabitants, minutes=asked.minutes)
    renamed = shares.rename(columns={"share_pct": "inhabitants_pct"})
    return renamed.assign(profile=asked.profile)


def _seats(
    project: Project, communes: gpd.GeoDataFrame, pairs: pd.DataFrame
) -> tuple[pd.DataFrame, str]:
    """Find the best one and two seats for the inhabitants, or say why there is none."""
    comparison = project.study.comparison
    if why := no_seats(read_table(project.processed, "road_checks")):
        return empty_table("animation_seats"), why
    minutes = town_minutes(
        communes, pairs, min_population=comparison.seat_min_population
    )
    inhabitants = communes.set_index("code_insee")["population"].astype(float)
    try:
        best = best_seats(
            minutes,
            inhabitants.reindex(minutes.index),
            limit_min=comparison.seat_minutes,
        )
    except InfeasibleError as error:
        return empty_table("animation_seats"), str(error)
    renamed = best.rename(columns={"share_pct": "inhabitants_pct"})
    return renamed.assign(seat_2=renamed["seat_2"].fillna("").astype("str")), ""
