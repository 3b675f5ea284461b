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
from eitgeo.audit.reading.opened import Finding, open_published
from eitgeo.audit.reading.stamps import drawn_in_clear, stamps
from eitgeo.audit.reading.words import (
    absent_values,
    internal_keys,
    preferences,
    ranked_bodies,
    written_code,
)
from eitgeo.study.prints import files_published

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from eitgeo.audit.reading.opened import Opened
    from eitgeo.study.project import Project

DRAWINGS = (".pdf", ".svg")
PICTURES = {".jpeg", ".jpg", ".png", ".webp"}
READ = {".docx", ".gpkg", ".html", ".json", ".pdf", ".pptx", ".qgz", ".svg", ".xlsx"}
"""Kinds of files that are opened; a manifest is what programs read."""
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


def faults_of(opened: Opened) -> list[Finding]:
    """List what no reader should see in a file, each once."""
    found = (one for check in CHECKS for one in check(opened))
    return list(dict.fromkeys(found))


def read_study(project: Project) -> list[Finding]:
    """List what no reader should see in all that a study publishes."""
    found = [one for opened in open_published(project) for one in faults_of(opened)]
    return [*found, *unread_files(files_published(project.maps))]


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
