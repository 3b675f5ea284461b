"""Any contour that somebody drops on the comparator: communes, shares, refusals."""

import json
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from eitgeo.maps.comparator.payload import comparator_payload
from tests.maps.comparators import AREA, make_choices, make_tables
from tests.maps.contours import drawn_outlines, geojson, opened
from tests.maps.toy import SIDE_M, X0, Y0, Toy

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None, reason="Node is not installed"
)
SQUARE = shapely.box(X0, Y0, X0 + SIDE_M, Y0 + SIDE_M)


@pytest.fixture(scope="module")
def payload(toy: Toy) -> dict[str, Any]:
    """Gather what the page of the toy study knows."""
    found = comparator_payload(
        toy.ground,
        make_tables(toy),
        catalogue=toy.catalogue,
        choices=make_choices(),
        sheet=toy.sheet,
    )
    names = found["communes"]["name"] = [
        "L’Isle-Saint-Béat",
        *found["communes"]["name"][1:],
    ]
    names[-1] = names[-2] = "Saint-Martin"
    return found


TABLES = {
    "semicolon": "code_insee;nom\n31001;X\n31002;Y\n",
    "comma, heading of no known word": "territoire,truc\nX,31001\nY,31002\n",
    "tab, no heading": "31001\tX\n31002\tY\n",
    "one column, no heading": "31001\r\n31002\r\n",
    "byte order mark": "\ufeffCODGEO;LIBGEO\r\n31001;X\r\n31002;Y\r\n",
    "quotes and a line within": 'nom;insee\n"a ""b"";\nc";"31001"\nd;"31002"\n',
    "formulas and decimals of spreadsheets": 'c\n="31001"\n31002.0\n',
    "cp1252": "libellé;dépôt\nSéméac;31001\nÉoux;31002\n".encode("cp1252"),
    "utf-16": "code\n31001\n31002\n".encode("utf-16"),
    "postcodes beside": "code postal;c\n31004;31001\n31005;31002\n31006;31001\n",
}


def test_a_table_is_read_whatever_its_columns_and_dialect(payload, tmp_path) -> None:
    said = opened(payload, list(TABLES.values()), tmp_path)
    found = {name: one.get("codes") for name, one in zip(TABLES, said, strict=True)}
    assert found == {name: ["31001", "31002"] for name in TABLES}


def test_zeros_epci_names_and_strangers(payload, tmp_path) -> None:
    zeros, epci, mixed, names, strangers = opened(
        payload,
        [
            "n,x\r\n9003,X\r\n31001,Y\r\n",
            "siren;nom\n200000001;A\n200000002;B\n",
            "c\n200000001\n31009\n",
            "commune\nl'isle st beat\nSaint-Martin\nCC du Milieu\nAilleurs\n",
            "code;nom\n31001;Ici\n64999;<b>Pau</b>\n999999999;CC\nrien;\n",
        ],
        tmp_path,
    )
    assert zeros["codes"] == ["09003", "31001"]
    assert any("1 code a retrouvé son zéro" in plain(one) for one in zeros["said"])
    assert epci["codes"] == sorted(AREA[:6])
    assert mixed["codes"] == sorted([*AREA[:3], "31009"])
    assert names["how"] == "names"
    assert len(names["codes"]) == 4
    assert any("Saint-Martin" in one for one in names["said"])
    assert names["outside"] == ["Ailleurs"]
    assert strangers["codes"] == ["31001"]
    assert strangers["outside"] == ["<b>Pau</b> (64999)", "CC (999999999)", "rien"]
    told = " ".join(plain(one) for one in strangers["said"])
    assert "3 communes ou EPCI hors du territoire : <b>Pau</b> (64999)" in told


def plain(text: str) -> str:
    """Make spaces plain."""
    return " ".join(text.split())


def layer(geometry: Any, **more: Any) -> str:
    """Write one feature."""
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature], **more})


def ring(*points: tuple[float, float]) -> dict[str, Any]:
    """Draw a polygon in degrees."""
    return {"type": "Polygon", "coordinates": [[*points, points[0]]]}


