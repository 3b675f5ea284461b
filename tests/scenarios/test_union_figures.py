"""What EPCI add, exact ranks, the front and phases, on unions that fit in a drawing.

EPCI   a ─ b ─ c      b is the root; unions: b, ab, bc, abc
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.scenarios.decision.epci_blocks import (
    epci_blocks,
    phase_table,
    union_front,
    union_ranks,
)
from eitgeo.study.sections import Phase
from eitgeo.tables.schema import validate

A, B, C = "200000001", "200000002", "200000003"
MEMBERS = {"u1": [B], "u2": [A, B], "u3": [B, C], "u4": [A, B, C]}
NAMES = {A: "CC A", B: "CC B", C: "CC C"}


def unions() -> list[Candidate]:
    """Return the four unions, and a body equal to the second one."""
    made = [
        Candidate(name, name, "union_epci", frozenset(e[-1] + "1001" for e in held),
                  compared=False, parameters={"epci": held})
        for name, held in MEMBERS.items()
    ]  # fmt: skip
    return [*made, Candidate("petr", "PETR", "structure", made[1].codes)]


def figures(name: str, *values: float, direction="up", evidence="O") -> pd.DataFrame:
    """Return rows of ``indicators_public``: one a union, then the body's."""
    ids = [*MEMBERS, "petr"]
    told = [*values, values[1]]
    return pd.DataFrame(
        {
            "perimeter_id": ids,
            "indicator_id": name,
            "value": told,
            "unit": "%" if name == "captured_pct" else "nombre",
            "direction": direction,
            "evidence": evidence,
            "percentile_same_size": np.where(np.isnan(told), np.nan, 50.0),
        }
    )


def table(*parts: pd.DataFrame) -> pd.DataFrame:
    meetings = figures("n_deliberations", 2.0, 3.0, 3.0, 4.0, direction="down")
    return pd.concat([meetings, *parts], ignore_index=True)


def test_blocks_by_hand() -> None:
    kept = figures("captured_pct", 40.0, 50.0, 45.0, 70.0, evidence="H")
    blocks = epci_blocks(table(kept), unions(), names=NAMES, root_epci=B)
    blocks = validate(blocks, table="epci_blocks")
    mine = blocks[blocks["indicator_id"] == "captured_pct"].set_index("name")
    assert mine.loc["CC A", ["alone", "last", "mean"]].tolist() == [10.0, 25.0, 17.5]
    assert mine.loc["CC C", ["alone", "last", "mean"]].tolist() == [5.0, 20.0, 12.5]
    assert mine["mean_per_deliberation"].tolist() == [17.5, 12.5]
    assert set(mine["unit"]) == {"points"}
    assert set(mine["evidence"]) == {"H"}


def test_unions_that_stop_at_a_size_are_never_taken_for_all() -> None:
    """c beyond a: of two EPCI at most, b and ab, whose union is one of them."""
    kept = figures("captured_pct", 40.0, 50.0, 45.0, 70.0)
    shown = table(kept)
    few = [one for one in unions() if one.perimeter_id in {"u1", "u2"}]
    shown = shown[shown["perimeter_id"].isin(["u1", "u2"])]
    all_of_two = epci_blocks(shown, few, names=NAMES, root_epci=B, within={A, B})
    assert set(all_of_two["epci_siren"]) == {A}
    bounded = epci_blocks(shown, few, names=NAMES, root_epci=B, within={A, B, C})
    assert validate(bounded, table="epci_blocks").empty


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4))
def test_means_sum_to_what_the_widest_union_adds(values) -> None:
    blocks = epci_blocks(
        table(figures("x", *values)), unions(), names=NAMES, root_epci=B
    )
    mine = blocks[blocks["indicator_id"] == "x"]
    assert mine["mean"].sum() == pytest.approx(values[3] - values[0], abs=1e-6)


def test_an_indicator_unknown_for_a_union_has_no_block() -> None:
    silent = figures("top_site_pct", 1.0, float("nan"), 2.0, 3.0)
    blocks = epci_blocks(table(silent), unions(), names=NAMES, root_epci=B)
    assert set(blocks["indicator_id"]) == {"n_deliberations"}


