"""What a closed road costs: each link shut in turn, the pairs that it served again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, depth_first_order

from eitgeo.check import WORKING_EPSG, Faults, require_columns
from eitgeo.errors import InfeasibleError, SchemaError
from eitgeo.roads.matrix.engine import (
    FAR,
    NOT_REACHED,
    Closer,
    Closing,
    Engine,
    Grouped,
    group,
)
from eitgeo.roads.matrix.router import IMPEDANCE, best_trips, scaled_weights
from eitgeo.roads.matrix.topology import (
    MAX_SUM,
    TIME_FACTOR,
    TOO_FAR,
    Ends,
    Layout,
    Network,
    lay_out,
    require_weights,
)
from eitgeo.roads.network.closures import Closure, closure_report
from eitgeo.roads.network.graph import RoadGraph
from eitgeo.roads.network.profile import DECISECONDS, Costs
from eitgeo.tables.columns import OD_REACHED

type Flags = npt.NDArray[np.bool_]
type Ints = npt.NDArray[np.int64]

_BOTH = 2
"""Edges of cycles at a node that only leads from one to the other."""


def successive(ends: Ints, *, in_cycle: Flags, states: npt.NDArray[np.int32]) -> Ints:
    """Give edges that follow one another, dead ends aside, the number of a stretch.

    ``ends``: nodes of each edge, shape (edges, 2). ``in_cycle``: the edges that a
    vehicle may use and that are no bridge. Returns: the stretch of each edge, its own
    where nothing follows.

    Notes
    -----
    At a node where two edges of cycles meet, whatever else is there lies behind a
    bridge. A trip that drove both, now that one is closed, gains nothing by the other:
    it would come back by it, through the node at its end for a second time. This holds
    where what the vehicle drove before does not matter: nodes at the ends of edges
    that are joined have a single state.
    """
    n_nodes = int(states.max()) + 1
    is_plain = np.bincount(states, minlength=n_nodes) == 1
    edge = np.flatnonzero(in_cycle & is_plain[ends].all(axis=1))
    met = np.bincount(ends[in_cycle].ravel(), minlength=n_nodes)
    node, at = ends[edge].ravel(), np.repeat(edge, 2)
    by_node = np.argsort(node, kind="stable")
    node, at = node[by_node], at[by_node]
    follows = (node[1:] == node[:-1]) & (met[node[1:]] == _BOTH)
    joined = coo_array(
        (np.ones(int(follows.sum())), (at[:-1][follows], at[1:][follows])),
        shape=(len(ends), len(ends)),
    )
    stretch: Ints = connected_components(joined, directed=False)[1].astype(np.int64)
    return stretch


def first_alike(links: Ints, users: Grouped, *, stretch: Ints, places: Ints) -> Ints:
    """Find, for each link, the first that costs its users the same when it closes.

    ``places``: edges where trips start or end. Returns: ranks in ``links``: the same
    pairs drive both, in a stretch, and none has an end on one of them.
    """
    apart = np.where(np.isin(links, places), links, -1)
    first: dict[tuple[int, int, bytes], int] = {}
    return np.array(
        [
            first.setdefault((*key, users.of(links[[at]]).tobytes()), at)
            for at, key in enumerate(
                zip(stretch[links].tolist(), apart.tolist(), strict=True)
            )
        ]
    )


_COLUMNS = (
    "valley_id",
    "n_links",
    "length_m",
    "ref",
    "class",
    "n_communes",
    "communes",
    "inhabitants",
    "geometry",
)


def bridges(graph: RoadGraph, costs: Costs) -> Flags:
    """Say which edges part the network when they close, whatever the senses.

    Notes
    -----
    One-way roads and forbidden turns are left aside: every edge that is told here
    cuts pairs off when it closes, and others may. Linear time.

    References
    ----------
    Tarjan, « A note on finding the bridges of a graph », Information Processing
    Letters 2, 1974: depth first, an edge joins a node to one above it.
    """
    usable = np.flatnonzero(costs.usable.reshape(-1, 2).any(axis=1))
    ends = graph.edges[["u", "v"]].to_numpy(dtype=np.int64)[usable]
    is_bridge = np.zeros(len(graph.edges), dtype=bool)
    is_bridge[usable[_bridges(ends)]] = True
    return is_bridge


def _bridges(ends: Ints) -> list[int]:
    """Rows of ``ends`` that no cycle holds; a loop, or one of two alike, is in one."""
    n = int(ends.max(initial=0)) + 1
    _, part = connected_components(_joined(ends, n), directed=False)
    # One root above a node of each part.
    _, first = np.unique(part, return_index=True)
    roots = np.column_stack([first, np.full(len(first), n)])
    whole = _joined(np.concatenate([ends, roots]), n + 1)
    order, parent = depth_first_order(whole, n, directed=False)
    rank = np.argsort(order, kind="stable")
    above, below = np.sort(rank[ends], axis=1).T
    # Edges from a node to one above it, then from all that is under the node.
    up = np.bincount(below, minlength=n + 1) - np.bincount(above, minlength=n + 1)
    leaving, parents = up.tolist(), rank[parent[order[1:]]].tolist()
    for node in range(n, 0, -1):
        leaving[parents[node - 1]] += leaving[node]
    alone = np.array(leaving)[below] == 1
    return np.flatnonzero(alone & (above != below)).tolist()


def _joined(ends: Ints, n: int) -> csr_array:
    return csr_array((np.ones(len(ends)), ends.T), shape=(n, n))


def dead_end_valleys(
    links: gpd.GeoDataFrame, names: pd.DataFrame, inhabitants: pd.Series[int]
) -> gpd.GeoDataFrame:
    """Gather the bridges whose loss cuts the same communes from every town.

    ``links``: from :func:`eitgeo.roads.questions.criticality.criticality`, with
    ``edge_id``; ``isolated`` are rows of ``inhabitants``. Returns: one row a set of
    communes, most inhabitants first, EPSG:2154: ``valley_id`` (the longest of its
    links), ``n_links``, ``length_m`` in all, ``ref`` (road numbers) and ``class`` of
    the longest, ``n_communes``, ``communes`` (INSEE codes), ``inhabitants``, and the
    lines.
    """
    alone = links[links["bridge"] & links["isolated"].map(len).gt(0)]
    on_them = names["edge"].isin(alone["edge"])
    numbers = names[on_them].groupby("edge")["ref"].agg(_listed)
    rows = []
    for origins, valley_links in alone.groupby("isolated", sort=False):
        longest = valley_links.loc[valley_links["length_m"].idxmax()]
        cut = inhabitants.iloc[list(origins)]
        rows.append(
            (
                longest["edge_id"],
                len(valley_links),
                valley_links["length_m"].sum(),
                _listed(numbers.reindex(valley_links["edge"]).fillna("")),
                longest["class"],
                len(cut),
                _listed(cut.index),
                int(cut.sum()),
                shapely.multilinestrings(valley_links.geometry.to_numpy()),
            )
        )
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).sort_values(
        ["inhabitants", "valley_id"], ascending=[False, True], ignore_index=True
    )
    return gpd.GeoDataFrame(table, geometry="geometry", crs=WORKING_EPSG)


def _listed(words: Iterable[str]) -> str:
    """Join words, each once, without the empty ones."""
    return ";".join(sorted({word for word in words if word}))


MAX_PAIRS = 50_000
"""Pairs that are driven one by one: about 0.1 ms and some hundred edges each."""

_ENDS = ["origin", "destination"]
_KEY = ["origin_id", "destination_id"]
_TENTH_S = 0.05
"""Half of the smallest step of a time [s]."""


class StudyPairs(NamedTuple):
    """Pairs of places of a study: ``origin``, ``destination`` (rows), ``mass_t``.

    ``access``: from each commune to each town, without mass: they rest on registers
    alone. ``exchanges``: potential exchanges [t/yr]: estimates, what is summed over
    them stays inside. ``left_out``: exchanges left out, the lightest.
    """

    access: pd.DataFrame
    exchanges: pd.DataFrame
    left_out: int

    @property
    def both(self) -> pd.DataFrame:
        """Join them: ways to towns are counted, exchanges are weighed."""
        both = [self.access, self.exchanges]
        ways = np.repeat([True, False], [len(some) for some in both])
        return pd.concat(both, ignore_index=True).assign(counted=ways)


def study_pairs(
    codes: Sequence[str],
    towns: Sequence[str],
    affinity: pd.DataFrame,
    *,
    max_exchanges: int = MAX_PAIRS,
) -> StudyPairs:
    """List the trips of a study: ways to its towns, and potential exchanges.

    ``codes``: INSEE codes of the communes, in the order of the places. ``affinity``:
    table ``affinity``: ``code_a``, ``code_b``, ``t_mid``; pairs outside of ``codes``,
    and inside of one commune, are left out. ``max_exchanges``: how many exchanges are
    kept, the heaviest first, then by the codes. Returns: both tables sorted by places.

    Examples
    --------
    >>> exchanges = pd.DataFrame({"code_a": ["1"], "code_b": ["2"], "t_mid": [5.0]})
    >>> found = study_pairs(["1", "2", "3"], ["2"], exchanges)
    >>> found.access.values.tolist(), found.exchanges.values.tolist()
    ([[0.0, 1.0, 0.0], [2.0, 1.0, 0.0]], [[0.0, 1.0, 5.0]])
    """
    row = pd.Series(np.arange(len(codes)), index=list(codes))
    inside = affinity[
        affinity["code_a"].isin(row.index)
        & affinity["code_b"].isin(row.index)
        & affinity["code_a"].ne(affinity["code_b"])
    ]
    exchanges = pd.DataFrame(
        {
            "origin": row.loc[inside["code_a"]].to_numpy(),
            "destination": row.loc[inside["code_b"]].to_numpy(),
            "mass_t": inside["t_mid"].to_numpy(dtype=float),
        }
    )
    heaviest = exchanges.sort_values(
        ["mass_t", *_ENDS], ascending=[False, True, True]
    ).iloc[:max_exchanges]
    access = pd.MultiIndex.from_product(
        [row.to_numpy(), np.sort(row.loc[list(towns)].to_numpy())], names=_ENDS
    ).to_frame(index=False)
    access = access[access["origin"] != access["destination"]]
    return StudyPairs(
        access.assign(mass_t=0.0).reset_index(drop=True),
        heaviest.sort_values(_ENDS, ignore_index=True),
        len(exchanges) - len(heaviest),
    )


def access_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Compare two tables of distances, all open and one road closed.

    ``before``, ``after``: tables ``od_matrix`` of the same pairs: ``origin_id``,
    ``destination_id``, ``time_s``, ``status``. Returns: pairs that had a way and whose
    time or status changed, in order: ``origin_id``, ``destination_id``, ``open_min``,
    ``closed_min`` (NaN without a way) and ``status`` once closed. Refused when the
    pairs are not the same.
    """
    both = before[[*_KEY, "time_s", "status"]].merge(
        after[[*_KEY, "time_s", "status"]],
        on=_KEY,
        how="outer",
        suffixes=("_open", ""),
        validate="one_to_one",
        indicator=True,
    )
    faults = Faults("fermeture")
    alone = int(both["_merge"].ne("both").sum())
    if alone:
        fault = f"{alone} paires d'un seul des deux calculs"
        faults.add(fault, remedy="comparer les mêmes lieux")
    faults.raise_if_any(SchemaError)
    had = both["status_open"].isin(OD_REACHED)
    later = (both["time_s"] - both["time_s_open"]).abs() > _TENTH_S
    moved = had & (later | both["status"].ne(both["status_open"]))
    compared = both.assign(
        open_min=both["time_s_open"] / 60, closed_min=both["time_s"] / 60
    )
    table = compared.loc[moved, [*_KEY, "open_min", "closed_min", "status"]]
    return table.sort_values(_KEY, ignore_index=True)


