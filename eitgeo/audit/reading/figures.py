"""Figures as they are shown: marked and rounded by class, in one piece."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from openpyxl.utils import get_column_letter

from eitgeo.audit.numbers import significant_figures
from eitgeo.audit.reading.opened import CLASS, Finding, Opened
from eitgeo.audit.sheets import Row, bare
from eitgeo.audit.texts import number
from eitgeo.words import EVIDENCE_SYMBOLS, MISSING, NEARLY, round_share

_NUMBER = r"[-+]?\d+(?: \d{3})*(?:,\d+)?"
_ABOUT = re.compile(
    rf"{NEARLY} (?P<value>{_NUMBER})(?: à {_NUMBER}(?= ?%))?(?! ?\d)(?! ?€(?!/))"
    r"(?P<unit> ?%)?"
    rf"(?:[^()\d]{{0,20}}\((?:de )?(?P<low>{_NUMBER}) à (?P<high>{_NUMBER})\))?"
)
"""Euros alone are sums of a budget, which are not rounded again."""
_SPAN = re.compile(
    rf"{NEARLY} (?P<low>{_NUMBER})(?P<of> ?[%€a-zA-Z][%€\w·/.²]*)?"
    rf" à (?P<value>{_NUMBER})"
    r"(?(of)(?P=of)|(?P<unit> ?%)?)(?![\w/])"
)
"""Two ends in one unit; « 60 à 45 min du siège » is none, its ends go down."""
_ALONE = re.compile(_NUMBER)
"""A number that a cell holds as a text."""
_SMALL = r"\d(?![\d,]| \d{3}| ?(?:[%€]|k€|tCO2e|t|kg|km|ha|min|h)\b)"
"""A count below ten, which is exact in any class."""
_CIRCLE = re.compile(rf"{EVIDENCE_SYMBOLS['H']} ?(?!{_SMALL}){_NUMBER}")
_LETTER = re.compile(
    rf"(?<![\d,])(?!{_SMALL})((?:{NEARLY} |de |à )?{_NUMBER}"
    rf"(?:(?: ?[%€a-zA-Z][%€\w·/.²]*)?(?: \({_NUMBER} à {_NUMBER}\))?"
    r"(?<=[\d%)a-z€])|(?: [a-zà-ÿ']+){1,5}(?<=[a-zà-ÿ]{3})))H(?!\w)"
)
_KNOWN = re.compile(
    rf"[{EVIDENCE_SYMBOLS['O']}{EVIDENCE_SYMBOLS['S']}] ?{NEARLY} {_NUMBER}"
    rf"|{NEARLY} {_NUMBER}(?: ?[%€a-zA-Z][%€\w·/.²]*)?"
    rf"(?: \({_NUMBER} à {_NUMBER}\))?(?<=[\d%)a-z€])[OS](?!\w)"
)
_SAYS_CLASS = re.compile(r"classe H\b|ordre de|≈|○", re.IGNORECASE)
_CREDITS = re.compile(r"Sources : .*?(?=Projection|$)")
_MAP = re.compile(r"carte_|ecart_")
_PLAIN_SPACE = re.compile(
    r"(?<![\d,])\d{1,3}[ \n]\d{3}(?!\d)|"
    r"\d\s*[ \n]\s*(?:%|€|k€|t|t/an|kg|km|km²|ha|min|h|hab\.|ETP)(?![\w’'])"
)
_CUT = re.compile(
    r"[a-zà-ÿ’(≈:] (?:\d{1,3}[ \u00a0\u202f])?\d{1,3}\n\d{3}(?!\d)[^\n]*"
    r"|[a-zà-ÿ’(≈] \d+\n(?:%|€|k€|t|t/an|km|ha|min|h|ETP)(?![\w’'])[^\n]*"
)
_HEADS = 4
_FACTOR, _SETTING = "Facteur", "Seuil"
_CLASS_OF_TIMES = "Fiabilité (temps)"
_ASSUMED_HEAD = re.compile(r"– H(?:, (?:bas|haut))?$")
_CLASSED = re.compile(r"– [OSH]\b|ordre de", re.IGNORECASE)
"""Heads that tell a class."""
_COUNTED = re.compile(
    r"rang|centile|part d'hypothèses|part synthétique|poids|note|^n°|code|année|"
    r"règles|portée|permutations|distance (?:type|la plus)|"
    r"^rayon|^division|naf$|au moins|^ou emplois|altitude|sol industriel|^ajouté|"
    r"^seuil",
    re.IGNORECASE,
)
"""Columns of a row of class H that are no estimate: ranks, settings, thresholds."""


def unmarked_assumptions(opened: Opened) -> Iterator[Finding]:
    """Find figures of class H without « ≈ », on them or in their head."""
    for piece in opened.words:
        for figure in _circled(opened, bare(piece.text)):
            what = "chiffre H sans « ≈ »"
            yield Finding(opened.name, piece.place, what, figure)
    if opened.owes:
        yield from _unclassed_map(opened)
        yield from _unclassed_sheets(opened)


def _circled(opened: Opened, text: str) -> Iterator[str]:
    """List the figures that bear the sign or the letter of class H, and no more."""
    for match in _CIRCLE.finditer(text):
        yield match[0]
    if opened.suffix in {".docx", ".pdf"}:
        for match in _LETTER.finditer(text):
            if not match[1].startswith((NEARLY, "à ", "de ")):
                yield match[0]


def marked_knowledge(opened: Opened) -> Iterator[Finding]:
    """Find « ≈ » on what is observed or published."""
    what = "« ≈ » pour un chiffre O ou S"
    for piece in opened.words:
        for match in _KNOWN.finditer(bare(piece.text)):
            yield Finding(opened.name, piece.place, what, match[0])
    for title, rows in opened.sheets:
        for place, row in _rows_by_class(rows, {"O", "S"}):
            if any(bare(cell).startswith(NEARLY) for cell in row):
                yield Finding(opened.name, f"{title} {place}", what, bare(row[0]))


def unrounded_assumptions(opened: Opened) -> Iterator[Finding]:
    """Find figures of class H with more than one significant figure."""
    what = "chiffre H à plus d’un chiffre significatif"
    for piece in opened.words:
        for match in _ABOUT.finditer(bare(piece.text)):
            numbers = [match[one] for one in ("value", "low", "high") if match[one]]
            share = bool(match["unit"])
            if any(not _is_rounded(number(one), share=share) for one in numbers):
                yield Finding(opened.name, piece.place, what, match[0])
        for match in _SPAN.finditer(bare(piece.text)):
            share = "%" in (match["of"] or match["unit"] or "")
            low, high = number(match["low"]), number(match["value"])
            if low < high and not _is_rounded(high, share=share):
                yield Finding(opened.name, piece.place, what, match[0])
    for title, rows in opened.sheets:
        for place, value in (*_assumed_cells(rows), *_assumed_columns(rows)):
            yield Finding(opened.name, f"{title} {place}", what, f"{value:g}")


def broken_numbers(opened: Opened) -> Iterator[Finding]:
    """Find numbers that a line may break, or has broken."""
    if opened.suffix == ".pdf":
        for piece in opened.pieces:
            for match in _CUT.finditer(piece.text):
                text = match[0].replace("\n", " / ")
                yield Finding(opened.name, piece.place, "nombre coupé", text)
        return
    if opened.suffix not in {".html", ".docx", ".xlsx"}:
        return
    for piece in opened.words:
        for match in _PLAIN_SPACE.finditer(piece.text):
            yield Finding(opened.name, piece.place, "nombre sécable", match[0])


def _is_rounded(value: float, *, share: bool) -> bool:
    if share and round_share(abs(value), 1) == abs(value):
        return True
    return significant_figures(abs(value)) <= 1


def _unclassed_map(opened: Opened) -> Iterator[Finding]:
    """Find a stamped map that does not say of what class its figures are."""
    if opened.suffix != ".pdf" or not _MAP.search(opened.name):
        return
    for piece in opened.pieces:
        if not _SAYS_CLASS.search(_CREDITS.sub("", bare(piece.text))):
            what = "carte tamponnée dont les chiffres n’ont pas de classe"
            yield Finding(opened.name, piece.place, what, bare(piece.text)[:60])


def _unclassed_sheets(opened: Opened) -> Iterator[Finding]:
    """Find a sheet of a stamped workbook whose numbers have no class."""
    if opened.suffix != ".xlsx":
        return
    for title, rows in opened.sheets:
        heads = [bare(cell) for row in rows[:_HEADS] for cell in row if cell]
        classed = any(one == CLASS or _CLASSED.search(one) for one in heads)
        settings = {
            column
            for row in rows[:_HEADS]
            for column, cell in enumerate(row)
            if bare(cell).startswith(_SETTING)
        }
        is_told = any(
            isinstance(cell, float | int)
            for row in rows
            for column, cell in enumerate(row)
            if column not in settings
        )
        if is_told and not classed:
            what = "feuille tamponnée dont les chiffres n’ont pas de classe"
            yield Finding(opened.name, title, what, ", ".join(heads[:6]))


def _assumed_cells(rows: Sequence[Row]) -> Iterator[tuple[str, float]]:
    """List the numbers of class H that are not rounded."""
    heads: list[str] = []
    for rank, row in enumerate(rows, start=1):
        texts = [bare(cell) for cell in row]
        if CLASS in texts:
            heads = texts
            continue
        cells = dict(zip(heads, texts, strict=False))
        for column, value in enumerate(row[: len(heads)]):
            if isinstance(value, bool | None):
                continue
            if isinstance(value, str) and not _is_amount(texts[column], heads):
                continue
            head = heads[column]
            sure = cells.get(_CLASS_OF_TIMES if "(min" in head else CLASS)
            # Bounds without a value between are counted: « de … à … ».
            is_between = cells.get("Valeur") == MISSING
            if (sure or cells[CLASS]) != "H" or is_between or _COUNTED.search(head):
                continue
            amount = number(texts[column]) if isinstance(value, str) else float(value)
            share = "%" in f"{head}{cells.get('Unité', '')}"
            if not _is_rounded(amount, share=share):
                yield f"{get_column_letter(column + 1)}{rank}", amount


def _is_amount(text: str, heads: Sequence[str]) -> bool:
    """Say whether a text is an estimate alone; a factor is what was put in."""
    return _FACTOR not in heads and _ALONE.fullmatch(text) is not None


def _assumed_columns(rows: Sequence[Row]) -> Iterator[tuple[str, float]]:
    """List the numbers under heads of class H that are not rounded."""
    heads: dict[int, str] = {}
    for rank, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if rank <= _HEADS and _ASSUMED_HEAD.search(bare(cell)):
                heads[column] = bare(cell)
                continue
            if column not in heads or isinstance(cell, str | bool | None):
                continue
            if not _is_rounded(float(cell), share="%" in heads[column]):
                yield f"{get_column_letter(column + 1)}{rank}", float(cell)


def unclassed_draws(opened: Opened) -> Iterator[Finding]:
    """Find rows of drawn indicators that are given for observed or published."""
    labels = {bare(label) for label in opened.drawn}
    for title, rows in opened.sheets:
        for place, row in _rows_by_class(rows, {"O", "S"}):
            for cell in labels.intersection(map(bare, row)):
                what = "chiffre tiré donné pour observé ou publié"
                yield Finding(opened.name, f"{title} {place}", what, cell)


def _rows_by_class(rows: Sequence[Row], classes: set[str]) -> Iterator[tuple[str, Row]]:
    """List the rows of a sheet whose figures are of some classes."""
    column = -1
    for rank, row in enumerate(rows, start=1):
        texts = [bare(cell) for cell in row]
        if CLASS in texts:
            column = texts.index(CLASS)
        elif 0 <= column < len(row) and texts[column] in classes:
            yield f"ligne {rank}", row
