"""From files to distances on real roads: Andorra, its relief, squares for communes."""

import shutil
from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import yaml

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import open_project
from eitgeo.tables.files import read_table
from eitgeo.tables.schema import validate
from tests.rerun import by_status, changed
from tests.studies.andorra import EXTRACT, RELIEF, squares, write_andorra

pytestmark = pytest.mark.results

SITES = ("counts", "official_zones", "sites")
"""Outlets ask them whom a register withholds."""
NEEDED = ("territory", "borders", *SITES, "outlets", "roads", "distances")
CHOSEN = [step for step in STEPS if step.name in NEEDED]
ROAD_TABLES = (
    "contiguity",
    "od_matrix",
    "road_edges",
    "road_ground",
    "road_islands",
    "road_lines",
    "road_names",
    "road_nodes",
    "road_report",
    "road_turns",
)


def run_all(folder, *, steps=CHOSEN, layer=None, **roads):
    """Run steps on squares, or on another layer; all must be done."""
    if not (EXTRACT.is_file() and RELIEF.is_file()):
        pytest.skip("extract of Andorra or its relief absent: ../shared/data")
    study = write_andorra(folder, squares() if layer is None else layer, **roads)
    project = open_project(study)
    reports = run_steps(steps, project)
    failed = {one.step.name: str(one.error) for one in reports if one.status != "done"}
    assert failed == {}
    return project, {one.step.name: one.facts for one in reports}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return run_all(tmp_path_factory.mktemp("andorra"))


@pytest.fixture
def table(done):
    return lambda name: read_table(done[0].processed, name)


@pytest.mark.parametrize("name", ROAD_TABLES)
def test_tables_of_roads_are_valid(table, name):
    rows = table(name)
    assert len(rows) > 0
    assert validate(rows, table=name).equals(rows)


def test_the_extract_is_read_whole(done, table):
    facts = done[1]["roads"]
    # 551 km open to a truck or a car, 16 restrictions out of all left out.
    assert facts["km de routes"] == 551
    assert facts["tronçons"] == len(table("road_edges")) == len(table("road_lines"))
    assert facts["km de dénivelé inconnu"] <= 5


def test_distances_are_plausible(table):
    pairs = table("od_matrix")
    found = pairs[pairs["status"] == "ok"]
    counts = Counter(pairs["status"])
    # Squares in the corners of the box are in Spain or France: no road is known there.
    assert set(counts) == {"ok", "same_place", "snap_too_far", "outside_extract"}
    assert counts["ok"] > 400
    assert (found["length_m"] >= 0.999 * found["straight_m"]).all()
    detour = found["length_m"] / found["straight_m"]
    assert 1.3 < detour.median() < 3.0
    speed_kmh = 3.6 * found["length_m"] / found["time_s"]
    assert speed_kmh.between(15, 75).all()
    unreached = pairs[pairs["status"].isin(["snap_too_far", "outside_extract"])]
    assert (
        unreached[["time_s", "length_m", "ascent_m", "unknown_m"]].isna().all(axis=None)
    )


def test_a_car_is_never_slower_than_the_truck(table):
    pairs = table("od_matrix").set_index(["profile", "origin_id", "destination_id"])
    both = (
        pairs["time_s"]
        .reset_index()
        .pivot_table(
            index=["origin_id", "destination_id"], columns="profile", values="time_s"
        )
        .dropna()
    )
    assert len(both) > 200
    assert (both["car"] <= both["truck"]).all()


def test_the_climb_there_less_the_climb_back_is_the_difference_of_altitudes(table):
    pairs = table("od_matrix")
    found = pairs[(pairs["profile"] == "truck") & (pairs["status"] == "ok")]
    net = found.assign(net=found["ascent_m"] - found["descent_m"]).set_index(
        ["origin_id", "destination_id"]
    )["net"]
    back = net.swaplevel().reindex(net.index)
    # A way back by other roads ends at the same two altitudes; each edge is rounded
    # to the metre.
    assert (net + back).abs().median() < 10
    assert net.abs().max() < 1_700


def test_truck_limits_are_mostly_unknown_and_said_to_be(table):
    pairs = table("od_matrix")
    trucks = pairs[(pairs["profile"] == "truck") & (pairs["status"] == "ok")]
    share = trucks["unknown_m"].sum() / trucks["length_m"].sum()
    assert 0.7 < share <= 1.0
    assert pairs.loc[pairs["profile"] == "car", "unknown_m"].fillna(0).eq(0).all()
    report = table("road_report").set_index("subject")["value"]
    assert report["hauteur inconnue : toutes les routes"] == pytest.approx(
        99.2, abs=0.5
    )


