"""Sums of whole blocks and of whole cells by group, by hand."""

from dataclasses import FrozenInstanceError

import pandas as pd
import pytest

from eitgeo.disclosure.door.rules import release_register
from eitgeo.disclosure.rule import Rows
from eitgeo.disclosure.sums import (
    block_rows,
    block_sums,
    giver_sums,
    link_sums,
    stream_parts,
)
from eitgeo.errors import SchemaError
from eitgeo.sources.activity.cells import COUNTED

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
    assert found.table.index.tolist() == [0, 1, 2]


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


UNITS = pd.DataFrame(
    [
        ("captured_pct", "c1", "c1", True, 2),
        ("captured_pct", "c1", "c2", True, 1),
        ("captured_pct", "c3", "c3", False, 2),
        ("captured_pct", "c3", "c4", False, 0),
        ("captured_pct", "c5", "c5", False, 0),
    ],
    columns=["indicator_id", "block_id", "code_insee", "released", "n_sites"],
)


def test_each_giver_has_tonnes_or_the_reason_why_not() -> None:
    cells = pd.DataFrame(
        [("c1", "c1", 1.0), ("c1", "c3;c5", 2.0), ("c1", "c5;hors", 4.0)],
        columns=["donor_id", "receiver_ids", "value"],
    )
    found = giver_sums(UNITS, cells, groups=GROUPS)
    told = {
        (row.donor, row.place): (row.value, row.status) for row in found.itertuples()
    }
    assert told[("est", "dedans")] == (1.0, "chiffre")
    assert told[("est", "autres")] == (2.0, "chiffre")  # two others, told together
    assert told[("est", "hors")][1] == "reuni"
    assert told[("est", "ensemble")] == (4.0, "chiffre")
    assert told[("ouest", "dedans")][1] == "secret"  # two sites give, none may be told
    assert told[("sud", "hors")][1] == "aucun"
    assert found["value"].sum() == cells["value"].sum()
    assert found["value"].isna().eq(found["status"].ne("chiffre")).all()


def test_a_place_that_no_cell_of_a_told_giver_names_gets_nothing() -> None:
    cells = pd.DataFrame(
        [("c1", "c3", 2.0)], columns=["donor_id", "receiver_ids", "value"]
    )
    found = giver_sums(UNITS, cells, groups=GROUPS).set_index(["donor", "place"])
    assert found.loc[("est", "dedans"), "status"] == "aucun"
    assert found.loc[("est", "hors"), "status"] == "aucun"
    assert ("est", "ensemble") not in found.index
    both = giver_sums(UNITS, cells.assign(receiver_ids="c3;hors"), groups=GROUPS)
    assert both["status"].tolist()[:4] == ["aucun", "reuni", "reuni", "chiffre"]


def sites(*firms: str, code: str = "c1") -> pd.DataFrame:
    """Place a site of each firm in a commune."""
    return pd.DataFrame(
        {
            "site_id": [f"{code}{rank}" for rank in range(len(firms))],
            "siret": [f"{firm * 9}00011" for firm in firms],
            "code_insee": code,
            "source": "",
        }
    )


def wastes(rows: list[tuple[str, str, float]], method: str = "ratio") -> pd.DataFrame:
    """List what sites throw away: site, category, tonnes."""
    table = pd.DataFrame(rows, columns=["site_id", "ewc_stat", "t_mid"])
    return table.assign(
        stream="NDNI", method=method, t_low=table["t_mid"], t_high=table["t_mid"]
    )


def tenths(arisings: pd.DataFrame, held: pd.DataFrame) -> dict[str, int]:
    """Return the tenths of the group « est »."""
    found = stream_parts(blocks().table, arisings, held, groups=GROUPS).table
    mine = found[found["group"] == "est"]
    return dict(zip(mine["family"], mine["tenths"], strict=True))


ALL_WOOD = [(f"c1{n}", "W075", 15.0) for n in range(4)]


