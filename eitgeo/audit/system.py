"""Unknowns, equations with bounds, and the bounds of secret cells that follow.

What is redundant goes; HiGHS then solves a small program for each separate system.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from eitgeo.audit.published import Interval
from eitgeo.errors import InfeasibleError

if TYPE_CHECKING:
    Ints = npt.NDArray[np.int64]

type Unknown = tuple[str, ...]
"""What it measures, then who, where, with whom."""

FEASIBILITY = 1e-9
"""Tolerance of the solver on equations, once scaled."""


class Equation(NamedTuple):
    """A sum of unknowns that something published bounds.

    ``name``: which figure, of which file. ``told``: its bounds. ``terms``: unknown →
    coefficient.
    """

    name: str
    told: Interval
    terms: Mapping[Unknown, float]


@dataclass(frozen=True)
class System:
    """A linear system on unknowns that are not negative.

    ``unknowns``: their names, in order. ``names``: names of the equations. ``table``:
    equations × unknowns. ``low``, ``high``: bounds of each equation.
    """

    unknowns: tuple[Unknown, ...] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    table: sparse.csr_array = field(repr=False)
    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)

    def ranks(self, unknowns: Iterable[Unknown]) -> Ints:
        """Give the ranks of some unknowns."""
        order = self.__dict__.get("_order")
        if order is None:
            order = {name: rank for rank, name in enumerate(self.unknowns)}
            object.__setattr__(self, "_order", order)
        ranks = [order[one] for one in unknowns if one in order]
        return np.array(sorted(ranks), dtype=np.int64)


def build_system(equations: Sequence[Equation]) -> System:
    """Lay equations out."""
    unknowns = sorted({name for equation in equations for name in equation.terms})
    order = {name: rank for rank, name in enumerate(unknowns)}
    rows, columns, values = [], [], []
    for rank, equation in enumerate(equations):
        for name, value in equation.terms.items():
            rows.append(rank)
            columns.append(order[name])
            values.append(value)
    shape = (len(equations), len(unknowns))
    return System(
        unknowns=tuple(unknowns),
        names=tuple(equation.name for equation in equations),
        table=sparse.csr_array((values, (rows, columns)), shape=shape, dtype=float),
        low=np.array([equation.told.low for equation in equations], dtype=float),
        high=np.array([equation.told.high for equation in equations], dtype=float),
    )


@dataclass(frozen=True)
class Reduced:
    """The same system, one unknown for those that no equation tells apart.

    ``group``: which group holds each unknown. ``size``: unknowns of each group.
    ``component``: which separate system holds each group. ``parts``: the separate
    systems.
    """

    group: Ints = field(repr=False)
    size: Ints = field(repr=False)
    component: Ints = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)


class Part(NamedTuple):
    """A system that shares no unknown with another.

    ``groups``: its groups, in the order of the columns. ``table``: equations × groups.
    ``low``, ``high``: bounds of the equations.
    """

    groups: Ints
    table: sparse.csc_array
    low: np.ndarray
    high: np.ndarray


def reduce_system(system: System) -> Reduced:
    """Put together the unknowns of the same equations; part what shares nothing.

    Notes
    -----
    Unknowns with the same coefficients everywhere count by their sum alone. Since
    each is only asked not to be negative, a sum over some of them reaches the whole
    of that sum, or nothing of it where one is left out.
    """
    columns = sparse.csc_array(system.table)
    columns.sort_indices()
    known: dict[bytes, int] = {}
    group = np.zeros(len(system.unknowns), dtype=np.int64)
    first = []
    for rank in range(len(system.unknowns)):
        span = slice(columns.indptr[rank], columns.indptr[rank + 1])
        key = columns.indices[span].tobytes() + columns.data[span].tobytes()
        if key not in known:
            known[key] = len(known)
            first.append(rank)
        group[rank] = known[key]
    table = columns[:, first]
    component, of_row = _components(table)
    bounds = system.low, system.high
    parts = tuple(_parts(table, (component, of_row), bounds))
    return Reduced(group, np.bincount(group), component, parts)


def _parts(
    table: sparse.csc_array,
    components: tuple[Ints, Ints],
    bounds: tuple[np.ndarray, np.ndarray],
) -> Iterator[Part]:
    """Cut a table along its components."""
    component, of_row = components
    entries = sparse.coo_array(table)
    n_parts = int(component.max(initial=-1)) + 1
    groups, rows, own = (
        _by_part(labels, n_parts)
        for labels in (component, of_row, component[entries.coords[1]])
    )
    place = np.zeros(len(component), dtype=np.int64)
    line = np.zeros(len(of_row), dtype=np.int64)
    for rank in range(n_parts):
        place[groups[rank]] = np.arange(len(groups[rank]))
        line[rows[rank]] = np.arange(len(rows[rank]))
    for rank in range(n_parts):
        entry = own[rank]
        where = line[entries.coords[0][entry]], place[entries.coords[1][entry]]
        shape = (len(rows[rank]), len(groups[rank]))
        inside = sparse.csc_array((entries.data[entry], where), shape=shape)
        low, high = (one[rows[rank]] for one in bounds)
        yield Part(groups[rank], inside, low, high)


def _by_part(labels: Ints, n_parts: int) -> list[Ints]:
    order = np.argsort(labels, kind="stable")
    cuts = np.searchsorted(labels[order], np.arange(1, n_parts))
    return np.split(order, cuts)


def _components(table: sparse.csc_array) -> tuple[Ints, Ints]:
    n_rows, n_columns = table.shape
    graph = sparse.block_array([[None, table], [table.T, None]], format="csr")
    if not n_rows or not n_columns:
        return np.zeros(n_columns, dtype=np.int64), np.zeros(n_rows, dtype=np.int64)
    _, labels = csgraph.connected_components(graph, directed=False)
    return labels[n_rows:].astype(np.int64), labels[:n_rows].astype(np.int64)


class Target(NamedTuple):
    """A sum of unknowns to bound.

    ``most``: unknowns that it may hold. ``least``: those that it surely holds: the
    same, but where another is not told apart.
    """

    most: tuple[Unknown, ...]
    least: tuple[Unknown, ...]


@dataclass
class Solver:
    """Bounds sums of the unknowns of a system.

    ``n_solved``: programs that were solved. ``seconds``: time that they took.
    """

    system: System
    n_solved: int = 0
    seconds: float = 0.0
    _programs: dict[int, highspy.Highs] = field(default_factory=dict, repr=False)
    _known: dict[tuple[int, bytes, bool], float] = field(
        default_factory=dict, repr=False
    )

    def __post_init__(self) -> None:
        """Put together what no equation tells apart."""
        self._reduced = reduce_system(self.system)
        self._place = np.zeros(len(self._reduced.size), dtype=np.int64)
        for part in self._reduced.parts:
            self._place[part.groups] = np.arange(len(part.groups))

    def bound(self, target: Target) -> Interval:
        """Bound a sum of unknowns."""
        most = self.system.ranks(target.most)
        high = self._sum(np.unique(self._reduced.group[most]), highest=True)
        if len(most) < len(target.most):
            high = np.inf
        least = self._reduced.group[self.system.ranks(target.least)]
        counts = np.bincount(least, minlength=len(self._reduced.size))
        whole = np.flatnonzero((counts == self._reduced.size) & (counts > 0))
        return Interval(max(0.0, self._sum(whole, highest=False)), high)

    def _sum(self, groups: np.ndarray, *, highest: bool) -> float:
        total = 0.0
        for rank in np.unique(self._reduced.component[groups]):
            own = groups[self._reduced.component[groups] == rank]
            key = (int(rank), own.tobytes(), highest)
            if key not in self._known:
                self._known[key] = self._solve(int(rank), own, highest=highest)
            total += self._known[key]
        return total

    def _solve(self, rank: int, groups: np.ndarray, *, highest: bool) -> float:
        part = self._reduced.parts[rank]
        if len(part.low) == 1 and np.ptp(part.table.data) == 0:
            return _alone(part, len(groups), highest=highest)
        start = perf_counter()
        program = self._programs.get(rank)
        if program is None:
            program = self._programs[rank] = _program(part)
        costs = np.zeros(len(part.groups))
        costs[self._place[groups]] = 1.0
        sense = highspy.ObjSense.kMaximize if highest else highspy.ObjSense.kMinimize
        program.changeObjectiveSense(sense)
        program.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        program.run()
        status = program.getModelStatus()
        self.n_solved += 1
        self.seconds += perf_counter() - start
        if status in _UNBOUNDED:
            return float("inf") if highest else 0.0
        if status != highspy.HighsModelStatus.kOptimal:
            message = (
                "audit : aucun montant ne satisfait les chiffres publiés "
                f"({program.modelStatusToString(status)}) → vérifier que le dossier "
                "publié et les tables sont du même calcul"
            )
            raise InfeasibleError(message)
        return float(program.getInfo().objective_function_value)


_UNBOUNDED = {
    highspy.HighsModelStatus.kUnbounded,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
}


def _alone(part: Part, n_groups: int, *, highest: bool) -> float:
    """Bound in a system of one equation, where a sum is told and no more."""
    value = float(part.table.data[0])
    if highest:
        return float(part.high[0]) / value
    return float(part.low[0]) / value if n_groups == len(part.groups) else 0.0


class _QuietSolver(highspy.Highs):
    """HiGHS without the banner that it prints as it is made."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _program(part: Part) -> highspy.Highs:
    program = _QuietSolver()  # type: ignore[no-untyped-call]
    # A new objective starts from the last vertex: no presolve, which would undo it; and
    # by the primal simplex, since the vertex stays feasible: it takes half of the time.
    program.setOptionValue("presolve", "off")
    primal = highspy.simplex_constants.SimplexStrategy.kSimplexStrategyPrimal
    program.setOptionValue("simplex_strategy", primal.value)
    program.setOptionValue("threads", 1)
    program.setOptionValue("primal_feasibility_tolerance", FEASIBILITY)
    program.setOptionValue("dual_feasibility_tolerance", FEASIBILITY)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(part.groups), len(part.low)
    model.col_cost_ = np.zeros(len(part.groups))
    model.col_lower_ = np.zeros(len(part.groups))
    model.col_upper_ = np.full(len(part.groups), highspy.kHighsInf)
    model.row_lower_, model.row_upper_ = part.low, part.high
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kColwise
    matrix.start_ = part.table.indptr.astype(np.int32)
    matrix.index_ = part.table.indices.astype(np.int32)
    matrix.value_ = part.table.data
    model.a_matrix_ = matrix
    program.passModel(model)
    return program


def check_truth(
    system: System, truth: dict[Unknown, float], *, tolerance: float = 1e-6
) -> list[str]:
    """List the equations that the true amounts do not satisfy."""
    amounts = np.array([truth.get(name, 0.0) for name in system.unknowns])
    sums = system.table @ amounts
    slack = tolerance * np.maximum(1.0, np.abs(sums))
    wrong = (sums < system.low - slack) | (sums > system.high + slack)
    return [system.names[rank] for rank in np.flatnonzero(wrong)]
