"""Who could take part in a process, by hand."""

import pandas as pd
import pytest

from eitgeo.errors import SchemaError
from eitgeo.flows.exchanges.needs import receiver_links
from eitgeo.flows.exchanges.synergies import process_actors
from eitgeo.reference.exchange_terms import input_needs
from eitgeo.reference.rules import process_sheets, synergy_rules
from tests.flows.toy import BOARD, BOARDS, BOILERS, FARM, HEAT, SAW, make_rules

SHEETS = pd.DataFrame(
    {
        "rule_families": ["bois;eau", "verre"],
        "least_low": [200.0, 10.0],
        "least_unit": "t/an",
    },
    index=["a", "b"],
)
SITES = pd.DataFrame(
    {
        "site_id": ["s1", "s2", "k1", "h1", "f1"],
        "naf": [SAW, SAW, BOARD, HEAT, FARM],
        "n_establishments": 1.0,
    }
)


def residues(t: float = 20.0) -> pd.DataFrame:
    """Return as much wood waste of each sawmill."""
    rows = {"site_id": ["s1", "s2"], "resource": "W075", "ewc_stat": "W075", "t": t}
    return pd.DataFrame(rows | {"in_category": True})


def needs(rules: pd.DataFrame, t: float = 20.0) -> pd.DataFrame:
    """Return as much need of each resource of each site."""
    links = receiver_links(SITES, rules, input_needs())
    return links[["site_id", "resource"]].drop_duplicates().assign(t_mid=t)


def counted(
    rules: pd.DataFrame, sites: pd.DataFrame = SITES, t: float = 20.0
) -> list[tuple[object, ...]]:
    """Return the counts as plain rows, all sites at both ends having `t` [t/year]."""
    rules = rules.assign(family="bois")
    lots = {"residues": residues(t), "needs": needs(rules, t)}
    found = process_actors(SHEETS, rules, sites, **lots)
    return list(found.itertuples(index=False, name=None))


def test_a_site_counts_once_however_many_rules_name_it():
    donors, takers = SAW[:2], {BOARD[:2], HEAT[:2]}
    found = counted(make_rules(BOARDS, BOILERS))
    assert ("a", "donor", donors, 2) in found
    named = {division for _, end, division, _ in found if end == "taker"}
    assert named == takers
    assert {sheet for sheet, *_ in found} == {"a"}


def test_a_site_counts_from_a_tenth_of_the_least_quantity():
    """200 t make the process pay: a site of 20 t counts, one of 19.9 t does not."""
    rules = make_rules(BOARDS, BOILERS)
    assert counted(rules, t=20.0)
    assert counted(rules, t=19.9) == []
    # A cell of two establishments has 20 t in all: ten each.
    pair = SITES.assign(n_establishments=2.0)
    assert counted(rules, pair, t=20.0) == []
    assert ("a", "donor", SAW[:2], 4) in counted(rules, pair, t=40.0)


def test_services_and_rules_of_any_activity_have_no_actors():
    service = {"rule_id": "M", "synergy_type": "mutualisation"}
    assert counted(make_rules(service)) == []
    anyone = make_rules({"rule_id": "T", "source_naf": "*"})
    assert {end for _, end, *_ in counted(anyone)} == {"taker"}


def test_nobody_here_gives_no_row():
    assert counted(make_rules(BOARDS), SITES.iloc[:0]) == []


def test_order_of_sites_does_not_matter():
    rules = make_rules(BOARDS, BOILERS)
    assert counted(rules) == counted(rules, SITES.iloc[::-1])


def test_a_missing_column_is_refused():
    with pytest.raises(SchemaError, match="naf"):
        counted(make_rules(BOARDS), SITES[["site_id"]])


def test_every_sheet_that_ships_has_both_ends_in_the_nomenclature():
    rules = synergy_rules()
    codes = sorted({c for cell in rules["source_naf"] for c in cell.split(";")})
    takers = {c for cell in rules["taker_naf"] for c in cell.split(";")}
    every = sorted({*codes, *takers} - {"*", ""})
    sites = pd.DataFrame({"site_id": every, "naf": every, "n_establishments": 1.0})
    links = receiver_links(sites, rules, input_needs())
    taken = links[["site_id", "resource"]].drop_duplicates().assign(t_mid=1e6)
    given = sites[["site_id"]].merge(rules[["ewc_stat"]].drop_duplicates(), "cross")
    given = given.assign(resource=given["ewc_stat"], t=1e6, in_category=True)
    sheets = process_sheets()
    found = process_actors(sheets, rules, sites, residues=given, needs=taken)
    ends = found.groupby("sheet_id")["end"].agg(set)
    silent = set(sheets.index) - set(ends.index[ends.map(len).eq(2)])
    # What no ratio weighs is given under its own code alone.
    assert silent <= {"energie_dechet", "papeterie"}
