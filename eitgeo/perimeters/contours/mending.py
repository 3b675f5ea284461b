"""Mend what a method drew until it keeps the rules, openly, or refuse it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.contours.mesh import Mesh, spread
from eitgeo.perimeters.contours.rules import broken_rules, cut_epci
from eitgeo.study.methods import Rules

_MOST_ROUNDS = 20
_NEVER = math.inf


class Ranking(Protocol):
    """What tells which commune to add first: `Ties`."""

    def ranked(self, codes: Collection[str], held: Collection[str]) -> list[str]:
        """Order communes, the first to add first, the first to let go last."""


@dataclass(frozen=True)
class Mended:
    """A set that keeps the rules, and what it took.

    ``added``, ``removed``: communes that the method had not drawn, and had drawn.
    """

    codes: frozenset[str]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def told(self) -> dict[str, object]:
        """Return ``n_added`` and ``n_removed``; empty where nothing was mended."""
        if not self.added and not self.removed:
            return {}
        return {"n_added": len(self.added), "n_removed": len(self.removed)}


def mend(
    drawn: Collection[str], mesh: Mesh, rules: Rules, *, ties: Ranking, method: str
) -> Mended:
    """Make a drawn set keep the rules by the fewest plain moves, or refuse it.

    ``drawn``: communes that a method drew; those out of the mesh are let go. ``rules``:
    section ``methods.rules`` of the study, sound on the mesh (`require_sound`).
    ``ties``: what draws communes together: which to add to reach a floor, which to let
    go under a ceiling. ``method``: the method, as messages name it. Returns: one piece
    around the root by roads inside it; no rule is broken. Refused when a rule is still
    broken after the moves: each is told with its numbers.

    Notes
    -----
    In turn, until nothing moves: excluded communes out; imposed ones in, with the
    quickest ways to them; the piece of the root kept; locked sets, and EPCI that
    fewer than ``split_price`` inhabitants make whole, filled or left out, whichever
    moves fewer inhabitants; floors and ceilings by the most, the least tied commune
    of the edge (ties by population, then code); enclaves filled.
    """
    codes = set(drawn) & set(mesh.codes)
    for turn in range(_MOST_ROUNDS):
        before = set(codes)
        codes = _joined(codes, mesh, rules)
        codes = _whole(codes, mesh, rules)
        codes = _raised(codes, mesh, rules, ties)
        codes = _lowered(codes, mesh, rules, ties)
        # Late rounds no longer fill what a ceiling empties again.
        if rules.enclaves == "remplir" and turn < _MOST_ROUNDS // 2:
            codes = mesh.piece_of(mesh.root, codes | _fillable(codes, mesh, rules))
        if codes == before:
            break
    broken = broken_rules(codes, rules, mesh)
    if broken:
        message = f"{method} : règles non tenues : {' ; '.join(broken)}"
        raise InfeasibleError(message)
    first = set(drawn)
    return Mended(
        codes=frozenset(codes),
        added=tuple(sorted(codes - first)),
        removed=tuple(sorted(first - codes)),
    )


def enclaves(held: Collection[str], mesh: Mesh) -> set[str]:
    """Return the communes that a set closes in.

    Returns: communes of the area outside the set that no chain of borders joins to its
    outer limit but through the set: those cut off from roads included.
    """
    outside = set(mesh.beside) - set(held)
    holes: set[str] = set()
    while outside:
        group = spread(min(outside), mesh.beside, outside)
        outside -= group
        holes |= group if not group & mesh.rim else set()
    return holes


def _joined(codes: set[str], mesh: Mesh, rules: Rules) -> set[str]:
    """Take imposed communes in with the ways to them; keep the piece of the root."""
    usable = set(mesh.codes) - set(rules.exclude)
    codes = (codes & usable) | {mesh.root}
    codes = mesh.piece_of(mesh.root, codes)
    for code in sorted(set(rules.include) - codes):
        before = mesh.ways(codes, usable)
        step = code
        while step not in codes and step in before:
            codes.add(step)
            step = before[step]
    return mesh.piece_of(mesh.root, codes)


def _fillable(codes: set[str], mesh: Mesh, rules: Rules) -> set[str]:
    """Return enclaves that roads and rules let in; the others stay, and are told."""
    inside = enclaves(codes, mesh) & set(mesh.codes) - set(rules.exclude)
    return set() if _overflows(codes | inside, mesh, rules) else inside


def _whole(codes: set[str], mesh: Mesh, rules: Rules) -> set[str]:
    """Fill or leave out locked sets, and EPCI that are cut for less than the price."""
    forced = {mesh.root, *rules.include}
    usable = set(mesh.codes) - set(rules.exclude)
    for group, price in _blocks(codes, mesh, rules):
        inside, fill = codes & group, group - codes
        if not inside or not fill:
            continue
        can_fill = fill <= usable and not _overflows(codes | fill, mesh, rules)
        can_drop = not inside & forced
        cost_fill = mesh.total(fill, "population") if can_fill else _NEVER
        cost_drop = mesh.total(inside, "population") if can_drop else _NEVER
        if min(cost_fill, cost_drop) < _NEVER and min(cost_fill, cost_drop) <= price:
            codes = codes | fill if cost_fill <= cost_drop else codes - inside
    return mesh.piece_of(mesh.root, codes)


def _blocks(
    codes: set[str], mesh: Mesh, rules: Rules
) -> Iterator[tuple[frozenset[str], float]]:
    """Yield what is to be made whole, with the inhabitants that one would move."""
    yield from ((frozenset(group), _NEVER) for group in rules.locked)
    cut = cut_epci(codes, mesh)
    most = len(cut) if rules.max_split_epci is None else rules.max_split_epci
    # Where too many are cut, the cheapest to make whole go first, whatever the price.
    by_cost = sorted(
        cut, key=lambda siren: (_cost(mesh.epci[siren], codes, mesh), siren)
    )
    for rank, siren in enumerate(by_cost):
        forced = rank < len(cut) - most
        yield mesh.epci[siren], _NEVER if forced else rules.split_price


def _cost(members: frozenset[str], codes: set[str], mesh: Mesh) -> float:
    own = members & set(mesh.codes)
    parts = (own - codes, own & codes)
    return min(mesh.total(part, "population") for part in parts)


def atoms_of(mesh: Mesh, rules: Rules) -> dict[str, frozenset[str]]:
    """Say what goes in or out with each commune, where that is more than itself."""
    groups = [set(group) for group in rules.locked]
    if rules.max_split_epci == 0:
        groups += [set(members) for members in mesh.epci.values()]
    atoms: dict[str, frozenset[str]] = {}
    for group in groups:
        joined = frozenset(group.union(*(atoms.get(code, group) for code in group)))
        atoms.update(dict.fromkeys(joined, joined))
    return atoms


def _raised(codes: set[str], mesh: Mesh, rules: Rules, ties: Ranking) -> set[str]:
    """Add the most tied neighbour, with what goes with it, until floors are met."""
    usable, atoms = set(mesh.codes) - set(rules.exclude), atoms_of(mesh, rules)
    while any(mesh.total(codes, name) < low for name, low in rules.floors.items()):
        edge = {near for code in codes for near in mesh.near[code]} - codes
        for code in ties.ranked(edge, codes):
            more = atoms.get(code, frozenset({code}))
            if more <= usable and not _overflows(codes | more, mesh, rules):
                codes = codes | more
                break
        else:
            break
    return codes


def _lowered(codes: set[str], mesh: Mesh, rules: Rules, ties: Ranking) -> set[str]:
    """Let the least tied commune of the edge go, with what goes with it."""
    forced, atoms = {mesh.root, *rules.include}, atoms_of(mesh, rules)
    while _overflows(codes, mesh, rules):
        edge = {code for code in codes if any(n not in codes for n in mesh.near[code])}
        edge |= codes & mesh.rim
        for code in reversed(ties.ranked(edge, codes)):
            left = codes - atoms.get(code, frozenset({code}))
            if forced <= left and mesh.piece_of(mesh.root, left) == left:
                codes = left
                break
        else:
            break
    return codes


def _overflows(codes: set[str], mesh: Mesh, rules: Rules) -> bool:
    return any(mesh.total(codes, name) > top for name, top in rules.ceilings.items())
