"""Which groups of firms may be told, by hand and against every subtraction."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.disclosure.rule import MAX_TOP_SHARE_PCT, MIN_CONTRIBUTORS, told_groups
from eitgeo.errors import SchemaError


def rows(**groups: list[float]) -> pd.DataFrame:
    """Give each group firms of its own, one an amount."""
    return pd.DataFrame(
        [
            (name, f"{name}{i}", t)
            for name, ts in groups.items()
            for i, t in enumerate(ts)
        ],
        columns=["naf", "firm", "t"],
    )


def told(table: pd.DataFrame, firms=("firm",)) -> dict[str, bool]:
    found = told_groups(table, group="naf", firms=list(firms), value="t")
    return {str(name): bool(one) for name, one in found.items()}


def test_three_firms_and_none_above_85_pct() -> None:
    assert told(rows(a=[85.0, 10.0, 5.0])) == {"a": True}
    assert told(rows(a=[86.0, 9.0, 5.0])) == {"a": False}
    assert told(rows(a=[50.0, 50.0])) == {"a": False}


def test_two_sites_of_one_firm_are_one() -> None:
    table = rows(a=[1.0, 1.0, 1.0]).replace({"a2": "a1"})
    assert told(table) == {"a": False}


def test_a_lone_secret_takes_the_smallest_told_group_with_it() -> None:
    found = told(rows(big=[5.0] * 3, small=[2.0] * 3, lone=[4.0]))
    assert found == {"big": True, "small": False, "lone": False}


def test_secrets_that_pass_together_cost_nobody_else() -> None:
    found = told(rows(big=[5.0] * 3, one=[4.0], two=[4.0], three=[4.0]))
    assert found == {"big": True, "one": False, "three": False, "two": False}


def test_both_ends_of_an_exchange_must_pass() -> None:
    table = rows(a=[5.0] * 3, b=[5.0] * 3).assign(taker=list("xxxpqr"))
    assert told(table) == {"a": True, "b": True}
    # One taker of all that « a » gives: with « b », four takers, none above 85 %.
    assert told(table, ["firm", "taker"]) == {"a": False, "b": False}


def test_a_row_without_group_belongs_nowhere() -> None:
    table = rows(a=[1.0] * 3)
    more = pd.concat([table, table.assign(naf=None)], ignore_index=True)
    assert told(more) == {"a": True}
    assert told(table.iloc[:0]) == {}


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(SchemaError, match="taker"):
        told(rows(a=[1.0]), ["taker"])


amounts = st.lists(
    st.tuples(st.sampled_from("abcde"), st.integers(0, 6), st.integers(1, 1000)),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(amounts)
def test_the_sum_of_all_gives_no_secret_back(drawn) -> None:
    table = pd.DataFrame(drawn, columns=["naf", "firm", "t"]).astype({"t": float})
    before = table.copy()
    found = told_groups(table, group="naf", firms=["firm"], value="t")
    pd.testing.assert_frame_equal(table, before)
    shown = [table[table["naf"] == name] for name in found.index[found]]
    hidden = table[table["naf"].isin(found.index[~found])]
    for part in [*shown, *([hidden] if len(hidden) and found.any() else [])]:
        held = part.groupby("firm")["t"].sum()
        assert len(held) >= MIN_CONTRIBUTORS
        assert 100 * held.max() <= MAX_TOP_SHARE_PCT * held.sum()
    turned = table.iloc[::-1]
    pd.testing.assert_series_equal(
        found, told_groups(turned, group="naf", firms=["firm"], value="t")
    )
