"""The stamp of a private study: each writer bears it, on every page, sheet and picture.

`tests/studies/test_private_products.py` asks it of all that a private run writes.
"""

import io
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from PIL import Image
from pypdf import PdfReader

from eitgeo.dossier.model import Dossier
from eitgeo.dossier.typst import dossier_pdf
from eitgeo.dossier.whole import make_dossier
from eitgeo.dossier.word import dossier_docx
from eitgeo.errors import SchemaError
from eitgeo.maps.pages.welcome import accessibility_page
from eitgeo.maps.qgis.layers import drawing_layer
from eitgeo.maps.qgis.project import geopackage
from eitgeo.steps.engine.stamp import require_stamp
from eitgeo.study.asked import PRIVATE_STAMP as WORDS
from tests.dossier.reading import asked
from tests.dossier.toy import make_desk
from tests.maps import test_qgis
from tests.maps.comparators import make_page
from tests.maps.pages import opened_afresh
from tests.maps.pictures import MAPS
from tests.maps.test_office import BOOKS
from tests.maps.toy import Toy, once_a_toy
from tests.office import needs_office, saved_again

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed"
)
SCREEN = {"width": 1280, "height": 720}
RED = (0xA3, 0x18, 0x2D)
STYLED = {name: make for name, make in BOOKS.items() if name != "inscription"}
"""No private study makes a sign-up form."""


@pytest.fixture(scope="module")
def private(toy: Toy) -> Toy:
    """Make the toy study with answers of firms inside."""
    title = f"{WORDS} – {toy.sheet.title}"
    return replace(toy, sheet=replace(toy.sheet, private=True, title=title))


def private_layers(toy: Toy) -> bytes:
    """Write the layers of the toy study as those of a private one."""
    held = test_qgis.layers_of(toy)
    return geopackage(held.layers, edition=toy.sheet.edition, stamp=WORDS)


@once_a_toy
def dossier_of(toy: Toy) -> Dossier:
    """Write the dossier of a toy study, as private as it is."""
    desk = make_desk(toy)
    title = f"{WORDS} – {desk.sheet.title}" if toy.sheet.private else desk.sheet.title
    sheet = replace(desk.sheet, private=toy.sheet.private, title=title)
    return make_dossier(replace(desk, sheet=sheet))


map_of = once_a_toy(MAPS["zones"])
MADE: dict[str, Callable[[Toy], bytes]] = {
    "accessibilite.html": lambda toy: accessibility_page(toy.sheet),
    "carte.pdf": lambda toy: map_of(toy)["pdf"],
    "carte.png": lambda toy: map_of(toy)["png"],
    "comparateur.html": once_a_toy(make_page),
    "dossier.docx": once_a_toy(lambda toy: dossier_docx(dossier_of(toy))),
    "dossier.pdf": once_a_toy(lambda toy: dossier_pdf(dossier_of(toy))),
    "etude.gpkg": private_layers,
    "etude.qgz": lambda toy: test_qgis.files_of(toy)["etude.qgz"],
    "zones.xlsx": once_a_toy(BOOKS["zones"]),
}
UNSTAMPED = MADE | {"etude.gpkg": lambda toy: test_qgis.files_of(toy)["etude.gpkg"]}
CRATE = {"@graph": [{"@id": "./", "name": f"{WORDS} – Étude"}]}


def laid(content: bytes, name: str, folder: Path) -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", MADE)
def test_what_a_private_study_writes_passes_and_the_rest_does_not(
    toy: Toy, private: Toy, name: str, tmp_path: Path
) -> None:
    require_stamp(name, laid(MADE[name](private), name, tmp_path))
    with pytest.raises(SchemaError, match=f"{name} : ne porte pas « NE PAS DIFFUSER"):
        require_stamp(name, laid(UNSTAMPED[name](toy), name, tmp_path))


@pytest.mark.parametrize(
    "name", ["table.csv", "communes.parquet", "notes.txt", "archive.zip", "sans"]
)
def test_a_kind_that_bears_no_words_is_refused(name: str, tmp_path: Path) -> None:
    path = laid(WORDS.encode(), name, tmp_path)
    with pytest.raises(
        SchemaError, match=r"ce genre de fichier .* → l'écrire dans l'un"
    ):
        require_stamp(name, path)


@pytest.mark.parametrize("suffix", sorted({Path(name).suffix for name in MADE}))
def test_a_spoilt_file_is_refused(suffix: str, tmp_path: Path) -> None:
    for content in (b"", b"<a>\xff\xfe", b"PK\x03\x04" + bytes(60), b"%PDF-1.7\n"):
        path = laid(content, f"abime{suffix}", tmp_path)
        with pytest.raises(SchemaError, match=f"abime{suffix} : .* →"):
            require_stamp(path.name, path)


def test_a_manifest_says_it_in_its_name(tmp_path: Path) -> None:
    path = laid(json.dumps(CRATE, ensure_ascii=False).encode(), "m.json", tmp_path)
    require_stamp(path.name, path)


def texts_of_pages(path: Path) -> list[str]:
    """Read each page as pdftotext does."""
    pages = asked("pdftotext", path, "-").split("\f")[:-1]
    assert len(pages) == len(PdfReader(path).pages)
    return pages


def everywhere(path: Path) -> bool:
    """Whether each page, and there is one, bears the words."""
    words = "".join(WORDS.split())
    pages = ["".join(one.split()) for one in texts_of_pages(path)]
    return bool(pages) and all(words in page for page in pages)


