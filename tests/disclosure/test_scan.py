"""The reader of published files finds what is hidden in each kind of file."""

import base64
import re
import shutil
import sqlite3
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from matplotlib.figure import Figure
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import NameObject

from tests.disclosure.plant import plant
from tests.disclosure.scan import (
    ARCHIVES,
    EMAIL,
    PNG,
    SHELF,
    TEXTS,
    Finding,
    emails,
    phones,
    said_by,
    scan,
)

MESSAGE = "Écrire à jeanne.martin@exemple.fr ou au 05 61 00 00 00 ([ND])"
KINDS = {"courriel", "téléphone", "[ND]"}
pdf_tools = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler absent"
)


def kinds(found: list[Finding]) -> set[str]:
    """Return the kinds of what was found."""
    return {one.what for one in found}


@pytest.mark.parametrize("suffix", sorted(TEXTS))
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


@pytest.mark.parametrize(
    "text",
    [
        "jeanne.martin&#64;exemple.fr 05&nbsp;61&#160;00 00 00 &#91;ND]",
        r"jeanne.martin\u0040exemple.fr 05 61 00 00\u002000 [\u004eD]",
        "mailto:jeanne.martin%40exemple.fr tel:+33561000000 %5BND%5D",
        "jeanne.martin<wbr>@<b>exemple</b>.fr 05 61<i> 00 00 00</i> [<b>ND</b>]",
        "<img src='data:text/plain;base64,"
        + base64.b64encode(MESSAGE.encode("latin-1")).decode()
        + "'>",
    ],
)
def test_escaped_letters_are_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    assert kinds(scan(tmp_path)) == KINDS


def test_embedded_pictures_are_read(tmp_path: Path) -> None:
    packed = base64.b64encode(picture("zTXt")).decode()
    page = f"<img src='data:image/png;base64,{packed}'>"
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as archive:
        archive.writestr("word/media/image1.png", picture("iTXt packed"))
        archive.writestr("word/media/image2.jpg", b"\xff\xd8" + MESSAGE.encode())
    found = scan(tmp_path)
    assert {one.file for one in found} == {"a.html", "b.docx"}
    assert kinds(found) == KINDS


@pytest.mark.parametrize("suffix", sorted(ARCHIVES))
def test_archives_are_read_with_their_names(tmp_path: Path, suffix: str) -> None:
    with zipfile.ZipFile(tmp_path / f"a{suffix}", "w") as archive:
        archive.writestr(f"{MESSAGE}.xml", "<a/>")
    assert kinds(scan(tmp_path)) == KINDS


