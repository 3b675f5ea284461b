"""Kinds of files, told from bytes written by the libraries that read them."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import py7zr
import pytest

from eitgeo.errors import SourceError
from eitgeo.sources.fetch.content import HEAD_BYTES, require_kind, require_whole

if TYPE_CHECKING:
    from pathlib import Path

TABLE = pd.DataFrame({"siret": ["00012345600011"] * 50, "y": range(50)})


def of_each_kind(folder: Path) -> list[Path]:
    """Write one true file of each kind that is told from its bytes."""
    TABLE.to_csv(folder / "a.csv", index=False)
    TABLE.to_csv(folder / "latin.csv", index=False, sep=";", encoding="latin-1")
    (folder / "utf16.csv").write_text("siret;é\n1;2\n", encoding="utf-16")
    (folder / "bom.csv").write_text("siret;é\n", encoding="utf-8-sig")
    TABLE.to_parquet(folder / "a.parquet")
    openpyxl.Workbook().save(folder / "a.xlsx")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.write(folder / "a.csv", "a.csv")
    with py7zr.SevenZipFile(folder / "a.7z", "w") as archive:
        archive.write(folder / "a.csv", "a.csv")
    (folder / "a.json").write_text('\n [{"code": "09001"}]')
    (folder / "a.geojson").write_text('\ufeff{"type": "FeatureCollection"}')
    header, blob = b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x10", bytes(16)
    data = b"\0\0\0\x10\x0a\x07OSMData\x12\x02\x18\x05\x18\x90\x03" + bytes(400)
    (folder / "a.osm.pbf").write_bytes(header + blob + data)
    (folder / "a.tif").write_bytes(b"II*\0" + bytes(20))
    with sqlite3.connect(folder / "a.gpkg") as base:
        TABLE.to_sql("a", base)
    base.close()
    (folder / "a.gz").write_bytes(gzip.compress((folder / "a.csv").read_bytes()))
    (folder / "a.asc").write_text("ncols 10\nnrows 10\n")
    return sorted(folder.iterdir())


def test_true_files_pass(tmp_path) -> None:
    paths = of_each_kind(tmp_path)
    assert len(paths) == 15
    for path in paths:
        require_whole(path, name=path.name)


def test_a_file_passes_for_no_other_kind(tmp_path) -> None:
    for path in of_each_kind(tmp_path):
        head = path.read_bytes()[:HEAD_BYTES]
        for end in (".csv", ".7z", ".parquet", ".gpkg", ".tif", ".pbf", ".json"):
            texts = {".csv", ".asc"}
            if path.suffix == end or {path.suffix, end} <= texts:
                continue
            if {path.suffix, end} <= {".json", ".geojson"}:
                continue
            with pytest.raises(SourceError, match="le serveur a envoyé"):
                require_kind(head, name=f"x{end}")


@pytest.mark.parametrize(
    "end",
    [".zip", ".xlsx", ".7z", ".parquet", ".gz", ".gpkg", ".json", ".geojson", ".pbf"],
)
@pytest.mark.parametrize("kept", [0.5, 0.99])
def test_a_file_without_its_end_is_told(tmp_path, end, kept) -> None:
    path = next(one for one in of_each_kind(tmp_path) if one.suffix == end)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(SourceError, match=f"{end} : fichier tronqué"):
        require_whole(path, name=path.name)


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html>",
        "\n\n<html lang='fr'>",
        "<!-- a -->\n<!-- b --> <HTML>",
        '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC>',
        "<script>location='/'</script>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["a.csv", "a.zip", "a.json", "a.pbf"])
def test_a_page_is_told_as_a_page(page, encoding, name) -> None:
    with pytest.raises(SourceError, match=f"{name} : .* une page web"):
        require_kind(page.encode(encoding), name=name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', "message XML"),
        ('{"error": "quota"}', "message JSON"),
        ("siret\0;nom", "un autre type"),
    ],
)
def test_a_message_of_a_server_is_no_table(text, said) -> None:
    with pytest.raises(SourceError, match=said):
        require_kind(text.encode(), name="a.csv")


def test_an_address_in_a_table_is_no_page() -> None:
    require_kind(b"siret;site\n1;<html>\n", name="a.csv")


def test_an_archive_of_nothing_is_told(tmp_path) -> None:
    held = io.BytesIO()
    zipfile.ZipFile(held, "w").close()
    path = tmp_path / "a.zip"
    path.write_bytes(held.getvalue())
    with pytest.raises(SourceError, match=r"a\.zip"):
        require_whole(path, name="a.zip")
    path.write_bytes(b"")
    with pytest.raises(SourceError, match="un fichier vide"):
        require_whole(path, name="a.zip")
