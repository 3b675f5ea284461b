"""Faults are seeded in each place where a kind of file holds words: all are seen."""

import html
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import docx
import pytest
from matplotlib.figure import Figure
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from eitgeo.audit.reading.checks import faults_of, unread_files
from eitgeo.audit.reading.opened import open_file

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext (poppler) est absent"
)
BODIES = frozenset({"PETR de l’Aval"})
STAMP = "DÉMONSTRATION ; ≈\u00a020 sites. "
FAULTS = {
    "Tonnes : nan.": "valeur absente montrée",
    "Soit {sites} lieux.": "écriture d’un programme",
    "Indicateur deposit_t ici.": "clé interne montrée",
    "≈ 210 emplois.": "chiffre H à plus d’un chiffre significatif",
    "Lieux ○ 59 ici.": "chiffre H sans « ≈ »",
    "Longs de 48 492 t ici.": "nombre sécable",
    "Le PETR de l’Aval devance les autres.": "préférence sur du tiré",
    "Les plus proches du plus de couples.": "ordre sur du tiré",
}
ALL = " ".join(FAULTS)
CLEAN = "Rien ici. De l’ordre de 200 emplois."
FLOWED = {".docx", ".html", ".xlsx"}
"""Kinds whose lines the reader’s screen breaks."""
type Write = Callable[[Path, str, str], None]


def write_html(path: Path, place: str, text: str) -> None:
    """Write a page that says a text in one place."""
    said = html.escape(text)
    told = {
        "alt": f'<img alt="{said}">',
        "data": f'<script type="application/json">{json.dumps({"n": text})}</script>',
        "description": f'<meta name="description" content="{said}">',
        "field": f"<input value='{said}'>",
        "heard": f'<nav aria-label="{said}"></nav>',
        "hint": f'<input type="search" placeholder="{said}">',
        "shape": f"<svg><g><title>{said}</title></g></svg>",
        "text": f"<p>{said}</p>",
        "tooltip": f'<a title="{said}">a</a>',
    }
    # The data of a page come after others.
    first = '<script type="application/json">{}</script>'
    path.write_text(f"<p>{STAMP}</p>{first}{told[place]}", encoding="utf-8")


def write_pdf(path: Path, place: str, text: str) -> None:
    """Write a sheet as a drawing."""
    figure = Figure(figsize=(12, 1))
    figure.text(0, 0.5, STAMP + (text if place == "page" else ""), fontsize=5)
    told = {"Subject": text} if place == "property" else {}
    figure.savefig(path, metadata={"CreationDate": None, **told})


def write_png(path: Path, _place: str, text: str) -> None:
    """Write a picture, whose dots say nothing and whose properties do."""
    Figure(figsize=(1, 1)).savefig(path, metadata={"Description": text})


def write_svg(path: Path, _place: str, text: str) -> None:
    """Write a drawing as a page shows it."""
    path.write_text(f"<svg><text>{STAMP}{html.escape(text)}</text></svg>", "utf-8")


def write_docx(path: Path, place: str, text: str) -> None:
    """Write a document that says a text in one place."""
    document = docx.Document()
    document.add_paragraph(STAMP)
    if place == "paragraph":
        # Runs cut words.
        paragraph = document.add_paragraph()
        for part in (text[:5], text[5:12], text[12:]):
            paragraph.add_run(part)
    elif place == "cell":
        document.add_table(1, 1).cell(0, 0).text = text
    elif place == "footer":
        document.sections[0].footer.paragraphs[0].text = text
    elif place == "property":
        document.core_properties.subject = text
    elif place == "picture":
        picture = path.with_name("p.png")
        Figure(figsize=(1, 1)).savefig(picture)
        shape = document.add_picture(str(picture))
        shape._inline.docPr.set("descr", text)  # noqa: SLF001 - python-docx has no name for it
        picture.unlink()
    document.save(str(path))


def write_pptx(path: Path, _place: str, text: str) -> None:
    """Write a slide as an archive of one part."""
    said = f"<p:sld><a:p><a:r><a:t>{STAMP}{html.escape(text)}</a:t></a:r></a:p></p:sld>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ppt/slides/slide1.xml", said)


