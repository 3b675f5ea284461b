"""Ranking of sectors: sites first, then quotient, then rules; ties share a rank."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import SchemaError
from eitgeo.tables.schema import validate
from eitgeo.zones.rule_ends import rule_ends, rules_inside, rules_with_partner
from eitgeo.zones.sectors import key_sectors

RULES = pd.DataFrame(
    {
        "rule_id": ["R1", "R2"],
        "synergy_type": ["substitution", "energie"],
        "source_naf": ["16.10A", "25.62B"],
        "taker_naf": ["17.11Z", "10.71C;17.11Z"],
    }
)


def sites(*rows) -> pd.DataFrame:
    """Return sites: NAF, jobs, whether in the area."""
    table = pd.DataFrame(rows, columns=["naf", "headcount_mid", "here"])
    return table.assign(
        site_id=[f"s{rank}" for rank in range(len(rows))],
        headcount_low=table["headcount_mid"] / 2,
        headcount_high=table["headcount_mid"] * 2,
        synthetic=False,
        evidence="O",
    )


def ranked(table: pd.DataFrame, **options) -> pd.DataFrame:
    """Rank the divisions 05 to 39, from 10 jobs on."""
    found = key_sectors(
        table,
        RULES,
        area=table["here"],
        target_naf=["05-39"],
        min_headcount=10,
        **options,
    )
    return validate(found, table="key_sectors").set_index("division")


DRAWN = sites(
    ("16.10A", 20, True),
    ("16.10A", 30, True),
    ("25.62B", 40, True),
    ("10.71C", 12, True),
    ("17.11Z", 300, True),
    ("10.71C", 50, False),
    ("10.71C", 50, False),
    ("25.62B", 5, True),  # too small to be met, not too small to stand at a rule
    ("46.71Z", 80, True),  # not a target
)


def test_sites_to_reach_come_first_then_the_quotient() -> None:
    table = ranked(DRAWN)
    by_rank = table.sort_values("rank")
    assert by_rank.index.tolist() == ["16", "17", "25", "10"]
    assert by_rank["n_sites"].tolist() == [2, 1, 1, 1]
    # 5 sites here, 7 with the buffer: 17 has 1 of each, 10 has 1 here and 3 in all.
    assert table["quotient"]["17"] == pytest.approx((1 / 5) / (1 / 7))
    assert table["quotient"]["10"] == pytest.approx((1 / 5) / (3 / 7))
    assert table["quotient_low"].lt(table["quotient"]).all()
    assert table["quotient"].lt(table["quotient_high"]).all()
    assert table.loc["17", "headcount_mid"] == 300


def test_rules_break_ties_and_full_ties_share_a_rank() -> None:
    table = ranked(DRAWN)
    # 17 takes from R1 and R2, 25 gives to R2: equal sites and quotient.
    given, taken = table["n_rules_given"], table["n_rules_taken"]
    assert (given["17"], taken["17"]) == (0, 2)
    assert (given["25"], taken["25"]) == (1, 0)
    assert (table["rank"]["17"], table["rank"]["25"]) == (2, 3)
    alike = ranked(
        sites(("13.10Z", 20, True), ("14.11Z", 20, True), *[("31.01Z", 20, True)] * 2)
    )
    assert alike["rank"].to_dict() == {"13": 2, "14": 2, "31": 1}


def test_tonnes_and_jobs_play_no_part() -> None:
    heavier = DRAWN.assign(
        headcount_mid=DRAWN["headcount_mid"] * [1, 1, 1, 1, 9, 1, 1, 1, 1]
    )
    pd.testing.assert_series_equal(ranked(heavier)["rank"], ranked(DRAWN)["rank"])


def test_a_given_reference_is_used_and_named() -> None:
    national = pd.Series({"10": 600, "16": 100, "17": 100, "25": 200})
    table = ranked(DRAWN, reference=national)
    assert table["quotient"]["16"] == pytest.approx((2 / 5) / (100 / 1000))
    assert set(table["reference"]) == {"table donnée"}
    assert set(ranked(DRAWN)["reference"]) == {"territoire et couronne"}
    with pytest.raises(SchemaError, match="secteur « 16 » absent de la référence"):
        ranked(DRAWN, reference=national.drop("16"))


def test_no_site_to_reach_gives_no_row() -> None:
    small = DRAWN.assign(headcount_mid=3.0)
    for table in (small, DRAWN.iloc[:0], DRAWN.assign(here=False)):
        assert ranked(table).empty


def test_unknown_headcounts_are_not_counted() -> None:
    table = ranked(
        DRAWN.assign(headcount_mid=DRAWN["headcount_mid"].where(DRAWN.index > 0))
    )
    assert table.loc["16", "n_sites"] == 1
    assert np.isfinite(table["quotient"]).all()


def test_row_order_changes_nothing() -> None:
    shuffled = DRAWN.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(ranked(shuffled), ranked(DRAWN))


@pytest.mark.parametrize("seed", range(12))
def test_two_sites_of_each_activity_tell_the_rules_of_all(monkeypatch, seed) -> None:
    rng = np.random.default_rng(seed)
    names = ["16.10A", "16.10B", "17.11Z", "17.12Z", "25.62B"]
    ends = [";".join(rng.choice(names, 2, replace=False)) for _ in range(12)]
    rules = pd.DataFrame({"rule_id": [f"R{at}" for at in range(6)]}).assign(
        synergy_type="substitution", source_naf=ends[:6], taker_naf=ends[6:]
    )
    picked = rng.choice(names[: 2 + seed % 4], 1 + seed)
    table = sites(*((name, 20.0, bool(rng.random() < 0.7)) for name in picked))
    table["site_id"] = rng.permutation(table["site_id"].to_numpy())
    monkeypatch.setattr("tests.zones.test_key_sectors.RULES", rules)
    told = ranked(table)
    named = rule_ends(table.assign(division=table["naf"].str[:2]), rules)
    own = named[named["here"]]
    for end, column in (("donor", "n_rules_given"), ("taker", "n_rules_taken")):
        met = rules_with_partner(own, named, end=end, group="division")
        counts = met.groupby("division").size().reindex(told.index, fill_value=0)
        assert told[column].tolist() == counts.tolist()


def test_ends_of_rules() -> None:
    ends = rule_ends(DRAWN[["site_id", "naf"]], RULES)
    assert set(
        ends.loc[ends["rule_id"].eq("R1") & ends["end"].eq("donor"), "site_id"]
    ) == {
        "s0",
        "s1",
    }
    zoned = ends.assign(
        zone_id=ends["site_id"].map({"s0": "Z1", "s4": "Z1", "s2": "Z2"})
    )
    inside = rules_inside(zoned.dropna(), group="zone_id", order=["R2", "R1"])
    assert inside.to_dict() == {"Z1": "R1"}


def test_the_rules_inside_come_in_the_order_that_is_asked() -> None:
    both = RULES.assign(source_naf="16.10A", taker_naf="17.11Z")
    ends = rule_ends(sites(("16.10A", 20, True), ("17.11Z", 9, True)), both)
    told = rules_inside(ends.assign(zone_id="Z1"), group="zone_id", order=["R2", "R1"])
    assert told["Z1"] == "R2;R1"


def test_a_site_at_both_ends_alone_does_not_count() -> None:
    self_rule = RULES.assign(taker_naf=RULES["source_naf"])
    one = rule_ends(sites(("16.10A", 20, True)), self_rule).assign(division="16")
    assert rules_with_partner(one, one, end="donor", group="division").empty
    two = rule_ends(sites(("16.10A", 20, True), ("16.10A", 9, False)), self_rule)
    met = rules_with_partner(
        two.assign(division="16"), two, end="donor", group="division"
    )
    assert met["rule_id"].tolist() == ["R1"]
