"""The tables of the package agree with the official files; differences are listed."""

from pathlib import Path

import pandas as pd
import pytest

from eitgeo.reference.naf import naf_divisions, naf_subclasses
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.tables import sector_mix, waste_ratios
from eitgeo.reference.waste import icpe_headings, low_ewc, waste_operations

WASTE = Path(__file__).resolve().parents[3] / "shared" / "data" / "waste"

NOT_IN_THE_PACKAGE = {"D6", "D7", "D9F", "D11"}
"""Releases and incineration at sea, and the French split of D9: no outlet here."""

SHORTENED = {"D8", "D9", "D15", "R1", "R9", "R12", "R13"}
"""Operations whose label the package says in fewer words of its own."""

HEADINGS_UNKNOWN = {"2910", "2792-2"}
"""Combustion (2910), which takes waste wood among other fuels; a paragraph of 2792."""

NO_DIVISION = {"67", "76"}
"""Numbers inside « 58-82 », a range of the waste ratios, that the NAF does not use."""


@pytest.fixture(scope="module", autouse=True)
def _files() -> None:
    if not WASTE.is_dir():
        pytest.skip("official files absent: ../shared/data/waste")


def official(name: str) -> pd.DataFrame:
    """Read an official file as text: accents composed, one blank between words."""
    table = pd.read_csv(WASTE / f"{name}.csv", dtype=str, keep_default_na=False)
    return table.apply(lambda one: one.str.normalize("NFC").str.split().str.join(" "))


@pytest.fixture(scope="module")
def naf() -> pd.DataFrame:
    """Return the NAF, one row a sub-class with the four levels above it."""
    return official("stg_naf_2008")


@pytest.fixture(scope="module")
def activities(naf) -> set[str]:
    """Return the sub-classes of the NAF."""
    return set(naf["code_sous_classe"])


@pytest.fixture(scope="module")
def headings() -> pd.DataFrame:
    """Return which heading may do which operation."""
    table = official("stg_referentiel_codes_operation_rubriques")
    return table.set_axis(["operation", "heading"], axis=1)


def test_divisions_are_those_of_insee(naf):
    own = naf_divisions().sort_index()
    divisions = naf.drop_duplicates("code_division").set_index("code_division")
    theirs = divisions.sort_index()
    assert own.index.tolist() == theirs.index.tolist()
    assert own["label"].tolist() == theirs["libelle_division"].tolist()
    assert own["section"].tolist() == theirs["code_section"].tolist()


def test_activities_named_by_the_tables_exist(activities):
    assert set(naf_subclasses()) == activities
    assert set(sector_mix()["naf"]) <= activities
    rules = synergy_rules()
    for column in ("source_naf", "target_naf"):
        named = {code for cell in rules[column] for code in cell.split(";")}
        assert named - activities <= {"*"}
    starts = {code[:size] for code in activities for size in (2, 4, 5, 6)}
    assert set(waste_ratios()["naf_prefix"]) - starts == NO_DIVISION


def test_operations_are_those_of_the_directive():
    listed = official("codes_operations_traitements")
    theirs = listed.set_index(listed["code"].str.replace(" ", ""))["description"]
    own = waste_operations().set_index("operation")["label"]
    assert set(theirs.index) - set(own.index) == NOT_IN_THE_PACKAGE
    assert set(own.index) <= set(theirs.index)
    plain = theirs.str.replace("'", "’", regex=False)
    told = {
        code
        for code, label in own.items()
        if not plain[str(code)].startswith(label.replace("'", "’"))
    }
    assert told == SHORTENED


def test_headings_are_those_that_may_do_an_operation(headings):
    own = set(icpe_headings()["heading"])
    assert set(headings["heading"]) - own == HEADINGS_UNKNOWN


def test_the_kind_of_a_heading_fits_an_operation_that_it_may_do(headings):
    # Storage by storage, incineration by fire, recovery by recovery.
    kinds = icpe_headings().set_index("heading")["kind"]
    known = headings[headings["heading"].isin(kinds.index)]
    done = known.groupby("heading")["operation"].agg(set)
    for heading in ("2760-1", "2760-2", "2760-4"):
        assert done[heading] == {"D5"}
        assert kinds[heading].startswith("isd")
    assert {"D10", "R1"} <= done["2770"] & done["2771"]
    assert kinds[["2770", "2771"]].str.startswith("incineration").all()
    for heading in ("2711", "2712", "2713", "2714", "2716"):
        assert {"D13", "R13"} <= done[heading]


def test_waste_codes_with_a_category_are_in_the_list():
    codes = official("stg_codes_dechets")["code"]
    hazardous = pd.Series(codes.str.endswith("*").to_numpy(), index=codes)
    assert len(codes) == 842
    assert hazardous.sum() == 408
    own = low_ewc().set_index("waste_code")
    assert own["evidence"].value_counts().to_dict() == {"S": 551, "H": 38}
    assert set(own.index) <= set(hazardous.index)
    # The stream of hazardous waste is empty: it enters no ratio.
    assert ((own["stream"] == "") == hazardous[own.index]).all()


def test_categories_follow_the_chapters_of_the_list():
    own = low_ewc().set_index("waste_code")
    # Hazardous waste is never food, plants, paper, glass, plastic or inert.
    starred = own.index.str.endswith("*")
    never = {"W091", "W092", "W093", "W071", "W072", "W074"}
    assert not never & set(own.loc[starred, "ewc_stat"])
    # Annex I of the order of 12 December 2014, without glass.
    assert own.index[own["stream"] == "INERT"].tolist() == [
        "17 01 01",
        "17 01 02",
        "17 01 03",
        "17 01 07",
        "17 03 02",
        "17 05 04",
        "20 02 02",
    ]
    one_each = {"14 06 01*": "W011", "17 05 06": "W127", "18 01 04": "W05"}
    one_each |= {"16 01 06": "W081", "20 01 36": "W08A", "16 06 04": "W0841"}
    assert own["ewc_stat"][list(one_each)].to_dict() == one_each
