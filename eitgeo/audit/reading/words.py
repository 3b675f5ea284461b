"""Words that no reader should see: absent values, internal keys, preferences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eitgeo.audit.reading.opened import CLASS, DATA, Finding
from eitgeo.audit.sheets import bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eitgeo.audit.reading.opened import Opened

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


def absent_values(opened: Opened) -> Iterator[Finding]:
    """Find what programs write where there is no value."""
    for piece in opened.sentences:
        for met in _ABSENT.finditer(piece.text):
            text = _around(piece.text, met)
            yield Finding(opened.name, piece.place, "valeur absente montrée", text)


def written_code(opened: Opened) -> Iterator[Finding]:
    """Find places left to fill, and numbers as a program writes them."""
    for piece in opened.sentences:
        filled = piece.place.startswith(DATA)  # by the page, in the browser
        for met in _CODED.finditer(piece.text):
            if filled and met[0].startswith("{"):
                continue
            text = _around(piece.text, met)
            yield Finding(opened.name, piece.place, "écriture d’un programme", text)


def internal_keys(opened: Opened) -> Iterator[Finding]:
    """Find names of tables, columns, indicators or steps."""
    if opened.name == _READ_BACK:
        return
    for piece in opened.sentences:
        for met in _KEY.finditer(piece.text):
            yield Finding(opened.name, piece.place, "clé interne montrée", met[0])


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
            met = _PREFERS.search(sentence)
            if met is None or _DENIED.search(sentence[: met.start()]):
                continue
            if any(name in sentence for name in bodies):
                text = _around(sentence, met, room=80)
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
            told = dict(zip(heads, texts, strict=False))
            if told.get(CLASS) == "H" and told["Rang"] and bodies & set(texts):
                text = ", ".join(texts)
                place = f"{title} ligne {rank}"
                yield Finding(opened.name, place, "ordre sur du tiré", text)


def _around(text: str, met: re.Match[str], room: int = 30) -> str:
    return bare(text[max(0, met.start() - room) : met.end() + room])
