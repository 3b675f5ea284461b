"""What an optimum is chosen from: units, links, values and limits, as arrays.

Groups of units may be taken for one unit each: the same choice with fewer units.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from eitgeo.check import Faults
from eitgeo.errors import InfeasibleError, SchemaError
from eitgeo.words import french_count

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

NONE = np.zeros(0, dtype=np.int64)
_PIECES_TOLD = 4


@dataclass(frozen=True)
class Limit:
    """A floor, a ceiling or both on a sum over the units that are held.

    ``name``: what is summed, in French. ``weight``: one value a unit, none negative.
    ``low``, ``high``: floor and ceiling, in the unit of ``weight``.
    """

    name: str
    weight: Floats
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True)
class Choice:
    """Units to choose from, each in or out.

    ``units``: names; arrays follow their order. ``links``: shape (n_links, 2): the
    units that touch. ``own``: what a unit is worth by itself. ``pairs``,
    ``pair_value``: shape (n_pairs, 2) and (n_pairs,): what two units are worth when
    both are held; no pair twice, no unit with itself, no value negative. ``limits``:
    floors and ceilings. ``root``: the unit that is held and that all others are joined
    to; None: free. ``include``, ``exclude``: units that are held, and that are not.
    ``groups``, ``max_split``: group of each unit, and the most groups that may be held
    in part; None: any.
    """

    units: tuple[str, ...]
    links: Ints
    own: Floats
    pairs: Ints
    pair_value: Floats
    limits: tuple[Limit, ...] = ()
    root: int | None = None
    include: Ints = field(default_factory=lambda: NONE)
    exclude: Ints = field(default_factory=lambda: NONE)
    groups: Ints | None = None
    max_split: int | None = None

    @property
    def size(self) -> int:
        """Return the number of units."""
        return len(self.units)

    @property
    def forced(self) -> Ints:
        """Return the units that are held in any case, the root first."""
        root = [] if self.root is None else [self.root]
        rest = [unit for unit in self.include.tolist() if unit != self.root]
        return np.array(root + rest, dtype=np.int64)

    def graph(self) -> csr_array:
        """Return the links as a symmetric matrix of ones."""
        return _symmetric(self.links, np.ones(len(self.links)), self.size)

    def values(self) -> csr_array:
        """Return the values of pairs as a symmetric matrix."""
        return _symmetric(self.pairs, self.pair_value, self.size)

    def worth(self, held: Flags) -> float:
        """Sum what the held units are worth, alone and by pairs."""
        both = held[self.pairs[:, 0]] & held[self.pairs[:, 1]]
        return float(self.own[held].sum() + self.pair_value[both].sum())

    def allows(self, held: Flags) -> bool:
        """Say whether a set keeps every rule but that of holding together."""
        return (
            bool(held[self.forced].all())
            and not held[self.exclude].any()
            and all(
                one.low - _SLACK * abs(one.low)
                <= one.weight[held].sum()
                <= one.high + _SLACK * abs(one.high)
                for one in self.limits
            )
            and (self.max_split is None or self.n_split(held) <= self.max_split)
        )

    def n_split(self, held: Flags) -> int:
        """Count the groups that are held in part."""
        if self.groups is None:
            return 0
        inside = np.bincount(self.groups, weights=held)
        whole = np.bincount(self.groups)
        return int(((inside > 0) & (inside < whole)).sum())

    def require_possible(self) -> None:
        """Refuse unsound arrays and rules that clash, before anything is solved."""
        self._require_sound()
        faults = Faults("optimum")
        for unit in sorted(set(self.forced.tolist()) & set(self.exclude.tolist())):
            faults.add(
                f"« {self.units[unit]} » à la fois imposée et exclue",
                remedy="l'ôter d'une des deux listes",
            )
        if not faults.items:
            self._note_unreachable(faults)
        if not (self.own.any() or self.pair_value.any()):
            faults.add(
                "aucun échange entre les communes",
                remedy="vérifier les gisements et les règles de synergie",
            )
        faults.raise_if_any(InfeasibleError)

    def _require_sound(self) -> None:
        faults = Faults("optimum")
        _note_numbers("valeur propre", self.own, self.size, faults)
        _note_numbers("valeur de paire", self.pair_value, len(self.pairs), faults)
        for limit in self.limits:
            _note_numbers(f"limite {limit.name}", limit.weight, self.size, faults)
            if not limit.low <= limit.high:
                low, high = f"plancher {limit.low:g}", f"plafond {limit.high:g}"
                fault = f"limite {limit.name} : {low}, {high}"
                faults.add(fault, remedy="le plancher d'abord, puis le plafond")
        for name, pairs in (("liens", self.links), ("paires", self.pairs)):
            self._note_pairs(name, pairs, faults)
        singles = np.concatenate([self.forced, self.exclude])
        if len(singles) and not (0 <= singles.min() <= singles.max() < self.size):
            faults.add("unité imposée ou exclue inconnue", remedy="corriger l'indice")
        if self.groups is not None and np.shape(self.groups) != (self.size,):
            faults.add("groupes : un par unité", remedy="compléter la liste")
        faults.raise_if_any(SchemaError)

    def _note_pairs(self, name: str, pairs: Ints, faults: Faults) -> None:
        if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind != "i":  # noqa: PLR2004
            faults.add(f"{name} : deux indices entiers par ligne", remedy="corriger")
            return
        if not ((pairs >= 0) & (pairs < self.size)).all():
            faults.add(f"{name} : unité inconnue", remedy="corriger l'indice")
        ordered = np.sort(pairs, axis=1)
        if (ordered[:, 0] == ordered[:, 1]).any() or len(
            np.unique(ordered, axis=0)
        ) < len(ordered):
            faults.add(f"{name} : répétées, ou d'une seule unité", remedy="les ôter")

    def _note_unreachable(self, faults: Faults) -> None:
        open_ = np.ones(self.size, dtype=bool)
        open_[self.exclude] = False
        is_open = open_[self.links].all(axis=1)
        graph = _symmetric(self.links[is_open], np.ones(is_open.sum()), self.size)
        n_parts, part = connected_components(graph, directed=False)
        homes = set(part[self.forced].tolist())
        if len(homes) > 1:
            names = ", ".join(self.units[unit] for unit in self.forced[:5].tolist())
            faults.add(
                f"communes imposées que rien ne relie ({names}…)",
                remedy="imposer aussi un passage, ou en retirer",
            )
            return
        candidates = homes or set(range(n_parts))
        for limit in self.limits:
            sums = np.bincount(part, weights=limit.weight * open_, minlength=n_parts)
            reached = sorted((float(sums[home]) for home in candidates), reverse=True)
            if reached[0] < limit.low:
                faults.add(
                    f"plancher {limit.name} {french_count(limit.low)} impossible "
                    f"{_reached(reached)}",
                    remedy="l'abaisser",
                )
            least = float(limit.weight[self.forced].sum())
            if least > limit.high:
                faults.add(
                    f"plafond {limit.name} {french_count(limit.high)} dépassé par les "
                    f"seules communes imposées ({french_count(least)})",
                    remedy="le relever, ou en imposer moins",
                )


def _reached(sums: list[float]) -> str:
    """Say what the pieces of the graph reach, the largest first."""
    if len(sums) == 1:
        return f": au plus {french_count(sums[0])}"
    counts = [french_count(one) for one in sums[:_PIECES_TOLD]]
    rest = f" et {len(sums) - _PIECES_TOLD} autres" * (len(sums) > _PIECES_TOLD)
    listed = (
        ", ".join(counts) if rest else " et ".join([", ".join(counts[:-1]), counts[-1]])
    )
    return f"pour {len(sums)} composantes : {listed}{rest}"


def _note_numbers(name: str, values: Floats, length: int, faults: Faults) -> None:
    if np.shape(values) != (length,):
        fault = f"{name} : {np.size(values)} nombres pour {length}"
        faults.add(fault, remedy="en donner un par unité ou par paire")
    elif not (np.isfinite(values) & (np.asarray(values) >= 0)).all():
        fault = f"{name} : nombre négatif, infini ou inconnu"
        faults.add(fault, remedy="corriger la donnée")


_SLACK = 1e-9
"""Relative slack of floors and ceilings, for sums of floats."""


def weight_on_ceilings(choice: Choice) -> Floats:
    """Say which part of the ceilings each unit takes."""
    shares = [
        one.weight / max(one.high, 1e-9)
        for one in choice.limits
        if np.isfinite(one.high)
    ]
    return np.sum(shares, axis=0) if shares else np.ones(choice.size)


def holds_together(graph: csr_array, held: Flags) -> bool:
    """Say whether the held units are in one piece."""
    rows = np.flatnonzero(held)
    if len(rows) == 0:
        return False
    n_pieces, _ = connected_components(graph[rows][:, rows], directed=False)
    return int(n_pieces) == 1


def _symmetric(pairs: Ints, value: Floats, size: int) -> csr_array:
    a, b = pairs[:, 0], pairs[:, 1]
    both = (np.concatenate([a, b]), np.concatenate([b, a]))
    return coo_array((np.concatenate([value, value]), both), shape=(size, size)).tocsr()


def groups_hold_together(choice: Choice) -> bool:
    """Say whether each group is in one piece by itself."""
    groups = np.asarray(choice.groups)
    inner = choice.links[groups[choice.links[:, 0]] == groups[choice.links[:, 1]]]
    graph = replace(choice, links=inner).graph()
    n_pieces, _ = connected_components(graph, directed=False)
    return int(n_pieces) == len(np.unique(groups))


def contract(choice: Choice, merged: Flags) -> tuple[Choice, Ints]:
    """Take each merged group for one unit."""
    groups = np.asarray(choice.groups)
    label = np.where(merged[groups], groups, len(merged) + np.arange(choice.size))
    first, unit_of = np.unique(label, return_index=True, return_inverse=True)[1:]
    size = len(first)
    pairs = np.sort(unit_of[choice.pairs], axis=1).reshape(-1, 2)
    inner = pairs[:, 0] == pairs[:, 1]
    key, place = np.unique(
        pairs[~inner, 0] * size + pairs[~inner, 1], return_inverse=True
    )
    own = np.bincount(unit_of, weights=choice.own, minlength=size)
    own += np.bincount(
        pairs[inner, 0], weights=choice.pair_value[inner], minlength=size
    )
    links = np.sort(unit_of[choice.links], axis=1).reshape(-1, 2)
    fewer = replace(
        choice,
        units=tuple(choice.units[unit] for unit in first.tolist()),
        links=np.unique(links[links[:, 0] != links[:, 1]], axis=0),
        own=own,
        pairs=np.column_stack([key // size, key % size]),
        pair_value=np.bincount(
            place, weights=choice.pair_value[~inner], minlength=len(key)
        ),
        limits=tuple(
            replace(one, weight=np.bincount(unit_of, weights=one.weight))
            for one in choice.limits
        ),
        root=None if choice.root is None else int(unit_of[choice.root]),
        include=np.unique(unit_of[choice.include]),
        exclude=np.unique(unit_of[choice.exclude]),
        groups=None,
        max_split=None,
    )
    return fewer, unit_of
