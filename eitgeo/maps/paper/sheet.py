"""What every published sheet says of itself: study, date, status, sources, doubts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from eitgeo.study.asked import PRIVATE_STAMP
from eitgeo.study.sections import Identity
from eitgeo.tables.public import Released

STATUS_STAMPS = {"projet": "Document de travail", "valide": "Document validé"}
EFFORT_NAMES = {"rapide": "calcul rapide", "complet": "calcul complet"}
CRS_NAME = "Lambert-93 (EPSG:2154)"


@dataclass(frozen=True)
class Sheet:
    """What a sheet prints beside its subject."""

    title: str  # Of the study
    subtitle: str
    edition: dt.date  # Date of edition: the only date that a sheet bears
    status: str = "projet"  # ``projet`` or ``valide``
    effort: str = "rapide"  # ``rapide`` or ``complet``
    contact: str = ""  # As the study words them
    funders: str = ""  # may be empty
    sources: tuple[str, ...] = ()  # Sources with their licences, French
    # Why it is a demonstration; empty when every input is real
    demonstration: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()  # What is « à confirmer », French
    withheld: int = 0  # Figures held back by statistical disclosure control
    secrecy: tuple[str, ...] = ()  # What it merged and left out, French
    # What rests on drawn inputs and stands elsewhere, stamped: a sentence, French
    left_out: str = ""
    page_format: str = "A4"  # Name of :data:`eitgeo.maps.paper.formats.FORMATS`
    pdf: bool = True  # Whether a PDF and an SVG are drawn beside the PNG
    svg: bool = False
    private: bool = False  # Whether answers of firms are inside: its files say so

    @property
    def files(self) -> tuple[str, ...]:
        """Return the kinds of files that a map is drawn in."""
        beside = {"pdf": self.pdf, "png": True, "svg": self.svg}
        return tuple(kind for kind, drawn in beside.items() if drawn)

    @property
    def status_stamp(self) -> str:
        """Return the status as printed."""
        return STATUS_STAMPS[self.status]

    @property
    def edition_text(self) -> str:
        """Return the date of edition as printed."""
        return f"{self.edition:%d/%m/%Y}"

    @property
    def png_dpi(self) -> int:
        """Return the resolution of the PNG: for the screen, or for print."""
        return 300 if self.effort == "complet" else 150

    @property
    def effort_text(self) -> str:
        """Return the effort as printed."""
        return EFFORT_NAMES[self.effort]

    @property
    def about(self) -> str:
        """Return what the metadata of every file say: study, status, stamp."""
        texts = (self.subtitle, self.status_stamp, self.stamp)
        return " · ".join(part for part in texts if part)

    @property
    def demonstration_text(self) -> str:
        """Return the stamp of a demonstration."""
        if not self.demonstration:
            return ""
        return f"DÉMONSTRATION – {', '.join(self.demonstration)}"

    @property
    def stamp(self) -> str:
        """Return what a file is stamped with: answers inside, demonstration."""
        texts = (PRIVATE_STAMP if self.private else "", self.demonstration_text)
        return " · ".join(filter(None, texts))

    @property
    def warning(self) -> str:
        """Return the stamp as a sentence, for a band of its own; empty: none."""
        if not self.stamp or self.private:
            return self.stamp
        return f"{self.stamp}. Ne pas diffuser."

    @property
    def stamp_word(self) -> str:
        """Return the stamp in a word or three, to cross a page; empty: none."""
        if self.private:
            return PRIVATE_STAMP.partition(" – ")[0]
        return "DÉMONSTRATION" if self.demonstration else ""


def study_sheet(identity: Identity) -> Sheet:
    """Say what the study is; tables bring the rest."""
    return Sheet(
        title=identity.stamped_title,
        subtitle=identity.subtitle,
        edition=identity.edition,
        status=identity.status,
        effort=identity.effort,
        contact=identity.contact,
        funders=identity.funders,
        private=identity.private,
    )


def credited(sheet: Sheet, released: Iterable[Released]) -> Sheet:
    """Add what tables must carry along, in the order met: each table, note once."""
    # Several pages of a file, or lists of a step, may take the same table.
    tables = list({id(item): item for item in released}.values())
    reasons = [sheet.demonstration, *(item.demonstration for item in tables)]
    return replace(
        sheet,
        sources=_once([sheet.sources, *(item.sources for item in tables)]),
        # The fullest list first: reasons then stand in the order of the study.
        demonstration=_once(sorted(reasons, key=len, reverse=True)),
        to_confirm=_once([sheet.to_confirm, *(item.to_confirm for item in tables)]),
        withheld=sheet.withheld + sum(item.withheld for item in tables),
        secrecy=_once([sheet.secrecy, *(item.secrecy for item in tables)]),
    )


def make_sheet(identity: Identity, released: Iterable[Released]) -> Sheet:
    """Gather what a sheet must print: the study's identity, the tables' notes."""
    return credited(study_sheet(identity), released)


def sheet_about(sheet: Sheet, subject: str) -> dict[str, str]:
    """Say what a file is in its metadata."""
    return {"Title": f"{subject} – {sheet.title}", "Subject": sheet.about}


def _once(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))