def test_communes_touch_only_where_a_road_crosses(table):
    """Hold each border to a plain count: roads with 20 m or more on both sides."""
    borders = table("contiguity")
    squares = gpd.GeoDataFrame(table("communes")).set_index("code_insee").geometry
    lines, edges = table("road_lines"), table("road_edges")
    open_to_trucks = edges["hgv"].isin(["yes", "destination"]).to_numpy()
    roads = gpd.GeoSeries(lines.geometry[open_to_trucks])
    for row in borders.itertuples():
        one, other = squares[row.code_a], squares[row.code_b]
        both = roads[roads.intersects(one) & roads.intersects(other)]
        sides = np.minimum(
            both.intersection(one).length, both.intersection(other).length
        )
        if (sides < 1).all():
            assert np.isnan(row.road_minutes)
        if not np.isnan(row.road_minutes):
            assert (sides >= 1).any()
            assert 2 < row.road_minutes < 90
    crossed = borders["road_minutes"].notna()
    assert 10 <= crossed.sum() <= 25


def test_minutes_of_a_border_are_half_the_round_trip(table):
    pairs = table("od_matrix")
    by_truck = pairs[pairs["profile"] == "truck"]
    time_s = by_truck.set_index(["origin_id", "destination_id"])["time_s"]
    rows = table("contiguity").dropna(subset="road_minutes")
    for row in rows.itertuples():
        there, back = time_s[row.code_a, row.code_b], time_s[row.code_b, row.code_a]
        assert row.road_minutes == pytest.approx((there + back) / 120, abs=1e-6)


def test_islands_are_on_the_map(table):
    islands = gpd.GeoDataFrame(table("road_islands"))
    assert islands.crs.to_epsg() == 2154
    lengths = shapely.length(islands.geometry.to_numpy())
    assert lengths == pytest.approx(islands["length_m"].to_numpy(), rel=0.01)
    assert 5_000 < islands.loc[islands["profile"] == "truck", "length_m"].sum() < 20_000


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """Run the same study a second time, elsewhere."""
    return run_all(tmp_path_factory.mktemp("andorra") / "again")[0]


def test_a_second_run_gives_the_same_bytes_and_keeps_the_order(done, again):
    for name in ROAD_TABLES:
        one, two = (
            (project.processed / f"{name}.parquet").read_bytes()
            for project in (done[0], again)
        )
        assert one == two, name
    orders = sorted((again.cache / "roads").iterdir())
    assert len(orders) == 2  # one for trucks, one for cars
    current = run_steps(CHOSEN, again)
    assert {one.status for one in current} == {"current"}


def test_blocks_hold_the_same_rows(done, again):
    """A table computed block by block is the one computed at once."""
    in_blocks = changed(again, "roads", matrix_gb=1e-4)
    assert by_status(run_steps(CHOSEN, in_blocks), "done") == {"distances"}
    one, two = (project.processed / "od_matrix.parquet" for project in (done[0], again))
    assert one.read_bytes() != two.read_bytes()  # in several parts
    pd.testing.assert_frame_equal(
        read_table(again.processed, "od_matrix"),
        read_table(done[0].processed, "od_matrix"),
    )
    assert list((again.cache / "distances").iterdir()) == []


@pytest.fixture
def other(done, tmp_path):
    """Return what runs the study with other roads, elsewhere: what they move alone."""
    base = shutil.copytree(done[0].base, tmp_path / "autre")

    def run(**roads):
        path = base / "study.yaml"
        study = yaml.safe_load(path.read_text(encoding="utf-8"))
        study["roads"] |= roads
        path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
        project = open_project(path)
        reports = run_steps(CHOSEN, project)
        assert by_status(reports, "done") == {"roads", "distances"}
        return project

    return run


def test_a_truck_that_a_sign_stops_goes_round_or_not_at_all(other, table):
    """Signs are few in Andorra: most trips of a taller truck stay, none is shorter."""
    tall = {"hooklift_26t": {"height_m": 5.5}}
    project = other(vehicles=tall)
    keys = ["profile", "origin_id", "destination_id"]
    stopped = read_table(project.processed, "od_matrix").set_index(keys)
    plain = table("od_matrix").set_index(keys)
    pd.testing.assert_frame_equal(stopped.loc["car"], plain.loc["car"])
    both = stopped.loc["truck", "time_s"].to_frame("tall")
    both = both.join(plain.loc["truck", "time_s"]).dropna()
    assert len(both) > 100
    assert (both["tall"] >= both["time_s"]).all()
    assert (both["tall"] > both["time_s"]).any()


def test_without_a_relief_no_climb_is_a_number(other):
    network = {"reader": "osm", "path": str(EXTRACT)}
    project = other(network=network)
    pairs = read_table(project.processed, "od_matrix")
    assert pairs[["ascent_m", "descent_m"]].isna().all(axis=None)
    assert pairs["time_s"].notna().sum() > 400
    assert read_table(project.processed, "road_nodes")["z"].isna().all()
