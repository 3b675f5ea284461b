"""The whole dossier, in the order of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.dossier.chapters.annexes import data, glossary, hypotheses, method
from eitgeo.dossier.chapters.cards import difference_cards, epci_cards, perimeter_cards
from eitgeo.dossier.chapters.choice import perimeter
from eitgeo.dossier.chapters.context import context
from eitgeo.dossier.chapters.front import cover, summary, warning
from eitgeo.dossier.chapters.governance import governance
from eitgeo.dossier.chapters.interest import interest
from eitgeo.dossier.chapters.levers import levers
from eitgeo.dossier.chapters.matter import flows, processes
from eitgeo.dossier.chapters.plan import exchanges, follow_up, plan
from eitgeo.dossier.chapters.questions import questions
from eitgeo.dossier.chapters.territory import territory
from eitgeo.dossier.chapters.zones import zones
from eitgeo.dossier.model import Dossier
from eitgeo.words import typographic

if TYPE_CHECKING:
    from eitgeo.dossier.chapters.desk import Desk

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
    sheet = desk.sheet
    return Dossier(
        title=typographic(sheet.title),
        subtitle=typographic(sheet.subtitle),
        cover=cover(desk),
        summary=summary(desk, chapters),
        warning=warning(desk, chapters),
        chapters=chapters,
        annexes=tuple(write(desk) for write in _ANNEXES),
        running=typographic(f"{sheet.subtitle or sheet.title} – {sheet.edition_text}"),
        status=typographic(f"{sheet.status_stamp} – {sheet.effort_text}"),
        stamp=typographic(sheet.demonstration_text),
        edition=sheet.edition,
    )
