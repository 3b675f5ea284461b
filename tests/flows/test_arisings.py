"""Potential waste by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import SchemaError
from eitgeo.flows import estimate_arisings
from eitgeo.reference import waste_ratios
from eitgeo.tables import validate
from tests.flows.toy import make_sites

NAMES = [
    "naf_prefix",
    "stream",
    "ewc_stat",
    "share",
    "t_per_employee_low",
    "t_per_employee",
    "t_per_employee_high",
]
RATIOS = pd.DataFrame(
    [
        ("47", "NDNI", "W072", 0.6, 1.0, 2.0, 4.0),
        ("47", "NDNI", "W102", 0.4, 1.0, 2.0, 4.0),
        ("47.11", "NDNI", "W091", 1.0, 2.0, 3.0, 5.0),
        ("41", "NDNI", "W121", 1.0, 2.0, 5.0, 10.0),
        ("41", "INERT", "W121", 1.0, 60.0, 120.0, 200.0),
        ("38", "EXCLUDE", "", np.nan, 0.0, 0.0, 0.0),
    ],
    columns=NAMES,
)


def arisings_of(*rows) -> Any:
    """Estimate the waste of sites, indexed by site, residue and stream."""
    table = estimate_arisings(make_sites(*rows), RATIOS)
    validate(table, table="arisings")
    return table.set_index(["site_id", "ewc_stat", "stream"]).sort_index()


def test_ratio_times_headcount_times_share() -> None:
    table = arisings_of(("a", "47.76Z", 10, "31001"))
    # Jobs: 5, 10, 20; ratios: 1, 2, 4.
    bounds = table[["t_low", "t_mid", "t_high"]]
    assert bounds.loc[("a", "W072", "NDNI")].tolist() == pytest.approx([3, 12, 48])
    assert bounds.loc[("a", "W102", "NDNI")].tolist() == pytest.approx([2, 8, 32])
    assert len(table) == 2
    assert set(table["method"]) == {"ratio"}
    assert set(table["evidence"]) == {"H"}
    assert table["waste_code"].tolist() == ["W072", "W102"]


def test_the_longest_prefix_wins() -> None:
    table = arisings_of(
        ("super", "47.11D", 10, "31001"), ("autre", "47.19A", 10, "31001")
    )
    assert table.loc["super", "t_mid"].tolist() == [30.0]
    assert table.loc["super"].index.tolist() == [("W091", "NDNI")]
    assert sorted(table.loc["autre"].index) == [("W072", "NDNI"), ("W102", "NDNI")]


def test_streams_stay_apart() -> None:
    table = arisings_of(("chantier", "41.20A", 2, "31001"))
    assert table.loc[("chantier", "W121", "NDNI"), "t_mid"] == 10.0
    assert table.loc[("chantier", "W121", "INERT"), "t_mid"] == 240.0


@pytest.mark.parametrize(
    ("naf", "jobs"),
    [
        ("38.11Z", 10),  # excluded: secondary waste
        ("99.00Z", 10),  # no ratio
        ("", 10),  # unknown activity
        ("47.76Z", np.nan),  # unknown size
        ("47.76Z", 0),  # nobody
        ("4", 10),  # shorter than any prefix
    ],
)
def test_what_cannot_be_estimated_has_no_row(naf: str, jobs: float) -> None:
    table = estimate_arisings(make_sites(("a", naf, jobs, "31001")), RATIOS)
    assert table.empty
    assert "t_mid" in table


def test_every_fault_of_the_columns_is_told() -> None:
    sites = make_sites(("a", "47.76Z", 10, "31001"))
    with pytest.raises(SchemaError, match=r"(?s)2 anomalies.*naf.*headcount_low"):
        estimate_arisings(sites.drop(columns=["naf", "headcount_low"]), RATIOS)


def test_inputs_stay_and_order_changes_nothing() -> None:
    sites = make_sites(("b", "47.76Z", 5, "31001"), ("a", "41.20A", 7, "31002"))
    before = sites.copy()
    first = validate(estimate_arisings(sites, RATIOS), table="arisings")
    pd.testing.assert_frame_equal(sites, before)
    shuffled = estimate_arisings(sites.iloc[::-1], RATIOS.iloc[::-1])
    pd.testing.assert_frame_equal(first, validate(shuffled, table="arisings"))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.1, 1e4), min_size=2, max_size=6))
def test_splitting_a_site_conserves_its_waste(jobs: list[float]) -> None:
    parts = make_sites(*((f"s{n}", "47.76Z", j, "31001") for n, j in enumerate(jobs)))
    whole = make_sites(("s", "47.76Z", sum(jobs), "31001"))
    columns = ["t_low", "t_mid", "t_high"]
    split = estimate_arisings(parts, RATIOS).groupby("ewc_stat")[columns].sum()
    total = estimate_arisings(whole, RATIOS).groupby("ewc_stat")[columns].sum()
    pd.testing.assert_frame_equal(split, total)


def test_shipped_ratios_by_hand() -> None:
    """Twenty jobs in a sawmill: 60 t a job, 95 % of it wood."""
    table = estimate_arisings(make_sites(("a", "16.10A", 20, "31001")), waste_ratios())
    tonnes = table.set_index("ewc_stat")["t_mid"]
    assert tonnes["W075"] == pytest.approx(1_140)
    assert tonnes.sum() == pytest.approx(1_200)
    assert estimate_arisings(
        make_sites(("a", "38.11Z", 20, "31001")), waste_ratios()
    ).empty
