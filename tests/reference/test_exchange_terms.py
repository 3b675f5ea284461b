"""Terms of exchanges that ship: well formed, and speaking of one another."""

from pathlib import Path

import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.reference.exchange_terms import (
    heading_wastes,
    input_needs,
    landfill_tax,
    marginal_tax_eur_per_t,
    residue_values,
)
from eitgeo.reference.waste import icpe_headings, low_ewc
from eitgeo.tables.columns import EVIDENCE_CLASSES

ROOT = Path(__file__).resolve().parents[2]
TABLES = [
    heading_wastes,
    input_needs,
    landfill_tax,
    residue_values,
]
PRICED = [
    (heading_wastes, "gate_eur_per_t"),
    (input_needs, "t_per_employee"),
    (input_needs, "max_share"),
    (residue_values, "processing_eur_per_t"),
    (residue_values, "value_eur_per_t"),
]


@pytest.mark.parametrize("table", TABLES)
def test_each_row_says_where_it_comes_from(table) -> None:
    rows = table()
    assert set(rows["evidence"]) <= set(EVIDENCE_CLASSES)
    assert rows[["status", "source"]].ne("").all(axis=None)
    assert (
        not rows[rows["status"].isin(["memoire", "hypothese"])]["evidence"]
        .ne("H")
        .any()
    )


@pytest.mark.parametrize(("table", "stem"), PRICED)
def test_mid_values_lie_between_their_bounds(table, stem) -> None:
    low, mid, high = (table()[f"{stem}{end}"] for end in ("_low", "", "_high"))
    assert low.le(mid).all()
    assert mid.le(high).all()


def test_shares_are_shares_and_amounts_positive() -> None:
    needs = input_needs()
    assert needs["max_share_low"].gt(0).all()
    assert needs["max_share_high"].le(1).all()
    assert needs["t_per_employee_low"].gt(0).all()
    assert not needs.duplicated(["naf_prefix", "ewc_stat"]).any()
    assert needs["naf_prefix"].str.fullmatch(r"\d{2}(\.\d{1,2})?").all()
    assert residue_values().filter(like="processing").ge(0).all(axis=None)
    assert residue_values().index.is_unique


def test_categories_and_headings_exist() -> None:
    known = set(low_ewc()["ewc_stat"]) | {"W08"}
    for rows in (input_needs(), heading_wastes(), residue_values().reset_index()):
        assert set(rows["ewc_stat"]) <= known
    headings = set(icpe_headings()["heading"]) | {"2910"}
    assert set(heading_wastes()["heading"]) <= headings
    assert set(heading_wastes()["stream"]) == {"NDNI", "INERT"}


def test_sorted_flows_are_not_sent_to_landfill() -> None:
    landfilled = set(heading_wastes().query("heading == '2760-2'")["ewc_stat"])
    assert landfilled.isdisjoint({"W061", "W062", "W071", "W072", "W074", "W075"})


def test_the_tax_by_year_and_its_premium() -> None:
    """65 €/t in 2025, 69 €/t in 2026, 5 €/t more above 45 000 t (issue 7)."""
    for year, rate in ((2025, 65.0), (2026, 69.0)):
        below = marginal_tax_eur_per_t(year, heading="2760-2", landfilled_t=44_999)
        above = marginal_tax_eur_per_t(year, heading="2760-2", landfilled_t=45_000)
        assert (below, above) == (rate, rate + 5)
    with pytest.raises(StudyError, match=r"2031 \(années connues : 2025, 2026\)"):
        marginal_tax_eur_per_t(2031, heading="2760-2", landfilled_t=0)


def test_the_ceilings_of_a_landfill_stand_side_by_side_with_a_question() -> None:
    # Facts about landfills: with the files of the study, not in the package.
    rows = pd.read_csv(ROOT / "data" / "raw" / "landfill_ceilings.csv")
    told = rows[rows["outlet_id"] == "isdnd_pihourc"]
    assert sorted(told["ceiling_t"]) == [45_000, 48_492, 85_000, 85_000]
    assert rows["question"].str.endswith("?").all()
    assert rows["vintage"].notna().all()
