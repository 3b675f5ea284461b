"""The linear relaxation of the choice, with a bound that does not trust the solver.

A unit held needs, in every set of units that cuts it off from the root, one that is
held too. Of all these inequalities only those that a solution breaks are written
down: minimum cuts by maximum flow find them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, csr_matrix, vstack
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from eitgeo.perimeters.optimum.choice import Choice

type Floats = npt.NDArray[np.float64]
type Flags = npt.NDArray[np.bool_]
type Ints = npt.NDArray[np.int64]

_SCALE = 1_000_000
_UNBOUND = 20_000_000
_CREEP, _NESTED = 20, 8
_HELD, _TRACE, _BREACH = 1 - 1e-6, 1e-3, 2e-3


class Separator(NamedTuple):
    """Say that ``Σ held(through) + Σ root(inside) ≥ held(target)``.

    ``through``: the units that cut the target off. ``inside``: where the root is free:
    the units on the side of the target, one of which may be the root. ``target``: the
    unit that is cut off.
    """

    through: tuple[int, ...]
    inside: tuple[int, ...]
    target: int


class Separation:
    """Finds the separators that a fractional solution breaks."""

    def __init__(self, graph: csr_array, root: int | None) -> None:
        self._graph = graph
        self._root = root
        parts = np.split(graph.indices, graph.indptr[1:-1])
        self._near = [part.tolist() for part in parts]

    def broken(
        self, held: Floats, rooted: Floats | None, *, most: int
    ) -> list[Separator]:
        """List separators that a solution breaks, the most held targets first.

        Notes
        -----
        No flow is sought for a unit that one wide enough way joins to the root, or to
        a unit that is held as much and that enough flow reaches: what separates the
        first would separate the second.
        """
        separators: dict[Separator, None] = {}
        joined = self._joined(held)
        network = _Network(self._graph, held, rooted, joined)
        width = np.where(joined, 1.0, np.clip(held, 0, 1)).tolist()
        carried = [0.0] * len(width)
        if rooted is None:
            self._carry(carried, width, [(1.0, int(joined.argmax()))])
        else:
            self._carry(carried, width, _ranked(rooted))
        by_share = np.argsort(-held, kind="stable")
        for target in by_share[held[by_share] > _TRACE].tolist():
            if len(separators) >= most:
                break
            if carried[target] >= held[target] - _BREACH / 2:
                continue
            cuts = network.minimum_cuts(target)
            separators |= dict.fromkeys(cuts)
            if not cuts:
                self._carry(carried, width, [(width[target], target)])
        return list(separators)

    def _joined(self, held: Floats) -> Flags:
        """Say which units are wholly held and joined so to the root."""
        joined = np.zeros(len(held), dtype=bool)
        if self._root is None:
            return joined
        full = held > _HELD
        full[self._root] = True
        units = np.flatnonzero(full)
        _, part = connected_components(self._graph[units][:, units], directed=False)
        joined[units[part == part[np.searchsorted(units, self._root)]]] = True
        return joined

    def _carry(
        self,
        carried: list[float],
        width: list[float],
        start: list[tuple[float, int]],
    ) -> None:
        """Widen what one way lets through to each unit, from some of them on."""
        queue = [(-wide, unit) for wide, unit in start]
        heapify(queue)
        while queue:
            narrow, unit = heappop(queue)
            if -narrow <= carried[unit]:
                continue
            carried[unit] = -narrow
            for other in self._near[unit]:
                wide = min(-narrow, width[other])
                if wide > carried[other]:
                    heappush(queue, (-wide, other))


class _Network:
    """The arcs that carry flow to a target; units joined to the root are the source.

    Notes
    -----
    The unit of rank k among those that are not joined enters at 2k and leaves at
    2k + 1. The last node lets no more through than is wanted: flow beyond it is idle.
    """

    def __init__(
        self, graph: csr_array, held: Floats, rooted: Floats | None, joined: Flags
    ) -> None:
        self._is_free = rooted is not None
        self._units = np.flatnonzero(~joined)
        size = len(self._units)
        self._rank = np.full(len(held), size)
        self._rank[self._units] = np.arange(size)
        self._source = 2 * size
        self._share = _scaled(held[self._units]) + _CREEP
        links = graph.tocoo()
        out = ~joined[links.col]
        # A joined unit leaves by the source.
        leave = np.minimum(2 * self._rank[links.row[out]] + 1, self._source)
        enter = 2 * self._rank[links.col[out]]
        wide = np.unique(np.column_stack([leave, enter]), axis=0)
        rank = np.arange(size)
        arcs = [np.column_stack([2 * rank, 2 * rank + 1]), wide]
        capacity = [self._share, np.full(len(wide), _UNBOUND)]
        if rooted is not None:
            arcs.append(np.column_stack([np.full(size, self._source), 2 * rank + 1]))
            capacity.append(_scaled(rooted))
        arcs.append(np.array([[self._source + 1, self._source]]))
        capacity.append(np.zeros(1, dtype=np.int64))
        self._n_nodes = self._source + 2
        arc_ends = np.concatenate(arcs)
        order = np.lexsort((arc_ends[:, 1], arc_ends[:, 0]))
        self._place = np.argsort(order)
        self._columns = arc_ends[order, 1].astype(np.int32)
        self._starts = np.searchsorted(
            arc_ends[order, 0], np.arange(self._n_nodes + 1)
        ).astype(np.int32)
        self._capacity = np.concatenate(capacity)[order].astype(np.int32)

    def minimum_cuts(self, target: int) -> list[Separator]:
        # Those nearest to the source and to the target, nested, if broken.
        rank = int(self._rank[target])
        wanted = self._share[rank]
        capacity = self._capacity.copy()
        capacity[self._place[rank]] = _UNBOUND
        capacity[self._place[-1]] = wanted
        cuts: list[Separator] = []
        while len(cuts) < _NESTED:
            shape = (self._n_nodes, self._n_nodes)
            network = csr_matrix((capacity, self._columns, self._starts), shape)
            flow = maximum_flow(network, self._source + 1, 2 * rank + 1)
            if flow.flow_value >= wanted - _BREACH * _SCALE:
                break
            left = (network - flow.flow).tocsr()
            left.data[left.data < 0] = 0
            left.eliminate_zeros()
            near_root = _reached(left, self._source)
            near_target = ~_reached(left.T.tocsr(), 2 * rank + 1)
            for side in (near_root, near_target):
                enters, leaves = side[: self._source : 2], side[1 : self._source : 2]
                through = np.flatnonzero(enters & ~leaves)
                inside = np.flatnonzero(~leaves & self._is_free)
                cuts.append(
                    Separator(
                        through=tuple(self._units[through].tolist()),
                        inside=tuple(self._units[inside].tolist()),
                        target=target,
                    )
                )
                capacity[self._place[through]] = _UNBOUND
        return cuts


def _ranked(rooted: Floats) -> list[tuple[float, int]]:
    return [(wide, unit) for unit, wide in enumerate(rooted.tolist())]


def _scaled(share: Floats) -> Ints:
    return np.rint(np.clip(share, 0, 1) * _SCALE).astype(np.int64)


def _reached(network: csr_matrix, start: int) -> Flags:
    reached = np.zeros(network.shape[0], dtype=bool)
    order = breadth_first_order(network, start, return_predecessors=False)
    reached[order] = True
    return reached


_MOST_CUTS = 2500
_LOOSE = 0.2
_TOTAL_GAIN = 1e5
_OPTIONS = {"threads": 1, "random_seed": 0}


@dataclass(frozen=True)
class Relaxed:
    """A solution of the relaxation.

    ``bound``: no choice under the same fixings is worth more, omitted pairs not
    counted. ``held``: how much each unit is held, 0 to 1. ``rooted``: how much each
    unit is the root; None when the root is given. ``switches``: how much each unit is
    held, then each group touched, then each group whole.
    """

    bound: float
    held: Floats
    rooted: Floats | None
    switches: Floats


class Relaxation:
    """Holds the rows; each solution starts from the basis of the one before.

    Notes
    -----
    Columns: one a unit (held), one a pair (both held), one a unit when the root is
    free (is the root), two a group when the groups held in part are counted. Rows
    are all of the form ``A·x ≤ b``.
    """

    def __init__(self, choice: Choice, kept: Flags) -> None:
        self._n = choice.size
        pairs = choice.pairs[kept]
        self._pairs = pairs
        self._rooted = choice.root is None
        self._first_root = self._n + len(pairs)
        n_roots = self._n if self._rooted else 0
        self._first_group = self._first_root + n_roots
        counted = choice.groups is not None and choice.max_split is not None
        n_groups = int(choice.groups.max()) + 1 if counted else 0  # type: ignore[union-attr]
        self._n_columns = self._first_group + 2 * n_groups
        self._switch = np.concatenate(
            [np.arange(self._n), np.arange(self._first_group, self._n_columns)]
        ).astype(np.int32)
        self._gain = np.zeros(self._n_columns)
        self._gain[: self._n] = choice.own
        self._gain[self._n : self._first_root] = choice.pair_value[kept]
        # Tolerances of the solver are absolute: the sum of gains is always the same.
        self._unit = (self._gain.sum() or 1.0) / _TOTAL_GAIN
        self._gain /= self._unit
        rows = _Rows(self._n_columns)
        self._write_pairs(rows)
        for limit in choice.limits:
            rows.add(np.arange(self._n), limit.weight, limit.high)
            rows.add(np.arange(self._n), -limit.weight, -limit.low)
        if self._rooted:
            self._write_roots(rows, choice)
        if counted:
            self._write_groups(rows, choice, n_groups)
        self._fixed, self._fixed_high = rows.matrix()
        self._cuts: dict[Separator, None] = {}
        self._upper = np.ones(self._n_columns)
        self._last = np.zeros(self._n_columns)
        self._rows, self._high, self._solver = self._model()

    @property
    def n_switches(self) -> int:
        """What may be fixed: units, then groups touched, then groups whole."""
        return len(self._switch)

    @property
    def n_cuts(self) -> int:
        """Those that are written down now."""
        return len(self._cuts)

    def cut(self, separators: Iterable[Separator]) -> int:
        """Say how many were new."""
        new = [one for one in separators if one not in self._cuts]
        if not new:
            return 0
        self._cuts.update(dict.fromkeys(new))
        if len(self._cuts) > _MOST_CUTS:
            self._forget_loose()
            self._rows, self._high, self._solver = self._model()
            return len(new)
        rows, _ = self._cut_rows(new)
        self._rows = vstack([self._rows, rows]).tocsr()
        self._high = np.concatenate([self._high, np.zeros(len(new))])
        self._solver.addRows(
            len(new),
            np.full(len(new), -highspy.kHighsInf),
            np.zeros(len(new)),
            rows.nnz,
            rows.indptr[:-1].astype(np.int32),
            rows.indices.astype(np.int32),
            rows.data,
        )
        return len(new)

    def solve(self, lower: Flags, upper: Flags) -> Relaxed | None:
        """Solve under fixings of the switches."""
        low, high = np.zeros(self._n_columns), self._upper.copy()
        low[self._switch], high[self._switch] = lower, upper
        self._solver.changeColsBounds(
            len(self._switch), self._switch, low[self._switch], high[self._switch]
        )
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        solution = self._solver.getSolution()
        value = np.array(solution.col_value)
        self._last = value
        duals = np.maximum(0.0, -np.array(solution.row_dual))
        return Relaxed(
            bound=self._unit * self._bound(duals, low, high),
            held=np.clip(value[: self._n], 0, 1),
            rooted=value[self._first_root : self._first_group]
            if self._rooted
            else None,
            switches=np.clip(value[self._switch], 0, 1),
        )

    def _bound(self, duals: Floats, low: Floats, high: Floats) -> float:
        """Bound by weak duality: true for any duals ≥ 0, optimal or not."""
        reduced = self._gain - self._rows.T @ duals
        best = np.where(reduced > 0, reduced * high, reduced * low)
        return float(duals[duals > 0] @ self._high[duals > 0] + best.sum())

    def _model(self) -> tuple[csr_array, Floats, Any]:
        cuts, zeros = self._cut_rows(list(self._cuts))
        rows = vstack([self._fixed, cuts]).tocsr()
        high = np.concatenate([self._fixed_high, zeros])
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._n_columns, rows.shape[0]
        model.col_cost_ = -self._gain
        model.col_lower_ = np.zeros(self._n_columns)
        model.col_upper_ = self._upper
        model.row_lower_ = np.full(rows.shape[0], -highspy.kHighsInf)
        model.row_upper_ = high
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = rows.indptr
        model.a_matrix_.index_ = rows.indices
        model.a_matrix_.value_ = rows.data
        solver: Any = _QuietSolver()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS.items():
            solver.setOptionValue(option, value)
        solver.passModel(model)
        return rows, high, solver

    def _forget_loose(self) -> None:
        """Drop the separators that the last solution is far from breaking."""
        names = list(self._cuts)
        rows, _ = self._cut_rows(names)
        slack = -(rows @ self._last)
        self._cuts = {
            one: None for one, far in zip(names, slack > _LOOSE, strict=True) if not far
        }

    def _cut_rows(self, cuts: list[Separator]) -> tuple[csr_array, Floats]:
        rows = _Rows(self._n_columns)
        for cut in cuts:
            inside = [self._first_root + unit for unit in cut.inside]
            columns = np.array([*cut.through, *inside, cut.target])
            sign = np.full(len(columns), -1.0)
            sign[-1] = 1.0
            rows.add(columns, sign, 0.0)
        return rows.matrix()

    def _write_pairs(self, rows: _Rows) -> None:
        """Both are held only if each is."""
        n_pairs = len(self._pairs)
        pair = self._n + np.arange(n_pairs)
        for end in range(2):
            columns = np.column_stack([pair, self._pairs[:, end]])
            rows.add_many(columns, np.tile([1.0, -1.0], (n_pairs, 1)), 0.0)

    def _write_roots(self, rows: _Rows, choice: Choice) -> None:
        """One root, held; and no unit above it in a fixed order is held."""
        root = self._first_root + np.arange(self._n)
        rows.add(root, np.ones(self._n), 1.0)
        rows.add(root, -np.ones(self._n), -1.0)
        columns = np.column_stack([root, np.arange(self._n)])
        rows.add_many(columns, np.tile([1.0, -1.0], (self._n, 1)), 0.0)
        strength = choice.own + choice.values().sum(axis=1)
        order = np.argsort(-strength, kind="stable")
        for place, unit in enumerate(order.tolist()):
            below = order[place + 1 :]
            columns = np.append(self._first_root + below, unit)
            rows.add(columns, np.ones(len(columns)), 1.0)

    def _write_groups(self, rows: _Rows, choice: Choice, n_groups: int) -> None:
        """Count a group as touched if any unit is held, whole only if all are."""
        touched = self._first_group + np.arange(n_groups)
        whole = touched + n_groups
        unit, group = np.arange(self._n), np.asarray(choice.groups)
        ones = np.tile([1.0, -1.0], (self._n, 1))
        rows.add_many(np.column_stack([unit, touched[group]]), ones, 0.0)
        rows.add_many(np.column_stack([whole[group], unit]), ones, 0.0)
        columns = np.concatenate([touched, whole])
        sign = np.repeat([1.0, -1.0], n_groups)
        rows.add(columns, sign, float(choice.max_split or 0))


class _QuietSolver(highspy.Highs):
    """HiGHS without the banner that it prints as it is made."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


