"""Both files: the same words, the marks of an accessible document, the same bytes."""

import dataclasses
import io
import re
import shutil
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from eitgeo.dossier.desk import Desk
from eitgeo.dossier.docx import add_text, set_style
from eitgeo.dossier.model import (
    Chapter,
    Dossier,
    Figure,
    Paragraph,
    Section,
    Source,
    Table,
    Value,
    Wide,
)
from eitgeo.dossier.typst import dossier_pdf
from eitgeo.dossier.whole import make_dossier
from eitgeo.dossier.word import dossier_docx
from tests.dossier.reading import all_runs, asked
from tests.dossier.test_content import ANNEXES, TABLE_OF_CONTENTS, plain, text_of
from tests.dossier.toy import TYPST, identity, make_desk
from tests.maps.toy import HOSTILE, Toy
from tests.scripts.load import load_script

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler absent"
)


def squeezed(text: str) -> str:
    """Drop all spaces, soft hyphens and the hyphens of cut lines."""
    return re.sub(r"[\s\u00ad\u2010-]", "", plain(text))


def pages_of(pdf: bytes, folder: Path) -> list[str]:
    """Return the text of each page of a PDF."""
    path = folder / "dossier.pdf"
    path.write_bytes(pdf)
    return asked("pdftotext", path, "-").split("\f")[:-1]


def words_of(word: bytes) -> str:
    """Return all the text of a Word file, tables too."""
    document = docx.Document(io.BytesIO(word))
    return "".join(node.text or "" for node in document.element.iter(qn("w:t")))


@pytest.mark.parametrize("text", ["", "mot", " avant", "après ", "a  b", 'é < & > "'])
@pytest.mark.parametrize("style", [None, "Note"])
def test_runs_and_styles_are_written_as_python_docx_does(text, style) -> None:
    document = docx.Document()
    ours, theirs = document.add_paragraph(), document.add_paragraph()
    run, wanted = add_text(ours, text), theirs.add_run(text)
    set_style(ours, style)
    theirs._p.style = style  # noqa: SLF001 - what ours stands for
    run.bold = wanted.bold = True
    assert ours._p.xml == theirs._p.xml  # noqa: SLF001


def test_the_styles_are_those_that_the_script_writes() -> None:
    script = load_script("word_reference")
    assert script.PLACE.read_bytes() == script.reference()


def told_to(pdf: bytes, folder: Path, *options: str) -> str:
    """Return what poppler says of a PDF."""
    path = folder / "told.pdf"
    path.write_bytes(pdf)
    return asked("pdfinfo", *options, path)


def small(dossier: Dossier, *blocks: Any) -> Dossier:
    """Return a dossier of one chapter."""
    one = Chapter(("Un",), blocks)
    return dataclasses.replace(
        dossier,
        summary=Chapter(("Synthèse",), ()),
        warning=Chapter(("Avertissement",), ()),
        chapters=(one,),
        annexes=(),
    )


def test_the_same_content_gives_the_same_bytes(
    dossier: Dossier, word: bytes, pdf: bytes
) -> None:
    assert dossier_docx(dossier) == word
    assert dossier_pdf(dossier) == pdf


@needs_poppler
def test_the_summary_and_the_warning_are_one_page_each(
    pdf: bytes, tmp_path: Path
) -> None:
    pages = pages_of(pdf, tmp_path)
    assert "Synthèse pour les élus" in pages[1]
    assert "Trois décisions" in plain(pages[1])
    assert "Avertissement" in pages[2]
    assert "R9" in pages[2]  # where each result is stands on page 3
    assert "Sommaire" in pages[3]


@needs_poppler
def test_the_pdf_is_tagged_dated_and_in_french(pdf: bytes, tmp_path: Path) -> None:
    told = told_to(pdf, tmp_path)
    assert re.search(r"Tagged:\s+yes", told)
    assert re.search(r"CreationDate:.*2026", told)
    tags = told_to(pdf, tmp_path, "-struct")
    for tag in ("H1", "H2", "Table", "TH", "Figure", "Caption", "TOC"):
        assert re.search(rf"^\s*{tag}\b", tags, re.MULTILINE), tag
    assert b"/Lang" in pdf
    assert b"pdfuaid:part" in pdf or b"pdfuaid" in pdf


@needs_poppler
def test_fonts_of_the_pdf_are_embedded(pdf: bytes, tmp_path: Path) -> None:
    path = tmp_path / "fonts.pdf"
    path.write_bytes(pdf)
    rows = asked("pdffonts", path).splitlines()[2:]
    assert rows
    assert all(row.split()[-5] == "yes" for row in rows)


def test_the_word_file_has_styles_contents_and_captions(word: bytes) -> None:
    document = docx.Document(io.BytesIO(word))
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        style: Any = paragraph.style
        by_style.setdefault(style.name, []).append(plain(paragraph.text))
    assert by_style["Heading 1"] == TABLE_OF_CONTENTS
    assert by_style["Annexe"] == ANNEXES
    assert len(by_style["Heading 2"]) > 20
    assert all(one.startswith(("Tableau", "Figure")) for one in by_style["Caption"])
    fields = [node.text for node in document.element.iter(qn("w:instrText"))]
    assert sum("TOC \\o" in one for one in fields) == 1
    assert sum("SEQ Tableau" in one for one in fields) == len(
        [one for one in by_style["Caption"] if one.startswith("Tableau")]
    )
    marks = [
        node.get(qn("w:name")) for node in document.element.iter(qn("w:bookmarkStart"))
    ]
    pointed = [re.search(r"_Toc\d+", one)[0] for one in fields if "PAGEREF" in one]  # type: ignore[index]
    assert set(pointed) <= set(marks)
    assert len(pointed) == len(set(pointed)) > 30


