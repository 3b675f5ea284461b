"""Sums of whole blocks and of whole cells by group, by hand."""

from dataclasses import FrozenInstanceError

import pandas as pd
import pytest

from eitgeo.disclosure.door.rules import release_register
from eitgeo.disclosure.rows import Rows
from eitgeo.disclosure.sums import block_rows, block_sums, link_sums
from eitgeo.errors import SchemaError

SOURCES = ("source : Licence Ouverte 2.0",)
GROUPS = pd.Series(
    {"c1": "est", "c2": "est", "c3": "ouest", "c4": "ouest", "c5": "sud"}
)
MEMBERS = pd.DataFrame(
    [
        ("deposit_t", "c1", "c2", True),
        ("deposit_t", "c1", "c1", True),
        ("deposit_t", "c3", "c3", True),
        ("deposit_t", "c4", "c4", True),
        ("deposit_t", "c4", "c5", True),
        ("deposit_t", "reste", "c6", False),
        ("industry_jobs", "c1", "c1", True),
    ],
    columns=["indicator_id", "block_id", "code_insee", "released"],
)
BLOCKS = pd.DataFrame(
    [
        ("deposit_t", "c3", "estime", 2.0, 4.0, 8.0),
        ("deposit_t", "c1", "estime", 1.0, 2.0, 3.0),
        ("deposit_t", "c4", "estime", 10.0, 20.0, 30.0),
        ("industry_jobs", "c1", "estime", 70.0, 80.0, 90.0),
    ],
    columns=["indicator_id", "block_id", "kind", "low", "value", "high"],
)
DRAWS = pd.DataFrame(
    [("deposit_t", "c3", n, float(n)) for n in range(11)]
    + [("industry_jobs", "c1", 0, 80.0)],
    columns=["indicator_id", "block_id", "draw", "value"],
)


def blocks() -> Rows:
    """Lay out the blocks of tonnage."""
    return block_rows(MEMBERS, BLOCKS, indicator_id="deposit_t")


def test_blocks_go_out_with_the_communes_that_make_them() -> None:
    found = blocks()
    assert found.table.to_numpy().tolist() == [
        ["c1", "estime", "c1;c2", 1.0, 2.0, 3.0],
        ["c3", "estime", "c3", 2.0, 4.0, 8.0],
        ["c4", "estime", "c4;c5", 10.0, 20.0, 30.0],
    ]
    assert found.withheld == 1


def test_blocks_are_summed_by_group_and_all_together() -> None:
    """A block of two groups is of neither; draws of c3 have P10 1, mean 5, P90 9."""
    found = block_sums(blocks().table, DRAWS, indicator_id="deposit_t", groups=GROUPS)
    told = found.set_index("group")[["low", "value", "high"]]
    assert {name: row.tolist() for name, row in told.iterrows()} == {
        "": [12.0, 27.0, 42.0],
        "est": [1.0, 2.0, 3.0],
        "ouest": [1.0, 5.0, 9.0],
        "plusieurs": [10.0, 20.0, 30.0],
    }


def test_links_are_summed_by_group_of_the_unit() -> None:
    units = MEMBERS.assign(indicator_id="captured_pct")
    cells = pd.DataFrame(
        [
            ("c1", "c1", 1.0),
            ("c1", "c3", 2.0),
            ("c1", "c3;c1", 4.0),
            ("c1", "hors", 8.0),
            ("c3", "c3;c4", 16.0),
            ("c4", "c3", 32.0),
        ],
        columns=["donor_id", "receiver_ids", "value"],
    )
    found = link_sums(units, cells, groups=GROUPS)
    assert found.to_numpy().tolist() == [
        ["est", "est", 1.0],
        ["est", "hors", 8.0],
        ["est", "ouest", 2.0],
        ["est", "plusieurs", 4.0],
        ["ouest", "ouest", 48.0],
    ]


@pytest.mark.parametrize("missing", ["indicator_id", "block_id", "code_insee"])
def test_links_without_their_units_are_refused(missing) -> None:
    cells = pd.DataFrame({"donor_id": [], "receiver_ids": [], "value": []})
    with pytest.raises(SchemaError, match=missing):
        link_sums(MEMBERS.drop(columns=missing), cells, groups=GROUPS)


def test_what_was_released_is_not_exchanged_for_another_table() -> None:
    outlets = pd.DataFrame({"outlet_id": ["a", "b"]})
    released = release_register(outlets, sources=SOURCES)
    with pytest.raises(FrozenInstanceError):
        released.table = outlets.assign(t=1.0)  # type: ignore[misc]
