"""Isochrones: hand-computed stretches, properties on Andorra."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import StudyError
from eitgeo.roads.matrix.engine import NOT_REACHED
from eitgeo.roads.matrix.router import many_to_many, snap
from eitgeo.roads.matrix.topology import Ends
from eitgeo.roads.network.profile import edge_costs
from eitgeo.roads.questions.isochrones import (
    Drawing,
    isochrones,
    links_of,
    reach,
    within,
)
from tests.roads.by_hand import ROAD, TRUCK, lambert, network_of, places
from tests.roads.extracts import network_of as extract_network
from tests.roads.osm_files import length_m, write_osm
from tests.roads.test_router_exact import VEHICLE, random_ends

STAR = {"AB": ROAD, "BC": ROAD, "BE": ROAD, "BG": ROAD}
BANDS = (5.0, 10.0, 20.0, 30.0, 45.0, 60.0)


def edge_minutes(network, reached):
    """Say when each edge is first come to [min]; NaN where none comes."""
    first = np.full(len(network.graph.edges), np.inf)
    np.minimum.at(first, reached.parts.edge, reached.from_min)
    first[np.isinf(first)] = np.nan
    return pd.Series(first, index=network.graph.edges.index)


def reached_from(tmp_path, ways, *stretches, minutes=10.0):
    """Reach from the middle of stretches, at 10 m/s on every road."""
    network = network_of(write_osm(tmp_path / "dessin.osm", ways))
    costs = edge_costs(network.graph, TRUCK)
    at = places(*stretches)
    x, y = at["x"].to_numpy(), at["y"].to_numpy()
    ends = snap(network, costs, x=x, y=y, max_snap_m=300.0).ends
    return network, reach(network, costs, ends, max_minutes=minutes)


def road_m(network, parts):
    length = network.graph.edges["length_m"].to_numpy()
    return float((length[parts.edge] * (parts.stop - parts.start)).sum())


def test_two_minutes_of_a_star_by_hand(tmp_path):
    network, reached = reached_from(tmp_path, STAR, "AB")
    # 1 200 m: half of AB each way, and what is left past B on three branches.
    past_b = 1200 - length_m("AB") / 2
    assert length_m("BC") > past_b
    expected = length_m("AB") + 3 * past_b
    assert road_m(network, within(reached, 2.0)) == pytest.approx(expected, abs=5)


def test_half_a_minute_stays_on_the_edge(tmp_path):
    network, reached = reached_from(tmp_path, STAR, "AB")
    parts = within(reached, 0.5)
    assert len(parts.edge) == 1
    assert road_m(network, parts) == pytest.approx(600, abs=2)
    middle = (parts.start[0] + parts.stop[0]) / 2
    assert middle == pytest.approx(0.5, abs=0.01)


def test_a_one_way_road_is_not_driven_back(tmp_path):
    ways = {"AB": ROAD | {"oneway": "yes"}, "BC": ROAD, "CA": ROAD}
    network, reached = reached_from(tmp_path, ways, "AB")
    ahead = within(reached, 0.5)
    assert road_m(network, ahead) == pytest.approx(300, abs=2)
    # To C, then A, then the first half of AB.
    round_min = (length_m("ABCA")) / 600
    everything = within(reached, round_min + 0.1)
    assert road_m(network, everything) == pytest.approx(length_m("ABCA"), abs=1)


def test_edges_are_told_when_they_are_first_come_to(tmp_path):
    network, reached = reached_from(tmp_path, STAR | {"IJ": ROAD}, "AB")
    minutes = edge_minutes(network, reached)
    half = length_m("AB") / 1200
    here = np.flatnonzero(minutes == 0)
    assert len(here) == 1
    assert minutes.isna().sum() == 1
    others = minutes.dropna().drop(here)
    assert others.tolist() == pytest.approx([half] * 3, abs=0.01)


def test_the_nearest_of_several_places_counts(tmp_path):
    network, both = reached_from(tmp_path, STAR, "AB", "BE")
    _, one = reached_from(tmp_path, STAR, "AB")
    _, other = reached_from(tmp_path, STAR, "BE")
    minutes, first, second = (edge_minutes(network, r) for r in (both, one, other))
    np.testing.assert_allclose(minutes, np.fmin(first, second))


def test_no_place_on_a_road_reaches_nothing(tmp_path):
    network = network_of(write_osm(tmp_path / "dessin.osm", STAR))
    nowhere = Ends(np.array([-1]), np.zeros(1))
    reached = reach(network, edge_costs(network.graph, TRUCK), nowhere, max_minutes=9)
    table = isochrones(network, reached, minutes=(3, 9))
    assert table["road_km"].tolist() == [0, 0]
    assert table.geometry.is_empty.all()


def test_a_straight_road_makes_a_rounded_strip(tmp_path):
    network, reached = reached_from(tmp_path, {"AB": ROAD}, "AB")
    plain = Drawing(width_m=100.0, hole_km2=0.0, tolerance_m=0.0)
    row = isochrones(network, reached, minutes=(10,), drawing=plain).iloc[0]
    strip = 2 * 100 * length_m("AB") + np.pi * 100**2
    assert 1e6 * row["area_km2"] == pytest.approx(strip, rel=0.01)
    assert row["road_km"] == pytest.approx(length_m("AB") / 1000, abs=0.001)


def test_a_place_off_its_road_is_inside_the_bands_of_its_minutes(tmp_path):
    """A town hall 354 m from its road, 250 m being drawn: out of every band once."""
    network, reached = reached_from(tmp_path, {"AB": ROAD}, "AB")
    at = places("AB")
    x, y = (at[name].to_numpy() for name in ("x", "y"))
    hall = shapely.Point(x[0], y[0] + 354)
    ends = Ends(np.array([0]), np.array([0.5]))

    def inside(minutes):
        links = links_of(
            network, ends, x=x, y=y + 354, minutes=np.array([float(minutes)])
        )
        bands = isochrones(network, reached, minutes=[1.0, 2.0, 5.0], links=links)
        return bands.covers(hall).tolist()

    bare = isochrones(network, reached, minutes=[1.0, 2.0, 5.0])
    assert not bare.covers(hall).any()
    assert inside(1.5) == [False, True, True]
    assert inside("nan") == [False, False, False]


def test_small_holes_are_filled_and_large_ones_kept(tmp_path):
    square = {"BC": ROAD, "CF": ROAD, "FE": ROAD, "EB": ROAD}
    network, reached = reached_from(tmp_path, square, "BC")
    inside_km2 = (length_m("BC") - 200) * (length_m("BE") - 200) / 1e6
    for hole_km2, rings in ((inside_km2 * 1.1, 0), (inside_km2 * 0.9, 1)):
        how = Drawing(width_m=100.0, hole_km2=hole_km2, tolerance_m=1.0)
        shape = isochrones(network, reached, minutes=(10,), drawing=how).geometry[0]
        assert len(shape.interiors) == rings


def test_the_method_is_told_in_french():
    method = Drawing(width_m=300.0, hole_km2=0.5, tolerance_m=20.0).method
    assert method == (
        "routes atteintes élargies de 300 m, trous de moins de 0,5 km² comblés, "
        "contour simplifié à 20 m"
    )


def test_a_band_past_what_was_looked_for_is_refused(tmp_path):
    network, reached = reached_from(tmp_path, STAR, "AB", minutes=10.0)
    with pytest.raises(StudyError, match=r"2 anomalies[\s\S]*0 min[\s\S]*30 min"):
        isochrones(network, reached, minutes=(0, 5, 30))


def andorra():
    network = extract_network("andorra")
    return network, edge_costs(network.graph, VEHICLE)


def test_bands_of_andorra_hold_one_another_and_their_roads():
    network, costs = andorra()
    x, y = lambert([(1.5218, 42.5063)])  # Andorra la Vella
    ends = snap(network, costs, x=x, y=y, max_snap_m=500.0).ends
    reached = reach(network, costs, ends, max_minutes=60.0)
    table = isochrones(network, reached, minutes=BANDS)
    assert table.crs.to_epsg() == 2154
    assert table["minutes"].tolist() == list(BANDS)
    shapes = table.geometry
    assert shapes.is_valid.all()
    for inner, outer in pairwise(shapes):
        assert outer.covers(inner)
    assert (np.diff(table["road_km"]) >= 0).all()
    assert table["road_km"].iloc[0] < table["road_km"].iloc[-1]
    parts = within(reached, 10.0)
    lines = network.graph.lines[parts.edge[parts.stop - parts.start == 1]]
    assert shapes[1].buffer(1.0).covers(shapely.union_all(lines))
    # The country is 468 km²; what lies far from any road is not claimed.
    assert 50 < table["area_km2"].iloc[-1] < 468


def test_minutes_are_those_of_the_matrix():
    """Time alone decides here, time and length there: 5 s per 400 km at most."""
    network, costs = andorra()
    length = network.graph.edges["length_m"].to_numpy()
    rng = np.random.default_rng(5)
    origins, places_there = (random_ends(network, costs, rng, n) for n in (5, 300))
    found = many_to_many(
        network, costs, origins=origins, destinations=places_there
    ).sums["time_ds"]
    for row in range(5):
        one = Ends(origins.edge[[row]], origins.fraction[[row]])
        reached = reach(network, costs, one, max_minutes=500.0)
        parts = reached.parts
        # A barrier has no length: no stretch stands for it.
        for column in np.flatnonzero(length[places_there.edge] > 0).tolist():
            on = parts.edge == places_there.edge[column]
            here = places_there.fraction[column]
            share = (here - parts.start[on]) / (parts.stop[on] - parts.start[on])
            ahead = share >= 0
            lasts = reached.to_min[on] - reached.from_min[on]
            times = 600 * (reached.from_min[on] + share * lasts)[ahead]
            expected = found[row, column]
            assert times.min(initial=np.inf) == pytest.approx(
                np.inf if expected == NOT_REACHED else expected, abs=2
            )


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.floats(1, 50), st.floats(1, 50))
def test_more_time_reaches_no_less(seed, one, other):
    network, costs = andorra()
    ends = random_ends(network, costs, np.random.default_rng(seed), 2)
    reached = reach(network, costs, ends, max_minutes=60.0)
    short, long = (within(reached, minutes) for minutes in sorted((one, other)))
    assert road_m(network, short) <= road_m(network, long) + 1e-6
    assert set(short.edge) <= set(long.edge)
    assert ((long.start >= 0) & (long.stop <= 1) & (long.start <= long.stop)).all()
