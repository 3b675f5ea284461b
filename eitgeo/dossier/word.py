"""The Word file of a dossier: the master, with styles that an author edits."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Cm, Pt

from eitgeo.dossier.docx import (
    ANNEX,
    FRONT,
    GROUP_FILL,
    HEAD_FILL,
    MUTED,
    RED,
    StyleIds,
    add_bookmark,
    add_field,
    add_text,
    describe,
    document_bytes,
    mark_field,
    mark_row,
    new_dossier,
    open_field,
    printable,
    refresh_on_opening,
    set_style,
    shade,
)
from eitgeo.dossier.model import (
    Block,
    Chapter,
    Dossier,
    Figure,
    Pair,
    Paragraph,
    Runs,
    Section,
    Table,
    Value,
    Wide,
    shows_drawn,
)

_PAGE_CM = (21.0, 29.7)
_WIDE_CM = (1.5, 1.5, 1.7, 1.1)
"""Margins of a page turned: left, right, top, bottom [cm]."""
_DISTANCE_CM, _EDGE_CM = 1.27, 0.6
"""From the edge of a page to what is above and under its body; of a page turned."""
_MARGIN_CM = {"left": 2.1, "right": 2.1, "top": 2.2, "bottom": 1.9}
_GAP_CM = 0.6
_STYLES = {
    "text": "Normal",
    "lead": "Chapeau",
    "note": "Note",
    "bullet": "List Bullet",
    "number": "List Number",
    "warning": "Mise en garde",
    "big": "Chiffre fort",
}


@dataclass
class DocxWriter:
    """What writing goes on with: the document, its counters, its headings."""

    document: Any
    dossier: Dossier
    style_ids: StyleIds
    width_cm: float = _PAGE_CM[0] - 2 * _MARGIN_CM["left"]
    counts: dict[str, int] = field(default_factory=dict)
    headings: list[tuple[int, str, str]] = field(default_factory=list)
    """Level, text with its number, bookmark."""
    stamped: bool = False
    turned_back: int = 0
    """How long the document was when its page was last turned back to portrait."""

    def next(self, what: str) -> int:
        """Count one more of a kind."""
        self.counts[what] = self.counts.get(what, 0) + 1
        return self.counts[what]

    def paragraph(self, style: str, *, text: str = "", place: Any = None) -> Any:
        """Add a paragraph in a style, to the document or to a place of it."""
        paragraph = (place or self.document).add_paragraph(text)
        set_style(paragraph, self.style_ids[style])
        return paragraph


def dossier_docx(dossier: Dossier) -> bytes:
    """Lay a dossier out as a Word file."""
    document = new_dossier(title=printable(dossier.title), edition=dossier.edition)
    _portrait(document.sections[0])
    document.core_properties.subject = printable(dossier.subtitle)
    writer = DocxWriter(document, dossier, StyleIds(document))
    _head(document.sections[0], dossier, stamped=False)
    _foot(document.sections[0], dossier)
    _cover(writer, dossier)
    for chapter in (dossier.summary, dossier.warning):
        _chapter(writer, chapter, style=FRONT, prefix="")
    contents = document.add_paragraph("Sommaire", style="Chiffre fort")
    contents.paragraph_format.page_break_before = True
    place = document.add_paragraph()
    for rank, chapter in enumerate(dossier.chapters, start=1):
        _chapter(writer, chapter, style="Heading 1", prefix=f"{rank}")
    for rank, chapter in enumerate(dossier.annexes):
        _chapter(
            writer, chapter, style=ANNEX, prefix=f"Annexe {chr(ord('A') + rank)} ·"
        )
    _contents(writer, place)
    refresh_on_opening(document)
    return document_bytes(document)


def _portrait(section: Any) -> None:
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = map(Cm, _PAGE_CM)
    section.header_distance = section.footer_distance = Cm(_DISTANCE_CM)
    for side, margin in _MARGIN_CM.items():
        setattr(section, f"{side}_margin", Cm(margin))


def _head(section: Any, dossier: Dossier, *, stamped: bool) -> None:
    """Write what is above each page of a section, and of those that follow it."""
    section.header.is_linked_to_previous = False
    head = section.header.paragraphs[0]
    head.style = "Note"
    if dossier.private:
        run = head.add_run(f"{dossier.private} – ")
        run.bold, run.font.color.rgb = True, RED
    head.add_run(printable(dossier.running))
    if stamped:
        run = head.add_run(f" – {printable(dossier.stamp)}")
        run.bold, run.font.color.rgb = True, RED


def _foot(section: Any, dossier: Dossier) -> None:
    foot = section.footer.paragraphs[0]
    foot.style = "Note"
    foot.add_run(f"{printable(dossier.status)} – page ")
    add_field(foot, "PAGE", "–")
    foot.add_run(" sur ")
    add_field(foot, "NUMPAGES", "–")


def _cover(writer: DocxWriter, dossier: Dossier) -> None:
    document = writer.document
    if dossier.stamp:
        document.add_paragraph(printable(dossier.stamp), style="Mise en garde")
    title = document.add_paragraph(printable(dossier.title), style="Title")
    title.paragraph_format.space_before = Cm(4)
    document.add_paragraph(printable(dossier.subtitle), style="Subtitle")
    for line in dossier.cover:
        _paragraph(writer, line, style="Couverture" if line.style == "text" else "")


def _chapter(writer: DocxWriter, chapter: Chapter, *, style: str, prefix: str) -> None:
    _stamp(writer, chapter)
    _heading(writer, chapter.title, (1, style, prefix))
    writer.counts["section"] = 0
    if chapter.results:
        text = f"Répond à\N{NO-BREAK SPACE}: {', '.join(chapter.results)}"
        writer.paragraph("Note", text=text)
    for block in chapter.blocks:
        _block(writer, block, numbered=style == "Heading 1")


def _stamp(writer: DocxWriter, chapter: Chapter) -> None:
    """Stamp the pages of a chapter that shows what is drawn: Word knows no page."""
    dossier = writer.dossier
    stamped = bool(dossier.stamp) and shows_drawn(chapter.blocks, dossier.drawn)
    if stamped != writer.stamped:
        _head(_next_section(writer), dossier, stamped=stamped)
        writer.stamped = stamped


def _heading(writer: DocxWriter, title: Runs, look: tuple[int, str, str]) -> Any:
    level, style, prefix = look
    paragraph = writer.paragraph(style)
    _write(writer, paragraph, title)
    mark = f"_Toc{writer.next('heading'):06d}"
    add_bookmark(paragraph, mark, writer.counts["heading"])
    text = "".join(one.text if isinstance(one, Value) else one for one in title)
    if style != "Heading 3":
        writer.headings.append((level, f"{prefix} {printable(text)}".strip(), mark))
    return paragraph


def _block(writer: DocxWriter, block: Block, *, numbered: bool = True) -> None:
    match block:
        case Paragraph():
            _paragraph(writer, block)
        case Table():
            _table(writer, block)
        case Figure():
            _figure(writer, block)
        case Pair():
            _pair(writer, block)
        case Wide():
            _wide(writer, block)
        case Section():
            _section(writer, block, numbered=numbered)


def _section(writer: DocxWriter, block: Section, *, numbered: bool) -> None:
    rank = writer.next("section")
    style = "Heading 2" if numbered else "Heading 3"
    prefix = f"{_last_chapter(writer)}.{rank}" if numbered else ""
    heading = _heading(writer, block.title, (2, style, prefix))
    heading.paragraph_format.page_break_before = block.new_page
    for inner in block.blocks:
        _block(writer, inner)


def _last_chapter(writer: DocxWriter) -> str:
    titles = [text for level, text, _ in writer.headings if level == 1]
    return titles[-1].split(" ")[0]


def _paragraph(writer: DocxWriter, one: Paragraph, *, style: str = "") -> None:
    paragraph = writer.paragraph(style or _STYLES[one.style])
    _write(writer, paragraph, one.runs)


def _write(writer: DocxWriter, paragraph: Any, runs: Runs) -> None:
    for run in runs:
        if not isinstance(run, Value):
            add_text(paragraph, printable(run))
            continue
        pieces = [add_text(paragraph, printable(run.text))]
        if run.evidence:
            letter = add_text(paragraph, run.evidence)
            letter.font.superscript = True
            pieces.append(letter)
        if run.source in writer.dossier.drawn:
            for piece in pieces:
                piece.font.color.rgb = MUTED


def _caption(
    writer: DocxWriter, word: str, runs: Runs, *, before: bool, place: Any = None
) -> None:
    paragraph = writer.paragraph("Caption", place=place)
    paragraph.paragraph_format.keep_with_next = before
    paragraph.add_run(f"{word}\N{NO-BREAK SPACE}")
    add_field(paragraph, f"SEQ {word} \\* ARABIC", str(writer.next(word)))
    paragraph.add_run(" – ")
    _write(writer, paragraph, runs)


def _table(writer: DocxWriter, block: Table) -> None:
    _caption(writer, "Tableau", block.caption, before=True)
    widths = [writer.width_cm * one / sum(block.widths) for one in block.widths]
    lines = [block.heads, *block.rows]
    table = writer.document.add_table(len(lines), len(widths))
    table._tbl.tblStyle_val = writer.style_ids["Table Grid"]  # noqa: SLF001
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    # Asked row by row, python-docx would walk the whole table each time.
    boxes = list(table._cells)  # noqa: SLF001
    for rank, (row, cells) in enumerate(zip(table.rows, lines, strict=True)):
        mark_row(row, "w:cantSplit", *(["w:tblHeader"] if rank == 0 else []))
        row_boxes = boxes[rank * len(widths) :][: len(widths)]
        for box, width in zip(row_boxes, widths, strict=True):
            box.width = Cm(width)
        _row(writer, row_boxes, cells, head=rank == 0)
    note = writer.paragraph("Note")
    _write(writer, note, block.note)


def _row(
    writer: DocxWriter, boxes: list[Any], cells: tuple[Runs, ...], *, head: bool
) -> None:
    group = len(cells) == 1 < len(boxes)
    if group:
        boxes = [boxes[0].merge(boxes[-1])]
    strong = head or group
    style = writer.style_ids["Tête de tableau" if strong else "Cellule"]
    for box, runs in zip(boxes, cells, strict=True):
        paragraph = box.paragraphs[0]
        set_style(paragraph, style)
        _write(writer, paragraph, runs)
        if strong:
            shade(box, HEAD_FILL if head else GROUP_FILL)


def _figure(writer: DocxWriter, block: Figure) -> None:
    paragraph = writer.document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    _picture(writer, paragraph, block, writer.width_cm * block.width_pct / 100)
    _caption(writer, "Figure", block.caption, before=False)


def _picture(
    writer: DocxWriter, paragraph: Any, block: Figure, width_cm: float
) -> None:
    shape = paragraph.add_run().add_picture(io.BytesIO(block.png), width=Cm(width_cm))
    title = "".join(
        one.text if isinstance(one, Value) else one for one in block.caption
    )
    describe(
        shape,
        title=printable(title),
        alt=printable(block.alt),
        number=writer.next("picture"),
    )


def _pair(writer: DocxWriter, block: Pair) -> None:
    """Set pictures side by side, each over its caption."""
    n = len(block.figures)
    width_cm = writer.width_cm / n
    table = writer.document.add_table(1, n)
    table.autofit = False
    for box, figure in zip(table.rows[0].cells, block.figures, strict=True):
        box.width = Cm(width_cm)
        _picture(writer, box.paragraphs[0], figure, width_cm - _GAP_CM)
        _caption(writer, "Figure", figure.caption, before=False, place=box)


def _wide(writer: DocxWriter, block: Wide) -> None:
    """Turn the page for its blocks, then back; two in a row follow one another."""
    document, width_before = writer.document, writer.width_cm
    section = _next_section(writer)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_height, section.page_width = map(Cm, _PAGE_CM)
    for side, margin in zip(("left", "right", "top", "bottom"), _WIDE_CM, strict=True):
        setattr(section, f"{side}_margin", Cm(margin))
    section.header_distance = section.footer_distance = Cm(_EDGE_CM)
    writer.width_cm = _PAGE_CM[1] - _WIDE_CM[0] - _WIDE_CM[1]
    for inner in block.blocks:
        _block(writer, inner)
    _portrait(_new_page(document))
    writer.width_cm = width_before
    writer.turned_back = len(document.element.body)


def _next_section(writer: DocxWriter) -> Any:
    """Open a section, or take the one that the last turned page has opened."""
    follows = writer.turned_back == len(writer.document.element.body)
    return writer.document.sections[-1] if follows else _new_page(writer.document)


def _new_page(document: Any) -> Any:
    """Open a section; the empty paragraphs that close the one before take no room.

    After a page that a table fills, they would stand alone on the next one.
    """
    section = document.add_section(WD_SECTION.NEW_PAGE)
    for paragraph in document.paragraphs[-2:]:
        if not paragraph.runs:
            closing = paragraph.paragraph_format
            closing.space_before = closing.space_after = closing.line_spacing = Pt(1)
    return section


def _contents(writer: DocxWriter, place: Any) -> None:
    """Write the contents as a field that already holds its lines."""
    for rank, (level, text, mark) in enumerate(writer.headings):
        paragraph = place.insert_paragraph_before()
        set_style(paragraph, writer.style_ids[f"TOC {level}"])
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(
            Cm(writer.width_cm), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
        )
        if rank == 0:
            open_field(paragraph, f'TOC \\o "1-2" \\h \\z \\t "{FRONT};1;{ANNEX};1"')
        paragraph.add_run(f"{text}\t")
        add_field(paragraph, f"PAGEREF {mark} \\h", "…")
    mark_field(place, "end")
