"""The table of times, lengths and climbs between places, on a real road network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eitgeo.roads.matrix.crosscheck import require_agreement
from eitgeo.roads.matrix.layout import Ends
from eitgeo.roads.matrix.router import many_to_many
from eitgeo.roads.matrix.snap import Snapped, geodesic_m, snap
from eitgeo.roads.network.closures import without
from eitgeo.roads.network.profile import DECISECONDS
from eitgeo.tables.columns import OD_REACHED

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.roads.matrix.ready import Network
    from eitgeo.roads.network.profile import Costs

    Ints = npt.NDArray[np.int64]


_SAMPLE_SEED = 20261125


@dataclass(frozen=True)
class Limits:
    """What bounds a trip, and the legs between a place and its road.

    Attributes
    ----------
    max_snap_m
        Furthest road that a place is set on [m].
    max_minutes
        Longest trip that counts [min].
    access_kmh
        Speed on the legs between a place and its road [km/h].
    terminal_minutes
        Time at each end of a trip, before the road and after it [min].
    """

    max_snap_m: float
    max_minutes: float
    access_kmh: float
    terminal_minutes: float = 0.0

    def ends_s(self, access_m: Any) -> Any:
        """Seconds at both ends of a trip, whose two legs are so long together."""
        return access_m / (self.access_kmh / 3.6) + 2 * 60 * self.terminal_minutes


def network_matrix(
    network: Network,
    costs: Costs,
    *,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    limits: Limits,
    labels: tuple[str, str] = ("truck", ""),
    closed: Ints | None = None,
) -> pd.DataFrame:
    """Compute every pair of places: time, length, climb and status.

    Parameters
    ----------
    network, costs
        As in :func:`eitgeo.roads.matrix.router.many_to_many`.
    origins, destinations
        ``place_id``, ``place_kind``, ``x``, ``y`` [m, EPSG:2154] and ``inner_m``, the
        distance taken inside a place [m].
    limits
        Bounds and access legs.
    labels
        Profile and closure of the table.
    closed
        Edges that are closed. Places keep the road that they stand on when all are
        open; one whose road is closed is ``forbidden_to_profile``.

    Returns
    -------
    pandas.DataFrame
        Table ``od_matrix``, with ``unknown_m``: metres of the path where a limit of
        height or weight is not known. Figures are NaN unless the status is ``ok``
        or ``same_place``; access legs are counted in time and length, terminal times
        in time.

    Raises
    ------
    EitgeoError
        When a few origins, drawn by a seed, contradict Dijkstra.
    """
    from_road = _set_down(network, costs, origins, limits)
    to_road = _set_down(network, costs, destinations, limits)
    if closed is not None:
        costs = without(costs, closed)
        from_road, to_road = (_shut(side, costs) for side in (from_road, to_road))
    found = many_to_many(
        network, costs, origins=from_road.ends, destinations=to_road.ends
    )
    require_agreement(
        network,
        costs,
        found,
        places=(from_road.ends, to_road.ends),
        rng=np.random.default_rng(_SAMPLE_SEED),
    )
    table = _frame(origins, destinations, (from_road, to_road))
    for name, values in found.sums.items():
        table[name] = values.ravel().astype(float)
    table["time_s"] = table.pop("time_ds") / DECISECONDS
    table = _with_access(table, limits)
    table["status"] = _statuses(table, found.reached.ravel(), limits)
    unknown = ~table["status"].isin(OD_REACHED)
    figures = ["time_s", "length_m", "ascent_m", "descent_m", "unknown_m"]
    table.loc[unknown, figures] = np.nan
    table["profile"], table["closure_id"] = labels
    return table.drop(columns=["inner_m", "from_status", "to_status"])


def _set_down(
    network: Network, costs: Costs, places: pd.DataFrame, limits: Limits
) -> Snapped:
    return snap(
        network,
        costs,
        x=places["x"].to_numpy(dtype=float),
        y=places["y"].to_numpy(dtype=float),
        max_snap_m=limits.max_snap_m,
    )


def _shut(side: Snapped, costs: Costs) -> Snapped:
    """Take off the network the places whose road is closed."""
    edge = side.ends.edge
    open_edge = costs.usable.reshape(-1, 2).any(axis=1)
    lost = (edge >= 0) & ~open_edge[edge]
    return Snapped(
        ends=Ends(np.where(lost, -1, edge), side.ends.fraction),
        snap_m=np.where(lost, np.nan, side.snap_m),
        status=np.where(lost, "forbidden_to_profile", side.status),
    )


def _frame(
    origins: pd.DataFrame, destinations: pd.DataFrame, roads: tuple[Snapped, Snapped]
) -> pd.DataFrame:
    row, column = np.indices((len(origins), len(destinations))).reshape(2, -1)
    left = origins.iloc[row].reset_index(drop=True)
    right = destinations.iloc[column].reset_index(drop=True)
    straight_m = geodesic_m(
        (origins["x"].to_numpy(), origins["y"].to_numpy()),
        (destinations["x"].to_numpy(), destinations["y"].to_numpy()),
    )
    return pd.DataFrame(
        {
            "origin_id": left["place_id"],
            "destination_id": right["place_id"],
            "place_kind": left["place_kind"] + "-" + right["place_kind"],
            "straight_m": straight_m.ravel(),
            "snap_origin_m": roads[0].snap_m[row],
            "snap_destination_m": roads[1].snap_m[column],
            "from_status": roads[0].status[row],
            "to_status": roads[1].status[column],
            "inner_m": np.maximum(left["inner_m"], right["inner_m"]),
        }
    )


def _with_access(table: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Add legs and terminal times; a trip of no length is one inside the place."""
    access_m = table["snap_origin_m"] + table["snap_destination_m"]
    nowhere = table["length_m"] + table["straight_m"] < 1
    inside = (table["origin_id"] == table["destination_id"]) | nowhere
    access_m = access_m.where(~inside, np.maximum(access_m, table["inner_m"]))
    return table.assign(
        length_m=table["length_m"] + access_m,
        time_s=table["time_s"] + limits.ends_s(access_m),
        inside=inside,
    )


def _statuses(table: pd.DataFrame, reached: np.ndarray, limits: Limits) -> np.ndarray:
    inside = table.pop("inside")
    return np.select(
        [
            table["from_status"] != "ok",
            table["to_status"] != "ok",
            inside,
            ~reached,
            table["time_s"] > 60 * limits.max_minutes,
        ],
        [
            table["from_status"],
            table["to_status"],
            "same_place",
            "other_component",
            "beyond_limit",
        ],
        default="ok",
    )
