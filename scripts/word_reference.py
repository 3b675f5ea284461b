"""Write the Word file whose styles a dossier takes: `python scripts/word_reference.py`.

`eitgeo/dossier/texts/reference.docx`: what is edited of the look of a dossier in Word
is edited here, then written again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from eitgeo.dossier.docx import (
    ANNEX,
    FRONT,
    MUTED,
    RED,
    REFERENCE,
    document_bytes,
    new_document,
)

PLACE = Path(__file__).resolve().parents[1] / "eitgeo/dossier/texts" / REFERENCE
FONT = "Arial"
INK = RGBColor(0x1F, 0x4E, 0x5F)
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


def reference() -> bytes:
    """Make the file, without a text nor a date of today."""
    document = new_document(title="", edition=dt.date(2026, 1, 1))
    set_styles(document)
    return document_bytes(document)


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
    # Headings before the contents bear no number.
    front = styles[FRONT].element.get_or_add_pPr()
    front.get_or_add_numPr().get_or_add_numId().val = 0


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


if __name__ == "__main__":
    PLACE.write_bytes(reference())
