"""INSEE's table of zones: bodies with names, communes without a city reported."""

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.territory.insee_belonging import read_insee_belonging
from eitgeo.tables.schema import validate
from tests.sources.mutate import FORMULA

DAY = dt.date(2026, 1, 1)
HEADER = ["CODGEO", "LIBGEO", "DEP", "REG", "EPCI", "ZE2020", "AAV2020", "BV2022"]
ROWS: list[list[Any]] = [
    ["09001", "Aigues-Juntes", "09", "76", "200066363", "7604", "000", "09122"],
    ["31002", "Aignes", "31", "76", "200068641", "7616", "004", "31033"],
    ["31483", "Saint-Gaudens", "31", "76", "200072643", "7616", "173", "31483"],
]
NAMES: list[list[Any]] = [
    ["ZE2020", "7604", "Foix-Pamiers", 245],
    ["ZE2020", "7616", "Saint-Gaudens", 236],
    ["AAV2020", "004", "Toulouse", 527],
    ["AAV2020", "173", "Saint-Gaudens", 47],
    ["BV2022", "31483", "Saint-Gaudens", 90],
]


def workbook(
    path: Path,
    rows: list[list[Any]] = ROWS,
    header: list[str] = HEADER,
    sheet: str = "COM",
) -> Path:
    book = openpyxl.Workbook()
    communes = book.active
    assert communes is not None
    communes.title = sheet
    banner = ["Table d'appartenance géographique des communes", "", "© Insee", ""]
    labels = ["Code géographique"] + [""] * 7
    for line in [*([text] for text in banner), labels, header, *rows]:
        communes.append(line)
    names = book.create_sheet("Zones_supra_communales")
    for line in [*([text] for text in banner), [], ["NIVGEO", "CODGEO", "LIBGEO", "N"]]:
        names.append(line)
    for line in NAMES:
        names.append(line)
    book.save(path)
    return path


def read(path: Path, **options: Any) -> Any:
    return read_insee_belonging(path, on_date=DAY, **options)


def test_zones_become_bodies(tmp_path: Path) -> None:
    loaded = read(workbook(tmp_path / "t.xlsx"))
    bodies = loaded.bodies.set_index("body_id")
    assert bodies["name"].to_dict() == {
        "aav2020_004": "Toulouse",
        "aav2020_173": "Saint-Gaudens",
        "bv2022_09122": "Bassin de vie 09122",
        "bv2022_31033": "Bassin de vie 31033",
        "bv2022_31483": "Saint-Gaudens",
        "ze2020_7604": "Foix-Pamiers",
        "ze2020_7616": "Saint-Gaudens",
    }
    assert set(bodies["kind"]) == {"aav", "bassin_de_vie", "zone_emploi"}
    assert not bodies["legal_person"].any()
    inside = loaded.table[loaded.table["body_id"] == "ze2020_7616"]
    assert inside["code_insee"].tolist() == ["31002", "31483"]
    assert set(loaded.table["from_date"]) == {"2026-01-01"}
    assert loaded.dropped.values.tolist() == [
        ["t.xlsx", "7", "09001", "hors de l'attraction des villes"]
    ]
    validate(loaded.table, table="membership")
    validate(loaded.bodies, table="bodies")


def test_the_archive_reads_the_same(tmp_path: Path) -> None:
    book = workbook(tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.write(book, "table-appartenance-geo-communes-2026.xlsx")
    one, other = read(book), read(tmp_path / "t.zip")
    assert one.table.equals(other.table)
    assert one.bodies.equals(other.bodies)


def test_rows_add_up(tmp_path: Path) -> None:
    loaded = read(workbook(tmp_path / "t.xlsx"), departements=["31"])
    assert loaded.dropped["reason"].tolist() == ["hors des départements demandés"]
    assert len(loaded.table) == 2 * 3
    with pytest.raises(SchemaError, match="aucune commune des départements"):
        read(tmp_path / "t.xlsx", departements=["64"])


def changed(**cells: Any) -> list[list[Any]]:
    return [ROWS[0], [cells.get(n, v) for n, v in zip(HEADER, ROWS[1], strict=True)]]


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        (changed(CODGEO=9002), "ligne 8 : code commune « 9002 » sans son zéro"),
        (changed(CODGEO="09001"), r"ligne 8 : clé répétée \(09001\)"),
        (changed(CODGEO=FORMULA), "ligne 8"),
        (changed(AAV2020=4), "« AAV2020 » = « 4 » mal formé"),
        (changed(ZE2020=""), "« ZE2020 » = «  » mal formé"),
        (changed(ZE2020=dt.date(7616, 1, 1)), "« ZE2020 » = « 7616-01-01 »"),
        (changed(BV2022="31033.5"), "« BV2022 » = « 31033.5 »"),
    ],
)
def test_faults_are_told(tmp_path: Path, rows: list[list[Any]], match: str) -> None:
    with pytest.raises(SchemaError, match=match):
        read(workbook(tmp_path / "t.xlsx", rows))


def test_a_renamed_column_or_sheet_is_told(tmp_path: Path) -> None:
    header = [*HEADER[:-1], "BV_2022"]
    with pytest.raises(SchemaError, match=r"« BV2022 » absente → renommer.*BV_2022"):
        read(workbook(tmp_path / "t.xlsx", header=header))
    with pytest.raises(SchemaError, match="feuille « COM » absente"):
        read(workbook(tmp_path / "u.xlsx", sheet="COMM"))


def test_a_table_of_the_living_areas_of_2012_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", header=[*HEADER[:-1], "BV2012"])
    kinds = read(path).bodies.groupby("kind")["body_id"].agg(list)
    assert kinds["bassin_de_vie"] == ["bv2012_09122", "bv2012_31033", "bv2012_31483"]
    assert kinds["zone_emploi"] == ["ze2020_7604", "ze2020_7616"]


def test_no_header_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="« CODGEO » absente"):
        read(workbook(tmp_path / "t.xlsx", header=[f"x{n}" for n in range(8)]))


def as_text(path: Path) -> None:
    path.write_text("CODGEO;LIBGEO\n", encoding="utf-8")


def as_empty(path: Path) -> None:
    path.write_bytes(b"")


def as_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "1")


def test_a_workbook_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 101_000_000)
    with pytest.raises(SourceError, match="classeur de 101 Mo une fois décompressé"):
        read(path)


@pytest.mark.parametrize("make", [as_text, as_empty, as_zip])
def test_what_is_no_workbook_is_refused(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "t.xlsx")
    with pytest.raises(SourceError, match=r"t\.xlsx : .* → "):
        read(tmp_path / "t.xlsx")
