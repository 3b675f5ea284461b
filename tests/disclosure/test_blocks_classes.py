"""What blocks tell beside one sum: size classes, and declarations apart."""

import numpy as np
import pytest

from eitgeo.disclosure.blocks import guard_sums
from tests.disclosure.toy import (
    ROW,
    A,
    B,
    cut,
    make_amounts,
    make_borders,
    make_communes,
    three,
)

LAST: dict[int, float] = {
    1: 9,
    10: 19,
    20: 49,
    50: 99,
    100: 199,
    200: 499,
    500: 999,
    1_000: 1_999,
}
LAST |= {2_000: 4_999, 5_000: np.nan}
"""First headcount of each class of the register, the narrow ones put together → last.

SIRENE: 1–2, 3–5, 6–9, 10–19, 20–49, 50–99, 100–199, 200–249, 250–499, 500–999,
1 000–1 999, 2 000–4 999, 5 000–9 999, 10 000 or more.
"""


def bounds(jobs: float) -> list[float]:
    """Return the class that is told where three sites have so many jobs each."""
    sites = make_amounts([*three(*ROW[1:]), *three(A, each=jobs)])
    _, blocks = cut(sites, of="industry_jobs")
    return blocks.loc[A, ["top_low", "top_high"]].tolist()


@pytest.mark.parametrize(("first", "last"), LAST.items())
def test_a_class_starts_and_ends_where_the_register_says(first, last) -> None:
    assert bounds(first) == pytest.approx([first, last], nan_ok=True)
    if last > 0:
        assert bounds(last) == bounds(first)


def test_without_an_employee_the_class_is_none() -> None:
    assert bounds(0.4) == [0, 0]


def test_what_is_declared_is_in_its_own_block_alone() -> None:
    sites = make_amounts([*three(*ROW), (B, 500, "mill", "declare")])
    members, blocks = guard_sums(
        {"deposit_t": sites}, make_communes(), borders=make_borders()
    )
    told = blocks.set_index(["block_id", "kind"])["value"]
    assert told[B, "estime"] == 3.0
    assert told[f"declare_{B}", "declare"] == 500.0
    assert told.sum() == 6 * 3.0 + 500.0
    counts = members.set_index("block_id")["n_sites"]
    assert (counts[B], counts[f"declare_{B}"]) == (3, 1)
    for table in (members, blocks):  # a row has one number
        assert table.index.tolist() == list(range(len(table)))
