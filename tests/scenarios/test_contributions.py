"""How many sites make a figure, and how much the first one weighs."""

from typing import Any

import pandas as pd

from eitgeo.scenarios import contributions
from eitgeo.tables import validate
from tests.scenarios.toy import (
    ROW,
    A,
    B,
    C,
    F,
    candidate,
    make_activity,
    make_amounts,
    make_families,
    make_targets,
)

AB, ONLY_F = candidate("ab", A, B), candidate("f", F)


def counted(*candidates, **parts: pd.DataFrame) -> Any:
    """Count the sites behind each figure."""
    table = contributions(list(candidates), make_activity(**parts))
    validate(table, table="contributions")
    return table.set_index(["perimeter_id", "indicator_id"])


def row(table: Any, name: str, indicator: str) -> list[float]:
    """Return the count and the share of one figure."""
    return table.loc[(name, indicator)].tolist()


def test_sites_weigh_alike_jobs_and_tonnes_by_their_amount() -> None:
    table = counted(
        AB,
        target=make_targets({A: 3, B: 1}),
        industry=make_amounts("headcount", ("x", A, 60), ("y", A, 30), ("z", B, 10)),
        deposit=make_amounts("t", ("x", A, 1), ("y", A, 2), ("z", B, 5), ("w", C, 99)),
    )
    assert row(table, "ab", "target_sites") == [4, 25.0]
    assert row(table, "ab", "sites_per_animator") == [4, 25.0]
    assert row(table, "ab", "industry_jobs") == [3, 60.0]
    assert row(table, "ab", "top_site_pct") == [3, 60.0]
    assert row(table, "ab", "deposit_t") == [3, 62.5]


def test_only_givers_make_exchanges() -> None:
    table = counted(
        AB,
        deposit=make_amounts("t", ("x", A, 1), ("y", A, 3), ("z", B, 96)),
        families=make_families(
            ("bois", A, "x"), ("papier", A, "x"), ("bois", A, "y"), ("bois", C, "q")
        ),
    )
    assert row(table, "ab", "captured_pct") == [2, 75.0]


def test_nobody_makes_nothing() -> None:
    table = counted(ONLY_F, target=make_targets({A: 3}))
    assert (table == 0).all(axis=None)


def test_one_row_a_perimeter_and_figure() -> None:
    table = counted(AB, ONLY_F, candidate("tout", *ROW))
    assert table.index.is_unique
    assert table.groupby("perimeter_id").size().tolist() == [6, 6, 6]
    assert set(table.index.get_level_values("indicator_id")) == {
        "target_sites",
        "sites_per_animator",
        "industry_jobs",
        "top_site_pct",
        "deposit_t",
        "captured_pct",
    }
