"""Bodies met by perimeters and facts of EPCI, by hand on the row of six."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.scenarios.carriers.plan import epci_counts, epci_facts, epci_groups
from eitgeo.scenarios.measures.activity import Counted
from eitgeo.scenarios.measures.governance import body_overlaps, members_of
from tests.scenarios.toy import (
    DAY,
    ROW,
    A,
    B,
    C,
    D,
    E,
    F,
    make_activity,
    make_bodies,
    make_communes,
    make_families,
    make_membership,
    make_targets,
)

BLOCKS = pd.DataFrame(
    {
        "code_insee": [A, B, C, D, E, F],
        "block_id": ["ab", "ab", "c", "de", "de", "f"],
        "value": [30.0, 30.0, 10.0, 50.0, 50.0, 10.0],
    }
)


SUMS = pd.DataFrame(
    {"value": [30.0, 10.0, 10.0], "low": [15.0, 5.0, 5.0], "high": [60.0, 20.0, 20.0]},
    index=[f"20000000{n}" for n in (1, 2, 3)],
)


def overlaps(groups, membership=None) -> Any:
    """Return what groups share with the bodies of the toy."""
    rows = make_membership() if membership is None else membership
    table = body_overlaps(
        groups,
        make_communes(),
        of_bodies=members_of(make_bodies(), rows, DAY),
        blocks=BLOCKS,
    )
    return table.set_index(["group_id", "body_id"])


def test_whole_part_and_none() -> None:
    found = overlaps({"g": frozenset([A, B, C])})
    assert found.loc[("g", "petr_ouest"), "cover"] == "entier"
    part = found.loc[("g", "epci_200000002")]
    assert part["cover"] == "partie"
    assert part["of_group_pct"] == 50
    assert part["of_body_pct"] == pytest.approx(100 * 3 / 7)
    assert ("g", "petr_est") not in found.index
    assert found.loc[("g", "syndicat"), "status"] == "a_confirmer"


def test_jobs_are_those_of_blocks_that_lie_whole_in_both() -> None:
    found = overlaps({"g": frozenset([A, B, C, D])})["jobs_pct"]
    # Whole in the group: ab 30 and c 10. Of them, EPCI 2 holds c alone.
    assert found["g", "epci_200000001"] == 75
    assert found["g", "epci_200000002"] == 25
    assert np.isnan(overlaps({"g": frozenset([E])})["jobs_pct"]["g", "petr_est"])


def test_a_body_that_reaches_beyond_the_data_is_never_whole() -> None:
    beyond = make_membership(("petr_est", "65999", "publie"))
    row = overlaps({"g": frozenset([E, F])}, beyond).loc[("g", "petr_est")]
    assert row["cover"] == "partie"
    assert np.isnan(row["of_body_pct"])


@settings(max_examples=30)
@given(st.sets(st.sampled_from(ROW), min_size=1).map(frozenset))
def test_shares_of_the_epci_make_the_whole(codes) -> None:
    found = overlaps({"g": codes}).reset_index()
    epci = found[found["body_id"].str.startswith("epci_")]
    assert epci["of_group_pct"].sum() == pytest.approx(100)
    assert epci["n_communes"].sum() == len(codes)


def facts(activity, outlets=(), communes=None) -> Any:
    """Return the facts of EPCI by EPCI and fact."""
    if communes is None:
        communes = make_communes().assign(area_km2=10.0)
    names = ["name", "code_insee", "status", "evidence"]
    table = epci_facts(
        epci_groups(communes),
        communes,
        activity=activity,
        sums={"industry_jobs": SUMS},
        outlets=pd.DataFrame(outlets, columns=names),
        root_commune=A,
    )
    return table.set_index(["epci_siren", "fact_id"])


def test_facts_of_an_epci() -> None:
    activity = make_activity(
        target=make_targets({A: 2, B: 1, C: 2}),
        families=make_families(("bois", A, "x"), ("bois", A, "y"), ("bois", B, "z")),
    )
    outlets = [("Tri", C, "publie", "O"), ("Centre de tri", C, "a_verifier", "H")]
    found = facts(activity, outlets)
    first, second = "200000001", "200000002"
    assert found.loc[(first, "population"), "value"] == 3_000
    assert found.loc[(first, "target_sites"), "value"] == 3
    assert found.loc[(first, "main_divisions"), "told"] == "10"
    # Two sites are too few to name the sector, one firm too few for a family.
    assert found.loc[(second, "main_divisions"), "told"] == ""
    assert found.loc[(first, "families"), "value"] == 1
    assert found.loc[(first, "industry_jobs"), ["value", "low", "high"]].tolist() == [
        30,
        15,
        60,
    ]
    outlet = found.loc[(second, "outlets")]
    assert (outlet["value"], outlet["evidence"], outlet["told"]) == (1, "O", "Tri")
    unsure = found.loc[(second, "outlets_unsure")]
    assert (unsure["evidence"], unsure["told"]) == ("H", "Centre de tri")
    assert (first, "outlets_unsure") not in found.index
    # d, the most peopled of EPCI 2, is 40 min from the root.
    assert found.loc[(second, "minutes_to_root"), "value"] == 40


def test_what_registers_count_is_observed_and_dated() -> None:
    table = pd.DataFrame({"salaries": {A: 5.0, B: 7.0, C: 9.0}})
    counted = Counted(table, {"salaries": "2018-12-31"})
    communes = make_communes()
    table = epci_counts(
        epci_groups(communes), communes, counted, edition=dt.date(2026, 11, 24)
    )
    found: Any = table.set_index(["epci_siren", "fact_id"])
    first = found.loc[("200000001", "counted_employees")]
    assert (first["value"], first["evidence"]) == (12, "O")
    assert str(first["told"]).endswith("2018, il y a plus de cinq ans")
    # d, of EPCI 2, is not covered: no figure, and no guess.
    assert pd.isna(found.loc[("200000002", "counted_employees"), "value"])
    assert ("200000001", "counted_firms_10") not in found.index
    assert epci_counts({}, communes, None, edition=dt.date(2026, 11, 24)).empty


def test_synthetic_sites_make_assumptions() -> None:
    fake = make_targets({A: 3}).assign(synthetic=True)
    found = facts(make_activity(target=fake))
    assert found.loc[("200000001", "target_sites"), "evidence"] == "H"
    assert found.loc[("200000001", "industry_jobs"), "evidence"] == "H"
    assert found.loc[("200000002", "industry_jobs"), "evidence"] == "S"