def test_parts_are_ten_tenths_by_the_largest_remainders() -> None:
    """Then 47, 36 and 17 %: of 4.7, 3.6 and 1.7 tenths, the first and last gain one."""
    metal = [(f"c1{n}", "W061", 10.0) for n in range(4)]
    found = tenths(wastes([*ALL_WOOD, *metal]), sites("1", "2", "3", "4"))
    assert found == {"bois": 6, "metaux": 4}
    three = {"W075": 47.0, "W061": 36.0, "W072": 17.0}
    rows = [(f"c1{n}", name, t) for name, t in three.items() for n in range(4)]
    unsure = wastes(rows).assign(t_low=1.0, t_high=[50.0] * 4 + [900.0] * 8)
    found = tenths(unsure, sites("1", "2", "3", "4"))
    assert found == {"bois": 5, "metaux": 3, "papiers": 2}


@pytest.mark.parametrize(
    ("firms", "amounts"),
    [
        ("1122", [10.0, 10.0, 10.0, 10.0]),  # two firms, four sites
        ("1234", [91.0, 3.0, 3.0, 3.0]),  # one makes 91 %
    ],
)
def test_a_family_that_fails_joins_the_others_with_enough_to_pass(
    firms: str, amounts: list[float]
) -> None:
    """Metal fails: paper, the smallest that passes, hides it under « autres »."""
    metal = [(f"c1{n}", "W061", t) for n, t in enumerate(amounts)]
    who = pd.concat([sites(*firms), sites(*"56789", code="c2")])
    wood = [(f"c2{n}", "W075", 1_000.0) for n in range(5)]
    paper = [(f"c2{n}", "W072", 100.0) for n in range(5)]
    found = tenths(wastes([*metal, *wood, *paper]), who)
    assert "metaux" not in found
    assert "papiers" not in found
    assert sum(found.values()) == 10
    moved = wastes([*metal, *wood, *paper]).assign(
        ewc_stat=lambda rows: rows["ewc_stat"].replace({"W061": "W091"})
    )
    assert tenths(moved, who) == found  # which family failed cannot be told
    at_most = wastes([*metal, *wood, *paper]).assign(
        t_high=lambda rows: rows["t_mid"].replace(100.0, 9_000.0)
    )
    assert tenths(at_most, who) == found  # the smallest by what it is likely to be


def test_one_firm_of_every_family_leaves_one_part() -> None:
    rows = [("c10", "W075", 50.0), ("c11", "W072", 30.0), ("c12", "W061", 20.0)]
    assert tenths(wastes(rows), sites("1", "2", "3")) == {"autres": 10}


def test_what_an_open_register_declares_covers_nobody() -> None:
    """Three firms of wood, two of which everybody can subtract."""
    declared = wastes([("c10", "W075", 10.0), ("c11", "W075", 10.0)], method="irep")
    rows = wastes(
        [("c12", "W075", 10.0), *((f"c1{n}", "W102", 30.0) for n in range(4))]
    )
    found = stream_parts(
        pd.concat([blocks().table, blocks().table.assign(kind="declare")]),
        pd.concat([declared, rows]),
        sites("1", "2", "3", "4"),
        groups=GROUPS,
    )
    assert found.table["family"].tolist() == ["autres"]
    assert found.withheld == 2


def test_what_rests_on_published_counts_alone_is_nobodys_secret() -> None:
    cells = pd.DataFrame(
        {
            "site_id": ["CPT-09001-16.10A"],
            "siret": [""],
            "code_insee": ["c1"],
            "source": [COUNTED],
        }
    )
    rows = [("CPT-09001-16.10A", "W075", 0.7), ("CPT-09001-16.10A", "W102", 0.3)]
    assert tenths(wastes(rows), cells) == {"bois": 7, "melange": 3}
    assert tenths(wastes([("CPT-09001-16.10A", "W075", 0.0)]), cells) == {}


def test_what_lies_in_a_block_of_two_groups_is_in_no_part() -> None:
    who = sites("1", "2", "3", "4", code="c5")
    rows = [(f"c5{n}", "W075", 15.0) for n in range(4)]
    found = stream_parts(blocks().table, wastes(rows), who, groups=GROUPS)
    assert found.table.empty


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
