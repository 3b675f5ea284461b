"""Drawn roads: parameters in round figures, seats on a plane, a network by hand.

a ─ 600 s ─ b ─ 600 s ─ c ─ 300 s ─ d        e

a ──────── 1 000 s ──── c                    (the long way round, by truck)
"""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from eitgeo.roads.network.surrogate import SurrogateNetwork
from eitgeo.study.roads import Roads

A, B, C, D, E = "31001", "31002", "31003", "31004", "09005"
X0, Y0 = 540_000.0, 6_220_000.0


def make_roads(**changes: Any) -> Roads:
    """Return parameters in round figures."""
    truck = {"road_kmh": 60, "motorway_kmh": 90, "slow_per_relief": 4}
    car = {"road_kmh": 72, "motorway_kmh": 120, "slow_per_relief": 2}
    values = {
        "tortuosity_flat": 1.2,
        "tortuosity_per_relief": 2.0,
        "tortuosity_motorway": 1.05,
        "junction_m": 500,
        "junction_minutes": 3,
        "street_m": 0,
        "street_minutes": 0,
        "ridge_detour": 0,
        "ridge_m": 250,
        "profile_step_m": 500,
        "max_snap_m": 15_000,
        "max_minutes": 240,
        "truck": truck | {"access_kmh": 30, "terminal_minutes": 0},
        "car": car | {"access_kmh": 40, "terminal_minutes": 0},
    }
    return Roads.model_validate(values | changes)


def make_communes(
    seats: dict[str, tuple[float, float]], *, side_m: float = 4_000.0
) -> gpd.GeoDataFrame:
    """Put a square commune around each seat, given in metres from the origin."""
    spots = {code: (X0 + x, Y0 + y) for code, (x, y) in seats.items()}
    half = side_m / 2
    return gpd.GeoDataFrame(
        {
            "code_insee": list(spots),
            "seat_x": [x for x, _ in spots.values()],
            "seat_y": [y for _, y in spots.values()],
            "altitude_m": 0.0,
        },
        geometry=[
            box(x - half, y - half, x + half, y + half) for x, y in spots.values()
        ],
        crs=2154,
    )


def make_borders(*pairs: tuple[str, str]) -> pd.DataFrame:
    """Return table ``borders`` of the pairs given."""
    table = pd.DataFrame(pairs, columns=["code_a", "code_b"])
    return table.assign(shared_border_m=1_000.0)


def make_exits(*exits: tuple[str, int, str]) -> pd.DataFrame:
    """Return motorway junctions: motorway, rank, commune."""
    return pd.DataFrame(exits, columns=["motorway", "rank", "code_insee"])


def flat(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return sea level everywhere."""
    return np.zeros(np.broadcast(x, y).shape)


def hand_network() -> SurrogateNetwork:
    """Draw the five nodes of the module's docstring."""
    edges = pd.DataFrame(
        [
            (A, B, 10_000.0, 100.0, 20.0, 600.0, 500.0, "route"),
            (A, B, 9_000.0, 0.0, 0.0, 700.0, 600.0, "autoroute"),  # slower
            (B, C, 8_000.0, 50.0, 10.0, 600.0, 500.0, "route"),
            (A, C, 30_000.0, 300.0, 250.0, 1_000.0, 1_100.0, "route"),
            (C, D, 5_000.0, 0.0, 80.0, 300.0, 250.0, "route"),
        ],
        columns=[
            "u",
            "v",
            "length_m",
            "ascent_m",
            "descent_m",
            "truck_time_s",
            "car_time_s",
            "class",
        ],
    )
    edges["edge_id"] = edges["u"] + "-" + edges["v"] + "-" + edges["class"]
    codes = [A, B, C, D, E]
    nodes = pd.DataFrame({"node_id": codes, "x": X0, "y": Y0, "z": 0.0})
    return SurrogateNetwork(nodes=nodes, edges=edges)


def make_places(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    """Return places: name, node, distance to the node and inside it [m]."""
    table = pd.DataFrame(rows, columns=["place_id", "node_id", "snap_m", "inner_m"])
    return table.assign(place_kind="commune", x=X0, y=Y0)


def seats_of(*codes: str) -> pd.DataFrame:
    """Return the places of seats, 1 km from themselves."""
    return make_places(*((code, code, 0.0, 1_000.0) for code in codes))