def worst_change(changes: pd.DataFrame) -> pd.Series[Any] | None:
    """Find the pair that a closed road delays most.

    Returns: the row of the largest delay, else of the first pair without a way; None
    where nothing changed. Ties go to the first.
    """
    if changes.empty:
        return None
    delay = (changes["closed_min"] - changes["open_min"]).to_numpy(dtype=float)
    return changes.iloc[int(np.where(np.isnan(delay), -np.inf, delay).argmax())]


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


_COUNTS = dict.fromkeys(_LOSSES[:4], "int64")
_TOGETHER = 96
"""Links that are closed together, then opened but one."""
_FEW_ORIGINS = (3, 9, 27, 81, 243, 729, 2187)
"""Between links that few origins drive and those that many do."""


class _Pairs(NamedTuple):
    """Pairs of the study that have a way: their places, and what it sums."""

    ends: Ints
    mass_t: npt.NDArray[np.float64]
    counted: Flags
    time_ds: Ints
    length_m: Ints

    def take(self, rows: Any) -> _Pairs:
        # Keep some pairs.
        return _Pairs(*(values[rows] for values in self))

    def but(self, left_out: Flags) -> _Pairs:
        # Leave some pairs out.
        return self.take(~left_out) if left_out.any() else self


def main_links(
    graph: RoadGraph, costs: Costs, *, classes: Iterable[str] = MAIN_CLASSES
) -> Ints:
    """List the edges of the main roads that a vehicle may use.

    Returns: rows of the edges, sorted.
    """
    usable = costs.usable.reshape(-1, 2).any(axis=1)
    return np.flatnonzero(usable & graph.edges["class"].isin(list(classes)).to_numpy())


