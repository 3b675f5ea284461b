"""What is used today saves nothing elsewhere; what is left in place pays no gate."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.arisings.arising_draws import DrawLaw
from eitgeo.flows.exchanges.levers import exchange_levers, lever_draws
from eitgeo.flows.outlets.today import (
    as_today,
    rule_outlets,
    rule_uses,
    use_factors,
)
from eitgeo.reference.exchange_terms import OUTLET_SHARES as SHARES
from eitgeo.reference.exchange_terms import current_outlets
from eitgeo.reference.rules import synergy_rules
from tests.flows.test_on_paper import exchanges

TERMS = exchanges().assign(
    rule_id=["BOIS", *["CHALEUR"] * (len(exchanges()) - 1)], disposal_heading="2780"
)
SOLD = TERMS["rule_id"] == "CHALEUR"
RULES = synergy_rules().set_index("rule_id", drop=False)
TODAY = rule_outlets(RULES, current_outlets())


def priced(used: float = 0.0, left: float = 0.0) -> pd.DataFrame:
    """Return the exchanges on paper, of which heat is used or left today."""
    shares = pd.DataFrame({"used_share": used * SOLD, "left_share": left * SOLD})
    terms = TERMS.drop(columns=["rule_id", "t"])
    return as_today(terms, shares).assign(t=TERMS["t"])


def test_nothing_is_used_that_no_row_says() -> None:
    pd.testing.assert_frame_equal(
        priced(), TERMS.drop(columns="rule_id"), check_like=True
    )


def test_a_sold_residue_keeps_its_tonnes_and_way_and_gains_nothing() -> None:
    after = exchange_levers(priced(used=1.0))
    before = exchange_levers(TERMS)
    assert before.loc[SOLD, "eur_firms"].ne(0).any()
    assert after.loc[SOLD, "t"].tolist() == TERMS.loc[SOLD, "t"].tolist()
    gains = after.columns.difference(["t"])
    assert after.loc[SOLD, gains].eq(0).to_numpy().all()
    pd.testing.assert_frame_equal(after[~SOLD], before[~SOLD])
    assert priced(used=1.0)["length_km"].tolist() == TERMS["length_km"].tolist()
    assert priced(used=1.0)["disposal_heading"].eq("").tolist() == SOLD.tolist()


def test_the_part_that_is_spread_gains_nothing_and_the_rest_all() -> None:
    after, before = exchange_levers(priced(used=0.75)), exchange_levers(TERMS)
    gains = after.columns.difference(["t"])
    quarter = 0.25 * before.loc[SOLD, gains]
    pd.testing.assert_frame_equal(after.loc[SOLD, gains], quarter)
    assert priced(used=0.75)["disposal_heading"].eq("2780").all()


def test_what_is_left_in_place_spares_no_gate_and_no_way() -> None:
    told, mine = priced(left=1.0)[SOLD], TERMS[SOLD]
    assert told["disposal_eur_per_t"].eq(0).all()
    assert told["disposal_km"].eq(0).all()
    assert told["landfill_share"].eq(0).all()
    kept = ["value_eur_per_t", "processing_eur_per_t", "haul_eur_per_t", "length_km"]
    pd.testing.assert_frame_equal(told[kept], mine[kept])


def test_an_exchange_whose_co2_is_unknown_saves_none_once_it_is_sold() -> None:
    terms = TERMS.drop(columns=["rule_id", "t"]).assign(
        avoided_kgco2e_per_t=float("nan")
    )
    shares = pd.DataFrame({"used_share": 1.0 * SOLD, "left_share": 0.0 * SOLD})
    after = as_today(terms, shares)["avoided_kgco2e_per_t"].fillna(-1)
    assert after.tolist() == [0.0 if sold else -1.0 for sold in SOLD]


def test_rows_are_told_by_a_page_and_name_residues_that_rules_know() -> None:
    table = current_outlets()
    assert set(table["outlet"]) == {"vendu", "utilise", "epandu", "laisse"}
    low, mid, high = (table[name] for name in SHARES)
    assert (low.ge(0) & low.le(mid) & mid.le(high) & high.le(1)).all()
    codes = table["waste_codes"].str.split(";").explode()
    assert set(codes) <= set(RULES["low_code"])
    sourced = table.loc[table["evidence"].eq("S"), "source"]
    assert sourced.str.contains("factor_sources.csv|https?://").all()


@pytest.mark.parametrize(
    ("rule_id", "used", "left"),
    [
        ("SYN083", 1.0, 0.0),
        ("SYN017", 1.0, 0.0),
        ("SYN430", 0.7, 0.0),
        ("SYN183", 0.7, 0.0),
        ("SYN161", 0.9, 0.0),
        ("SYN089", 0.0, 1.0),
        ("SYN041", 0.0, 1.0),
        ("SYN122", 0.0, 0.0),
        # Stone that is sawn, and lignin of chemists, are no residue of the table.
        ("SYN205", 0.0, 0.0),
        ("SYN103", 0.0, 0.0),
    ],
)
def test_what_rules_are_told(rule_id: str, used: float, left: float) -> None:
    told = TODAY.loc[rule_id]
    assert told.to_numpy().tolist() == [used, left]


def test_bounds_are_those_of_the_row_that_tells_the_rule() -> None:
    uses = rule_uses(RULES, current_outlets())
    told = uses["use"].to_dict()
    assert told["SYN430"] == told["SYN012"] == "10 01 01;10 01 03|*"
    bounds = uses[uses["use"] == told["SYN430"]][["low", "mid", "high"]]
    assert bounds.drop_duplicates().to_numpy().tolist() == [[0.3, 0.7, 0.8]]
    # Sold for sure, left in place, unknown: nothing to draw.
    assert {told[one] for one in ("SYN083", "SYN089", "SYN122")} == {""}
    unsure = current_outlets().query("share_low < share_high")
    assert set(uses["use"]) - {""} == set(
        unsure["waste_codes"] + "|" + unsure["donors"]
    )
    # What is left in place has no bounds: no draw would know them.
    assert "laisse" not in set(unsure["outlet"])


def test_a_drawn_use_is_the_lever_of_that_use() -> None:
    """Whatever share is drawn, levers are those of terms priced at that share."""
    uses = pd.Series(["cendres" if sold else "" for sold in SOLD])
    bounds = pd.DataFrame(
        {"use": ["cendres"], "low": [0.3], "mid": [0.7], "high": [0.8]}
    )
    drawn = use_factors(uses, bounds, DrawLaw(seed=3, n_draws=50))
    assert (drawn[:, ~SOLD] == 1).all()
    mine = drawn[:, SOLD.to_numpy()]
    assert (mine == mine[:, :1]).all()
    shares = 1 - mine[:, 0] * 0.3
    assert shares.min() >= 0.3
    assert shares.max() <= 0.8
    assert abs(float(pd.Series(shares).median()) - 0.7) < 0.02
    middle = priced(used=0.7).assign(used_share=0.7 * SOLD)
    found = lever_draws(middle, {"usages": drawn})
    for number in (0, 17, 49):
        share = float(shares[number])
        told = lever_draws(priced(used=share).assign(used_share=share * SOLD), {})
        for name, values in told.items():
            every = np.broadcast_to(found[name], 50)
            assert every[number] == pytest.approx(values[0], abs=1e-9), name


def test_no_rule_on_shavings_of_sawmills_saves_a_gate() -> None:
    of_mills = RULES["source_naf"].str.contains("16.10A")
    wood = RULES[of_mills & RULES["low_code"].isin(["03 01 01", "03 01 05"])]
    assert len(wood) > 10
    assert TODAY.loc[wood.index, "used_share"].eq(1).all()
