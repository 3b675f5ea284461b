"""Whether distances can be believed: a second computation, the straight line.

Every matrix is held against Dijkstra (scipy) on a few origins drawn by a seed, and
its lengths against the straight line; what differs most is listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse.csgraph import dijkstra

from eitgeo.errors import EitgeoError
from eitgeo.roads.matrix.layout import TIME_FACTOR, Ends, Layout, _least, lay_out
from eitgeo.roads.network.profile import Costs

if TYPE_CHECKING:
    from eitgeo.roads.matrix.ready import Network
    from eitgeo.roads.matrix.router import Found

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MIN_STRAIGHT_M = 1_000.0
"""Shorter pairs say more of the last metres than of the network."""

LIKELY_DETOUR = (1.0, 3.0)
"""Length ÷ straight line: a pair outside is listed."""

_QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}


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


def straight_check(pairs: pd.DataFrame) -> tuple[dict[str, object], pd.DataFrame]:
    """Hold the lengths of a matrix against the straight line.

    ``pairs``: table ``od_matrix`` of one profile and one closure. Returns: a row of
    ``road_checks``, and the rows of ``road_outliers``, worst first, without a line.
    """
    ratio = detour_index(pairs).dropna()
    low, high = LIKELY_DETOUR
    off = ratio[~ratio.between(low, high)]
    far = pairs.loc[off.index]
    summary: dict[str, object] = {"check": "détour", "pairs": len(ratio)}
    summary |= {name: float(ratio.quantile(q)) for name, q in _QUANTILES.items()}
    listed = far[["origin_id", "destination_id"]].assign(
        check="détour",
        ours=far["length_m"],
        theirs=far["straight_m"],
        ratio=off,
        reason="détour",
        _off=np.abs(np.log(off)),
    )
    worst = listed.sort_values(
        ["_off", "origin_id", "destination_id"], ascending=[False, True, True]
    )
    return summary | {"outliers": len(far)}, worst.drop(columns="_off")
