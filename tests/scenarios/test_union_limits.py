"""Blocks, ranks and fronts of unions where something is nil, negative or equal.

EPCI   a ─ b ─ c      b is the root; unions: b, ab, bc, abc
"""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.scenarios.decision.epci_blocks import epci_blocks, union_front, union_ranks
from tests.scenarios.test_union_figures import NAMES, B, figures, unions


def blocks_of(meetings: list[float], kept: list[float]) -> Any:
    """Return what EPCI add to a figure, by name; a body and a method stand beside."""
    rows = [
        figures("n_deliberations", *meetings, direction="down"),
        figures("captured_pct", *kept),
    ]
    ward = Candidate("w", "Ward", "ward", frozenset({"31001"}))
    found = epci_blocks(pd.concat(rows), [*unions(), ward], names=NAMES, root_epci=B)
    mine = found[found["indicator_id"] == "captured_pct"]
    return mine.set_index("name")[["mean", "n_deliberations", "mean_per_deliberation"]]


def test_what_a_deliberation_brings_is_a_ratio() -> None:
    """Two more with a, four more with c: 17.5 and 12.5 points."""
    found = blocks_of([2.0, 4.0, 6.0, 8.0], [40.0, 50.0, 45.0, 70.0])
    assert found.loc["CC A"].tolist() == [17.5, 2.0, 8.75]
    assert found.loc["CC C"].tolist() == [12.5, 4.0, 3.125]


@pytest.mark.parametrize("meetings", [[2.0, 2.0, 2.0, 2.0], [9.0, 8.0, 7.0, 6.0]])
def test_where_none_is_added_there_is_no_ratio(meetings) -> None:
    found = blocks_of(meetings, [40.0, 50.0, 45.0, 70.0])
    assert found["mean"].tolist() == [17.5, 12.5]
    assert found["mean_per_deliberation"].isna().all()


def ranks(*values: float, direction: str = "up") -> list[int]:
    """Rank the four unions and the body equal to the second one."""
    rows = figures("x", *values, direction=direction)
    return union_ranks(rows, unions())["rank"].tolist()


def test_ranks_are_on_figures_and_not_on_whole_numbers() -> None:
    assert ranks(1.0, 5.7, 5.2, 2.0) == [1, 1, 2, 1, 1]
    assert ranks(1.0, 5.7, 5.2, 2.0, direction="down") == [1, 2, 1, 1, 2]


def test_the_less_the_better_holds_below_zero_in_ranks_too() -> None:
    assert ranks(1.0, -2.0, 1.0, 2.0, direction="down") == [1, 1, 2, 1, 1]
    assert ranks(1.0, -2.0, 1.0, 2.0) == [1, 2, 1, 1, 2]


def with_ward() -> tuple[list[Candidate], pd.DataFrame, pd.DataFrame]:
    """Add a computed perimeter equal to the second union; return figures with it."""
    ones = unions()
    parts = [figures("a", 1.0, 5.0, 7.0, 2.0), figures("b", 4.0, 3.0, 2.5, 1.0)]
    rows = [pd.concat([one, one.iloc[[1]].assign(perimeter_id="w")]) for one in parts]
    return [*ones, Candidate("w", "Ward", "ward", ones[1].codes)], rows[0], rows[1]


def test_peers_are_unions_alone_whatever_is_ranked_among_them() -> None:
    ones, a, b = with_ward()
    found = union_ranks(a, ones).set_index("perimeter_id")[["rank", "n_peers"]]
    told = found.loc[["w", "petr", "u3"]].to_numpy().tolist()
    assert told == [[2, 2], [2, 2], [1, 2]]
    table = union_front(pd.concat([a, b]), ones, criteria=["a", "b"])
    assert table["perimeter_id"].tolist() == ["u1", "u2", "u3", "u4"]


@pytest.mark.parametrize(
    ("direction", "near", "first"), [("up", 5 - 4e-12, 5.0), ("down", 5.0, 5 - 4e-12)]
)
def test_what_rounding_alone_parts_is_equal(direction, near, first) -> None:
    """Twelve figures count: 4.999 999 999 996 is 5."""
    assert ranks(1.0, near, first, 2.0, direction=direction) == [1, 1, 1, 1, 1]


def front(*parts: pd.DataFrame, criteria: str) -> pd.DataFrame:
    """Return the front of the four unions."""
    return union_front(pd.concat(parts), unions(), criteria=criteria.split())


def test_the_less_the_better_holds_below_zero_too() -> None:
    """Of a: all alike but for the first; of b, to be small: -2, 1, -1, 3."""
    found = front(
        figures("a", 1.0, 2.0, 2.0, 2.0),
        figures("b", -2.0, 1.0, -1.0, 3.0, direction="down"),
        criteria="a b",
    )
    assert found["n_dominating"].tolist() == [0, 1, 0, 2]
    assert set(found["criteria"]) == {"a, b"}


def test_a_front_is_on_figures_and_not_on_whole_numbers() -> None:
    found = front(
        figures("a", 1.2, 1.8, 1.4, 1.6),
        figures("b", 2.8, 2.2, 2.4, 2.6, direction="down"),
        criteria="a b",
    )
    assert found["n_dominating"].tolist() == [3, 0, 1, 1]


def test_criteria_are_those_asked_for_that_have_a_direction_and_may_be_ranked() -> None:
    a, b = figures("a", 1.0, 2.0, 3.0, 4.0), figures("b", 4.0, 3.0, 2.0, 1.0)
    more = [
        figures("asked_by_nobody", 1.0, 2.0, 3.0, 4.0),
        figures("info", 1.0, 2.0, 3.0, 4.0, direction="info"),
        figures("h", 1.0, 2.0, 3.0, 4.0).assign(percentile_same_size=np.nan),
        figures("flat", 1.0, 1.0, 1.0, 1.0),
        figures("half", 1.0, np.nan, 3.0, 4.0),
    ]
    found = front(a, b, *more, criteria="a b info h flat half")
    assert set(found["criteria"]) == {"a, b"}
    assert found["on_front"].tolist() == [True] * 4
    assert front(a, *more, criteria="a info h flat half").empty
