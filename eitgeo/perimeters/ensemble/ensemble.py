"""Random contours in one piece around the root: what chance alone would draw.

And whether chains of draws tell the same story, and how much they are worth.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from eitgeo.errors import InfeasibleError
from eitgeo.extras import from_extra
from eitgeo.perimeters.contours.mesh import (
    Mesh,
    atoms_of,
    enclaves,
    mend,
    require_sound,
)
from eitgeo.study.methods import Ensemble, Rules
from eitgeo.words import french_count

Limits = tuple[list[float], float, float]


@dataclass(frozen=True)
class Cells:
    """Units (communes, or sets that go together), then communes that never go in.

    ``members``: communes of each node. ``n_units``: nodes below this number are units
    of the mesh; others are cut off from roads. ``free``: units that may be flipped.
    ``near``: units across a road, with the number of links. ``beside``: nodes across
    any border. ``rim``: whether a node lies at the outer limit of the area. ``limits``:
    weight of each unit, floor, ceiling. ``epci_of``: EPCI of each unit, with its
    communes in it. ``epci_sizes``: communes of each EPCI, those outside the area too.
    ``most_cut``: EPCI cut at most; None: any. ``no_enclave``: whether a contour may
    close nothing in. ``is_scattered``: whether a unit is in several pieces by road:
    communes have to be looked at.
    """

    members: tuple[tuple[str, ...], ...] = field(repr=False)
    n_units: int
    free: list[int] = field(repr=False)
    near: list[list[tuple[int, int]]] = field(repr=False)
    beside: list[list[int]] = field(repr=False)
    rim: list[bool] = field(repr=False)
    limits: list[Limits] = field(repr=False)
    epci_of: list[list[tuple[int, int]]] = field(repr=False)
    epci_sizes: list[int] = field(repr=False)
    most_cut: int | None
    no_enclave: bool
    is_scattered: bool

    def codes(self, units: Iterable[int]) -> frozenset[str]:
        """Return the communes of some units."""
        return frozenset(code for unit in units for code in self.members[unit])


def make_cells(mesh: Mesh, rules: Rules) -> Cells:
    """List what a random contour flips."""
    atoms = atoms_of(mesh, rules)
    sets = {atoms.get(code, frozenset({code})) for code in mesh.codes}
    inner = set(mesh.codes)
    # What goes with a commune that no road joins never goes in.
    barred = {code for group in sets if not group <= inner for code in group & inner}
    units = sorted(tuple(sorted(group & inner)) for group in sets)
    members = (*units, *((code,) for code in mesh.cut_off))
    of = {code: rank for rank, group in enumerate(members) for code in group}
    fixed = {of[code] for code in (mesh.root, *rules.include, *rules.exclude, *barred)}
    sirens = sorted(mesh.epci)
    at_epci = {code: at for at, siren in enumerate(sirens) for code in mesh.epci[siren]}
    return Cells(
        members=members,
        n_units=len(units),
        free=[unit for unit in range(len(units)) if unit not in fixed],
        near=[_linked(unit, group, mesh, of) for unit, group in enumerate(units)],
        beside=[
            sorted({of[n] for code in group for n in mesh.beside[code]} - {node})
            for node, group in enumerate(members)
        ],
        rim=[any(code in mesh.rim for code in group) for group in members],
        limits=[_limit(name, mesh, rules, units) for name in _bounded(rules)],
        epci_of=[
            sorted(Counter(at_epci[code] for code in group if code in at_epci).items())
            for group in units
        ],
        epci_sizes=[len(mesh.epci[siren]) for siren in sirens],
        most_cut=rules.max_split_epci,
        no_enclave=rules.enclaves == "remplir",
        is_scattered=any(
            len(mesh.piece_of(group[0], group)) < len(group) for group in units
        ),
    )


def _linked(
    unit: int, group: tuple[str, ...], mesh: Mesh, of: dict[str, int]
) -> list[tuple[int, int]]:
    links = Counter(of[n] for code in group for n in mesh.near[code])
    return sorted((other, n) for other, n in links.items() if other != unit)


def _bounded(rules: Rules) -> list[str]:
    return sorted({*rules.floors, *rules.ceilings})


def _limit(name: str, mesh: Mesh, rules: Rules, units: list[tuple[str, ...]]) -> Limits:
    weight = [mesh.total(group, name) for group in units]
    low, high = _bound(rules.floors, name), _bound(rules.ceilings, name)
    return (
        weight,
        -math.inf if low is None else low,
        math.inf if high is None else high,
    )


def _bound(bounds: Mapping[Any, float], name: str) -> float | None:
    return bounds.get(name)


_NAME = "contours au hasard"
_BLOCK = 4096
_SPREAD = (0.15, 0.85)
_STARTS = 40
# Above, clusters span the territory: they hold the root, and never flip.
_BOND = 0.4
_WIDEST = 150

MIXED_BELOW = 1.01
"""Split R̂ under which chains are said to have mixed (Vehtari et al. 2021)."""

ENOUGH = 400.0
"""Effective draws from which a percentile is worth printing (the same)."""


@dataclass(frozen=True)
class Chain:
    """Draws of one chain.

    ``values``: one row a draw, one column an observed quantity. ``accepted``: share of
    the proposals that were taken.
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

    ``rules``: section ``methods.rules`` of the study: imposed and excluded communes,
    locked sets, floors and ceilings, EPCI cut at most, no enclave unless they are «
    signaler ». A price per EPCI is a preference: the law knows nothing of it. ``law``:
    section ``methods.ensemble`` of the study: ``n_draws`` are kept, ``thinning`` steps
    apart, and a contour weighs ``exp(−border_weight × road links that it cuts)``. At 0
    all contours weigh the same, and most of them are ragged. Returns: the draws in
    order. Refused when the rules are unsound, or no contour to start from was found.

    Notes
    -----
    One region around a root, the rest of the territory need not be in one piece: not
    what ReCom samples, which recombines two whole regions of a partition (D. DeFord,
    M. Duchin, J. Solomon, Harvard Data Science Review 3.1, 2021). Without the rules
    the law is that of a ferromagnet, whose clusters flip whole (U. Wolff, Physical
    Review Letters 62, 1989, p. 361-364): a free unit (a commune, or a locked set) is
    drawn among all, each link to its own side binds with probability ``q``, and what
    is bound goes in or out together. A cluster is drawn as often after the flip as
    before it but for the links at its edge, so that the move is taken with probability
    ``min(1, (exp(−border_weight) ÷ (1 − q)) ** more)``, where ``more`` is by how many
    the links cut rise; ``q = 1 − exp(−border_weight)``, at most 0.4, takes nearly all.
    A flip that breaks a rule or leaves several pieces by road is refused, and the
    contour noted again: π is stationary. That all contours can be reached from one
    another is shown by enumeration on grids, not proved under floors and ceilings that
    nearly meet: several chains from unlike starts, and what
    :mod:`eitgeo.perimeters.ensemble.ensemble` says of them, are to be read with the
    draws.
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
            mended = mend({mesh.root}, mesh, asked, ties=_Chance(rng), method=_NAME)
        except InfeasibleError:
            continue
        if rules.enclaves == "signaler" or not enclaves(mended.codes, mesh):
            return mended.codes
    message = (
        f"{_NAME} : aucun contour de départ trouvé en {_STARTS} essais entre "
        f"{french_count(low)} et {french_count(high)} habitants "
        "→ desserrer « methods.rules »"
    )
    raise InfeasibleError(message)