def served(
    network: Network,
    costs: Costs,
    *,
    origins: Ends,
    destinations: Ends,
    pairs: pd.DataFrame,
) -> Trips:
    """Find the best trip of each pair of a study, once for all that may close.

    ``pairs``: ``origin``, ``destination`` (rows of the places), ``mass_t``, tonnes a
    year, and, where given, ``counted``: whether pairs, minutes and kilometres count it.
    A pair that has no way when all is open is left out. Returns: for
    :func:`criticality` and :func:`closure_losses`. Refused when a pair names a place
    that is not there, or its mass is not a number. Refused when a sum passes what the
    engine counts.
    """
    _require(pairs, origins, destinations)
    trips = Trips(
        network, costs, lay_out(network.topology, costs, origins, destinations)
    )
    trips.serve(pairs)
    return trips


def criticality(trips: Trips, *, links: Ints) -> gpd.GeoDataFrame:
    """Close links one at a time and measure what the pairs of the study lose.

    Returns: one row a link, in order, EPSG:2154: ``edge``, ``way_id``, ``class``,
    ``length_m``; ``pairs`` that drive it, which are either ``rerouted_pairs``,
    ``cut_pairs`` (no way is left) or ``on_link_pairs`` (one of their places stands on
    it); for those rerouted, in all, ``extra_min``, ``extra_km`` and ``extra_tkm`` (of
    the trip laden), and ``extra_min_max``, the worst (NaN where none is); ``cut_t``,
    tonnes of the pairs cut off; ``bridge``, see :func:`bridges`; ``isolated``, the
    origins of which every counted pair is cut off; the line. Refused when a sum passes
    what the engine counts.

    Notes
    -----
    A pair whose best path shuns a link keeps it when the link closes: only the
    others are asked again, of :class:`eitgeo.roads.matrix.engine.Closer`; once for
    links that the same pairs drive one after the other, see
    :func:`eitgeo.roads.questions.criticality.successive`. What is cut off is counted,
    never a number of minutes.
    """
    graph = trips.network.graph
    is_bridge = bridges(graph, trips.costs)
    in_cycle = trips.costs.usable.reshape(-1, 2).any(axis=1) & ~is_bridge
    stretch = successive(
        graph.edges[["u", "v"]].to_numpy(dtype=np.int64),
        in_cycle=in_cycle,
        states=trips.network.topology.node,
    )
    losses = trips.losses_of_each(links, stretch=stretch)
    table = pd.DataFrame(losses, columns=list(_LOSSES)).astype(_COUNTS)
    edges = graph.edges.iloc[links]
    table.insert(0, "edge", links)
    for rank, name in enumerate(("way_id", "class", "length_m"), start=1):
        table.insert(rank, name, edges[name].to_numpy())
    table["bridge"] = is_bridge[links]
    table["isolated"] = [trips.isolated.get(link, ()) for link in links.tolist()]
    return gpd.GeoDataFrame(table, geometry=graph.lines[links], crs=WORKING_EPSG)


