"""What readers ask of columns: each row of the declaration can be held."""

import re

import pytest

from eitgeo.reference.source_columns import (
    COLUMN_KINDS,
    declared_sources,
    source_columns,
)

EVERY = [one for name in declared_sources() for one in source_columns(name)]


@pytest.mark.parametrize("source", declared_sources())
def test_a_column_is_declared_once(source) -> None:
    columns = source_columns(source)
    assert len({one.column.casefold() for one in columns}) == len(columns)
    assert len({one.name for one in columns}) == len(columns)
    assert any(one.is_needed for one in columns)


@pytest.mark.parametrize("column", EVERY, ids=lambda one: one.column)
def test_a_kind_has_what_it_is_held_to(column) -> None:
    assert column.kind in COLUMN_KINDS
    if column.kind in {"number", "amount", "count"}:
        low, high = column.bounds
        assert low < high
        assert column.kind == "count" or column.domain or column.name in {"x", "y"}
    else:
        assert bool(column.domain) == (column.kind in {"form", "choice"})
    assert bool(column.example) == (column.kind in {"form", "naf"})
    if column.kind == "form":
        assert re.fullmatch(column.domain, column.example)
    if column.empty:
        assert " → " in column.empty
