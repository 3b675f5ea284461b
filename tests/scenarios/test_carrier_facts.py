"""What rules read of bodies, by hand on the row of six (see ``toy``)."""

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from eitgeo.errors import StudyError
from eitgeo.scenarios.carriers.facts import (
    Fact,
    Ground,
    body_facts,
    compared_alone_facts,
    departure_facts,
    derived_facts,
    firm_facts,
    indicator_facts,
    neighbour_distances,
    neighbour_facts,
    require_neighbours,
    site_counts,
    site_facts,
)
from eitgeo.scenarios.measures.governance import members_of
from eitgeo.study.governance import Neighbour
from tests.scenarios.toy import (
    DAY,
    ROW,
    A,
    B,
    C,
    D,
    E,
    F,
    candidate,
    make_bodies,
    make_communes,
    make_membership,
    make_targets,
)

WEST, ALL = candidate("ouest", A, B, C), candidate("tout", *ROW)


def ground(waste=("syndicat",), membership=None, told=None) -> Ground:
    """Return the bodies of the toy."""
    rows = make_membership() if membership is None else membership
    epci = make_bodies()["kind"].eq("epci")
    bodies = (make_bodies() if told is None else told).assign(economic_competence=epci)
    return Ground(make_communes(), bodies, members_of(bodies, rows, DAY), waste)


SURE = {
    "membership": make_membership().assign(status="publie"),
    "told": make_bodies().assign(status="publie"),
}
"""All lists published."""


def told(one, **options) -> dict[str, float | str]:
    """Return the known facts of a perimeter."""
    facts = body_facts(one, ground(**options))
    return {name: fact.value for name, fact in facts.items() if not fact.missing}


def test_the_petr_that_holds_most() -> None:
    # East: e, f, 11 000 of 21 000; west: 6 000.
    assert told(ALL)["petr_id"] == "petr_est"
    assert told(ALL)["petr_outside_pct"] == pytest.approx(100 * 10 / 21)
    assert told(WEST)["petr_outside_pct"] == 0


def test_no_petr_is_not_known_rather_than_zero() -> None:
    facts = body_facts(candidate("d", D), ground())
    assert facts["petr_outside_pct"].missing == "aucun PETR ne touche le périmètre"


def test_what_lies_outside_the_syndicate() -> None:
    facts = told(ALL, **SURE)
    assert facts["outside_waste_pct"] == pytest.approx(100 * 11 / 21)
    assert facts["n_epci_outside_waste"] == 1
    assert facts["waste_unconfirmed_pct"] == 0
    assert told(WEST, **SURE)["n_epci_outside_waste"] == 0


@pytest.mark.parametrize("one", [WEST, ALL, candidate("est", E, F)])
def test_a_list_to_confirm_says_neither_who_is_outside_nor_how_many_parties(
    one,
) -> None:
    facts = body_facts(one, ground())
    for name in ("outside_waste_pct", "n_epci_outside_waste"):
        assert facts[name].missing == "liste des membres du syndicat à confirmer"
    assert facts["n_parties"].missing
    # What is to confirm is told: a to d, 10 000 of 21 000.
    assert told(ALL)["waste_unconfirmed_pct"] == pytest.approx(100 * 10 / 21)


def test_parties_are_told_between_those_that_are_sure_and_all_that_may_be() -> None:
    """a to d: the PETR of the west is sure (6 000 of 10 000), the syndicate is not."""
    facts: Any = body_facts(candidate("abcd", A, B, C, D), ground())
    assert facts["n_parties"].missing == "selon une liste à confirmer"
    assert facts["n_parties"].bounds == (1, 2)
    assert facts["parties_cover_pct"].bounds == (pytest.approx(60.0), 100.0)
    assert facts["parties"].value == "PETR de l'Ouest, Syndicat (à confirmer)"
    # The list may leave out whom the syndicate holds: it is a party of the east too.
    rows = make_membership(("syndicat", F, "a_confirmer"))
    sure = candidate("e", E)
    facts = body_facts(sure, ground(waste=("petr_est", "syndicat"), membership=rows))
    assert facts["n_parties"].bounds == (1, 2)


