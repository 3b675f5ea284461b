"""The stamp of a private study: every page, sheet and picture bears the words."""

import io
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import docx
import openpyxl
import pyogrio
import pytest
import typst
import xlsxwriter
from matplotlib.figure import Figure
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, RectangleObject

from eitgeo.errors import SchemaError, SourceError
from eitgeo.maps.form.page import sign_up_page
from eitgeo.maps.form.workbook import sign_up_xlsx
from eitgeo.maps.private_stamp import WORDS, stamp_private
from tests.dossier.reading import asked
from tests.maps import test_qgis
from tests.maps.comparators import make_page
from tests.maps.forms import make_form
from tests.maps.pages import opened_afresh
from tests.maps.test_office import BOOKS, cells, opened
from tests.maps.toy import Toy, once_a_toy
from tests.office import needs_office, saved_again

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed"
)
SCREEN = {"width": 1280, "height": 720}
RED = (0xA3, 0x18, 0x2D)
LOOSE = (
    "<!DOCTYPE html>\n<html><head><meta charset='utf-8'>\n"
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
    "<title>Périmètres</title>\n<script>const held = '<body></head>';</script>\n"
    "<style>h1 { margin: 0 } @page { size: A4; margin: 8mm }</style></head>\n"
    '<body class="a"><h1 style="color: rgb(0, 0, 255)">Titre</h1>\n'
    + "".join(f"<p>Ligne {rank}</p>\n" for rank in range(150))
    + "</body></html>\n"
)


def stamped(content: bytes, name: str, folder: Path) -> Path:
    """Write a file, stamp it."""
    path = folder / name
    path.write_bytes(content)
    stamp_private(path)
    return path


def drawn_pdf(n_pages: int = 2) -> bytes:
    """Draw pages as maps are: title in the metadata, text that stays text."""
    buffer = io.BytesIO()
    writer = PdfWriter()
    for rank in range(n_pages):
        one, figure = io.BytesIO(), Figure(figsize=(11.69, 8.27))
        figure.text(0.1, 0.5, f"page {rank}")
        figure.savefig(one, format="pdf", metadata={"CreationDate": None})
        writer.append(PdfReader(one))
    writer.add_metadata({"/Title": "Zones"})
    writer.write(buffer)
    return buffer.getvalue()


def set_pdf() -> bytes:
    """Set a tagged document of two pages, as the dossier is."""
    text = (
        '#set document(title: "Dossier")\n#set text(lang: "fr")\n'
        "= Chapitre\nUn texte.\n#pagebreak()\n= Suite & fin\nUn autre texte.\n"
    )
    made: bytes = typst.compile(text.encode(), pdf_standards="ua-1", timestamp=0)
    return made


def picture(*, busy: bool = False, mode: str = "RGB") -> bytes:
    """Paint a sheet with a blank top, or with something up to its edge."""
    image = Image.new(mode, (1200, 800), "white")
    top = 0 if busy else 100
    image.paste("#00ff00", (0, top, 30, 800))
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", dpi=(150, 150))
    return buffer.getvalue()


