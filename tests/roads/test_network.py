"""The order of a network is kept on disk, and only where it is that network's."""

from dataclasses import replace

import numpy as np
import pytest

from eitgeo.roads.matrix.topology import build_topology, order_digest, prepare_network
from eitgeo.roads.network.graph import build_graph
from eitgeo.sources.ground.osm_roads import read_osm_roads
from tests.roads.by_hand import ROAD
from tests.roads.osm_files import write_osm

LADDER = {"AB": ROAD, "BC": ROAD, "CD": ROAD, "BE": ROAD, "EF": ROAD, "CF": ROAD}


@pytest.fixture
def graph(tmp_path):
    return build_graph(read_osm_roads(write_osm(tmp_path / "a.osm", LADDER)))


def test_a_kept_order_is_the_one_that_is_used(graph, tmp_path):
    folder = tmp_path / "kept"
    first = prepare_network(graph, "truck", cache=folder)
    (file,) = folder.iterdir()
    content = file.read_bytes()
    second = prepare_network(graph, "truck", cache=folder)
    np.testing.assert_array_equal(first.order, second.order)
    assert file.read_bytes() == content
    # What the file holds is what is taken: another order is, too.
    np.save(file, first.order[::-1].astype("<u4"))
    other = prepare_network(graph, "truck", cache=folder)
    np.testing.assert_array_equal(other.order, first.order[::-1])


def test_two_folders_hold_the_same_bytes(graph, tmp_path):
    for name in ("one", "two"):
        prepare_network(graph, "truck", cache=tmp_path / name)
    (one,), (two,) = (list((tmp_path / name).iterdir()) for name in ("one", "two"))
    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("harm", [b"", b"<html>", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_is_written_again(graph, tmp_path, harm):
    folder = tmp_path / "kept"
    whole = prepare_network(graph, "truck", cache=folder)
    (file,) = folder.iterdir()
    content = file.read_bytes()
    file.write_bytes(harm)
    again = prepare_network(graph, "truck", cache=folder)
    np.testing.assert_array_equal(again.order, whole.order)
    assert file.read_bytes() == content


@pytest.mark.parametrize("spoil", [lambda o: o[:-1], np.zeros_like])
def test_what_is_no_order_of_all_states_is_written_again(graph, tmp_path, spoil):
    folder = tmp_path / "kept"
    whole = prepare_network(graph, "truck", cache=folder)
    (file,) = folder.iterdir()
    np.save(file, spoil(whole.order))
    again = prepare_network(graph, "truck", cache=folder)
    np.testing.assert_array_equal(again.order, whole.order)


def test_another_network_has_another_digest(graph):
    topology = build_topology(graph, "truck")
    digest = order_digest(graph, topology)
    assert digest == order_digest(graph, topology)
    moved = replace(graph, x=graph.x + 1.0)
    turned = replace(topology, head=topology.head[::-1].copy())
    assert (
        len({digest, order_digest(moved, topology), order_digest(graph, turned)}) == 3
    )
