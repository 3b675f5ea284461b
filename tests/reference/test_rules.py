"""The rules of synergy, of shared services, and the sheets of processes that ship."""

from collections.abc import Iterable

import pandas as pd
import pytest

from eitgeo.reference.divisions import expand_divisions
from eitgeo.reference.naf import expand_activities, naf_divisions, naf_subclasses
from eitgeo.reference.rules import (
    attested_exchanges,
    attesting,
    exchange_cells,
    mutualisation_rules,
    process_sheets,
    synergy_rules,
)
from eitgeo.reference.waste import icpe_headings, low_ewc
from eitgeo.tables.columns import EVIDENCE_CLASSES

RULES = synergy_rules()
SHARED = mutualisation_rules()
SHEETS = process_sheets()

INDUSTRY = expand_divisions(["05-39"])
LAST_RULES = pd.Index(["SYN075", "SYN461", "SYN523"])
"""Where each writing of rules ended."""
N_CHAPTERS = 20
LARGEST_SHARE = 0.03
"""Of the cells donor division × receiver division × chapter: what rules may propose."""

KNOWN_EXCHANGES = [
    ("35", "23", "10", "fly ash and gypsum of a power station to cement and plaster"),
    ("19", "20", "05", "sulphur of a refinery to an acid maker"),
    ("20", "01", "07", "fermentation biomass to farms"),
    ("24", "23", "10", "blast furnace slag to cement"),
    ("24", "01", "01", "bauxite residue to sandy soils"),
    ("20", "24", "06", "gypsum of a fertiliser maker to a residue area"),
    ("16", "17", "03", "sawmill chips to pulp"),
    ("17", "23", "03", "paper sludge to bricks and cement"),
    ("10", "17", "02", "bagasse to paper"),
    ("11", "01", "02", "spent grain to cattle"),
    ("45", "23", "16", "tyres to cement kilns"),
    ("38", "24", "19", "sorted plastics to blast furnaces"),
    ("37", "01", "19", "sewage sludge to farmland"),
    ("43", "23", "17", "plasterboard back to plaster"),
    ("29", "24", "12", "scrap of car makers to steel"),
    ("26", "20", "11", "copper etching baths to copper sulphate"),
    ("56", "20", "20", "cooking oil to biodiesel"),
    ("47", "17", "15", "cardboard to board mills"),
    ("05", "35", "01", "coal washing residues to boilers"),
    ("15", "20", "04", "fleshings to gelatine"),
    ("21", "20", "07", "spent solvents to solvent makers"),
    ("86", "38", "18", "waste of hospitals to their channel"),
    ("25", "19", "13", "waste oil to re-refining"),
    ("31", "20", "14", "solvents to regeneration"),
    ("25", "20", "08", "paint sludge to recovery"),
    ("18", "24", "09", "photographic baths to silver"),
    ("20", "35", "14", "solvents and still bottoms to boilers"),
    ("38", "24", "13", "prepared waste oils to furnaces"),
    ("39", "42", "17", "cleaned soil to earthworks"),
    ("30", "24", "16", "ships and vehicles taken apart to steel"),
    ("38", "13", "04", "sorted textile cuttings to spinning"),
    ("25", "42", "10", "foundry sand to roads"),
    ("24", "35", "05", "coke oven tar to boilers"),
    ("38", "24", "11", "concentrates of metal sludge to smelters"),
]
"""One or more a chapter, of cases told again and again; from memory, a smoke test."""


def chosen(rules: pd.DataFrame, end: str) -> set[str]:
    """Return the activities that rules name at one end."""
    cells = rules.loc[rules[end] != "*", end]
    return {code for cell in cells for code in cell.split(";")}


@pytest.fixture(scope="module")
def cells() -> pd.DataFrame:
    """Return what the rules propose."""
    return exchange_cells(RULES)


def test_a_prefix_is_written_as_its_subclasses_once_each():
    assert expand_activities("17.1;17") == "17.11Z;17.12Z;" + ";".join(
        sorted(code for code in naf_subclasses() if code.startswith("17.2"))
    )
    assert expand_activities("01.1") != expand_activities("01")
    assert expand_activities("10.51C") == "10.51C"
    assert expand_activities("*") == "*"
    # « 1 » opens no division: nothing is guessed.
    assert expand_activities("1") == ""


def test_there_are_enough_rules_of_both_kinds():
    exchanges = RULES[RULES["synergy_type"] != "mutualisation"]
    assert len(exchanges) >= 250
    assert len(SHARED) >= 40
    assert not set(RULES["rule_id"]) & set(SHARED["rule_id"])


