"""The whole dossier, in the order of its pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from eitgeo.dossier.chapters.annexes import (
    data,
    glossary,
    hypotheses,
    method,
    questions,
)
from eitgeo.dossier.chapters.cards import difference_cards, epci_cards, perimeter_cards
from eitgeo.dossier.chapters.choice import interest, perimeter
from eitgeo.dossier.chapters.front import context, cover, summary, warning
from eitgeo.dossier.chapters.governance import exchanges, follow_up, governance, plan
from eitgeo.dossier.chapters.levers import levers
from eitgeo.dossier.chapters.matter import flows, processes
from eitgeo.dossier.chapters.territory import territory, zones
from eitgeo.dossier.desk import Desk
from eitgeo.dossier.model import Chapter, Dossier, Source, Value, runs_of
from eitgeo.study.asked import PRIVATE_STAMP
from eitgeo.words import typographic

_CHAPTERS = (
    context,
    territory,
    zones,
    flows,
    processes,
    levers,
    perimeter,
    governance,
    interest,
    plan,
    exchanges,
    follow_up,
)
_ANNEXES = (
    epci_cards,
    perimeter_cards,
    difference_cards,
    method,
    data,
    hypotheses,
    questions,
    glossary,
)


def make_dossier(desk: Desk) -> Dossier:
    """Write the dossier of a study."""
    chapters = tuple(write(desk) for write in _CHAPTERS)
    fronts = summary(desk, chapters), warning(desk, chapters)
    annexes = tuple(write(desk) for write in _ANNEXES)
    sheet = desk.sheet
    return Dossier(
        title=typographic(sheet.title),
        subtitle=typographic(sheet.subtitle),
        cover=cover(desk),
        summary=fronts[0],
        warning=fronts[1],
        chapters=chapters,
        annexes=annexes,
        running=typographic(f"{sheet.subtitle or sheet.title} – {sheet.edition_text}"),
        private=PRIVATE_STAMP if sheet.private else "",
        status=typographic(f"{sheet.status_stamp} – {sheet.effort_text}"),
        stamp=typographic(sheet.demonstration_text),
        edition=sheet.edition,
        drawn=frozenset(_drawn(desk, (*fronts, *chapters, *annexes))),
    )


def _drawn(desk: Desk, chapters: Iterable[Chapter]) -> Iterator[Source]:
    """Yield the cells that a page is stamped for."""
    catalogue = desk.terms.governance.catalogue
    for block in chain.from_iterable(one.blocks for one in chapters):
        for run in runs_of(block):
            if isinstance(run, Value) and desk.drawn.holds(run, catalogue):
                yield run.source
