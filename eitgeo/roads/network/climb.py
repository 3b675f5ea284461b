"""Climb and windings of each road, from a relief and the line of the road.

Altitudes are read along the roads and smoothed along the roads too, over the whole
network at once, so that an edge starts where its neighbours end and the noise of
the relief does not climb. A bridge or a tunnel says nothing of the ground: its
altitude is that which its ends give.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from eitgeo.roads.network.graph import RoadGraph
from eitgeo.sources.ground.elevation import Elevation, heights

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

_log = logging.getLogger(__name__)

SAMPLE_M = 30.0
"""Longest stretch between two altitudes: a third of a cell of 3 arc-seconds."""

SMOOTH_M = 200.0
"""Length over which noise is smoothed: two cells of 3 arc-seconds."""

THRESHOLD_M = 4.0
"""Rises and falls below this, within an edge, are noise that is left."""

WOBBLE_M = 2.0
"""A line is drawn to some metres: windings narrower than this do not turn."""

PRECISION = 1e-5
"""Root of the sum, over all points, of the squares of what is left to correct [m]."""

MAX_ROUNDS = 20_000
"""Bound of the corrections; a network of a whole région takes some hundreds."""

_NEAREST_M = 0.1
"""Shortest stretch that counts in the smoothing; nodes may coincide."""


@dataclass(frozen=True)
class _Samples:
    """Altitudes along the edges; those at nodes are shared.

    ``point``: samples of all edges in order; number of the point, the nodes first.
    ``start``: shape (edges + 1,): where the samples of each edge start in ``point``.
    ``x``, ``y``: positions of the points [m, EPSG:2154]. ``step_m``: shape (edges,):
    stretch between two samples of the edge [m].
    """

    point: Ints = field(repr=False)
    start: Ints = field(repr=False)
    x: Floats = field(repr=False)
    y: Floats = field(repr=False)
    step_m: Floats = field(repr=False)


def add_climb(
    graph: RoadGraph, elevation: Elevation, *, smooth_m: float = SMOOTH_M
) -> RoadGraph:
    """Add ascent, descent and windings to the edges of a graph.

    ``smooth_m``: length over which altitudes are smoothed along the roads [m]. Returns:
    its edges with ``ascent_m`` and ``descent_m`` from ``u`` to ``v`` [m], NaN where the
    relief is void on the edge or at its ends, and ``turn_rad`` [rad]. How many edges,
    and kilometres, have no known climb is told in ``counts``.

    Notes
    -----
    Altitudes ``d`` are read every 30 m at most. Those that are kept, ``z``, are the
    least of ``∑ h (z − d)² + smooth_m² ∑ (Δz)² ÷ h``, over points and stretches of
    length ``h`` of the whole network: noise is averaged with weights that fall by
    ``e`` every ``smooth_m`` along the roads, a steady slope is left as it is. Points
    of bridges and tunnels, and voids, have no ``d``: between their ends the altitude
    runs straight. Then a rise or a fall within an edge counts from 4 m on; ascent
    less descent is always the difference of both ends. On flat ground with a noise
    of 3 m a cell of 90 m, 1 km of road climbs under 1.5 m (tested).

    References
    ----------
    Whittaker, « On a new method of graduation », Proc. Edinburgh Math. Soc. 41
    (1922): the least squares with a penalty on differences.
    """
    samples = _sample(graph)
    ground = heights(elevation)(samples.x, samples.y)
    z = _smoothed(graph, samples, ground, smooth_m)
    known = _known_edges(graph, samples, ground)
    ascent_m, descent_m = _climbs(z[samples.point], samples.start)
    edges = graph.edges.assign(
        ascent_m=np.where(known, ascent_m, np.nan),
        descent_m=np.where(known, descent_m, np.nan),
        turn_rad=turn_rad(graph.lines),
    )
    lost_m = float(graph.edges["length_m"].to_numpy()[~known].sum())
    counts = {
        "tronçons de dénivelé inconnu": int((~known).sum()),
        "km de dénivelé inconnu": round(lost_m / 1000),
    }
    return replace(graph, edges=edges, counts=graph.counts | counts)


def without_climb(graph: RoadGraph) -> RoadGraph:
    """Add the windings alone, where no relief is at hand."""
    edges = graph.edges.assign(
        ascent_m=np.nan, descent_m=np.nan, turn_rad=turn_rad(graph.lines)
    )
    return replace(graph, edges=edges)


def turn_rad(lines: npt.NDArray[np.object_]) -> Floats:
    """Sum the angles by which lines turn, left and right alike.

    ``lines``: shape (n,): geometries [m, EPSG:2154]. Returns: shape (n,): sums [rad],
    after simplification to 2 m, so that the jitter of a drawn line does not turn.

    Examples
    --------
    >>> corner = shapely.linestrings([[0, 0], [100, 0], [100, 100]])
    >>> turn_rad(np.array([corner])).round(3).tolist()
    [1.571]
    """
    plain = shapely.simplify(lines, WOBBLE_M, preserve_topology=False)
    points, owner = shapely.get_coordinates(plain, return_index=True)
    step = np.diff(points, axis=0)
    course = np.arctan2(step[:, 1], step[:, 0])
    inside = (owner[2:] == owner[:-2]) & _moves(step)
    angle = np.abs((np.diff(course) + np.pi) % (2 * np.pi) - np.pi)
    turned = np.bincount(owner[1:-1][inside], angle[inside], minlength=len(lines))
    return turned.astype(float)  # numpy counts in integers where there is nothing


def _moves(step: Floats) -> Flags:
    far = np.hypot(step[:, 0], step[:, 1]) > 0
    return np.asarray(far[1:] & far[:-1])


def _sample(graph: RoadGraph) -> _Samples:
    """Set points at even stretches along each edge, its two nodes included."""
    length_m = shapely.length(graph.lines)
    n_steps = np.maximum(1, np.ceil(length_m / SAMPLE_M)).astype(np.int64)
    edge = np.repeat(np.arange(len(n_steps)), n_steps - 1)
    first = np.cumsum(n_steps - 1) - (n_steps - 1)
    rank = np.arange(len(edge)) - first[edge] + 1
    inner = shapely.line_interpolate_point(
        graph.lines[edge], rank / n_steps[edge], normalized=True
    )
    start = np.concatenate([[0], np.cumsum(n_steps + 1)])
    point = np.empty(start[-1], dtype=np.int64)
    point[start[:-1]] = graph.edges["u"].to_numpy()
    point[start[1:] - 1] = graph.edges["v"].to_numpy()
    point[start[edge] + rank] = len(graph.x) + np.arange(len(edge))
    return _Samples(
        point=point,
        start=start,
        x=np.concatenate([graph.x, shapely.get_x(inner)]),
        y=np.concatenate([graph.y, shapely.get_y(inner)]),
        step_m=length_m / n_steps,
    )


def _smoothed(
    graph: RoadGraph, samples: _Samples, ground: Floats, smooth_m: float
) -> Floats:
    """Solve for the altitudes of all points of the network."""
    tail, head, stretch_m = _stretches(samples)
    n = len(ground)
    share_m = np.bincount(tail, stretch_m, n) + np.bincount(head, stretch_m, n)
    weight = np.where(np.isnan(ground), 0.0, share_m / 2)
    weight[_built(graph, samples, n)] = 0.0
    link = coo_array((np.ones(len(tail)), (tail, head)), shape=(n, n))
    _, piece = connected_components(link, directed=False)
    # A piece that nothing holds keeps the ground, or lies at zero: no edge of it
    # is told where the ground is not known.
    is_weighed = np.bincount(piece, weight)[piece] > 0
    weight = np.where(is_weighed, weight, np.maximum(share_m, _NEAREST_M))
    stiff = smooth_m**2 / stretch_m
    both = coo_array(
        (np.tile(stiff, 2), (np.r_[tail, head], np.r_[head, tail])), shape=(n, n)
    ).tocsr()
    diagonal = weight + np.bincount(tail, stiff, n) + np.bincount(head, stiff, n)
    start = np.nan_to_num(ground)
    return _solved(diagonal, both, weight * start, start)


def _solved(diagonal: Floats, links: csr_array, right: Floats, start: Floats) -> Floats:
    """Solve ``diagonal z − links z = right`` by conjugate gradients.

    Products are summed by numpy, not by a linear algebra library: the same bits
    whatever the number of processors.
    """
    z = start.copy()
    rest = right - diagonal * z + links @ z
    step = rest / diagonal
    power = (rest * step).sum()
    goal = PRECISION**2 * diagonal.mean()
    for _ in range(MAX_ROUNDS):
        if power <= goal:
            break
        pull = diagonal * step - links @ step
        share = power / (step * pull).sum()
        z += share * step
        rest -= share * pull
        eased = rest / diagonal
        previous, power = power, (rest * eased).sum()
        step = eased + power / previous * step
    else:
        _log.warning("altitudes des routes : lissage arrêté avant sa précision")
    return z


def _stretches(samples: _Samples) -> tuple[Ints, Ints, Floats]:
    """Both points and the length of each stretch."""
    last = np.zeros(len(samples.point), dtype=bool)
    last[samples.start[1:] - 1] = True
    starts = np.flatnonzero(~last)
    step_m = np.repeat(samples.step_m, np.diff(samples.start) - 1)
    return (
        samples.point[starts],
        samples.point[starts + 1],
        np.maximum(step_m, _NEAREST_M),
    )


def _built(graph: RoadGraph, samples: _Samples, n: int) -> Flags:
    """Points that lie on bridges and in tunnels, their ends on the ground aside."""
    work = (graph.edges["bridge"] | graph.edges["tunnel"]).to_numpy()
    on_work = np.repeat(work, np.diff(samples.start))
    on_ground = np.bincount(samples.point[~on_work], minlength=n) > 0
    on_structure = np.zeros(n, dtype=bool)
    on_structure[samples.point[on_work]] = True
    return on_structure & ~on_ground


def _known_edges(graph: RoadGraph, samples: _Samples, ground: Floats) -> Flags:
    """Edges whose altitudes are known; of bridges and tunnels, those of the ends."""
    void = np.isnan(ground)
    void[_built(graph, samples, len(ground))] = False
    edge = np.repeat(np.arange(len(graph.edges)), np.diff(samples.start))
    return np.bincount(edge, void[samples.point], len(graph.edges)) == 0


def _climbs(z: Floats, start: Ints) -> tuple[Floats, Floats]:
    """Sum the rises and the falls of each edge that pass the threshold."""
    n_samples = np.diff(start)
    ascent_m, descent_m = np.zeros(len(n_samples)), np.zeros(len(n_samples))
    # Edges of as many samples are walked together, one sample after the other.
    for count, rows in pd.Series(n_samples).groupby(n_samples).groups.items():
        edge = np.asarray(rows)
        profile = z[start[edge][:, None] + np.arange(int(str(count)))]
        ascent_m[edge], descent_m[edge] = _rises(profile)
    return ascent_m, descent_m


def _rises(profile: Floats) -> tuple[Floats, Floats]:
    """Walk profiles of as many samples: rises and falls from the threshold on.

    ``base`` is where the run under way began, ``sense`` its direction; it is closed
    when the profile has come back by the threshold from its furthest altitude.
    """
    base, top, low = (profile[:, 0].copy() for _ in range(3))
    sense, up, down = (np.zeros(len(profile)) for _ in range(3))
    for z in profile.T[1:]:
        top, low = np.maximum(top, z), np.minimum(low, z)
        rising = (sense <= 0) & (z - low >= THRESHOLD_M)
        falling = (sense >= 0) & (top - z >= THRESHOLD_M)
        valley, summit = rising & (sense < 0), falling & (sense > 0)
        down += np.where(valley, base - low, 0.0)
        up += np.where(summit, top - base, 0.0)
        base = np.where(valley, low, np.where(summit, top, base))
        sense = np.where(rising, 1.0, np.where(falling, -1.0, sense))
        top = np.where(rising | falling, z, top)
        low = np.where(rising | falling, z, low)
    rest = profile[:, -1] - base
    return up + np.maximum(rest, 0.0), down + np.maximum(-rest, 0.0)
