"""ADMIN EXPRESS in both dialects gives the same communes; what is wrong is told."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import py7zr
import pytest
from shapely import Point, Polygon, box

from eitgeo.errors import CrsError, SchemaError, SourceError
from eitgeo.sources.territory.commune_layers import read_admin_express
from eitgeo.sources.territory.communes import COMMUNE_COLUMNS
from tests.sources.mutate import MARKUP

A = box(500_000, 6_200_000, 510_000, 6_210_000)
B = box(510_000, 6_200_000, 520_000, 6_210_000)
HALLS = [Point(505_000, 6_205_000), Point(600_000, 6_205_000)]
FOLDER = "ADMIN-EXPRESS-COG_3-2__SHP_LAMB93_FXX/1_DONNEES"

UPPER: dict[str, Any] = {
    "ID": ["COMMUNE_1", "COMMUNE_2"],
    "NOM": ["L'Œuvre-Basse", "Saint-Élix"],
    "INSEE_COM": ["09001", "31002"],
    "SIREN_EPCI": ["200067940", "200054807/200073146"],
    "POPULATION": [100, 300],
}
LOWER: dict[str, Any] = {
    "code_insee": ["09001", "31002"],
    "nom_officiel": ["L'Œuvre-Basse", "Saint-Élix"],
    "code_insee_du_departement": ["09", "31"],
    "codes_siren_des_epci": ["200067940", "200054807/200073146"],
    "population": [100, 300],
}


def layer(columns: dict[str, Any], shapes: Any = None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes or [A, B], crs="EPSG:2154")


def upper(folder: Path, communes: gpd.GeoDataFrame | None = None) -> Path:
    to = folder / FOLDER
    to.mkdir(parents=True)
    (layer(UPPER) if communes is None else communes).to_file(to / "COMMUNE.shp")
    halls = gpd.GeoDataFrame({"ID_COM": UPPER["ID"]}, geometry=HALLS, crs="EPSG:2154")
    halls.to_file(to / "CHFLIEU_COMMUNE.shp")
    (to / "EPCI.dbf").write_bytes(b"not read")
    return folder


def lower(folder: Path, communes: gpd.GeoDataFrame | None = None) -> Path:
    path = folder / "ADE_4-0_GPKG_LAMB93_FXX.gpkg"
    chosen = layer(LOWER) if communes is None else communes
    chosen.rename_geometry("geometrie").to_file(path, layer="commune")
    halls = gpd.GeoDataFrame(
        {"code_insee_de_la_commune": LOWER["code_insee"]},
        geometry=HALLS,
        crs="EPSG:2154",
    )
    halls.to_file(path, layer="chef_lieu_de_commune")
    return path


def as_zip(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.write(file, file.relative_to(folder).as_posix())
    return path


def as_seven(folder: Path, path: Path) -> Path:
    with py7zr.SevenZipFile(path, "w") as archive:
        archive.writeall(folder, "lot")
    return path


@pytest.mark.parametrize("make", [upper, lower])
@pytest.mark.parametrize("pack", [None, as_zip, as_seven])
def test_both_dialects_packed_or_not_give_the_same(
    tmp_path: Path, make: Callable[[Path], Path], pack: Callable[..., Path] | None
) -> None:
    inner = tmp_path / "in"
    inner.mkdir()
    made = make(inner)
    suffix = "zip" if pack is as_zip else "7z"
    path = made if pack is None else pack(inner, tmp_path / f"ae.{suffix}")
    loaded = read_admin_express(path)
    table = loaded.table
    assert list(table) == list(COMMUNE_COLUMNS)
    assert table.crs.to_epsg() == 2154
    assert table["code_insee"].tolist() == ["09001", "31002"]
    assert table["nom"].tolist() == ["L'Œuvre-Basse", "Saint-Élix"]
    assert table["dep"].tolist() == ["09", "31"]
    assert table["epci_siren"].tolist() == ["200067940", "200054807"]
    assert table["population"].tolist() == [100, 300]
    assert table["area_km2"].tolist() == pytest.approx([100, 100])
    assert table["seat_source"].tolist() == ["mairie", "point_representatif"]
    assert table["seat_x"].tolist() == pytest.approx([505_000, 515_000])
    assert loaded.dropped.empty
    assert loaded.notes[["subject", "kind"]].values.tolist() == [
        ["Saint-Élix", "epci_multiple"],
        ["Saint-Élix", "chef_lieu_absent"],
    ]


def test_nr_is_no_epci(tmp_path: Path) -> None:
    communes = layer(LOWER | {"codes_siren_des_epci": ["NR", ""]})
    table = read_admin_express(lower(tmp_path, communes)).table
    assert table["epci_siren"].tolist() == ["", ""]


def test_wgs84_and_overseas(tmp_path: Path) -> None:
    columns = {name: [*values, values[0]] for name, values in LOWER.items()}
    columns["code_insee"] = ["09001", "31002", "97401"]
    metres = layer(columns, [A, B, A]).to_crs("EPSG:4326")
    metres.loc[2, "geometry"] = box(55.2, -21.4, 55.8, -20.9)
    loaded = read_admin_express(lower(tmp_path, metres))
    assert loaded.table["code_insee"].tolist() == ["09001", "31002"]
    assert loaded.dropped[["subject", "reason"]].values.tolist() == [
        ["97401", "hors de la métropole"]
    ]


def test_other_departements_are_reported(tmp_path: Path) -> None:
    loaded = read_admin_express(lower(tmp_path), departements=["09"])
    assert loaded.table["code_insee"].tolist() == ["09001"]
    assert loaded.dropped["subject"].tolist() == ["31002"]
    with pytest.raises(SchemaError, match="aucune commune des départements"):
        read_admin_express(tmp_path, departements=["64"])


def test_names_are_data(tmp_path: Path) -> None:
    names = [MARKUP, "=cmd|' /C calc'!A0"]
    path = lower(tmp_path, layer(LOWER | {"nom_officiel": names}))
    assert read_admin_express(path).table["nom"].tolist() == names


BOWTIE = Polygon([(500_000, 6_200_000), (510_000, 6_210_000),
                  (510_000, 6_200_000), (500_000, 6_210_000)])  # fmt: skip
FAULTS: dict[str, tuple[dict[str, Any], Any, str]] = {
    "zero lost": ({"code_insee": ["9001", "31002"]}, None, "sans son zéro de tête"),
    "code as number": ({"code_insee": [9001, 31002]}, None, "écrire « 09001 »"),
    "repeated": ({"code_insee": ["09001", "09001"]}, None, "code répété"),
    "epci": ({"codes_siren_des_epci": ["2000", "NR"]}, None, "« epci » = « 2000 »"),
    "population": ({"population": [1.5, 2]}, None, "« population » = « 1.5 »"),
    "no population": ({"population": [None, 2]}, None, "« population » = «  »"),
    "no name": ({"nom_officiel": ["", "b"]}, None, "« nom » = «  »"),
    "mojibake": ({"nom_officiel": ["Saint-Ã‰lix".encode("cp1252").decode("latin-1"),
                  "b"]}, None, "lu dans un autre encodage"),
    "bow tie": ({}, [BOWTIE, B], "polygone invalide"),
    "point": ({}, [Point(500_000, 6_200_000), B], "pas un polygone"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_told(tmp_path: Path, name: str) -> None:
    columns, shapes, match = FAULTS[name]
    path = lower(tmp_path, layer(LOWER | columns, shapes))
    with pytest.raises(SchemaError, match=match):
        read_admin_express(path)


def test_crs_is_never_guessed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(CrsError, match="EPSG:4326 ou EPSG:2154"):
        read_admin_express(lower(tmp_path / "a", layer(LOWER).to_crs("EPSG:3857")))
    without = tmp_path / "b" / FOLDER
    upper(tmp_path / "b")
    (without / "COMMUNE.prj").unlink()
    with pytest.raises(CrsError, match="système de coordonnées absent"):
        read_admin_express(tmp_path / "b")
    swapped = layer(LOWER, [box(43, 0.5, 43.1, 0.6), box(43.1, 0.5, 43.2, 0.6)])
    (tmp_path / "c").mkdir()
    path = lower(tmp_path / "c", swapped.set_crs("EPSG:4326", allow_override=True))
    with pytest.raises(CrsError, match="hors de la France"):
        read_admin_express(path)


def test_several_deliveries_are_told_apart(tmp_path: Path) -> None:
    upper(tmp_path)
    other = tmp_path / "ADECOG_3-2_SHP_RGR92UTM40S_REU"
    other.mkdir()
    layer(UPPER).to_file(other / "COMMUNE.shp")
    assert len(read_admin_express(tmp_path).table) == 2
    again = tmp_path / "ADECOGC_3-2_SHP_LAMB93_FXX"
    again.mkdir()
    layer(UPPER).to_file(again / "COMMUNE.shp")
    with pytest.raises(SourceError, match="2 couche de communes"):
        read_admin_express(tmp_path)


def test_no_layer_of_communes_is_told(tmp_path: Path) -> None:
    layer(LOWER).drop(columns="codes_siren_des_epci").to_file(
        tmp_path / "x.gpkg", layer="commune_deleguee"
    )
    with pytest.raises(SourceError, match="0 couche de communes"):
        read_admin_express(tmp_path / "x.gpkg")


@pytest.mark.parametrize("columns", [LOWER, UPPER])
def test_a_layer_under_another_name_is_known_by_its_columns(tmp_path, columns):
    layer(columns).to_file(tmp_path / "x.gpkg", layer="adminexpress_cog_communes")
    assert len(read_admin_express(tmp_path / "x.gpkg").table) == 2


def test_a_ring_that_does_not_close_is_refused(tmp_path: Path) -> None:
    path = lower(tmp_path)
    data = bytearray(path.read_bytes())
    x, y = layer(LOWER).geometry.iloc[0].exterior.coords[0]
    at = data.rindex(struct.pack("<dd", x, y))
    data[at : at + 16] = bytes(16)
    path.write_bytes(bytes(data))
    with pytest.raises(SourceError, match=r"\.gpkg : "):
        read_admin_express(path)
