"""Roads, zones and relief of the imaginary country, as their producers serve them."""

from __future__ import annotations

import io
import math
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import osmium
import rasterio
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from shapely import Point, box

from tests.producer.country import Commune, communes, degrees
from tests.producer.firms import firms

if TYPE_CHECKING:
    from collections.abc import Iterator

REGIONS = {"limousin": ("19", "23", "87"), "centre": ("18", "28", "36", "37", "41")}
"""Extracts of Geofabrik that the country is in: regions of before 2016."""

DATED = "2026-11-23T21:20:00Z"
STEP_M = 1_500.0


class Way(NamedTuple):
    """A line or an outline of OpenStreetMap, by points of EPSG:2154."""

    points: tuple[tuple[float, float], ...]
    tags: dict[str, str]
    communes: frozenset[str]


def pbf(region: str) -> bytes:
    """Return a regional extract: whole ways, those of the border in both regions.

    Outlines have ids that are out of order, as extracts that were edited have.
    """
    deps = REGIONS[region]
    ways = [one for one in _ways() if any(code[:2] in deps for code in one.communes)]
    spots = sorted({point for one in _ways() for point in one.points})
    ids = {point: 1_000 + rank for rank, point in enumerate(spots)}
    used = {point for one in ways for point in one.points}
    moved = dict(zip(spots, degrees([Point(one) for one in spots]), strict=True))
    number = {id(one): 50_000 + rank for rank, one in enumerate(_ways())}
    header = osmium.io.Header()
    header.set("generator", "osmium/1.16.0")
    header.set("osmosis_replication_timestamp", DATED)
    header.add_box(osmium.osm.Box(0.6, 45.0, 2.7, 46.5))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{region}-latest.osm.pbf"
        with osmium.SimpleWriter(str(path), header=header) as writer:
            for point in sorted(used, key=ids.__getitem__):
                lon, lat = moved[point]
                node = osmium.osm.mutable.Node(
                    id=ids[point], version=1, location=(lon, lat), timestamp=DATED
                )
                writer.add_node(node)
            for one in [*ways[::2], *ways[1::2]]:
                way = osmium.osm.mutable.Way(
                    id=number[id(one)],
                    version=1,
                    nodes=[ids[point] for point in one.points],
                    tags=one.tags,
                    timestamp=DATED,
                )
                writer.add_way(way)
        return path.read_bytes()


_DRAWN: list[Way] = []


def _ways() -> list[Way]:
    if not _DRAWN:
        _DRAWN.extend([*_roads(), *_streets(), *_areas()])
    return _DRAWN


def _roads() -> Iterator[Way]:
    """Join the seats of communes that touch; the largest towns by wider roads."""
    rows = communes()
    for rank, one in enumerate(rows):
        for other in rows[rank + 1 :]:
            if one.shape.intersection(other.shape).length < 1_000:
                continue
            large = min(one.population, other.population) > 1_800
            tags = {"highway": "secondary" if large else "tertiary"}
            if large:
                tags |= {"ref": f"D {rank + 1}", "maxspeed": "80"}
            yield Way(_line(one, other), tags, frozenset({one.code, other.code}))


def _line(one: Commune, other: Commune) -> tuple[tuple[float, float], ...]:
    a, b = one.seat, other.seat
    n = max(int(math.hypot(b.x - a.x, b.y - a.y) / STEP_M), 2)
    found = []
    for step in range(n + 1):
        part = step / n
        bend = 260 * math.sin(math.pi * part) * (1 if step % 2 else -1)
        bend = bend if 0 < step < n else 0.0
        found.append(
            (
                round(a.x + (b.x - a.x) * part + bend, 1),
                round(a.y + (b.y - a.y) * part - bend, 1),
            )
        )
    return tuple(found)


def _streets() -> Iterator[Way]:
    """Give each commune a loop around its seat, and a street that leads to it."""
    for one in communes():
        x, y = round(one.seat.x, 1), round(one.seat.y, 1)
        start = _ends(one)
        loop = ((x, y), (x + 900, y), (x + 900, y + 900), (x, y + 900), (x, y))
        here = frozenset({one.code})
        yield Way((start, *loop), {"highway": "residential"}, here)
        track = ((x, y), (x - 700, y - 700))
        yield Way(track, {"highway": "track", "access": "private"}, here)
        path = ((x, y), (x - 300, y))
        yield Way(path, {"highway": "footway"}, here)


