"""Which files a study on real files asks for: its register, explicit, file by file."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.reference.real import land_degrees, osm_extracts, real_sources
from eitgeo.sources.fetch.register import COLUMNS, SIZE

if TYPE_CHECKING:
    from eitgeo.commands.real_choice import Place

KM_PER_DEGREE = 111.0
"""Of latitude: a degree of longitude is shorter."""

DISK = 2.5
"""Disk that a study takes, for what is downloaded: tables, archives unfolded."""


class Wired(NamedTuple):
    """One file of the register, and what the study makes of it.

    ``use``: as ``real_sources.csv`` calls it. ``key``: the département, the extract or
    the tile; empty: one file for France. ``cells``: the columns of the register.
    ``size_mb``: of the order of [MB].
    """

    use: str
    key: str
    cells: dict[str, str]
    size_mb: float

    @property
    def path(self) -> str:
        """Where the file is put, from the folder of the study."""
        return self.cells["path"]


def widened(
    box: tuple[float, float, float, float], km: float
) -> tuple[float, float, float, float]:
    """Widen a box in degrees by some kilometres on each side."""
    west, south, east, north = box
    up = km / KM_PER_DEGREE
    across = up / math.cos(math.radians(max(abs(south), abs(north))))
    return west - across, south - up, east + across, north + up


def area_km2(box: tuple[float, float, float, float]) -> float:
    """Return the area of a box in degrees [km²]."""
    west, south, east, north = box
    narrow = math.cos(math.radians((south + north) / 2))
    return (east - west) * (north - south) * KM_PER_DEGREE**2 * narrow


def wire_files(
    place: Place,
    *,
    buffer_km: float,
    roads: str,
    without: Collection[str] = (),
) -> list[Wired]:
    """List the files of a territory and of its ring, in the order of their use."""
    ring = widened(place.box, buffer_km)
    unused = {"osm", "osmnx"} - {roads}
    wired: list[Wired] = []
    for row in real_sources().to_dict("records"):
        if row["use"] in unused or row["use"] in without:
            continue
        wired += [
            Wired(row["use"], key, _cells({**row, SIZE: size}, filled), size)
            for key, filled, own_mb in _each(str(row["per"]), place, ring)
            for size in [own_mb or float(row[SIZE])]
        ]
    return wired


def _each(
    per: str, place: Place, ring: tuple[float, float, float, float]
) -> Iterator[tuple[str, dict[str, str], float]]:
    """Give each file of a source: what it is of, what stands for braces, its size."""
    if per == "departement":
        for dep in place.departements:
            yield dep, {"dep": dep}, 0.0
    elif per == "extract":
        table = (
            osm_extracts()
            .loc[list(place.departements)]
            .sort_values("extract", kind="stable")
        )
        for row in table.drop_duplicates("extract").to_dict("records"):
            filled = {name: str(row[name]) for name in ("extract", "name")}
            yield filled["extract"], filled, float(row["size_mb"])
    elif per == "degree":
        for tile in _tiles(ring):
            lat, lon = tile.split()
            yield tile, {"tile": tile, "lat": lat, "lon": lon}, 0.0
    elif per == "overpass":
        sides = ("west", "south", "east", "north")
        yield "", {side: f"{at:.3f}" for side, at in zip(sides, ring, strict=True)}, 0.0
    else:
        yield "", {}, 0.0


def _tiles(ring: tuple[float, float, float, float]) -> list[str]:
    """Name the degrees with land of France that a box meets."""
    west, south, east, north = (math.floor(side) for side in ring)
    return [
        f"N{lat:02d} {'E' if lon >= 0 else 'W'}{abs(lon):03d}"
        for lat, lon in sorted(land_degrees(), reverse=True)
        if south <= lat <= north and west <= lon <= east
    ]


def _cells(row: Mapping[Any, Any], filled: dict[str, str]) -> dict[str, str]:
    cells = {name: str(row.get(name, "")) for name in (*COLUMNS, SIZE)}
    for name in ("name", "url", "path"):
        for brace, text in filled.items():
            cells[name] = cells[name].replace(f"{{{brace}}}", text)
    return cells


def register_text(files: list[Wired]) -> str:
    """Write the register: what `eitgeo fetch` downloads, and nothing else."""
    text = io.StringIO()
    writer = csv.DictWriter(text, (*COLUMNS, SIZE), lineterminator="\n")
    writer.writeheader()
    writer.writerows(one.cells for one in files)
    return text.getvalue()


def of_use(files: list[Wired], use: str) -> list[Wired]:
    """Return the files of one use."""
    return [one for one in files if one.use == use]


def licences(files: list[Wired]) -> dict[str, list[str]]:
    """Return the names of the files under each licence."""
    names_of: dict[str, list[str]] = {}
    for wired in files:
        names_of.setdefault(wired.cells["licence"], []).append(wired.cells["name"])
    return names_of


def size_mb(files: list[Wired]) -> float:
    """Return what there is to download, of the order of [MB]."""
    return math.fsum(one.size_mb for one in files)
