"""The audit of a study: its published folder, its tables, the words of its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.audit.attached import FIGURES, allowed_numbers, unattached
from eitgeo.audit.auditing import DRAWS, Audit, audit_editions
from eitgeo.audit.editions import Edition, read_edition
from eitgeo.audit.published import read_published
from eitgeo.audit.registers import read_registers
from eitgeo.audit.texts import PDF_TOOL, can_read, numbers_said
from eitgeo.disclosure.door.passing import released
from eitgeo.flows.outlets.destinations import chapter_tonnes
from eitgeo.tables.files import read_table
from eitgeo.words import round_significant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eitgeo.audit.published import Published
    from eitgeo.study.project import Project

_OUTLETS, _DESTINATIONS = "outlets", "declared_destinations"
_CHECKS = "arising_checks"
_CAPACITIES = ("capacity_t", "household_t")


def audit_study(
    project: Project, *, against: Path | None = None, draws: int = DRAWS
) -> Audit:
    """Audit what a study publishes."""
    registers = read_registers(project.processed)
    edition = Edition(read_published(project.maps), registers)
    other = None if against is None else read_edition(against, registers)
    found = audit_editions(edition, against=other, draws=draws)
    outlets = read_table(project.processed, _OUTLETS)
    known = [float(t) for name in _CAPACITIES for t in outlets[name].dropna()]
    chapters = chapter_tonnes(read_table(project.processed, _DESTINATIONS))
    known += chapters["mass_t"].tolist()
    known += _checked_t(project)
    audit_texts(edition.published, found, declared_t=known)
    return found


def _checked_t(project: Project) -> list[float]:
    """List our totals told beside published ones, as they leave and as they print."""
    rows = released(project, _CHECKS).table[["t_low", "t_mid", "t_high"]]
    told = rows.to_numpy(float).ravel().tolist()
    return [round_significant(t, figures) for t in told for figures in FIGURES]


def audit_texts(
    published: Published, found: Audit, *, declared_t: Sequence[float] = ()
) -> None:
    """Hold the numbers that texts print against released figures."""
    allowed = allowed_numbers(published, declared_t=declared_t)
    for path in published.files:
        if not can_read(path):
            found.unread.append(f"{path.name} : {PDF_TOOL} absent")
            continue
        said = numbers_said(path)
        found.n_numbers += len(said)
        found.unattached += unattached(said, allowed)
