"""Whether distances can be believed: a second computation, a second engine.

Every matrix is held against Dijkstra (scipy) on a few origins drawn by a seed, and
its lengths against the straight line. Routes of another engine, from the same
extract, are compared pair by pair; what differs most is listed, with why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse.csgraph import dijkstra

from eitgeo.check import WORKING_EPSG
from eitgeo.errors import EitgeoError
from eitgeo.roads.matrix.layout import TIME_FACTOR, Layout, _least, lay_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from eitgeo.roads.matrix.layout import Ends
    from eitgeo.roads.matrix.ready import Network
    from eitgeo.roads.matrix.router import Found
    from eitgeo.roads.network.profile import Costs

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MIN_STRAIGHT_M = 1_000.0
"""Shorter pairs say more of the last metres than of the network."""

LIKELY_RATIO = (0.67, 1.5)
"""Ours ÷ theirs: a pair outside is listed."""

LIKELY_DETOUR = (1.0, 3.0)
"""Length ÷ straight line: a pair outside is listed."""

_ELSEWHERE_M = 10.0
_SAME_LENGTH = 0.02
_BARRED_SHARE = 0.02
_OFF_ROAD_M = 15.0
_STEP_M = 25.0
_QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
_OUTLIER = ["origin_id", "destination_id", "ours", "theirs", "ratio", "reason"]


@dataclass(frozen=True)
class CrossCheck:
    """What a comparison says.

    ``summary``: one row a check: ``check``, ``pairs``, ``p05``, ``p25``, ``median``,
    ``p75``, ``p95`` of the ratios, and ``outliers``, how many are listed. ``outliers``:
    one row a pair that is listed: ``check``, ``origin_id``, ``destination_id``,
    ``ours``, ``theirs`` ([s] or [m]), ``ratio``, ``reason`` (French) and the path of
    the other engine, EPSG:2154, worst first.
    """

    summary: pd.DataFrame
    outliers: gpd.GeoDataFrame = field(repr=False)


class _Check(NamedTuple):
    """One measure of one comparison; all of one index."""

    name: str
    ours: pd.Series[float]
    theirs: pd.Series[float]
    likely: tuple[float, float]


def require_agreement(
    network: Network,
    costs: Costs,
    found: Found,
    *,
    places: tuple[Ends, Ends],
    rng: np.random.Generator,
    n_origins: int = 3,
) -> int:
    """Hold a matrix against Dijkstra on a few of its origins.

    Notes
    -----
    The reference shares the places and the whole-number costs with the engine,
    neither its hierarchy nor its searches. One search of the network an end.
    """
    known = np.flatnonzero(places[0].edge >= 0)
    rows = np.sort(rng.choice(known, min(n_origins, len(known)), replace=False))
    if not len(rows):
        return 0
    layout = lay_out(network.topology, costs, *places)
    expected = _reference(layout, rows)
    cost = TIME_FACTOR * found.sums["time_ds"] + found.sums["length_m"]
    ours = np.where(found.reached, cost, np.inf)[rows]
    wrong = np.argwhere(ours != expected)
    if len(wrong):
        row, column = (int(value) for value in wrong[0])
        message = (
            f"matrice des distances : {len(wrong)} paires sur {ours.size} contredisent "
            f"Dijkstra (origine {rows[row]}, destination {column} : coût "
            f"{ours[row, column]:.0f} au lieu de {expected[row, column]:.0f})\n"
            "  → ne pas utiliser ces distances ; signaler le réseau qui les donne"
        )
        raise EitgeoError(message)
    return int(ours.size)


def _reference(layout: Layout, rows: Ints) -> Floats:
    """Cost of the best path from some origins, infinite where there is none."""
    arcs, starts = (
        TIME_FACTOR * sums("time_ds") + sums("length_m")
        for sums in (layout.arc_sums, layout.start_sums.__getitem__)
    )
    # An origin is a node of its own, from which its starts leave: one search each.
    n = layout.n_states + layout.n_places
    leaving = layout.start_states[rows]
    mine, end = np.nonzero(leaving >= 0)
    graph = _least(
        np.concatenate([layout.tail, n + mine]),
        np.concatenate([layout.head, leaving[mine, end]]),
        np.concatenate([arcs, starts[rows][mine, end]]),
        n + len(rows),
    )
    best = dijkstra(graph, indices=n + np.arange(len(rows)))[:, layout.n_states : n]
    row, column, sums = layout.straight()
    along = TIME_FACTOR * sums["time_ds"] + sums["length_m"]
    at = np.searchsorted(rows, row)
    mine = rows[np.minimum(at, len(rows) - 1)] == row
    np.minimum.at(best, (at[mine], column[mine]), along[mine])
    return best


def detour_index(pairs: pd.DataFrame) -> pd.Series[float]:
    """Divide the length on the road by the straight line.

    ``pairs``: table ``od_matrix``: ``length_m``, ``straight_m``, ``status``. Returns:
    ``detour_index``, on the index of the pairs; NaN where the status is not ``ok`` or
    the straight line is under 1 km.

    Examples
    --------
    >>> detour_index(pd.DataFrame(
    ...     {"length_m": [3e3, 9e2], "straight_m": [2e3, 5e2], "status": "ok"}
    ... )).tolist()
    [1.5, nan]
    """
    sound = pairs["status"].eq("ok") & (pairs["straight_m"] >= MIN_STRAIGHT_M)
    index = pairs["length_m"] / pairs["straight_m"].where(sound)
    return index.rename("detour_index")


def straight_check(pairs: pd.DataFrame) -> CrossCheck:
    """Hold the lengths of a matrix against the straight line.

    ``pairs``: table ``od_matrix`` of one profile and one closure. Returns: one check,
    « détour »; its outliers have no path.
    """
    sound = pairs[detour_index(pairs).notna()]
    straight = _Check("détour", sound["length_m"], sound["straight_m"], LIKELY_DETOUR)
    lines = gpd.GeoSeries([None] * len(sound), index=sound.index, crs=WORKING_EPSG)
    summary, outliers = _told(straight, sound, lines, np.full(len(sound), "détour"))
    return CrossCheck(pd.DataFrame([summary]), outliers)


def cross_check(
    pairs: pd.DataFrame,
    network: Network,
    costs: Costs,
    *,
    routes: Mapping[str, gpd.GeoDataFrame],
) -> CrossCheck:
    """Compare a matrix with the straight line and with other engines.

    ``pairs``: table ``od_matrix`` of one profile and one closure. ``network``,
    ``costs``: those of the matrix: they tell where the vehicle may drive. ``routes``:
    by engine, from :mod:`eitgeo.roads.questions.peers`: ``origin_id``,
    ``destination_id``, ``time_s``, ``length_m``, ``set_down_m`` (how far from the place
    the route starts or ends [m]) and the path, EPSG:2154. Returns: distributions and
    outliers. A pair that the other engine sets down more than 10 m away is no
    comparison: it is left out.
    """
    sound = pairs[detour_index(pairs).notna()]
    straight = straight_check(pairs)
    distribution = {
        str(name): value for name, value in straight.summary.iloc[0].items()
    }
    checks: list[tuple[dict[str, object], gpd.GeoDataFrame]] = [
        (distribution, straight.outliers)
    ]
    for engine, theirs in routes.items():
        table, why = _joined(sound, theirs, network, costs)
        for label, name in (("temps", "time_s"), ("longueur", "length_m")):
            check = _Check(
                f"{engine} : {label}",
                table[name],
                table[f"their_{name}"],
                LIKELY_RATIO,
            )
            checks.append(_told(check, table, table.geometry, why))
    summaries, outliers = zip(*checks, strict=True)
    return CrossCheck(
        pd.DataFrame(list(summaries)), pd.concat(outliers, ignore_index=True)
    )


def _told(
    check: _Check, table: pd.DataFrame, lines: gpd.GeoSeries, why: np.ndarray
) -> tuple[dict[str, object], gpd.GeoDataFrame]:
    """Return the distribution of a ratio, and the pairs outside what is likely."""
    ratio = check.ours / check.theirs
    low, high = check.likely
    far = ~ratio.between(low, high) & ratio.notna()
    summary: dict[str, object] = {"check": check.name, "pairs": int(ratio.count())}
    summary |= {name: float(ratio.quantile(q)) for name, q in _QUANTILES.items()}
    listed = table[["origin_id", "destination_id"]].assign(
        ours=check.ours, theirs=check.theirs, ratio=ratio, reason=why
    )
    listed = gpd.GeoDataFrame(listed[_OUTLIER], geometry=lines, crs=WORKING_EPSG)[far]
    listed.insert(0, "check", check.name)
    off = np.abs(np.log(listed["ratio"]))
    worst = listed.assign(_off=off).sort_values(
        ["_off", "origin_id", "destination_id"], ascending=[False, True, True]
    )
    return summary | {"outliers": int(far.sum())}, worst.drop(columns="_off")


def _joined(
    sound: pd.DataFrame, routes: gpd.GeoDataFrame, network: Network, costs: Costs
) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    """Put the routes beside our figures, and say why each could differ."""
    theirs = routes.rename(
        columns={"time_s": "their_time_s", "length_m": "their_length_m"}
    )
    set_down_near = theirs[theirs["set_down_m"] <= _ELSEWHERE_M]
    table = set_down_near.merge(
        sound[["origin_id", "destination_id", "time_s", "length_m"]],
        on=["origin_id", "destination_id"],
        how="inner",
    )
    length = table["length_m"] / table["their_length_m"]
    barred = _barred_share(table.geometry, network, costs)
    reason = np.select(
        [barred > _BARRED_SHARE, (length - 1).abs() < _SAME_LENGTH],
        ["passe où ce véhicule n'est pas admis", "même longueur, autres vitesses"],
        default="autre chemin",
    )
    return table, reason


def _barred_share(lines: gpd.GeoSeries, network: Network, costs: Costs) -> Floats:
    """Share of each line that lies on no road open to the vehicle."""
    open_edge = costs.usable.reshape(-1, 2).any(axis=1)
    tree = shapely.STRtree(_segments(network.graph.lines[open_edge]))
    count = np.maximum(np.ceil(lines.length.to_numpy() / _STEP_M), 1).astype(int)
    owner = np.repeat(np.arange(len(lines)), count)
    points = shapely.points(_along(lines.to_numpy(), count, owner))
    points_near, _ = tree.query(points, predicate="dwithin", distance=_OFF_ROAD_M)
    on_road = np.zeros(len(points), dtype=bool)
    on_road[points_near] = True
    return np.bincount(owner, weights=~on_road, minlength=len(lines)) / count


def _segments(lines: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Cut lines at their vertices: a tree finds what is short, not what is long."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    inside = line[1:] == line[:-1]
    segments: npt.NDArray[np.object_] = shapely.linestrings(
        np.stack([xy[:-1][inside], xy[1:][inside]], axis=1)
    )
    return segments


def _along(lines: npt.NDArray[np.object_], count: Ints, owner: Ints) -> Floats:
    """Place ``count`` points at equal steps of each line, in the middle of each."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    step_m = np.hypot(*np.diff(xy, axis=0).T)
    # Lines follow one another on one axis, a metre apart: none is met at its ends.
    run_m = np.append(0.0, np.cumsum(np.where(line[1:] == line[:-1], step_m, 1.0)))
    start_m = run_m[np.searchsorted(line, np.arange(len(lines)))]
    end_m = run_m[np.searchsorted(line, np.arange(len(lines)), side="right") - 1]
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    share = (nth + 0.5) / count[owner]
    at_m = start_m[owner] + share * (end_m - start_m)[owner]
    return np.stack([np.interp(at_m, run_m, xy[:, axis]) for axis in (0, 1)], axis=1)
