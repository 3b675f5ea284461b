"""Speeds that give the times of other engines, and how far ours are from theirs.

A trip is so many metres of each kind of road, so many junctions, and seconds that are
not searched: where the speed allowed holds the vehicle back, windings, climb.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import least_squares
from scipy.sparse import csr_array

from benchmarks.surrogate_fit import class_from_km
from eitgeo.roads.network.profile import (
    WAYS,
    allowed_kmh,
    expressways,
    met_junctions,
    slope_and_turn_s,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from eitgeo.roads.network.graph import RoadGraph
    from eitgeo.roads.network.profile import Vehicle

    Floats = npt.NDArray[np.float64]

KINDS = {
    "primary": ("primary",),
    "secondary": ("secondary",),
    "tertiary": ("tertiary",),
    "unclassified": ("unclassified", "road"),
    "residential": ("residential",),
    "link": ("primary_link", "secondary_link", "tertiary_link"),
}
"""Classes of road whose speeds are searched, as one where several are named."""

JUNCTIONS = ("junction_s", "yield_s")
QUANTILES = {"p05": 0.05, "median": 0.5, "p95": 0.95}
_FAR = 0.05
"""Beyond this share of a time, a departure weighs less and less."""


class Parts(NamedTuple):
    """What trips are made of, a row each.

    ``metres``, ``junctions``: by kind of road, where nothing but it sets the speed;
    those met, by kind. ``other_s``: what takes time besides [s].
    """

    metres: pd.DataFrame
    junctions: pd.DataFrame
    other_s: pd.Series[float]


class Found(NamedTuple):
    """Speeds by kind of road [km/h], and seconds by kind of junction."""

    kmh: pd.Series[float]
    junction_s: pd.Series[float]


def trip_parts(
    graph: RoadGraph,
    vehicle: Vehicle,
    *,
    driven: Sequence[tuple[int, ...]],
    fractions: Floats,
) -> Parts:
    """Sum what each trip is made of.

    ``graph``: with ``settled`` and ``turn_rad``. ``vehicle``: its speeds say where the
    speed allowed holds it back. ``driven``: directed edges of each trip, as
    :func:`eitgeo.roads.matrix.router.paths` gives. ``fractions``: shape (trips, 2):
    where each leaves its first edge and joins its last.
    """
    sizes = [len(trip) for trip in driven]
    arc = np.concatenate([np.asarray(trip, dtype=np.int64) for trip in driven])
    trip = np.repeat(np.arange(len(driven)), sizes)
    shape = (len(driven), 2 * len(graph.edges))
    share = csr_array((_shares(arc, np.array(sizes), fractions), (trip, arc)), shape)
    free_m, other_s = _free_and_other(graph, vehicle)
    kind = np.repeat(_kinds(graph), len(WAYS))
    metres = {name: share @ np.where(kind == name, free_m, 0.0) for name in KINDS}
    own_kmh = np.repeat(_own_kmh(graph, vehicle), len(WAYS))
    other_s = other_s + np.where(kind == "", 3.6 * free_m / own_kmh, 0.0)
    passed = zip(JUNCTIONS, met_junctions(graph), strict=True)
    junctions = {name: share @ ends.T.ravel().astype(float) for name, ends in passed}
    return Parts(
        pd.DataFrame(metres), pd.DataFrame(junctions), pd.Series(share @ other_s)
    )


def _shares(
    arc: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], fractions: Floats
) -> Floats:
    """Share of each directed edge that is driven: the first and the last in part."""
    share: Floats = np.ones(len(arc))
    stop = np.cumsum(sizes)
    last, first = stop - 1, stop - sizes
    leaves, arrives = fractions.T
    back = arc % 2 == 1
    share[first] -= np.where(back[first], 1 - leaves, leaves)
    share[last] -= np.where(back[last], arrives, 1 - arrives)
    return share


def _free_and_other(graph: RoadGraph, vehicle: Vehicle) -> tuple[Floats, Floats]:
    """Metres at the speed of the class, and other seconds, of each directed edge."""
    free_kmh = _own_kmh(graph, vehicle)
    length_m = graph.edges["length_m"].to_numpy()
    settled = graph.edges["settled"].to_numpy()
    free_m, other_s = [], []
    for sense in WAYS:
        ways = allowed_kmh(graph, vehicle.kind, sense)
        limits = [vehicle.limit_share * allowed for allowed in ways]
        parts_m = [(1 - settled) * length_m, settled * length_m]
        is_held = [limit < free_kmh for limit in limits]
        free_m.append(np.where(is_held, 0.0, parts_m).sum(axis=0))
        held_s = np.where(is_held, 3.6 * np.array(parts_m) / limits, 0.0).sum(axis=0)
        other_s.append(held_s + slope_and_turn_s(graph, vehicle, sense))
    return np.column_stack(free_m).ravel(), np.column_stack(other_s).ravel()


def _own_kmh(graph: RoadGraph, vehicle: Vehicle) -> Floats:
    kmh = graph.edges["class"].map({**vehicle.kmh, "barrier": np.inf})
    return np.asarray(kmh, dtype=np.float64)


def _kinds(graph: RoadGraph) -> npt.NDArray[np.object_]:
    kind_of = {name: kind for kind, names in KINDS.items() for name in names}
    kinds = graph.edges["class"].map(kind_of).fillna("").to_numpy(dtype=object)
    kinds[expressways(graph)] = ""
    return kinds


def fit_speeds(
    parts: Parts,
    theirs_s: pd.Series[float],
    *,
    fastest_kmh: float,
    junction_s: Floats | None = None,
) -> Found:
    """Find the speeds, and the seconds at junctions unless given, of other times.

    Notes
    -----
    Least squares on ours ÷ theirs − 1, soft-L1 loss: a trip that goes another way
    weighs little.
    """
    paces = 3.6 * parts.metres.to_numpy() / theirs_s.to_numpy()[:, None]
    waits = parts.junctions.to_numpy() / theirs_s.to_numpy()[:, None]
    other = parts.other_s.to_numpy() / theirs_s.to_numpy()
    if junction_s is not None:
        other, waits = other + waits @ junction_s, waits[:, :0]
    wanted = np.hstack([paces, waits])
    start = np.r_[np.full(len(KINDS), 1 / 50), np.full(waits.shape[1], 1.0)]
    fit = least_squares(
        lambda values: wanted @ values + other - 1,
        start,
        jac=lambda _: wanted,
        bounds=(np.r_[np.full(len(KINDS), 1 / fastest_kmh), 0 * waits[0]], np.inf),
        loss="soft_l1",
        f_scale=_FAR,
        x_scale=start,
    ).x
    waited = fit[len(KINDS) :] if junction_s is None else junction_s
    return Found(
        pd.Series(1 / fit[: len(KINDS)], index=list(KINDS)),
        pd.Series(waited, index=list(JUNCTIONS)),
    )


def times_of(parts: Parts, found: Found) -> pd.Series[float]:
    """Seconds that trips take at speeds that were found."""
    driven_s = (3.6 * parts.metres / found.kmh).sum(axis=1)
    waited_s = (parts.junctions * found.junction_s).sum(axis=1)
    return driven_s + waited_s + parts.other_s


def with_found(vehicle: Vehicle, found: Found) -> Vehicle:
    """Give a vehicle the speeds and seconds that were found."""
    fresh = {
        name: float(found.kmh[kind]) for kind, names in KINDS.items() for name in names
    }
    junction_s, yield_s = found.junction_s.tolist()
    kmh = {**vehicle.kmh, **fresh}
    return replace(vehicle, kmh=kmh, junction_s=junction_s, yield_s=yield_s)


def ratios_by_length(
    ours_s: pd.Series[float], theirs_s: pd.Series[float], length_m: pd.Series[float]
) -> pd.DataFrame:
    """Median and spread of ours ÷ theirs by class of length.

    Examples
    --------
    >>> ours = pd.Series([50.0, 90.0, 110.0])
    >>> ratios_by_length(ours, pd.Series([100.0] * 3), pd.Series([1e3, 6e3, 7e3]))[
    ...     ["km_from", "pairs", "median"]
    ... ].values.tolist()
    [[0.0, 1.0, 0.5], [5.0, 2.0, 1.0]]
    """
    by_class = (ours_s / theirs_s).groupby(class_from_km(length_m).to_numpy())
    ratios = pd.DataFrame({"pairs": by_class.count()})
    ratios = ratios.assign(
        **{name: by_class.quantile(q) for name, q in QUANTILES.items()}
    )
    return ratios.rename_axis("km_from").reset_index()
