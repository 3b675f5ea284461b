"""Residues of sites and of rules; what is not known is never 0."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.arising_draws import site_byproducts
from eitgeo.reference.naf import naf_subclasses
from eitgeo.reference.tables import BYPRODUCT_AMOUNTS, CODELESS, byproduct_ratios
from eitgeo.reference.waste import low_ewc
from eitgeo.tables.columns import EVIDENCE_CLASSES
from eitgeo.tables.schema import validate
from tests.flows.toy import make_sites

NAMES = ["naf_prefix", "resource", "unit", *BYPRODUCT_AMOUNTS]
TABLE = pd.DataFrame(
    [
        ("10", "02 05 01", "t", 1.0, 10.0, 100.0),
        ("10.51", "02 05 01", "t", 50.0, 250.0, 1250.0),
        ("10.51", "chaleur", "MWh", 4.0, 16.0, 64.0),
        ("47", "15 01 01", "t", 0.1, 0.2, 0.4),
    ],
    columns=NAMES,
).assign(in_ratio="non", evidence="H", most_per_site=np.nan)
QUANTITIES = ["q_low", "q_mid", "q_high"]


def sure_sites(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
    """Return sites whose headcount is known."""
    sites = make_sites(*rows)
    jobs = sites["headcount_mid"]
    return sites.assign(headcount_low=jobs, headcount_high=jobs)


DAIRY = sure_sites(("laiterie", "10.51C", 4, "31001"), ("pain", "10.71A", 2, "31001"))


def test_headcount_times_quantity_and_the_longest_prefix_wins() -> None:
    found = validate(site_byproducts(DAIRY, TABLE), table="byproducts")
    found = found.set_index(["site_id", "resource"])
    whey = found.loc[("laiterie", "02 05 01")]
    assert whey[QUANTITIES].tolist() == pytest.approx([200.0, 1000.0, 5000.0])
    assert (whey["unit"], whey["ewc_stat"]) == ("t", "W091")
    heat = found.loc[("laiterie", "chaleur")]
    assert heat[QUANTITIES].tolist() == pytest.approx([16.0, 64.0, 256.0])
    assert (heat["unit"], heat["ewc_stat"]) == ("MWh", "")
    assert found.loc[("pain", "02 05 01"), "q_mid"] == pytest.approx(20.0)
    assert len(found) == 3


@pytest.mark.parametrize(
    ("naf", "jobs"), [("99.00Z", 5), ("10.99Z", 5), ("10.51C", np.nan), ("10.51C", 0)]
)
def test_what_is_not_known_has_no_row(naf: str, jobs: float) -> None:
    assert site_byproducts(make_sites(("a", naf, jobs, "31001")), TABLE).empty


def test_a_site_has_no_more_than_a_large_plant() -> None:
    """Four jobs × 50, 250, 1 250 t of whey; at most 600 t."""
    capped = TABLE.assign(most_per_site=[np.nan, 600.0, np.nan, np.nan])
    found = site_byproducts(DAIRY, capped)
    mine = found["site_id"].eq("laiterie") & found["resource"].eq("02 05 01")
    whey = found[QUANTITIES].to_numpy(dtype=float)[mine.to_numpy()]
    assert whey[0].tolist() == pytest.approx([200.0, 600.0, 600.0])


@pytest.mark.parametrize(
    ("row", "values", "message"),
    [
        (0, {"per_employee_low": 0.0}, "quantités absentes, négatives ou en désordre"),
        (0, {"per_employee": -1.0}, "quantités absentes, négatives ou en désordre"),
        (0, {"per_employee_high": np.nan}, "quantités absentes"),
        (0, {"per_employee_high": 11_000.0}, "des kilogrammes pris pour des tonnes"),
        (0, {"most_per_site": 0.0}, "plafond nul ou négatif"),
        (0, {"unit": "kg"}, "unité inconnue → MWh, m3, t"),
        (1, {"naf_prefix": "10"}, "10 02 05 01 : deux quantités"),
    ],
)
def test_each_fault_is_told(row: int, values: dict[str, Any], message: str) -> None:
    table = TABLE.copy()
    for name, value in values.items():
        table.loc[row, name] = value
    with pytest.raises(SchemaError, match=message):
        site_byproducts(DAIRY, table)


def test_what_ships_is_whole_and_says_where_it_is_from() -> None:
    table = byproduct_ratios()
    starts = {code[:size] for code in naf_subclasses() for size in (2, 4, 5, 6)}
    assert set(table["naf_prefix"]) <= starts
    codes = set(low_ewc()["waste_code"])
    assert set(table["resource"]) - codes - set(CODELESS) <= NOT_CLASSED
    assert set(table["in_ratio"]) == {"oui", "non", "en_partie"}
    assert set(table["evidence"]) <= set(EVIDENCE_CLASSES)
    assert set(table.loc[table["status"] == "memoire", "evidence"]) == {"H"}
    for column in ("label", "source", "status"):
        assert table[column].str.len().gt(0).all()
    spread = table["per_employee_high"] / table["per_employee_low"]
    assert spread.ge(3).all(), "an order of magnitude from memory is not that sure"


NOT_CLASSED = {"10 13 13"}
"""Codes whose category the package does not know."""