def test_a_petr_to_confirm_is_not_known_to_cover_anything() -> None:
    rows = make_membership()
    rows.loc[rows["body_id"].eq("petr_ouest"), "status"] = "a_confirmer"
    facts: Any = body_facts(WEST, ground(membership=rows))
    assert facts["petr_outside_pct"].missing == "selon une liste à confirmer"
    assert facts["petr_outside_pct"].bounds == (0, 100)
    assert facts["economic_cover_pct"].missing == "selon une liste à confirmer"
    # EPCI 1 holds 3 000 of 6 000 whatever the PETR is.
    assert facts["economic_cover_pct"].bounds == (50, 100)
    # EPCI 3 and the PETR of the east are published and hold most of the whole row.
    every = told(ALL, membership=rows)
    assert every["economic_cover_pct"] == pytest.approx(100 * 11 / 21)


def test_a_confirmed_list_leaves_no_doubt() -> None:
    sure = make_membership().assign(status="publie")
    assert told(WEST, membership=sure)["waste_unconfirmed_pct"] == 0


def test_without_a_waste_body_nothing_is_known_of_it() -> None:
    facts = body_facts(WEST, ground(waste=()))
    assert "aucun organisme" in facts["outside_waste_pct"].missing
    assert facts["n_parties"].missing


def test_parties_are_petr_and_syndicate() -> None:
    facts = told(candidate("abcd", A, B, C, D), **SURE)
    assert facts["n_parties"] == 2
    assert facts["parties"] == "PETR de l'Ouest, Syndicat"
    assert facts["parties_cover_pct"] == 100
    # e and f have no known waste body: the count of parties is open.
    assert "non renseigné" in body_facts(ALL, ground(**SURE))["n_parties"].missing


def test_the_body_that_may_act_on_economy_and_holds_most() -> None:
    # West: PETR by convention, all of it; EPCI 1 holds 3 000 of 6 000.
    assert told(WEST)["economic_cover_pct"] == 100
    # All: the PETR of the east and EPCI 3 hold the same 11 000.
    assert told(ALL)["economic_cover_pct"] == pytest.approx(100 * 11 / 21)


def sites(demonstration, **counts):
    """Return the facts on target sites of the whole row."""
    targets = make_targets(counts or {A: 3, C: 1})
    counted = site_counts(targets.assign(synthetic=demonstration), make_communes())
    return site_facts(
        ALL,
        counted,
        epci_names={"200000001": "CC 1"},
        demonstration=demonstration,
    )


def test_the_epci_with_most_sites() -> None:
    assert sites(demonstration=False) == {
        "top_epci": Fact("CC 1"),
        "top_epci_sites_pct": Fact(75.0),
    }


def test_of_two_epci_with_as_many_sites_the_first_is_told() -> None:
    assert sites(demonstration=False, **{C: 2, A: 2})["top_epci"] == Fact("CC 1")
    # A site in no EPCI counts in the whole.
    loose = make_communes().assign(epci_siren=["", *make_communes()["epci_siren"][1:]])
    counted = site_counts(make_targets({A: 3, B: 1}), loose)
    found = site_facts(ALL, counted, epci_names={}, demonstration=False)
    assert found["top_epci"] == Fact("200000001")
    assert found["top_epci_sites_pct"] == Fact(25.0)
    nobody = site_counts(make_targets({A: 3}), loose)
    none = site_facts(ALL, nobody, epci_names={}, demonstration=False)
    assert none["top_epci_sites_pct"].missing.startswith("aucun établissement")


def test_synthetic_sites_say_nothing_of_an_epci() -> None:
    found = sites(demonstration=True)
    assert list(found) == ["top_epci_sites_pct"]
    assert found["top_epci_sites_pct"].missing == "données synthétiques"


def firms(candidate, **signed_up) -> dict[str, Fact]:
    """Count the firms of EPCI 1, 2 and 3 inside a perimeter."""
    told = {f"20000000{name[-1]}": n for name, n in signed_up.items()}
    return firm_facts(candidate, make_communes(), signed_up=told)