class _Walk:
    """A contour that moves by flips of clusters of units."""

    def __init__(
        self, mesh: Mesh, rules: Rules, border_weight: float, rng: np.random.Generator
    ) -> None:
        cells = make_cells(mesh, rules)
        self._cells, self._mesh, self._rng = cells, mesh, rng
        bond = min(1 - math.exp(-border_weight), _BOND)
        # What the bonds do not say of the law is left to the chance of each move.
        self._steep = border_weight + math.log1p(-bond)
        self._bonds = [
            [(other, 1 - (1 - bond) ** n) for other, n in near] for near in cells.near
        ]
        self._n_links = sum(len(near) for near in cells.near)
        self._chances: list[float] = []
        self._is_free = [False] * len(cells.members)
        for unit in cells.free:
            self._is_free[unit] = True
        start = _start(mesh, rules, rng)
        self._in = [group[0] in start for group in cells.members]
        units = self._mine()
        self._sums = [sum(weight[u] for u in units) for weight, _, _ in cells.limits]
        self._in_epci = [0] * len(cells.epci_sizes)
        for unit in units:
            for row, count in cells.epci_of[unit]:
                self._in_epci[row] += count

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
        flipped = self._cluster(unit)
        if not flipped:
            return False
        leaves = self._in[unit]
        links_same, links_other = self._links(flipped, leaves=leaves)
        if (links_same if leaves else links_other) == 0:
            return False
        more_cut = links_same - links_other
        # A cluster that more links hold back is also less likely to be drawn.
        held_back = self._steep * more_cut
        if held_back > 0 and chance >= math.exp(-held_back):
            return False
        if not (
            self._cuts_few(flipped, leaves=leaves)
            and self._stays_whole(flipped, leaves=leaves)
        ):
            return False
        self._flip(flipped, leaves=leaves)
        if self._cells.is_scattered and not self._holds_together():
            self._flip(flipped, leaves=not leaves)
            return False
        return True

    def _holds_together(self) -> bool:
        """Look at communes: a unit in several pieces may leave or close in one."""
        held, mesh = self.held, self._mesh
        if len(mesh.piece_of(mesh.root, held)) < len(held):
            return False
        return not (self._cells.no_enclave and enclaves(held, mesh))

    def _cluster(self, unit: int) -> set[int]:
        """Draw units of the same side around one; none where they may not all flip."""
        cluster, edge, is_free = {unit}, [unit], self._is_free
        room = self._room(leaves=self._in[unit])
        if len(self._chances) < self._n_links:
            self._chances = self._rng.random(_BLOCK + self._n_links).tolist()
        while edge:
            last = edge.pop()
            fresh = self._bound(last, cluster)
            for row, (weight, left) in enumerate(room):
                if left < weight[last]:
                    return set()
                room[row] = weight, left - weight[last]
            for other in fresh:
                if not is_free[other]:
                    return set()
                cluster.add(other)
            if len(cluster) > _WIDEST:
                return set()
            edge += fresh
        return cluster

    def _bound(self, unit: int, found: set[int]) -> list[int]:
        """Draw which neighbours of the same side go with a unit."""
        is_in, draw = self._in, self._chances.pop
        side = is_in[unit]
        return [
            other
            for other, bond in self._bonds[unit]
            if is_in[other] == side and other not in found and draw() < bond
        ]

    def _room(self, *, leaves: bool) -> list[tuple[list[float], float]]:
        """Say how much each sum may still move."""
        return [
            (weight, total - low if leaves else high - total)
            for total, (weight, low, high) in zip(
                self._sums, self._cells.limits, strict=True
            )
        ]

    def _links(self, flipped: set[int], *, leaves: bool) -> tuple[int, int]:
        """Count the links of a cluster to its own side and to the other."""
        same = other_side = 0
        for unit in flipped:
            for other, n in self._cells.near[unit]:
                if other in flipped:
                    continue
                if self._in[other] == leaves:
                    same += n
                else:
                    other_side += n
        return same, other_side

    def _cuts_few(self, flipped: set[int], *, leaves: bool) -> bool:
        most = self._cells.most_cut
        return most is None or self._n_cut(flipped, -1 if leaves else 1) <= most

    def _n_cut(self, flipped: set[int], sign: int) -> int:
        """Count the EPCI cut after a flip."""
        moved: Counter[int] = Counter()
        for unit in flipped:
            moved.update(dict(self._cells.epci_of[unit]))
        sizes = self._cells.epci_sizes
        return sum(
            0 < count + sign * moved[at] < sizes[at]
            for at, count in enumerate(self._in_epci)
        )

    def _stays_whole(self, flipped: set[int], *, leaves: bool) -> bool:
        """Say whether a flip leaves one piece, and closes nothing in."""
        cells, is_in = self._cells, self._in
        if leaves:
            if cells.no_enclave and not any(self._is_open(unit) for unit in flipped):
                return False
            linked = {
                other
                for unit in flipped
                for other, _ in cells.near[unit]
                if is_in[other] and other not in flipped
            }
            return len(linked) < 2 or self._linked_without(flipped, linked)  # noqa: PLR2004
        if not cells.no_enclave:
            return True
        for unit in flipped:
            is_in[unit] = True
        try:
            return self._all_escape(flipped)
        finally:
            for unit in flipped:
                is_in[unit] = False

    def _is_open(self, unit: int) -> bool:
        """Say whether a unit that leaves would touch the outside."""
        cells = self._cells
        return cells.rim[unit] or any(not self._in[n] for n in cells.beside[unit])

    def _linked_without(self, flipped: set[int], linked: set[int]) -> bool:
        """Say whether neighbours of a cluster hold together without it.

        They spread in turn until they have met, or one of them has nowhere to go.
        """
        neighbours, is_in = self._cells.near, self._in
        home = {unit: unit for unit in linked}
        edges = {unit: [unit] for unit in sorted(linked)}
        while len(edges) > 1:
            group = next(iter(edges))
            edge, fresh = edges.pop(group), []
            if not edge:
                return False
            for unit in edge:
                for other, _ in neighbours[unit]:
                    if not is_in[other] or other in flipped:
                        continue
                    if other not in home:
                        home[other] = group
                        fresh.append(other)
                    elif (root := _last(home, other)) != group:
                        home[root] = group
                        fresh += edges.pop(root)
            edges[group] = fresh
        return True

    def _all_escape(self, flipped: set[int]) -> bool:
        """Say whether what borders a cluster outside still reaches the outer limit."""
        beside, rim, is_in = self._cells.beside, self._cells.rim, self._in
        reached: set[int] = set()
        for start in {near for unit in flipped for near in beside[unit]}:
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

    def _flip(self, flipped: set[int], *, leaves: bool) -> None:
        sign = -1 if leaves else 1
        for unit in flipped:
            self._in[unit] = not leaves
            for row, (weight, _, _) in enumerate(self._cells.limits):
                self._sums[row] += sign * weight[unit]
            for row, count in self._cells.epci_of[unit]:
                self._in_epci[row] += sign * count


