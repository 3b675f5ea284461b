"""Communes drawn as letters of a grid: one character is a square of 1 km.

A digit is the EPCI of the commune, « 0 » says none, « . » says no commune.
The commune of row r and column c, from the top left, is « 31rc0 ».
"""

from collections import Counter
from collections.abc import Callable, Iterable

import geopandas as gpd
import pandas as pd
from shapely import box

X0, Y0, SIDE_M = 540_000.0, 6_220_000.0, 1_000.0


def code_at(row: int, column: int) -> str:
    """Return the code of a commune."""
    return f"31{row}{column}0"


def make_grid(*rows: str, outside: Iterable[str] = ()) -> gpd.GeoDataFrame:
    """Draw communes; those of ``outside`` are not in the study area."""
    cells = [(r, c, mark) for r, row in enumerate(rows) for c, mark in enumerate(row)]
    present = [(r, c, mark) for r, c, mark in cells if mark != "."]
    codes = [code_at(r, c) for r, c, _ in present]
    sizes = Counter(mark for *_, mark in present)
    left_out = set(outside)
    return gpd.GeoDataFrame(
        {
            "code_insee": codes,
            "nom": [f"Commune {code}" for code in codes],
            "epci_siren": [
                "" if mark == "0" else f"20000000{mark}" for *_, mark in present
            ],
            "epci_communes": [0 if m == "0" else sizes[m] for *_, m in present],
            "dep": "31",
            "population": [100 * (n + 1) for n in range(len(codes))],
            "in_area": [code not in left_out for code in codes],
        },
        geometry=[
            box(
                X0 + SIDE_M * c,
                Y0 - SIDE_M * (r + 1),
                X0 + SIDE_M * (c + 1),
                Y0 - SIDE_M * r,
            )
            for r, c, _ in present
        ],
        crs=2154,
    )


def make_contiguity(
    communes: gpd.GeoDataFrame, *, gaps: Iterable[tuple[str, str]] = ()
) -> pd.DataFrame:
    """Return table ``contiguity``; no road crosses the borders of ``gaps``."""
    codes = set(communes["code_insee"])
    pairs = []
    for code in sorted(codes):
        row, column = int(code[2]), int(code[3])
        near = (code_at(row, column + 1), code_at(row + 1, column))
        pairs += [(code, other) for other in near if other in codes]
    closed = {tuple(sorted(pair)) for pair in gaps}
    table = pd.DataFrame(pairs, columns=["code_a", "code_b"], dtype="str")
    minutes = [float("nan") if pair in closed else 10.0 for pair in pairs]
    return table.assign(
        shared_border_m=SIDE_M, road_minutes=pd.Series(minutes, dtype=float)
    )


def groups_of(
    items: Iterable[str], joined: Callable[[str, str], bool]
) -> list[set[str]]:
    """Group items that chains of joined ones link, two by two: slow and plain."""
    groups: list[set[str]] = []
    for item in items:
        touched = [g for g in groups if any(joined(item, other) for other in g)]
        groups = [g for g in groups if g not in touched]
        groups.append({item}.union(*touched))
    return groups


def side_by_side(a: str, b: str) -> bool:
    """Say whether two communes of a grid share a side."""
    return abs(int(a[2]) - int(b[2])) + abs(int(a[3]) - int(b[3])) == 1
