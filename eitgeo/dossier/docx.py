"""Word files that are the same bytes for the same content."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

if TYPE_CHECKING:
    from collections.abc import Sequence

_A4_CM = (21.0, 29.7)
_MARGIN_CM = 1.8
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_HEAD_FILL = "E4E9EC"


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
    midnight = dt.datetime.combine(edition, dt.time())
    told = document.core_properties
    told.title, told.author, told.language = title, "", "fr-FR"
    told.last_modified_by, told.comments = "", ""
    told.created = told.modified = midnight
    told.revision = 1
    return document


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
        _mark(line, "w:cantSplit")
        for cell, text, width in zip(line.cells, texts, widths_cm, strict=True):
            cell.width = Cm(width)
            run = cell.paragraphs[0].add_run(printable(text))
            run.font.size = Pt(8.5)
            run.bold = rank == 0
            if rank == 0:
                _fill(cell)
        if rank == 0:
            _mark(line, "w:tblHeader")
    return table


def printable(text: str) -> str:
    r"""Take out of a text what a Word file may not hold.

    Examples
    --------
    >>> printable("bois\x0b sec")
    'bois sec'
    """
    return "".join(one for one in text if unicodedata.category(one)[0] != "C")


def _mark(line: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    line._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - no public way


def _fill(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", _HEAD_FILL)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001 - no public way


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
