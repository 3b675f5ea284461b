"""What is sold today saves nothing by being sold to somebody else."""

import pandas as pd
import pytest

from eitgeo.flows.exchanges.levers import exchange_levers
from eitgeo.flows.exchanges.sold import without_sold
from eitgeo.reference.naf import naf_subclasses
from eitgeo.reference.rules import sold_residues, synergy_rules
from tests.flows.test_on_paper import exchanges

TERMS = exchanges().assign(
    rule_id=["BOIS", *["CHALEUR"] * (len(exchanges()) - 1)], disposal_heading="2780"
)


def priced(*sold: str) -> pd.DataFrame:
    """Return the exchanges on paper, some of them sold today."""
    terms = TERMS.drop(columns=["rule_id", "t"])
    return without_sold(terms, TERMS["rule_id"], sold).assign(t=TERMS["t"])


def test_nothing_is_sold_that_no_page_says() -> None:
    pd.testing.assert_frame_equal(
        priced(), TERMS.drop(columns="rule_id"), check_like=True
    )


def test_a_sold_residue_keeps_its_tonnes_and_way_and_gains_nothing() -> None:
    after = exchange_levers(priced("CHALEUR"))
    before = exchange_levers(TERMS)
    sold = TERMS["rule_id"] == "CHALEUR"
    assert before.loc[sold, "eur_firms"].ne(0).any()
    assert after.loc[sold, "t"].tolist() == TERMS.loc[sold, "t"].tolist()
    gains = after.columns.difference(["t"])
    assert after.loc[sold, gains].eq(0).to_numpy().all()
    pd.testing.assert_frame_equal(after[~sold], before[~sold])
    assert priced("CHALEUR")["length_km"].tolist() == TERMS["length_km"].tolist()
    assert priced("CHALEUR")["disposal_heading"].eq("").tolist() == sold.tolist()


def test_an_exchange_whose_co2_is_unknown_saves_none_once_it_is_sold() -> None:
    terms = TERMS.drop(columns=["rule_id", "t"]).assign(
        avoided_kgco2e_per_t=float("nan")
    )
    after = without_sold(terms, TERMS["rule_id"], ["BOIS"])
    assert after["avoided_kgco2e_per_t"].fillna(-1).tolist() == pytest.approx(
        [0.0 if rule == "BOIS" else -1.0 for rule in TERMS["rule_id"]]
    )


def test_sold_residues_are_of_sawmills_and_of_dealers_in_sorted_paper() -> None:
    table = sold_residues()
    assert table["rule_id"].is_unique
    assert table["evidence"].eq("S").all()
    assert table["source"].str.contains("factor_sources.csv").all()
    rules = synergy_rules().set_index("rule_id").loc[table["rule_id"]]
    known = set(naf_subclasses())
    of_makers = rules["source_naf"].str.split(";").map(set)
    wood = rules["ewc_stat"] == "W075"
    assert rules.loc[~wood, "ewc_stat"].eq("W072").all()
    assert (
        of_makers[wood].map(lambda codes: any(code[:2] == "16" for code in codes)).all()
    )
    assert (
        of_makers[~wood]
        .map(lambda codes: {code[:2] for code in codes} <= {"38", "46"})
        .all()
    )
    assert of_makers.map(lambda codes: codes <= known).all()
