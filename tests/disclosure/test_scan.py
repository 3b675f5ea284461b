"""The reader of published files finds what is hidden in each kind of file."""

import shutil
import zipfile
import zlib
from pathlib import Path

import pytest
import xlsxwriter
from matplotlib.figure import Figure

from tests.disclosure.scan import Finding, scan

MESSAGE = "Écrire à jeanne.martin@exemple.fr ou au 05 61 00 00 00 ([ND])"
KINDS = {"courriel", "téléphone", "[ND]"}
pdf_tools = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler absent"
)


def kinds(found: list[Finding]) -> set[str]:
    """Return the kinds of what was found."""
    return {one.what for one in found}


@pytest.mark.parametrize("suffix", [".html", ".csv", ".json", ".svg"])
def test_texts_are_read(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").write_text(MESSAGE, encoding="utf-8")
    assert kinds(scan(tmp_path)) == KINDS


@pytest.mark.parametrize("place", ["cell", "comment", "property"])
def test_workbooks_are_read_whole(tmp_path: Path, place: str) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    if place == "cell":
        page.write_string(0, 0, MESSAGE)
    elif place == "comment":
        page.write_comment(0, 0, MESSAGE)
    else:
        book.set_properties({"comments": MESSAGE})
    book.close()
    assert kinds(scan(tmp_path)) == KINDS


def test_documents_are_read_though_cut_into_runs(tmp_path: Path) -> None:
    parts = ("jeanne.martin", "@exemple", ".fr 05 61", " 00 00 00 [N", "D]")
    runs = "".join(f"<w:r><w:t>{part}</w:t></w:r>" for part in parts)
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", f"<w:p>{runs}</w:p>")
    assert kinds(scan(tmp_path)) == KINDS


@pdf_tools
@pytest.mark.parametrize("place", ["words", "metadata"])
def test_pdf_are_read(tmp_path: Path, place: str) -> None:
    figure = Figure(figsize=(9, 2))
    figure.text(0.02, 0.5, MESSAGE if place == "words" else "rien", fontsize=8)
    about = {"Title": MESSAGE} if place == "metadata" else {}
    figure.savefig(tmp_path / "a.pdf", metadata=about)
    assert kinds(scan(tmp_path)) == KINDS


@pytest.mark.parametrize("packed", [None, "tEXt", "zTXt", "iTXt", "iTXt packed"])
def test_notes_of_pictures_are_read(tmp_path: Path, packed: str | None) -> None:
    if packed is None:
        Figure(figsize=(1, 1)).savefig(tmp_path / "a.png", metadata={"Author": MESSAGE})
    else:
        (tmp_path / "a.png").write_bytes(picture(packed))
    assert kinds(scan(tmp_path)) == KINDS


def picture(kind: str) -> bytes:
    """Return a PNG of one chunk, which says the secret."""
    text = MESSAGE.encode("utf-8" if kind.startswith("i") else "latin-1")
    body = {
        "tEXt": b"k\0" + text,
        "zTXt": b"k\0\0" + zlib.compress(text),
        "iTXt": b"k\0\0\0fr\0\0" + text,
        "iTXt packed": b"k\0\1\0fr\0\0" + zlib.compress(text),
    }[kind]
    head = len(body).to_bytes(4) + kind[:4].encode()
    return b"\x89PNG\r\n\x1a\n" + head + body + b"\0\0\0\0"


def test_names_are_found_whatever_their_case(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<td>MARTIN Jeanne</td>", encoding="utf-8")
    assert scan(tmp_path, names=["Martin Jeanne", "X"]) == [
        Finding("a.html", "nom", "Martin Jeanne")
    ]


def test_the_contact_of_the_study_is_allowed(tmp_path: Path) -> None:
    text = "contact@syndicat.fr ou 05\N{NO-BREAK SPACE}61 00 00 00"
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    assert scan(tmp_path, allowed=["contact@syndicat.fr", "05 61 00 00 00"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "39931827800021",  # a SIRET
        "543210.0612345678",  # a coordinate
        "sha256:0612345678abcdef",
        "de 0,1 à 0,5",
        "10 20 30 40 50",
        "@media print { a@2x }",
    ],
)
def test_numbers_are_no_telephones(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    assert scan(tmp_path) == []


@pytest.mark.parametrize(
    "text", ["0561000000", "05.61.00.00.00", "+33 5 61 00 00 00", "05 61 00 00 00"]
)
def test_telephones_are_found_however_written(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.html").write_text(f"tél. : {text}", encoding="utf-8")
    assert kinds(scan(tmp_path)) == {"téléphone"}


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gpkg").write_bytes(b"SQLite format 3\x00")
    with pytest.raises(AssertionError, match="no reader for this kind"):
        scan(tmp_path)
