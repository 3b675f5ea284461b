"""Print a sheet on every paper that the study asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from eitgeo.errors import SchemaError
from eitgeo.maps.paper.map_sheet import PrintSheet, compose
from eitgeo.maps.paper.sheet import Sheet, credited, study_sheet
from eitgeo.store import write_bytes
from eitgeo.study.prints import PaperFormat
from eitgeo.study.project import Project

_only: ContextVar[Collection[str] | None] = ContextVar("only", default=None)


@contextmanager
def drawing_only(stems: Collection[str]) -> Iterator[None]:
    """Let map steps draw the pictures of some maps alone, inside the block."""
    token = _only.set(stems)
    try:
        yield
    finally:
        _only.reset(token)


def print_sheet(
    project: Project,
    stem: str,
    drawn: PrintSheet,
    *,
    sheet: Sheet | None = None,
    formats: Sequence[PaperFormat] = (),
) -> int:
    """Write a sheet in each format and kind of file of section ``prints``.

    `sheet`: the study's own by default; `formats`: instead of those of the study.
    """
    bare = sheet or study_sheet(project.study.identity)
    require_named(project, stem, credited(bare, drawn.released))
    only, prints = _only.get(), project.study.prints
    if only is not None and stem not in only:
        return 0
    count = 0
    for name in formats or prints.formats:
        asked = replace(
            bare,
            page_format=name,
            pdf=only is None,
            svg=only is None and "svg" in prints.files,
        )
        for suffix, content in compose(drawn, asked).items():
            write_bytes(project.published(f"{stem}_{name}", f".{suffix}"), content)
            count += 1
    return count


def require_named(project: Project, stem: str, sheet: Sheet) -> None:
    """Refuse a map whose name does not say what its tables say."""
    named = project.study.reasons_of(stem)
    if set(named) == set(sheet.demonstration):
        return
    what, said = (
        ", ".join(one) or "aucune donnée tirée" for one in (sheet.demonstration, named)
    )
    message = (
        f"{stem} : ses tables portent « {what} », son nom « {said} » "
        "→ corriger ce sur quoi il repose (eitgeo/study/prints.py)"
    )
    raise SchemaError(message)
