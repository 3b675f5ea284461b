"""The nearest place of each kind of outlet, by hand."""

import pandas as pd
import pytest

from eitgeo.roads.questions.seats import nearest_outlets

COMMUNES = pd.DataFrame(
    {
        "code_insee": ["a", "b", "c", "d", "e"],
        "epci_siren": ["1", "1", "2", "3", ""],
        "population": [2, 0, 8, 4, 50],
        "in_area": [True, True, True, False, True],
    }
)
OUTLETS = pd.DataFrame(
    {
        "outlet_id": ["o1", "o2", "o3", "o4"],
        "kind": ["tri", "tri", "tri", "compost"],
        "code_insee": ["x", "y", "y", "z"],
    }
)
MINUTES = {
    # Inhabitants, one more each: a weighs 3, b weighs 1.
    ("a", "o1"): 10.0,
    ("b", "o1"): 90.0,
    ("a", "o2"): 20.0,
    ("b", "o2"): 20.0,
    ("a", "o3"): 20.0,
    ("b", "o3"): 20.0,
    ("a", "o4"): 5.0,
    ("c", "o1"): 7.0,
    ("c", "o4"): 30.0,
}


def ways(minutes=MINUTES, profile="truck") -> pd.DataFrame:
    """Lay out ways as table ``od_matrix`` does."""
    rows = [
        (one, other, profile, 60 * value) for (one, other), value in minutes.items()
    ]
    return pd.DataFrame(
        rows, columns=["origin_id", "destination_id", "profile", "time_s"]
    )


def found(od: pd.DataFrame, communes: pd.DataFrame = COMMUNES) -> list[list[object]]:
    """Return the rows."""
    return nearest_outlets(communes, od, OUTLETS).to_numpy().tolist()


def test_the_mean_over_inhabitants_decides_and_what_is_cut_off_is_out() -> None:
    """o1 is 30 min from EPCI 1 on average, o2 20; b cannot reach o4; 3 is outside."""
    assert found(ways()) == [
        ["1", "tri", "y", 20.0],
        ["2", "compost", "z", 30.0],
        ["2", "tri", "x", 7.0],
    ]


def test_two_outlets_of_one_place_are_one_place_whatever_their_order() -> None:
    turned = nearest_outlets(COMMUNES, ways(), OUTLETS.iloc[::-1])
    assert turned.to_numpy().tolist() == found(ways())
    assert "outlet_id" not in turned


def test_cars_and_places_that_are_no_outlet_are_not_read() -> None:
    cars = ways(dict.fromkeys(MINUTES, 1.0), profile="car")
    others = ways({("a", "b"): 1.0})
    assert found(pd.concat([ways(), cars, others])) == found(ways())


@pytest.mark.parametrize("people", [0, 1_000_000])
def test_people_move_the_middle(people: int) -> None:
    communes = COMMUNES.assign(population=[people, 0, 8, 4, 50])
    rows = {row[1]: row for row in found(ways(), communes) if row[0] == "1"}
    # Nobody: (10 + 90) / 2 against 20; a million: 10 and a little.
    assert rows["tri"][2] == ("x" if people else "y")
