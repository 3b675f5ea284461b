"""Random contours in one piece around the root: what chance alone would draw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.cells import make_cells
from eitgeo.perimeters.mending import enclaves, mend
from eitgeo.perimeters.rules import n_text, require_sound

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import numpy as np

    from eitgeo.perimeters.mesh import Mesh
    from eitgeo.study import Ensemble, Rules

_NAME = "contours au hasard"
_BLOCK = 4096
_SPREAD = (0.15, 0.85)
_STARTS = 40


@dataclass(frozen=True)
class Chain:
    """Draws of one chain.

    Attributes
    ----------
    values
        One row a draw, one column an observed quantity.
    accepted
        Share of the proposals that were taken.
    """

    values: pd.DataFrame
    accepted: float


def sample_contours(
    mesh: Mesh,
    rules: Rules,
    *,
    law: Ensemble,
    observed: Mapping[str, Callable[[frozenset[str]], float]],
    rng: np.random.Generator,
) -> Chain:
    """Walk among the contours that keep the rules, and note some of them.

    Parameters
    ----------
    mesh
        From :func:`~eitgeo.perimeters.make_mesh`.
    rules
        Section ``methods.rules`` of the study: imposed and excluded communes, locked
        sets, floors and ceilings, EPCI cut at most, no enclave unless they are
        « signaler ». A price per EPCI is a preference: the law knows nothing of it.
    law
        Section ``methods.ensemble`` of the study: ``n_draws`` are kept, ``thinning``
        steps apart, and a contour weighs ``exp(−border_weight × road links that it
        cuts)``. At 0 all contours weigh the same, and most of them are ragged.
    observed
        What to note of each draw.
    rng
        Generator.

    Returns
    -------
    Chain
        The draws in order.

    Raises
    ------
    StudyError, InfeasibleError
        When the rules are unsound, or no contour to start from was found.

    Notes
    -----
    One region around a root, the rest of the territory need not be in one piece: not
    what ReCom samples, which recombines two whole regions of a partition (D. DeFord,
    M. Duchin, J. Solomon, Harvard Data Science Review 3.1, 2021). Hence Metropolis's
    walk by single flips: a free unit (a commune, or a locked set) is drawn among all,
    put in or out, and the move is taken with probability
    ``min(1, π(after) ÷ π(before))`` when the contour stays in one piece by road and
    keeps the rules, else the contour is noted again. The proposal is symmetric: π is
    stationary. That all contours can be reached from one another is shown by
    enumeration on grids, not proved under floors and ceilings that nearly meet:
    several chains from unlike starts, and what :func:`~eitgeo.perimeters.mixing` says
    of them, are to be read with the draws.
    """
    require_sound(rules, mesh)
    walk = _Walk(mesh, rules, law.border_weight, rng)
    notes, taken = [], 0
    for _ in range(law.n_draws):
        taken += walk.go(law.thinning)
        held = walk.held
        notes.append([measure(held) for measure in observed.values()])
    values = pd.DataFrame(notes, columns=list(observed), dtype=float)
    return Chain(values, taken / (law.n_draws * law.thinning))


@dataclass(frozen=True)
class _Chance:
    """Ranks communes by chance, to start chains from unlike contours."""

    rng: np.random.Generator

    def ranked(self, codes: Collection[str], held: Collection[str]) -> list[str]:
        del held
        return [str(code) for code in self.rng.permutation(sorted(codes))]


def _start(mesh: Mesh, rules: Rules, rng: np.random.Generator) -> frozenset[str]:
    """Grow a contour by chance up to a population drawn between the bounds."""
    total = mesh.total(mesh.codes, "population")
    low = rules.floors.get("population", _SPREAD[0] * total)
    high = rules.ceilings.get("population", _SPREAD[1] * total)
    for turn in range(_STARTS):
        # Failing that, from the floor itself.
        aim = low if turn > _STARTS // 2 else rng.uniform(low, max(low, high))
        floors = dict(rules.floors) | {"population": min(aim, total)}
        asked = rules.model_copy(update={"floors": floors})
        try:
            found = mend({mesh.root}, mesh, asked, ties=_Chance(rng), method=_NAME)
        except InfeasibleError:
            continue
        if rules.enclaves == "signaler" or not enclaves(found.codes, mesh):
            return found.codes
    message = (
        f"{_NAME} : aucun contour de départ trouvé en {_STARTS} essais entre "
        f"{n_text(low)} et {n_text(high)} habitants → desserrer « methods.rules »"
    )
    raise InfeasibleError(message)


class _Walk:
    """A contour that moves by flips of units.

    Parameters
    ----------
    mesh, rules, border_weight, rng
        As in :func:`sample_contours`.
    """

    def __init__(
        self, mesh: Mesh, rules: Rules, border_weight: float, rng: np.random.Generator
    ) -> None:
        cells = make_cells(mesh, rules)
        self._cells, self._weight, self._rng = cells, border_weight, rng
        held = _start(mesh, rules, rng)
        self._in = [group[0] in held for group in cells.members]
        mine = self._mine()
        self._sums = [sum(weight[u] for u in mine) for weight, _, _ in cells.limits]
        self._in_epci = [0] * len(cells.epci_sizes)
        for unit in mine:
            for at, count in cells.epci_of[unit]:
                self._in_epci[at] += count

    def _mine(self) -> list[int]:
        return [unit for unit in range(self._cells.n_units) if self._in[unit]]

    @property
    def held(self) -> frozenset[str]:
        return self._cells.codes(self._mine())

    def go(self, n_steps: int) -> int:
        # How many of so many flips were taken.
        free, taken = self._cells.free, 0
        if not free:
            return 0
        for start in range(0, n_steps, _BLOCK):
            size = min(_BLOCK, n_steps - start)
            units = self._rng.integers(len(free), size=size).tolist()
            chances = self._rng.random(size).tolist()
            taken += sum(
                self._try(free[unit], chance)
                for unit, chance in zip(units, chances, strict=True)
            )
        return taken

    def _try(self, unit: int, chance: float) -> bool:
        near, is_in = self._cells.near[unit], self._in
        leaves = is_in[unit]
        links_in = sum(n for other, n in near if is_in[other])
        if links_in == 0:
            return False
        links_out = sum(n for _, n in near) - links_in
        more_cut = links_in - links_out if leaves else links_out - links_in
        if chance >= math.exp(-self._weight * more_cut):
            return False
        if not self._keeps_sums(unit, leaves=leaves):
            return False
        if not self._stays_whole(unit, leaves=leaves):
            return False
        self._flip(unit, leaves=leaves)
        return True

    def _keeps_sums(self, unit: int, *, leaves: bool) -> bool:
        sign = -1 if leaves else 1
        sums = zip(self._sums, self._cells.limits, strict=True)
        if not all(
            low <= total + sign * weight[unit] <= high
            for total, (weight, low, high) in sums
        ):
            return False
        return self._cells.most_cut is None or self._n_cut(unit, sign) <= (
            self._cells.most_cut
        )

    def _n_cut(self, unit: int, sign: int) -> int:
        """Count the EPCI cut after a flip."""
        moved = dict(self._cells.epci_of[unit])
        sizes = self._cells.epci_sizes
        return sum(
            0 < count + sign * moved.get(at, 0) < sizes[at]
            for at, count in enumerate(self._in_epci)
        )

    def _stays_whole(self, unit: int, *, leaves: bool) -> bool:
        """Say whether a flip leaves one piece, and closes nothing in."""
        cells, is_in = self._cells, self._in
        if leaves:
            if cells.no_enclave and not self._is_open(unit):
                return False
            linked = [other for other, _ in cells.near[unit] if is_in[other]]
            return len(linked) < 2 or self._linked_without(unit, linked)  # noqa: PLR2004
        if not cells.no_enclave:
            return True
        is_in[unit] = True
        try:
            return self._all_escape(unit)
        finally:
            is_in[unit] = False

    def _is_open(self, unit: int) -> bool:
        """Say whether a unit that leaves would touch the outside."""
        cells = self._cells
        return cells.rim[unit] or any(not self._in[n] for n in cells.beside[unit])

    def _linked_without(self, unit: int, linked: list[int]) -> bool:
        """Say whether neighbours of a unit hold together without it."""
        near, is_in = self._cells.near, self._in
        wanted = set(linked[1:])
        seen, edge = {unit, linked[0]}, [linked[0]]
        while edge:
            for other, _ in near[edge.pop()]:
                if is_in[other] and other not in seen:
                    seen.add(other)
                    edge.append(other)
                    wanted.discard(other)
            if not wanted:
                return True
        return False

    def _all_escape(self, unit: int) -> bool:
        """Say whether what borders a unit outside still reaches the outer limit."""
        beside, rim, is_in = self._cells.beside, self._cells.rim, self._in
        reached: set[int] = set()
        for start in beside[unit]:
            if is_in[start] or start in reached:
                continue
            seen, edge, out = {start}, [start], rim[start]
            while edge and not out:
                for other in beside[edge.pop()]:
                    if is_in[other] or other in seen:
                        continue
                    seen.add(other)
                    edge.append(other)
                    out = out or rim[other] or other in reached
            if not out:
                return False
            reached |= seen
        return True

    def _flip(self, unit: int, *, leaves: bool) -> None:
        self._in[unit] = not leaves
        sign = -1 if leaves else 1
        for at, (weight, _, _) in enumerate(self._cells.limits):
            self._sums[at] += sign * weight[unit]
        for at, count in self._cells.epci_of[unit]:
            self._in_epci[at] += sign * count
