"""Files that nothing reads are said; names that must not leave are found."""

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from eitgeo.audit.auditing import Audit, hidden_sites, unread_in
from eitgeo.audit.texts import can_read, pieces_of
from eitgeo.errors import SourceError
from eitgeo.sources.waste.georisques import MASKED_NAME
from tests.audit.leaks import SAFE, published
from tests.audit.pages import write_document, write_folder
from tests.audit.reading import read_back


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a small published folder."""
    return write_folder(tmp_path / "maps", published(SAFE))


def test_a_spoilt_document_is_refused(folder) -> None:
    path = folder / "DEMO_dossier.docx"
    path.write_bytes(b"PK not an archive")
    with pytest.raises(SourceError, match="archive illisible"):
        list(pieces_of(path))


def test_a_pdf_is_said_not_to_be_read_where_the_tool_is_absent(
    folder, monkeypatch
) -> None:
    monkeypatch.setattr("eitgeo.audit.texts.PDF_TOOL", "no-such-tool")
    path = folder / "DEMO_carte.pdf"
    path.write_bytes(b"%PDF")
    assert not can_read(path)
    assert unread_in(read_back(folder)) == ["DEMO_carte.pdf : pdftotext absent"]


def test_a_file_that_nothing_opens_is_never_clean(folder) -> None:
    found = Audit()
    assert found.is_clean
    for name in ("liste.csv", "carte.png"):
        (folder / name).write_bytes(b"x")
    found.unread += unread_in(read_back(folder))
    assert [one.partition(" : ")[0] for one in found.unread] == [
        "carte.png",
        "liste.csv",
    ]
    assert not found.is_clean


SECRET = pd.DataFrame(
    {
        "siret": ["40000000300017", None, "40000000100011", "40000000200019", None],
        "name": ["SECRETS DU VAL", "ZYLBERSTEIN", "DURAND", "Commune b", MASKED_NAME],
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
        (MASKED_NAME, []),
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
