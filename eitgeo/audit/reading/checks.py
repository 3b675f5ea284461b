"""All that a published file is held against, for its readers.

A file bears the stamp that it owes, and none that it does not; no reader sees absent
values, internal keys, preferences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from eitgeo.audit.reading.figures import (
    broken_numbers,
    marked_knowledge,
    unclassed_draws,
    unmarked_assumptions,
    unrounded_assumptions,
)
from eitgeo.audit.reading.opened import (
    CLASS,
    DATA,
    DEMONSTRATION,
    Finding,
    Opened,
    open_published,
)
from eitgeo.audit.sheets import bare
from eitgeo.study.prints import files_published
from eitgeo.study.project import Project
from eitgeo.words import NEARLY

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
    labels = "|".join(re.escape(bare(one)) for one in sorted(opened.drawn))
    pattern = re.compile(rf"(?:{labels})\W{{1,4}}{NEARLY} \d", re.IGNORECASE)
    for piece in opened.pieces:
        text = bare(piece.text)
        match = pattern.search(text)
        if match is not None and _STAMP not in text:
            yield Finding(
                opened.name, piece.place, "chiffre tiré sans tampon", match[0]
            )


def _stamped_parts(opened: Opened) -> Iterator[tuple[str, str]]:
    """List what is stamped: each page, each sheet, or the whole of a file."""
    # A stamp in the data of a page, or in its properties, is seen by nobody.
    texts = [
        (one.place, bare(one.text))
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
            " ".join(bare(c) for row in rows for c in row if isinstance(c, str)),
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
    bodies = [bare(name) for name in opened.bodies]
    for piece in opened.words:
        for sentence in _SENTENCE.split(bare(piece.text)):
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
    bodies = {bare(name) for name in opened.bodies}
    for title, rows in opened.sheets if opened.owes else ():
        heads: list[str] = []
        for rank, row in enumerate(rows, start=1):
            texts = [bare(cell) for cell in row]
            if {"Rang", CLASS} <= set(texts):
                heads = texts
                continue
            cells = dict(zip(heads, texts, strict=False))
            if cells.get(CLASS) == "H" and cells["Rang"] and bodies & set(texts):
                text = ", ".join(texts)
                place = f"{title} ligne {rank}"
                yield Finding(opened.name, place, "ordre sur du tiré", text)


def _around(text: str, met: re.Match[str], room: int = 30) -> str:
    return bare(text[max(0, met.start() - room) : met.end() + room])


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
    unclassed_draws,
    preferences,
    ranked_bodies,
)
