"""What is kept of sites, arisings and exchanges, by hand."""

from dataclasses import replace
from typing import Any

import pandas as pd

from eitgeo.scenarios.measures.activity import Activity, read_activity
from eitgeo.scenarios.measures.indicators import entered_facts, register_counts
from eitgeo.sources.activity.cells import DRAWN_HEADCOUNT
from eitgeo.study.sections import Comparison
from tests.scenarios.toy import (
    ROW,
    A,
    B,
    F,
    make_communes,
    make_exchanges,
    make_families,
    make_minutes,
)

BUFFER = "65001"
RULE = Comparison(min_headcount=10, target_naf=("10-33", "47"))


def make_sites(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """Return sites: name, commune, activity, jobs; ten fewer at least."""
    table = pd.DataFrame(
        rows, columns=["site_id", "code_insee", "naf", "headcount_mid"]
    )
    return table.assign(
        headcount_low=table["headcount_mid"] - 10,
        headcount_high=table["headcount_mid"] + 10,
        synthetic=False,
        source="INSEE, SIRENE",
    )


SITES = make_sites(
    ("grand", A, "10.51C", 20),  # just ten at least
    ("petit", A, "10.51C", 19),
    ("magasin", B, "47.11F", 50),
    ("clinique", B, "86.10Z", 90),
    ("inconnu", F, "25.62B", float("nan")),
    ("dehors", BUFFER, "10.51C", 99),
)


def make_arisings(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """Return arisings: site, residue, stream, tonnes."""
    table = pd.DataFrame(rows, columns=["site_id", "ewc_stat", "stream", "t_mid"])
    return table.assign(t_low=table["t_mid"] / 2, t_high=table["t_mid"] * 2)


def activity(**parts: Any) -> Activity:
    """Read the facts of the row of six and of one commune outside."""
    communes = make_communes()
    outside = communes.iloc[[0]].assign(code_insee=BUFFER, in_area=False)
    values = {
        "sites": SITES,
        "arisings": make_arisings(),
        "exchanges": make_exchanges(),
        "families": make_families(),
        "town_minutes": make_minutes(),
    }
    return read_activity(
        pd.concat([communes, outside], ignore_index=True),
        comparison=RULE,
        **(values | parts),
    )


def test_a_known_site_whose_headcount_is_drawn_weighs_as_drawn() -> None:
    """It stays known where sites are counted."""
    source = SITES["source"].mask(SITES["site_id"].eq("grand"), DRAWN_HEADCOUNT)
    found = activity(
        sites=SITES.assign(source=source),
        arisings=make_arisings(
            ("grand", "W075", "NDNI", 3), ("petit", "W075", "NDNI", 4)
        ),
    )
    assert found.industry["synthetic"].tolist() == [True, False]
    assert found.deposit["synthetic"].tolist() == [True, False]
    assert not found.target["synthetic"].any()


def test_codes_are_those_of_the_area_sorted() -> None:
    assert activity().codes.tolist() == sorted(ROW)


def test_targets_are_large_enough_at_least_and_of_the_sectors() -> None:
    assert sorted(activity().target["site_id"]) == ["grand", "magasin"]


def test_sites_that_may_be_targets_are_kept_apart() -> None:
    """« petit » has 9 to 29 jobs, nobody knows those of « inconnu »."""
    unsure = activity().unsure.set_index("site_id")
    assert unsure["unsized"].to_dict() == {"petit": False, "inconnu": True}
    assert unsure["code_insee"].to_dict() == {"petit": A, "inconnu": F}


def test_a_site_below_the_threshold_at_most_is_nowhere() -> None:
    small = make_sites(("minime", A, "10.51C", -1))
    found = activity(sites=small)
    assert len(found.target) == len(found.unsure) == 0


def test_industry_has_any_known_size() -> None:
    assert sorted(activity().industry["site_id"]) == ["grand", "petit"]


def test_inert_waste_and_sites_outside_are_left_out_of_the_deposit() -> None:
    arisings = make_arisings(
        ("grand", "W075", "NDNI", 3),
        ("grand", "W102", "NDNI", 4),
        ("grand", "W121", "INERT", 500),
        ("dehors", "W075", "NDNI", 9),
    )
    deposit: Any = activity(arisings=arisings).deposit.set_index("site_id")
    assert deposit.index.tolist() == ["grand"]
    assert deposit.loc["grand", ["t_low", "t_mid", "t_high"]].tolist() == [3.5, 7, 14]
    assert deposit.loc["grand", "code_insee"] == A


def test_givers_are_in_the_area_but_takers_need_not_be() -> None:
    exchanges = make_exchanges((A, BUFFER, 5), (BUFFER, A, 7))
    families = make_families(("bois", A, "grand"), ("bois", BUFFER, "dehors"))
    found = activity(exchanges=exchanges, families=families)
    assert found.exchanges["receiver_id"].tolist() == [BUFFER]
    assert found.families["site_id"].tolist() == ["grand"]


def test_minutes_come_in_the_order_of_codes() -> None:
    shuffled = make_minutes().loc[[F, A, B, *sorted(set(ROW) - {A, B, F})]]
    found = activity(town_minutes=shuffled).town_minutes
    assert found.index.tolist() == sorted(ROW)
    pd.testing.assert_frame_equal(found, make_minutes())


def test_declared_sites_are_those_that_a_register_tells() -> None:
    sources = [
        "Géorisques, IREP 2017",
        "INSEE, SIRENE ; aussi : Géorisques, installations classées",
        "INSEE, SIRENE",
        "presse ; IREP 2017 (effectif)",
        "tirage",
        "Géorisques, IREP 2017",  # outside the study area
    ]
    facts = activity(sites=SITES.assign(source=sources))
    found = entered_facts()["declare"].listed(facts)
    assert found["site_id"].tolist() == ["grand", "petit", "clinique"]


def test_no_declared_site_leaves_where_no_register_is_read() -> None:
    cited = SITES.assign(source="presse ; IREP 2017 (effectif)")
    facts = activity(sites=cited)
    sites = cited[["site_id"]].assign(diffusible=True, natural_person=False)
    assert "declare" in set(register_counts(facts, sites)["fact"])
    none = replace(facts, unread={"declare": "aucun registre lu"})
    assert "declare" not in set(register_counts(none, sites)["fact"])


def test_registers_are_counted_by_commune_what_is_hidden_left_out() -> None:
    facts = activity(
        families=make_families(("bois", A, "g1"), ("bois", A, "g2"), ("bois", B, "g3"))
    )
    givers = facts.families["site_id"].tolist()
    known = pd.DataFrame({"site_id": [*SITES["site_id"], *givers]})
    sites = known.assign(
        diffusible=known["site_id"] != "magasin",
        natural_person=known["site_id"].isin(givers[:1]),
    )
    counts = register_counts(facts, sites)
    found = {
        (row["fact"], row["label"], row["code_insee"]): row["n"]
        for row in counts.to_dict("records")
    }
    assert found == {
        ("cible", "", A): 1,
        ("cible_possible", "", A): 1,
        ("cible_inconnue", "", F): 1,
        ("division", "10", A): 1,
        ("famille", "bois", A): 1,
        ("famille", "bois", B): 1,
    }
