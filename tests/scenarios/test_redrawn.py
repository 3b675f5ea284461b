"""Counts of drawn establishments over their draws, by hand."""

import pandas as pd
import pytest

from eitgeo.scenarios.measures.counted import redrawn_counts
from eitgeo.study.sections import Comparison
from eitgeo.tables.schema import validate
from tests.disclosure.toy import perimeter

CODES = pd.Index(["31001", "31002"])
LEVELS = ("low", "mid", "high")
COMPARISON = Comparison(min_headcount=10, diversity_min_sites=2)
BOTH = perimeter("deux", *CODES)
FIRST = perimeter("un", CODES[0])


def drawn(*rows: tuple[int, str, str, float]) -> pd.DataFrame:
    """Return sites drawn again: draw, commune, activity, jobs."""
    table = pd.DataFrame(rows, columns=["replicate", "code_insee", "naf", "headcount"])
    return table.astype({"code_insee": "category", "naf": "category"})


def counts(
    rows: pd.DataFrame, *known: tuple[str, str]
) -> dict[tuple[str, str], list[float]]:
    """Return levels by perimeter and indicator."""
    fixed = pd.DataFrame(known, columns=["code_insee", "naf"], dtype="str")
    table = redrawn_counts(
        rows, fixed, [BOTH, FIRST], codes=CODES, comparison=COMPARISON
    )
    validate(table, table="redrawn_counts")
    return {
        (row["perimeter_id"], row["indicator_id"]): [
            row["low"],
            row["mid"],
            row["high"],
        ]
        for row in table.to_dict("records")
    }


def test_ten_draws_by_hand() -> None:
    """Draw n has n sawmills in the first commune, all draws a shop in the other."""
    mills = [(n, CODES[0], "16.10A", 20.0) for n in range(10) for _ in range(n)]
    shops = [(n, CODES[1], "47.11F", 10.0) for n in range(10)]
    found = counts(drawn(*mills, *shops), (CODES[0], "16.10A"))
    # 1 to 10 mills, the known one among them.
    assert found["un", "target_sites"] == [1.0, 5.0, 9.0]
    assert found["deux", "target_sites"] == [2.0, 6.0, 10.0]
    # Two mills make a division, one shop does not.
    assert found["deux", "naf_diversity"] == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    "row", [(0, CODES[0], "16.10A", 9.0), (0, CODES[0], "64.19Z", 50.0)]
)
def test_a_small_site_or_another_sector_is_no_target(row) -> None:
    found = counts(drawn(row, (0, CODES[1], "16.10A", 10.0)))
    assert found["un", "target_sites"] == [0.0] * 3
    assert found["deux", "target_sites"] == [1.0] * 3


def test_nothing_drawn_again_has_no_row() -> None:
    assert redrawn_counts(
        pd.DataFrame(), pd.DataFrame(), [BOTH], codes=CODES, comparison=COMPARISON
    ).empty