def test_no_union_no_block() -> None:
    with pytest.raises(StudyError, match="aucune union d'EPCI entiers"):
        epci_blocks(table(), unions()[-1:], names=NAMES, root_epci=B)


def test_ranks_are_among_unions_of_as_many_epci() -> None:
    up = figures("up", 1.0, 5.0, 7.0, 2.0)
    down = figures("down", 1.0, 5.0, 5.0, 2.0, direction="down")
    info = figures("info", 1.0, 2.0, 3.0, 4.0, direction="info")
    found = union_ranks(table(up, down, info), unions())
    assert len(validate(found, table="union_ranks")) == len(found)
    ups, downs = (found[found["indicator_id"] == name] for name in ("up", "down"))
    assert ups["rank"].tolist() == [1, 2, 1, 1, 2]
    assert set(downs["rank"]) == {1}
    assert ups["n_peers"].tolist() == [1, 2, 2, 1, 2]
    assert "info" not in set(found["indicator_id"])


def test_a_row_without_percentile_has_no_rank() -> None:
    silent = figures("up", 1.0, float("nan"), 7.0, 2.0)
    found = union_ranks(silent, unions()).set_index("perimeter_id")
    assert found["rank"].to_dict() == {"u1": 1, "u3": 1, "u4": 1}
    assert found.loc["u3", "n_peers"] == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_the_front_is_what_pairwise_comparison_leaves(numbers) -> None:
    first, second = numbers[:4], numbers[4:]
    rows = pd.concat(
        [
            figures("a", *map(float, first)),
            figures("b", *map(float, second), direction="down"),
        ]
    )
    found = union_front(rows, unions(), criteria=["a", "b"])
    if len(set(first)) < 2 or len(set(second)) < 2:
        assert found.empty
        return
    points = [(a, -b) for a, b in zip(first, second, strict=True)]
    beaten = [
        sum(p[0] >= q[0] and p[1] >= q[1] and p != q for p in points) for q in points
    ]
    assert validate(found, table="union_front")["n_dominating"].tolist() == beaten
    assert found["on_front"].tolist() == [n == 0 for n in beaten]


def test_phases_tell_what_is_added() -> None:
    rows = table(figures("captured_pct", 40.0, 50.0, 45.0, 70.0))
    phases = [Phase(perimeter="petr", year=1), Phase(perimeter="u4", year=3)]
    found = validate(phase_table(rows, unions(), phases=phases), table="phases")
    mine = found[found["indicator_id"] == "captured_pct"]
    assert mine["value"].tolist() == [50.0, 70.0]
    assert mine["added"].tolist()[1] == 20.0
    assert np.isnan(mine["added"].tolist()[0])
    assert mine[["phase", "year"]].to_numpy().tolist() == [[1, 1], [2, 3]]
    assert phase_table(rows, unions(), phases=[]).empty


def test_unions_that_stop_at_a_size_rank_exactly_and_tell_no_mean() -> None:
    """Without the three together: two of two EPCI, and the root alone."""
    few = [one for one in unions() if one.perimeter_id != "u4"]
    kept = table(figures("captured_pct", 40.0, 50.0, 45.0, 70.0))
    assert validate(
        epci_blocks(kept, few, names=NAMES, root_epci=B), table="epci_blocks"
    ).empty
    every = union_ranks(kept, unions()).query("n_epci < 3").reset_index(drop=True)
    held = kept[kept["perimeter_id"].ne("u4")]
    found = union_ranks(held, few).reset_index(drop=True)
    pd.testing.assert_frame_equal(found, every)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["petr", "u5"], "périmètre inconnu « u5 »"),
        (["u2", "u3"], r"« u3 » perd 1 commune\(s\) de « u2 » \(dont 11001\)"),
    ],
)
def test_phases_that_cannot_be(names, told) -> None:
    phases = [Phase(perimeter=name, year=n + 1) for n, name in enumerate(names)]
    with pytest.raises(StudyError, match=told):
        phase_table(table(), unions(), phases=phases)
