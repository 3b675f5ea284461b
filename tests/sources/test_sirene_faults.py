"""SIRENE: what each fault of a file gives."""

import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eitgeo.errors import CrsError, SchemaError, SourceError
from eitgeo.sources.sites.sirene import read_sirene_sites
from tests.sources.sirene_files import (
    csv_text,
    establishment,
    establishments_csv,
    geolocation_csv,
    legal_unit,
    legal_units_csv,
    position,
    write_parquet,
    write_zip,
)
from tests.sources.sirene_header import ESTABLISHMENT_HEADER, GEOLOCATION_HEADER

FIRM = "39931827800021"
ROW = establishment(FIRM, denominationUsuelleEtablissement="ÉTÉ")
STOCK = establishments_csv([ROW])
POINT = position(FIRM, 511_000, 6_201_000)
GEO = geolocation_csv([POINT])


@pytest.fixture
def read(write, communes):
    def from_bytes(stock=STOCK, geo=GEO, name="stock.csv", geo_name="geo.csv"):
        return read_sirene_sites(
            write(name, stock),
            communes=communes,
            geolocation=write(geo_name, geo),
        )

    return from_bytes


def test_the_file_without_fault_is_read(read):
    assert len(read().table) == 1


@pytest.mark.parametrize(
    ("stock", "match"),
    [
        (b"", r"stock\.csv : fichier vide \(0 octet\)"),
        (STOCK.split("\n")[0], r"stock\.csv : fichier vide \(un en-tête sans ligne"),
        (STOCK.encode("latin-1"), r"stock\.csv : encodage illisible \(ligne 2\)"),
        (STOCK.encode("utf-16"), r"stock\.csv : encodage illisible \(ligne 1\)"),
        (STOCK.replace("ÉTÉ", '"ÉTÉ'), r"stock\.csv : fichier illisible \(ligne 2\)"),
    ],
)
def test_unreadable_stocks(read, stock, match):
    with pytest.raises(SourceError, match=match):
        read(stock)


@pytest.mark.parametrize(
    ("stock", "match"),
    [
        (csv_text([ROW], ESTABLISHMENT_HEADER, ";"), "séparateur « ; » au lieu de"),
        (
            STOCK.replace("etatAdministratifEtablissement", "etatAdministratif"),
            "« etatAdministratifEtablissement » absente → renommer la colonne « etat",
        ),
        (STOCK.replace(",nic,", ",siret,"), "colonne « siret » présente 2 fois"),
        (STOCK[:-30], r"ligne 2 : \d+ cellules pour 54 colonnes"),
        (STOCK.replace("\n399", "\nx,399"), "55 cellules pour 54 colonnes"),
        (STOCK.replace(",31002,", ",9001,"), r"« 9001 » sans son zéro .*\(1 ligne\)"),
        (STOCK.replace(FIRM, "9931827800021"), "« siret » = « 9931827800021 » mal"),
        (STOCK.replace(FIRM, "3,99318E+13"), "cellules pour 54 colonnes"),
        (STOCK.replace(FIRM, "3.99318E+13"), r"« 3\.99318E\+13 » mal formé"),
        (STOCK.replace(FIRM, "9" * 5_000), "« 9{40}… » mal formé"),
        (STOCK.replace(",NN,", ",3,"), "« 3 » → vouliez-vous dire « 03 »"),
        (STOCK.replace(",A,", ",Actif,"), "= « Actif ».* → "),
        (STOCK.replace(f"{FIRM},O,", f"{FIRM},,"), "statutDiffusion.* = «  »"),
        (STOCK.replace(",31002,", ",75056,"), "aucun établissement actif"),
    ],
)
def test_stocks_out_of_their_schema(read, stock, match):
    assert stock != STOCK
    with pytest.raises(SchemaError, match=match) as met:
        read(stock)
    assert str(met.value).startswith("stock.csv : ")


def test_a_siret_with_two_different_rows_is_refused(read):
    other = ROW | {"trancheEffectifsEtablissement": "12"}
    with pytest.raises(SchemaError, match=rf"« siret » {FIRM} présent deux fois"):
        read(establishments_csv([ROW, other]))


@pytest.mark.parametrize(
    ("geo", "match"),
    [
        (csv_text([POINT], GEOLOCATION_HEADER, ","), "séparateur « , » au lieu de"),
        (GEO.replace("qualite_xy", "qualite"), "renommer la colonne « qualite »"),
        (GEO.replace("epsg", "srid"), "colonne « epsg » absente"),
        (GEO.replace("511000", "511000,5"), "virgule décimale : écrire « 511000.5 »"),
        (GEO.replace("511000", "=cmd"), "« x » = « =cmd »"),
        (GEO.replace("511000", ""), f"ligne {FIRM} : une seule coordonnée"),
        (GEO.replace(";11;", ";99;"), "« qualite_xy » = « 99 »"),
        (GEO.replace(FIRM, f'"{FIRM}";'), "« qualite_xy » = « 6201000 »"),
    ],
)
def test_geolocations_out_of_their_schema(read, geo, match):
    assert geo != GEO
    with pytest.raises(SchemaError, match=match) as met:
        read(geo=geo)
    assert str(met.value).startswith("geo.csv : ")