def comb(teeth: int) -> shapely.Polygon:
    """Draw a polygon all of whose borders lie beside all others."""
    x = X0 + np.arange(teeth) / 10
    y = Y0 + np.where(np.arange(teeth) % 2, SIDE_M, 10.0)
    return shapely.Polygon([(X0 - 1, Y0), *zip(x, y, strict=True), (x[-1] + 1, Y0)])


CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
TINY = ring((1.0, 43.0), (1.1, 43.0), (1.1, 43.1))
REFUSED = {
    "another system": (layer(TINY, crs=CRS), "système de coordonnées"),
    "metres undeclared": (
        layer(ring((540e3, 62e5), (545e3, 62e5), (545e3, 63e5))),
        "ne sont pas des degrés",
    ),
    "points": (layer({"type": "Point", "coordinates": [1, 43]}), "que des points"),
    "nothing": ('{"features": [{"properties": {}}]}', "aucun polygone"),
    "cut short": ('{"features": [', "incomplet ou abîmé"),
    "not numbers": (layer(TINY).replace("1.1", "NaN", 1), "(NaN)"),
    "infinite": (layer(TINY).replace("1.1", "1e999", 1), "ne sont pas des nombres"),
    "text": (layer(TINY).replace("1.1", '"1.1"', 1), "ne sont pas des nombres"),
    "deep": ('{"a":' * 200_000 + "1" + "}" * 200_000, "trop profondément"),
    "bow tie": (
        layer(ring((0.9, 43), (1.2, 43.2), (1.2, 43), (0.9, 43.2))),
        "se croise lui-même",
    ),
    "no surface": (layer(ring((1, 43), (1, 43), (1, 43))), "pas de surface"),
    "elsewhere": (layer(ring((4, 48), (5, 48), (5, 49))), "ne touche aucune commune"),
    "a tenth of a commune": (
        geojson(shapely.box(X0, Y0, X0 + 500, Y0 + SIDE_M)),
        "la moitié d’aucune commune",
    ),
    "no geometry": ('{"type": "Topology"}', "type inconnu"),
    "a workbook": (b"PK\x03\x04\x00\x00", "ni un tableau CSV ni un GeoJSON"),
    "huge": (25_000_000, "25 Mo et la page en lit 20 au plus"),
    "a comb": (geojson(comb(30_000)), "trop détaillé"),
    "no column": ("nom\nX\n", "ni code INSEE de commune"),
    "empty": ("code_insee\n", "aucun code de commune"),
    "void": ("", "aucun code de commune"),
    "another study": ("code_insee;etude\n31001;autre\n", "vient d’une autre étude"),
    "all elsewhere": ("code\n64999\n64998\n", "Rien de ce fichier n’est dans"),
}


def test_what_is_hostile_or_not_a_contour_is_refused_in_a_sentence(
    payload, tmp_path
) -> None:
    said = opened(payload, [content for content, _ in REFUSED.values()], tmp_path)
    for (name, (_, met)), one in zip(REFUSED.items(), said, strict=True):
        assert met in plain(one.get("refused", "opened")), name


def random_contours(rng: np.random.Generator, n: int) -> list[shapely.Geometry]:
    """Draw polygons with holes, in pieces, that may overlap and go beyond the area."""
    found = []
    for _ in range(n):
        centres = rng.uniform(-0.2, 3.2, size=(int(rng.integers(1, 4)), 2)) * SIDE_M
        discs = [
            star(rng, centre + np.array([X0, Y0]), rng.uniform(0.4, 2.0) * SIDE_M)
            for centre in centres
        ]
        found.append(shapely.MultiPolygon(discs))
    return found


def star(rng: np.random.Generator, at: np.ndarray, size: float) -> shapely.Polygon:
    """Draw a simple polygon around a place, with a hole in it."""
    turns = np.sort(rng.uniform(0, 2 * np.pi, size=int(rng.integers(9, 40))))
    turns = np.concatenate([turns, np.arange(0, 2 * np.pi, 1.0)])
    turns.sort()
    reach = size * rng.uniform(0.3, 1.0, size=len(turns))
    shell = at + np.column_stack([np.cos(turns), np.sin(turns)]) * reach[:, None]
    hole = at + 0.1 * size * np.array([(0, 0), (1, 0), (0, 1)])
    return shapely.Polygon(shell, [hole])


