"""The units that a random contour flips, as plain lists: fast to walk on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eitgeo.perimeters.contours.mending import atoms_of
from eitgeo.perimeters.contours.mesh import Mesh
from eitgeo.study.methods import Rules

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