def drawing() -> bytes:
    """Draw an SVG."""
    buffer, figure = io.BytesIO(), Figure(figsize=(11.69, 8.27))
    figure.text(0.1, 0.5, "carte & co")
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def workbook(*, first: str | float = "Liste") -> bytes:
    """Write what a library may lose: rules of colour, filter, picture, chart."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet("Données")
        page.write_row(0, 0, [first, "Masse (t)", "Part"])
        page.set_column(0, 0, 8)
        for row in range(1, 120):
            page.write_row(row, 0, [f"n° {row} & co", row])
            page.write_formula(row, 2, f"=B{row + 1}/2", None, row / 2)
        page.autofilter(0, 0, 119, 2)
        page.freeze_panes(1, 1)
        page.conditional_format(
            1, 1, 119, 1, {"type": "data_bar", "data_bar_2010": True}
        )
        page.data_validation(1, 0, 9, 0, {"validate": "list", "source": ["a", "b"]})
        page.insert_image(3, 5, "a.png", {"image_data": io.BytesIO(picture())})
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=Données!$B$2:$B$9"})
        page.insert_chart(20, 5, chart)
        page.set_header("&LÀ gauche&CAu milieu")
        second = book.add_worksheet("Titre")
        second.write(0, 0, "Un titre", book.add_format({"bold": True}))
        second.merge_range(3, 0, 3, 4, "fusion")
        second.set_tab_color("green")
        book.add_worksheet("Sans A1").write(4, 1, 12)
        book.add_worksheet("Vide")
        rich = book.add_worksheet("Riche")
        rich.write_rich_string(0, 0, "un ", book.add_format({"bold": True}), "mot")
        rich.set_first_sheet()
    return buffer.getvalue()


def letter() -> bytes:
    """Write three sections: first page apart, even pages apart, own headers."""
    document = docx.Document()
    document.settings.odd_and_even_pages_header_footer = True
    first = document.sections[0]
    first.different_first_page_header_footer = True
    first.first_page_header.paragraphs[0].text = "en-tête de couverture"
    first.header.paragraphs[0].text = "en-tête courant"
    document.core_properties.title = "Dossier"
    document.add_paragraph("couverture")
    for rank in range(3):
        document.add_page_break()
        document.add_paragraph(f"page {rank}")
    second = document.add_section()
    second.header.is_linked_to_previous = False
    second.header.paragraphs[0].text = "en-tête propre"
    document.add_paragraph("section deux")
    document.add_section()
    document.add_paragraph("section trois")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


CRATE = json.dumps(
    {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {"@id": "ro-crate-metadata.json", "about": {"@id": "./"}},
            {"@id": "./", "@type": "Dataset", "name": "Étude", "description": "Tout"},
        ],
    }
).encode()
MADE: dict[str, Callable[[Toy], bytes]] = {
    "carte.pdf": lambda _: drawn_pdf(),
    "dossier.pdf": lambda _: set_pdf(),
    "carte.png": lambda _: picture(),
    "clair.png": lambda _: picture(busy=True, mode="RGBA"),
    "carte.svg": lambda _: drawing(),
    "table.xlsx": lambda _: workbook(),
    "inscription.xlsx": lambda toy: sign_up_xlsx(make_form(toy)),
    "dossier.docx": lambda _: letter(),
    "inscription.html": lambda toy: sign_up_page(make_form(toy)),
    "comparateur.html": once_a_toy(make_page),
    "carnet.html": lambda _: LOOSE.encode(),
    "etude.gpkg": lambda toy: test_qgis.files_of(toy)["etude.gpkg"],
    "etude.qgz": lambda toy: test_qgis.files_of(toy)["etude.qgz"],
    "fiche.json": lambda _: b'{"b": 1, "a": [2]}',
    "manifest.json": lambda _: CRATE,
}


@pytest.mark.parametrize("name", MADE)
def test_same_file_same_bytes_and_twice_is_once(
    toy: Toy, name: str, tmp_path: Path
) -> None:
    content = MADE[name](toy)
    first = stamped(content, name, tmp_path).read_bytes()
    assert first != content
    (tmp_path / "other").mkdir()
    again = stamped(content, name, tmp_path / "other")
    assert again.read_bytes() == first
    stamp_private(again)
    assert again.read_bytes() == first
    if zipfile.is_zipfile(again):
        with zipfile.ZipFile(again) as archive:
            moments = {one.date_time for one in archive.infolist()}
        assert moments == {(1980, 1, 1, 0, 0, 0)}
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([name, "other"])


@pytest.mark.parametrize(
    "name", ["table.csv", "communes.parquet", "notes.txt", "archive.zip", "sans"]
)
def test_a_kind_that_bears_no_words_is_refused(name: str, tmp_path: Path) -> None:
    told = f"{re.escape(name)} : ce genre de fichier .* → l'écrire dans l'un de"
    with pytest.raises(SchemaError, match=told):
        stamped(b"a;b\n1;2\n", name, tmp_path)


@pytest.mark.parametrize("suffix", sorted({Path(name).suffix for name in MADE}))
def test_a_spoilt_file_is_refused_and_left(suffix: str, tmp_path: Path) -> None:
    for content in (b"", b"<a>\xff\xfe", b"PK\x03\x04" + bytes(60), b"%PDF-1.7\n"):
        name = f"abime{suffix}"
        with pytest.raises(SchemaError, match=f"abime{suffix} : .* →"):
            stamped(content, name, tmp_path)
        assert (tmp_path / name).read_bytes() == content


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absente.pdf : lecture impossible"):
        stamp_private(tmp_path / "absente.pdf")


def texts_of_pages(path: Path) -> list[str]:
    """Read each page as pdftotext does."""
    pages = asked("pdftotext", path, "-").split("\f")[:-1]
    assert len(pages) == len(PdfReader(path).pages)
    return pages


def everywhere(path: Path) -> bool:
    """Whether each page, and there is one, bears the words."""
    pages = texts_of_pages(path)
    return bool(pages) and all(WORDS in page for page in pages)


@needs_poppler
@pytest.mark.parametrize(("name", "said"), [("carte", "page 1"), ("dossier", "autre")])
def test_every_page_of_a_pdf_bears_the_words(
    toy: Toy, name: str, said: str, tmp_path: Path
) -> None:
    content = MADE[f"{name}.pdf"](toy)
    (tmp_path / "avant.pdf").write_bytes(content)
    before = texts_of_pages(tmp_path / "avant.pdf")
    path = stamped(content, "apres.pdf", tmp_path)
    after = texts_of_pages(path)
    assert len(after) == len(before) == 2
    assert everywhere(path)
    assert not any(WORDS in page for page in before)
    assert said in after[1]
    about = PdfReader(path).metadata
    assert about is not None
    assert str(about.title).startswith(f"{WORDS} – ")


def test_a_tagged_pdf_stays_tagged_and_its_fonts_embedded(tmp_path: Path) -> None:
    content = set_pdf()
    before = PdfReader(io.BytesIO(content))
    after = PdfReader(stamped(content, "dossier.pdf", tmp_path))
    assert after.pdf_header == before.pdf_header
    for key in ("/StructTreeRoot", "/MarkInfo", "/Lang", "/ViewerPreferences"):
        assert key in after.root_object, key
    roots: list[Any] = [held.root_object for held in (before, after)]
    kinds = [
        [one.get_object()["/S"] for one in root["/StructTreeRoot"]["/K"]]
        for root in roots
    ]
    assert kinds[0] == kinds[1]
    packet = roots[1]["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in packet
    assert f">{WORDS} – Dossier</rdf:li>" in packet
    page: Any
    for page in after.pages:
        held = page.get_contents().get_data().decode("latin-1")
        end = held.rindex("/NePasDiffuser Do")
        assert "/Artifact" in held[held.rindex("BDC", 0, end) - 40 : end]
        drawn = page["/Resources"]["/XObject"]["/NePasDiffuser"].get_object()
        fonts = drawn["/Resources"]["/Font"].get_object().values()
        for font in fonts:
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in below["/FontDescriptor"]
            assert "/ToUnicode" in font.get_object()


def first_page(path: Path) -> Image.Image:
    """Show the first page at one pixel a point."""
    done = subprocess.run(  # noqa: S603
        ["pdftoppm", "-cropbox", "-r", "72", "-f", "1", "-l", "1", "-png", str(path)],  # noqa: S607
        capture_output=True,
        check=True,
    )
    return Image.open(io.BytesIO(done.stdout)).convert("RGB")


@needs_poppler
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_band_is_at_the_top_of_a_turned_or_cut_page(
    turn: int, tmp_path: Path
) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(drawn_pdf(1))))
    page = writer.pages[0]
    page[NameObject("/CropBox")] = RectangleObject((50, 60, 750, 500))
    page.rotate(turn)
    buffer = io.BytesIO()
    writer.write(buffer)
    path = stamped(buffer.getvalue(), "tournee.pdf", tmp_path)
    shown = first_page(path)
    assert shown.size == ((700, 440) if turn % 180 == 0 else (440, 700))
    for x in (2, shown.width - 3):
        assert near(shown.getpixel((x, 4)), RED)
        assert not near(shown.getpixel((x, shown.height - 4)), RED)


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    """Whether a pixel has a colour, or nearly."""
    return all(abs(a - b) <= 4 for a, b in zip(pixel, colour, strict=False))


def test_resources_that_pages_share_and_inherit(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(drawn_pdf(2))))
    tree: Any = writer.root_object["/Pages"]
    tree[NameObject("/Resources")] = writer.pages[0]["/Resources"]
    for kid in tree["/Kids"]:
        del kid.get_object()["/Resources"]
    writer.pages[1][NameObject("/MediaBox")] = RectangleObject((0, 0, 400, 300))
    buffer = io.BytesIO()
    writer.write(buffer)
    path = stamped(buffer.getvalue(), "commun.pdf", tmp_path)
    pages = PdfReader(path).pages
    texts = [page.extract_text() for page in pages]
    assert all(WORDS in text for text in texts)
    assert "page 0" in texts[0]
    for page in pages:
        held: Any = page["/Resources"]
        drawn = held["/XObject"]["/NePasDiffuser"]["/BBox"]
        assert [float(one) for one in drawn[2:]] == pytest.approx(
            [float(page.mediabox.width), float(page.mediabox.height)]
        )


def test_a_png_keeps_its_size_where_its_top_is_blank(tmp_path: Path) -> None:
    before = Image.open(io.BytesIO(picture())).convert("RGB")
    path = stamped(picture(), "carte.png", tmp_path)
    with Image.open(path) as after:
        assert (after.mode, after.size) == ("RGB", before.size)
        assert after.info["dpi"] == pytest.approx((150, 150), abs=0.1)
        assert after.text["Title"] == WORDS  # type: ignore[attr-defined]
        assert after.text["Warning"] == WORDS  # type: ignore[attr-defined]
        band = after.crop((0, 0, 1200, 34))
        held = {colour for _, colour in band.getcolors(100_000) or []}
        assert {RED, (255, 255, 255)} <= held
        assert near(after.getpixel((2, 2)), RED)
        assert after.getpixel((600, 60)) == (255, 255, 255)
        strip = (0, 40, 30, 799)
        for x in (0, 10, 29):
            assert after.getpixel((x, 790)) == before.getpixel((x, 790)), strip


def test_a_png_drawn_up_to_its_edge_grows_and_loses_nothing(tmp_path: Path) -> None:
    before = Image.open(io.BytesIO(picture(busy=True)))
    with Image.open(stamped(picture(busy=True), "plein.png", tmp_path)) as after:
        more = after.height - before.height
        assert more == pytest.approx(17 / 72 * 150, abs=1)
        assert after.getpixel((10, more)) == before.getpixel((10, 0)) == (0, 255, 0)
        assert near(after.getpixel((10, more - 2)), RED)


def test_a_narrow_picture_has_smaller_words(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (150, 120), "white").save(buffer, format="PNG")
    with Image.open(stamped(buffer.getvalue(), "petit.png", tmp_path)) as after:
        edge = [after.getpixel((x, 3)) for x in (0, 1, 148, 149)]
    assert all(near(pixel, RED) for pixel in edge)


def test_an_svg_has_two_texts_more_on_top(tmp_path: Path) -> None:
    content = drawing()
    path = stamped(content, "carte.svg", tmp_path)
    before, after = ET.fromstring(content), ET.parse(path).getroot()  # noqa: S314
    assert after.get("viewBox") == before.get("viewBox")
    last = list(after)[-1]
    said = ["".join(one.itertext()) for one in last if one.tag.endswith("text")]
    assert said == ["NE PAS DIFFUSER", WORDS]
    assert len(list(after)) == len(list(before)) + 1


def without_first(held: dict[str, list[tuple[str, object]]]) -> dict[str, Any]:
    """Leave first cells out."""
    return {
        title: [one for one in said if one[0] != "A1"] for title, said in held.items()
    }


@pytest.mark.parametrize("name", BOOKS)
def test_the_workbooks_of_a_study_keep_their_cells(
    toy: Toy, name: str, tmp_path: Path
) -> None:
    content = BOOKS[name](toy)
    before = opened(content)
    after = opened(stamped(content, f"{name}.xlsx", tmp_path).read_bytes())
    assert without_first(cells(after)) == without_first(cells(before))
    for old, new in zip(before, after, strict=True):
        assert str(new["A1"].value) == f"{WORDS} – {old['A1'].value}"
        assert new.freeze_panes == old.freeze_panes
        assert new.auto_filter.ref == old.auto_filter.ref
        assert new.print_title_rows == old.print_title_rows
        assert str(new.merged_cells) == str(old.merged_cells)
        assert new.sheet_properties.tabColor.rgb == "FFA3182D"
        assert WORDS in new.oddHeader.center.text


# openpyxl says what it does not read of the workbook.
@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_nothing_of_a_workbook_is_lost(tmp_path: Path) -> None:
    content = workbook()
    path = stamped(content, "table.xlsx", tmp_path)
    after = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path) as new:
        assert new.namelist() == old.namelist()
        kept = [name for name in old.namelist() if "worksheets/sheet" not in name]
        changed = {name for name in kept if new.read(name) != old.read(name)}
        assert changed == {"xl/styles.xml", "docProps/core.xml"}
        texts = [one.read("xl/worksheets/sheet1.xml").decode() for one in (old, new)]
    for tag in ("conditionalFormatting", "dataValidations", "extLst", "drawing"):
        held = [re.findall(f"<{tag}.*?(?:</{tag}>|/>)", text) for text in texts]
        assert held[0], tag
        assert held[0] == held[1], tag
    book = openpyxl.load_workbook(io.BytesIO(after))
    firsts = [str(sheet["A1"].value) for sheet in book]
    rests = [" – Liste", " – Un titre", "", "", " – un mot"]
    assert firsts == [WORDS + rest for rest in rests]
    head = book["Données"].oddHeader
    assert head.left.text == "À gauche"
    assert head.center.text.startswith(f"{WORDS}\n")
    assert "Au milieu" in head.center.text
    # Beside other texts the words wrap, in a row high enough for them.
    assert book["Données"]["A1"].alignment.wrap_text
    assert book["Données"].row_dimensions[1].height > 60
    assert book["Sans A1"]["B5"].value == 12


@pytest.mark.office
@pytest.mark.parametrize("mark", needs_office[1:], ids=[""])
def test_libreoffice_prints_the_words_on_each_sheet(mark: Any, tmp_path: Path) -> None:
    if mark.args[0] or shutil.which("pdftotext") is None:
        pytest.skip("LibreOffice or pdftotext is not installed")
    path = stamped(workbook(), "table.xlsx", tmp_path)
    printed = saved_again(path, tmp_path, kind="pdf")
    pages = texts_of_pages(printed)
    assert len(pages) >= 5
    assert everywhere(printed)
    listed = saved_again(path, tmp_path, kind="csv").read_text(encoding="utf-8-sig")
    assert WORDS in listed.splitlines()[0]


def test_a_header_never_gets_too_long_for_excel(tmp_path: Path) -> None:
    for length in (20, 240):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            book.add_worksheet().set_header("&C" + "x" * length)
        path = stamped(buffer.getvalue(), "table.xlsx", tmp_path)
        with zipfile.ZipFile(path) as archive:
            text = archive.read("xl/worksheets/sheet1.xml").decode()
        held = re.findall("<oddHeader>(.*?)</oddHeader>", text, re.DOTALL)
        assert len(held) == 1
        assert WORDS in held[0]
        assert len(held[0].replace("&amp;", "&")) <= 255
        assert ("xxx" in held[0]) == (length == 20)


@pytest.mark.parametrize("first", [12.5, "=1+1"])
def test_a_first_cell_that_is_a_figure_is_refused(
    first: str | float, tmp_path: Path
) -> None:
    with pytest.raises(SchemaError, match="A1 porte un nombre ou une formule"):
        stamped(workbook(first=first), "table.xlsx", tmp_path)


def test_chart_sheets_and_tables_at_the_corner_are_refused(tmp_path: Path) -> None:
    for told in ("feuille sans cellules", "tableau structuré"):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            page = book.add_worksheet()
            if told.startswith("tableau"):
                page.add_table("A1:B3")
            else:
                chart = book.add_chart({"type": "bar"})
                chart.add_series({"values": "=Sheet1!$A$1:$A$2"})
                book.add_chartsheet().set_chart(chart)
        with pytest.raises(SchemaError, match=told):
            stamped(buffer.getvalue(), "table.xlsx", tmp_path)


def test_headers_of_a_document_keep_what_they_said(tmp_path: Path) -> None:
    document = docx.Document(str(stamped(letter(), "dossier.docx", tmp_path)))
    first, second, third = document.sections
    for header, rest in (
        (first.header, "en-tête courant"),
        (first.first_page_header, "en-tête de couverture"),
        (second.header, "en-tête propre"),
        (third.header, "en-tête propre"),
        (third.even_page_header, ""),
    ):
        assert [one.text for one in header.paragraphs] == [WORDS, rest]
    assert document.core_properties.title == f"{WORDS} – Dossier"


@pytest.mark.office
@pytest.mark.parametrize("mark", needs_office[1:], ids=[""])
def test_libreoffice_shows_the_words_on_each_page(mark: Any, tmp_path: Path) -> None:
    if mark.args[0] or shutil.which("pdftotext") is None:
        pytest.skip("LibreOffice or pdftotext is not installed")
    path = stamped(letter(), "dossier.docx", tmp_path)
    printed = saved_again(path, tmp_path, kind="pdf")
    assert len(texts_of_pages(printed)) >= 6
    assert everywhere(printed)


@pytest.fixture(scope="module")
def tabs(chromium) -> Iterator[dict[bool, Any]]:
    """Open two tabs without a network: one runs scripts, the other none."""
    contexts = {
        runs: chromium.new_context(offline=True, java_script_enabled=runs)
        for runs in (True, False)
    }
    yield {runs: context.new_page() for runs, context in contexts.items()}
    for context in contexts.values():
        context.close()


PAGES = [name for name in MADE if name.endswith(".html")]
COVERED = """
  () => [...document.querySelectorAll('a, button, select, input, h1, header')]
    .filter(one => one.checkVisibility() && !one.closest('.evitement'))
    .map(one => [one.tagName, one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && box.bottom > 0 && box.top < 23.5)
    .map(([name]) => name)
"""


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=["bureau", "poche"])
@pytest.mark.parametrize("scripts", [True, False], ids=["js", "sans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_the_band_over_nothing(
    toy: Toy,
    tabs: dict[bool, Any],
    name: str,
    tmp_path: Path,
    size: tuple[int, int],
    *,
    scripts: bool,
) -> None:
    path = stamped(MADE[name](toy), name, tmp_path)
    width, height = size
    opened, screen = tabs[scripts], {"width": width, "height": height}
    with opened_afresh(opened, path.as_uri(), screen=screen):
        band = opened.locator("p.ne-pas-diffuser")
        assert band.inner_text() == WORDS
        assert opened.title().startswith(f"{WORDS} – ")
        assert band.bounding_box() == {"x": 0, "y": 0, "width": width, "height": 24}
        shot = Image.open(io.BytesIO(opened.screenshot())).convert("RGB")
        assert near(shot.getpixel((3, 3)), RED)
        assert opened.evaluate(COVERED) == []
        opened.mouse.wheel(0, 400)
        assert band.bounding_box()["y"] == 0


def tops_of_lines(path: Path) -> list[list[float]]:
    """Return, page by page, how far from the top the lines stand [pt]."""
    done = subprocess.run(  # noqa: S603
        ["pdftotext", "-bbox", str(path), "-"],  # noqa: S607
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    pages = done.stdout.split("<page ")[1:]
    found = [re.findall(r'yMin="([\d.]+)"[^>]*>Ligne<', page) for page in pages]
    return [[float(one) for one in page] for page in found if page]


@pytest.mark.browser
@needs_poppler
@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_bears_the_band_on_each_sheet(
    toy: Toy, tabs: dict[bool, Any], name: str, tmp_path: Path
) -> None:
    content = MADE[name](toy)
    numbers = []
    for held in (False, True):
        path = tmp_path / name
        path.write_bytes(content)
        if held:
            stamp_private(path)
        printed = tmp_path / "imprime.pdf"
        with opened_afresh(tabs[True], path.as_uri(), screen=SCREEN):
            tabs[True].pdf(
                path=printed, prefer_css_page_size=True, print_background=True
            )
        numbers.append(len(PdfReader(printed).pages))
    assert everywhere(printed)
    if name != "carnet.html":
        assert numbers[0] == numbers[1]
        return
    # The lines of each sheet start below the band: none is hidden, none is lost.
    said = re.findall(r"Ligne (\d+)", "\n".join(texts_of_pages(printed)))
    assert [int(one) for one in said] == list(range(150))
    assert numbers[1] > 2
    tops = [min(held) for held in tops_of_lines(printed)]
    assert min(tops) >= 8 / 25.4 * 72 + 24 * 0.75


def test_a_policy_that_admits_every_style_keeps_doing_so(tmp_path: Path) -> None:
    path = stamped(LOOSE.encode(), "carnet.html", tmp_path)
    text = path.read_text(encoding="utf-8")
    assert "style-src &#x27;unsafe-inline&#x27;;" in text
    assert "sha256" not in text
    assert "const held = '<body></head>';" in text


def test_a_geopackage_keeps_layers_and_rows(toy: Toy, tmp_path: Path) -> None:
    content = MADE["etude.gpkg"](toy)
    old = tmp_path / "avant.gpkg"
    old.write_bytes(content)
    new = stamped(content, "etude.gpkg", tmp_path)
    layers = pyogrio.list_layers(old)
    assert pyogrio.list_layers(new).tolist() == layers.tolist()
    for layer, kind in layers:
        if kind is not None:
            before, after = (
                pyogrio.read_dataframe(one, layer=layer) for one in (old, new)
            )
            assert after.equals(before), layer
        about = pyogrio.read_info(new, layer=layer)["layer_metadata"]
        assert about["IDENTIFIER"].startswith(WORDS)
        assert about["DESCRIPTION"].startswith(WORDS)
    base = sqlite3.connect(new)
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    assert base.execute("SELECT metadata FROM gpkg_metadata").fetchall() == [(WORDS,)]
    moments = {one for (one,) in base.execute("SELECT last_change FROM gpkg_contents")}
    noted = base.execute("SELECT timestamp FROM gpkg_metadata_reference").fetchone()
    assert set(noted) == moments
    base.close()


def test_each_layout_of_a_project_bears_the_words(toy: Toy, tmp_path: Path) -> None:
    content = MADE["etude.qgz"](toy)
    root = test_qgis.tree_of(stamped(content, "etude.qgz", tmp_path).read_bytes())
    before = test_qgis.tree_of(content)
    assert root.findtext("title") == f"{WORDS} – {before.findtext('title')}"
    assert root.findtext("properties/TitleLabel/Enabled") == "true"
    assert WORDS in (root.findtext("properties/TitleLabel/Label") or "")
    layouts = list(root.iter("Layout"))
    assert layouts
    for layout, old in zip(layouts, before.iter("Layout"), strict=True):
        said = [item.get("labelText") for item in layout]
        assert said.count(WORDS) == 1
        said.remove(WORDS)
        assert said == [item.get("labelText") for item in old]


@pytest.mark.qgis
@needs_poppler
def test_qgis_prints_the_words_on_each_layout(toy: Toy, tmp_path: Path) -> None:
    if shutil.which("qgis_process") is None:
        pytest.skip("QGIS is not installed")
    project = test_qgis.write(test_qgis.files_of(toy), tmp_path)
    for path in (project, project.with_suffix(".gpkg")):
        stamp_private(path)
    done = subprocess.run(  # noqa: S603 - a fixed interpreter
        [test_qgis.PYTHONS[0], str(test_qgis.PROBE), str(project), str(tmp_path)],
        capture_output=True,
        check=True,
        text=True,
        timeout=300,
        env={
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": str(tmp_path),
            "HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
        },
    )
    told = json.loads(done.stdout)
    assert told["title"].startswith(WORDS)
    assert all(layer["valid"] for layer in told["layers"].values())
    assert told["layouts"]
    for failed, file in told["layouts"].values():
        assert failed == 0
        assert everywhere(tmp_path / file)
        shown = first_page(tmp_path / file)
        assert near(shown.getpixel((4, 4)), RED)
        assert near(shown.getpixel((shown.width - 5, 10)), RED)


def test_json_says_it_at_its_root(tmp_path: Path) -> None:
    plain = stamped(b'{"b": 1, "a": [2]}', "fiche.json", tmp_path)
    held = json.loads(plain.read_bytes())
    assert held == {"a": [2], "b": 1, "ne_pas_diffuser": WORDS}
    crate = json.loads(stamped(CRATE, "manifest.json", tmp_path).read_bytes())
    assert sorted(crate) == ["@context", "@graph"]
    root = next(one for one in crate["@graph"] if one["@id"] == "./")
    assert root["name"] == f"{WORDS} – Étude"
    assert root["description"] == f"{WORDS} – Tout"
    with pytest.raises(SchemaError, match=r"liste.json : JSON sans objet"):
        stamped(b"[1, 2]", "liste.json", tmp_path)
