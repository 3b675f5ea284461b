"""The default data: published extents, a coverage without hole, keys that resolve.

Authorities: the extents published by the three PETR and the Territoire d'industrie,
the official member lists of 2025, and a reference crop of the same relief.
"""

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
RAW = DATA / "raw"
REFERENCE = ROOT.parent / "shared" / "data"
STUDY_EPCI = {
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
}
# body_id: communes, municipal population of the members' list of 2025
EXTENTS = {
    "petr_comminges": (235, 77_429),
    "petr_sud_toulousain": (99, 100_104),
    "petr_nestes": (146, 31_988),
    "systom_7_epci": (452, 180_683),
    "systom_8_epci": (502, 187_455),
    "ti_comminges_nestes": (429, 144_508),
}


def rows_of(name: str, folder: Path = RAW) -> list[dict[str, str]]:
    """Return the rows of a CSV file of the default data."""
    with (folder / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def communes() -> gpd.GeoDataFrame:
    """Return the communes in EPSG:2154, indexed by their code."""
    layer = gpd.read_file(RAW / "communes.geojson").set_index("code_insee")
    return layer.to_crs("EPSG:2154")


def members(body_id: str) -> list[str]:
    """Return the communes of a body."""
    rows = rows_of("membership.csv")
    return [row["code_insee"] for row in rows if row["body_id"] == body_id]


@pytest.mark.results
@pytest.mark.parametrize("body_id", sorted(EXTENTS))
def test_extents_are_the_published_ones(body_id: str) -> None:
    codes = members(body_id)
    population = communes().loc[codes, "population"].sum()
    assert (len(codes), population) == EXTENTS[body_id]


def test_the_study_area_is_ten_whole_epci() -> None:
    inside = communes()[communes()["epci_siren"].isin(STUDY_EPCI)]
    assert len(inside) == 605
    assert inside["epci_siren"].nunique() == 10


def test_the_buffer_reaches_40_km_and_no_further() -> None:
    layer = communes()
    area = layer[layer["epci_siren"].isin(STUDY_EPCI)].union_all()
    away_m = layer.distance(area)
    assert 39_000 < away_m.max() <= 40_000


def test_polygons_are_a_coverage_without_hole() -> None:
    shapes = communes().geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    parts = shapely.get_parts(shapely.union_all(shapes))
    assert [len(part.interiors) for part in parts] == [0]


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("32365", ["32365", "32067", "32260", "32413"]),
        ("09088", ["09088", "09287"]),
        ("09334", ["09334", "09135", "09286", "09302"]),
        ("31471", ["31471", "31298"]),
    ],
)
def test_merged_communes_hold_all_their_former_parts(
    code: str, parts: list[str]
) -> None:
    folder = REFERENCE / "communes"
    if not folder.is_dir():
        pytest.skip("polygons of COG 2018 are not at hand")
    path = next(folder.glob(f"communes-{code[:2]}-*.geojson"))
    former = gpd.read_file(path).set_index("code").to_crs("EPSG:2154")
    # The reference keeps one vertex in four: areas of small communes vary by 2 %.
    expected_m2 = former.loc[parts].area.sum()
    assert communes().geometry[code].area == pytest.approx(expected_m2, rel=0.02)


def test_areas_agree_with_the_older_polygons() -> None:
    folder = REFERENCE / "communes"
    if not folder.is_dir():
        pytest.skip("polygons of COG 2018 are not at hand")
    former = gpd.read_file(folder / "communes-31-haute-garonne.geojson")
    former = former.set_index("code").to_crs("EPSG:2154")
    both = communes().index.intersection(former.index).difference(["31471"])
    ratio = communes().loc[both].area / former.loc[both].area
    assert ratio.median() == pytest.approx(1, abs=0.001)
    assert ratio.between(0.9, 1.1).mean() > 0.99


