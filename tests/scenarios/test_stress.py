"""One thing changes at a time: by hand, on six communes."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.scenarios.decision.ranking import (
    Variant,
    stress_orders,
    with_closed_road,
    with_ratios,
    without_epci,
    without_largest_site,
)
from tests.scenarios.decision_toy import CRITERIA, WEIGHTS, make_indicators
from tests.scenarios.toy import (
    A,
    B,
    C,
    E,
    candidate,
    make_activity,
    make_amounts,
    make_communes,
    make_exchanges,
    make_families,
    union,
)


def base(*candidates, **facts) -> Variant:
    return Variant("base", "telle quelle", candidates, make_activity(**facts))


EXCHANGES = make_exchanges((A, B, 10.0), (A, C, 4.0), (B, A, 6.0))
ENDS = pd.DataFrame(
    [
        ("donor", A, B, "mill", 6.0),
        ("donor", A, B, "small", 4.0),
        ("donor", A, C, "small", 4.0),
        ("taker", B, A, "mill", 3.0),
        ("taker", B, A, "small", 3.0),
    ],
    columns=["end", "donor_id", "receiver_id", "site_id", "t"],
)


def stopped(**facts) -> Any:
    values = {
        "industry": make_amounts("headcount", ("mill", A, 300.0), ("small", A, 20.0)),
        "deposit": make_amounts("t", ("mill", A, 90.0), ("small", A, 10.0)),
        "exchanges": EXCHANGES,
        "families": make_families(("bois", A, "mill"), ("bois", A, "small")),
    }
    return without_largest_site(base(union(1), **(values | facts)), ends=ENDS)


def test_the_largest_site_stops_everywhere() -> None:
    activity = stopped().activity
    for name in ("industry", "deposit", "families"):
        assert getattr(activity, name)["site_id"].tolist() == ["small"]


def test_its_share_of_exchanges_goes_at_both_ends() -> None:
    left = stopped().activity.exchanges.set_index(["donor_id", "receiver_id"])["t_mid"]
    assert left[A, B] == pytest.approx(4.0)  # gave 60 % of ten tonnes
    assert left[A, C] == pytest.approx(4.0)  # none of its tonnes
    assert left[B, A] == pytest.approx(3.0)  # took half of six


def test_without_a_known_size_nothing_stops_and_it_is_said() -> None:
    variant = stopped(industry=make_amounts("headcount"))
    assert "aucun établissement industriel" in variant.note
    assert len(variant.activity.deposit) == 2


def test_an_epci_leaves_every_perimeter() -> None:
    study = base(union(1), union(1, 2), candidate("ace", A, C, E))
    left = without_epci(study, "200000001", communes=make_communes(), name="CC 1")
    assert [one.perimeter_id for one in left.candidates] == ["union_12", "ace"]
    assert left.candidates[0].codes == {C, "09004"}
    assert left.candidates[0].parameters == {"epci": ["200000002"]}
    assert left.candidates[1].codes == {C, E}
    assert left.note == "périmètres qui disparaissent : 1"
    assert "CC 1" in left.label
    with pytest.raises(StudyError, match="EPCI inconnu « 999999999 »"):
        without_epci(study, "999999999", communes=make_communes(), name="")


def test_a_closed_road_costs_what_trucks_lose_and_cuts_what_it_cuts() -> None:
    access = pd.DataFrame(
        [
            ("col", B, A, 25.0, 40.0),
            ("col", C, A, 30.0, np.nan),
            ("pont", B, A, 9.0, 99.0),
        ],
        columns=["closure_id", "origin_id", "destination_id", "open_min", "closed_min"],
    )
    study = base(union(1))
    closed: Any = with_closed_road(study, "col", closure_access=access).activity
    before: Any = study.activity.town_minutes
    minutes = closed.town_minutes
    assert minutes.loc[B, A] == before.loc[B, A] + 15
    assert np.isnan(minutes.loc[C, A])
    assert minutes.loc[E, A] == before.loc[E, A]
    assert minutes[E].equals(before[E])


def test_ratios_move_tonnes_alone() -> None:
    study = base(union(1), deposit=make_amounts("t", ("x", A, 10.0)))
    for level, tonnes in (("low", 5.0), ("high", 20.0)):
        moved = with_ratios(study, level).activity
        assert moved.deposit["t_mid"].tolist() == [tonnes]
        assert moved.exchanges is study.activity.exchanges


def orders(figures: dict[str, tuple[float, ...]]) -> tuple[Any, Any]:
    """Compare the toy figures with others, whatever the variant holds."""
    before = {"west": (3.0, 80.0, 20.0), "east": (5.0, 100.0, 60.0)}
    study = base(union(1))
    variant = replace(study, stress_id="x", label="X")
    return stress_orders(
        study,
        [variant],
        measure=lambda one: make_indicators(figures if one is variant else before),
        compared=["west", "east"],
        criteria=CRITERIA,
        weights=WEIGHTS,
    )


def test_an_order_that_turns_is_told() -> None:
    table, moved = orders({"west": (9.0, 80.0, 20.0), "east": (5.0, 100.0, 60.0)})
    assert table["rank_before"].tolist() == [1.0, 2.0]
    assert table["rank_after"].tolist() == [2.0, 1.0]
    assert set(table["same_order"]) == {"non"}
    west = moved[(moved["perimeter_id"] == "west") & (moved["indicator_id"] == "delib")]
    assert west[["before", "after"]].to_numpy().tolist() == [[3.0, 9.0]]


def test_a_perimeter_that_is_gone_is_compared_with_nothing() -> None:
    table, _ = orders({"east": (5.0, 100.0, 60.0)})
    rank = table.set_index("perimeter_id")
    assert np.isnan(rank.loc["west", "rank_after"])
    assert np.isnan(rank.loc["west", "rank_before"])
    assert rank.loc["east", ["rank_before", "rank_after"]].tolist() == [1.0, 1.0]
    assert set(table["same_order"]) == {"oui"}


def test_nothing_changed_is_the_same_order() -> None:
    table, moved = orders({"west": (3.0, 80.0, 20.0), "east": (5.0, 100.0, 60.0)})
    assert set(table["same_order"]) == {"oui"}
    assert moved["before"].tolist() == moved["after"].tolist()
