"""What passes at a glance passes before pandera, and right tables never load it."""

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from eitgeo.tables.columns import Column, column_of
from eitgeo.tables.schema import TABLES, _refused, is_surely_right
from tests.tables.conftest import frame_of, two_rows

COLUMNS = (
    column_of("text"),
    column_of("text", "a|b"),
    column_of("text", r"^\d{2}$"),
    column_of("number"),
    column_of("number", "0..100"),
    column_of("number", "1.5.."),
    column_of("count", "0.."),
    column_of("count", "1.."),
    column_of("flag"),
)
TEXTS = ("a", "b", "c", "31", "3", "", "31\n", np.str_("a"))
NUMBERS = (np.nan, np.inf, -np.inf, -1, -0.5, 0, 1, 2.5, 100, 101, 2**60)
OTHERS = (None, pd.NA, True, False, b"a")
CELLS = st.sampled_from((*TEXTS, *NUMBERS, *OTHERS))
TYPES = ("str", "string", "category", "float64", "float32", "int64", "Int64", "bool")
DTYPES = st.sampled_from((None, object, *TYPES))


def typed(cells: list[Any], dtype: Any) -> pd.Series:
    """Type the cells as asked, or leave them as they are."""
    try:
        return pd.Series(cells, dtype=dtype)
    except (TypeError, ValueError, OverflowError):
        return pd.Series(cells)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(COLUMNS),
    st.one_of(
        st.lists(CELLS, max_size=3),
        st.lists(st.sampled_from(["a", "b", "31"]), max_size=3),
        st.lists(st.sampled_from([0, 1, 2.5, 100.0, np.nan, np.inf]), max_size=3),
    ),
    DTYPES,
)
@example(column_of("number"), [np.inf], None)
@example(column_of("number", "0..100"), [np.nan, 100.5], None)
@example(column_of("number", "0..100"), [-0.5], "float64")
@example(column_of("count", "1.."), [0], "int64")
@example(column_of("text", "a|b"), ["c"], "str")
@example(column_of("text"), [None], "str")
@example(column_of("text"), ["a", np.nan], object)
@example(column_of("text"), ["a", 1], object)
@example(column_of("text", r"^\d{2}$"), ["3"], "str")
def test_pandera_refuses_nothing_that_passes_at_a_glance(column, cells, dtype) -> None:
    values = typed(cells, dtype)
    if is_surely_right(values, column):
        event("at a glance")
        assert _refused(values.to_frame("v"), {"v": column}) is None


def test_a_name_that_comes_twice_is_left_to_pandera() -> None:
    twice = pd.DataFrame([["a", "a"]], columns=["v", "v"])
    assert not is_surely_right(twice["v"], Column("str"))


@pytest.mark.parametrize("table", sorted(TABLES))
def test_what_is_right_passes_at_a_glance(table) -> None:
    for frame in (frame_of(table), two_rows(table)):
        for name, column in TABLES[table].columns.items():
            assert is_surely_right(frame[name], column)
            if column.dtype == "str":
                assert is_surely_right(frame[name].astype(object), column)


def test_a_right_table_never_loads_pandera() -> None:
    script = (
        "import sys; from eitgeo.tables.schema import validate; "
        "from tests.tables.conftest import two_rows; "
        "validate(two_rows('borders'), table='borders'); "
        "assert 'pandera' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603
