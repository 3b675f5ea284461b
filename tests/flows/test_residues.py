"""What each site could give: parts by hand, and no tonne told twice."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.residues import residue_links, site_residues


def waste(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """Return arisings: site, code, category, tonnes."""
    names = ["site_id", "waste_code", "ewc_stat", "t_mid"]
    return pd.DataFrame(rows, columns=names)


def own(*rows: tuple[str, str, str, float, str]) -> pd.DataFrame:
    """Return by-products: site, code, category, tonnes, whether a ratio counts them."""
    names = ["site_id", "resource", "ewc_stat", "q_mid", "in_ratio"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(unit="t")


def parts(table: pd.DataFrame) -> Any:
    """Return tonnes by residue and whether they are part of the category."""
    return table.set_index(["resource", "in_category"])["t"].to_dict()


WOOD = waste(("a", "W075", "W075", 100.0))


@pytest.mark.parametrize(
    ("asked_t", "told", "expected"),
    [
        (30.0, "oui", {("03 01 01", True): 30.0, ("W075", True): 70.0}),
        (130.0, "oui", {("03 01 01", True): 100.0}),
        (130.0, "en_partie", {("03 01 01", True): 100.0, ("03 01 01", False): 30.0}),
        (30.0, "non", {("03 01 01", False): 30.0, ("W075", True): 100.0}),
    ],
)
def test_a_byproduct_is_taken_out_of_what_counts_it(asked_t, told, expected) -> None:
    found = site_residues(WOOD, own(("a", "03 01 01", "W075", asked_t, told)))
    assert parts(found) == pytest.approx(expected)


def test_byproducts_of_one_category_share_what_there_is_of_it() -> None:
    both = own(
        ("a", "03 01 01", "W075", 150.0, "oui"), ("a", "03 01 05", "W075", 50.0, "oui")
    )
    assert parts(site_residues(WOOD, both)) == pytest.approx(
        {("03 01 01", True): 75.0, ("03 01 05", True): 25.0}
    )


def test_what_is_declared_under_a_code_stands() -> None:
    declared = waste(("a", "03 01 01", "W075", 12.0), ("a", "W075", "W075", 40.0))
    found = site_residues(declared, own(("a", "03 01 01", "W075", 99.0, "non")))
    assert parts(found) == {("03 01 01", True): 12.0, ("W075", True): 40.0}


def test_heat_and_water_take_no_lorry() -> None:
    heat = own(("a", "chaleur", "", 9.0, "non")).assign(unit="MWh")
    assert parts(site_residues(WOOD, heat)) == {("W075", True): 100.0}


def test_a_rule_takes_its_category_or_its_code_alone() -> None:
    rules = pd.DataFrame(
        {
            "rule_id": ["tout", "ecorce", "copeau"],
            "ewc_stat": "W075",
            "low_code": ["03 01 05", "03 01 01", "03 01 05"],
            "weighs_ratio": ["oui", "non", "non"],
        }
    )
    bark = own(
        ("a", "03 01 01", "W075", 30.0, "oui"), ("a", "03 01 05", "W075", 7.0, "non")
    )
    links = residue_links(site_residues(WOOD, bark), rules)
    taken = links.groupby("rule_id")["t"].sum().to_dict()
    # All the wood, and shavings that no ratio counts; bark; these shavings.
    assert taken == pytest.approx({"tout": 107.0, "ecorce": 30.0, "copeau": 7.0})


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_tonne_is_told_twice(seed) -> None:
    rng = np.random.default_rng(seed)
    wood = waste(
        *((s, w, w, float(rng.integers(0, 50))) for s in "ab" for w in ("W1", "W2"))
    )
    told = own(
        *(
            (s, f"0{n}", w, float(rng.integers(1, 60)), str(rng.choice(["oui", "non"])))
            for n, (s, w) in enumerate((s, w) for s in "ab" for w in ("W1", "W2") * 2)
        )
    )
    found = site_residues(wood, told)
    beside_t = told.loc[told["in_ratio"] == "non", "q_mid"].sum()
    assert found["t"].sum() == pytest.approx(wood["t_mid"].sum() + beside_t)
    inside = found[found["in_category"]].groupby(["site_id", "ewc_stat"])["t"].sum()
    whole = wood.set_index(["site_id", "ewc_stat"])["t_mid"]
    assert inside.to_dict() == pytest.approx(whole[whole > 0].to_dict())
    again = site_residues(wood.sample(frac=1, random_state=1), told)
    pd.testing.assert_frame_equal(found, again)


def test_a_negative_tonnage_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"« a », tonnage négatif \(-1 t/an\)"):
        site_residues(waste(("a", "W075", "W075", -1.0)))
