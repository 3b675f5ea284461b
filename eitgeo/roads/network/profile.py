"""Vehicles: what they may use, how fast they go, what a trip costs; a study’s own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.ndimage import convolve

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.reference.tables import SPEED_PREFIX, vehicle_table
from eitgeo.roads.network.tags import CLOSED, VEHICLES
from eitgeo.study.roads import Roads, VehicleChange

if TYPE_CHECKING:
    from eitgeo.roads.network.graph import RoadGraph

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
type Flags = npt.NDArray[np.bool_]

DECISECONDS = 10
"""Times are whole tenths of a second: shortest paths add integers."""
MOTORWAY_KMH, DUAL_KMH, ROAD_KMH, SETTLED_KMH = 130.0, 110.0, 80.0, 50.0
"""Most that anyone may drive where nothing is signed: on motorways, where each
direction has its own way, on other roads, in settlements."""
WAYS = ("forward", "backward")
"""Senses of an edge, from ``u`` to ``v`` and back."""
_SIZES = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
)
"""From the largest roads to the smallest; what is not named comes after."""
_YARDS = ("service", "track", "barrier")
"""Not every extract has them: they make no junction."""
_ROADS_OF_A_JUNCTION = 3
_DIMENSIONS = {
    "weight_t": "max_weight_t",
    "height_m": "max_height_m",
    "width_m": "max_width_m",
    "length_m": "max_length_m",
}
MOTORWAYS = ("motorway", "motorway_link")
TRUCK_MOTORWAY_KMH, TRUCK_ROAD_KMH = 90.0, 80.0
"""Most that a truck of more than 3.5 t may drive, on motorways and elsewhere."""


@dataclass(frozen=True)
class Vehicle:
    """One vehicle and the speeds it is given.

    ``name``: as the study names it. ``kind``: ``truck`` or ``car``: which access rules
    it obeys. ``weight_t``, ``height_m``, ``width_m``, ``length_m``: laden mass [t] and
    size [m]. ``kmh``: free speed [km/h] on each class of road; the speed allowed caps
    it. ``up_s_per_m``, ``down_s_per_m``: seconds added for each metre climbed and
    descended [s/m]. ``turn_s_per_rad``: seconds added for each radian that the road
    turns [s/rad]. ``limit_share``: share of the speed allowed that is driven, 0 to 1.
    ``junction_s``, ``yield_s``: seconds added at each junction: of roads no larger than
    that which is driven, and with a larger one [s]. ``label``: what the user reads
    (French). ``cost_eur_per_km``, ``cost_eur_per_h``, ``cost_eur_per_day``: the three
    terms of its cost; NaN where unknown. ``empty_return_share``: share of the way back
    that is driven empty, 0 to 1. ``states``: physical states of matter that it carries.
    """

    name: str
    kind: str
    weight_t: float
    height_m: float
    width_m: float
    length_m: float
    kmh: dict[str, float] = field(repr=False)
    up_s_per_m: float = 0.0
    down_s_per_m: float = 0.0
    turn_s_per_rad: float = 0.0
    limit_share: float = 1.0
    junction_s: float = 0.0
    yield_s: float = 0.0
    label: str = ""
    cost_eur_per_km: float = np.nan
    cost_eur_per_h: float = np.nan
    cost_eur_per_day: float = np.nan
    empty_return_share: float = 0.0
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Costs:
    """What each directed edge costs a vehicle, in whole numbers.

    ``time_ds``, ``length_m``, ``ascent_m``, ``descent_m``: shape (2 × edges,): tenths
    of a second, metres, metres climbed and descended. ``usable``: shape (2 × edges,):
    open to this vehicle in this direction. ``unknown_m``: shape (2 × edges,): metres
    where a limit that matters to it is not known.
    """

    time_ds: Ints
    length_m: Ints
    ascent_m: Ints
    descent_m: Ints
    usable: Flags
    unknown_m: Ints


def edge_costs(graph: RoadGraph, vehicle: Vehicle) -> Costs:
    """Give each directed edge its time, length and climb for a vehicle.

    ``graph``: the road graph; columns ``ascent_m``, ``descent_m`` and ``turn_rad`` of
    its edges count where they are there. Returns: an edge of some length takes at least
    0.1 s. Refused when the vehicle has no speed on a class of road of the graph.

    Notes
    -----
    ``time = length ÷ speed + climb, descent and turn terms + junction at the end``.
    Speed is the least of the free speed of the class and of the share that is driven
    of the speed allowed, in and out of settlements by the share ``settled`` of the
    edge. Expressways (motorways, trunk roads of one direction) have no junction to
    wait at. Where the source tells the mean speed of cars (``kmh_mean``), a car takes
    ``length ÷ mean`` and nothing more; a truck drives no faster before its own terms.

    References
    ----------
    Code de la route, articles R413-2 (130, 110 and 80 km/h outside settlements) and
    R413-3 (50 km/h in them): where nothing is signed.
    """
    edges = graph.edges
    _require_speeds(edges["class"].unique().tolist(), vehicle)
    length = edges["length_m"].to_numpy()
    ascent = _column(graph, "ascent_m")
    descent = _column(graph, "descent_m")
    passed, yielded = met_junctions(graph)
    wait_s = vehicle.junction_s * passed + vehicle.yield_s * yielded
    both = [
        length * _pace_s_per_m(graph, vehicle, sense)
        + slope_and_turn_s(graph, vehicle, sense)
        + wait_s[way]
        for way, sense in enumerate(WAYS)
    ]
    if vehicle.kind == "car":
        mean_s = 3.6 * length / _mean_kmh(graph)
        both = [np.where(np.isnan(mean_s), one, mean_s) for one in both]
    time_ds = np.rint(DECISECONDS * np.column_stack(both)).ravel().astype(np.int64)
    metres = np.repeat(np.rint(length), 2).astype(np.int64)
    return Costs(
        time_ds=np.where(np.repeat(length > 0, 2), np.maximum(time_ds, 1), 0),
        length_m=metres,
        ascent_m=_whole(ascent, descent),
        descent_m=_whole(descent, ascent),
        usable=_usable(graph, vehicle),
        unknown_m=np.where(np.repeat(_unknown(graph, vehicle), 2), metres, 0),
    )


def _pace_s_per_m(graph: RoadGraph, vehicle: Vehicle, sense: str) -> Floats:
    """Seconds for each metre, in and out of settlements by their shares."""
    speeds = {**vehicle.kmh, "barrier": np.inf}
    free_kmh = graph.by_class(speeds.__getitem__, dtype=float)
    open_kmh, settled_kmh = (
        np.minimum(free_kmh, vehicle.limit_share * allowed)
        for allowed in allowed_kmh(graph, vehicle.kind, sense)
    )
    mean_kmh = _mean_kmh(graph)
    open_kmh, settled_kmh = (np.fmin(one, mean_kmh) for one in (open_kmh, settled_kmh))
    share = _column(graph, "settled")
    return np.asarray(3.6 * ((1 - share) / open_kmh + share / settled_kmh))


def _mean_kmh(graph: RoadGraph) -> Floats:
    """Mean speed of cars as the source tells it, NaN where it does not [km/h]."""
    if "kmh_mean" not in graph.edges:
        return np.full(len(graph.edges), np.nan)
    return graph.edges["kmh_mean"].to_numpy(dtype=float)


def slope_and_turn_s(graph: RoadGraph, vehicle: Vehicle, sense: str) -> Floats:
    """Seconds that climb, descent and windings add to each edge."""
    up, down = _column(graph, "ascent_m"), _column(graph, "descent_m")
    if sense == "backward":
        up, down = down, up
    slope_s = vehicle.up_s_per_m * up + vehicle.down_s_per_m * down
    return slope_s + vehicle.turn_s_per_rad * _column(graph, "turn_rad")


def allowed_kmh(graph: RoadGraph, kind: str, sense: str) -> tuple[Floats, Floats]:
    """Speed that signs or the law allow, out of settlements and in them [km/h]."""
    edges = graph.edges
    signed = edges[f"kmh_{sense}"].to_numpy(dtype=float)
    if kind == "truck":
        signed = np.fmin(signed, edges["kmh_hgv"].to_numpy(dtype=float))
    is_motorway = graph.by_class(MOTORWAYS.__contains__, dtype=bool)
    by_law = np.where(_both_ways(graph), ROAD_KMH, DUAL_KMH)
    by_law = np.where(is_motorway, MOTORWAY_KMH, by_law)
    settled = np.where(expressways(graph), by_law, SETTLED_KMH)
    unsigned = np.isnan(signed)
    return np.where(unsigned, by_law, signed), np.where(unsigned, settled, signed)


def _size(name: str) -> str:
    """Class of the road that a link belongs to, or its own."""
    return name.removesuffix("_link")


def _both_ways(graph: RoadGraph) -> Flags:
    """Say which edges a car or a truck may drive both ways."""
    uses = graph.edges[[f"{one}_{way}" for one in VEHICLES for way in WAYS]]
    is_open = uses.to_numpy().reshape(-1, len(VEHICLES), len(WAYS)) != CLOSED
    return np.asarray(is_open.all(axis=2).any(axis=1))


def expressways(graph: RoadGraph) -> Flags:
    """Say which edges cross no road: motorways, and trunk roads of one direction."""
    size = graph.by_class(_size, dtype=object)
    return np.asarray((size == "motorway") | ((size == "trunk") & ~_both_ways(graph)))


def junctions(graph: RoadGraph) -> Flags:
    """Say at which nodes three roads or more meet."""
    is_road = ~graph.by_class(_YARDS.__contains__, dtype=bool)
    ends = graph.edges[["u", "v"]].to_numpy()[is_road].ravel()
    return np.bincount(ends, minlength=len(graph.x)) >= _ROADS_OF_A_JUNCTION


def met_junctions(graph: RoadGraph) -> tuple[Flags, Flags]:
    """Say at the end of which directed edges a junction is passed, or yielded at.

    Returns: each of shape (2, edges), forward then backward. One yields to a larger
    road.
    """
    sizes = {name: rank for rank, name in enumerate(_SIZES)}
    rank = graph.by_class(
        lambda name: sizes.get(_size(name), len(_SIZES)), dtype=np.int64
    )
    ends = graph.edges[["v", "u"]].to_numpy().T
    largest = np.full(len(graph.x), len(_SIZES))
    for end in ends:
        np.minimum.at(largest, end, rank)
    at_junction = junctions(graph)[ends] & ~expressways(graph)
    smaller = rank > largest[ends]
    return at_junction & ~smaller, at_junction & smaller


def _require_speeds(classes: list[str], vehicle: Vehicle) -> None:
    faults = Faults(f"véhicule « {vehicle.name} »")
    for name in sorted(set(classes) - {"barrier"}):
        speed = vehicle.kmh.get(name, np.nan)
        if not 1 <= speed <= 140:  # noqa: PLR2004
            fault = f"vitesse absente ou hors de 1 à 140 km/h sur « {name} »"
            faults.add(fault, remedy="la donner dans la table des véhicules")
    faults.raise_if_any(StudyError)


def _column(graph: RoadGraph, name: str) -> Floats:
    if name not in graph.edges:
        return np.zeros(len(graph.edges))
    return np.nan_to_num(graph.edges[name].to_numpy(dtype=float))


def _whole(forward: Floats, backward: Floats) -> Ints:
    return np.rint(np.column_stack([forward, backward])).ravel().astype(np.int64)


def _usable(graph: RoadGraph, vehicle: Vehicle) -> Flags:
    edges = graph.edges
    senses = [f"{vehicle.kind}_forward", f"{vehicle.kind}_backward"]
    use = edges[senses].to_numpy().ravel() != CLOSED
    fits = np.ones(len(edges), dtype=bool)
    for size, limit in _DIMENSIONS.items():
        # A limit that is not known does not bar: the share is reported.
        fits &= ~(edges[limit].to_numpy() < getattr(vehicle, size))
    return use & np.repeat(fits, 2)


def _unknown(graph: RoadGraph, vehicle: Vehicle) -> Flags:
    if vehicle.kind == "car":
        return np.zeros(len(graph.edges), dtype=bool)
    return graph.edges[["max_weight_t", "max_height_m"]].isna().any(axis=1).to_numpy()


_PLAIN = [one.name for one in fields(Vehicle) if one.name not in {"kmh", "states"}]


def fleet(roads: Roads | None = None) -> dict[str, Vehicle]:
    """Return the vehicles of a study by name.

    ``roads``: section ``roads``; what ``roads.vehicles`` gives replaces the values of
    the package, one by one. None: those of the package. Returns: name → vehicle, in the
    order of the package's table. Refused when a truck is given a speed above the legal
    one, or above the car's.

    References
    ----------
    Code de la route, article R413-8: 90 km/h on motorways and 80 km/h on other
    roads for goods vehicles of more than 3.5 t. Lower limits of some articulated
    vehicles off priority roads are left to the speeds of the table.
    """
    changes = {} if roads is None else roads.vehicles
    vehicles = {
        str(name): _vehicle(str(name), row, changes.get(str(name)))  # type: ignore[call-overload]
        for name, row in vehicle_table().iterrows()
    }
    faults = Faults("roads.vehicles")
    for vehicle in vehicles.values():
        if vehicle.kind == "truck":
            _note_speeds(vehicle, vehicles["car"].kmh, faults)
    faults.raise_if_any(StudyError)
    return vehicles


def _vehicle(name: str, row: pd.Series, change: VehicleChange | None) -> Vehicle:
    speeds = {
        str(column).removeprefix(SPEED_PREFIX): float(value)
        for column, value in row.items()
        if str(column).startswith(SPEED_PREFIX)
    }
    values = {key: row[key] for key in _PLAIN if key != "name"}
    if change is not None:
        speeds.update({str(road): kmh for road, kmh in change.kmh.items()})
        values |= change.model_dump(exclude={"kmh"}, exclude_none=True)
    states = tuple(state for state in str(row["states"]).split(";") if state)
    return Vehicle(name=name, kmh=speeds, states=states, **values)


def _note_speeds(truck: Vehicle, car: Mapping[str, float], faults: Faults) -> None:
    for road, kmh in truck.kmh.items():
        most = TRUCK_MOTORWAY_KMH if road in MOTORWAYS else TRUCK_ROAD_KMH
        fault = f"« {truck.name} » à {kmh:g} km/h sur « {road} »"
        if kmh > most:
            faults.add(
                fault, remedy=f"au plus {most:g} km/h (Code de la route, R413-8)"
            )
        elif kmh > car[road]:
            remedy = f"au plus {car[road]:g} km/h, ou relever vehicles.car"
            faults.add(f"{fault}, plus vite que la voiture", remedy=remedy)


def vehicle_for_state(vehicles: Mapping[str, Vehicle], state: str) -> Vehicle:
    """Return the vehicle that carries matter of a physical state.

    ``state``: ``solide_vrac``, ``liquide`` … (rules), ``vrac``, ``palettes`` …
    (survey). Returns: the one whose states hold it. Refused when no vehicle carries it:
    heat, gas and services take no road.

    Examples
    --------
    >>> from eitgeo.roads.network.profile import Vehicle
    >>> skip = Vehicle("benne", "truck", 26, 3.8, 2.55, 9, {}, states=("vrac",))
    >>> vehicle_for_state({"benne": skip}, "vrac").name
    'benne'
    """
    for vehicle in vehicles.values():
        if state in vehicle.states:
            return vehicle
    known = [one for vehicle in vehicles.values() for one in vehicle.states]
    message = f"aucun véhicule ne transporte l'état « {state} » → {hint(state, known)}"
    raise StudyError(message)


RADIUS_M = 300.0
"""Junctions count as far as this from a stretch of road."""

LEAST_JUNCTIONS = 10
"""From so many junctions around on, a stretch of road runs through a settlement."""

_CELL_M = 100.0


def add_settled(graph: RoadGraph) -> RoadGraph:
    """Add ``settled`` to the edges: the share of each that runs through settlements.

    Notes
    -----
    On cells of 100 m: whole numbers, the same on any processor. No limit of a
    settlement is in the extract; the streets of many villages are no ``residential``
    there, their junctions are.
    """
    corner = np.array([graph.x.min(initial=np.inf), graph.y.min(initial=np.inf)])
    nodes = np.column_stack([graph.x, graph.y])[junctions(graph)]
    points, edge, length_m = _pieces(graph)
    everywhere = np.concatenate([nodes, points])
    cell = ((everywhere - corner) // _CELL_M).astype(np.int64)
    cell -= cell.min(axis=0, initial=0)  # a line may bend further than its ends
    around = _junctions_around(cell[: len(nodes)], tuple(cell.max(axis=0) + 1))
    row, column = cell[len(nodes) :].T
    inside_m = np.where(around[row, column] >= LEAST_JUNCTIONS, length_m, 0.0)
    n = len(graph.edges)
    total_m = np.bincount(edge, weights=length_m, minlength=n)
    settled_m = np.bincount(edge, weights=inside_m, minlength=n)
    share = settled_m / np.where(total_m > 0, total_m, 1.0)
    return replace(graph, edges=graph.edges.assign(settled=np.minimum(share, 1.0)))


def _pieces(graph: RoadGraph) -> tuple[Floats, Ints, Floats]:
    """Cut lines into pieces no longer than a cell: middle, edge and length of each."""
    real = np.flatnonzero(shapely.length(graph.lines) > 0)
    fine = shapely.segmentize(graph.lines[real], _CELL_M)
    xy, line = shapely.get_coordinates(fine, return_index=True)
    inside = line[1:] == line[:-1]
    start, stop = xy[:-1][inside], xy[1:][inside]
    return (start + stop) / 2, real[line[1:][inside]], np.hypot(*(stop - start).T)


def _junctions_around(cell: Ints, shape: tuple[int, ...]) -> Ints:
    """Count the junctions within the radius of each cell."""
    counts = np.bincount(
        np.ravel_multi_index(tuple(cell.T), shape), minlength=np.prod(shape)
    )
    reach = int(RADIUS_M / _CELL_M)
    north, east = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = (north**2 + east**2 <= reach**2).astype(np.int32)
    return np.asarray(
        convolve(counts.astype(np.int32).reshape(shape), disc, mode="constant")
    )