def test_seats_lie_in_their_commune() -> None:
    layer = communes()
    seats = gpd.GeoSeries.from_xy(
        layer["seat_lon"], layer["seat_lat"], index=layer.index, crs="EPSG:4326"
    ).to_crs("EPSG:2154")
    assert (layer.distance(seats) < 0.2).all()
    sources = Counter(layer["seat_source"])
    assert set(sources) == {"mairie", "point_representatif"}
    assert sources["mairie"] > 0.9 * len(layer)
    # The seat of Saint-Gaudens is in the town, not merely in the commune.
    town_hall = gpd.GeoSeries.from_xy([0.7234], [43.1082], crs="EPSG:4326")
    gap_m = seats["31483"].distance(town_hall.to_crs("EPSG:2154").iloc[0])
    assert gap_m < 500


def test_names_keep_article_and_accent() -> None:
    names = communes()["nom"]
    assert names["31239"] == "L'Isle-en-Dodon"
    assert names["31135"] == "Cazères"
    assert names["32365"] == "Cap d'Astarac"


def test_the_file_is_sorted_one_feature_a_line() -> None:
    lines = (RAW / "communes.geojson").read_text("utf-8").splitlines()
    features = [json.loads(line.removesuffix(",")) for line in lines[1:-1]]
    codes = [feature["properties"]["code_insee"] for feature in features]
    assert codes == sorted(set(codes))
    assert len(codes) == len(communes())
    # RFC 7946: outer rings turn counter-clockwise.
    shapes = shapely.from_geojson([json.dumps(one["geometry"]) for one in features])
    rings = shapely.get_exterior_ring(shapely.get_parts(shapes))
    assert shapely.is_ccw(rings).all()


def names_beyond() -> set[str]:
    """Return the members of EPCI that lie beyond the layer, each with a name."""
    rows = rows_of("member_names.csv")
    assert all(row["nom"].strip() for row in rows)
    return {row["code_insee"] for row in rows}


def test_every_foreign_key_resolves() -> None:
    codes = set(communes().index)
    assert not codes & names_beyond()
    membership = rows_of("membership.csv")
    # An EPCI may reach beyond the layer, and its list tells where; no other body does.
    away = {row["body_id"] for row in membership if row["code_insee"] not in codes}
    assert all(body.startswith("epci_") for body in away)
    assert {row["code_insee"] for row in membership} <= codes | names_beyond()
    bodies = {row["body_id"] for row in rows_of("bodies.csv")}
    assert {row["body_id"] for row in rows_of("membership.csv")} == bodies
    assert bodies >= {f"epci_{siren}" for siren in communes()["epci_siren"]}
    used = {
        row[column]
        for name, columns in {
            "places.csv": ["code_insee"],
            "motorway_exits.csv": ["code_insee"],
            "outlets.csv": ["code_insee"],
            "anchors.csv": ["code_insee"],
            "known_trips.csv": ["from_code", "to_code"],
        }.items()
        for row in rows_of(name)
        for column in columns
    }
    # Le Houga: a landfill of SINOE beyond the layer, told so and given nothing.
    assert used - codes == {"32155"}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("bodies.csv", ["body_id"]),
        ("commune_merges.csv", ["old_code"]),
        ("member_names.csv", ["code_insee"]),
        ("postcodes.csv", ["code_insee", "postcode"]),
        ("membership.csv", ["body_id", "code_insee", "from_date"]),
        ("places.csv", ["code_insee"]),
        ("motorway_exits.csv", ["motorway", "rank"]),
        ("outlets.csv", ["outlet_id"]),
        ("anchors.csv", ["site_id"]),
        ("known_trips.csv", ["from_code", "to_code"]),
    ],
)
def test_keys_are_not_repeated(name: str, key: list[str]) -> None:
    counts = Counter(tuple(row[column] for column in key) for row in rows_of(name))
    assert [label for label, count in counts.items() if count > 1] == []


def test_each_commune_has_one_epci_and_it_is_its_own() -> None:
    epci = {
        row["code_insee"]: row["body_id"].removeprefix("epci_")
        for row in rows_of("membership.csv")
        if row["body_id"].startswith("epci_")
    }
    beyond = names_beyond()
    assert beyond == set(epci) - set(communes().index)
    inside = {code: siren for code, siren in epci.items() if code not in beyond}
    assert inside == communes()["epci_siren"].to_dict()


