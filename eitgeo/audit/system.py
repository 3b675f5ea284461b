"""Unknowns, equations with bounds, and the same system without what is redundant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from eitgeo.audit.numbers import Interval

    Ints = npt.NDArray[np.int64]

type Unknown = tuple[str, ...]
"""What it measures, then who, where, with whom."""


class Equation(NamedTuple):
    """A sum of unknowns that something published bounds.

    Attributes
    ----------
    name
        Which figure, of which file.
    told
        Its bounds.
    terms
        Unknown → coefficient.
    """

    name: str
    told: Interval
    terms: Mapping[Unknown, float]


@dataclass(frozen=True)
class System:
    """A linear system on unknowns that are not negative.

    Attributes
    ----------
    unknowns
        Their names, in order.
    names
        Names of the equations.
    table
        Equations × unknowns.
    low, high
        Bounds of each equation.
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
        found = [order[one] for one in unknowns if one in order]
        return np.array(sorted(found), dtype=np.int64)


def build_system(equations: Sequence[Equation]) -> System:
    """Lay equations out."""
    unknowns = sorted({name for one in equations for name in one.terms})
    order = {name: rank for rank, name in enumerate(unknowns)}
    rows, columns, values = [], [], []
    for rank, one in enumerate(equations):
        for name, value in one.terms.items():
            rows.append(rank)
            columns.append(order[name])
            values.append(value)
    shape = (len(equations), len(unknowns))
    return System(
        unknowns=tuple(unknowns),
        names=tuple(one.name for one in equations),
        table=sparse.csr_array((values, (rows, columns)), shape=shape, dtype=float),
        low=np.array([one.told.low for one in equations], dtype=float),
        high=np.array([one.told.high for one in equations], dtype=float),
    )


@dataclass(frozen=True)
class Reduced:
    """The same system, one unknown for those that no equation tells apart.

    Attributes
    ----------
    group
        Which group holds each unknown.
    size
        Unknowns of each group.
    component
        Which separate system holds each group.
    parts
        The separate systems.
    """

    group: Ints = field(repr=False)
    size: Ints = field(repr=False)
    component: Ints = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)


class Part(NamedTuple):
    """A system that shares no unknown with another.

    Attributes
    ----------
    groups
        Its groups, in the order of the columns.
    table
        Equations × groups.
    low, high
        Bounds of the equations.
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
    groups, rows, mine = (
        _by_part(labels, n_parts)
        for labels in (component, of_row, component[entries.coords[1]])
    )
    place = np.zeros(len(component), dtype=np.int64)
    line = np.zeros(len(of_row), dtype=np.int64)
    for rank in range(n_parts):
        place[groups[rank]] = np.arange(len(groups[rank]))
        line[rows[rank]] = np.arange(len(rows[rank]))
    for rank in range(n_parts):
        at = mine[rank]
        where = line[entries.coords[0][at]], place[entries.coords[1][at]]
        shape = (len(rows[rank]), len(groups[rank]))
        inside = sparse.csc_array((entries.data[at], where), shape=shape)
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