@pytest.mark.parametrize("rules", [RULES, SHARED], ids=["synergies", "shared"])
def test_rules_repeat_nothing(rules):
    assert rules["rule_id"].is_unique
    assert rules["rule_id"].tolist() == sorted(rules["rule_id"])
    told = ["source_naf", "target_naf", "low_code", "byproduct", "use"]
    assert not rules.duplicated(told).any()


def test_families_come_one_after_the_other():
    writing = RULES.groupby(RULES["rule_id"].map(LAST_RULES.searchsorted))
    for _, rules in [*writing, (None, SHARED)]:
        runs = rules["family"].ne(rules["family"].shift()).sum()
        assert runs == rules["family"].nunique()


@pytest.mark.parametrize("rules", [RULES, SHARED], ids=["synergies", "shared"])
@pytest.mark.parametrize("end", ["source_naf", "target_naf"])
def test_every_prefix_holds_an_activity(rules, end):
    assert rules[end].ne("").all()
    assert chosen(rules, end) <= naf_subclasses()


@pytest.mark.parametrize("rules", [RULES, SHARED], ids=["synergies", "shared"])
def test_waste_codes_are_known_with_their_category(rules):
    known = low_ewc().set_index("waste_code")["ewc_stat"]
    coded = rules[rules["low_code"] != ""]
    assert set(coded["low_code"]) <= set(known.index)
    assert coded["low_code"].map(known).eq(coded["ewc_stat"]).all()
    assert set(rules.loc[rules["low_code"] == "", "ewc_stat"]) == {"NA"}
    starred = rules["low_code"].str.endswith("*")
    assert rules["hazardous"].eq(starred.map({True: "1", False: "0"})).all()


def test_what_is_proposed_is_a_small_share_of_all_cells(cells, record_property):
    n_divisions = len(naf_divisions())
    share = len(cells) / (n_divisions**2 * N_CHAPTERS)
    told = f"{len(cells)} cells, {100 * share:.2f} % of all"
    record_property("proposed", told)
    assert share <= LARGEST_SHARE, told
    assert set(cells["chapter"]) == {f"{n:02d}" for n in range(1, N_CHAPTERS + 1)}


def test_cells_count_any_activity_as_all():
    rule = {"source_naf": "*", "target_naf": "38.11Z;38.12Z", "low_code": "15 01 06"}
    energy = {"source_naf": "35.30Z", "target_naf": "01.13Z", "low_code": ""}
    found = exchange_cells(pd.DataFrame([rule, energy]))
    assert len(found) == len(naf_divisions())
    assert set(found["receiver"]) == {"38"}


@pytest.mark.parametrize("end", ["donor", "receiver"])
def test_every_industry_gives_and_takes(cells, end):
    assert set(INDUSTRY) <= set(cells[end])


@pytest.mark.parametrize(
    ("donor", "receiver", "chapter"), [known[:3] for known in KNOWN_EXCHANGES]
)
def test_known_exchanges_are_proposed(cells, donor, receiver, chapter):
    asked = (donor, receiver, chapter)
    assert asked in set(cells.itertuples(index=False, name=None))


def test_every_published_exchange_is_proposed():
    """Of 71 that were read, 65 at first; six rules came of the others."""
    told = attested_exchanges()
    assert len(told) >= 71
    found = set(attesting(told, RULES)["exchange_id"])
    assert set(told["exchange_id"]) - found == set()


def test_every_published_exchange_keeps_its_taker_in_figures():
    """All but one: its rule has the code of a hazardous liquid, which feeds no pig."""
    told = attested_exchanges()
    found = attesting(told, RULES.assign(target_naf=RULES["taker_naf"]))
    assert set(told["exchange_id"]) - set(found["exchange_id"]) == {"KAL07"}


def test_ash_of_biomass_is_credited_with_no_clinker():
    """No page that was read says that it replaces any: « non chiffrée », never 0."""
    ash = RULES[RULES["low_code"].eq("10 01 03")]
    told = pd.to_numeric(ash["avoided_kgco2e_per_t"], errors="coerce")
    assert len(ash)
    assert told.max() <= 100
    assert ash.set_index("rule_id").loc["SYN431", "avoided_kgco2e_per_t"] == ""


def test_earth_and_rubble_are_no_compost():
    rubble = RULES["ewc_stat"].isin(["W121", "W126"]) & RULES["evidence"].eq("H")
    assert rubble.any()
    assert not RULES.loc[rubble, "taker_naf"].str.contains("38.21Z").any()