def test_each_commune_has_a_postcode() -> None:
    """As the list of the COG tells them; a postcode may cross a département."""
    found: dict[str, set[str]] = {}
    for row in rows_of("postcodes.csv"):
        found.setdefault(row["code_insee"], set()).add(row["postcode"])
    assert found.keys() == set(communes().index)
    assert found["31483"] == {"31800"}
    path = REFERENCE / "cog" / "communes_09_31_32_65.json"
    if path.is_file():
        listed = json.loads(path.read_text(encoding="utf-8"))
        held = [one for one in listed if one["type"] == "commune-actuelle"]
        told = {one["code"]: set(one["codesPostaux"]) for one in held}
        assert len(told.keys() & found.keys()) > 1600
        same = told.keys() & found.keys()
        assert {code: found[code] for code in same} == {
            code: told[code] for code in same
        }


def test_the_syndicate_is_never_shipped_as_a_fact() -> None:
    doubted = {
        row["status"]
        for name in ("bodies.csv", "membership.csv")
        for row in rows_of(name)
        if row["body_id"].startswith("systom_")
    }
    assert doubted == {"a_confirmer"}


def test_one_landfill_under_two_numbers_is_one_outlet() -> None:
    numbers = {"25310217200017", "24310034400031"}
    holders = [
        row["outlet_id"]
        for row in rows_of("outlets.csv")
        if numbers & set(row["aliases"].split(";"))
    ]
    assert holders == ["isdnd_pihourc"]


def test_relief_equals_the_reference_crop() -> None:
    path = REFERENCE / "terrain" / "dem_globe_30arcsec_comminges.tif"
    if not path.is_file():
        pytest.skip("the reference crop is not at hand")
    with rasterio.open(path) as reference, rasterio.open(RAW / "dem_1km.tif") as ours:
        # Same grid of 30 arc-seconds; the reference reaches further south.
        row, column = ours.index(
            reference.bounds.left + 1e-6, reference.bounds.top - 1e-6
        )
        height = ours.height - row
        assert height > 0.95 * reference.height
        window = rasterio.windows.Window(column, row, reference.width, height)
        assert np.array_equal(ours.read(1, window=window), reference.read(1)[:height])
        assert ours.crs.to_epsg() == 4326
        assert ours.nodata == -500


def test_relief_covers_the_study_area() -> None:
    with rasterio.open(RAW / "dem_1km.tif") as relief:
        xmin, ymin, xmax, ymax = communes().to_crs("EPSG:4326").total_bounds
        bounds = relief.bounds
        assert bounds.left < xmin
        assert bounds.bottom < ymin
        assert bounds.right > xmax
        assert bounds.top > ymax
        inside = communes()[communes()["epci_siren"].isin(STUDY_EPCI)]
        seats = zip(inside["seat_lon"], inside["seat_lat"], strict=True)
        heights_m = np.array([value[0] for value in relief.sample(seats)])
    assert heights_m.min() > 100
    assert heights_m.max() < 2500


def test_the_register_matches_the_files() -> None:
    register = rows_of("sources.csv", DATA)
    listed = {row["name"]: row["sha256"] for row in register if row["sha256"]}
    present = {
        f"data/raw/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in RAW.iterdir()
        if path.is_file() and not path.name.startswith(".")
    }
    assert listed == present
    assert all(row["licence"] for row in register)


def test_tables_are_plain_text_of_one_kind() -> None:
    for path in RAW.glob("*.csv"):
        content = path.read_bytes()
        assert b"\r" not in content, path.name
        assert not content.startswith(b"\xef\xbb\xbf"), path.name
        assert content.endswith(b"\n"), path.name


@pytest.mark.registry
@pytest.mark.slow
def test_the_packages_give_the_same_bytes(tmp_path: Path) -> None:
    out = tmp_path / "données" / "raw"
    script = ROOT / "scripts" / "build_default_data.py"
    command = [sys.executable, str(script), "--download", "--out", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)  # noqa: S603
    built = {path.name: path.read_bytes() for path in out.iterdir()}
    shipped = {path.name: path.read_bytes() for path in RAW.iterdir()}
    assert built.keys() == shipped.keys()
    assert [name for name in sorted(shipped) if built[name] != shipped[name]] == []
    register = out.parent / "sources.csv"
    assert register.read_bytes() == (DATA / "sources.csv").read_bytes()
