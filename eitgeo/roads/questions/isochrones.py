"""What so many minutes reach: stretches, ground, whole communes, shares of a weight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from eitgeo.check import WORKING_EPSG, Faults
from eitgeo.errors import SchemaError, StudyError
from eitgeo.roads.matrix.topology import Ends
from eitgeo.roads.network.graph import Stretches, cut, merge
from eitgeo.roads.network.profile import DECISECONDS, Costs
from eitgeo.tables.columns import OD_REACHED
from eitgeo.words import french_number

if TYPE_CHECKING:
    from eitgeo.roads.matrix.topology import Network

    Ints = npt.NDArray[np.int64]
    Narrow = npt.NDArray[np.int32]
    Floats = npt.NDArray[np.float64]

BANDS_MIN = (30.0, 45.0, 60.0)
_QUARTER = 4
"""Segments of a quarter of circle in a buffer."""
_FINER = 5
"""Lines are drawn so many times finer than the outline."""
_ROUNDING_M = 0.01
COMMUNES_METHOD = "communes entières dont la mairie est atteinte"
NISP_MEDIAN_KM = 33.0
"""Half of the exchanges of the British programme NISP were shorter than this."""


@dataclass(frozen=True)
class Reached:
    """Stretches of road that trips from some places come to.

    ``parts``: as they are driven, EPSG:2154 fractions of the edges. ``from_min``,
    ``to_min``: minutes from the nearest place to the start and to the stop of each
    part. ``max_minutes``: nothing further was looked for.
    """

    parts: Stretches = field(repr=False)
    from_min: Floats = field(repr=False)
    to_min: Floats = field(repr=False)
    max_minutes: float


class Links(NamedTuple):
    """Ways between places and their road.

    ``minutes``: to each place; NaN where it is not reached [min]. ``lines``: from the
    road to the place, EPSG:2154.
    """

    minutes: Floats
    lines: npt.NDArray[Any]


@dataclass(frozen=True)
class Drawing:
    """How a polygon is made of the stretches reached.

    ``width_m``: what is within this of a stretch is inside [m]. ``hole_km2``: holes
    smaller than this are filled [km²]. ``tolerance_m``: the outline may be moved by
    this much to save points [m].
    """

    width_m: float = 250.0
    hole_km2: float = 0.5
    tolerance_m: float = 25.0

    @property
    def method(self) -> str:
        """Say how the polygon was made.

        Returns: French.
        """
        hole = french_number(self.hole_km2)
        return (
            f"routes atteintes élargies de {self.width_m:g} m, trous de moins de "
            f"{hole} km² comblés, contour simplifié à {self.tolerance_m:g} m"
        )


def reach(
    network: Network,
    costs: Costs,
    places: Ends,
    *,
    max_minutes: float,
    ends_minutes: float = 0.0,
) -> Reached:
    """Find what trips from the nearest of some places come to in so many minutes.

    ``places``: where trips start; one without an edge counts for nothing.
    ``max_minutes``: how long a trip may last [min]. ``ends_minutes``: what of it goes
    by at its ends, off the road [min]. Returns: time grows evenly along an edge.

    Notes
    -----
    Dijkstra on time alone, over the states: at most 5 s per 400 km shorter than the
    time of :func:`eitgeo.roads.matrix.router.many_to_many`, which also weighs length.
    """
    limit_ds = 60 * DECISECONDS * max(max_minutes - ends_minutes, 0.0)
    topology = network.topology
    begun, state, begun_ds = _starts(network, costs, places)
    move = np.flatnonzero(costs.usable[topology.arc])
    tail, arc = topology.tail[move], topology.arc[move]
    away_ds = _away(
        (tail, topology.head[move], costs.time_ds[arc].astype(np.float64)),
        (state, begun_ds),
        n_states=len(topology.node),
        limit_ds=limit_ds,
    )
    first_ds = np.full(2 * len(network.graph.edges), np.inf)
    np.minimum.at(first_ds, arc, away_ds[tail])
    driven = np.flatnonzero(first_ds <= limit_ds)
    back = (driven % 2).astype(float)
    parts = Stretches(
        np.concatenate([begun.edge, driven // 2]),
        np.concatenate([begun.start, back]),
        np.concatenate([begun.stop, 1 - back]),
    )
    from_ds = np.concatenate([np.zeros(len(begun_ds)), first_ds[driven]])
    to_ds = np.concatenate([begun_ds, first_ds[driven] + costs.time_ds[driven]])
    real = network.graph.edges["length_m"].to_numpy()[parts.edge] > 0
    minutes = 60.0 * DECISECONDS
    return Reached(
        _kept(parts, real),
        from_ds[real] / minutes + ends_minutes,
        to_ds[real] / minutes + ends_minutes,
        max_minutes,
    )


def _kept(parts: Stretches, mask: npt.NDArray[np.bool_]) -> Stretches:
    return Stretches(parts.edge[mask], parts.start[mask], parts.stop[mask])


def _starts(
    network: Network, costs: Costs, places: Ends
) -> tuple[Stretches, Ints, Floats]:
    """Stretches from each place to the ends of its edge, their states and times."""
    placed = np.flatnonzero(places.edge >= 0)
    edge = np.repeat(places.edge[placed], 2)
    start = np.repeat(places.fraction[placed], 2)
    stop = np.tile([1.0, 0.0], len(placed))
    arc = 2 * edge + (stop == 0)
    drives = costs.usable[arc] & (network.topology.after[arc] >= 0)
    parts = _kept(Stretches(edge, start, stop), drives)
    time_ds = costs.time_ds[arc[drives]] * np.abs(parts.stop - parts.start)
    return parts, network.topology.after[arc[drives]], np.rint(time_ds)


def _away(
    moves: tuple[Narrow, Narrow, Floats],
    starts: tuple[Ints, Floats],
    *,
    n_states: int,
    limit_ds: float,
) -> Floats:
    """Time from the nearest start to each state [0.1 s]; infinite past the limit."""
    from_all = np.full(len(starts[0]), n_states)
    tail = np.concatenate([moves[0], from_all])
    head = np.concatenate([moves[1], starts[0]])
    time = np.concatenate([moves[2], starts[1]])
    order = np.lexsort((time, head, tail))
    # The quickest of parallel moves; one of no time stays a move.
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    firsts = order[first]
    shape = (n_states + 1, n_states + 1)
    graph = csr_array((time[firsts], (tail[firsts], head[firsts])), shape=shape)
    away: Floats = dijkstra(graph, indices=n_states, limit=limit_ds)
    return away


def within(reached: Reached, minutes: float) -> Stretches:
    """Keep what is reached in so many minutes, edges cut where time is up."""
    parts = reached.parts
    lasts = reached.to_min - reached.from_min
    left = minutes - reached.from_min
    share = np.where(lasts > 0, left / np.where(lasts > 0, lasts, 1.0), 1.0)
    stop = parts.start + (parts.stop - parts.start) * np.clip(share, 0, 1)
    # A stretch driven to its end stops at its end, whatever the rounding.
    stop = np.where(share >= 1, parts.stop, stop)
    is_within = left >= 0
    return merge(_kept(parts._replace(stop=stop), is_within))


def links_of(
    network: Network, places: Ends, *, x: Floats, y: Floats, minutes: Floats
) -> Links:
    """Draw the way from its road to each place that has one (`snap` gives `places`)."""
    placed = places.edge >= 0
    road = network.graph.lines[places.edge[placed]]
    spots = shapely.points(x[placed], y[placed])
    return Links(minutes[placed], shapely.shortest_line(road, spots))


def isochrones(
    network: Network,
    reached: Reached,
    *,
    minutes: Iterable[float] = BANDS_MIN,
    links: Links | None = None,
    drawing: Drawing | None = None,
) -> gpd.GeoDataFrame:
    """Draw the polygon of each band of minutes.

    ``minutes``: bands [min]. ``links``: places off the road: each is inside the bands
    that its minutes are in. Returns: one row a band, shortest first, EPSG:2154:
    ``minutes``, ``road_km`` reached, ``area_km2``, ``method`` (French) and a polygon
    that holds those before it; empty where nothing is reached. Refused when a band is
    not positive, or longer than what was looked for.
    """
    bands = sorted(set(minutes))
    _require_bands(bands, reached)
    how = drawing or Drawing()
    graph = network.graph
    length_m = graph.edges["length_m"].to_numpy()
    is_whole = np.zeros(len(graph.edges), dtype=bool)
    wide: shapely.Geometry = shapely.MultiPolygon()
    shape = wide
    rows = []
    for band in bands:
        parts = within(reached, band)
        lines = cut(graph.lines, _kept(parts, ~is_whole[parts.edge]))
        if links is not None:
            lines = np.append(lines, links.lines[links.minutes <= band])
        wide = shapely.union(wide, _widened(lines, how))
        shape = _around(shape, _outline(wide, how))
        is_whole[parts.edge[parts.stop - parts.start == 1]] = True
        road_m = float((length_m[parts.edge] * (parts.stop - parts.start)).sum())
        rows.append((band, road_m / 1000, shape.area / 1e6, how.method, shape))
    names = ["minutes", "road_km", "area_km2", "method", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=names), crs=WORKING_EPSG)


def _require_bands(bands: list[float], reached: Reached) -> None:
    faults = Faults("isochrones")
    for band in bands:
        if not 0 < band <= reached.max_minutes:
            faults.add(
                f"{band:g} min demandées pour {reached.max_minutes:g} calculées",
                remedy="une durée positive, au plus égale à celle du calcul",
            )
    faults.raise_if_any(StudyError)


def _widened(lines: npt.NDArray[Any], how: Drawing) -> shapely.Geometry:
    plain = shapely.simplify(lines, how.tolerance_m / _FINER)
    return shapely.union_all(shapely.buffer(plain, how.width_m, quad_segs=_QUARTER))


def _outline(wide: shapely.Geometry, how: Drawing) -> shapely.Geometry:
    """Fill small holes and save points."""
    filled = [_filled(part, how.hole_km2 * 1e6) for part in shapely.get_parts(wide)]
    plain = shapely.simplify(shapely.union_all(filled), how.tolerance_m)
    # Two parts of the outline may come to touch once simplified.
    return shapely.buffer(plain, 0)


def _around(inner: shapely.Geometry, outer: shapely.Geometry) -> shapely.Geometry:
    """Join two polygons so that the result holds the first, whatever the rounding."""
    both = shapely.union(inner, outer)
    # Nothing covers an empty polygon.
    while not inner.is_empty and not shapely.covers(both, inner):
        both = shapely.buffer(both, _ROUNDING_M, join_style="mitre")
    return both


def _filled(polygon: shapely.Polygon, hole_m2: float) -> shapely.Polygon:
    holes = [
        ring for ring in polygon.interiors if shapely.Polygon(ring).area >= hole_m2
    ]
    return shapely.Polygon(polygon.exterior, holes)


def reached_communes(
    communes: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
    *,
    minutes: Iterable[float],
) -> gpd.GeoDataFrame:
    """Join the communes that one seat reaches in so many minutes.

    ``communes``: table ``communes``, EPSG:2154. ``pairs``: rows of table ``od_matrix``
    of one origin and profile. ``minutes``: bands [min]. Returns: as
    :func:`eitgeo.roads.questions.isochrones.isochrones`, EPSG:2154; ``road_km`` is NaN.
    The polygon is empty where nothing is reached.
    """
    figured = pairs[pairs["status"].isin(OD_REACHED)]
    time_min = figured.set_index("destination_id")["time_s"] / 60
    rows = []
    for band in sorted(set(minutes)):
        inside = communes["code_insee"].isin(time_min.index[time_min <= band])
        shape = shapely.union_all(communes.geometry[inside].to_numpy())
        rows.append((band, np.nan, shape.area / 1e6, COMMUNES_METHOD, shape))
    names = ["minutes", "road_km", "area_km2", "method", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=names), crs=WORKING_EPSG)


def band_shares(
    pairs: pd.DataFrame,
    weights: pd.Series[float],
    *,
    minutes: Iterable[float] = BANDS_MIN,
    km: Iterable[float] = (NISP_MEDIAN_KM,),
) -> pd.DataFrame:
    """Measure the share of a weight within bands of time and of length.

    ``pairs``: rows of table ``od_matrix`` of one profile and closure: ``origin_id``,
    ``destination_id``, ``time_s``, ``length_m``, ``status``. ``minutes``, ``km``: bands
    [min, km]. Returns: one row an origin and band, sorted: ``origin_id``, ``measure``
    (``time_min`` or ``length_km``), ``band``, ``within`` [unit of the weights],
    ``share_pct`` of the whole weight, ``without_way_pct``: the share of it that no
    figure is known for, which no band holds. Refused when a pair is missing or given
    twice, or no weight is positive.

    References
    ----------
    Jensen, Basson, Hellawell, Bailey and Leach, « Quantifying geographic proximity:
    experiences from the United Kingdom's National Industrial Symbiosis Programme »,
    Resources, Conservation and Recycling 55, 2011: median of 20.4 miles.

    Examples
    --------
    >>> pairs = pd.DataFrame(
    ...     {
    ...         "origin_id": "O",
    ...         "destination_id": ["A", "B"],
    ...         "time_s": [1500.0, 3000.0],
    ...         "length_m": [20_000.0, 40_000.0],
    ...         "status": "ok",
    ...     }
    ... )
    >>> weights = pd.Series({"A": 3.0, "B": 1.0})
    >>> band_shares(pairs, weights, minutes=[30])["share_pct"].tolist()
    [75.0, 75.0]
    """
    rows = pairs[pairs["destination_id"].isin(weights.index)]
    _require_whole(rows, weights)
    figured = rows["status"].isin(OD_REACHED)
    each = rows["destination_id"].map(weights)
    total = float(weights.sum())
    lost = each.where(~figured, 0.0).groupby(rows["origin_id"]).sum()
    share_rows = []
    for measure, values, bands in (
        ("length_km", rows["length_m"] / 1000, km),
        ("time_min", rows["time_s"] / 60, minutes),
    ):
        for band in sorted(set(bands)):
            inside = each.where(figured & (values <= band), 0.0)
            sums = inside.groupby(rows["origin_id"]).sum()
            share_rows.append(
                pd.DataFrame(
                    {
                        "origin_id": sums.index,
                        "measure": measure,
                        "band": float(band),
                        "within": sums.to_numpy(),
                        "share_pct": 100 * sums.to_numpy() / total,
                        "without_way_pct": 100 * lost.to_numpy() / total,
                    }
                )
            )
    table = pd.concat(share_rows, ignore_index=True)
    return table.sort_values(["origin_id", "measure", "band"], ignore_index=True)


def _require_whole(rows: pd.DataFrame, weights: pd.Series[float]) -> None:
    faults = Faults("parts atteintes")
    if not (weights >= 0).all() or weights.sum() <= 0:
        fault = "poids négatifs, inconnus ou tous nuls"
        faults.add(fault, remedy="donner un poids positif à un lieu au moins")
    per_origin = rows.groupby("origin_id")["destination_id"].agg(["size", "nunique"])
    gaps = per_origin[(per_origin != len(weights)).any(axis=1)]
    for origin, counts in gaps.iterrows():
        faults.add(
            f"depuis « {origin} » : {counts['nunique']} lieux sur {len(weights)}, "
            f"en {counts['size']} lignes",
            remedy="une ligne par paire, d'un seul véhicule et d'une seule fermeture",
        )
    faults.raise_if_any(SchemaError)
