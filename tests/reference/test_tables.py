"""The factor tables that ship: well formed, and speaking of one another."""

import re

import pandas as pd
import pytest

from eitgeo.reference.divisions import expand_divisions
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.reference.naf import naf_divisions
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.tables import sector_mix, waste_ratios
from eitgeo.study.sections import Flows
from eitgeo.tables.columns import EVIDENCE_CLASSES, values_of

NAF = re.compile(r"\d{2}\.\d{2}[A-Z]")
UNQUANTIFIED = {
    "W011",
    "W012",
    "W013",
    "W033",
    "W05",
    "W063",
    "W0841",
    "W08A",
    "W093",
    "W101",
    "W103",
    "W124",
    "W127",
    "W128_13",
}
"""Residues of rules that no ratio estimates: their rules are « non chiffrées »."""

UNITS = {
    "%",
    "emplois",
    "k€/an",
    "min (PL)",
    "min (voiture)",
    "nombre",
    "points",
    "rapport",
    "t/an",
    "tCO2e/an",
    "t·km/an",
    "étab./ETP",
}


def test_prefixes_of_ratios_are_expanded_to_one_row_each() -> None:
    ratios = waste_ratios()
    food = ratios[ratios["naf_prefix"].isin(["10", "11", "12"])]
    assert food.groupby("naf_prefix").size().to_dict() == {"10": 6, "11": 6, "12": 6}
    services = ratios[ratios["label"] == "Services"]
    assert set(services["naf_prefix"]) == {str(n) for n in range(58, 83)}
    assert ratios["naf_prefix"].str.fullmatch(r"\d{2}(\.\d{1,2}[A-Z]?)?").all()
    assert {"47", "47.11"} <= set(ratios["naf_prefix"])


def test_the_composition_of_a_ratio_is_split_by_hand() -> None:
    wood = waste_ratios().query("naf_prefix == '16'").set_index("ewc_stat")["share"]
    assert wood.to_dict() == {"W075": 0.95, "W102": 0.03, "W072": 0.02}


def test_compositions_make_nearly_the_whole_and_repeat_nothing() -> None:
    ratios = waste_ratios()
    counted = ratios[ratios["stream"] != "EXCLUDE"]
    assert set(counted["stream"]) == {"NDNI", "INERT"}
    assert not counted.duplicated(["naf_prefix", "stream", "ewc_stat"]).any()
    assert counted["share"].between(0, 1, inclusive="right").all()
    total = counted.groupby(["naf_prefix", "stream"])["share"].sum()
    assert total.between(0.95, 1 + 1e-9).all()
    assert counted["ewc_stat"].str.fullmatch(r"W\d{2}[0-9A-Z]?").all()


def test_ratios_lie_between_their_bounds() -> None:
    ratios = waste_ratios()
    low, mid, high = (ratios[f"t_per_employee{tail}"] for tail in ("_low", "", "_high"))
    assert low.le(mid).all()
    assert mid.le(high).all()
    assert mid[ratios["stream"] != "EXCLUDE"].gt(0).all()


def test_a_longer_prefix_tells_every_stream_of_the_shorter() -> None:
    """The longest prefix that fits an activity is the only one that it has."""
    grouped = waste_ratios().groupby("naf_prefix")["stream"]
    streams = {str(prefix): set(its) for prefix, its in grouped}
    for prefix, its in streams.items():
        for shorter, theirs in streams.items():
            if prefix.startswith(shorter):
                assert theirs <= its, (prefix, shorter)


def test_secondary_waste_is_counted_nowhere() -> None:
    ratios = waste_ratios()
    water = expand_divisions(["36-39"])
    assert set(ratios.loc[ratios["stream"] == "EXCLUDE", "naf_prefix"]) == water
    assert set(ratios.loc[ratios["naf_prefix"].isin(water), "stream"]) == {"EXCLUDE"}


@pytest.mark.parametrize("end", ["source_naf", "target_naf"])
def test_rules_name_well_formed_activities_once(end: str) -> None:
    rules = synergy_rules()
    divisions = set(naf_divisions().index)
    for rule_id, written in zip(rules["rule_id"], rules[end], strict=True):
        codes = written.split(";")
        assert len(codes) == len(set(codes)), rule_id
        for code in codes:
            assert code == "*" or NAF.fullmatch(code), (rule_id, code)
            assert code == "*" or code[:2] in divisions, (rule_id, code)


def test_rules_are_whole() -> None:
    rules = synergy_rules()
    assert rules["rule_id"].is_unique
    assert rules["dist_max_km"].gt(0).all()
    assert rules["dist_typ_km"].ge(0).all()
    assert rules["dist_typ_km"].le(rules["dist_max_km"]).all()
    assert set(rules["confidence"]) <= {"A", "B", "C"}
    assert rules["family"].str.len().gt(0).all()
    kinds = {"substitution", "energie", "eau", "mutualisation"}
    assert set(rules["synergy_type"]) == kinds


