"""Land cover: cells counted for what they share, on a raster that can be drawn.

cells of 100 m        121 121 211 211      area A: the whole, 8 cells
y = 6 200 200 at top  121 311 211  —       area B: x 500 050 to 500 150, top row
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from shapely import Polygon, box

from eitgeo.errors import CrsError, SchemaError, SourceError
from eitgeo.reference.nomenclatures import corine_classes
from eitgeo.sources.ground.land_cover import read_industrial_cover, read_land_cover

CODES = np.array([[121, 121, 211, 211], [121, 311, 211, 255]])
NORTH_UP = Affine(100, 0, 500_000, 0, -100, 6_200_200)
WHOLE = box(500_000, 6_200_000, 500_400, 6_200_200)
HALVES = box(500_050, 6_200_100, 500_150, 6_200_200)


def raster(path, codes=CODES, *, crs="EPSG:2154", transform=NORTH_UP):
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype="int16",
        width=codes.shape[1],
        height=codes.shape[0],
        count=1,
        crs=crs,
        transform=transform,
    ) as sink:
        sink.write(codes.astype("int16"), 1)
    return path


def areas(**shapes):
    return gpd.GeoDataFrame(
        {"zone_id": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:2154"
    )


def shares(table, name):
    part = table[table["zone_id"] == name].set_index("class_code")
    return part["share_pct"].to_dict()


def test_shares_are_counted_by_hand(tmp_path):
    loaded = read_land_cover(
        raster(tmp_path / "clc.tif"), areas=areas(A=WHOLE, B=HALVES), key="zone_id"
    )
    # A: 7 known cells, of which 3 are 121, 1 is 311, 3 are 211.
    assert shares(loaded.table, "A") == pytest.approx(
        {"121": 300 / 7, "211": 300 / 7, "311": 100 / 7}
    )
    # B: two halves of cells, both 121.
    assert shares(loaded.table, "B") == pytest.approx({"121": 100})
    sums = loaded.table.groupby("zone_id")["area_km2"].sum()
    assert sums.to_dict() == pytest.approx({"A": 0.07, "B": 0.01})
    assert loaded.notes[["subject", "detail"]].to_numpy().tolist() == [
        ["A", "87.5 % couverts"]
    ]


def test_a_zone_smaller_than_a_cell_and_astride_two_is_measured(tmp_path):
    # 40 m in cell (0, 1) = 121 and 10 m in cell (0, 2) = 211.
    small = box(500_160, 6_200_110, 500_210, 6_200_140)
    loaded = read_land_cover(
        raster(tmp_path / "clc.tif"), areas=areas(C=small), key="zone_id"
    )
    assert shares(loaded.table, "C") == pytest.approx({"121": 80, "211": 20})
    assert loaded.table["area_km2"].sum() == pytest.approx(50 * 30 / 1e6)


def test_class_121_is_there_even_where_there_is_none(tmp_path):
    wood = box(500_110, 6_200_010, 500_190, 6_200_090)
    loaded = read_land_cover(
        raster(tmp_path / "clc.tif"), areas=areas(D=wood), key="zone_id"
    )
    assert shares(loaded.table, "D") == {"121": 0, "311": 100}
    assert loaded.table["label"].tolist() == [
        "Zones industrielles ou commerciales et installations publiques",
        "Forêts de feuillus",
    ]


def test_the_codes_of_the_european_grid_give_the_same(tmp_path):
    grid = corine_classes()["grid_code"]
    european = np.array([[grid.get(str(code), 48) for code in row] for row in CODES])
    asked = {"areas": areas(A=WHOLE, B=HALVES), "key": "zone_id"}
    one = read_land_cover(raster(tmp_path / "a.tif"), **asked).table
    two = read_land_cover(raster(tmp_path / "b.tif", european), **asked).table
    pd.testing.assert_frame_equal(one, two)


def test_areas_out_of_the_raster_are_left_out(tmp_path):
    away = box(700_000, 6_600_000, 700_100, 6_600_100)
    path = raster(tmp_path / "clc.tif")
    loaded = read_land_cover(path, areas=areas(A=WHOLE, Z=away), key="zone_id")
    assert loaded.dropped["subject"].tolist() == ["Z"]
    assert set(loaded.table["zone_id"]) == {"A"}
    with pytest.raises(SchemaError, match="ne couvre aucune surface"):
        read_land_cover(path, areas=areas(Z=away), key="zone_id")


def test_a_crossed_area_is_measured_once(tmp_path):
    corners = [(0, 0), (400, 200), (400, 0), (0, 200)]
    bow = Polygon([(x + 500_000, y + 6_200_000) for x, y in corners])
    loaded = read_land_cover(
        raster(tmp_path / "clc.tif"), areas=areas(A=bow), key="zone_id"
    )
    # Two triangles of 200 m x 200 m / 2 make 0.04 km2, less the unknown cell's part:
    # half of the cell, below the diagonal, is out; 0.0075 km2 of 0.01 is in.
    assert loaded.table["area_km2"].sum() == pytest.approx(0.04 - 0.0075)


def test_the_corine_sample_of_the_lot_sums_up(shared):
    path = shared / "landcover" / "clc_2018.tif"
    with rasterio.open(path) as source:
        codes = source.read(1)
        bounds, crs = source.bounds, source.crs
    inner = box(*bounds).buffer(-5000)
    own = gpd.GeoSeries([inner.segmentize(500)], crs=crs.to_wkt())
    zone = gpd.GeoDataFrame(
        {"zone_id": ["lot"]}, geometry=own.to_crs(2154).to_numpy(), crs=2154
    )
    loaded = read_land_cover(path, areas=zone, key="zone_id")
    # 50 cells off each side: a count of cells, against a measure of shared surfaces.
    inside = codes[50:-50, 50:-50]
    for code in (121, 211, 311):
        share = shares(loaded.table, "lot")[str(code)]
        assert share == pytest.approx(100 * (inside == code).mean(), abs=0.05)
    assert loaded.table["share_pct"].sum() == pytest.approx(100)
    km2 = inside.size / 100
    assert loaded.table["area_km2"].sum() == pytest.approx(km2, rel=1e-4)


def test_industrial_cells_are_drawn_by_hand(tmp_path):
    path = raster(tmp_path / "clc.tif")
    ground = read_industrial_cover(path, bounds=WHOLE.bounds)
    corner = box(500_000, 6_200_100, 500_200, 6_200_200)
    below = box(500_000, 6_200_000, 500_100, 6_200_100)
    assert ground.symmetric_difference(corner.union(below)).area < 1e-6
    fields = read_industrial_cover(path, bounds=WHOLE.bounds, class_code="211")
    assert fields.area == pytest.approx(30_000)
    away = read_industrial_cover(path, bounds=(700_000, 6.6e6, 700_100, 6_600_100))
    assert away.is_empty


def test_industrial_cells_of_the_lot_are_moved_to_lambert_93(shared):
    path = shared / "landcover" / "clc_2018.tif"
    with rasterio.open(path) as source:
        n_cells = int((source.read(1) == 121).sum())
        frame = gpd.GeoSeries([box(*source.bounds)], crs=source.crs.to_wkt())
    bounds = tuple(frame.to_crs(2154).total_bounds)
    ground = read_industrial_cover(path, bounds=bounds)
    assert n_cells > 0
    # Cells of 1 ha of an equal-area grid; Lambert-93 stretches by under 0.3 %.
    assert ground.area == pytest.approx(1e4 * n_cells, rel=3e-3)
    assert ground.within(frame.to_crs(2154).iloc[0].buffer(200))


def test_there_are_44_classes_in_order():
    classes = corine_classes()
    assert classes["grid_code"].tolist() == list(range(1, 45))
    assert classes.index.is_monotonic_increasing
    assert classes.index.str.fullmatch(r"[1-5]\d{2}").all()
    assert classes["label"].is_unique


def read(path, layer):
    return read_land_cover(path, areas=layer, key="zone_id")


@pytest.mark.parametrize(
    ("layer", "error", "message"),
    [
        (areas(A=WHOLE).rename(columns={"zone_id": "zone"}), SchemaError, "« zone »"),
        (pd.concat([areas(A=WHOLE)] * 2), SchemaError, "« A » figure deux fois"),
        (areas(A=WHOLE).to_crs(4326), CrsError, "EPSG:2154"),
    ],
)
def test_faults_of_the_areas_are_refused(tmp_path, layer, error, message):
    path = raster(tmp_path / "clc.tif")
    with pytest.raises(error, match=message):
        read(path, layer)


def test_faults_of_the_raster_are_refused(tmp_path, write):
    wrong = raster(tmp_path / "a.tif", np.where(CODES == 311, 130, CODES))
    with pytest.raises(SchemaError, match=r"classes CORINE \(130\) → fournir"):
        read(wrong, areas(A=WHOLE))
    degrees = Affine(0.001, 0, 0.5, 0, -0.001, 43.1)
    turned = raster(tmp_path / "d.tif", crs="EPSG:4326", transform=degrees)
    with pytest.raises(CrsError, match="raster en degrés"):
        read(turned, areas(A=WHOLE))
    bare = raster(tmp_path / "n.tif", crs=None)
    with pytest.raises(CrsError, match="système de coordonnées absent"):
        read(bare, areas(A=WHOLE))
    with pytest.raises(SourceError, match="0 octet"):
        read(write("vide.tif", b""), areas(A=WHOLE))
    with pytest.raises(SourceError, match="raster illisible"):
        read(write("t.tif", b"texte"), areas(A=WHOLE))
