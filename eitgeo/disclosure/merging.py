"""Merging of cells that fail the rule, inside their EPCI, until each block passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eitgeo.disclosure.rule import passes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eitgeo.disclosure.rule import Part

Borders = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Cell:
    """A commune, or communes put together.

    Attributes
    ----------
    names
        What it holds.
    part
        Who makes its figure.
    """

    names: tuple[str, ...]
    part: Part = field(repr=False)

    @property
    def key(self) -> str:
        """Name the cell by the first of what it holds."""
        return min(self.names)

    def union(self, other: Cell) -> Cell:
        """Put two cells together."""
        names = tuple(sorted(self.names + other.names))
        return Cell(names, self.part.union(other.part))


def merge_cells(
    cells: Mapping[str, Cell], borders: Mapping[str, Mapping[str, float]]
) -> list[Cell]:
    """Merge the cells of one EPCI until each passes, or only one is left.

    Notes
    -----
    The smallest failing cell goes first. It joins a neighbour of its EPCI (any other
    cell where it has none), preferably one with which it passes, which fails too, and
    which is small: greedy, not optimal, and the same whatever the order of the rows.
    """
    held = {cell.key: cell for cell in cells.values()}
    near = {
        name: {
            key: length for key, length in borders.get(name, {}).items() if key in held
        }
        for name in held
    }
    failing = {key for key, cell in held.items() if not passes(cell.part)}
    while failing and len(held) > 1:
        chosen = min(failing, key=lambda key: _size(held[key]))
        others = near[chosen] or dict.fromkeys(set(held) - {chosen}, 0.0)
        joined = {key: held[chosen].union(held[key]) for key in others}
        partner = min(
            others,
            key=lambda key: (
                not passes(joined[key].part),
                key not in failing,
                *_size(held[key])[:2],
                -others[key],
                key,
            ),
        )
        _join(held, near, joined[partner], (chosen, partner))
        failing -= {chosen, partner}
        if not passes(joined[partner].part):
            failing.add(joined[partner].key)
    return [held[key] for key in sorted(held)]


def _size(cell: Cell) -> tuple[int, int, str]:
    return len(cell.names), len(cell.part.firms), cell.key


def _join(
    held: dict[str, Cell], near: Borders, union: Cell, ends: tuple[str, str]
) -> None:
    """Put a union in place of its two ends, with the neighbours of both."""
    around: dict[str, float] = {}
    for end in ends:
        del held[end]
        for key, length in near.pop(end).items():
            if key not in ends:
                around[key] = around.get(key, 0.0) + length
                del near[key][end]
    held[union.key] = union
    near[union.key] = around
    for key, length in around.items():
        near[key][union.key] = length