def test_what_rules_take_is_estimated_or_said_not_to_be() -> None:
    rules, ratios = synergy_rules(), waste_ratios()
    taken = set(rules["ewc_stat"]) - {"NA"}
    assert taken - set(ratios["ewc_stat"]) == UNQUANTIFIED


def test_a_rule_weighs_tonnes_only_where_its_givers_have_the_ratio() -> None:
    rules, ratios = synergy_rules(), waste_ratios()
    thrown = ratios[ratios["stream"] != "EXCLUDE"].groupby("naf_prefix")["ewc_stat"]
    by_prefix = thrown.agg(set).to_dict()
    alive = {
        rule_id
        for rule_id, naf, ewc in zip(
            rules["rule_id"], rules["source_naf"], rules["ewc_stat"], strict=True
        )
        if any(
            code.startswith(prefix) and ewc in residues
            for code in naf.split(";")
            for prefix, residues in by_prefix.items()
        )
    }
    assert {"SYN001", "SYN003", "SYN018"} <= alive
    assert "SYN013" not in alive  # black liquor of a pulp mill: burnt on site


def test_a_study_can_exclude_any_rule() -> None:
    every = tuple(synergy_rules()["rule_id"])
    assert Flows(rules_excluded=every).rules_excluded == every


@pytest.mark.parametrize(
    "table",
    [waste_ratios(), synergy_rules(), sector_mix(), indicator_catalogue()],
    ids=["ratios", "rules", "mix", "indicators"],
)
def test_each_row_says_how_sure_it_is(table: pd.DataFrame) -> None:
    assert set(table["evidence"]) <= set(EVIDENCE_CLASSES)


@pytest.mark.parametrize(
    "table", [waste_ratios(), synergy_rules()], ids=["ratios", "rules"]
)
def test_each_factor_says_where_it_is_from(table: pd.DataFrame) -> None:
    assert table["source"].str.len().gt(0).all()
    assert table["status"].str.len().gt(0).all()
    from_memory = table["status"] == "memoire"
    assert set(table.loc[from_memory, "evidence"]) == {"H"}


def test_the_mix_names_activities_that_exist() -> None:
    mix = sector_mix()
    assert mix["naf"].is_unique
    assert mix["naf"].str.fullmatch(NAF.pattern).all()
    assert mix["naf"].str[:2].isin(naf_divisions().index).all()
    assert mix["per_1000_employers"].gt(0).all()


def test_indicators_are_described_in_admitted_words() -> None:
    catalogue = indicator_catalogue()
    assert catalogue.index.is_unique
    assert set(catalogue["unit"]) == UNITS
    assert set(catalogue["direction"]) <= set(values_of("direction"))
    assert set(catalogue["kind"]) <= set(values_of("indicator_kind"))
    assert set(catalogue["first_screen"]) == {"oui", "non"}
    assert catalogue["decimals"].between(0, 2).all()
    for column in ("label", "formula", "elipse_axis", "group"):
        assert catalogue[column].str.len().gt(0).all()
    words = " ".join([*catalogue["label"], *catalogue["formula"]]).casefold()
    assert "attendu" not in words


def test_the_page_recomputes_all_but_what_needs_a_run() -> None:
    catalogue = indicator_catalogue()
    without = catalogue.index[catalogue["recipe"].eq("")]
    overall = ["hypothesis_share_pct"]  # of classes, which only a run tells
    offline = catalogue.index[catalogue["kind"].eq("offline")]
    assert set(without) == {*offline, *overall}


def test_a_caller_cannot_spoil_the_next_ones_table() -> None:
    for read in (indicator_catalogue, naf_divisions, waste_ratios):
        mine = read()
        mine.insert(0, "mine", 1)
        assert "mine" not in read()


def test_a_table_that_is_changed_stays_as_it_ships() -> None:
    shipped, mine = indicator_catalogue(), indicator_catalogue()
    mine["label"] = "autre"
    mine.loc[mine.index[0], "decimals"] = 99
    pd.testing.assert_frame_equal(indicator_catalogue(), shipped)


def test_what_rests_on_roads_is_no_observation() -> None:
    """Times are a published network's, at best: class S, whatever the sites are."""
    table = indicator_catalogue()
    by_road = table["rests_on"].str.split(";").map(lambda bases: "roads" in bases)
    assert by_road.sum() >= 10
    assert set(table.loc[by_road, "evidence"]) <= {"S", "H"}
