"""Trips on hand-drawn roads, from the middle of a stretch to that of another."""

import numpy as np
import pandas as pd

from eitgeo.crs import to_metres
from eitgeo.roads.matrix.od_matrix import Limits, network_matrix
from eitgeo.roads.matrix.topology import build_topology, order_network
from eitgeo.roads.network.graph import build_graph
from eitgeo.roads.network.profile import Vehicle, edge_costs
from eitgeo.sources.ground.osm_roads import HIGHWAYS, read_osm_roads
from tests.roads.osm_files import NODES, length_m, write_osm

FLAT = dict.fromkeys(HIGHWAYS, 36.0)  # 10 m/s everywhere
TRUCK = Vehicle("26 t", "truck", 26.0, 3.8, 2.55, 9.0, FLAT)
CAR = Vehicle("voiture", "car", 1.5, 1.6, 1.8, 4.5, FLAT)
LIMITS = Limits(max_snap_m=300.0, max_minutes=60.0, access_kmh=30.0)
ROAD = {"highway": "primary"}


def lambert(points):
    """Project positions in degrees to EPSG:2154."""
    lon, lat = np.array(points).T
    x, y = to_metres().transform(lon, lat)
    return np.asarray(x), np.asarray(y)


def places(*stretches, nodes=NODES):
    """Make a place in the middle of each stretch, or at a node of one letter."""
    middles = [np.mean([nodes[name] for name in both], axis=0) for both in stretches]
    x, y = lambert(middles)
    return pd.DataFrame(
        {
            "place_id": list(stretches),
            "place_kind": "site",
            "x": x,
            "y": y,
            "inner_m": 100.0,
        }
    )


def network_of(path, vehicle=TRUCK):
    """Read, build and order the network of a file."""
    graph = build_graph(read_osm_roads(path))
    return order_network(graph, build_topology(graph, vehicle.kind))


def drive(tmp_path, ways, start, stop, *, vehicle=TRUCK, limits=LIMITS, **more):
    """Return the row of ``od_matrix`` of one trip."""
    path = write_osm(tmp_path / "dessin.osm", ways, **more)
    network = network_of(path, vehicle)
    table = network_matrix(
        network,
        edge_costs(network.graph, vehicle),
        origins=places(start),
        destinations=places(stop),
        limits=limits,
    )
    return table.iloc[0]


def check_route(row, route, start, stop):
    """Hold a trip to a route: half of the first and last stretch, all between."""
    assert row["status"] == "ok"
    expected = length_m(route) - length_m(start) / 2 - length_m(stop) / 2
    n_edges = len(route)
    assert abs(row["length_m"] - expected) <= n_edges
    assert abs(row["time_s"] - row["length_m"] / 10) <= 0.2 * n_edges
