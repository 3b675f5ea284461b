"""A study on the roads of BD TOPO: three communes, a road over two borders only.

09001 ───D───┼─── 31002 ───D───┼─── 31471      the road stops 1 km short of the
                                ╵               seat of 31471; its spur is private
"""

import geopandas as gpd
import numpy as np
import pytest
import yaml
from shapely import LineString

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import open_project
from eitgeo.tables.files import read_table
from tests.roads.test_bd_topo_graph import FREE
from tests.sources.test_bd_topo import ROAD as SECTION
from tests.studies.small_country import write_country

NAMES = {"territory", "borders", "counts", "official_zones", "sites", "outlets"}
CHOSEN = [step for step in STEPS if step.name in NAMES | {"roads", "distances"}]
Y = 6_205_000.0


def write_roads(path):
    """Cut the road at each border, as BD TOPO does."""
    stops = [(503_000, 510_000), (510_000, 520_000), (520_000, 524_000)]
    lines = [LineString([(a, Y), (b, Y)]) for a, b in stops]
    lines.append(LineString([(524_000, Y), (525_000, Y)]))
    rows = [
        SECTION | FREE | {"cleabs": f"TRONROUT{n}", "prive": n == 3} for n in range(4)
    ]
    layer = gpd.GeoDataFrame(rows, geometry=lines, crs=2154)
    layer.to_file(path, layer="troncon_de_route", driver="GPKG")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bdtopo")
    study = write_country(folder)
    write_roads(folder / "raw" / "bdtopo.gpkg")
    told = yaml.safe_load(study.read_text(encoding="utf-8"))
    told["roads"]["network"] = {"reader": "bd_topo", "path": "raw/bdtopo.gpkg"}
    told["sources"]["credits"]["roads"] = "© IGN – BD TOPO"
    study.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    opened = open_project(study)
    reports = run_steps(CHOSEN, opened)
    assert {one.step.name: str(one.error) for one in reports if one.error} == {}
    return opened


def test_borders_are_crossed_where_sections_meet(project):
    table = read_table(project.processed, "contiguity").set_index(["code_a", "code_b"])
    minutes = table["road_minutes"]
    # Seats 10 km apart, on the road or 1 km past its end; the lorry's 57 km/h on such a
    # road, 30 off the road, two minutes at each end.
    kmh = 57
    assert minutes["09001", "31002"] == pytest.approx(10 / kmh * 60 + 4, rel=0.02)
    end = 9 / kmh * 60 + 1 / 30 * 60 + 4
    assert minutes["31002", "31471"] == pytest.approx(end, rel=0.02)


def test_distances_follow_the_road(project):
    pairs = read_table(project.processed, "od_matrix").set_index(
        ["profile", "origin_id", "destination_id"]
    )
    row = pairs.loc[("truck", "09001", "31471")]
    assert row["status"] == "ok"
    assert row["length_m"] == pytest.approx(20_000, rel=0.01)
    assert row["unknown_m"] == pytest.approx(19_000, rel=0.01)
    assert np.isnan(row["ascent_m"])


def test_each_place_says_how_far_its_road_is(project):
    places = read_table(project.processed, "road_places")
    by_truck = places[places["profile"] == "truck"].set_index("place_id")
    assert set(by_truck["status"]) == {"ok"}
    assert by_truck.loc["31471", "snap_m"] == pytest.approx(1_000, abs=1)
    assert by_truck.loc["09001", "snap_m"] < 1
    assert by_truck["name"].ne("").all()
    pairs = read_table(project.processed, "od_matrix")
    told = pairs[pairs["profile"] == "truck"].set_index("destination_id")
    found = by_truck["snap_m"].reindex(told.index)
    assert found.to_numpy() == pytest.approx(told["snap_destination_m"].to_numpy())


def test_the_private_spur_is_counted_out(project):
    report = read_table(project.processed, "road_report").set_index("subject")["value"]
    assert report["sections sans usage permis"] == 1
