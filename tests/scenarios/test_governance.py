"""Who deliberates, by hand on the row of six (see ``toy``)."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.scenarios.measures.figures import bounds_only_figure
from eitgeo.scenarios.measures.governance import body_figures, council_figures
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
    make_inputs,
    make_membership,
    make_study,
)

WEST = candidate("ouest", A, B, C)
MIDDLE = candidate("projet", C, D, E, membership_status="a_confirmer")


def figures(*candidates, **options: Any) -> dict[str, pd.DataFrame]:
    """Measure the governance of perimeters."""
    study = make_study(waste_bodies=options.pop("waste_bodies", ["syndicat"]))
    inputs = make_inputs(*candidates, study=study, **options)
    return council_figures(inputs) | body_figures(inputs)


def values(name: str, *candidates, **options: Any) -> list[float]:
    """Return one figure of each perimeter."""
    return figures(*candidates, **options)[name]["value"].tolist()


def bounds(name: str, *candidates, **options: Any) -> list[Any]:
    """Return the bounds of one figure of each perimeter; it has no value."""
    table = figures(*candidates, **options)[name]
    assert table["value"].isna().all()
    assert table["doubt_pct"].eq(100).all()
    return list(table[["low", "high"]].itertuples(index=False, name=None))


def notes(name: str, *candidates, **options: Any) -> list[str]:
    """Return the note of one figure of each perimeter."""
    return figures(*candidates, **options)[name]["note"].tolist()


def test_epci_whole_and_cut() -> None:
    assert values("n_epci", WEST, MIDDLE) == [2, 2]
    # West: EPCI 1 whole, 3 000 of 6 000. Middle: EPCI 2 whole, 7 000 of 12 000.
    whole = values("epci_whole_pct", WEST, MIDDLE)
    assert whole == pytest.approx([50.0, 100 * 7 / 12])
    assert values("epci_whole_pct", candidate("tout", *ROW)) == [100.0]
    assert values("epci_whole_pct", candidate("une", A)) == [0.0]


def test_communes_without_epci_are_in_none() -> None:
    communes = make_communes()
    communes.loc[communes["code_insee"] == B, ["epci_siren", "epci_communes"]] = "", 0
    communes.loc[communes["code_insee"] == A, "epci_communes"] = 1
    # EPCI 1 is now a alone.
    assert values("n_epci", WEST, communes=communes) == [2]
    assert values("epci_whole_pct", WEST, communes=communes) == pytest.approx([100 / 6])


def test_each_epci_deliberates_and_the_carrier_too() -> None:
    assert values("n_deliberations", WEST, candidate("une", A)) == [3, 2]


def test_departements_are_counted() -> None:
    assert values("n_departements", WEST, MIDDLE) == [1, 2]


def test_petr_touched_and_whole() -> None:
    assert values("n_petr", WEST, MIDDLE, candidate("d", D)) == [1, 2, 0]
    assert notes("n_petr", WEST, MIDDLE) == ["dont entiers : 1", "dont entiers : 0"]


def test_no_petr_is_no_fault() -> None:
    bodies = make_bodies()
    without = bodies[bodies["kind"] != "petr"]
    assert values("n_petr", WEST, bodies=without) == [0]
    membership = make_membership()
    empty = membership[membership["body_id"] != "petr_est"]
    assert values("n_petr", MIDDLE, membership=empty) == [1]


def test_a_body_that_has_ended_takes_no_part() -> None:
    membership = make_membership()
    membership.loc[membership["body_id"] == "petr_est", "to_date"] = DAY.isoformat()
    assert values("n_petr", MIDDLE, membership=membership) == [1]


def test_a_petr_of_which_the_list_is_to_confirm_may_or_may_not_be_met() -> None:
    """Middle holds c of the west, published, and e of the east, to confirm or gone."""
    east = make_membership()["body_id"].eq("petr_est")
    unsure = make_membership()
    unsure.loc[east, "status"] = "a_confirmer"
    assert bounds("n_petr", MIDDLE, membership=unsure) == [(1, 2)]
    both = candidate("est", E, F)
    assert bounds("n_petr", both, membership=unsure) == [(0, 1)]
    assert notes("n_petr", MIDDLE, both, membership=unsure) == [
        "dont entiers : 0 ; selon une liste à confirmer",
        "dont entiers : de 0 à 1 ; selon une liste à confirmer",
    ]
    # One published member is enough to be met, not to be whole.
    unsure.loc[east & unsure["code_insee"].eq(E), "status"] = "publie"
    assert values("n_petr", MIDDLE, both, membership=unsure) == [2, 1]
    assert notes("n_petr", MIDDLE, both, membership=unsure) == [
        "dont entiers : 0",
        "dont entiers : de 0 à 1 ; selon une liste à confirmer",
    ]
    # Nor does a list say that the body is there.
    bodies = make_bodies()
    bodies.loc[bodies["body_id"].eq("petr_est"), "status"] = "a_confirmer"
    assert bounds("n_petr", both, bodies=bodies) == [(0, 1)]


def test_waste_bodies_and_what_is_not_known_of_them() -> None:
    # The list of the syndicate is to confirm: it may be theirs or not.
    assert bounds("n_waste_bodies", WEST, MIDDLE) == [(0, 1), (0, 1)]
    assert notes("n_waste_bodies", WEST, MIDDLE) == [
        "appartenance à confirmer",
        # e: 5 000 of 12 000.
        "organisme non renseigné pour 42 % de la population ; appartenance à confirmer",
    ]
    both = {"waste_bodies": ["syndicat", "petr_est"]}
    assert bounds("n_waste_bodies", MIDDLE, **both) == [(1, 2)]
    sure = {"waste_bodies": ["petr_ouest"]}
    assert values("n_waste_bodies", WEST, **sure) == [1]
    assert notes("n_waste_bodies", WEST, **sure) == [""]


def test_no_waste_body_declared_is_not_zero() -> None:
    options: Any = {"waste_bodies": []}
    assert np.isnan(values("n_waste_bodies", WEST, **options)).all()
    assert notes("n_waste_bodies", WEST, **options) == ["aucun organisme déclaré"]


def test_an_unknown_waste_body_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        StudyError, match=r"« syndicats » → vouliez-vous .*« syndicat »"
    ):
        figures(WEST, waste_bodies=["syndicats"])


def test_the_body_that_fits_best_is_named() -> None:
    assert values("body_fit_pct", WEST) == [100.0]
    assert notes("body_fit_pct", WEST) == ["PETR de l'Ouest"]
    # Middle, 12 000: EPCI 2, 7 000 in common of 12 000; the syndicate, 7 000 of
    # 15 000; the body without statutes fits exactly but cannot carry anything.
    assert values("body_fit_pct", MIDDLE) == pytest.approx([100 * 7 / 12])
    assert notes("body_fit_pct", MIDDLE) == ["CC 2"]
    four = candidate("quatre", A, B, C, D)
    # The syndicate fits exactly, but who belongs to it is a hypothesis; EPCI 2 has
    # 7 000 of the 10 000, the PETR 6 000.
    told = ["CC 2 ou, selon sa liste à confirmer, Syndicat"]
    assert notes("body_fit_pct", four) == told
    assert bounds("body_fit_pct", four) == [(pytest.approx(70.0), 100.0)]
    # A confirmed list, and the same perimeter is exactly the syndicate.
    sure = {
        "bodies": make_bodies().assign(status="publie"),
        "membership": make_membership().assign(status="publie"),
    }
    assert values("body_fit_pct", four, **sure) == [100.0]
    assert notes("body_fit_pct", four, **sure) == ["Syndicat"]


def test_without_a_published_body_the_fit_may_be_nothing() -> None:
    bodies = make_bodies()
    bodies["legal_person"] &= bodies["body_id"].eq("syndicat")
    # a, b, c: 6 000 of the 10 000 of the syndicate.
    assert bounds("body_fit_pct", WEST, bodies=bodies) == [(0.0, pytest.approx(60.0))]
    told = ["aucune structure publiée ou, selon sa liste à confirmer, Syndicat"]
    assert notes("body_fit_pct", WEST, bodies=bodies) == told


def test_the_last_bits_of_a_list_to_confirm_open_nothing() -> None:
    """Where a hypothesis fits as a published body does, nothing hangs on it."""
    twin = make_membership(*(("syndicat_bis", code, "a_confirmer") for code in (A, B)))
    row = make_bodies().query("body_id == 'syndicat'").assign(body_id="syndicat_bis")
    bodies = pd.concat([make_bodies(), row], ignore_index=True)
    pair = candidate("ab", A, B)
    assert values("body_fit_pct", pair, membership=twin, bodies=bodies) == [100.0]
    third = bounds_only_figure([100 / 3], [np.nextafter(100 / 3, 100)])
    assert third["value"].tolist() == [100 / 3]
    assert third["high"].tolist() == [100 / 3]


def test_a_body_compared_with_itself_is_told_and_a_hypothesis_proves_nothing() -> None:
    own = candidate("petr_ouest", A, B, C)
    assert values("body_fit_pct", own) == [100.0]
    assert notes("body_fit_pct", own) == ["PETR de l'Ouest : la structure elle-même"]
    hypothesis = candidate("syndicat", A, B, C, D, membership_status="a_confirmer")
    assert bounds("body_fit_pct", hypothesis)[0][0] < 100
    members = make_membership()
    members.loc[members["body_id"].eq("petr_ouest"), "status"] = "a_confirmer"
    assert bounds("body_fit_pct", own, membership=members)[0][0] < 100


def test_a_body_that_reaches_beyond_the_data_is_never_whole_and_fits_nothing() -> None:
    beyond = make_membership(("petr_est", "65999", "publie"))
    east = candidate("est", E, F)
    found = figures(east, membership=beyond)
    assert found["n_petr"]["note"].tolist() == ["dont entiers : 0"]
    assert found["body_fit_pct"]["note"].tolist() == ["CC 3"]
    # What lies beyond is no commune of the row, not even the last one.
    alone = make_membership(("petr_nord", "65999", "publie"))
    north = {"body_id": ["petr_nord"], "kind": ["petr"], "name": ["PETR du Nord"]}
    row = pd.DataFrame(north | {"legal_person": [True], "status": ["publie"]})
    bodies = pd.concat([make_bodies(), row], ignore_index=True)
    assert values("n_petr", east, membership=alone, bodies=bodies) == [1]


def test_without_statutes_nothing_fits() -> None:
    bodies = make_bodies().assign(legal_person=False)
    assert np.isnan(values("body_fit_pct", WEST, bodies=bodies)).all()
    assert notes("body_fit_pct", WEST, bodies=bodies) == ["aucune structure publiée"]


def test_confirmed_members_by_population() -> None:
    # Middle: c and e are published, 8 000 of 12 000.
    confirmed = values("confirmed_pct", WEST, MIDDLE)
    assert confirmed == pytest.approx([100.0, 100 * 8 / 12])


def test_a_perimeter_without_inhabitant_has_no_share() -> None:
    empty = make_communes([0, 0, 0, 4_000, 5_000, 6_000])
    found = figures(WEST, communes=empty)
    for name in ("epci_whole_pct", "confirmed_pct"):
        assert found[name]["value"].isna().all()
    assert found["n_epci"]["value"].tolist() == [2]
    nobody = figures(WEST, communes=make_communes([0] * 6))
    assert nobody["body_fit_pct"]["value"].isna().all()


def test_exact_figures_have_no_width() -> None:
    for name, table in figures(WEST, MIDDLE).items():
        if name != "n_waste_bodies":  # its list is to confirm
            assert table["low"].equals(table["value"])
            assert table["high"].equals(table["value"])


def test_the_order_of_rows_changes_nothing() -> None:
    first = figures(WEST, MIDDLE)
    turned = figures(
        WEST,
        MIDDLE,
        communes=make_communes().iloc[::-1],
        membership=make_membership().iloc[::-1],
    )
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, turned[name])


@pytest.mark.parametrize("doubtful", ["syndicat", "petr_est", "petr_ouest"])
def test_what_is_observed_stays_whatever_becomes_of_a_list_to_confirm(doubtful) -> None:
    """Confirmed or struck out, over every perimeter of the row."""
    every = [
        candidate("".join(codes), *codes)
        for n in range(1, len(ROW) + 1)
        for codes in itertools.combinations(ROW, n)
    ]
    membership, bodies = make_membership(), make_bodies()
    mine = membership["body_id"].eq(doubtful)
    membership["status"] = np.where(mine, "a_confirmer", "publie")
    bodies["status"] = np.where(bodies["body_id"].eq(doubtful), "a_confirmer", "publie")
    options = {"waste_bodies": ["epci_200000001"]}
    told = figures(*every, membership=membership, bodies=bodies, **options)
    confirmed = {
        "membership": membership.assign(status="publie"),
        "bodies": bodies.assign(status="publie"),
    }
    struck = {"membership": membership[~mine], "bodies": bodies}
    for other in (confirmed, struck):
        found = figures(*every, **other, **options)
        for name, table in told.items():
            sure = table.get("doubt_pct", pd.Series(0.0, table.index)).lt(20)
            after = found[name].loc[sure, "value"]
            assert after.to_numpy() == pytest.approx(table.loc[sure, "value"]), name
            # What is not observed lies between its bounds, and reaches both.
            low, high = (table.loc[~sure, bound] for bound in ("low", "high"))
            if table["value"].isna().any():
                end = high if other is confirmed else low
                assert found[name].loc[~sure, "value"].to_numpy() == pytest.approx(end)
    assert any(table["value"].isna().any() for table in told.values())


def test_an_epci_with_a_member_beyond_the_communes_is_cut() -> None:
    communes = make_communes()
    communes.loc[communes["epci_siren"].eq("200000001"), "epci_communes"] = 3
    # West: a and b of EPCI 1, which has a third member; c of EPCI 2.
    assert values("epci_whole_pct", WEST, communes=communes) == [0.0]
    assert values("n_epci", WEST, communes=communes) == [2]
    whole = candidate("est", C, D)
    assert values("epci_whole_pct", whole, communes=communes) == [100.0]
