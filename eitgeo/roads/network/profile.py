"""Vehicles: what they may use, how fast they go, what a trip costs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from eitgeo.check import Faults
from eitgeo.errors import StudyError
from eitgeo.roads.network.tags import CLOSED

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.roads.network.graph import RoadGraph

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

DECISECONDS = 10
"""Times are whole tenths of a second: shortest paths add integers."""

_DIMENSIONS = {
    "weight_t": "max_weight_t",
    "height_m": "max_height_m",
    "width_m": "max_width_m",
    "length_m": "max_length_m",
}


@dataclass(frozen=True)
class Vehicle:
    """One vehicle and the speeds it is given.

    Attributes
    ----------
    name
        As the study names it.
    kind
        ``truck`` or ``car``: which access rules it obeys.
    weight_t, height_m, width_m, length_m
        Laden mass [t] and size [m].
    kmh
        Free speed [km/h] on each class of road; the signed speed caps it.
    up_s_per_m, down_s_per_m
        Seconds added for each metre climbed and descended [s/m].
    turn_s_per_rad
        Seconds added for each radian that the road turns [s/rad].
    label
        What the user reads (French).
    cost_eur_per_km, cost_eur_per_h, cost_eur_per_day
        The three terms of its cost; NaN where unknown.
    empty_return_share
        Share of the way back that is driven empty, 0 to 1.
    states
        Physical states of matter that it carries.
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
    label: str = ""
    cost_eur_per_km: float = np.nan
    cost_eur_per_h: float = np.nan
    cost_eur_per_day: float = np.nan
    empty_return_share: float = 0.0
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Costs:
    """What each directed edge costs a vehicle, in whole numbers.

    Attributes
    ----------
    time_ds, length_m, ascent_m, descent_m
        Shape (2 × edges,): tenths of a second, metres, metres climbed and descended.
    usable
        Shape (2 × edges,): open to this vehicle in this direction.
    unknown_m
        Shape (2 × edges,): metres where a limit that matters to it is not known.
    """

    time_ds: Ints
    length_m: Ints
    ascent_m: Ints
    descent_m: Ints
    usable: Flags
    unknown_m: Ints


def edge_costs(graph: RoadGraph, vehicle: Vehicle) -> Costs:
    """Give each directed edge its time, length and climb for a vehicle.

    Parameters
    ----------
    graph
        The road graph; columns ``ascent_m``, ``descent_m`` and ``turn_rad`` of its
        edges count where they are there.
    vehicle
        The vehicle.

    Returns
    -------
    Costs
        An edge of some length takes at least 0.1 s.

    Raises
    ------
    StudyError
        When the vehicle has no speed on a class of road of the graph.

    Notes
    -----
    ``time = length ÷ min(free speed, signed speed) + climb, descent and turn terms``.
    """
    edges = graph.edges
    _require_speeds(edges["class"].unique().tolist(), vehicle)
    length = edges["length_m"].to_numpy()
    free = edges["class"].map({**vehicle.kmh, "barrier": np.inf}).to_numpy()
    ascent = _column(graph, "ascent_m")
    descent = _column(graph, "descent_m")
    turn_s = vehicle.turn_s_per_rad * _column(graph, "turn_rad")
    cap = np.fmin(free, edges["kmh_hgv"]) if vehicle.kind == "truck" else free
    both = []
    for sense, up, down in (
        ("forward", ascent, descent),
        ("backward", descent, ascent),
    ):
        kmh = np.fmin(cap, edges[f"kmh_{sense}"])
        slope_s = vehicle.up_s_per_m * up + vehicle.down_s_per_m * down
        both.append(3.6 * length / kmh + slope_s + turn_s)
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


def _require_speeds(classes: list[str], vehicle: Vehicle) -> None:
    faults = Faults(f"véhicule « {vehicle.name} »")
    for name in sorted(set(classes) - {"barrier"}):
        speed = vehicle.kmh.get(name, np.nan)
        if not 1 <= speed <= 140:  # noqa: PLR2004
            met = f"vitesse absente ou hors de 1 à 140 km/h sur « {name} »"
            faults.add(met, remedy="la donner dans la table des véhicules")
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
