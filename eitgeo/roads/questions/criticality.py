"""What a closed road costs: each link shut in turn, the pairs that it served again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.check import WORKING_EPSG, Faults, require_columns
from eitgeo.errors import InfeasibleError, SchemaError
from eitgeo.roads.matrix.closer import FAR, Closer, group
from eitgeo.roads.matrix.engine import NOT_REACHED, Engine
from eitgeo.roads.matrix.layout import (
    TIME_FACTOR,
    TOO_FAR,
    lay_out,
    require_counted,
    require_weights,
)
from eitgeo.roads.matrix.paths import best_trips
from eitgeo.roads.matrix.router import scaled_weights
from eitgeo.roads.network.closures import closure_report, without
from eitgeo.roads.network.profile import DECISECONDS
from eitgeo.roads.questions.bridges import bridges

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from eitgeo.roads.matrix.layout import Ends, Layout
    from eitgeo.roads.matrix.ready import Network
    from eitgeo.roads.network.closures import Closure
    from eitgeo.roads.network.graph import RoadGraph
    from eitgeo.roads.network.profile import Costs

    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

MAIN_CLASSES = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
)
"""Classes of the main links, from the network of the State down to local roads."""

_LOSSES = (
    "pairs",
    "rerouted_pairs",
    "cut_pairs",
    "on_link_pairs",
    "extra_min",
    "extra_min_max",
    "extra_km",
    "extra_tkm",
    "cut_t",
)


class _Pairs(NamedTuple):
    """Pairs of the study that have a way: their places, and what it sums."""

    ends: Ints
    mass_t: npt.NDArray[np.float64]
    time_ds: Ints
    length_m: Ints

    def take(self, rows: Any) -> _Pairs:
        # Keep some pairs.
        return _Pairs(*(values[rows] for values in self))


def main_links(
    graph: RoadGraph, costs: Costs, *, classes: Iterable[str] = MAIN_CLASSES
) -> Ints:
    """List the edges of the main roads that a vehicle may use.

    Parameters
    ----------
    graph
        The road graph.
    costs
        What is usable.
    classes
        Classes of road.

    Returns
    -------
    numpy.ndarray
        Rows of the edges, sorted.
    """
    usable = costs.usable.reshape(-1, 2).any(axis=1)
    return np.flatnonzero(usable & graph.edges["class"].isin(list(classes)).to_numpy())


def criticality(
    network: Network,
    costs: Costs,
    *,
    origins: Ends,
    destinations: Ends,
    pairs: pd.DataFrame,
    links: Ints,
) -> gpd.GeoDataFrame:
    """Close links one at a time and measure what the pairs of the study lose.

    Parameters
    ----------
    network, costs
        As in :func:`eitgeo.roads.matrix.router.many_to_many`.
    origins, destinations
        Points on edges.
    pairs
        ``origin``, ``destination`` (rows of the places) and ``mass_t``, tonnes a
        year. A pair that has no way when all is open is left out.
    links
        Edges to close, see :func:`main_links`.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a link, in order, EPSG:2154: ``edge``, ``way_id``, ``class``,
        ``length_m``; ``pairs`` that drive it, which are either ``rerouted_pairs``,
        ``cut_pairs`` (no way is left) or ``on_link_pairs`` (one of their places
        stands on it); for those rerouted, in all, ``extra_min``, ``extra_km`` and
        ``extra_tkm`` (of the trip laden), and ``extra_min_max``, the worst (NaN
        where none is); ``cut_t``, tonnes of the pairs cut off; ``bridge``, see
        :func:`eitgeo.roads.questions.bridges.bridges`; the line.

    Raises
    ------
    SchemaError
        When a pair names a place that is not there, or its mass is not a number.
    InfeasibleError
        When a sum passes what the engine counts.

    Notes
    -----
    A pair whose best path shuns a link keeps it when the link closes: only the
    others are asked again, on a hierarchy of which only the shortcuts over the link
    are weighed anew. What is cut off is counted, never a number of minutes.
    """
    trips = _Trips(network, lay_out(network.topology, costs, origins, destinations))
    trips.serve(pairs)
    table = pd.DataFrame(
        [trips.loss(links[[at]]) for at in range(len(links))], columns=list(_LOSSES)
    )
    edges = network.graph.edges.iloc[links]
    table.insert(0, "edge", links)
    for at, name in enumerate(("way_id", "class", "length_m"), start=1):
        table.insert(at, name, edges[name].to_numpy())
    table["bridge"] = bridges(network.graph, costs)[links]
    return gpd.GeoDataFrame(
        table, geometry=network.graph.lines[links], crs=WORKING_EPSG
    )


def closure_losses(
    network: Network,
    costs: Costs,
    *,
    origins: Ends,
    destinations: Ends,
    pairs: pd.DataFrame,
    closures: Iterable[Closure],
) -> pd.DataFrame:
    """Measure what the pairs of the study lose with each of its closures.

    Parameters
    ----------
    network, costs, origins, destinations, pairs
        As in :func:`criticality`.
    closures
        From :func:`eitgeo.roads.network.closures.find_closures`.

    Returns
    -------
    pandas.DataFrame
        One row a closure: the columns of :func:`eitgeo.roads.network.closures
        .closure_report`, and the losses of :func:`criticality`.
    """
    found = tuple(closures)
    trips = _Trips(network, lay_out(network.topology, costs, origins, destinations))
    trips.serve(pairs)
    losses = [trips.loss(one.edges) for one in found]
    report = closure_report(network.graph, found)
    return report.join(pd.DataFrame(losses, columns=list(_LOSSES)))


def _require(pairs: pd.DataFrame, origins: Ends, destinations: Ends) -> None:
    require_columns(pairs, ["origin", "destination", "mass_t"], where="paires")
    faults = Faults("paires")
    for name, ends in (("origin", origins), ("destination", destinations)):
        lost = ~pairs[name].between(0, len(ends.edge) - 1)
        if lost.any():
            first = pairs.index[lost][0]
            met = f"« {name} » n'est pas un lieu donné ({int(lost.sum())} fois)"
            faults.add(met, row=first, remedy="numéroter les lieux à partir de 0")
    if not (pairs["mass_t"] >= 0).all():
        faults.add("masse négative ou inconnue", remedy="donner des tonnes, 0 au moins")
    faults.raise_if_any(SchemaError)


class _Trips:
    # The best trips of the pairs of a study, and what closing edges does to them.

    def __init__(self, network: Network, layout: Layout) -> None:
        require_weights(scaled_weights(layout, 2))
        self._network = network
        self._layout = layout
        self._closer = Closer(network, layout)

    def serve(self, pairs: pd.DataFrame) -> None:
        # Find the best trip of each pair, and which pairs drive each edge.
        layout = self._layout
        _require(pairs, layout.origins, layout.destinations)
        asked = pairs[["origin", "destination"]].to_numpy(dtype=np.int64)
        kept: list[int] = []
        sums: list[tuple[int, int]] = []
        driven, owner = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)]
        engine = Engine(layout, self._network)
        for at, trip in enumerate(best_trips(engine, layout, asked)):
            if not trip.driven:
                continue
            edges = np.unique(np.array(trip.driven, dtype=np.int32) // 2)
            driven.append(edges)
            owner.append(np.full(len(edges), len(kept), dtype=np.int32))
            kept.append(at)
            sums.append((trip.sums["time_ds"], trip.sums["length_m"]))
        time_ds, length_m = np.array(sums, dtype=np.int64).reshape(-1, 2).T
        mass_t = pairs["mass_t"].to_numpy(dtype=float)[kept]
        self._served = _Pairs(asked[kept], mass_t, time_ds, length_m)
        self._users = group(
            np.concatenate(driven),
            np.concatenate(owner),
            n_edges=len(self._network.graph.edges),
        )

    def loss(self, edges: Ints) -> tuple[float, ...]:
        # Measure what the pairs that drive some edges lose with them.
        users = self._served.take(self._users.of(edges))
        stands = np.isin(self._layout.origins.edge[users.ends[:, 0]], edges)
        stands |= np.isin(self._layout.destinations.edge[users.ends[:, 1]], edges)
        again = users.take(~stands)
        time_ds, length_m = self._without(edges, again.ends)
        left = time_ds != NOT_REACHED
        kept = again.take(left)
        extra_min = (time_ds[left] - kept.time_ds) / (60 * DECISECONDS)
        extra_km = (length_m[left] - kept.length_m) / 1000
        return (
            len(users.ends),
            len(kept.ends),
            int((~left).sum()),
            int(stands.sum()),
            float(extra_min.sum()),
            float(extra_min.max()) if len(kept.ends) else np.nan,
            float(extra_km.sum()),
            float((kept.mass_t * extra_km).sum()),
            float(again.mass_t[~left].sum()),
        )

    def _without(self, edges: Ints, ends: Ints) -> tuple[Ints, Ints]:
        """Time [0.1 s] and length [m] of pairs without edges; −1 where cut off."""
        if not len(ends):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        once, twice = self._closer.costs_without(edges, ends)
        left = once < FAR
        if (left & (twice >= FAR)).any():
            raise InfeasibleError(TOO_FAR)
        time_ds, rest = np.divmod(2 * once - twice, TIME_FACTOR)
        length_m = once - TIME_FACTOR * time_ds
        doubtful = np.flatnonzero(left & (rest != 0))
        if len(doubtful) or not left.all():
            shut = self._shut(edges, ends[~left])
            # Where the two sets of weights name two paths, the path is unpacked.
            found = Engine(shut, self._network).paths(
                scaled_weights(shut, 1), ends[doubtful]
            )
            for at, (row, _, path) in zip(doubtful.tolist(), found, strict=True):
                time_ds[at] = shut.along("time_ds", row, path)
                length_m[at] = shut.along("length_m", row, path)
        time_ds, length_m = (
            np.where(left, values, NOT_REACHED) for values in (time_ds, length_m)
        )
        return time_ds, length_m

    def _shut(self, edges: Ints, cut: Ints) -> Layout:
        """Lay the places out without edges; make sure that no road joins some pairs."""
        layout = self._layout
        shut = lay_out(
            self._network.topology,
            without(layout.costs, edges),
            layout.origins,
            layout.destinations,
        )
        told = np.ones((len(layout.origins.edge), layout.n_places), dtype=bool)
        told[tuple(cut.T)] = False
        require_counted(shut, told)
        return shut
