"""All that a published file is held against, for its readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.audit.reading.figures import (
    broken_numbers,
    marked_knowledge,
    unclassed_draws,
    unmarked_assumptions,
    unrounded_assumptions,
)
from eitgeo.audit.reading.opened import open_published
from eitgeo.audit.reading.stamps import drawn_in_clear, stamps
from eitgeo.audit.reading.words import (
    absent_values,
    internal_keys,
    preferences,
    ranked_bodies,
)

if TYPE_CHECKING:
    from eitgeo.audit.reading.opened import Finding, Opened
    from eitgeo.study.project import Project

CHECKS = (
    absent_values,
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


def faults_of(opened: Opened) -> list[Finding]:
    """List what no reader should see in a file, each once."""
    found = (one for check in CHECKS for one in check(opened))
    return list(dict.fromkeys(found))


def read_study(project: Project) -> list[Finding]:
    """List what no reader should see in all that a study publishes."""
    return [one for opened in open_published(project) for one in faults_of(opened)]
