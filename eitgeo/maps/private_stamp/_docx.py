"""DOCX: the words at the top of every page, whatever header the page has."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph

from eitgeo.maps.private_stamp._archives import archive_bytes, members
from eitgeo.maps.private_stamp._words import INK, WORDS, told

_LETTERS_PT = 10
_KINDS = ("header", "first_page_header", "even_page_header")


def stamp_text(content: bytes) -> bytes:
    """Stamp the headers of a document: usual pages, first pages, even pages."""
    document = Document(io.BytesIO(content))
    if WORDS in document.core_properties.title:
        return content
    for rank, section in enumerate(document.sections):
        for kind in _KINDS:
            header = getattr(section, kind)
            # A later section without a header of its own has the one before.
            if rank == 0 or not header.is_linked_to_previous:
                header.is_linked_to_previous = False
                _stamp_header(header)
    document.core_properties.title = told(document.core_properties.title)
    written = io.BytesIO()
    document.save(written)
    return archive_bytes(members(written.getvalue()))


def _stamp_header(header: Any) -> None:
    line = OxmlElement("w:p")
    header._element.insert(0, line)  # noqa: SLF001 - a table may come first
    made = Paragraph(line, header)
    made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.paragraph_format.space_after = Pt(0)
    run = made.add_run(WORDS)
    run.bold = True
    run.font.size = Pt(_LETTERS_PT)
    run.font.color.rgb = RGBColor.from_string(INK[1:].upper())
