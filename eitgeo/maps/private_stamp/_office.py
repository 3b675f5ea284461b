"""XLSX and DOCX: a red tab and first cell; the words over each printed page.

The parts are edited as text: what a library does not know (charts, rules of
colour, checks of what is typed) is left as it stands, to the byte.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Mapping
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, unescape

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph

from eitgeo.errors import SchemaError
from eitgeo.maps.private_stamp._text import INK, WORDS, told

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_OTHER_SHEETS = re.compile(r"xl/(chartsheets|dialogsheets|macrosheets)/[^/]+\.xml")
_TABLE = re.compile(r"xl/tables/[^/]+\.xml")
_STYLES, _STRINGS, _CORE = "xl/styles.xml", "xl/sharedStrings.xml", "docProps/core.xml"
_ARGB = f"FF{INK[1:].upper()}"
_TAB = f'<tabColor rgb="{_ARGB}"/>'
_HEADER_MAX = 255
"""Excel opens no workbook with a longer one."""
_HEADERS = ("oddHeader", "evenHeader", "firstHeader")
_FEWEST_COLUMNS = 6
_DEFAULT_WIDTH = 8.43
_LINE_PT, _MORE_PT = 13.0, 2.0
_ITEM = re.compile(r"<si>(.*?)</si>|<si/>", re.DOTALL)
_TEXT_RUN = '<r><t xml:space="preserve">{}</t></r>'
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_LETTERS_PT = 10
_KINDS = ("header", "first_page_header", "even_page_header")


class _Looks(NamedTuple):
    """Formats of the first cell: alone in its row, or beside other texts."""

    band: int
    boxed: int


def stamp_workbook(content: bytes) -> bytes:
    """Stamp every sheet of a workbook."""
    parts = members(content)
    sheets = [name for name in parts if _SHEET.fullmatch(name)]
    _check(parts, sheets)
    if all(_header(parts[name].decode()).find(WORDS) >= 0 for name in sheets):
        return content
    strings = _ITEM.findall(parts.get(_STRINGS, b"").decode())
    parts[_STYLES], looks = _with_looks(parts[_STYLES].decode())
    for name in sheets:
        text = _with_tab(parts[name].decode())
        text = _with_words(text, strings, looks)
        parts[name] = _with_headers(text).encode()
    parts[_CORE] = _with_title(parts[_CORE].decode())
    return archive_bytes(parts)


def _check(parts: dict[str, bytes], sheets: list[str]) -> None:
    if not sheets or not {_STYLES, _CORE} <= parts.keys():
        message = "ce n'est pas un classeur complet → supprimer ce fichier"
        raise SchemaError(message)
    if any(_OTHER_SHEETS.fullmatch(name) for name in parts):
        message = "feuille sans cellules (graphique, macro) → mettre le graphique"
        raise SchemaError(f"{message} dans une feuille de calcul")
    tables = (parts[name].decode() for name in parts if _TABLE.fullmatch(name))
    if any(re.search(r'<table [^>]*\bref="A1:', one) for one in tables):
        message = "tableau structuré qui commence en A1 → le commencer en A2"
        raise SchemaError(message)


def _with_looks(text: str) -> tuple[bytes, _Looks]:
    """Add the two formats to the styles."""
    text, font = _added(
        text,
        "fonts",
        '<font><b/><sz val="10"/><color rgb="FFFFFFFF"/><name val="Arial"/>'
        '<family val="2"/></font>',
    )
    fill = f'<fill><patternFill patternType="solid"><fgColor rgb="{_ARGB}"/>'
    text, fill_id = _added(
        text, "fills", f'{fill}<bgColor indexed="64"/></patternFill></fill>'
    )
    shared = (
        f'<xf numFmtId="0" fontId="{font}" fillId="{fill_id}" borderId="0" xfId="0" '
        'applyFont="1" applyFill="1" applyAlignment="1">'
    )
    text, band = _added(text, "cellXfs", f'{shared}<alignment vertical="top"/></xf>')
    wrap = '<alignment vertical="top" wrapText="1"/></xf>'
    text, boxed = _added(text, "cellXfs", shared + wrap)
    return text.encode(), _Looks(band, boxed)


def _added(text: str, name: str, item: str) -> tuple[str, int]:
    """Add an item at the end of a counted list; give its rank."""
    opening = re.search(rf'<{name} count="(\d+)"', text)
    if opening is None or f"</{name}>" not in text:
        message = f"styles du classeur illisibles ({name}) → refaire le classeur"
        raise SchemaError(message)
    rank = int(opening[1])
    text = text.replace(opening[0], f'<{name} count="{rank + 1}"', 1)
    return text.replace(f"</{name}>", f"{item}</{name}>", 1), rank


def _with_tab(text: str) -> str:
    text = re.sub(r"<tabColor [^>]*/>", "", text, count=1)
    opening = re.search(r"<sheetPr\b([^>]*?)(/?)>", text)
    if opening is None:
        return re.sub(
            r"(<worksheet\b[^>]*>)",
            lambda head: f"{head[1]}<sheetPr>{_TAB}</sheetPr>",
            text,
            count=1,
        )
    end = f"{_TAB}</sheetPr>" if opening[2] else _TAB
    return text.replace(opening[0], f"<sheetPr{opening[1]}>{end}", 1)


def _header(text: str) -> str:
    element = re.search(r"<oddHeader>(.*?)</oddHeader>", text, re.DOTALL)
    return unescape(element[1]) if element else ""


def _with_headers(text: str) -> str:
    """Write the words over each printed page, above what stood there."""
    element = re.search(r"<headerFooter\b([^>]*?)(?:/>|>(.*?)</headerFooter>)", text)
    names = [_HEADERS[0]]
    if element is not None:
        told_apart = {"evenHeader": "differentOddEven", "firstHeader": "differentFirst"}
        names += [one for one, key in told_apart.items() if f'{key}="1"' in element[1]]
    parts = dict(
        re.findall(r"<(\w+)>([^<]*)</\1>", element[2] or "" if element else "")
    )
    for name in names:
        parts[name] = escape(_over(unescape(parts.get(name, ""))))
    order = ("oddHeader", "oddFooter", "evenHeader", "evenFooter")
    told_parts = [
        f"<{name}>{parts[name]}</{name}>"
        for name in (*order, "firstHeader", "firstFooter")
        if name in parts
    ]
    made = f"<headerFooter{element[1] if element else ''}>{''.join(told_parts)}"
    made += "</headerFooter>"
    if element is not None:
        return text.replace(element[0], made, 1)
    places = [*re.finditer(r"<(?:pageMargins|pageSetup)\b[^>]*/>", text)]
    if not places:
        message = "feuille sans marges d'impression → lui en donner"
        raise SchemaError(message)
    end = places[-1].end()
    return text[:end] + made + text[end:]


def _over(header: str) -> str:
    """Put the words in the middle of a header; drop it where both are too long."""
    words = f'&C&"Arial,Bold"&K{INK[1:].upper()}{WORDS}'
    left, _, rest = header.partition("&C")
    if "&C" not in header and header and header[:2] not in {"&L", "&R"}:
        left, rest = "", header  # without a mark, a header stands in the middle
    # The colour of the words would hold for what follows them.
    both = f"{left}{words}\n&K000000{rest}" if rest else f"{words}{left}"
    return both if len(both) <= _HEADER_MAX else words


def _with_words(text: str, strings: list[str], looks: _Looks) -> str:
    """Write the words in the first cell, before its text."""
    first_row = re.search(r'<row r="1"([^>]*?)(?:/>|>(.*?)</row>)', text, re.DOTALL)
    cells = re.findall(
        r"<c\b[^>]*?(?:/>|>.*?</c>)",
        (first_row[2] or "") if first_row else "",
        re.DOTALL,
    )
    first = next((one for one in cells if 'r="A1"' in one), "")
    others = [one for one in cells if one != first]
    is_alone = not any(re.search(r"<(?:v|is|f)\b", one) for one in others)
    style = looks.band if is_alone else looks.boxed
    runs = _TEXT_RUN.format(escape(WORDS)) + _runs_before(first, strings)
    cell = f'<c r="A1" s="{style}" t="inlineStr"><is>{runs}</is></c>'
    attributes = first_row[1] if first_row else ""
    if is_alone:
        cell += _blank_cells(text, others, style)
        attributes = re.sub(r' spans="[^"]*"', "", attributes)
    else:
        cell += "".join(others)
        attributes = _higher(attributes, text, re.sub(r"<[^>]+>", "", runs))
    row = f'<row r="1"{attributes}>{cell}</row>'
    if first_row is not None:
        return text.replace(first_row[0], row, 1)
    return re.sub(
        r"<sheetData/>|<sheetData>",
        lambda head: f"<sheetData>{row}" + ("</sheetData>" * head[0].endswith("/>")),
        text,
        count=1,
    )


def _runs_before(cell: str, strings: list[str]) -> str:
    """Return what a cell says, after a dash."""
    if not re.search(r"<(?:v|is|f)\b", cell):
        return ""
    kind = re.search(r'\bt="(\w+)"', cell)
    if "<f" in cell or kind is None or kind[1] not in {"s", "inlineStr"}:
        message = "la cellule A1 porte un nombre ou une formule → y mettre un titre"
        raise SchemaError(message)
    value = re.search(r"<v>(\d+)</v>", cell)
    inside = re.search(r"<is>(.*?)</is>", cell, re.DOTALL)
    content = strings[int(value[1])] if value else (inside[1] if inside else "")
    dash = _TEXT_RUN.format(" – ")
    return dash + (content if content.startswith("<r>") else f"<r>{content}</r>")


def _blank_cells(text: str, others: list[str], style: int) -> str:
    """Redden the row as far as the sheet goes, for the words to be read on it."""
    corner = re.search(r'<dimension ref="[A-Z]+\d+(?::([A-Z]+)\d+)?"', text)
    last = _rank(corner[1]) if corner and corner[1] else 1
    ranks = [_rank(one) for one in re.findall(r'r="([A-Z]+)1"', "".join(others))]
    last = max(last, _FEWEST_COLUMNS, *ranks) if ranks else max(last, _FEWEST_COLUMNS)
    return "".join(
        f'<c r="{_letters(rank)}1" s="{style}"/>' for rank in range(2, last + 1)
    )


def _rank(letters: str) -> int:
    rank = 0
    for letter in letters:
        rank = 26 * rank + ord(letter) - ord("A") + 1
    return rank


def _letters(rank: int) -> str:
    letters = ""
    while rank:
        rank, rest = divmod(rank - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _higher(attributes: str, text: str, words: str) -> str:
    """Make the row high enough for the words in the width of the first column."""
    column = re.search(r'<col min="1" [^>]*width="([\d.]+)"', text)
    width = float(column[1]) if column else _DEFAULT_WIDTH
    n_lines = math.ceil(1.2 * len(unescape(words)) / max(width, 1.0))
    height_set = re.search(r' ht="([\d.]+)"', attributes)
    height = max(
        _LINE_PT * n_lines + _MORE_PT, float(height_set[1]) if height_set else 0.0
    )
    others = re.sub(r' (?:ht|customHeight)="[^"]*"', "", attributes)
    return f'{others} ht="{height:g}" customHeight="1"'


def _with_title(text: str) -> bytes:
    element = re.search(r"<dc:title>(.*?)</dc:title>|<dc:title/>", text, re.DOTALL)
    title = told(unescape(element[1] or "") if element else "")
    made = f"<dc:title>{escape(title)}</dc:title>"
    if element is not None:
        return text.replace(element[0], made, 1).encode()
    head = re.search(r"<cp:coreProperties\b[^>]*>", text)
    end = head.end() if head else 0
    return (text[:end] + made + text[end:]).encode()


def members(content: bytes) -> dict[str, bytes]:
    """Unpack an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_bytes(files: Mapping[str, bytes]) -> bytes:
    """Pack an archive that bears no time and no platform."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            archive.writestr(entry, content)
    return written.getvalue()


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
