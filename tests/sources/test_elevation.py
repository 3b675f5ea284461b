"""Relief: a plane is read back exactly; bad rasters are refused."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.errors import CrsError, SchemaError, SourceError
from eitgeo.sources.ground.elevation import (
    Elevation,
    heights,
    read_elevation,
    read_elevation_grid,
)
from eitgeo.sources.territory.communes import read_communes

NORTH_UP = Affine(100, 0, 500_000, 0, -100, 6_201_000)


def raster(path, z, *, crs="EPSG:2154", transform=NORTH_UP, count=1):
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype="float32",
        nodata=-500,
        width=z.shape[1],
        height=z.shape[0],
        count=count,
        crs=crs,
        transform=transform,
    ) as sink:
        for band in range(1, count + 1):
            sink.write(z.astype("float32"), band)
    return path


def plane(n_rows=10, n_columns=10):
    """Return z = 2 columns + 3 rows, at cell centres."""
    row, column = np.mgrid[0:n_rows, 0:n_columns]
    return 2.0 * column + 3.0 * row


def test_voids_are_unknown_and_crop_keeps_one_cell_around(tmp_path):
    z = plane()
    z[0, 0] = -500
    path = raster(tmp_path / "z.tif", z)
    whole = read_elevation(path)
    assert np.isnan(whole.z[0, 0])
    assert np.isfinite(whole.z).sum() == 99
    part = read_elevation(path, bounds=(500_400, 6_200_400, 500_600, 6_200_600))
    assert part.z.shape == (4, 4)
    assert part.z[0, 0] == 2 * 3 + 3 * 3
    x, y = np.array([500_500.0]), np.array([6_200_500.0])
    assert heights(part)(x, y) == pytest.approx(heights(whole)(x, y))


@given(
    st.floats(500_050, 500_950),
    st.floats(6_200_050, 6_200_950),
)
def test_a_plane_is_interpolated_exactly(x, y):
    z = heights(Elevation(plane(), NORTH_UP, "EPSG:2154"))(np.array([x]), np.array([y]))
    truth = 2 * ((x - 500_050) / 100) + 3 * ((6_200_950 - y) / 100)
    assert z[0] == pytest.approx(truth, abs=1e-6)


def test_outside_and_beside_a_void_the_height_is_unknown():
    z = plane()
    z[5, 5] = np.nan
    at = heights(Elevation(z, NORTH_UP, "EPSG:2154"))
    x = np.array([499_000.0, 500_500.0, 500_150.0])
    y = np.array([6_200_500.0, 6_200_500.0, 6_200_850.0])
    assert np.isnan(at(x, y)).tolist() == [True, True, False]


def test_degrees_are_reached_from_lambert_93():
    grid = Elevation(
        np.array([[0.0, 1.0], [0.0, 1.0]]), Affine(2, 0, 1, 0, -2, 48.5), "EPSG:4326"
    )
    # 3° E, 46.5° N is the origin of Lambert-93: half way between both columns.
    z = heights(grid)(np.array([700_000.0]), np.array([6_600_000.0]))
    assert z[0] == pytest.approx(0.5, abs=1e-6)


def test_refusals(tmp_path):
    z = plane()
    with pytest.raises(CrsError, match="système de coordonnées absent"):
        read_elevation(raster(tmp_path / "a.tif", z, crs=None))
    with pytest.raises(SchemaError, match="2 bandes au lieu d'une"):
        read_elevation(raster(tmp_path / "b.tif", z, count=2))
    with pytest.raises(SchemaError, match="aucune altitude connue"):
        read_elevation(raster(tmp_path / "c.tif", np.full((3, 3), -500)))
    turned = Affine(100, 20, 500_000, 20, -100, 6_201_000)
    with pytest.raises(SchemaError, match="grille tournée"):
        read_elevation(raster(tmp_path / "d.tif", z, transform=turned))
    with pytest.raises(SchemaError, match="ne couvre pas"):
        read_elevation(
            raster(tmp_path / "e.tif", z),
            bounds=(900_000, 6_900_000, 910_000, 6_910_000),
        )


def test_a_text_file_is_no_raster(write):
    with pytest.raises(SourceError, match="raster illisible"):
        read_elevation(write("z.tif", "not a raster"))
    with pytest.raises(SourceError, match="0 octet"):
        read_elevation(write("vide.tif", b""))


def test_the_default_relief_is_plausible(raw):
    at = heights(read_elevation(raw / "dem_1km.tif"))
    seats = read_communes(raw / "communes.geojson").set_index("code_insee")
    towns = seats.loc[["31483", "31042"], ["seat_x", "seat_y"]].to_numpy()
    # Town halls of Saint-Gaudens (405 m) and of Bagnères-de-Luchon (630 m), on cells
    # 1 km wide: the valley floor of the second is narrower than two cells.
    z = at(towns[:, 0], towns[:, 1])
    assert z[0] == pytest.approx(405, abs=40)
    assert z[1] == pytest.approx(630, abs=200)


def test_a_grid_averages_finer_cells_and_interpolates_coarser_ones(tmp_path):
    path = raster(tmp_path / "z.tif", plane())
    box = (500_000, 6_200_000, 501_000, 6_201_000)
    coarse = read_elevation_grid(path, bounds=box, cell_m=500)
    # Each cell is the mean of five by five: 2 columns + 3 rows at its middle.
    assert coarse == pytest.approx(np.array([[10, 20], [25, 35]]), abs=1e-3)
    fine = read_elevation_grid(path, bounds=box, cell_m=50)
    assert fine.shape == (20, 20)
    assert fine[9, 9] == pytest.approx(2 * 4.25 + 3 * 4.25, abs=1e-3)


def test_a_grid_beyond_the_raster_is_unknown_there(tmp_path):
    path = raster(tmp_path / "z.tif", plane())
    wide = read_elevation_grid(
        path, bounds=(499_000, 6_200_000, 501_000, 6_201_000), cell_m=100
    )
    assert np.isnan(wide[:, :9]).all()
    assert np.isfinite(wide[:, 11:]).all()
    none = raster(tmp_path / "none.tif", plane(), crs=None)
    with pytest.raises(CrsError, match="système de coordonnées absent"):
        read_elevation_grid(none, bounds=(0, 0, 1, 1), cell_m=1)
