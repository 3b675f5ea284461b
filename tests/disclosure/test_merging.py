"""Which neighbour a failing cell joins, by hand."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from eitgeo.disclosure.blocks import Cell, merge_cells
from eitgeo.disclosure.rule import Part


def cell(*names: str, firms: int) -> Cell:
    """Make communes put together, where so many equal firms are."""
    numbers = 10 * ord(names[0]) + np.arange(firms)
    return Cell(names, Part(numbers, np.ones((firms, 1))))


def merged(*cells: Cell, borders: dict[str, dict[str, float]]) -> list[tuple[str, ...]]:
    """Merge cells; borders are told one way."""
    both: dict[str, dict[str, float]] = {one.key: {} for one in cells}
    for a, near in borders.items():
        for b, length in near.items():
            both[a][b] = both[b][a] = length
    return [one.names for one in merge_cells({one.key: one for one in cells}, both)]


def test_of_equal_neighbours_the_longest_border_wins() -> None:
    cells = [cell("a", firms=1), cell("b", firms=3), cell("c", firms=3)]
    assert merged(*cells, borders={"a": {"b": 5.0, "c": 6.0}}) == [("a", "c"), ("b",)]
    assert merged(*cells, borders={"a": {"b": 5.0, "c": 5.0}}) == [("a", "b"), ("c",)]


def test_a_union_has_the_borders_of_both_its_ends_and_no_metre_more() -> None:
    """a joins b, then c hesitates between that union and another pair of communes."""
    ends = [cell("a", firms=1), cell("b", firms=2)]
    others = [cell("c", "c2", "c3", firms=1), cell("d", "e", firms=3)]

    def joined(to_a: float, to_b: float, to_d: float) -> list[tuple[str, ...]]:
        borders = {"a": {"b": 9.0, "c": to_a}, "b": {"c": to_b}, "c": {"d": to_d}}
        return merged(*ends, *others, borders=borders)

    union = [("a", "b", "c", "c2", "c3"), ("d", "e")]
    pair = [("a", "b"), ("c", "c2", "c3", "d", "e")]
    assert joined(4.0, 6.0, 9.5) == union
    assert joined(4.0, 6.0, 10.5) == pair
    assert joined(4.0, 6.0, 11.5) == pair


def test_neighbours_of_a_cell_are_neighbours_of_its_union() -> None:
    """a joins b; c borders b alone, and joins the two, not the islet d."""
    cells = [
        cell("a", firms=1),
        cell("b", firms=2),
        cell("c", "c2", "c3", firms=1),
        cell("d", firms=3),
    ]
    borders = {"a": {"b": 1.0}, "b": {"c": 1.0}}
    assert merged(*cells, borders=borders) == [("a", "b", "c", "c2", "c3"), ("d",)]


def test_a_cell_is_not_changed_once_it_is_made() -> None:
    one = cell("b", "a", firms=1)
    assert one.key == "a"
    with pytest.raises(FrozenInstanceError):
        one.names = ("b",)  # type: ignore[misc]