def test_firms_are_the_published_sums_of_whole_epci() -> None:
    # West: EPCI 1 whole and half of EPCI 2.
    assert firms(WEST, cc_1=6, cc_2=9) == {"n_firms": Fact(6.0)}
    assert firms(ALL, cc_1=4, cc_2=9, cc_3=3) == {"n_firms": Fact(16.0)}
    nothing = firm_facts(WEST, make_communes(), signed_up=None)
    assert nothing == {"n_firms": Fact(0.0)}


def test_a_sum_that_is_at_least_so_much_never_says_too_few() -> None:
    for found in (firms(WEST, cc_1=4, cc_2=9), firms(WEST)):
        assert found["n_firms"].missing.startswith("inscriptions publiées en partie")


def orders(*rows) -> pd.DataFrame:
    """Return the orders of variants: variant, perimeter, rank before and after."""
    names = ["stress_id", "perimeter_id", "rank_before", "rank_after"]
    return pd.DataFrame(rows, columns=names).astype({"stress_id": "str"})


def departure(*rows):
    """Return the facts on departures from the whole row."""
    return departure_facts(ALL, ground(), stress_orders=orders(*rows))


def test_a_departure_that_moves_the_rank_is_told_with_its_weight() -> None:
    found = departure(
        ("sans_200000001", "tout", 1.0, 2.0),
        ("sans_200000003", "tout", 1.0, 3.0),
        ("sans_200000002", "tout", 1.0, 1.0),
        ("arret", "tout", 1.0, 9.0),
    )
    assert found["departure_changes"] == Fact(1.0)
    assert found["departure_epci"] == Fact("CC 3")
    assert found["departure_member_pct"].value == pytest.approx(100 * 11 / 21)


def test_a_departure_that_lifts_the_rank_is_none_to_fear() -> None:
    risen = ("sans_200000003", "tout", 3.0, 1.0)
    assert departure(risen)["departure_changes"] == Fact(0.0)
    both = departure(risen, ("sans_200000001", "tout", 1.0, 2.0))
    assert both["departure_epci"] == Fact("CC 1")


def test_a_departure_that_moves_nothing_or_was_not_tried() -> None:
    still = departure(("sans_200000001", "tout", 1.0, 1.0))
    assert still["departure_changes"] == Fact(0.0)
    gone = departure(("sans_200000001", "tout", 1.0, float("nan")))
    assert gone["departure_changes"] == Fact(0.0)
    assert departure()["departure_changes"].missing.startswith("aucun départ")


def test_what_only_compared_perimeters_are_measured_on() -> None:
    facts = compared_alone_facts()
    waiting = {fact.missing for fact in facts.values()}
    assert waiting == {"mesuré pour les seuls périmètres comparés"}
    # A fact that may be known is one of those that compared perimeters have.
    assert set(facts) == set(departure())


def test_derived_facts_by_hand() -> None:
    facts = {"n_epci": Fact(3.0)}
    found = derived_facts(facts, regions=["Occitanie", "Occitanie"])
    assert found["n_other_epci"] == Fact(2.0)
    assert found["seat_far_pct"].missing == "non mesuré"
    assert found["same_region"] == Fact("oui")
    assert derived_facts({}, regions=["A", "B"])["same_region"] == Fact("non")


def squares() -> gpd.GeoDataFrame:
    """Return the row as squares of 10 km, town halls in the middle."""
    x = [10_000.0 * n for n in range(6)]
    return gpd.GeoDataFrame(
        make_communes().assign(seat_x=[v + 5_000 for v in x], seat_y=5_000.0),
        geometry=[box(v, 0, v + 10_000, 10_000) for v in x],
        crs=2154,
    )


@pytest.mark.parametrize(
    ("commune", "within_km", "n"), [(B, 0, 1), (D, 4.9, 0), (D, 5.0, 1), (F, 20, 0)]
)
def test_neighbours_inside_or_near(commune, within_km, n) -> None:
    # West ends at x = 30 km; the town hall of d stands at 35 km, that of f at 55 km.
    one = Neighbour(name="Voisine", commune=commune, source="page")
    far_km = neighbour_distances(squares(), neighbours=[one, one])
    found = neighbour_facts(WEST, far_km, neighbours=[one], within_km=within_km)
    assert found["n_neighbours"].value == n
    assert found["neighbours"].value == ("Voisine (à vérifier)" if n else "")


