"""Needs by ratio, by permit, declared, or unbounded."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import SchemaError
from eitgeo.flows.exchanges.synergies import (
    able_receivers,
    estimated_needs,
    permitted_capacity,
    prefer_declared_needs,
    receiver_links,
    rules_without_receiver,
)
from eitgeo.tables.schema import validate
from tests.flows.toy import (
    BOARD,
    BOARDS,
    BOILERS,
    HEAT,
    P,
    Q,
    five_sites,
    make_rules,
    make_sites,
)

INPUTS = pd.DataFrame(
    {
        "naf_prefix": ["16", "16.21"],
        "resource": ["bois", "fibre"],
        "ewc_stat": "W075",
        "t_per_employee_low": [1.0, 10.0],
        "t_per_employee": [2.0, 20.0],
        "t_per_employee_high": [4.0, 40.0],
        "max_share_low": 0.1,
        "max_share": 0.5,
        "max_share_high": 1.0,
        "most_t_per_site": np.nan,
    }
)
RULES = make_rules(BOARDS, BOILERS)
MASSES = ["t_low", "t_mid", "t_high"]


def needs(sites=None, **options) -> Any:
    """Return needs by site."""
    found = estimated_needs(
        five_sites() if sites is None else sites, RULES, INPUTS, **options
    )
    validate(found, table="receiver_needs")
    return found.set_index("site_id")


def test_a_need_is_input_times_share_times_jobs() -> None:
    """Board maker of 30 jobs (15 to 60): 20 t × 0.5 × 30; 10 × .1 × 15; 40 × 60."""
    found = needs().loc["panneau"]
    assert found[MASSES].tolist() == pytest.approx([15.0, 300.0, 2400.0])
    assert found[["resource", "method", "evidence"]].tolist() == ["fibre", "ratio", "H"]


def test_a_plant_takes_no_more_than_a_large_one() -> None:
    """15, 300 and 2 400 t: at most 200 t."""
    capped = INPUTS.assign(most_t_per_site=[np.nan, 200.0])
    found = estimated_needs(five_sites(), RULES, capped).set_index("site_id")
    masses = found[MASSES].to_numpy(dtype=float)[found.index == "panneau"]
    assert masses.tolist() == [pytest.approx([15.0, 200.0, 200.0])]


def test_what_no_ratio_and_no_permit_bounds_is_told_apart() -> None:
    found = needs().loc["chaufferie"]
    assert found[["resource", "method"]].tolist() == ["W075", "unbounded"]
    assert found[MASSES].isna().all()


def test_a_permit_stands_in_where_no_ratio_does() -> None:
    found = needs(permitted_t=pd.Series({"chaufferie": 900.0, "panneau": 5.0}))
    assert found.loc["chaufferie", [*MASSES, "method"]].tolist() == [900.0] * 3 + [
        "permit"
    ]
    assert found.loc["panneau", "t_mid"] == pytest.approx(300.0)


def test_a_permit_is_shared_among_the_resources_of_the_site() -> None:
    rules = make_rules(BOILERS, BOILERS | {"rule_id": "CSR", "ewc_stat": "W103"})
    found = estimated_needs(
        five_sites(), rules, INPUTS, permitted_t=pd.Series({"chaufferie": 900.0})
    )
    assert found["t_mid"].tolist() == [450.0, 450.0]


def test_a_receiver_of_unknown_headcount_is_unbounded() -> None:
    sites = make_sites(("a", BOARD, np.nan, P), ("b", BOARD, 0, P))
    assert needs(sites)["method"].tolist() == ["unbounded", "unbounded"]


def test_the_permit_of_an_outlet_goes_to_the_site_of_its_siret() -> None:
    sites = five_sites().assign(siret=["", "11", "22", "", ""])
    outlets = pd.DataFrame(
        {
            "aliases": ["Nom;11;99", "22", "33"],
            "capacity_t": [100.0, 50.0, np.nan],
            "household_t": [30.0, 60.0, 1.0],
        }
    )
    found = permitted_capacity(sites, outlets)
    assert found.to_dict() == {"panneau": 70.0, "chaufferie": 0.0}


def test_what_firms_declare_comes_before_ratios() -> None:
    natures = pd.DataFrame({"ewc_stat": ["W075", "W072"]}, index=["sciures", "carton"])
    declared = pd.DataFrame(
        {
            "site_id": ["panneau", "panneau", "grand"],
            "resource": ["sciures", "carton", "sciures"],
            "t_low": [10.0, 1.0, np.nan],
            "t_mid": [12.0, 2.0, np.nan],
            "t_high": [15.0, 3.0, np.nan],
            "method": "survey",
            "evidence": "O",
        }
    )
    found = prefer_declared_needs(
        needs().reset_index(),
        declared,
        sites=five_sites(),
        natures=natures,
        inputs=INPUTS,
    )
    validate(found, table="receiver_needs")
    told: Any = found.set_index(["site_id", "resource"])
    assert told.loc[("panneau", "fibre"), ["t_mid", "method"]].tolist() == [
        12.0,
        "survey",
    ]
    assert told.loc[("panneau", "W072"), "t_mid"] == 2.0
    # Looked for once, or without mass: the ratio stays.
    assert told.loc[("grand", "fibre"), "method"] == "ratio"


def test_links_name_the_resource_of_each_rule() -> None:
    links = receiver_links(five_sites(), RULES, INPUTS)
    assert links.to_numpy().tolist() == [
        ["chaufferie", "CHALEUR", "W075"],
        ["grand", "BOIS", "fibre"],
        ["panneau", "BOIS", "fibre"],
    ]


def test_a_rule_without_a_receiver_in_reach_is_named() -> None:
    found = rules_without_receiver(RULES, donors=["BOIS", "CHALEUR"], reached=["BOIS"])
    assert found[["rule_id", "dist_max_km"]].to_numpy().tolist() == [["CHALEUR", 50.0]]


def test_negative_amounts_are_refused_together() -> None:
    sites = make_sites(("a", BOARD, -2, P), ("b", HEAT, 3, Q))
    with pytest.raises(
        SchemaError, match=r"« a » : effectif négatif(.|\n)*« b » : cap"
    ):
        needs(sites, permitted_t=pd.Series({"b": -1.0}))


def test_a_power_plant_that_no_permit_says_to_burn_takes_nothing() -> None:
    sites = pd.DataFrame(
        {
            "site_id": ["barrage", "centrale", "reseau", "cherche"],
            "siret": ["1", "2", "", ""],
            "naf": ["35.11Z", "35.11Z", "35.30Z", "35.11Z"],
        }
    )
    outlets = pd.DataFrame(
        {
            "aliases": ["2;Centrale", "1", ""],
            "icpe_headings": ["2714;2971", "2760-3", "2910"],
        }
    )
    found = able_receivers(sites, outlets, {"cherche"})
    assert found["site_id"].tolist() == ["centrale", "reseau", "cherche"]