def test_a_published_exchange_attests_the_rule_that_has_its_ends_and_its_code():
    told = attested_exchanges().set_index("exchange_id")
    attested = RULES.set_index("rule_id")["attested_by"]
    assert attested["SYN042"] == "AUB01"
    assert "PLA01" in attested["SYN044"].split(";")
    # No brewer took part in it, and a rule without a code is attested by nothing.
    assert "AUB01" not in attested["SYN023"]
    assert RULES.loc[RULES["low_code"] == "", "attested_by"].eq("").all()
    # Same ends and category; another code counts only where no rule has its own.
    rule = {"source_naf": "10.81Z", "target_naf": "42.11Z", "ewc_stat": "W12B"}
    rules = pd.DataFrame(
        [
            rule | {"rule_id": "A", "low_code": "02 04 01"},
            rule | {"rule_id": "B", "low_code": "02 04 02"},
            rule | {"rule_id": "C", "low_code": "10 13 01"},
        ]
    )
    sand = told.loc[["AUB01"]].reset_index()
    assert attesting(sand, rules)["rule_id"].tolist() == ["A"]
    assert attesting(sand, rules.iloc[1:])["rule_id"].tolist() == ["B"]
    away = rules.assign(target_naf="23.51Z")
    assert attesting(sand, away).empty


def test_a_published_exchange_is_filed_under_what_is_done_with_it():
    """Insulin yeast fed to pigs is no solvent; a tyre that a kiln burns, no plastic."""
    told = attested_exchanges().set_index("exchange_id")
    family = told["family"]
    assert set(family) <= set(RULES["family"])
    assert set(family.index[family.eq("chimie")]) == {"KAL05", "MAR06"}
    assert set(family[told["residue"].str.startswith("Pneus")]) == {"caoutchouc"}
    eaten = told["use"].str.contains("Alimentation|Aliments|Fertilisant|Engrais")
    assert set(family[eaten]) == {"organique"}
    burnt = told["use"].eq("Combustible de four")
    fuels = {"bois", "caoutchouc", "chimie", "energie_dechet"}
    assert set(family[burnt]) <= fuels


def test_a_sheet_tells_examples_of_its_own_families():
    sheets = process_sheets()
    families = sheets["rule_families"].str.split(";").explode()
    assert families.is_unique
    sheet_of = {family: sheet for sheet, family in families.items()}
    assert sheet_of["caoutchouc"] == "energie_dechet", "its title names tyres"
    assert sheet_of["papier_pate"] != sheet_of["papier_carton"], "sludge is no paper"
    water = sheets["examples"].str.contains("eaux usées")
    assert sheets.index[water].tolist() == ["eau"]


def test_a_published_exchange_is_whole():
    told = attested_exchanges()
    assert told["exchange_id"].is_unique
    assert told["exchange_id"].tolist() == sorted(told["exchange_id"])
    text = ["residue", "use", "country", "author", "title", "place", "url"]
    assert all(told[column].ne("").all() for column in text)
    assert told["url"].str.startswith(("http://", "https://")).all()
    words = told[["residue", "use", "title"]]
    assert not words.map(lambda one: "'" in one).to_numpy().any()
    codes = set(told["source_naf"]) | set(told["target_naf"])
    assert codes <= naf_subclasses()
    assert set(told["low_code"]) <= set(low_ewc()["waste_code"])


def test_some_exchanges_are_not_proposed(cells):
    proposed = set(cells.itertuples(index=False, name=None))
    absurd = {("64", "21", "10"), ("10", "30", "17"), ("86", "10", "18")}
    assert not proposed & absurd


@pytest.mark.parametrize("rules", [RULES, SHARED], ids=["synergies", "shared"])
def test_every_rule_is_whole(rules):
    text = ["family", "byproduct", "use", "processing", "state", "regulatory_gate"]
    # Three old rules say no permit and no processing.
    fresh = rules[~rules["rule_id"].isin(RULES["rule_id"].iloc[:75])]
    assert all(fresh[column].ne("").all() for column in text)
    assert fresh["substitutes"].ne("").all()
    assert rules["dist_typ_km"].le(rules["dist_max_km"]).all()
    assert rules["dist_max_km"].gt(0).all()
    assert set(rules["confidence"]) <= {"A", "B", "C"}
    assert set(rules["evidence"]) <= set(EVIDENCE_CLASSES)


