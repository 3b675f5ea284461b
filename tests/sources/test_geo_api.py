"""geo.api.gouv.fr: JSON and GeoJSON answers give the same communes."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from hypothesis import strategies as st
from shapely import Point, box
from shapely.geometry import mapping

from eitgeo.errors import CrsError, SchemaError, SourceError
from eitgeo.sources.territory.commune_layers import read_geo_api_communes
from eitgeo.sources.territory.communes import COMMUNE_COLUMNS
from tests.sources.mutate import FORMULA, MARKUP
from tests.sources.source import Source, plain

SQUARES = gpd.GeoSeries(
    [
        box(500_000, 6_200_000, 510_000, 6_210_000),
        box(510_000, 6_200_000, 520_000, 6_210_000),
    ],
    crs="EPSG:2154",
).to_crs("EPSG:4326")
HALL = gpd.GeoSeries([Point(505_000, 6_205_000)], crs="EPSG:2154").to_crs("EPSG:4326")


def answer() -> list[dict[str, Any]]:
    return [
        {
            "nom": "Saint-Élix",
            "code": "31002",
            "population": 300,
            "contour": mapping(SQUARES[1]),
            "centre": mapping(Point(1.0, 42.9)),
        },
        {
            "nom": "L'Œuvre-Basse",
            "code": "09001",
            "codeEpci": "200067940",
            "population": 100,
            "contour": mapping(SQUARES[0]),
            "mairie": mapping(HALL[0]),
        },
    ]


def save(folder: Path, content: Any) -> Path:
    path = folder / "communes.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def as_geojson(rows: list[dict[str, Any]]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "geometry": row["contour"],
            "properties": {k: v for k, v in row.items() if k != "contour"},
        }
        for row in rows
    ]
    return {"type": "FeatureCollection", "features": features}


@pytest.mark.parametrize("form", [list, as_geojson])
def test_both_forms_give_the_communes(tmp_path: Path, form: Any) -> None:
    loaded = read_geo_api_communes(save(tmp_path, form(answer())))
    table = loaded.table
    assert list(table) == list(COMMUNE_COLUMNS)
    assert table.drop(columns=["geometry", "area_km2", "seat_x", "seat_y"]).to_dict(
        "list"
    ) == {
        "code_insee": ["09001", "31002"],
        "nom": ["L'Œuvre-Basse", "Saint-Élix"],
        "epci_siren": ["200067940", ""],
        "dep": ["09", "31"],
        "population": [100, 300],
        "seat_source": ["mairie", "point_representatif"],
    }
    assert table["area_km2"].tolist() == pytest.approx([100, 100], rel=1e-6)
    assert table["seat_x"][0] == pytest.approx(505_000)
    assert loaded.notes["subject"].tolist() == ["Saint-Élix"]


def test_other_departements_are_reported(tmp_path: Path) -> None:
    loaded = read_geo_api_communes(save(tmp_path, answer()), departements=["31"])
    assert loaded.table["code_insee"].tolist() == ["31002"]
    assert loaded.dropped["subject"].tolist() == ["09001"]


def test_names_are_data(tmp_path: Path) -> None:
    rows = answer()
    rows[0]["nom"], rows[1]["nom"] = "=1+1", MARKUP
    table = read_geo_api_communes(save(tmp_path, rows)).table
    assert table["nom"].tolist() == [MARKUP, "=1+1"]


CHANGES: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"code": "9001"}, SchemaError, "sans son zéro de tête"),
    ({"code": 9001}, SchemaError, "sans son zéro de tête"),
    ({"code": "09001"}, SchemaError, "code répété"),
    ({"codeEpci": "2000"}, SchemaError, "« epci » = « 2000 »"),
    ({"population": "12,5"}, SchemaError, "« population » = « 12,5 »"),
    ({"population": None}, SchemaError, "« population »"),
    ({"population": 10**40}, SchemaError, "« population » = « 1"),
    ({"population": 2.0**63}, SchemaError, "« population » = « 9.22"),
    ({"mairie": mapping(SQUARES[1])}, SchemaError, "« mairie » n'est pas un point"),
    ({"contour": None}, SchemaError, "« 31002 » sans contour"),
    ({"contour": {"type": "Polygon", "coordinates": [[1]]}}, SchemaError, "GeoJSON"),
    ({"contour": {"type": "Point", "coordinates": [1, 43]}}, SchemaError, "polygone"),
    ({"contour": mapping(box(43, 0.5, 43.1, 0.6))}, CrsError, "l'ordre longitude"),
    ({"contour": mapping(SQUARES.to_crs(2154)[1])}, CrsError, "hors de la France"),
]


@pytest.mark.parametrize(("change", "error", "match"), CHANGES)
def test_faults_are_told(
    tmp_path: Path, change: dict[str, Any], error: type[Exception], match: str
) -> None:
    rows = answer()
    rows[0] |= change
    with pytest.raises(error, match=match):
        read_geo_api_communes(save(tmp_path, rows))


def nested(depth: int) -> dict[str, Any]:
    shape: dict[str, Any] = dict(mapping(SQUARES[1]))
    for _ in range(depth):
        shape = {"type": "GeometryCollection", "geometries": [shape]}
    return shape


@pytest.mark.parametrize("field", ["contour", "mairie"])
@pytest.mark.parametrize("depth", [8, 400])
def test_collections_nested_without_end_are_refused(
    tmp_path: Path, field: str, depth: int
) -> None:
    rows = answer()
    rows[0][field] = nested(depth)
    told = f"« 31002 » : « {field} » fait de trop d'objets imbriqués → demander"
    with pytest.raises(SchemaError, match=told):
        read_geo_api_communes(save(tmp_path, rows))


@pytest.mark.parametrize("field", ["code", "nom", "population", "contour"])
def test_a_missing_field_is_told(tmp_path: Path, field: str) -> None:
    rows = [{k: v for k, v in row.items() if k != field} for row in answer()]
    with pytest.raises(SchemaError, match=f"« {field} » absente"):
        read_geo_api_communes(save(tmp_path, rows))


@pytest.mark.parametrize(
    "content",
    [b"", b"[", b"\xff\xfe[\x00", b"{}", b"[]", b"[1]", b'"x"', b"[" * 100_000],
)
def test_what_is_no_answer_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "communes.json"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="→"):
        read_geo_api_communes(path)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**40),
    st.floats(),
    st.sampled_from(
        ["", "9001", "09001", "2,5", FORMULA, MARKUP, "ZZZZZZZZZ", "200067940/2000"]
    ),
    st.lists(st.integers(0, 3), max_size=2),
    st.sampled_from([nested(0), nested(3), nested(30), mapping(Point(43.0, 1.0))]),
)
"""What a field of an answer may be instead of what it should."""


SAMPLES = {
    "geo_api": Source(
        "API Découpage administratif (Etalab), JSON",
        ("read_geo_api_communes",),
        "communes.json",
        plain(read_geo_api_communes),
        json.dumps(answer(), ensure_ascii=False).encode(),
        form="json",
        text="nom",
        needed="population",
        number="population",
        xy=("contour", "contour"),
    ),
}