def closure_losses(trips: Trips, *, closures: Iterable[Closure]) -> pd.DataFrame:
    """Measure what the pairs of the study lose with each of its closures.

    Returns: one row a closure: the columns of
    :func:`eitgeo.roads.network.closures.closure_report`, and the losses of
    :func:`criticality`.
    """
    closures_given = tuple(closures)
    losses = [trips.losses([one.edges])[0] for one in closures_given]
    trips.require_cut()
    report = closure_report(trips.network.graph, closures_given)
    return report.join(pd.DataFrame(losses, columns=list(_LOSSES)))


def _require(pairs: pd.DataFrame, origins: Ends, destinations: Ends) -> None:
    require_columns(pairs, ["origin", "destination", "mass_t"], where="paires")
    faults = Faults("paires")
    for name, ends in (("origin", origins), ("destination", destinations)):
        lost = ~pairs[name].between(0, len(ends.edge) - 1)
        if lost.any():
            first = pairs.index[lost][0]
            fault = f"« {name} » n'est pas un lieu donné ({int(lost.sum())} fois)"
            faults.add(fault, row=first, remedy="numéroter les lieux à partir de 0")
    if not (pairs["mass_t"] >= 0).all():
        faults.add("masse négative ou inconnue", remedy="donner des tonnes, 0 au moins")
    faults.raise_if_any(SchemaError)


