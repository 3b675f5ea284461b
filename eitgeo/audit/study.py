"""The audit of a study: its published folder, its tables, the words of its files."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from eitgeo.audit.attached import (
    CASE_UNITS,
    FIGURES,
    allowed_numbers,
    unattached,
)
from eitgeo.audit.auditing import DRAWS, Audit, audit_editions
from eitgeo.audit.editions import Edition, read_edition
from eitgeo.audit.published import read_published
from eitgeo.audit.registers import read_registers
from eitgeo.audit.texts import PDF_TOOL, can_read, numbers_said
from eitgeo.disclosure.door.passing import released
from eitgeo.flows.exchanges.realised import animation_of, reach
from eitgeo.flows.outlets.destinations import chapter_tonnes
from eitgeo.sources.waste.landfills import read_landfill_ceilings
from eitgeo.tables.files import read_table
from eitgeo.words import round_significant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from eitgeo.audit.published import Published
    from eitgeo.study.project import Project

_OUTLETS, _DESTINATIONS = "outlets", "declared_destinations"
_CHECKS = "arising_checks"
_CAPACITIES = ("capacity_t", "household_t")
_ZONE_SETTINGS, _POSTS = "zone_settings", "posts"


def audit_study(
    project: Project, *, against: Path | None = None, draws: int = DRAWS
) -> Audit:
    """Audit what a study publishes."""
    registers = read_registers(project.processed)
    edition = Edition(read_published(project.maps), registers)
    other = None if against is None else read_edition(against, registers)
    found = audit_editions(edition, against=other, draws=draws)
    audit_words(project, edition.published, found)
    return found


def audit_words(project: Project, published: Published, found: Audit) -> None:
    """Hold the numbers that texts print against what a study releases."""
    outlets = read_table(project.processed, _OUTLETS)
    known = [float(t) for name in _CAPACITIES for t in outlets[name].dropna()]
    chapters = chapter_tonnes(read_table(project.processed, _DESTINATIONS))
    known += chapters["mass_t"].tolist()
    known += [*_checked_t(project), *_ceilings_t(project)]
    settled = list(_of_no_firm(project))
    audit_texts(published, found, declared_t=known, of_no_firm=settled)


def _ceilings_t(project: Project) -> list[float]:
    """List the published ceilings of treatment sites."""
    written = project.study.sources.ceilings
    if written is None:
        return []
    return [
        float(t) for t in read_landfill_ceilings(project.path(written))["ceiling_t"]
    ]


def _of_no_firm(project: Project) -> Iterator[tuple[str, float]]:
    """List the amounts that settings and documented cases make, with their unit."""
    for jobs in released(project, _ZONE_SETTINGS).table["min_jobs"].unique():
        yield "emplois", float(jobs)
    posts = released(project, _POSTS).table
    paid = posts.filter(regex=r"^(?:total|rest)_").to_numpy(float).ravel().tolist()
    told = [("€/an", amount) for amount in dict.fromkeys(paid)]
    animation = animation_of(project.study.governance)
    for measure, unit in CASE_UNITS.items():
        made = reach(animation, measure, n_sites=math.inf).made
        told += [(unit, one) for one in (made.low, made.high, made.apart)]
    for unit, value in told:
        if math.isfinite(value):
            for figures in FIGURES:
                yield unit, round_significant(value, figures)


def _checked_t(project: Project) -> list[float]:
    """List our totals told beside published ones, as they leave and as they print."""
    rows = released(project, _CHECKS).table[["t_low", "t_mid", "t_high"]]
    told = rows.to_numpy(float).ravel().tolist()
    return [round_significant(t, figures) for t in told for figures in FIGURES]


def audit_texts(
    published: Published,
    found: Audit,
    *,
    declared_t: Sequence[float] = (),
    of_no_firm: Iterable[tuple[str, float]] = (),
) -> None:
    """Hold the numbers that texts print against released figures."""
    allowed = allowed_numbers(published, declared_t=declared_t, of_no_firm=of_no_firm)
    for path in published.files:
        if not can_read(path):
            found.unread.append(f"{path.name} : {PDF_TOOL} absent")
            continue
        said = numbers_said(path)
        found.n_numbers += len(said)
        found.unattached += unattached(said, allowed)