def test_a_position_given_twice_is_refused(read):
    two = geolocation_csv([POINT, position(FIRM, 512_000, 6_201_000)])
    with pytest.raises(SchemaError, match="présent deux fois"):
        read(geo=two)


@pytest.mark.parametrize(
    "cells",
    [
        {"x": "6201000", "y": "511000"},  # axes swapped
        {"x": "0.69", "y": "42.9"},  # degrees said to be metres
        {"x": "470000", "y": "1767000"},  # Lambert II said to be Lambert-93
    ],
)
def test_positions_in_another_crs_than_the_one_told_are_refused(read, cells):
    with pytest.raises(CrsError, match="1 sur 1 : position hors de la commune"):
        read(geo=geolocation_csv([POINT | cells]))


@pytest.mark.parametrize("change", ["bom", "crlf", "blank", "case"])
def test_what_changes_nothing_is_accepted(read, change):
    changed = {
        "bom": "\ufeff" + STOCK,
        "crlf": STOCK.replace("\n", "\r\n"),
        "blank": STOCK + "\n",
        "case": STOCK.replace("codeCommuneEtablissement", "CODECOMMUNEETABLISSEMENT"),
    }
    assert read(changed[change]).table.equals(read().table)


def test_files_of_another_format_and_broken_ones_are_refused(
    read, write, tmp_path, communes
):
    with pytest.raises(SourceError, match=r"stock\.xlsx : aucun des fichiers"):
        read(name="stock.xlsx")
    whole = write_parquet(tmp_path / "w.parquet", [ROW] * 50, ESTABLISHMENT_HEADER)
    broken = write("b.parquet", whole.read_bytes()[:-40])
    with pytest.raises(SourceError, match=r"b\.parquet : fichier illisible"):
        read_sirene_sites(broken, communes=communes)
    with pytest.raises(SourceError, match=r"absent\.csv : fichier absent"):
        read_sirene_sites(tmp_path / "absent.csv", communes=communes)


def test_archives_are_not_trusted(tmp_path, communes):
    outside = write_zip(tmp_path / "o.zip", "../stock.csv", STOCK)
    with pytest.raises(SourceError, match=r"o\.zip"):
        read_sirene_sites(outside, communes=communes)
    two = write_zip(tmp_path / "t.zip", "a.csv", STOCK)
    with zipfile.ZipFile(two, "a") as archive:
        archive.writestr("b.csv", STOCK)
    with pytest.raises(SourceError, match=r"2 fichiers dans l'archive \(a\.csv, b"):
        read_sirene_sites(two, communes=communes)


def test_an_archive_over_the_limit_is_refused(tmp_path, communes, monkeypatch):
    monkeypatch.setattr("eitgeo.sources.sites.sirene_scan.MAX_ARCHIVE_BYTES", 100)
    path = write_zip(tmp_path / "s.zip", "s.csv", STOCK)
    with pytest.raises(SourceError, match=r"s\.zip"):
        read_sirene_sites(path, communes=communes)


def test_numbers_instead_of_text_in_parquet_are_refused(tmp_path, communes):
    path = write_parquet(tmp_path / "n.parquet", [ROW], ESTABLISHMENT_HEADER)
    table = pq.read_table(path)
    place = table.column_names.index("codeCommuneEtablissement")
    numbers = pa.array([9001], pa.int64())
    pq.write_table(table.set_column(place, table.field(place).name, numbers), path)
    with pytest.raises(SchemaError, match="« 9001 » sans son zéro de tête"):
        read_sirene_sites(path, communes=communes)


def test_a_nomenclature_that_is_not_there_is_refused(write, communes):
    stock = write("s.csv", STOCK.replace("17.11Y", ""))
    with pytest.raises(SchemaError, match="aucune activité en NAF2025"):
        read_sirene_sites(stock, communes=communes, naf_version="NAF2025")
    with pytest.raises(SchemaError, match="nomenclature « NAF » inconnue"):
        read_sirene_sites(stock, communes=communes, naf_version="NAF")  # type: ignore[arg-type]


def test_legal_units_are_checked_too(write, communes):
    stock = write("s.csv", STOCK)
    unit = legal_unit(FIRM[:9], "A")
    twice = legal_units_csv([unit, unit | {"denominationUniteLegale": "B"}])
    with pytest.raises(SchemaError, match=r"u\.csv.*\n.*« siren » 399318278 présent"):
        read_sirene_sites(stock, communes=communes, legal_units=write("u.csv", twice))