def write_xlsx(path: Path, place: str, text: str) -> None:
    """Write a workbook that says a text in one place."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = STAMP
    sheet.append(["Indicateur", "Valeur", "Fiabilité"])
    sheet.append(["Sites", 200, "H"])
    if place == "cell":
        sheet["A5"] = text
    elif place == "format":
        sheet["B3"].number_format = f'0" {text}"'
    elif place == "formula":
        sheet["A5"] = f'="{text}"'
    else:
        write_beside(book, sheet, place, text)
    book.save(path)


def write_beside(book: Workbook, sheet: Worksheet, place: str, text: str) -> None:
    """Write a text beside the cells of a sheet."""
    if place == "comment":
        sheet["A3"].comment = Comment(text, "étude")
    elif place == "footer":
        sheet.oddFooter.center.text = text
    elif place == "property":
        book.properties.title = text
    elif place == "chart":
        chart = BarChart()
        chart.title = text
        chart.add_data(Reference(sheet, min_col=2, min_row=3, max_row=3))
        sheet.add_chart(chart, "F3")
    elif place == "prompt":
        rule = DataValidation(type="list", formula1='"a,b"', prompt=text)
        sheet.add_data_validation(rule)
        rule.add("B9")


def write_gpkg(path: Path, place: str, text: str) -> None:
    """Write a layer that says a text in one place."""
    path.unlink(missing_ok=True)
    described = text if place == "description" else ""
    style = f'<category label="{html.escape(text)}" value="outline_style"/>'
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE gpkg_contents (table_name, identifier, description)")
        base.executemany(
            "INSERT INTO gpkg_contents VALUES (?, ?, ?)",
            [("zones", "Zones", described), ("layer_styles", "layer_styles", "")],
        )
        base.execute("CREATE TABLE zones (zone_id, note)")
        note = text if place == "cell" else "note_libre"
        base.execute("INSERT INTO zones VALUES ('zone_1', ?)", (note,))
        base.execute("CREATE TABLE layer_styles (styleQML)")
        told = style if place == "legend" else ""
        base.execute("INSERT INTO layer_styles VALUES (?)", (told,))


def write_qgz(path: Path, place: str, text: str) -> None:
    """Write a project that says a text in one place."""
    said = html.escape(text)
    told = {
        "alias": f'<alias field="n_sites" name="{said}"/>',
        "layer": f"<layername>{said}</layername>",
        "layout": f'<LayoutItem labelText="{said}"/>',
        "legend": f'<category value="centre_tri" label="{said}"/>',
        "tree": f'<layer-tree-layer id="couche_zones" name="{said}"/>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("etude.qgs", f"<qgis>{told[place]}</qgis>")


PLACES: dict[str, tuple[Write, str]] = {
    "docx": (write_docx, "paragraph cell footer property picture"),
    "gpkg": (write_gpkg, "cell description legend"),
    "html": (
        write_html,
        "alt data description field heard hint shape text tooltip",
    ),
    "pdf": (write_pdf, "page property"),
    "png": (write_png, "property"),
    "pptx": (write_pptx, "slide"),
    "qgz": (write_qgz, "alias layer layout legend tree"),
    "svg": (write_svg, "text"),
    "xlsx": (
        write_xlsx,
        "cell comment footer property chart prompt format formula",
    ),
}


@pytest.mark.parametrize("kind", PLACES)
def test_each_fault_is_seen_wherever_a_file_holds_words(tmp_path: Path, kind) -> None:
    write, places = PLACES[kind]
    path = tmp_path / f"DEMO_fichier.{kind}"
    expected = set(FAULTS.values())
    if path.suffix not in FLOWED:
        expected.remove("nombre sécable")
    if places.startswith("alt"):
        # Templates of a page are filled by its scripts.
        assert faults_of(page_with(path, "data", "Soit {sites} ici.")) == []
    for place in places.split():
        seen = {one.what for one in faults_of(page_with(path, place, ALL, write))}
        missed = expected - seen
        if place == "data":
            missed.discard("écriture d’un programme")
        assert missed == set(), place
        assert faults_of(page_with(path, place, CLEAN, write)) == [], place


def page_with(path: Path, place: str, text: str, write: Write = write_html):
    """Write a file that says a text in one place, and open it."""
    write(path, place, text)
    return open_file(path, owes=True, bodies=BODIES)


def test_names_of_sheets_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = Workbook()
    assert book.active is not None
    book.active.title = "deposit_t"
    book.save(path)
    assert [one.text for one in faults_of(open_file(path))] == ["deposit_t"]


def test_a_stamp_in_the_data_of_a_page_stamps_nothing(tmp_path: Path) -> None:
    path = tmp_path / "DEMO_a.html"
    said = '<script type="application/json">{"t":"DÉMONSTRATION de plus"}</script>'
    path.write_text(f"<p>Rien.</p>{said}", encoding="utf-8")
    found = faults_of(open_file(path, owes=True))
    assert [one.what for one in found] == ["sans le tampon dû"]


def test_a_picture_has_a_twin_whose_words_are_read(tmp_path: Path) -> None:
    names = ("a.pdf", "a.png", "b.png", "c.svg", "c.png", "d.csv", "manifest.json")
    found = unread_files([tmp_path / name for name in names])
    assert [(one.file, one.what) for one in found] == [
        ("b.png", "image sans PDF à lire"),
        ("d.csv", "genre que rien n’ouvre"),
    ]


def test_a_table_lower_in_a_sheet_and_a_number_as_text_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = Workbook()
    assert book.active is not None
    for row in (
        *[("Un mot",)] * 6,
        ("Levier", "Valeur", "Fiabilité"),
        ("Tonnes", 210, "H"),
        ("Tonnes", "340", "H"),
        ("Tonnes", 210, "O"),
        ("Facteur", "Bas", "Fiabilité"),
        ("Part", "0,035", "H"),
    ):
        book.active.append(row)
    book.save(path)
    assert [one.text for one in faults_of(open_file(path))] == ["210", "340"]
