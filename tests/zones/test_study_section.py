"""Section ``zones``: what may be fixed, what may be mixed, what must be credited."""

import pytest
import yaml

from eitgeo.study.sections import Study
from eitgeo.study.zones import Zones
from tests.surrogate import without_roads
from tests.zones.toy import make_zones

ROOT_STUDY = "study.yaml"
OSM = {"reader": "osm", "path": "andorre.osm.pbf"}
OSM_ZONES = {"reader": "osm_zones", "path": "z.geojson", "vintage": "août 2021"}
CNIG = {"reader": "cnig", "path": "sites.csv"}
BD_TOPO = {"reader": "bd_topo", "path": "bdtopo.7z"}


def zones(**values) -> Zones:
    """Validate a section."""
    return Zones.model_validate(values)


def test_the_defaults_are_those_of_the_issue() -> None:
    found = zones()
    assert (found.min_sites, found.min_jobs, found.isolated_jobs) == (3, 30, 50)
    assert found.radius is None
    assert found.radii == (350, 420, 500, 600, 700)


def test_the_radius_fixed_is_among_those_swept() -> None:
    assert zones(radius_m=450).radii == (350, 420, 450, 500, 600, 700)
    assert zones(radius_m=500).radii == (350, 420, 500, 600, 700)
    by_time = zones(distance="truck_min", radius_min=1.6)
    assert by_time.radius == 1.6
    assert by_time.radii == (1, 1.25, 1.5, 1.6, 1.75, 2)


def test_effort_says_how_many_draws() -> None:
    assert make_zones().sweep.n_draws("rapide") == 1
    assert make_zones().sweep.n_draws("complet") == 4
    assert make_zones(sweep={"draws": 0}).sweep.n_draws("complet") == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"official": [OSM]}, "doit citer OpenStreetMap"),
        ({"official": [OSM, CNIG], "credit": "OpenStreetMap"}, "ne se mêlent pas"),
        ({"official": [OSM, BD_TOPO], "credit": "OpenStreetMap"}, "ne se mêlent pas"),
        ({"official": [OSM_ZONES, CNIG], "credit": "OpenStreetMap"}, "se mêlent pas"),
        ({"official": [OSM_ZONES]}, "doit citer OpenStreetMap"),
        ({"official": [OSM_ZONES | {"vintage": None}], "credit": "x"}, "« vintage »"),
        ({"official": [OSM_ZONES | {"landuse": ["forest"]}], "credit": "x"}, "landuse"),
        ({"official": [OSM_ZONES | {"landuse": []}], "credit": "x"}, "landuse"),
        ({"official": [CNIG | {"landuse": ["retail"]}], "credit": "x"}, "landuse"),
        ({"official": [CNIG]}, "« credit » est nécessaire"),
        ({"land_cover": "clc.tif"}, "« credit » est nécessaire"),
        ({"official": [{"reader": "cnig"}], "credit": "x"}, "path"),
        ({"radius_min": 2}, "« radius_min » ne sert pas"),
        ({"distance": "truck_min", "radius_m": 500}, "« radius_m » ne sert pas"),
        ({"sweep": {"radii_m": []}}, "radii_m"),
        ({"sweep": {"radii_m": [0]}}, "radii_m"),
        ({"sweep": {"minima": [{"sites": 0, "jobs": 30}]}}, "minima"),
        ({"sweep": {"methods": ["kmeans"]}}, "methods"),
        ({"sweep": {"jitter_m": {"commune": 3}}}, "commune"),
    ],
)
def test_what_cannot_be_is_refused(values, message) -> None:
    with pytest.raises(ValueError, match=message):
        zones(**values)


def test_official_zones_of_open_licence_go_together() -> None:
    found = zones(official=[CNIG, BD_TOPO], credit="CNIG ; IGN")
    assert [one.reader for one in found.official] == ["cnig", "bd_topo"]
    assert zones(official=[OSM, OSM_ZONES], credit="© OpenStreetMap, ODbL").drawn_in_osm
    assert not found.drawn_in_osm


@pytest.mark.parametrize("distance", ["truck_m", "truck_min"])
def test_distances_by_road_need_a_real_network(pytestconfig, distance) -> None:
    raw = without_roads(
        yaml.safe_load((pytestconfig.rootpath / ROOT_STUDY).read_text("utf-8"))
    )
    raw["zones"] = {"distance": distance}
    with pytest.raises(ValueError, match="le réseau de substitution n'a pas de rues"):
        Study.model_validate(raw)
    raw["roads"]["network"] = {"reader": "osm", "path": "a.osm.pbf"}
    raw["sources"]["credits"]["roads"] = "© OpenStreetMap, ODbL"
    assert Study.model_validate(raw).zones.distance == distance
