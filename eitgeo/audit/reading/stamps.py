"""Stamps: a file bears the one that it owes, and none that it does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eitgeo.audit.reading.opened import DATA, DEMONSTRATION, Finding
from eitgeo.audit.sheets import bare
from eitgeo.words import NEARLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eitgeo.audit.reading.opened import Opened

_STAMP = "DÉMONSTRATION"
_NEARLY = NEARLY.replace("’", "'")
_UNSEEN = (DATA, "docProps/")
_WHOLE = {".docx", ".html"}
_BY_CHAPTER = "dossier"
"""Its pages are stamped where they show what is drawn: the writer knows which."""


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
    told = re.compile(rf"(?:{labels})\W{{1,4}}(?:{_NEARLY}|≈) \d", re.IGNORECASE)
    for piece in opened.pieces:
        text = bare(piece.text)
        met = told.search(text)
        if met is not None and _STAMP not in text:
            yield Finding(opened.name, piece.place, "chiffre tiré sans tampon", met[0])


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
