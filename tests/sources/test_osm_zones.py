"""Areas of activity of OpenStreetMap: polygons without name; then the delivered file.

y 3 ┌─────────┐      PLANT: industrial, 3 by 3
    │         │      SHOP: retail, beside it
y 0 └─────────┘      BOW: crosses itself      in hundredths of a degree
"""

import json
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Polygon

from eitgeo.errors import CrsError
from eitgeo.sources.ground.osm_areas import read_osm_zones
from tests.sources.source import Source, plain

DELIVERED = Path(__file__).parents[2] / "data/raw/osm_zones_2021.geojson"
PLANT = [(0, 0), (3, 0), (3, 3), (0, 3)]
SHOP = [(4, 0), (5, 0), (5, 1), (4, 1)]
BOW = [(5, 5), (7, 7), (7, 5), (5, 7)]


def area(points=PLANT, kind="industrial", **more):
    """Return one area as the file holds it."""
    ring = [[0.7 + x / 100, 43 + y / 100] for x, y in [*points, points[0]]]
    return {
        "type": "Feature",
        "properties": {"class": kind, "area_ha": 1.5, **more},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def layer(*areas, **members):
    """Return the text of a file."""
    return json.dumps({"type": "FeatureCollection", "features": areas, **members})


SAMPLES = {
    "osm_zones": Source(
        "Zones d'activités d'OpenStreetMap, GeoJSON",
        ("read_osm_zones",),
        "zones.geojson",
        plain(read_osm_zones),
        layer(area(), area(SHOP, "retail", note="Été")).encode(),
        table="official_zones",
        form="json",
        text="class",
        needed="class",
        xy=("geometry", "geometry"),
    ),
}


@pytest.fixture
def read(tmp_path):
    """Return a function that writes areas and reads them."""

    def of(*areas, **members):
        path = tmp_path / "zones.geojson"
        path.write_text(layer(*areas, **members), encoding="utf-8")
        return read_osm_zones(path)

    return of


def test_areas_keep_their_use_and_their_ground(read):
    table = read(area(), area(SHOP, "retail"), area(BOW[:3], "commercial")).table
    assert sorted(table["kind"]) == ["commercial", "industrial", "retail"]
    assert set(table["source"]) == {"OpenStreetMap"}
    assert set(table["name"]) == {""}
    assert table.crs.to_epsg() == 2154
    drawn = Polygon([(0.7 + x / 100, 43 + y / 100) for x, y in PLANT])
    metres = gpd.GeoSeries([drawn], crs=4326).to_crs(2154).iloc[0]
    plant = table.set_index("kind").geometry["industrial"]
    assert plant.symmetric_difference(metres).area < 1


def test_identifiers_are_those_of_the_outline(read):
    names = dict(read(area(), area(SHOP)).table[["zone_id", "geometry"]].to_numpy())
    # Another order, another start of the ring, other areas beside: the same names.
    turned = area([*PLANT[2:], *PLANT[:2]])
    again = read(area(BOW[:3]), area(SHOP[::-1]), turned).table.set_index("zone_id")
    assert set(names) < set(again.index)
    for name, shape in names.items():
        assert again.geometry[name].symmetric_difference(shape).area < 1
    assert all(name.startswith("osm_") for name in again.index)


def test_what_is_left_out_and_what_is_repaired_is_told(read):
    nowhere = area() | {"geometry": None}
    found = read(area(), area(), area(BOW), area(SHOP, "forest"), nowhere)
    assert len(found.table) == 2
    assert found.table.geometry.is_valid.all()
    reasons = found.dropped["reason"].str.replace(r"osm_\w+", "…", regex=True)
    assert reasons.tolist() == [
        "ligne répétée (…)",
        "usage « forest » : pas un sol d'activité",
        "objet sans surface",
    ]
    assert found.notes[["row", "kind", "detail"]].to_numpy().tolist() == [
        ["2", "polygone_repare", "contour croisé"]
    ]


def test_hostile_properties_stay_text(read):
    found = read(area(), area(SHOP, "=1+1", name="<script>"), area(BOW, None))
    assert found.table["kind"].tolist() == ["industrial"]
    told = found.dropped["reason"].tolist()
    assert told[0] == "usage « =1+1 » : pas un sol d'activité"
    assert len(told) == 2


def test_the_system_is_that_of_the_file(read, tmp_path):
    mercator = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    with pytest.raises(CrsError, match="Pseudo-Mercator"):
        read(area(), crs=mercator)
    swapped = area()
    ring = swapped["geometry"]["coordinates"][0]
    swapped["geometry"]["coordinates"] = [[[y, x] for x, y in ring]]
    with pytest.raises(CrsError, match="hors de la France métropolitaine"):
        read(swapped)
    metres = tmp_path / "metres.gpkg"
    gpd.read_file(layer(area())).to_crs(2154).to_file(metres, layer="osm_zones")
    # The digest is that of the ground, whatever the system that it is written in.
    assert read_osm_zones(metres).table.equals(read(area()).table)


def test_the_delivered_file_is_read_whole():
    found = read_osm_zones(DELIVERED)
    assert found.table["kind"].value_counts().to_dict() == {
        "industrial": 784,
        "retail": 278,
        "commercial": 269,
    }
    assert len(found.dropped) == 0
    assert len(found.notes) == 0
    assert found.table.geometry.is_valid.all()
    # What the producer of the file announces: 6 253 ha, on the ground.
    industrial = found.table[found.table["kind"].eq("industrial")]
    assert industrial.area.sum() / 1e4 == pytest.approx(6_253, rel=1e-3)
