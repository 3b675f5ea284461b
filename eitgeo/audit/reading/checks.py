"""All that a published file is held against, for its readers.

A file bears the stamp that it owes, and none that it does not; no reader sees absent
values, internal keys, preferences; figures are marked and rounded by their class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from openpyxl.utils import get_column_letter

from eitgeo.audit.published import significant_figures
from eitgeo.audit.reading.opened import (
    CLASS,
    DATA,
    DEMONSTRATION,
    Finding,
    Opened,
    open_published,
)
from eitgeo.audit.texts import Row, normalize_text, number
from eitgeo.study.prints import files_published
from eitgeo.study.project import Project
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
_LETTERED = re.compile(r"[OSH](?: \(.*\))?")
"""A class, with its word or without."""
_ORDER = list(EVIDENCE_SYMBOLS).index


def unmarked_assumptions(opened: Opened) -> Iterator[Finding]:
    """Find figures of class H without « ≈ », on them or in their head."""
    for piece in opened.words:
        for figure in _circled(opened, normalize_text(piece.text)):
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
        for match in _KNOWN.finditer(normalize_text(piece.text)):
            yield Finding(opened.name, piece.place, what, match[0])
    for title, rows in opened.sheets:
        for place, row, letter in _rows_by_class(rows):
            if letter != "H" and any(
                normalize_text(cell).startswith(NEARLY) for cell in row
            ):
                yield Finding(
                    opened.name, f"{title} {place}", what, normalize_text(row[0])
                )


def unrounded_assumptions(opened: Opened) -> Iterator[Finding]:
    """Find figures of class H with more than one significant figure."""
    what = "chiffre H à plus d’un chiffre significatif"
    for piece in opened.words:
        for match in _ABOUT.finditer(normalize_text(piece.text)):
            numbers = [match[one] for one in ("value", "low", "high") if match[one]]
            share = bool(match["unit"])
            if any(not _is_rounded(number(one), share=share) for one in numbers):
                yield Finding(opened.name, piece.place, what, match[0])
        for match in _SPAN.finditer(normalize_text(piece.text)):
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
        if not _SAYS_CLASS.search(_CREDITS.sub("", normalize_text(piece.text))):
            what = "carte tamponnée dont les chiffres n’ont pas de classe"
            yield Finding(
                opened.name, piece.place, what, normalize_text(piece.text)[:60]
            )


def _unclassed_sheets(opened: Opened) -> Iterator[Finding]:
    """Find a sheet of a stamped workbook whose numbers have no class."""
    if opened.suffix != ".xlsx":
        return
    for title, rows in opened.sheets:
        heads = [normalize_text(cell) for row in rows[:_HEADS] for cell in row if cell]
        classed = any(one == CLASS or _CLASSED.search(one) for one in heads)
        settings = {
            column
            for row in rows[:_HEADS]
            for column, cell in enumerate(row)
            if normalize_text(cell).startswith(_SETTING)
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
        texts = [normalize_text(cell) for cell in row]
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
            if rank <= _HEADS and _ASSUMED_HEAD.search(normalize_text(cell)):
                heads[column] = normalize_text(cell)
                continue
            if column not in heads or isinstance(cell, str | bool | None):
                continue
            if not _is_rounded(float(cell), share="%" in heads[column]):
                yield f"{get_column_letter(column + 1)}{rank}", float(cell)


def wrong_classes(opened: Opened) -> Iterator[Finding]:
    """Find rows of indicators of another class than the one that was released.

    That of a row which names perimeters is the least sure of theirs; that of another is
    the class of some perimeter.
    """
    what = "classe qui n’est pas celle du chiffre"
    for title, rows in (*opened.sheets, *opened.figures):
        for place, row, letter in _rows_by_class(rows):
            texts = [normalize_text(cell) for cell in row]
            for label in opened.classes.keys() & texts:
                of = opened.classes[label]
                named = [of[text] for text in texts if text in of]
                if letter not in ([max(named, key=_ORDER)] if named else of.values()):
                    yield Finding(opened.name, f"{title} {place}", what, label)


def _rows_by_class(rows: Sequence[Row]) -> Iterator[tuple[str, Row, str]]:
    """List the rows of a sheet that have a class, each with its letter."""
    column = -1
    for rank, row in enumerate(rows, start=1):
        texts = [normalize_text(cell) for cell in row]
        if CLASS in texts:
            column = texts.index(CLASS)
        elif 0 <= column < len(row) and _LETTERED.fullmatch(texts[column]):
            yield f"ligne {rank}", row, texts[column][0]


DRAWINGS = (".pdf", ".svg")
PICTURES = {".jpeg", ".jpg", ".png", ".webp"}
READ = {".docx", ".gpkg", ".html", ".json", ".pdf", ".pptx", ".qgz", ".svg", ".xlsx"}
"""Kinds of files that are opened; a manifest is what programs read."""

_STAMP = "DÉMONSTRATION"
_UNSEEN = (DATA, "docProps/")
_WHOLE = {".docx", ".html"}
_BY_CHAPTER = "dossier"
"""Its pages are stamped where they show what is drawn: the writer knows which."""

_ABSENT = re.compile(
    r"(?<![\w.\-/'’])(?:[Nn]ull|NULL|nan|NaN|NaT|[Nn]one|undefined|-?inf|Infinity|"
    r"[Tt]rue|[Ff]alse|#?N/A)(?![\w\-/'’]|\.\w)"
    r"|#(?:REF|DIV/0|VALUE|VALEUR|NAME|NOM|NUM|NOMBRE)[!?]|<NA>|\[object \w+\]"
)
_CODED = re.compile(
    r"\$\{\w+\}|\{\{|\}\}|\{%|(?<!\$)\{[a-z_]+\}|\bdtype: |\b(?:np|pd)\.\w+\("
    r"|(?<![\w.])\d+(?:[.,]\d+)?e[+-]\d{1,3}\b|(?<![\d.,])\d+[.,]\d{9,}(?!\d)"
)
"""What a program writes in place of a sentence or of a number."""
_KEY = re.compile(
    r"(?<![\w/.@:%#=\-])(?!union_\d+\b)[a-z][a-z0-9]*(?:_[a-z0-9]+)+"
    r"(?![\w/@(=\-]|\.\w)"
)
"""An identifier; the number of a union is what « eitgeo compare » is given."""
_READ_BACK = "inscription.xlsx"
"""Its codes are how « eitgeo survey import » finds the answers."""
_PREFERS = re.compile(
    r"en tête|(?:mieux|bien) placée?s?|plus favorables?|préférable|recommandée?s?|"
    r"à privilégier|plus adaptée?s?|plus pertinente?s?|plus intéressante?s?|"
    r"\bmeilleure?s?\b|\bidéale?s?\b|\boptimale?s?\b|devrait porter|l'emporte|"
    r"\b(?:arrivée?|classée?) premi(?:er|ère)|au premier rang|en première place|"
    r"mieux desservie?s?|\bmieux vaut\b|\bsurpasse|\bdevance|s'impose\b|"
    r"\bprivilégier\b|\bà préférer\b|\bpréférence (?:va|pour)\b|\brecommandons\b|"
    r"convient de retenir|se porte sur|se classe devant|fait mieux que|a l'avantage\b|"
    r"\bbon choix\b|\b1er : ",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:aucune?|n'est pas|ne dit pas)\b[^,;:]*$", re.IGNORECASE)
"""What denies the preference that follows it."""
_ORDERS = re.compile(
    r"proches du plus de|\bclassement des (?:périmètres|structures|epci|exutoires)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.;!?]\s|\n{2,}")


def faults_of(opened: Opened) -> list[Finding]:
    """List what no reader should see in a file, each once."""
    findings = (one for check in CHECKS for one in check(opened))
    return list(dict.fromkeys(findings))


def read_study(project: Project) -> list[Finding]:
    """List what no reader should see in all that a study publishes."""
    findings = [one for opened in open_published(project) for one in faults_of(opened)]
    return [*findings, *unread_files(files_published(project.maps))]


def unread_files(files: Sequence[Path]) -> Iterator[Finding]:
    """Find files that nothing opens, and pictures without a twin whose words are read.

    The words of a picture are dots; the same drawing is written as PDF or SVG.
    """
    stems = {(path.stem, path.suffix.lower()) for path in files}
    for path in files:
        suffix = path.suffix.lower()
        if suffix in PICTURES:
            if not any((path.stem, one) in stems for one in DRAWINGS):
                yield Finding(path.name, "image", "image sans PDF à lire", path.name)
        elif suffix not in READ:
            yield Finding(path.name, "fichier", "genre que rien n’ouvre", path.name)


def stamps(opened: Opened) -> Iterator[Finding]:
    """Find files and pages without the stamp they owe, or with one too many."""
    owes = opened.owes
    if opened.name.startswith(DEMONSTRATION) != owes and opened.suffix != ".json":
        said = "doit" if owes else "ne doit pas"
        what = f"son nom {said} commencer par {DEMONSTRATION}"
        yield Finding(opened.name, "nom", what, opened.name)
    for place, text in _stamped_parts(opened):
        if (_STAMP in text) != owes:
            what = "sans le tampon dû" if owes else "tampon qui n’est pas dû"
            yield Finding(opened.name, place, what, text[:60])


def drawn_in_clear(opened: Opened) -> Iterator[Finding]:
    """Find a drawn figure beside its label where no stamp says that it is drawn.

    Of the dossier, each page that bears one owes the stamp, whoever wrote the page.
    """
    if not opened.drawn or (opened.owes and opened.suffix != ".pdf"):
        return
    labels = "|".join(re.escape(normalize_text(one)) for one in sorted(opened.drawn))
    pattern = re.compile(rf"(?:{labels})\W{{1,4}}{NEARLY} \d", re.IGNORECASE)
    for piece in opened.pieces:
        text = normalize_text(piece.text)
        match = pattern.search(text)
        if match is not None and _STAMP not in text:
            yield Finding(
                opened.name, piece.place, "chiffre tiré sans tampon", match[0]
            )


def _stamped_parts(opened: Opened) -> Iterator[tuple[str, str]]:
    """List what is stamped: each page, each sheet, or the whole of a file."""
    # A stamp in the data of a page, or in its properties, is seen by nobody.
    texts = [
        (one.place, normalize_text(one.text))
        for one in opened.pieces
        if not one.place.startswith(_UNSEEN)
    ]
    if opened.suffix in _WHOLE or _BY_CHAPTER in opened.name:
        yield "fichier", " ".join(text for _, text in texts)
    elif opened.suffix == ".pdf":
        yield from texts
    for title, rows in opened.sheets if opened.suffix == ".xlsx" else ():
        yield (
            title,
            " ".join(
                normalize_text(c) for row in rows for c in row if isinstance(c, str)
            ),
        )


def absent_values(opened: Opened) -> Iterator[Finding]:
    """Find what programs write where there is no value."""
    for piece in opened.sentences:
        for match in _ABSENT.finditer(piece.text):
            text = _around(piece.text, match)
            yield Finding(opened.name, piece.place, "valeur absente montrée", text)


def written_code(opened: Opened) -> Iterator[Finding]:
    """Find places left to fill, and numbers as a program writes them."""
    for piece in opened.sentences:
        filled = piece.place.startswith(DATA)  # by the page, in the browser
        for match in _CODED.finditer(piece.text):
            if filled and match[0].startswith("{"):
                continue
            text = _around(piece.text, match)
            yield Finding(opened.name, piece.place, "écriture d’un programme", text)


def internal_keys(opened: Opened) -> Iterator[Finding]:
    """Find names of tables, columns, indicators or steps."""
    if opened.name == _READ_BACK:
        return
    for piece in opened.sentences:
        for match in _KEY.finditer(piece.text):
            yield Finding(opened.name, piece.place, "clé interne montrée", match[0])


def preferences(opened: Opened) -> Iterator[Finding]:
    """Find what prefers a real body on invented data."""
    if not opened.owes:
        return
    bodies = [normalize_text(name) for name in opened.bodies]
    for piece in opened.words:
        for sentence in _SENTENCE.split(normalize_text(piece.text)):
            order = _ORDERS.search(sentence)
            if order is not None:
                text = _around(sentence, order)
                yield Finding(opened.name, piece.place, "ordre sur du tiré", text)
            match = _PREFERS.search(sentence)
            if match is None or _DENIED.search(sentence[: match.start()]):
                continue
            if any(name in sentence for name in bodies):
                text = _around(sentence, match, room=80)
                yield Finding(opened.name, piece.place, "préférence sur du tiré", text)


def ranked_bodies(opened: Opened) -> Iterator[Finding]:
    """Find a rank of real bodies in rows of class H."""
    bodies = {normalize_text(name) for name in opened.bodies}
    for title, rows in opened.sheets if opened.owes else ():
        heads: list[str] = []
        for rank, row in enumerate(rows, start=1):
            texts = [normalize_text(cell) for cell in row]
            if {"Rang", CLASS} <= set(texts):
                heads = texts
                continue
            cells = dict(zip(heads, texts, strict=False))
            if cells.get(CLASS) == "H" and cells["Rang"] and bodies & set(texts):
                text = ", ".join(texts)
                place = f"{title} ligne {rank}"
                yield Finding(opened.name, place, "ordre sur du tiré", text)


def _around(text: str, met: re.Match[str], room: int = 30) -> str:
    return normalize_text(text[max(0, met.start() - room) : met.end() + room])


CHECKS = (
    absent_values,
    written_code,
    internal_keys,
    unmarked_assumptions,
    marked_knowledge,
    unrounded_assumptions,
    broken_numbers,
    stamps,
    drawn_in_clear,
    wrong_classes,
    preferences,
    ranked_bodies,
)
