"""Numbers printed in texts are released ones, or they are listed."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from eitgeo.audit.auditing import Audit
from eitgeo.audit.study import (
    allowed_numbers,
    audit_texts,
    hidden_sites,
    unattached,
)
from eitgeo.audit.texts import can_read, numbers_said, said_in
from eitgeo.errors import SourceError
from eitgeo.reference.governance import documented_cases
from tests.audit.leaks import SAFE, block, published
from tests.audit.pages import write_document, write_folder
from tests.audit.reading import read_back

TOLD = "1\u202f234\u00a0t/an"
needs_pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext (poppler) est absent"
)


def listed(folder: Path, **known: tuple[Any, ...]) -> list[str]:
    """Return the words of a folder that are no released figure."""
    found = Audit()
    audit_texts(read_back(folder), found, **known)
    assert found.unread == []
    return [f"{one.file} {one.words}" for one in found.unattached]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a small published folder."""
    return write_folder(tmp_path / "maps", published(SAFE))


def test_a_number_of_a_document_that_is_no_released_figure_is_listed(folder) -> None:
    write_document(folder, "De l’ordre de 200 t/an (100 à 400).", f"Soit {TOLD} ici.")
    assert listed(folder) == ["DEMO_dossier.docx 1 234 t/an"]


def test_released_figures_rounded_as_the_display_does_are_not_listed(folder) -> None:
    # 161 and its low and high, 44, their sum, to one or two figures.
    write_document(
        folder, "161 t/an", "160 t/an (81 à 320)", "200 emplois", "40 t/an", "205 t/an"
    )
    assert listed(folder) == []


def test_runs_of_a_document_do_not_hide_a_number(folder) -> None:
    write_document(folder, "x")
    path = folder / "DEMO_dossier.docx"
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    text = "<w:p><w:r><w:t>1 2</w:t></w:r><w:r><w:t>34 t/an</w:t></w:r></w:p>"
    held["word/document.xml"] = held["word/document.xml"].replace(
        b"<w:p>", text.encode() + b"<w:p>", 1
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    assert listed(folder) == ["DEMO_dossier.docx 1 234 t/an"]


@needs_pdftotext
def test_a_number_of_a_pdf_that_is_no_released_figure_is_listed(folder) -> None:
    page = Figure(figsize=(6, 1))
    page.text(0.1, 0.5, "Gisement : 1 234 t/an, ou 160 t/an")
    page.savefig(folder / "DEMO_carte.pdf")
    assert listed(folder) == ["DEMO_carte.pdf 1 234 t/an"]


def test_a_number_of_a_qgis_project_is_listed(folder) -> None:
    with zipfile.ZipFile(folder / "DEMO_etude.qgz", "w") as archive:
        archive.writestr("etude.qgs", "<qgis><title>1 234 emplois</title></qgis>")
    assert listed(folder) == ["DEMO_etude.qgz 1 234 emplois"]


def test_what_a_public_register_declares_is_released(folder) -> None:
    write_document(folder, "Plafond : 48 492 t/an")
    assert listed(folder) == ["DEMO_dossier.docx 48 492 t/an"]
    assert listed(folder, declared_t=(48_492.0,)) == []


def test_a_setting_or_a_budget_is_no_firm_s_in_its_own_unit(folder) -> None:
    write_document(folder, "au moins 30 emplois", "80 000 €/an", "80 000 t/an")
    assert len(listed(folder)) == 3
    settled = (("emplois", 30.0), ("€/an", 80_000.0))
    assert listed(folder, of_no_firm=settled) == ["DEMO_dossier.docx 80 000 t/an"]


def test_a_spoilt_document_is_refused(folder) -> None:
    path = folder / "DEMO_dossier.docx"
    path.write_bytes(b"PK not an archive")
    with pytest.raises(SourceError, match="archive illisible"):
        numbers_said(path)


def test_a_pdf_is_said_not_to_be_read_where_the_tool_is_absent(
    folder, monkeypatch
) -> None:
    monkeypatch.setattr("eitgeo.audit.texts.PDF_TOOL", "no-such-tool")
    path = folder / "DEMO_carte.pdf"
    path.write_bytes(b"%PDF")
    assert not can_read(path)
    found = Audit()
    audit_texts(read_back(folder), found)
    assert len(found.unread) == 1


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("≈ 1 500 t/an", [1500.0]),
        ("12,5 tCO2e/an (10 à 20)", [12.5, 10.0, 20.0]),
        ("30 à 100 t/an", [30.0, 100.0]),
        ("SINOE 2016 100 000 t/an", [100_000.0]),
        ("1500 t/an", [1500.0]),
        ("≈ 1 000 000 t/an", [1_000_000.0]),
        ("1 000000 t/an (900 000 à 1 000000)", [1e6, 900_000.0, 1e6]),
        ("-200 000 €/an", [-200_000.0]),
        ("3 t/animal, 45 min, 7 EPCI", []),
    ],
)
def test_numbers_are_read_with_their_unit(text: str, numbers: list[float]) -> None:
    assert [one.number for one in said_in("", text)] == numbers


def test_a_withheld_block_is_no_released_figure() -> None:
    rows = [*block("ac", 111.0), *block("b", 50.7, shown=False), *block("d", 44.0)]
    hidden = published(rows, [])
    allowed = allowed_numbers(hidden)
    words = list(said_in("f", "51 t/an 50,7 t/an 44 t/an"))
    assert [one.number for one in unattached(words, allowed)] == [51.0, 50.7]


def test_what_a_documented_case_tells_is_public() -> None:
    told = documented_cases()["t_per_year"].dropna().max()
    words = list(said_in("f", f"{told:.0f} t/an {told + 1:.0f} t/an"))
    left = unattached(words, allowed_numbers(published(block("d", 44.0), [])))
    assert [one.number for one in left] == [told + 1]


def test_a_file_that_nothing_opens_is_never_clean(folder) -> None:
    found = Audit()
    assert found.is_clean
    for name in ("liste.csv", "carte.png"):
        (folder / name).write_bytes(b"x")
    audit_texts(read_back(folder), found)
    assert [one.partition(" : ")[0] for one in found.unread] == [
        "carte.png",
        "liste.csv",
    ]
    assert not found.is_clean


SECRET = pd.DataFrame(
    {
        "siret": ["40000000300017", None, "40000000100011", "40000000200019"],
        "name": ["SECRETS DU VAL", "ZYLBERSTEIN", "DURAND", "Commune b"],
    }
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SIRET 400 000 003 00017", ["40000000300017"]),
        ("SIREN 400000003", ["400000003"]),
        ("Secrets  du Val, à côté", ["secrets du val"]),
        ("chez Zylberstein.", ["zylberstein"]),
        ("Durand, Commune b, 40000000300018", []),
    ],
)
def test_a_site_that_must_not_leave_is_found_in_any_file(folder, text, told) -> None:
    assert hidden_sites(read_back(folder), SECRET) == []
    write_document(folder, text)
    page = folder / "DEMO_page.html"
    data = json.dumps({"n": f"{text} "})
    page.write_text(f'<script type="application/json">{data}</script>', "utf-8")
    book = openpyxl.Workbook()
    book.worksheets[0].append([text])
    book.save(folder / "DEMO_livre.xlsx")
    names = ("DEMO_dossier.docx", "DEMO_livre.xlsx", "DEMO_page.html")
    said = [
        f"{name} : établissement tenu secret : {one}" for name in names for one in told
    ]
    assert sorted(hidden_sites(read_back(folder), SECRET)) == said