def _last(home: dict[int, int], unit: int) -> int:
    """Follow who leads whom to the one that leads itself."""
    while home[unit] != unit:
        home[unit] = home[home[unit]]
        unit = home[unit]
    return unit


def mixing(chains: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Compare chains, quantity by quantity.

    ``chains``: draws of each chain, the same columns and as many rows. Returns: one row
    a quantity (index): ``rhat`` (split, rank-normalised), ``ess`` (effective draws of
    all chains, bulk), ``is_mixed``. A quantity that never moves has neither: NaN, not
    mixed. Refused: with fewer than two chains or four draws.

    Notes
    -----
    ``arviz-stats``, after A. Vehtari et al., Bayesian Analysis 16, 2021, p. 667–718.
    """
    if len(chains) < 2 or len(chains[0]) < 4:  # noqa: PLR2004
        message = "mélange : il faut deux chaînes de quatre tirages au moins"
        raise InfeasibleError(message)
    rows = {name: _mixing_of(name, chains) for name in chains[0].columns}
    names = ["rhat", "ess", "is_mixed"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


def _mixing_of(name: str, chains: Sequence[pd.DataFrame]) -> tuple[float, float, bool]:
    draws = np.array([chain[name].to_numpy(dtype=float) for chain in chains])
    if np.ptp(draws) == 0:
        return np.nan, np.nan, False
    arviz = from_extra("arviz_stats.base", extra="methods", purpose="mélange")
    stats = arviz.array_stats
    rhat, ess = float(stats.rhat(draws)), float(stats.ess(draws))
    return rhat, ess, rhat < MIXED_BELOW and ess >= ENOUGH