def _ends(one: Commune) -> tuple[float, float]:
    return round(one.seat.x, 1), round(one.seat.y, 1)


def _areas() -> Iterator[Way]:
    """Outline where activity gathers; one outline is of a use that nobody compares."""
    seen = set()
    for firm in firms():
        key = (firm.commune.code, round(firm.at.x, -3), round(firm.at.y, -3))
        if key in seen or firm.tranche not in {"12", "21", "22"}:
            continue
        seen.add(key)
        x, y = round(firm.at.x), round(firm.at.y)
        ring = [(-150, -100), (150, -100), (150, 100), (-150, 100), (-150, -100)]
        use = ("industrial", "commercial", "retail", "farmland")[len(seen) % 4]
        yield Way(
            tuple((float(x + a), float(y + b)) for a, b in ring),
            {"landuse": use, "name": "ZA <b>de la Brande</b>"},
            frozenset({firm.commune.code}),
        )


def altitude_m(lon: float, lat: float) -> float:
    """Return the relief that is drawn: hills, no frontier between two tiles."""
    return 380 + 120 * math.sin(9 * lon) * math.cos(11 * lat) + 60 * (lat - 46)


def copernicus(north: int, east: int, *, cells: int = 240) -> bytes:
    """Return a tile of one degree, as Copernicus GLO-30 is cut, coarser."""
    size = 1 / cells
    lon = east + (np.arange(cells) + 0.5) * size
    lat = north + 1 - (np.arange(cells) + 0.5) * size
    grid = np.array([[altitude_m(x, y) for x in lon] for y in lat], dtype="float32")
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff",
            dtype="float32",
            width=cells,
            height=cells,
            count=1,
            crs="EPSG:4326",
            transform=from_origin(east, north + 1, size, size),
            compress="deflate",
        ) as sink:
            sink.write(grid, 1)
        return bytes(memory.read())


def corine() -> bytes:
    """Return the land cover of Europe around here: 44 classes from 1, 255 unknown."""
    bounds = gpd.GeoSeries([one.shape for one in communes()], crs=2154)
    west, south, east, north = bounds.to_crs(3035).total_bounds
    width, height = int((east - west) / 100) + 20, int((north - south) / 100) + 20
    grid = np.full((height, width), 18, dtype="uint8")
    grid[::7, ::9] = 3
    grid[0, 0] = 255
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff",
            dtype="uint8",
            width=width,
            height=height,
            count=1,
            nodata=255,
            crs=rasterio.CRS.from_epsg(3035),
            transform=from_origin(west - 1_000, north + 1_000, 100, 100),
        ) as sink:
            sink.write(grid, 1)
        return bytes(memory.read())


def bd_topo_zones() -> bytes:
    """Return zones of BD TOPO as a Shapefile: UTF-8, and nothing that says so."""
    mine = [one for one in firms() if one.tranche == "22"]
    zones = gpd.GeoDataFrame(
        {
            "ID": [f"SURFACTI{rank:08d}" for rank in range(len(mine))],
            "CATEGORIE": "Industriel et commercial",
            "NATURE": "Zone industrielle",
            "NAT_DETAIL": "",
            "TOPONYME": [f"Zone de l'Œuvre à {one.commune.name}" for one in mine],
            "FICTIF": "Non",
        },
        geometry=[box(o.at.x, o.at.y, o.at.x + 200, o.at.y + 100) for o in mine],
        crs="EPSG:2154",
    )
    with tempfile.TemporaryDirectory() as folder:
        stem = Path(folder) / "ZONE_D_ACTIVITE_OU_D_INTERET"
        zones.to_file(stem.with_suffix(".shp"), encoding="utf-8")
        stem.with_suffix(".cpg").unlink()
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w") as archive:
            for path in sorted(Path(folder).iterdir()):
                archive.write(path, f"BDTOPO/{path.name}")
        return sink.getvalue()