class Trips:
    """The best trips of the pairs of a study, and what closing edges does to them."""

    def __init__(self, network: Network, costs: Costs, layout: Layout) -> None:
        self._sets = [scaled_weights(layout, n_lengths) for n_lengths in (1, 2)]
        require_weights(self._sets[1])
        self.network = network
        self.costs = costs
        self._layout = layout
        self._engine = Engine(layout, network)
        self._closer = Closer(network, layout, self._sets)
        self._cut: list[Closing] = []
        self.isolated: dict[int, tuple[int, ...]] = {}

    def serve(self, pairs: pd.DataFrame) -> None:
        """Find the best trip of each pair, and which pairs drive each edge."""
        layout = self._layout
        asked = pairs[["origin", "destination"]].to_numpy(dtype=np.int64)
        served_rows: list[int] = []
        sums: list[tuple[int, int]] = []
        driven, owner = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)]
        trips = best_trips(self._engine, layout, asked, sums=IMPEDANCE)
        for rank, trip in enumerate(trips):
            if not trip.driven:
                continue
            edges = np.unique(np.array(trip.driven, dtype=np.int32) // 2)
            driven.append(edges)
            owner.append(np.full(len(edges), len(served_rows), dtype=np.int32))
            served_rows.append(rank)
            sums.append((trip.sums["time_ds"], trip.sums["length_m"]))
        time_ds, length_m = np.array(sums, dtype=np.int64).reshape(-1, 2).T
        mass_t = pairs["mass_t"].to_numpy(dtype=float)[served_rows]
        counted = np.ones(len(served_rows), dtype=bool)
        if "counted" in pairs:
            counted = pairs["counted"].to_numpy(dtype=bool)[served_rows]
        self._served = _Pairs(asked[served_rows], mass_t, counted, time_ds, length_m)
        self._users = group(
            np.concatenate(driven),
            np.concatenate(owner),
            n_edges=len(self.network.graph.edges),
        )

    def losses_of_each(self, links: Ints, *, stretch: Ints) -> npt.NDArray[np.float64]:
        """Measure what is lost with each link; what no pair drives loses nothing."""
        losses = np.zeros((len(links), len(_LOSSES)))
        losses[:, _LOSSES.index("extra_min_max")] = np.nan
        driven = np.flatnonzero(np.diff(self._users.start)[links])
        if not len(driven):
            return losses
        places = (self._layout.origins.edge, self._layout.destinations.edge)
        alike = first_alike(
            links[driven], self._users, stretch=stretch, places=np.concatenate(places)
        )
        asked = driven[np.unique(alike)]
        order = asked[self._side_by_side(links[asked])]
        for rows in batched(order.tolist(), _TOGETHER):
            losses[list(rows)] = self.losses([links[[at]] for at in rows])
        self.require_cut()
        losses[driven] = losses[driven[alike]]
        same = zip(links[driven].tolist(), links[driven[alike]].tolist(), strict=True)
        self.isolated |= {
            link: self.isolated[one] for link, one in same if one in self.isolated
        }
        return losses

    def _side_by_side(self, links: Ints) -> Ints:
        """Order links so that those that the same origins drive close together.

        Each batch asks for the costs from all its origins: links are laid by how many
        origins drive them, then by where these are.
        """
        starts = self._layout.origins.edge
        mine = [self._users.of(links[[at]]) for at in range(len(links))]
        link = np.repeat(np.arange(len(links)), [len(pairs) for pairs in mine])
        origin = self._served.ends[np.concatenate(mine), 0]
        both = pd.unique(link * len(starts) + origin)
        link, origin = np.divmod(np.sort(both), len(starts))
        count = np.bincount(link, minlength=len(links))
        first = shapely.get_coordinates(
            shapely.get_point(self.network.graph.lines[starts], 0)
        )
        middle = [np.bincount(link, first[origin, axis]) / count for axis in (0, 1)]
        where = gpd.GeoSeries.from_xy(*middle, crs=WORKING_EPSG).hilbert_distance()
        few = np.searchsorted(_FEW_ORIGINS, count, side="right")
        order: Ints = np.lexsort((where.to_numpy(), few))
        return order

    def losses(self, closings: list[Ints]) -> list[tuple[float, ...]]:
        """Measure what the pairs that drive some edges lose with them, set by set."""
        users = [self._served.take(self._users.of(edges)) for edges in closings]
        stands = [
            _among(self._layout.origins.edge[own_users.ends[:, 0]], edges)
            | _among(self._layout.destinations.edge[own_users.ends[:, 1]], edges)
            for own_users, edges in zip(users, closings, strict=True)
        ]
        again = [own_users.but(on) for own_users, on in zip(users, stands, strict=True)]
        asked = [
            Closing(*closing) for closing in zip(closings, _ends(again), strict=True)
        ]
        costs_again = self._without(asked)
        for closing, own_users, (time_ds, _) in zip(
            asked, again, costs_again, strict=True
        ):
            cut = own_users.take((time_ds == NOT_REACHED) & own_users.counted)
            if len(closing.edges) == 1 and len(cut.ends):
                self.isolated[int(closing.edges[0])] = self._isolated(cut)
        return [
            _loss(own_users, on, sums)
            for own_users, on, sums in zip(users, stands, costs_again, strict=True)
        ]

    def _isolated(self, cut: _Pairs) -> tuple[int, ...]:
        """Origins of which every counted pair is cut off."""
        n = len(self._layout.origins.edge)
        served = self._served.take(self._served.counted)
        every, lost = (
            np.bincount(some.ends[:, 0], minlength=n) for some in (served, cut)
        )
        return tuple(np.flatnonzero((lost > 0) & (lost == every)).tolist())

    def _without(self, asked: list[Closing]) -> list[tuple[Ints, Ints]]:
        """Time [0.1 s] and length [m] of the pairs of closings; −1 where cut off."""
        some = [closing for closing in asked if len(closing.ends)]
        costs = self._closer.costs(some) if some else iter(())
        costs_by_closing = []
        for closing in asked:
            once, twice = (
                next(costs) if len(closing.ends) else np.zeros((2, 0), np.int64)
            )
            left = once <= MAX_SUM
            if (left & (twice > MAX_SUM)).any():
                raise InfeasibleError(TOO_FAR)
            if not left.all():
                self._cut.append(Closing(closing.edges, closing.ends[~left]))
            costs_by_closing.append(
                self._sums(closing, np.where(left, [once, twice], NOT_REACHED))
            )
        return costs_by_closing

    def _sums(self, one: Closing, costs: Ints) -> tuple[Ints, Ints]:
        """Tell time and length from the two costs of each pair."""
        once, twice = costs
        time_ds, rest = np.divmod(2 * once - twice, TIME_FACTOR)
        length_m = once - TIME_FACTOR * time_ds
        doubtful = np.flatnonzero((once != NOT_REACHED) & (rest != 0))
        if len(doubtful):
            # Where the two sets of weights name two paths, the path is unpacked.
            with self._engine.closed(self._closer.open_moves(one.edges)):
                unpacked = [*self._engine.paths(self._sets[0], one.ends[doubtful])]
            for pair, (row, _, path) in zip(doubtful.tolist(), unpacked, strict=True):
                time_ds[pair] = self._layout.along("time_ds", row, path)
                length_m[pair] = self._layout.along("length_m", row, path)
        cut = once == NOT_REACHED
        time_ds[cut] = length_m[cut] = NOT_REACHED
        return time_ds, length_m

    def require_cut(self) -> None:
        """Refuse pairs told cut off that roads join, past what the engine counts."""
        layout, cut = self._layout, self._cut
        self._cut = []
        steps = np.ones(len(layout.tail), dtype=np.int64)
        unit = (steps, np.zeros_like(layout.start_states))
        closer = Closer(self.network, layout, [unit] if cut else [])
        for some in batched(cut, _TOGETHER):
            if any((steps < FAR).any() for steps in closer.costs(some)):
                raise InfeasibleError(TOO_FAR)


def _among(edge: Ints, some: Ints) -> Flags:
    """Say which edges are among some, mostly a single one."""
    is_among: Flags = edge == some[0] if len(some) == 1 else np.isin(edge, some)
    return is_among


def _ends(pairs: list[_Pairs]) -> list[Ints]:
    return [some.ends for some in pairs]


def _loss(
    users: _Pairs, stands: Flags, without: tuple[Ints, Ints]
) -> tuple[float, ...]:
    """Sum what pairs lose, of which some stand on what closes; the rest is told."""
    again = users.but(stands)
    time_ds, length_m = without
    left = time_ds != NOT_REACHED
    extra_km = (length_m - again.length_m) / 1000
    weighed, later = left & (again.mass_t > 0), left & again.counted
    extra_min = (time_ds - again.time_ds)[later] / (60 * DECISECONDS)
    return (
        int(users.counted.sum()),
        int(later.sum()),
        int((again.counted & ~left).sum()),
        int((users.counted & stands).sum()),
        float(extra_min.sum()),
        float(extra_min.max()) if len(extra_min) else np.nan,
        float(extra_km[later].sum()),
        float((again.mass_t * extra_km)[weighed].sum()),
        float(again.mass_t[~left & (again.mass_t > 0)].sum()),
    )
