"""Word files that are the same bytes for the same content.

The pieces that python-docx has no word for stand here too: fields, numbers, marks.
"""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile
from collections.abc import Sequence
from importlib import resources
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.run import Run

_A4_CM = (21.0, 29.7)
_MARGIN_CM = 1.8
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

REFERENCE = "reference.docx"
MUTED = RGBColor(0x5F, 0x5F, 0x5F)
RED = RGBColor(0xA3, 0x18, 0x2D)
HEAD_FILL, GROUP_FILL = "E4E9EC", "F3F5F6"
ANNEX = "Annexe"
FRONT = "Titre sans numéro"


def new_document(*, title: str, edition: dt.date) -> Any:
    """Open a document: A4 landscape, French, dated by the edition alone."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_height, section.page_width = map(Cm, _A4_CM)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Cm(_MARGIN_CM))
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(9.5)
    normal.paragraph_format.space_after = Pt(3)
    _describe(document, title, edition)
    return document


def new_dossier(*, title: str, edition: dt.date) -> Any:
    """Open a document with the styles of a dossier, which its author edits.

    ``scripts/word_reference.py`` writes the file that holds them.
    """
    reference = resources.files("eitgeo.dossier").joinpath("texts", REFERENCE)
    document = docx.Document(io.BytesIO(reference.read_bytes()))
    _describe(document, title, edition)
    return document


def _describe(document: Any, title: str, edition: dt.date) -> None:
    midnight = dt.datetime.combine(edition, dt.time())
    properties = document.core_properties
    properties.title, properties.author, properties.language = title, "", "fr-FR"
    properties.last_modified_by, properties.comments = "", ""
    properties.created = properties.modified = midnight
    properties.revision = 1


def add_table(
    document: Any,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths_cm: Sequence[float],
) -> Any:
    """Add a table whose header is repeated on each page and whose rows stay whole."""
    table = document.add_table(rows=0, cols=len(heads), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths_cm, strict=True):
        column.width = Cm(width)
    for rank, texts in enumerate([heads, *rows]):
        line = table.add_row()
        mark_row(line, "w:cantSplit", *(["w:tblHeader"] if rank == 0 else []))
        for cell, text, width in zip(line.cells, texts, widths_cm, strict=True):
            cell.width = Cm(width)
            run = cell.paragraphs[0].add_run(printable(text))
            run.font.size = Pt(8.5)
            run.bold = rank == 0
            if rank == 0:
                shade(cell, HEAD_FILL)
    return table


def printable(text: str) -> str:
    r"""Take out of a text what a Word file may not hold.

    Examples
    --------
    >>> printable("bois\x0b sec")
    'bois sec'
    """
    return "".join(one for one in text if unicodedata.category(one)[0] != "C")


def add_text(paragraph: Any, text: str) -> Run:
    """Add a run of a text without a tab nor a break, which python-docx looks for.

    It looks at each letter, and for what the run holds already: nothing.
    """
    run = OxmlElement("w:r")
    if text:
        letters = OxmlElement("w:t")
        letters.text = text
        if text != text.strip():
            letters.set(qn("xml:space"), "preserve")
        run.append(letters)
    paragraph._p.append(run)  # noqa: SLF001 - no public way
    return Run(run, paragraph)


class StyleIds(dict[str, str | None]):
    """Give what a file calls a style by its name, None the one of those that name none.

    Each is looked for once: python-docx reads all styles for each paragraph and table.
    """

    def __init__(self, document: Any) -> None:
        """Find them in a document."""
        super().__init__()
        self._document = document

    def __missing__(self, name: str) -> str | None:
        """Look a style up."""
        style = self._document.styles[name]
        self[name] = self._document.part.get_style_id(style, style.type)
        return self[name]


def set_style(paragraph: Any, style_id: str | None) -> None:
    """Give a new paragraph its style: python-docx looks for all that may stand there.

    None is the style of those that name none.
    """
    properties = OxmlElement("w:pPr")
    if style_id is not None:
        style = OxmlElement("w:pStyle")
        style.set(qn("w:val"), style_id)
        properties.append(style)
    paragraph._p.insert(0, properties)  # noqa: SLF001 - no public way


def document_bytes(document: Any) -> bytes:
    """Write a document; the parts of the archive bear no time."""
    written, fixed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with (
        zipfile.ZipFile(written) as parts,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for info in sorted(parts.infolist(), key=_content_types_first):
            entry = zipfile.ZipInfo(info.filename, date_time=_ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else the platform's own
            archive.writestr(entry, parts.read(info))
    return fixed.getvalue()


def _content_types_first(info: zipfile.ZipInfo) -> tuple[bool, str]:
    return info.filename != "[Content_Types].xml", info.filename


def add_field(paragraph: Any, code: str, shown: str) -> None:
    """Add a field of Word with what it shows until it is refreshed."""
    open_field(paragraph, code)
    paragraph.add_run(shown)
    mark_field(paragraph, "end")


def open_field(paragraph: Any, code: str) -> None:
    """Begin a field: what follows is its result until :func:`mark_field` ends it."""
    mark_field(paragraph, "begin")
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    paragraph.add_run()._r.append(instruction)  # noqa: SLF001 - no public way
    mark_field(paragraph, "separate")


def mark_field(paragraph: Any, kind: str) -> None:
    """Add the mark of a field."""
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)  # noqa: SLF001 - no public way


def add_bookmark(paragraph: Any, name: str, number: int) -> None:
    """Mark a whole paragraph so that the contents may point to it."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    element = paragraph._p  # noqa: SLF001 - no public way
    place = 1 if element.pPr is not None else 0
    element.insert(place, start)
    element.append(end)


def refresh_on_opening(document: Any) -> None:
    """Ask Word to refresh fields (contents, page numbers) when it opens the file."""
    settings = document.settings.element
    mark = OxmlElement("w:updateFields")
    mark.set(qn("w:val"), "true")
    settings.append(mark)


def shade(cell: Any, fill: str) -> None:
    """Fill a cell."""
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shading.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001 - no public way


def mark_row(row: Any, *names: str) -> None:
    """Set flags of a row: ``w:tblHeader``, ``w:cantSplit``."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - no public way
    for name in names:
        mark = OxmlElement(name)
        mark.set(qn("w:val"), "true")
        properties.append(mark)


def describe(shape: Any, *, title: str, alt: str, number: int) -> None:
    """Say what a picture shows, for those who do not see it."""
    properties = shape._inline.docPr  # noqa: SLF001 - no public way
    properties.set("id", str(number))
    properties.set("name", f"Figure {number}")
    properties.set("title", title)
    properties.set("descr", alt)
