"""Services that firms of a zone share, counted as a reader would."""

import pandas as pd

from eitgeo.flows.exchanges.lever_terms import rule_members, zone_groups

RULES = pd.DataFrame(
    {
        "rule_id": ["M1", "M2", "M3"],
        "source_naf": ["*", "16;10.51", "16.10A"],
        "fewest_sites": 3,
    }
)


def make_sites(*rows: tuple[str, str, str], naf: str = "16.10A") -> pd.DataFrame:
    """Return sites: name, firm, zone."""
    names = ["site_id", "firm_id", "zone_id"]
    sites = pd.DataFrame(rows, columns=names, dtype="str")
    return sites.assign(naf=naf, code_insee="31001")


def test_any_activity_or_a_prefix_may_be_concerned() -> None:
    sites = make_sites(("a", "1", "z"), ("b", "2", "z"), ("c", "3", "z"))
    sites["naf"] = ["16.10A", "10.51C", ""]
    found = rule_members(sites, RULES).groupby("rule_id")["site_id"].agg("".join)
    assert found.to_dict() == {"M1": "ab", "M2": "ab", "M3": "a"}


def test_three_firms_of_one_zone_share_three_of_two_zones_do_not() -> None:
    together = make_sites(("a", "1", "z"), ("b", "2", "z"), ("c", "3", "z"))
    found = zone_groups(together, RULES)
    assert found["group_id"].unique().tolist() == ["M1_z", "M2_z", "M3_z"]
    apart = together.assign(zone_id=["z", "z", "y"])
    assert zone_groups(apart, RULES).empty
    assert set(zone_groups(apart, RULES.assign(fewest_sites=2))["site_id"]) == {*"ab"}


def test_a_firm_of_several_sites_counts_once() -> None:
    sites = make_sites(("a", "1", "z"), ("b", "2", "z"), ("c", "2", "z"))
    assert zone_groups(sites, RULES).empty
    more = pd.concat([sites, make_sites(("d", "3", "z"))])
    found = zone_groups(more, RULES.iloc[:1])
    assert found["site_id"].tolist() == ["a", "b", "d"]
    shuffled = zone_groups(more.sample(frac=1, random_state=2), RULES.iloc[:1])
    pd.testing.assert_frame_equal(found, shuffled)


def test_nobody_makes_no_group() -> None:
    found = zone_groups(make_sites(), RULES)
    assert list(found) == ["group_id", "site_id", "rule_id", "code_insee"]
    assert found.empty
