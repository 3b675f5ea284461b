"""Who could take part in a process, by hand."""

import pandas as pd
import pytest

from eitgeo.errors import SchemaError
from eitgeo.flows.exchanges.synergies import SUNDRY, process_actors, receiver_links
from eitgeo.reference.exchange_terms import input_needs
from eitgeo.reference.rules import process_sheets, synergy_rules
from eitgeo.zones.rule_ends import rule_ends
from tests.flows.toy import BOARD, BOARDS, BOILERS, FARM, HEAT, SAW, make_rules
from tests.tables.conftest import frame_of, row_of

NONE = frame_of("byproducts").iloc[:0]

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


def arisings(t: float = 20.0) -> pd.DataFrame:
    """Return as much wood waste of each sawmill."""
    wood = {"waste_code": "W075", "ewc_stat": "W075", "stream": "NDNI", "t_mid": t}
    rows = [row_of("arisings", site_id=name, **wood) for name in ("s1", "s2")]
    return frame_of("arisings", *rows)


def needs(rules: pd.DataFrame, t: float = 20.0) -> pd.DataFrame:
    """Return as much need of each resource of each site."""
    links = receiver_links(SITES, rules, input_needs())
    return links[["site_id", "resource"]].drop_duplicates().assign(t_mid=t)


def counted(
    rules: pd.DataFrame, sites: pd.DataFrame = SITES, t: float = 20.0
) -> list[tuple[object, ...]]:
    """Return the counts as plain rows, all sites at both ends having `t` [t/year]."""
    rules = rules.assign(family="bois")
    lots = (arisings(t), NONE, needs(rules, t))
    found = process_actors(SHEETS, rules, sites, lots=lots)
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


def test_a_need_of_anything_makes_no_taker_and_heat_is_given_by_its_amount():
    heat = {"rule_id": "C", "family": "chaleur", "source_naf": SAW, "low_code": ""}
    rules = make_rules(BOARDS, heat | {"synergy_type": "energie", "ewc_stat": ""})
    sundry = needs(rules).assign(resource=SUNDRY)
    hot = [
        row_of("byproducts", site_id=name, resource="chaleur", unit="MWh", q_mid=mwh)
        for name, mwh in {"s1": 100.0, "s2": 99.0}.items()
    ]
    sheets = pd.DataFrame(
        {
            "rule_families": ["bois", "chaleur"],
            "least_low": [200.0, 1000.0],
            "least_unit": ["t/an", "MWh/an"],
        },
        index=["a", "c"],
    )
    rules["family"] = rules["rule_id"].map({"C": "chaleur"}).fillna("bois")
    lots = (arisings(), frame_of("byproducts", *hot), sundry)
    found = process_actors(sheets, rules, SITES, lots=lots)
    table = found.set_index(["sheet_id", "end", "division"])["n_sites"]
    assert table["a", "donor", SAW[:2]] == 2
    assert table["c", "donor", SAW[:2]] == 1
    assert "taker" not in found.loc[found["sheet_id"].eq("a"), "end"].tolist()


def test_every_sheet_that_ships_names_activities_at_both_ends():
    rules = synergy_rules()
    codes = sorted({c for cell in rules["source_naf"] for c in cell.split(";")})
    takers = {c for cell in rules["taker_naf"] for c in cell.split(";")}
    every = sorted({*codes, *takers} - {"*", ""})
    ends = rule_ends(pd.DataFrame({"site_id": every, "naf": every}), rules)
    family = ends["rule_id"].map(rules.set_index("rule_id")["family"])
    both = ends.groupby(family)["end"].agg(set)
    for families in process_sheets()["rule_families"].str.split(";"):
        assert set().union(*both[families]) == {"donor", "taker"}