def test_geopackages_are_read(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as base, base:
        base.execute('CREATE TABLE "un nom" (t TEXT, n REAL)')
        base.execute('INSERT INTO "un nom" VALUES (?, 1.5)', (MESSAGE,))
    assert kinds(scan(tmp_path)) == KINDS


@pdf_tools
def test_words_kept_for_another_worker_are_those_of_the_file_as_it_is(
    tmp_path: Path,
) -> None:
    page, shelf = tmp_path / "livree/a.pdf", tmp_path / f"livree{SHELF}"
    page.parent.mkdir()
    shelf.mkdir()
    for rank, word in enumerate(("avant", "ensuite"), start=1):
        figure = Figure(figsize=(4, 1))
        figure.text(0.1, 0.5, word)
        figure.savefig(page)
        assert word in said_by("pdftotext", str(page), "-", file=page)
        kept = [one.read_text(encoding="utf-8") for one in shelf.iterdir()]
        assert len(kept) == rank
        assert any(word in one for one in kept)


@pdf_tools
def test_a_pdf_without_a_word_is_refused(tmp_path: Path) -> None:
    Figure(figsize=(1, 1)).savefig(tmp_path / "a.pdf")
    with pytest.raises(AssertionError, match="a PDF without a word"):
        scan(tmp_path)


@pdf_tools
@pytest.mark.parametrize("place", ["words", "metadata", "link"])
def test_pdf_are_read(tmp_path: Path, place: str) -> None:
    figure = Figure(figsize=(9, 2))
    text = figure.text(0.02, 0.5, MESSAGE if place == "words" else "rien", fontsize=8)
    if place == "link":
        text.set_url("mailto:jeanne.martin@exemple.fr?body=0561000000[ND]")
    about = {"Title": MESSAGE} if place == "metadata" else {}
    figure.savefig(tmp_path / "a.pdf", metadata=about)
    assert kinds(scan(tmp_path)) == KINDS


@pdf_tools
@pytest.mark.parametrize("place", ["note", "about", "key"])
def test_what_stands_beside_the_pages_of_a_pdf_is_read(tmp_path, place: str) -> None:
    writer = said_to_writer(tmp_path)
    if place == "note":
        writer.add_annotation(0, FreeText(text=MESSAGE, rect=(0, 0, 50, 50)))
    elif place == "about":
        told = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{MESSAGE}</x:xmpmeta>"
        writer.xmp_metadata = told.encode()
    else:
        writer.add_metadata({"/Atelier": MESSAGE})
    writer.write(tmp_path / "a.pdf")
    assert kinds(scan(tmp_path)) == KINDS


@pdf_tools
@pytest.mark.parametrize("place", ["document", "page"])
def test_a_pdf_with_an_attached_file_is_refused(tmp_path: Path, place: str) -> None:
    writer = said_to_writer(tmp_path)
    assert scan(tmp_path) == []
    if place == "document":
        writer.add_attachment("a.txt", b"rien")
    else:
        note = FreeText(text="rien", rect=(0, 0, 50, 50))
        note[NameObject("/Subtype")] = NameObject("/FileAttachment")
        writer.add_annotation(0, note)
    writer.write(tmp_path / "a.pdf")
    with pytest.raises(AssertionError, match="files are attached"):
        scan(tmp_path)


def said_to_writer(folder: Path) -> PdfWriter:
    """Write a page that says nothing secret; return what writes it again."""
    figure = Figure(figsize=(9, 2))
    figure.text(0.02, 0.5, "rien", fontsize=8)
    figure.savefig(folder / "a.pdf")
    return PdfWriter(clone_from=folder / "a.pdf")


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
    return PNG + len(body).to_bytes(4) + kind[:4].encode() + body + b"\0\0\0\0"


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
    (tmp_path / "a.tif").write_bytes(b"II*\x00")
    with pytest.raises(AssertionError, match="no reader for this kind"):
        scan(tmp_path)


@pytest.mark.parametrize("suffix", [".html", ".json", ".xlsx", ".docx", ".png", ".pdf"])
def test_what_is_planted_in_a_clean_file_is_found(tmp_path: Path, suffix: str) -> None:
    """The same planting is done in every kind of file that a study publishes."""
    if suffix == ".pdf" and shutil.which("pdfunite") is None:
        pytest.skip("poppler absent")
    path = tmp_path / f"a{suffix}"
    write_clean(path)
    assert scan(tmp_path, names=["Martin Jeanne"]) == []
    plant(path, f"{MESSAGE} Martin Jeanne")
    assert kinds(scan(tmp_path, names=["Martin Jeanne"])) == KINDS | {"nom"}


def write_clean(path: Path) -> None:
    """Write a file of a kind in which there is nothing to find."""
    if path.suffix in (".pdf", ".png"):
        figure = Figure(figsize=(2, 1))
        figure.text(0.1, 0.5, "rien")
        figure.savefig(path)
    elif path.suffix == ".xlsx":
        with xlsxwriter.Workbook(path) as book:
            book.add_worksheet().write_string(0, 0, "rien")
    elif path.suffix == ".docx":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("word/document.xml", "<w:p><w:t>rien</w:t></w:p>")
    else:
        path.write_text("{}" if path.suffix == ".json" else "<p>rien</p>")


PLAIN_PHONE = re.compile(
    r"(?:(?<=tel:)|(?<![\w.,:/-]))(?:\+33\s?\(?0?\)?\s?|0033\s?|0)[1-9]"
    r"(?:(?:[^\S\r\n\t\f]|[.-])?\d{2}){4}(?![\w.,]*\d)"
)
"""The whole rule in one expression: clear, and slow on megabytes of coordinates."""
BEFORE = ("", " ", "tel:", "x", ":", "1", ".", "0", "+", "\n")
STARTS = ("+33", "+33 ", "+33 (0)", "0033", "0", "00", "tel:0")
LETTERS = ("a", "é", ".", "@", "+", "-", "exemple.fr", " ", "b@c.fr", "..", "@@")


def test_fast_readers_find_what_the_plain_expressions_find() -> None:
    rng = np.random.default_rng(20261127)
    n_phones = n_emails = 0
    for _ in range(6_000):
        digits = "".join(
            f"{rng.choice(BEFORE)}{rng.choice(STARTS)}"
            + "".join(rng.choice([*"0123456789" * 3, " ", ".", "-"], size=size))
            for size in rng.integers(8, 13, size=3)
        )
        expected = PLAIN_PHONE.findall(digits)
        assert list(phones(digits)) == expected, digits
        words = "".join(rng.choice(LETTERS, size=rng.integers(1, 12)))
        addresses = EMAIL.findall(words)
        assert list(emails(words)) == addresses, words
        n_phones += len(expected)
        n_emails += len(addresses)
    assert min(n_phones, n_emails) > 1_000
