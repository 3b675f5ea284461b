"""Bounds of secret cells: HiGHS, one small program for each separate system."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import highspy
import numpy as np

from eitgeo.audit.numbers import Interval
from eitgeo.audit.system import reduce_system
from eitgeo.errors import InfeasibleError

if TYPE_CHECKING:
    from eitgeo.audit.system import Part, System, Unknown

FEASIBILITY = 1e-9
"""Tolerance of the solver on equations, once scaled."""


class Target(NamedTuple):
    """A sum of unknowns to bound.

    Attributes
    ----------
    most
        Unknowns that it may hold.
    least
        Those that it surely holds: the same, but where another is not told apart.
    """

    most: tuple[Unknown, ...]
    least: tuple[Unknown, ...]


@dataclass
class Solver:
    """Bounds sums of the unknowns of a system.

    Attributes
    ----------
    system
        The system.
    n_solved
        Programs that were solved.
    seconds
        Time that they took.
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
        held = np.bincount(least, minlength=len(self._reduced.size))
        whole = np.flatnonzero((held == self._reduced.size) & (held > 0))
        return Interval(max(0.0, self._sum(whole, highest=False)), high)

    def _sum(self, groups: np.ndarray, *, highest: bool) -> float:
        total = 0.0
        for rank in np.unique(self._reduced.component[groups]):
            mine = groups[self._reduced.component[groups] == rank]
            key = (int(rank), mine.tobytes(), highest)
            if key not in self._known:
                self._known[key] = self._solve(int(rank), mine, highest=highest)
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
    # A new objective starts from the last vertex: no presolve, which would undo it.
    program.setOptionValue("presolve", "off")
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
