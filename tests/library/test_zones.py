"""Zones of sites as an analyst calls them."""

import geopandas as gpd
import numpy as np
import pytest

import eitgeo as eg
from eitgeo.errors import SchemaError
from eitgeo.study.zones import Zones
from eitgeo.zones.clustering import cluster_sites as of_a_study
from tests.roads.osm_files import NODES, write_osm


@pytest.fixture
def sites():
    """Two groups of three sites, one large site alone, one small alone."""
    x = [0, 200, 400, 9000, 9100, 9200, 30_000, 50_000]
    return gpd.GeoDataFrame(
        {
            "jobs": [5, 5, 5, 40, 1, 1, 300, 2],
            "naf": ["25", "25", "25", "10", "10", "10", "25", "10"],
        },
        geometry=gpd.points_from_xy([500_000.0 + one for one in x], [6.2e6] * 8),
        index=list("abcdefgh"),
        crs=2154,
    )


def test_sites_alone_make_zones_where_no_jobs_are_told(sites):
    found = eg.cluster_sites(sites, radius=250)
    assert found.index.equals(sites.index)
    groups = found[found != ""].groupby(found).agg(lambda names: "".join(names.index))
    assert sorted(groups) == ["abc", "def"]


def test_zones_are_those_of_a_study_with_the_same_setting(sites):
    found = eg.cluster_sites(sites.to_crs(4326), radius=250, jobs="jobs")
    told = sites.assign(site_id=sites.index, headcount_mid=sites["jobs"].astype(float))
    zones = Zones(method="dbscan", radius_m=250)
    assert found.to_dict() == of_a_study(told, zones=zones).to_dict()
    assert found["g"].startswith("I")


def test_by_road_two_sites_across_a_gap_are_no_neighbours(tmp_path):
    path = tmp_path / "grid.osm"
    write_osm(path, {"ABC": {"highway": "primary"}, "EF": {"highway": "primary"}})
    roads = eg.read_roads(path)
    lon, lat = zip(*(NODES[name] for name in "BCEF"), strict=True)
    points = gpd.GeoSeries.from_xy(lon, lat, crs=4326).to_frame("geometry")
    setting = {"radius": 1_200.0, "min_sites": 2}
    assert eg.cluster_sites(points, **setting).nunique() == 1
    by_road = eg.cluster_sites(points, roads=roads, **setting)
    assert by_road.tolist()[0] == by_road.tolist()[1] != ""
    minutes = eg.cluster_sites(
        points, roads=roads, in_minutes=True, radius=3.0, min_sites=2
    )
    assert minutes[0] == minutes[1] != ""


def test_outlines_hold_their_sites(sites):
    zone = eg.cluster_sites(sites, radius=250)
    drawn = eg.zone_outlines(sites.to_crs(4326), zone)
    assert drawn["n_sites"].tolist() == [3, 3]
    for name, shape in drawn.geometry.items():
        assert shape.contains(sites.geometry[zone == name]).all()
    assert drawn["area_ha"].to_numpy() == pytest.approx(drawn.area / 1e4)


def test_a_zone_that_every_setting_finds_is_stable(sites):
    zone = eg.cluster_sites(sites, radius=500)
    found = eg.zone_stability(
        sites, zone, radii_m=(300.0, 500.0), minima=[(3, 30.0)], methods=["dbscan"]
    )
    assert found.to_dict() == {"Z001": 1.0, "Z002": 1.0}
    wide = eg.zone_stability(
        sites, zone, radii_m=(300.0, 9_500.0), minima=[(3, 30.0)], methods=["dbscan"]
    )
    assert (wide < 1).all()


def test_m_is_one_where_sectors_mix_and_above_where_they_gather(sites):
    found = eg.m_function(sites, "naf", radii_m=[500.0, 1e6])
    assert (found[500.0] > 2).all()
    assert found[1e6].to_numpy() == pytest.approx(1.0)
    weighed = eg.m_function(sites, "naf", radii_m=[500.0], jobs="jobs")
    assert not np.allclose(weighed[500.0], found[500.0])


def test_kd_is_a_density(sites):
    at = np.arange(0.0, 80_000.0, 50.0)
    found = eg.kd(sites, "naf", at_m=at, bandwidth_m=500.0)
    assert list(found) == ["all", "10", "25"]
    assert (found.sum() * 50.0).to_numpy() == pytest.approx(1.0, abs=0.02)


def test_what_is_absent_is_named(sites):
    with pytest.raises(SchemaError, match=r"no column 'staff' among jobs, naf, geom"):
        eg.cluster_sites(sites, jobs="staff")
    with pytest.raises(SchemaError, match="no column 'ape'"):
        eg.m_function(sites, "ape")
    with pytest.raises(
        TypeError, match="radii_m: a list is needed, got the text '500'"
    ):
        eg.m_function(sites, "naf", radii_m="500")
    with pytest.raises(TypeError, match="at_m: a list is needed, got 500"):
        eg.kd(sites, "naf", at_m=500)
    with pytest.raises(SchemaError, match="roads="):
        eg.cluster_sites(sites, in_minutes=True)
