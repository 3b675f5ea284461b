"""Parts of the search of paths by hand: bounds, ways along an edge, what is reached."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from eitgeo.errors import InfeasibleError
from eitgeo.roads.matrix.engine import NOT_REACHED
from eitgeo.roads.matrix.router import _take_straight, many_to_many, paths
from eitgeo.roads.matrix.topology import Ends, Layout, _part, require_counted
from eitgeo.roads.network.profile import edge_costs
from tests.roads.by_hand import ROAD, TRUCK, network_of
from tests.roads.osm_files import write_osm


def costs_of(usable: list[bool], **sums: list[int]) -> Any:
    """Return costs of directed edges; what is not told is nil."""
    blank = np.zeros(len(usable), dtype=np.int64)
    names = ("time_ds", "length_m", "ascent_m", "descent_m", "unknown_m")
    told = {name: np.array(sums.get(name, blank), dtype=np.int64) for name in names}
    return SimpleNamespace(usable=np.array(usable), **told)


def ends(*points: tuple[int, float]) -> Ends:
    """Return points on edges."""
    edge, fraction = zip(*points, strict=True)
    return Ends(np.array(edge, dtype=np.int64), np.array(fraction))


def test_a_measure_is_bounded_by_what_the_stretch_weighs() -> None:
    """K t + l, K = 8192: 16 389 over two tenths of a second and five metres."""
    costs = costs_of(
        [True] * 4,
        time_ds=[2, 0, 2, 2],
        length_m=[5, 5, 5, 5],
        ascent_m=[10**6, 10**6, 16_389, 3],
    )
    arc = np.arange(4)
    assert _part(costs, "ascent_m", arc, None).tolist() == [16_389, 5, 16_389, 3]
    half = np.full(4, 0.5)
    assert _part(costs, "ascent_m", arc, half).tolist() == [8_194, 2, 8_194, 2]
    assert _part(costs, "length_m", arc, half).tolist() == [2, 2, 2, 2]


def straight(origins: Ends, destinations: Ends, costs: Any) -> list[list[Any]]:
    """Return rows, columns and times of the ways along a common edge."""
    layout: Any = SimpleNamespace(
        origins=origins, destinations=destinations, costs=costs
    )
    rows, columns, sums = Layout.straight(layout)
    return [rows.tolist(), columns.tolist(), sums["time_ds"].tolist()]


def test_two_places_of_an_edge_are_joined_along_it_where_it_may_be_driven() -> None:
    """Edge 0 is closed, edge 1 is driven backwards alone, edge 2 both ways."""
    usable = [False, False, False, True, True, True]
    costs = costs_of(usable, time_ds=[0, 0, 0, 80, 40, 60])
    forth = ends((0, 0.25), (1, 0.25), (2, 0.25), (-1, 0.0))
    back = ends((0, 0.75), (1, 0.75), (2, 0.75), (-1, 0.0))
    assert straight(forth, back, costs) == [[2], [2], [20]]
    assert straight(back, forth, costs) == [[1, 2], [1, 2], [40, 30]]
    # At one point either sense will do, unless neither may be driven.
    assert straight(forth, forth, costs) == [[1, 2], [1, 2], [0, 0]]


def test_the_way_along_an_edge_is_taken_where_it_weighs_no_more() -> None:
    """Time decides, then length; what was not reached is reached."""
    found = [(1, 10), (2, 64), (2, 63), (3, 5), (NOT_REACHED, NOT_REACHED)]
    whole = {
        "time_ds": np.array([[time for time, _ in found]]),
        "length_m": np.array([[length for _, length in found]]),
    }
    n = len(found)
    sums = {"time_ds": np.full(n, 2), "length_m": np.full(n, 64)}
    layout: Any = SimpleNamespace(
        straight=lambda: (np.zeros(n, dtype=np.int64), np.arange(n), sums)
    )
    _take_straight(whole, layout)
    told = list(zip(whole["time_ds"][0], whole["length_m"][0], strict=True))
    assert told == [(1, 10), (2, 64), (2, 63), (2, 64), (2, 64)]


@pytest.mark.parametrize("starts", [[0, -1], [-1, 0], [0, 0], [1, -1]])
def test_a_trip_from_any_state_that_roads_join_has_to_be_reached(starts) -> None:
    """A road from state 0 to state 1, which leads to the only place."""
    layout: Any = SimpleNamespace(
        n_states=2,
        move=np.array([0]),
        tail=np.array([0, 1]),
        head=np.array([1, 2]),
        start_states=np.array([starts]),
    )
    require_counted(layout, np.array([[True]]))
    with pytest.raises(InfeasibleError, match="un trajet dépasse"):
        require_counted(layout, np.array([[False]]))
    nowhere: Any = SimpleNamespace(
        **{**vars(layout), "start_states": np.array([[-1, -1]])}
    )
    require_counted(nowhere, np.array([[False]]))


def test_of_two_ways_of_one_time_the_shorter_is_driven(tmp_path) -> None:
    """One link or three from b to c, as fast: told twice, each the shorter in turn."""
    ways = ("AB", "BC", "CD", "BE", "EF", "CF")
    network = network_of(write_osm(tmp_path / "d.osm", dict.fromkeys(ways, ROAD)))
    costs = edge_costs(network.graph, TRUCK)
    n_edges = len(costs.usable) // 2
    last = [edge for edge in range(n_edges) if edge]

    def driven(costs: Any) -> list[tuple[int, ...]]:
        table = paths(
            network,
            costs,
            origins=ends((0, 0.5)),
            destinations=ends(*((edge, 0.5) for edge in last)),
            pairs=np.column_stack(
                [np.zeros(n_edges - 1, np.int64), range(n_edges - 1)]
            ),
        )
        assert table["origin"].tolist() == [0] * (n_edges - 1)
        assert table["destination"].tolist() == list(range(n_edges - 1))
        return [tuple(one) for one in table["driven"]]

    longest = max(driven(costs), key=len)
    assert len(longest) == 3
    middle = longest[1] // 2
    closed = costs.usable.copy()
    closed[[2 * middle, 2 * middle + 1]] = False
    round_about = next(
        one for one in driven(replace(costs, usable=closed)) if one[-1:] == longest[-1:]
    )
    others = np.array(round_about[1:-1]) // 2
    arcs = np.concatenate([2 * others, 2 * others + 1])
    time_ds, length_m = costs.time_ds.copy(), costs.length_m.copy()
    time_ds[arcs], time_ds[[2 * middle, 2 * middle + 1]] = 7, 7 * len(others)
    length_m[arcs] = 100
    for link_m, way in ((50, longest), (100 * len(others) + 50, round_about)):
        length_m[[2 * middle, 2 * middle + 1]] = link_m
        told = driven(replace(costs, time_ds=time_ds, length_m=length_m))
        assert way in told


def test_where_one_way_alone_is_best_no_pair_is_unpacked_edge_by_edge(tmp_path) -> None:
    """Both bounds of a climb agree there, and they are the climb."""
    ways = ("AB", "BC", "CD", "BE", "EF", "CF")
    network = network_of(write_osm(tmp_path / "d.osm", dict.fromkeys(ways, ROAD)))
    costs = edge_costs(network.graph, TRUCK)
    n_arcs = len(costs.usable)
    climbs = replace(
        costs, ascent_m=4 + 2 * np.arange(n_arcs), unknown_m=np.full(n_arcs, 6)
    )
    starts, stops = ends((0, 0.5), (1, 0.5)), ends((2, 0.5))
    found = many_to_many(network, climbs, origins=starts, destinations=stops)
    assert found.requeried == 0
    driven = paths(
        network,
        climbs,
        origins=starts,
        destinations=stops,
        pairs=np.array([[0, 0], [1, 0]]),
    )
    assert found.sums["ascent_m"].ravel().tolist() == driven["ascent_m"].tolist()
    assert found.sums["unknown_m"].min() >= 6


@pytest.mark.parametrize(("start", "stop", "sense"), [(0.2, 0.8, 0), (0.8, 0.2, 1)])
def test_a_way_along_an_edge_is_told_in_its_sense(tmp_path, start, stop, sense) -> None:
    network = network_of(write_osm(tmp_path / "d.osm", {"AB": ROAD, "BC": ROAD}))
    costs = edge_costs(network.graph, TRUCK)
    for edge in range(len(costs.usable) // 2):
        table = paths(
            network,
            costs,
            origins=ends((edge, start)),
            destinations=ends((edge, stop)),
            pairs=np.array([[0, 0]]),
        )
        assert table["driven"].tolist() == [(2 * edge + sense,)]


def test_at_one_point_of_a_one_way_edge_it_is_driven_as_it_may_be(tmp_path) -> None:
    """Each edge closed one way in turn: a trip of no length is along the other."""
    network = network_of(write_osm(tmp_path / "d.osm", {"AB": ROAD, "BC": ROAD}))
    costs = edge_costs(network.graph, TRUCK)
    here = np.array([[0, 0]])
    for arc in range(len(costs.usable)):
        usable = costs.usable.copy()
        usable[arc ^ 1] = False
        spot = ends((arc // 2, 0.5))
        table = paths(
            network,
            replace(costs, usable=usable),
            origins=spot,
            destinations=spot,
            pairs=here,
        )
        assert table["driven"].tolist() == [(arc,)]
        assert table["length_m"].tolist() == [0.0]
