"""What readers see of the delivered study is French: no null, no key, no folder.

Pages say it to those whose reader runs no script, too.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.table import Table

from eitgeo.audit.reading.checks import (
    broken_numbers,
    marked_knowledge,
    unmarked_assumptions,
    unrounded_assumptions,
)
from eitgeo.audit.reading.opened import Finding, Opened
from eitgeo.audit.texts import Piece
from eitgeo.reference.survey import survey_choices, survey_fields
from eitgeo.study.project import Project
from tests.disclosure.scan import said_by
from tests.maps.pages import payload_of
from tests.maps.test_without_scripts import opened, rows_of

UNSAID = re.compile(
    r"(?<![\w’'-])(?:null|undefined|nan|nat|none|true|false|infinity|-?inf)(?![\w’'-])"
    r"|<NA>|\[object|\$\{|\{\{",
    re.IGNORECASE,
)
"""What a program writes where it has nothing to say."""

KEY = re.compile(
    r"(?<![\w./@-])(?!union_\d+\b)[a-zA-Z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w/@]|\.\w)"
)
"""An identifier; the number of a union is what « eitgeo compare » is given."""
FOLDER = re.compile(
    r"(?<![\w/.:])/(?:home|mnt|opt|private|root|tmp|usr|var|work|Users)/"
    r"|\b[A-Z]:\\\w|file://|~/"
)
HEAVIEST = 2_500_000
"""Of the pages [bytes]."""
ACTIONS = """() => {
  const seen = [];
  const see = () => seen.push(document.body.innerText);
  const put = (one, value, kind) => {
    one.value = value;
    one.dispatchEvent(new Event(kind, { bubbles: true }));
  };
  see();
  for (const one of document.querySelectorAll("details")) one.open = true;
  for (const one of document.querySelectorAll('[id^="ouvre-"], #compter')) {
    if (one.hidden) continue;
    one.click();
    see();
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  }
  const answer = document.getElementById("reponse");
  const typed = document.getElementById("commune");
  if (answer && typed) {
    const asked = JSON.parse(document.getElementById("donnees").textContent);
    for (const code of asked.communes.code) {
      put(typed, code, "input");
      seen.push(answer.innerText);
    }
    put(typed, "Nulle part", "input");
    see();
  }
  const trade = document.getElementById("activity");
  if (trade) {
    const known = JSON.parse(document.getElementById("donnees").textContent);
    known.activities.code.forEach((code, i) => {
      put(trade, code, "input");
      if (i % 10) return;
      put(document.getElementById("commune"), known.communes.code[i], "input");
      see();
    });
  }
  for (const choice of [...document.querySelectorAll("select")]) {
    for (const value of [...choice.options].map((one) => one.value).slice(0, 20)) {
      put(choice, value, "change");
      see();
    }
  }
  const names = ["title", "alt", "aria-label", "placeholder"];
  for (const one of document.querySelectorAll("*")) {
    seen.push(...names.map((name) => one.getAttribute(name) ?? ""));
    if (["title", "desc"].includes(one.tagName)) seen.push(one.textContent);
  }
  return [...new Set(seen)];
}"""
"""All that a reader may choose in a page, and what he reads then."""


def said(text: str, *, allowed: frozenset[str] = frozenset()) -> set[str]:
    """Return what a reader should not see in a text."""
    met = {one.group() for one in UNSAID.finditer(text)}
    met |= {one.group() for one in FOLDER.finditer(text)}
    return met | ({one.group() for one in KEY.finditer(text)} - allowed)


def cells_of(path: Path) -> Iterator[str]:
    """Return every cell of a workbook, as a reader sees it."""
    book = openpyxl.load_workbook(path, read_only=True)
    for page in book:
        yield page.title
        for row in page.iter_rows(values_only=True):
            yield from (str(cell) for cell in row if cell is not None)


def words_of(path: Path) -> Iterator[str]:
    """Return paragraphs and cells of a document."""
    for block in docx.Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            yield from (cell.text for row in block.rows for cell in row.cells)
        else:
            yield block.text


def faults(project: Project, texts: dict[str, Iterator[str]]) -> set[tuple[str, str]]:
    """Return what should not be seen, by file."""
    told = project.study.model_dump_json()
    own = frozenset(re.findall(r"[a-z0-9]+(?:_[a-z0-9]+)+", told))
    # The dossier has an annex that shows the study file; the form, its own columns.
    fields = frozenset([*survey_fields().index, *survey_choices("interet")])
    found = set()
    for name, parts in texts.items():
        allowed = own if "dossier" in name else frozenset()
        allowed |= fields if name == "inscription.xlsx" else frozenset()
        found |= {(name, one) for part in parts for one in said(part, allowed=allowed)}
    return found


def misread(name: str, parts: list[str]) -> list[Finding]:
    """Return the figures of a page that no reader should see, whatever is chosen."""
    checks = [unmarked_assumptions, marked_knowledge, unrounded_assumptions]
    page = Opened(name, tuple(Piece("page", part) for part in parts))
    found = [one for check in checks for one in check(page)]
    # Elsewhere, the scale of a map of Leaflet, which its own style keeps on a line.
    if name.endswith("comparateur.html"):
        # What a browser says on two lines is two texts: marks of an axis, cells.
        lines = (line for part in parts for line in part.split("\n"))
        found += broken_numbers(Opened(name, tuple(Piece("page", o) for o in lines)))
    return found


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_documents_say_no_null_no_key_and_no_folder(delivered) -> None:
    folder = delivered.maps
    texts: dict[str, Iterator[str]] = {}
    for path in sorted(folder.rglob("*.pdf")):
        texts[path.name] = iter([said_by("pdftotext", str(path), "-", file=path)])
    texts |= {path.name: cells_of(path) for path in sorted(folder.rglob("*.xlsx"))}
    texts |= {path.name: words_of(path) for path in sorted(folder.rglob("*.docx"))}
    assert {Path(name).suffix for name in texts} == {".pdf", ".xlsx", ".docx"}
    assert faults(delivered, texts) == set()


@pytest.mark.browser
def test_pages_say_no_null_whatever_is_chosen(chromium, delivered) -> None:
    texts: dict[str, Any] = {}
    # One tab for all: it costs more than a page.
    context = chromium.new_context(offline=True, locale="fr-FR")
    page = context.new_page()
    for path in sorted(delivered.maps.rglob("*.html")):
        page.goto(path.as_uri())
        texts[path.name] = page.evaluate(ACTIONS)
    context.close()
    assert len(texts) >= 4
    # Every commune was asked for on the page of the territory.
    assert len(texts["territoire.html"]) > 600
    assert faults(delivered, texts) == set()
    assert [one for name, parts in texts.items() for one in misread(name, parts)] == []


@pytest.mark.browser
def test_every_page_reads_without_scripts(chromium: Any, delivered: Project) -> None:
    comparator = delivered.published("comparateur", ".html")
    pages = sorted(delivered.maps.rglob("*.html"))
    assert comparator in pages
    assert max(path.stat().st_size for path in pages) < HEAVIEST
    told = {}
    with opened(chromium, comparator, scripts=False) as page:
        still = rows_of(page, ".sans-script")
        for path in pages:  # a tab costs more than a page
            page.goto(path.as_uri())
            told[path] = page.inner_text("body")
    with opened(chromium, comparator, scripts=True) as page:
        scripted = rows_of(page, ".change")
    assert {name: still[name] for name in scripted} == scripted
    for path, text in told.items():
        assert len(text.split()) > 80, path.name
        assert "JavaScript est désactivé" not in text
    payload = payload_of(comparator)
    for epci in payload["epci"]:
        assert epci["name"].replace("'", "’") in told[comparator]


def test_what_must_not_be_seen_is_recognised() -> None:
    path = Path("/") / "home" / "x/maps/a.pdf"
    seen = f"3 nan t ; null ; <NA> ; cendres_laitiers ; {path} ; ${{nom}}"
    assert len(said(seen)) == 6
    assert (
        said("L’annulation est nulle ; N 125 ; carte_A4.png ; https://a.fr/b") == set()
    )