class _Rows:
    """Gathers rows ``Σ coefficient · column ≤ high``."""

    def __init__(self, n_columns: int) -> None:
        self._n_columns = n_columns
        self._lengths: list[np.ndarray] = []
        self._columns: list[np.ndarray] = []
        self._values: list[np.ndarray] = []
        self._high: list[np.ndarray] = []

    def add(self, columns: np.ndarray, values: np.ndarray, high: float) -> None:
        if np.isfinite(high):
            self.add_many(columns[None, :], values[None, :], high)

    def add_many(self, columns: np.ndarray, values: np.ndarray, high: float) -> None:
        self._lengths.append(np.full(len(columns), columns.shape[1]))
        self._columns.append(columns.ravel())
        self._values.append(np.asarray(values, dtype=float).ravel())
        self._high.append(np.full(len(columns), high))

    def matrix(self) -> tuple[csr_array, Floats]:
        lengths = np.concatenate([np.zeros(1, dtype=int), *self._lengths])
        matrix = csr_array(
            (
                np.concatenate([np.zeros(0), *self._values]),
                np.concatenate([np.zeros(0, dtype=int), *self._columns]),
                np.cumsum(lengths),
            ),
            shape=(len(lengths) - 1, self._n_columns),
        )
        return matrix, np.concatenate([np.zeros(0), *self._high])