def true_shares(contour: shapely.Geometry, outlines: np.ndarray) -> np.ndarray:
    """Share of each commune inside a contour, by a second library."""
    whole = shapely.union_all(shapely.get_parts(contour))
    return np.asarray(
        shapely.area(shapely.intersection(outlines, whole)) / shapely.area(outlines)
    )


def check_shares(said: dict[str, Any], shares: np.ndarray, codes: list[str]) -> None:
    """Check communes and told shares against true ones; a tie may fall either way."""
    for code, share in zip(codes, shares, strict=True):
        if abs(share - 0.5) > 1e-6:
            assert (code in said["codes"]) == (share > 0.5), (code, share)
        if 1e-9 < share < 1 - 1e-9:
            assert said["shares"][code] == pytest.approx(share, abs=2e-6)
        else:
            assert code not in said["shares"] or abs(share - round(share)) < 1e-6


def test_half_of_a_commune_by_brute_force(payload, tmp_path: Path) -> None:
    rng = np.random.default_rng(30)
    drawn = random_contours(rng, 40)
    outlines, codes = drawn_outlines(payload), payload["communes"]["code"]
    degrees = gpd.GeoSeries(drawn, crs=2154).to_crs(4326)
    # Straight in degrees: both sides cut long borders before they move them.
    moved = gpd.GeoSeries(degrees.segmentize(0.001), crs=4326).to_crs(2154)
    files = [geojson(one) for one in drawn]
    files += [geojson(one, crs="EPSG:4326") for one in degrees.segmentize(0.001)]
    n_opened = 0
    for said, contour in zip(
        opened(payload, files, tmp_path), [*drawn, *moved], strict=True
    ):
        shares = true_shares(contour, outlines)
        if "refused" in said:
            assert shares.max() < 0.5 + 1e-6
            continue
        n_opened += 1
        check_shares(said, shares, codes)
    assert n_opened > 60


def test_a_tie_comes_in_and_a_sliver_does_not(payload, tmp_path) -> None:
    half = shapely.box(X0, Y0, X0 + 1.5 * SIDE_M, Y0 + SIDE_M)
    wide = shapely.box(X0, Y0, X0 + 1.01 * SIDE_M, Y0 + SIDE_M)
    beyond = shapely.box(X0 - SIDE_M, Y0, X0 + SIDE_M, Y0 + SIDE_M)
    # A bend far to the left, just at the height of the middle of communes.
    bend = [(X0 - SIDE_M, Y0 + k * SIDE_M / 2) for k in (5, 3, 1)]
    corners = [(X0, Y0), (X0 + 2 * SIDE_M, Y0), (X0 + 2 * SIDE_M, Y0 + 3 * SIDE_M)]
    bent = shapely.Polygon([*corners, (X0, Y0 + 3 * SIDE_M), *bend])
    tie, sliver, away, columns = opened(
        payload, [geojson(one) for one in (half, wide, beyond, bent)], tmp_path
    )
    assert len(columns["codes"]) == 6
    assert columns["shares"] == {}
    assert tie["codes"] == ["31001", "31002"]
    assert tie["shares"] == {"31002": pytest.approx(0.5)}
    assert sliver["codes"] == ["31001"]
    assert "1 commune effleurée" in plain(" ".join(sliver["said"]))
    assert away["km2"] == pytest.approx(25.0)
    assert "50 % du contour (25 km²) est hors du territoire" in plain(
        " ".join(away["said"])
    )


def test_points_are_left_and_told(payload, tmp_path) -> None:
    parts = [SQUARE, shapely.Point(X0, Y0), shapely.LineString([(X0, Y0), (0, 0)])]
    mixed = shapely.GeometryCollection(parts)
    (said,) = opened(payload, [geojson(mixed)], tmp_path)
    assert said["codes"] == ["31001"]
    assert "Laissés de côté : 1 point et 1 ligne" in plain(" ".join(said["said"]))


def test_a_layer_of_communes_is_read_by_its_codes(payload, tmp_path) -> None:
    """Their codes say more than their outlines, which may be coarse or absent."""
    features = [
        {"type": "Feature", "properties": {"INSEE_COM": code}, "geometry": None}
        for code in ("31001", "31005")
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (said,) = opened(payload, [text], tmp_path)
    assert (said["how"], said["codes"]) == ("codes", ["31001", "31005"])