@needs_poppler
@pytest.mark.parametrize("name", MAPS)
def test_a_map_bears_the_words_in_its_frame(
    private: Toy, name: str, tmp_path: Path
) -> None:
    path = laid(MAPS[name](private)["pdf"], "carte.pdf", tmp_path)
    assert everywhere(path)
    about = PdfReader(path).metadata
    assert about is not None
    assert WORDS in str(about.title)


@needs_poppler
def test_each_page_of_the_dossier_bears_the_words(private: Toy, tmp_path: Path) -> None:
    path = laid(MADE["dossier.pdf"](private), "dossier.pdf", tmp_path)
    assert everywhere(path)


@pytest.mark.parametrize("name", STYLED)
def test_each_sheet_of_a_workbook_bears_the_words(private: Toy, name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(STYLED[name](private)))
    assert str(book.properties.title).startswith(f"{WORDS} – ")
    assert len(book.worksheets)
    for page in book.worksheets:
        assert WORDS in str(page["A1"].value), page.title
        assert WORDS in str(page.oddHeader.center.text), page.title
        assert len(str(page.oddHeader.center.text)) < 250  # Excel opens no longer one
        assert page.sheet_properties.tabColor.rgb == "FFA3182D", page.title


@pytest.mark.office
@pytest.mark.parametrize("mark", needs_office[1:], ids=[""])
@pytest.mark.parametrize("name", ["zones.xlsx", "dossier.docx"])
def test_libreoffice_prints_the_words_on_each_page(
    private: Toy, mark: Any, name: str, tmp_path: Path
) -> None:
    if mark.args[0] or shutil.which("pdftotext") is None:
        pytest.skip("LibreOffice or pdftotext is not installed")
    path = laid(MADE[name](private), name, tmp_path)
    assert everywhere(saved_again(path, tmp_path, kind="pdf"))


def test_each_header_of_a_document_bears_the_words(private: Toy) -> None:
    document = docx.Document(io.BytesIO(MADE["dossier.docx"](private)))
    assert document.core_properties.title.startswith("NE PAS DIFFUSER")
    for section in document.sections:
        assert WORDS in section.header.paragraphs[0].text
        assert not section.different_first_page_header_footer
    assert not document.settings.odd_and_even_pages_header_footer


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


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    """Whether a pixel has a colour, or nearly."""
    return all(abs(a - b) <= 4 for a, b in zip(pixel, colour, strict=False))


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=["bureau", "poche"])
@pytest.mark.parametrize("scripts", [True, False], ids=["js", "sans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_the_band_over_nothing(
    private: Toy,
    tabs: dict[bool, Any],
    name: str,
    tmp_path: Path,
    size: tuple[int, int],
    *,
    scripts: bool,
) -> None:
    path = laid(MADE[name](private), name, tmp_path)
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


@pytest.mark.browser
@needs_poppler
@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_bears_the_band_on_each_sheet(
    toy: Toy, private: Toy, tabs: dict[bool, Any], name: str, tmp_path: Path
) -> None:
    numbers = []
    for study in (toy, private):
        path = laid(MADE[name](study), name, tmp_path)
        printed = tmp_path / "imprime.pdf"
        with opened_afresh(tabs[True], path.as_uri(), screen=SCREEN):
            tabs[True].pdf(
                path=printed, prefer_css_page_size=True, print_background=True
            )
        numbers.append(len(PdfReader(printed).pages))
    assert everywhere(printed)
    assert numbers[0] == numbers[1]


def test_layers_say_it_in_their_names_and_descriptions(
    private: Toy, tmp_path: Path
) -> None:
    path = laid(private_layers(private), "etude.gpkg", tmp_path)
    empty = geopackage([drawing_layer()], edition=private.sheet.edition, stamp=WORDS)
    for one in (path, laid(empty, "perimetres_a_tester.gpkg", tmp_path)):
        base = sqlite3.connect(one)
        rows = base.execute(
            "SELECT identifier, description FROM gpkg_contents"
            " WHERE table_name <> 'layer_styles'"
        ).fetchall()
        base.close()
        assert rows
        assert all(WORDS in text for row in rows for text in row)


def test_each_layout_of_a_project_bears_the_words(toy: Toy, private: Toy) -> None:
    root, before = (
        test_qgis.tree_of(test_qgis.files_of(study)["etude.qgz"])
        for study in (private, toy)
    )
    assert root.findtext("title") == f"{WORDS} – {before.findtext('title')}"
    assert root.findtext("properties/TitleLabel/Enabled") == "true"
    assert WORDS in (root.findtext("properties/TitleLabel/Label") or "")
    layouts = list(root.iter("Layout"))
    assert layouts
    for layout in layouts:
        said = [item.get("labelText") or "" for item in layout]
        assert "NE PAS DIFFUSER" in said  # across the map
        assert any(text.startswith(WORDS) for text in said)  # beside it


@pytest.mark.qgis
@needs_poppler
def test_qgis_prints_the_words_on_each_layout(private: Toy, tmp_path: Path) -> None:
    if shutil.which("qgis_process") is None:
        pytest.skip("QGIS is not installed")
    files = test_qgis.files_of(private) | {"etude.gpkg": private_layers(private)}
    project = test_qgis.write(files, tmp_path)
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