def test_yields_are_shares_and_avoided_emissions_lie_in_their_range():
    yields = pd.to_numeric(RULES.loc[RULES["yield_t_per_t"] != "", "yield_t_per_t"])
    assert yields.between(0, 1, inclusive="right").all()
    told = RULES[RULES["avoided_kgco2e_per_t"] != ""]
    ranged = told[told["avoided_range"].ne("n/a")]
    ends = ranged["avoided_range"].str.extract(r"^(-?[\d.]+)-(-?[\d.]+)$")
    low, high = (pd.to_numeric(ends[end]) for end in (0, 1))
    middle = pd.to_numeric(ranged["avoided_kgco2e_per_t"])
    assert low.le(middle).all()
    assert middle.le(high).all()
    assert (RULES["avoided_kgco2e_per_t"] == "").eq(RULES["avoided_range"] == "").all()


def test_what_is_from_memory_says_so():
    fresh = pd.concat([RULES.iloc[75:], SHARED])
    is_told = fresh["evidence"] != "H"
    assert set(fresh.loc[~is_told, "status"]) == {"memoire"}
    assert fresh.loc[~is_told, "source"].str.contains("à vérifier").all()
    # A service that a source tells has the source of the same practice among rules.
    told = fresh[is_told]
    assert set(told["status"]) == {"source"}
    cited = set(RULES.loc[RULES["evidence"] == "S", "source"])
    assert (
        told["source"]
        .str.split(" (", n=1, regex=False)
        .str[0]
        .isin({source.split(" (")[0] for source in cited})
        .all()
    )


def test_shared_services_need_three_sites_within_one_round():
    assert set(SHARED["synergy_type"]) == {"mutualisation"}
    assert set(SHARED["state"]) == {"service"}
    assert SHARED["fewest_sites"].ge(3).all()
    assert set(SHARED["lead_time"]) == {"rapide", "moyen", "long"}
    asked = {"collecte", "transport", "stockage", "formation", "reparation"}
    assert asked | {"reemploi", "eau", "chaleur"} <= set(SHARED["family"])


def test_sheets_speak_of_the_families_of_the_rules():
    families = [name for cell in SHEETS["rule_families"] for name in cell.split(";")]
    assert len(SHEETS) >= 8
    assert len(families) == len(set(families))
    assert set(families) <= set(RULES["family"])
    assert set(RULES["family"]) - set(families) == {"mutualisation", "verre", "textile"}


def test_sheets_are_whole_and_say_where_they_are_from():
    words = SHEETS.select_dtypes(exclude="number")
    assert all(words[column].ne("").all() for column in words)
    assert SHEETS["least_low"].gt(0).all()
    assert SHEETS["least_low"].lt(SHEETS["least_high"]).all()
    assert set(SHEETS["least_unit"]) == {"t/an", "MWh/an", "m³/an"}
    assert set(SHEETS["examples_evidence"]) <= {"S", "H"}
    recalled = SHEETS["examples_source"].str.contains("mémoire")
    assert not recalled.any(), "an example that was not read is none"


def french_texts() -> Iterable[str]:
    """Return what users read of the rules added since the first seventy-five."""
    columns = ["byproduct", "use", "processing", "substitutes", "regulatory_gate"]
    yield from pd.concat([RULES.iloc[75:], SHARED])[columns].to_numpy().ravel()
    words = SHEETS.select_dtypes(exclude="number")
    yield from words.drop(columns=["source", "rule_families"]).to_numpy().ravel()


def test_words_are_french_and_promise_nothing():
    text = "\n".join(french_texts())
    assert "'" not in text
    assert "attendu" not in text.casefold()
    assert "optimal" not in text.casefold()
    assert not any(f"{letter}:" in text or f"{letter};" in text for letter in "aeéint")


def test_headings_of_waste_that_rules_name_exist():
    known = set(icpe_headings()["heading"]) | HEADINGS_BEYOND_WASTE
    told = pd.concat([RULES.iloc[75:], SHARED])["regulatory_gate"]
    plain = told.str.replace(
        r"\d+/\d+(/\d+)?|décret \d+-\d+|\(\D*\d+-\d+\)", "", regex=True
    )
    named = plain.str.extractall(r"\b(\d{4}(?:-[A-C0-9])?)\b")[0]
    assert set(named) <= known
    assert len(set(named) & set(icpe_headings()["heading"])) >= 10


HEADINGS_BEYOND_WASTE = {
    "1185",
    "1510",
    "1511",
    "2520",
    "2521",
    "2523",
    "2661",
    "2661-2",
    "2750",
    "2783",
    "2910",
    "2910-B",
    "3110",
    "4000",
}
"""Headings of activities, not of waste: the package keeps no list of them."""
