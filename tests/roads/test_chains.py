"""Sections joined end to end, held against a plain walk from one to the next."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.roads.network.graph import build_graph, join_chains
from eitgeo.sources.ground.osm_roads import read_osm_roads
from tests.roads.osm_files import write_osm

NODES = st.integers(0, 9)
NOWHERE = np.empty(0, dtype=np.int64)


def neighbour(ends, sides, fixed, section, leaves_by):
    """Return the section that goes on from an end, and the end it enters by."""
    node = ends[section][leaves_by]
    meets = [
        (one, end)
        for one, pair in enumerate(ends)
        for end in (0, 1)
        if pair[end] == node
    ]
    if len(meets) != 2 or node in fixed:
        return None
    (other, enters_by) = meets[meets[0] == (section, leaves_by)]
    if other == section:
        return None
    allowed = sides[section][1 - leaves_by], sides[other][enters_by]
    return (other, enters_by) if allowed[0] == allowed[1] else None


def trail(drawing, section, leaves_by):
    """Walk from an end until nothing goes on, or back to the section itself."""
    ends, sides, fixed = drawing
    steps, here = [], (section, leaves_by)
    while (further := neighbour(ends, sides, fixed, *here)) and further[0] != section:
        other, enters_by = further
        steps.append((other, enters_by == 0))
        here = (other, 1 - enters_by)
    return steps


def walked(*drawing):
    """Walk each chain both ways from its first section; a ring, one way."""
    chains, seen = [], set()
    for seed in range(len(drawing[0])):
        if seed in seen:
            continue
        after, before = trail(drawing, seed, 1), trail(drawing, seed, 0)
        if {one for one, _ in after} & {one for one, _ in before}:
            before = []
        turned = [(one, not along) for one, along in reversed(before)]
        chain = [*turned, (seed, True), *after]
        seen |= {one for one, _ in chain}
        chains += halves(chain, drawing[0])
    return chains


def halves(chain, ends):
    """Cut a chain that comes back to where it starts."""
    (first, along), (last, forward) = chain[0], chain[-1]
    if len(chain) > 1 and ends[first][1 - along] == ends[last][int(forward)]:
        middle = len(chain) // 2
        return [chain[:middle], chain[middle:]]
    return [chain]


@settings(max_examples=60, deadline=None)
@given(
    ends=st.lists(
        st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1]),
        min_size=1,
        max_size=12,
    ),
    fixed=st.sets(NODES, max_size=2),
    data=st.data(),
)
def test_sections_are_joined_as_a_walk_joins_them(ends, fixed, data):
    # Open both ways, or one way: along as drawn, or against.
    kind = st.sampled_from([(0, 0), (0, 0), (1, 2), (2, 1)])
    sides = data.draw(st.lists(kind, min_size=len(ends), max_size=len(ends)))
    chains = join_chains(
        np.array(ends), sides=np.array(sides), fixed=np.array(sorted(fixed), dtype=int)
    )
    parts = np.split(chains.order, chains.starts[1:-1])
    found = [
        [(one, bool(chains.along[one])) for one in part.tolist()] for part in parts
    ]
    assert found == walked(ends, sides, fixed)
    for edge, part in enumerate(found):
        assert (chains.edge[[one for one, _ in part]] == edge).all()
        (first, along), (last, forward) = part[0], part[-1]
        assert chains.u[edge] == ends[first][1 - along]
        assert chains.v[edge] == ends[last][int(forward)]


@pytest.mark.parametrize("n", [2, 3, 8, 257])
def test_a_ring_of_any_length_is_two_edges_from_its_first_section(n):
    order = np.random.default_rng(n).permutation(n)
    ends = np.column_stack([order, (order + 1) % n])
    sides = np.zeros((n, 2), dtype=int)
    chains = join_chains(ends, sides=sides, fixed=NOWHERE)
    assert chains.starts.tolist() == [0, n // 2, n]
    assert chains.order[0] == 0
    assert chains.along.all()
    assert (chains.u[1], chains.v[1]) == (chains.v[0], chains.u[0])


def test_an_edge_is_drawn_through_its_ways_whatever_their_direction(tmp_path):
    road = {"highway": "primary"}
    ways = {"ABC": road, "DC": road, "ID": road, "BE": road, "FE": road}
    graph = build_graph(read_osm_roads(write_osm(tmp_path / "dessin.osm", ways)))
    for end, at in (("u", 0), ("v", -1)):
        points = shapely.get_coordinates(shapely.get_point(graph.lines, at))
        node = graph.edges[end].to_numpy()
        np.testing.assert_array_equal(points, np.stack([graph.x, graph.y], 1)[node])
    assert sorted(shapely.get_num_points(graph.lines)) == [2, 3, 4]
    assert shapely.length(graph.lines) == pytest.approx(
        graph.edges["length_m"].to_numpy(), rel=2e-3
    )
