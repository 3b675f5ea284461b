"""What a study asks of its roads, from ``study.yaml`` to tables and maps: Andorra."""

from typing import NamedTuple

import pandas as pd
import pytest
import shapely

from eitgeo.disclosure.door.passing import released
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.contract import STATE_FOLDER
from eitgeo.steps.engine.ledger import read_ledger
from eitgeo.steps.engine.run import run_steps
from eitgeo.steps.files import road_map_files
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import validate
from tests.rerun import behind, blank_pictures, by_status
from tests.studies.andorra import cells
from tests.studies.test_andorra import run_all

pytestmark = pytest.mark.results

GROUND = ("territory", "borders", "counts", "official_zones", "sites", "outlets")
ROADS = ("roads", "distances")
ANSWERS = ("road_reach", "road_closures", "road_checks")
PRINTED: tuple[str, ...] = ("drawn_roads", "postcodes", "print_ground", "road_maps")
PRINTED += ("release_territory", "release_roads")
SOUTH = [[1.489, 42.470], [1.500, 42.470], [1.500, 42.478], [1.489, 42.478]]
CAPITAL, SOUTH_END, FAR_END = "09900", "09908", "09903"
MASS = [10.0, 100.0]
ASKED = {
    "isochrones": {"minutes": [10, 20, 45], "profile": "truck"},
    "seats": {},
    "closures": [
        {"id": "tunnel_envalira"},
        {"id": "n125_saint_beat"},
        {"id": "sud", "label": "CG 1 au sud", "ref": "CG-1", "area_lon_lat": SOUTH},
    ],
    "criticality": {"classes": 3},
}


class Asked(NamedTuple):
    """The study whose questions were answered, and what it measured before."""

    project: Project
    perimeters: pd.DataFrame
    indicators: pd.DataFrame


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> Asked:
    """Measure the territory, then answer with exchanges drawn by hand."""
    folder = tmp_path_factory.mktemp("questions")
    measuring = [one for one in STEPS if one.name in behind("indicators")]
    project, _ = run_all(folder, steps=measuring, layer=cells(), **ASKED)
    measured = (
        read_table(project.processed, one) for one in ("perimeters", "indicators")
    )
    asked = Asked(project, *measured)
    # The south and the far side of the tunnel, each with the capital.
    exchanges = {"code_a": [CAPITAL] * 2, "code_b": [SOUTH_END, FAR_END], "t_mid": MASS}
    write_table(project.processed, pd.DataFrame(exchanges), table="affinity")
    names = {*GROUND, *ROADS, *ANSWERS, *PRINTED}
    with blank_pictures():
        reports = run_steps([one for one in STEPS if one.name in names], project)
    assert {one.step.name: str(one.error) for one in reports if one.error} == {}
    assert by_status(reports, "done") == {*ANSWERS, *PRINTED} - {"road_checks"}
    return asked


@pytest.fixture
def table(done):
    return lambda name: read_table(done.project.processed, name)


def test_real_roads_are_measured_and_nothing_is_a_demonstration(done, table):
    project = done.project
    assert project.study.demonstration_reasons == ()
    assert not any("DEMO" in path.name for path in project.maps.rglob("*"))
    assert not done.perimeters["certificate"].str.contains("substitution").any()
    assert set(table("od_matrix")["status"]) == {"ok", "same_place"}
    assert table("contiguity")["road_minutes"].notna().sum() >= 9
    sources = done.indicators["source"]
    assert sources.str.contains("OpenStreetMap").any()
    assert not sources.str.contains("substitution").any()


@pytest.mark.parametrize(
    "name",
    [
        "animation_seats",
        "closed_roads",
        "closure_access",
        "closure_trips",
        "closures",
        "isochrones",
        "link_criticality",
        "reach_shares",
        "road_checks",
    ],
)
def test_every_answer_is_a_valid_table(table, name):
    rows = table(name)
    assert len(rows) > 0
    assert validate(rows, table=name).equals(rows)


def test_there_is_a_map_for_each_question_and_no_other(done):
    project = done.project
    asked = {path.name for path in road_map_files(project)}
    assert len(asked) == 2 * 7
    assert {path.name for path in project.maps.rglob("carte_*.p*")} == asked
    for path in road_map_files(project):
        head = path.read_bytes()[:5]
        assert head == (b"%PDF-" if path.suffix == ".pdf" else b"\x89PNG\r")