def test_an_unknown_commune_of_a_neighbour_is_refused() -> None:
    one = Neighbour(name="Loin", commune="31999", source="page")
    with pytest.raises(StudyError, match="« Loin » : commune inconnue « 31999 »"):
        require_neighbours([one], make_communes())


def test_each_commune_is_measured_to_each_initiative() -> None:
    far = [Neighbour(name="Voisine", commune=code, source="page") for code in (A, F)]
    far_km = neighbour_distances(squares(), neighbours=far)
    # From the middle of a: 5 km to b, 15 to c …; from a to itself, nothing.
    assert list(far_km[A].values()) == [0, 5, 15, 25, 35, 45]
    assert list(far_km[F].values()) == [45, 35, 25, 15, 5, 0]
    assert neighbour_distances(squares(), neighbours=[]) == {}


def indicators(**changes) -> pd.DataFrame:
    """Return one released indicator."""
    row = {
        "perimeter_id": "p",
        "indicator_id": "seat_45min_pct",
        "value": 50.0,
        "note": "siège calculé : Bourg",
        "evidence": "H",
        "synthetic_share_pct": 0.0,
    }
    return pd.DataFrame([row | changes])


def test_an_assumption_is_a_fact_but_in_a_demonstration() -> None:
    facts = indicator_facts(indicators(), demonstration=False)["p"]
    assert facts["seat_45min_pct"] == Fact(50.0, evidence="H")
    assert facts["seat_town"] == Fact("Bourg")
    demo = indicator_facts(indicators(), demonstration=True)["p"]
    assert demo["seat_45min_pct"].missing == "hypothèse de travail (classe H)"
    assert demo["seat_town"].missing
    fake = indicators(synthetic_share_pct=90.0)
    found = indicator_facts(fake, demonstration=True)["p"]["seat_45min_pct"]
    assert found.missing == "données synthétiques"


def test_a_figure_that_hangs_on_a_list_to_confirm_says_so_in_a_demonstration() -> None:
    row = {"indicator_id": "body_fit_pct", "value": float("nan"), "evidence": "H"}
    note = "CC 2 ou, selon sa liste à confirmer, Syndicat"
    open_ = indicators(**row, note=note, low=70.0, high=100.0)
    for demonstration in (False, True):
        found = indicator_facts(open_, demonstration=demonstration)["p"]
        assert found["body_fit_pct"].missing == "selon une liste à confirmer"
        assert found["body_fit_pct"].bounds == (70, 100)


def test_no_value_is_not_known_and_says_why() -> None:
    blank = indicators(value=float("nan"), note="aucune ville")
    found = indicator_facts(blank, demonstration=False)["p"]["seat_45min_pct"]
    assert found.missing == "aucune ville"


def test_observed_figures_are_facts_in_a_demonstration_too() -> None:
    seen = indicators(indicator_id="n_epci", evidence="O")
    assert indicator_facts(seen, demonstration=True)["p"]["n_epci"] == Fact(
        50.0, evidence="O"
    )


def test_e_and_f_are_the_east() -> None:
    assert ground().codes_of("petr_est") == {E, F}
    assert ground().people_in(frozenset([E, F])) == 11_000
    assert ground().people_in(frozenset([E, "99999"])) == 5_000
    assert ground().epci_in(frozenset([A, C, E, "99999"])) == {
        "200000001",
        "200000002",
        "200000003",
    }
    assert ground().names("petr") == ["petr_est", "petr_ouest"]
    assert ground().names("pnr") == []
    assert ground().doubtful_of("syndicat") == {A, B, C, D}


def test_firms_of_an_epci_that_reaches_beyond_are_not_counted() -> None:
    communes = make_communes().assign(epci_communes=[3, 3, 2, 2, 2, 2])
    told = {"200000001": 6, "200000002": 9}
    assert firm_facts(ALL, communes, signed_up=told) == {"n_firms": Fact(9.0)}
