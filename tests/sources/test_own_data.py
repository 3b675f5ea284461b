"""A layer or a raster that sends GDAL to the network or to other files is refused."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import rasterio

from eitgeo.errors import EitgeoError
from eitgeo.sources.ground.elevation import open_raster
from eitgeo.sources.territory.commune_layers import read_admin_express
from eitgeo.sources.territory.communes import read_communes
from eitgeo.sources.territory.perimeter_files import read_perimeter_file

LAYERS = {
    "service": "<OGRWFSDataSource><URL>http://{at}/wfs</URL></OGRWFSDataSource>",
    "virtual": (
        '\n <OGRVRTDataSource><OGRVRTLayer name="commune"><SrcDataSource>'
        "/vsicurl/http://{at}/x.geojson</SrcDataSource></OGRVRTLayer>"
        "</OGRVRTDataSource>"
    ),
    "beside": (
        '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>'
        "secret.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    ),
    "entities": (
        '<?xml version="1.0"?><!DOCTYPE gml [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        "<gml>&a;</gml>"
    ),
    "in json": '{{"a": "<OGRVRTDataSource></OGRVRTDataSource>"}}',
}
RASTERS = {
    "virtual": (
        '<VRTDataset rasterXSize="2" rasterYSize="2"><SRS>EPSG:2154</SRS>'
        "<GeoTransform>0,1,0,0,0,-1</GeoTransform>"
        '<VRTRasterBand dataType="Float32" band="1"><SimpleSource><SourceFilename>'
        "/vsicurl/http://{at}/x.tif</SourceFilename><SourceBand>1</SourceBand>"
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    ),
    "service": (
        '<GDAL_WMS><Service name="TMS"><ServerUrl>http://{at}/${{z}}/${{x}}/${{y}}.png'
        "</ServerUrl></Service><DataWindow><UpperLeftX>-2e7</UpperLeftX><UpperLeftY>2e7"
        "</UpperLeftY><LowerRightX>2e7</LowerRightX><LowerRightY>-2e7</LowerRightY>"
        "<TileLevel>1</TileLevel></DataWindow><Projection>EPSG:3857</Projection>"
        "<BandsCount>3</BandsCount></GDAL_WMS>"
    ),
}


class Server:
    """Counts the connections that it gets on this machine."""

    def __init__(self) -> None:
        self.met = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.at = f"127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                asked, _ = self.socket.accept()
            except OSError:  # closed
                return
            self.met += 1
            with asked:
                asked.recv(1000)
                asked.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture
def server() -> Iterator[Server]:
    """Listen for the length of a test."""
    found = Server()
    yield found
    found.socket.close()


@pytest.mark.parametrize("kind", sorted(LAYERS))
@pytest.mark.parametrize("name", ["communes.geojson", "ADE.gpkg", "perimetre.shp"])
def test_a_layer_that_sends_elsewhere_is_not_opened(tmp_path, server, kind, name):
    (tmp_path / "secret.csv").write_text("a,b\n1,secret\n")
    path = tmp_path / name
    path.write_text(LAYERS[kind].format(at=server.at), encoding="utf-8")
    reader = {
        "communes.geojson": read_communes,
        "ADE.gpkg": read_admin_express,
        "perimetre.shp": read_perimeter_file,
    }[name]
    with pytest.raises(EitgeoError, match=f"{path.stem}.* : couche virtuelle ou XML"):
        reader(path)
    assert server.met == 0


@pytest.mark.parametrize("kind", sorted(RASTERS))
def test_a_raster_that_sends_elsewhere_is_not_opened(tmp_path, server, kind):
    path = tmp_path / "dem.tif"
    path.write_text(RASTERS[kind].format(at=server.at), encoding="utf-8")
    with pytest.raises(EitgeoError, match="raster illisible"), open_raster(path) as one:
        one.read(1)
    assert server.met == 0


def test_without_the_guard_gdal_does_go_there(tmp_path, server):
    path = tmp_path / "dem.tif"
    path.write_text(RASTERS["virtual"].format(at=server.at), encoding="utf-8")
    with pytest.raises(rasterio.errors.RasterioIOError), rasterio.open(path) as one:
        one.read(1)
    assert server.met > 0


def test_every_door_to_gdal_is_guarded() -> None:
    opening = ("gpd.read_file(", "pyogrio.list_layers", "rasterio.open(")
    package = Path(__file__).resolve().parents[2] / "eitgeo"
    found = {
        path.name: text
        for path in sorted(package.rglob("*.py"))
        if any(one in (text := path.read_text(encoding="utf-8")) for one in opening)
    }
    assert set(found) >= {"vectors.py", "communes.py", "elevation.py"}
    guards = ("require_own_data", "RASTERS.get(")
    assert [n for n, text in found.items() if not any(g in text for g in guards)] == []
