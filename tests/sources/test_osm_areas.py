"""Industrial areas of OpenStreetMap, drawn; then those of Andorra.

y 3 ┌─────────┐      W10: closed way, 3 by 3
    │  ┌───┐  │      R20: multipolygon of the same outline less a hole of 1 by 1
    │  └───┘  │      W11: open way        W12: bow tie        W13: landuse=forest
y 0 └─────────┘      in hundredths of a degree
"""

import math
from pathlib import Path

import geopandas as gpd
import pytest
from hypothesis import HealthCheck, given, settings
from shapely import Polygon

from eitgeo.errors import SourceError
from eitgeo.sources.ground import osm_areas
from eitgeo.sources.ground.osm_areas import read_osm_areas
from eitgeo.tables.schema import validate
from tests.sources.mutate import assert_reads_or_refuses, mutated_bytes

ANDORRA = Path(__file__).parents[3] / "shared/data/roads/andorra_2025.osm.pbf"
OUTER = [(0, 0), (3, 0), (3, 3), (0, 3)]
HOLE = [(1, 1), (2, 1), (2, 2), (1, 2)]
BOW_TIE = [(5, 0), (7, 2), (7, 0), (5, 2)]
POINTS = [*OUTER, *HOLE, *BOW_TIE]


def drawing(*, industrial="industrial"):
    """Write the drawing as OSM XML."""
    nodes = "".join(
        f'<node id="{rank + 1}" version="1" '
        f'lon="{0.7 + x / 100}" lat="{43 + y / 100}"/>'
        for rank, (x, y) in enumerate(POINTS)
    )
    tag = f'<tag k="landuse" v="{industrial}"/>'
    ways = "".join(
        f'<way id="{name}" version="1">'
        + "".join(f'<nd ref="{one}"/>' for one in refs)
        + f"{tags}</way>"
        for name, refs, tags in (
            (10, (1, 2, 3, 4, 1), f'{tag}<tag k="name" v="ZI de l’Œuvre"/>'),
            (11, (1, 2, 3), tag),
            (12, (9, 10, 11, 12, 9), tag),
            (13, (5, 6, 7, 8, 5), '<tag k="landuse" v="forest"/>'),
        )
    )
    relation = (
        '<relation id="20" version="1"><member type="way" ref="10" role="outer"/>'
        f'<member type="way" ref="13" role="inner"/>{tag}'
        '<tag k="type" v="multipolygon"/></relation>'
    )
    return f'<?xml version="1.0"?><osm version="0.6">{nodes}{ways}{relation}</osm>'


def read(folder, text=None, **options):
    path = folder / "dessin.osm"
    path.write_text(drawing() if text is None else text, encoding="utf-8")
    return read_osm_areas(path, **options)


def in_metres(points):
    shape = Polygon([(0.7 + x / 100, 43 + y / 100) for x, y in points])
    return gpd.GeoSeries([shape], crs=4326).to_crs(2154).iloc[0]


def test_closed_ways_and_multipolygons_are_read(tmp_path):
    table = read(tmp_path).table.set_index("zone_id")
    assert table.index.tolist() == ["osm_r20", "osm_w10"]
    assert table["name"].to_dict() == {"osm_r20": "", "osm_w10": "ZI de l’Œuvre"}
    assert set(table["kind"]) == {"industrial"}
    assert set(table["source"]) == {"OpenStreetMap"}
    whole = table.loc["osm_w10", "geometry"]
    assert whole.symmetric_difference(in_metres(OUTER)).area < 1
    ring = in_metres(OUTER).difference(in_metres(HOLE))
    assert table.loc["osm_r20", "geometry"].symmetric_difference(ring).area < 1
    assert table.crs.to_epsg() == 2154


def test_what_does_not_close_is_told(tmp_path):
    dropped = read(tmp_path).dropped
    assert dropped["subject"].tolist() == ["osm_w11", "osm_w12"]
    assert set(dropped["reason"]) == {"contour qui ne se ferme pas, ou se coupe"}
    assert set(dropped["file"]) == {"dessin.osm"}


def test_other_uses_may_be_asked_for(tmp_path):
    found = read(tmp_path, landuse=("forest", "industrial")).table
    assert found["kind"].value_counts().to_dict() == {"industrial": 2, "forest": 1}


def test_a_box_keeps_what_it_touches(tmp_path):
    xmin, ymin, xmax, ymax = in_metres(OUTER).bounds
    assert len(read(tmp_path, bounds=(xmin, ymin, xmax, ymax)).table) == 2
    beside = (xmax + 1_000, ymin, xmax + 2_000, ymax)
    assert len(read(tmp_path, bounds=beside).table) == 0


def test_no_industrial_area_gives_no_row(tmp_path):
    table = read(tmp_path, drawing(industrial="retail")).table
    assert len(validate(table, table="official_zones")) == 0
    assert table.crs.to_epsg() == 2154


def test_identifiers_out_of_order_are_sorted_up_to_a_size(tmp_path, monkeypatch):
    nodes, relation = drawing().split("<way ", 1)[0], drawing().split("<relation ")[1]
    ways = drawing().removeprefix(nodes).split("<relation ")[0].split("<way ")[1:]
    text = "<way ".join([nodes, *reversed(ways)]) + f"<relation {relation}"
    found, whole = (read(tmp_path, one).table for one in (text, drawing()))
    assert found.equals(whole)
    monkeypatch.setattr(osm_areas, "MAX_SORTED_BYTES", 10)
    with pytest.raises(
        SourceError, match=r"désordre, fichier trop grand .*osmium sort"
    ):
        read(tmp_path, text)


def test_files_that_are_no_extract_are_refused(tmp_path):
    with pytest.raises(SourceError, match="fichier introuvable"):
        read_osm_areas(tmp_path / "absent.osm.pbf")
    with pytest.raises(SourceError, match=r"dessin\.osm : extrait .* illisible"):
        read(tmp_path, "<html><body>404</body></html>")
    with pytest.raises(SourceError, match="illisible"):
        read(tmp_path, "")


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=mutated_bytes(drawing().encode()))
def test_a_damaged_file_is_read_or_refused(tmp_path, data):
    path = tmp_path / "abime.osm"
    path.write_bytes(data)
    assert_reads_or_refuses(read_osm_areas, path, table="official_zones")


def test_andorra_has_its_industrial_ground():
    if not ANDORRA.is_file():
        pytest.skip("extract of Andorra absent: ../shared/data")
    found = read_osm_areas(ANDORRA)
    table = found.table
    assert len(table) == 46
    assert set(table["kind"]) == {"industrial"}
    assert table.geometry.is_valid.all()
    # Some 46 ha: yards and plants of 0.02 to 7.2 ha.
    assert math.isclose(table.area.sum(), 464_350, rel_tol=0.01)
    assert table.area.between(200, 75_000).all()
