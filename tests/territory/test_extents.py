"""Extents of bodies, counted by hand on squares of 1 km (100 × n inhabitants)."""

import datetime as dt

import pandas as pd
import pytest
from shapely import Polygon

from eitgeo.territory.membership import body_extents, n_pieces
from tests.territory.conftest import membership_of, rectangle, square, squares

TODAY = dt.date(2026, 1, 1)
BODIES = pd.DataFrame(
    {
        "body_id": ["coin", "petr", "vide", "sortie"],
        "kind": ["epci", "petr", "ti", "syndicat"],
        "name": ["Deux coins", "PETR", "Sans membre", "Tous sortis"],
    }
)
MEMBERSHIP = membership_of(
    ("coin", "31001", "", "", "publie"),
    ("coin", "31005", "", "", "publie"),
    ("petr", "31001", "", "", "publie"),
    ("petr", "31002", "", "", "publie"),
    ("petr", "31003", "", "", "a_confirmer"),
    ("petr", "31009", "", "2025-06-01", "publie"),
    ("sortie", "31009", "", "2025-06-01", "publie"),
)


def test_extents_are_counted_on_the_date(grid) -> None:
    found = body_extents(BODIES, MEMBERSHIP, grid, on_date=TODAY)
    assert found.set_index("body_id").to_dict("index") == {
        "coin": {
            "name": "Deux coins",
            "kind": "epci",
            "n_communes": 2,
            "population": 100 + 500,
            "area_km2": 2.0,
            "n_pieces": 2,  # a corner does not join them
            "confirmed_pct": 100.0,
        },
        "petr": {
            "name": "PETR",
            "kind": "petr",
            "n_communes": 3,
            "population": 100 + 200 + 300,
            "area_km2": 3.0,
            "n_pieces": 1,
            "confirmed_pct": 50.0,
        },
    }
    before = body_extents(BODIES, MEMBERSHIP, grid, on_date=dt.date(2025, 5, 31))
    assert before.set_index("body_id")["n_communes"].to_dict() == {
        "coin": 2,
        "petr": 4,
        "sortie": 1,
    }


def test_where_nobody_lives_the_share_is_unknown(grid) -> None:
    found = body_extents(BODIES, MEMBERSHIP, grid.assign(population=0), on_date=TODAY)
    assert found["population"].tolist() == [0, 0]
    assert found["confirmed_pct"].isna().all()


def test_a_body_that_reaches_beyond_the_layer_has_no_extent(grid) -> None:
    without_31003 = grid.drop(index=2)
    found = body_extents(BODIES, MEMBERSHIP, without_31003, on_date=TODAY)
    assert found["body_id"].tolist() == ["coin"]


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [
        ([5], 1),
        ([1, 2, 3], 1),
        ([1, 3], 2),
        ([1, 5, 9], 3),
        ([2, 4, 6, 8], 4),
        ([1, 2, 3, 4, 6, 7, 8, 9], 1),  # a ring is one piece
    ],
)
def test_pieces(grid, ranks, expected) -> None:
    assert n_pieces(grid.iloc[[rank - 1 for rank in ranks]]) == expected


def test_pieces_of_one_commune_and_of_none(grid) -> None:
    apart = square(9).union(rectangle(4000, 2000, 5000, 3000))
    assert n_pieces(squares(c9=apart).iloc[[8]]) == 2
    assert n_pieces(grid.iloc[:0]) == 0
    assert n_pieces(grid.iloc[[0]].set_geometry([Polygon()], crs=2154)) == 0
