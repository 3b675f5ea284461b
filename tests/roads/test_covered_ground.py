"""The ground that an extract covers, and the places that are out of it."""

import numpy as np
import pytest
import shapely

from eitgeo.roads.matrix.router import snap
from eitgeo.roads.network.graph import covered_ground
from eitgeo.roads.network.profile import edge_costs
from tests.roads.by_hand import ROAD, TRUCK, lambert, network_of
from tests.roads.osm_files import write_osm

KM = 1_000.0
WEST, SOUTH = 500 * KM, 6_200 * KM


def nodes(*columns):
    """Nodes every kilometre, in columns of 1 km: west, south and north of each."""
    at = [
        (west, south) for west, low, high in columns for south in np.arange(low, high)
    ]
    return np.array(at).T * KM + [[WEST], [SOUTH]]


def covers(ground, *, east_km, north_km):
    return bool(shapely.contains_xy(ground, WEST + east_km * KM, SOUTH + north_km * KM))


@pytest.fixture(scope="module")
def ell():
    """Forty kilometres to the north, then forty to the east along the south."""
    columns = [(west, 0, 40 if west < 10 else 10) for west in range(40)]
    return covered_ground(*nodes(*columns))


@pytest.mark.parametrize(
    ("place", "expected"),
    [((5, 35), True), ((35, 5), True), ((35, 35), False), ((20, 20), False)],
)
def test_the_empty_corner_of_the_box_is_out(ell, place, expected):
    assert covers(ell, east_km=place[0], north_km=place[1]) is expected


def test_a_place_near_the_last_road_is_in_and_one_far_from_it_is_out(ell):
    for north_km in (10.9, 11.9):
        assert covers(ell, east_km=30, north_km=north_km)
    for north_km in (14.1, 16):
        assert not covers(ell, east_km=30, north_km=north_km)


@pytest.mark.parametrize(("km", "expected"), [(8, True), (40, False)])
def test_a_mountain_without_a_road_is_in_and_a_hole_in_the_extract_is_not(km, expected):
    """Two extracts around one that is missing: nothing is known between them."""
    sides = [(west, 0, 20 + km) for west in (*range(10), *range(10 + km, 20 + km))]
    ends = [
        (west, *part)
        for west in range(10, 10 + km)
        for part in ((0, 10), (10 + km, 20 + km))
    ]
    ring = covered_ground(*nodes(*sides, *ends))
    assert covers(ring, east_km=10 + km / 2, north_km=10 + km / 2) is expected


def test_a_narrow_bay_is_in():
    valleys = [(west, 0, 40) for west in (*range(5), *range(13, 18))]
    assert covers(covered_ground(*nodes(*valleys)), east_km=8.5, north_km=30)


def test_a_town_alone_is_a_part_of_its_own():
    ground = covered_ground(*nodes((0, 0, 30), (80, 10, 12)))
    assert len(ground.geoms) == 2
    assert not covers(ground, east_km=40, north_km=11)


def test_nothing_is_covered_out_of_the_box_that_is_declared():
    lon, lat = (0.6, 0.9), (43.0, 43.2)
    east, north = np.meshgrid(np.linspace(0.5, 1.0, 60), np.linspace(42.9, 43.3, 60))
    x, y = lambert(np.column_stack([east.ravel(), north.ravel()]))
    ground = covered_ground(x, y, box=(lon[0], lat[0], lon[1], lat[1]))
    px, py = lambert([(0.61, 43.01), (0.89, 43.19), (0.59, 43.1), (0.75, 43.21)])
    assert shapely.contains_xy(ground, px, py).tolist() == [True, True, False, False]
    assert covered_ground(x, y).area > ground.area
    world = covered_ground(x, y, box=(-180.0, -90.0, 180.0, 90.0))
    assert world.area == pytest.approx(covered_ground(x, y).area)


def test_any_positions_make_a_ground():
    assert covered_ground(np.empty(0), np.empty(0)).is_empty
    odd = covered_ground(np.array([np.inf, -3.0, 1e9]), np.array([0.0, -5.0, np.nan]))
    assert covers(odd, east_km=-WEST / KM, north_km=-SOUTH / KM)
    away = covered_ground(*nodes((0, 0, 9)), box=(20.0, 10.0, 21.0, 11.0))
    assert away.is_empty


def test_a_place_in_the_empty_corner_has_no_road_and_no_minutes(tmp_path):
    """The box of the file holds the corner; its roads do not reach it."""
    spots = {f"{n}": (0.5, 43.0 + 0.02 * n) for n in range(10)}
    spots |= {chr(65 + n): (0.52 + 0.02 * n, 43.0) for n in range(20)}
    ways = {"0123456789": ROAD, "0ABCDEFGHIJKLMNOPQRST": ROAD}
    network = network_of(write_osm(tmp_path / "l.osm", ways, nodes=spots))
    x, y = lambert([(0.501, 43.1), (0.8, 43.001), (0.8, 43.15)])
    placed = snap(
        network, edge_costs(network.graph, TRUCK), x=x, y=y, max_snap_m=30_000.0
    )
    assert placed.status.tolist() == ["ok", "ok", "outside_extract"]
    assert placed.ends.edge[2] == -1
    assert np.isnan(placed.snap_m[2])
