"""Word files that are the same bytes for the same content.

The pieces that python-docx has no word for stand here too: fields, numbers, marks.
"""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.run import Run

_A4_CM = (21.0, 29.7)
_MARGIN_CM = 1.8
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

FONT = "Arial"
INK = RGBColor(0x1F, 0x4E, 0x5F)
MUTED = RGBColor(0x5F, 0x5F, 0x5F)
RED = RGBColor(0xA3, 0x18, 0x2D)
HEAD_FILL, GROUP_FILL = "E4E9EC", "F3F5F6"
ANNEX = "Annexe"
FRONT = "Titre sans numéro"
_NEW_STYLES: dict[str, tuple[str, dict[str, Any]]] = {
    FRONT: ("Heading 1", {}),
    ANNEX: ("Heading 1", {}),
    "Chapeau": ("Normal", {"size": 11.5, "color": INK}),
    "Note": ("Normal", {"size": 8, "color": MUTED}),
    "Mise en garde": ("Normal", {"size": 10, "color": RED}),
    "Chiffre fort": ("Normal", {"size": 13, "color": INK, "bold": True}),
    "Cellule": ("Normal", {"size": 8, "after": 1}),
    "Tête de tableau": ("Cellule", {"size": 8, "bold": True, "after": 1}),
    "Couverture": ("Normal", {"size": 12, "after": 8}),
    "TOC 1": ("Normal", {"size": 10, "bold": True, "after": 2}),
    "TOC 2": ("Normal", {"size": 9.5, "after": 1}),
}
_LEVELS = (("Heading 1", "%1"), ("Heading 2", "%1.%2"))
_ANNEX_LEVELS = ((ANNEX, "Annexe %1 ·"),)


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
    properties = document.core_properties
    properties.title, properties.author, properties.language = title, "", "fr-FR"
    properties.last_modified_by, properties.comments = "", ""
    properties.created = properties.modified = midnight
    properties.revision = 1
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


def _mark(line: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    line._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - no public way


def _fill(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", HEAD_FILL)):
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


def set_styles(document: Any) -> None:
    """Give a document the styles that an author edits."""
    styles = document.styles
    _language(styles)
    _dress(styles["Normal"], {"size": 10, "after": 5})
    _dress(styles["Title"], {"size": 26, "color": INK, "bold": True, "after": 10})
    _dress(styles["Subtitle"], {"size": 14, "color": MUTED, "after": 20})
    _dress(styles["Heading 1"], {"size": 17, "color": INK, "bold": True, "after": 8})
    _dress(styles["Heading 2"], {"size": 12.5, "color": INK, "bold": True, "after": 5})
    _dress(styles["Heading 3"], {"size": 11, "color": INK, "bold": True, "after": 2})
    _dress(styles["Caption"], {"size": 8.5, "color": MUTED, "after": 3})
    for name, (base, look) in _NEW_STYLES.items():
        known = name in [one.name for one in styles]
        style = (
            styles[name] if known else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        )
        style.base_style = styles[base]
        style.quick_style, style.hidden = True, False
        _dress(style, look)
    styles["Heading 1"].paragraph_format.page_break_before = True
    styles["Heading 2"].paragraph_format.space_before = Pt(12)
    styles["Heading 3"].paragraph_format.space_before = Pt(6)
    styles["TOC 2"].paragraph_format.left_indent = Cm(0.6)
    _number(document, styles, _LEVELS)
    _number(document, styles, _ANNEX_LEVELS, letters=True)


def _language(styles: Any) -> None:
    """Say French in the defaults, for spelling and for screen readers."""
    for lang in styles.element.iter(qn("w:lang")):
        for name in ("w:val", "w:eastAsia"):
            lang.set(qn(name), "fr-FR")


def _dress(style: Any, look: Mapping[str, Any]) -> None:
    font = style.font
    font.name, font.italic = FONT, False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    setters = {
        "size": lambda value: setattr(font, "size", Pt(value)),
        "color": lambda value: setattr(font.color, "rgb", value),
        "bold": lambda value: setattr(font, "bold", value),
        "after": lambda value: setattr(
            style.paragraph_format, "space_after", Pt(value)
        ),
    }
    for name, value in look.items():
        setters[name](value)
    for border in style.element.iter(qn("w:pBdr")):
        border.getparent().remove(border)


def _number(
    document: Any,
    styles: Any,
    levels: tuple[tuple[str, str], ...],
    *,
    letters: bool = False,
) -> None:
    """Tie a list of numbers to styles of headings."""
    numbering = document.part.numbering_part.element
    taken = [
        int(one.get(qn("w:abstractNumId")))
        for one in numbering.findall(qn("w:abstractNum"))
    ]
    abstract_id = 1 + max(taken, default=0)
    kind = "upperLetter" if letters else "decimal"
    lines = "".join(
        f'<w:lvl w:ilvl="{rank}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:pStyle w:val="{styles[name].style_id}"/><w:suff w:val="space"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
        for rank, (name, text) in enumerate(levels)
    )
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{abstract_id}">'
        f'<w:multiLevelType w:val="multilevel"/>{lines}</w:abstractNum>'
    )
    first = numbering.find(qn("w:num"))
    numbering.insert(list(numbering).index(first), abstract)
    number = numbering.add_num(abstract_id)
    for rank, (name, _) in enumerate(levels):
        properties = styles[name].element.get_or_add_pPr()
        numbers = properties.get_or_add_numPr()
        numbers.get_or_add_ilvl().val = rank
        numbers.get_or_add_numId().val = number.numId


def unnumbered(document: Any) -> None:
    """Take the number off the style of headings before the contents."""
    properties = document.styles[FRONT].element.get_or_add_pPr()
    properties.get_or_add_numPr().get_or_add_numId().val = 0


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