def test_no_page_of_the_word_file_is_left_blank(word: bytes) -> None:
    blocks = list(docx.Document(io.BytesIO(word)).element.body)
    ends = [
        rank
        for rank, block in enumerate(blocks)
        if block.tag == qn("w:p") and block.find(f".//{qn('w:sectPr')}") is not None
    ]
    assert ends
    for before, end in pairwise([-1, *ends, len(blocks) - 1]):
        assert end - before > 1, "a section without content"
    for rank in ends:
        for block in blocks[rank - 1 : rank + 1]:
            if block.tag == qn("w:p") and block.find(qn("w:r")) is None:
                spacing = block.find(f"{qn('w:pPr')}/{qn('w:spacing')}")
                assert spacing.get(qn("w:line")) == "20"


def test_the_word_file_is_accessible_and_dated_by_the_study(word: bytes) -> None:
    document = docx.Document(io.BytesIO(word))
    told = document.core_properties
    assert (told.language, told.author) == ("fr-FR", "")
    assert f"{told.created:%Y-%m-%d}" == "2026-11-24"
    shapes = list(document.element.iter(qn("wp:docPr")))
    assert shapes
    assert all(one.get("descr") for one in shapes)
    ids = [one.get("id") for one in shapes]
    assert len(ids) == len(set(ids))
    for table in document.tables:
        style: Any = table.style
        captioned = style.name == "Table Grid"
        heads = list(table._tbl.iter(qn("w:tblHeader")))  # noqa: SLF001
        assert len(heads) == (1 if captioned else 0)
    langs = {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))}
    assert langs == {"fr-FR"}
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@needs_poppler
def test_a_page_is_stamped_where_it_shows_what_is_drawn(
    desk: Desk, dossier: Dossier, tmp_path: Path
) -> None:
    drawn, known = (Value("12", Source("zones", row, "t"), "H") for row in ("1", "2"))
    tables = [
        Table(("T",), (("n",),), ((("a",),), ((one,),)), (1.0,))
        for one in (drawn, known)
    ]
    picture = Figure(("F",), "F", desk.pictures["core"], is_drawn=True)
    mixed = small(dossier, tables[0], Section(("Suite",), (tables[1],), new_page=True))
    chapters = (
        *mixed.chapters,
        Chapter(("Deux",), (Wide((picture,)),)),
        Chapter(("Trois",), (tables[1],)),
    )
    told = dataclasses.replace(
        mixed, chapters=chapters, drawn=frozenset({drawn.source})
    )
    pages = pages_of(dossier_pdf(told), tmp_path)
    stamped = ["DÉMONSTRATION" in page for page in pages]
    # Cover, summary, warning, contents; then « Un » on two pages, « Deux », « Trois ».
    assert stamped == [True, False, False, False, True, False, False, True, False]
    real = dataclasses.replace(told, stamp="", drawn=frozenset())
    assert not any(
        "DÉMONSTRATION" in one for one in pages_of(dossier_pdf(real), tmp_path)
    )


def test_word_stamps_the_chapters_that_show_what_is_drawn(word: bytes) -> None:
    document = docx.Document(io.BytesIO(word))
    heads: list[bool] = []
    for section in document.sections:
        head = section.header
        stamped = "DÉMONSTRATION" in head.paragraphs[0].text
        if head.is_linked_to_previous:
            assert stamped == heads[-1]
        heads.append(stamped)
    assert heads[0] is False
    assert {*heads} == {True, False}


@needs_poppler
def test_both_files_say_the_same(
    dossier: Dossier, word: bytes, pdf: bytes, tmp_path: Path
) -> None:
    told = squeezed(words_of(word))
    printed = squeezed("".join(pages_of(pdf, tmp_path)))
    for chapter in (*dossier.chapters, *dossier.annexes):
        assert squeezed(text_of(chapter.title)) in printed
    for block in dossier.warning.blocks:
        if isinstance(block, Paragraph):
            for run in block.runs:
                piece = squeezed(text_of([run]))
                assert piece in told
                assert piece in printed


@needs_poppler
@pytest.mark.parametrize("name", [HOSTILE, TYPST, "Nom " * 60, "\x0b\x00 bois", "=1+1"])
def test_a_hostile_name_is_printed_as_it_is(
    dossier: Dossier, tmp_path: Path, name: str
) -> None:
    table = Table((name,), ((name,),), (((name,),), ((name,),)), (1.0,))
    one = small(dossier, Paragraph((name,)), table)
    one = dataclasses.replace(one, title=name, running=name)
    clean = squeezed("".join(c for c in name if c.isprintable()))
    assert squeezed(words_of(dossier_docx(one))).count(clean) >= 4
    printed = squeezed("".join(pages_of(dossier_pdf(one), tmp_path)))
    assert printed.count(clean) >= 3


@needs_poppler
def test_a_small_study_of_another_name_names_its_own_alone(
    toy: Toy, tmp_path: Path
) -> None:
    desk = make_desk(toy)
    sheet = dataclasses.replace(desk.sheet, title=identity(title="Ailleurs").title)
    other = make_dossier(dataclasses.replace(desk, sheet=sheet))
    printed = "".join(pages_of(dossier_pdf(other), tmp_path))
    assert "Ailleurs" in printed
    # The reference tables quote an example by its place; nothing else may.
    told = " ".join(text_of([one]) for one in all_runs(other))
    assert not re.search(r"SYSTOM|Pihourc|Saint-Gaudens", told)