def test_bands_hold_one_another_and_most_of_the_inhabitants(table):
    bands = table("isochrones")
    assert bands["minutes"].tolist() == [10, 20, 45]
    inner, middle, outer = bands.geometry
    assert shapely.covers(middle, inner)
    assert shapely.covers(outer, middle)
    assert bands["road_km"].is_monotonic_increasing
    shares = table("reach_shares")
    by_time = shares[shares["measure"] == "time_min"]
    assert by_time["inhabitants_pct"].is_monotonic_increasing
    assert by_time["inhabitants_pct"].iloc[-1] == 100


def test_the_tunnel_closed_sends_the_pass_on_the_long_way(table):
    row = table("closures").set_index("closure_id").loc["tunnel_envalira"]
    # One tunnel, of 2 879 m by its operator; its approaches bear the same number.
    assert 2_800 < row["length_m"] < 3_200
    assert row["cut_pairs"] == 0
    assert row["rerouted_pairs"] == row["pairs"] > 0
    assert 5 < row["extra_min_max"] < 20
    # 100 t go round by the pass, some 5 to 9 km longer.
    assert 500 < row["detour_tkm"] < 900
    assert row["cut_t"] == 0
    assert (row["evidence"], row["status"]) == ("S", "a_confirmer")
    assert row["as_of"] == "2026-11-25"
    trips = table("closure_trips").set_index(["closure_id", "state"])
    before, after = (
        trips.loc[("tunnel_envalira", state)] for state in ("ouverte", "fermee")
    )
    assert after["time_s"] > before["time_s"]
    assert after.geometry.length == pytest.approx(after["length_m"], rel=0.02)
    closed = table("closed_roads")
    tunnel = closed[closed["closure_id"] == "tunnel_envalira"].geometry.union_all()
    assert shapely.intersection(before.geometry, tunnel).length > 2_000
    assert shapely.intersection(after.geometry, tunnel).length < 1


def test_what_has_no_other_way_is_cut_off_and_has_no_minutes(table):
    row = table("closures").set_index("closure_id").loc["sud"]
    assert row["cut_pairs"] == row["pairs"] == 18  # the south and the nine others
    assert row["extra_min"] == 0
    assert (row["cut_t"], row["detour_tkm"]) == (10, 0)
    assert (row["source"], row["as_of"]) == ("étude", "")
    access = table("closure_access")
    south = access[access["closure_id"] == "sud"]
    assert len(south) == 18
    assert south["status"].eq("other_component").all()
    assert south["closed_min"].isna().all()


def test_a_road_that_the_extract_does_not_have_is_said_and_nothing_changes(table):
    row = table("closures").set_index("closure_id").loc["n125_saint_beat"]
    assert row["n_edges"] == row["pairs"] == 0
    assert row["note"] == "introuvable dans cet extrait"
    assert "n125_saint_beat" not in set(table("closure_access")["closure_id"])


def test_links_that_cut_off_are_bridges_or_lead_to_one(table):
    links = table("link_criticality")
    counted = links["rerouted_pairs"] + links["cut_pairs"] + links["on_link_pairs"]
    assert (counted == links["pairs"]).all()
    assert (links["extra_min"] >= 0).all()
    bridges = links[links["bridge"] & (links["on_link_pairs"] < links["pairs"])]
    assert len(bridges) > 10
    assert (bridges["rerouted_pairs"] == 0).all()


def test_the_straight_line_and_the_unknown_limits_are_told(table):
    checks = table("road_checks").set_index("check")
    assert 1.2 < checks.loc["détour", "median"] < 2
    unknown = checks.loc["part du trajet aux limites inconnues"]
    assert 0.7 < unknown["median"] <= 1


def test_another_question_moves_neither_the_network_nor_its_distances(done):
    out = done.project.out
    were = read_ledger(out, out / STATE_FOLDER).steps
    for name in ("roads", "distances"):
        keys = {*were[name].settings}
        assert any(key.startswith("roads.vehicles") for key in keys)
        questions = ("roads.closures", "roads.isochrones", "roads.seats")
        assert not any(key.startswith(questions) for key in keys)


def test_tonnes_that_closed_roads_delay_stay_inside(done, table):
    for name in ("closures", "link_criticality"):
        assert {"cut_t", "detour_tkm"} <= set(table(name))
        assert not {"cut_t", "detour_tkm"} & set(released(done.project, name).table)
