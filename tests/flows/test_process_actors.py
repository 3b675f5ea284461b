"""Who could take part in a process, by hand."""

import pandas as pd
import pytest

from eitgeo.errors import SchemaError
from eitgeo.flows.exchanges.synergies import process_actors
from eitgeo.reference.rules import process_sheets, synergy_rules
from tests.flows.toy import BOARD, BOARDS, BOILERS, FARM, HEAT, SAW, make_rules

SHEETS = pd.DataFrame({"rule_families": ["bois;eau", "verre"]}, index=["a", "b"])
SITES = pd.DataFrame(
    {"site_id": ["s1", "s2", "k1", "h1", "f1"], "naf": [SAW, SAW, BOARD, HEAT, FARM]}
)


def counted(
    rules: pd.DataFrame, sites: pd.DataFrame = SITES
) -> list[tuple[object, ...]]:
    """Return the counts as plain rows."""
    found = process_actors(SHEETS, rules.assign(family="bois"), sites)
    return list(found.itertuples(index=False, name=None))


def test_a_site_counts_once_however_many_rules_name_it():
    donors, takers = SAW[:2], {BOARD[:2], HEAT[:2]}
    found = counted(make_rules(BOARDS, BOILERS))
    assert ("a", "donor", donors, 2) in found
    named = {division for _, end, division, _ in found if end == "taker"}
    assert named == takers
    assert {sheet for sheet, *_ in found} == {"a"}


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
    sites = pd.DataFrame({"site_id": every, "naf": every})
    found = process_actors(process_sheets(), rules, sites)
    ends = found.groupby("sheet_id")["end"].agg(set)
    assert set(ends.index) == set(process_sheets().index)
    assert all(both == {"donor", "taker"} for both in ends)
