"""Nine square communes of 1 km, to which each test brings its own fault.

6 203 000 ┌───────┬───────┬───────┐
          │ 31007 │ 31008 │ 31009 │
6 202 000 ├───────┼───────┼───────┤
          │ 31004 │ 31005 │ 31006 │
6 201 000 ├───────┼───────┼───────┤
          │ 31001 │ 31002 │ 31003 │
6 200 000 └───────┴───────┴───────┘
      x = 550 000                553 000
"""

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Polygon, box

X, Y = 550_000, 6_200_000
SIDE_M = 1000


def rectangle(
    west: float, south: float, east: float, north: float, *, hole: Any = None
) -> Polygon:
    """Return a rectangle, in metres from the south-west corner of the grid."""
    shape = box(X + west, Y + south, X + east, Y + north)
    return shape if hole is None else shape.difference(hole)


def square(rank: int) -> Polygon:
    """Return the square of the n-th commune (1 to 9), drawn south to north."""
    row, column = divmod(rank - 1, 3)
    west, south = SIDE_M * column, SIDE_M * row
    return rectangle(west, south, west + SIDE_M, south + SIDE_M)


def communes_of(shapes: dict[str, Any]) -> gpd.GeoDataFrame:
    """Return communes by code; the name ends like the code."""
    return gpd.GeoDataFrame(
        {
            "code_insee": list(shapes),
            "nom": [f"Commune {code[-2:]}" for code in shapes],
            "population": [100 * int(code[-2:]) for code in shapes],
        },
        geometry=list(shapes.values()),
        crs=2154,
    )


def squares(**changes: Any) -> gpd.GeoDataFrame:
    """Return the grid; ``c5=None`` takes a commune out, ``c5=shape`` replaces it."""
    shapes: dict[str, Any] = {f"310{rank:02d}": square(rank) for rank in range(1, 10)}
    shapes |= {f"310{int(name[1:]):02d}": shape for name, shape in changes.items()}
    return communes_of({code: shape for code, shape in shapes.items() if shape})


@pytest.fixture
def grid() -> gpd.GeoDataFrame:
    """Return the nine squares."""
    return squares()


def membership_of(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """Return a table of memberships: body, code, from, to, status."""
    columns = ["body_id", "code_insee", "from_date", "to_date", "status"]
    return pd.DataFrame(list(rows), columns=columns)
