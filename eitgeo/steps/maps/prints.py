"""Draw a map on every paper that the study asks for."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from eitgeo.errors import SchemaError
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.paper.sheet import credited, study_sheet
from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from eitgeo.maps.paper.map_sheet import MapSheet
    from eitgeo.maps.paper.sheet import Sheet
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


def print_map(
    project: Project,
    stem: str,
    draw: Callable[..., Mapping[str, bytes]],
    *,
    sheet: Sheet,
) -> int:
    """Write a map in each format and kind of file of section ``prints``."""
    require_named(project, stem, sheet)
    return _write(project, stem, draw, sheet=sheet)


def _write(
    project: Project,
    stem: str,
    draw: Callable[..., Mapping[str, bytes]],
    *,
    sheet: Sheet,
) -> int:
    only, prints = _only.get(), project.study.prints
    if only is not None and stem not in only:
        return 0
    count = 0
    for name in prints.formats:
        asked = replace(
            sheet,
            page_format=name,
            pdf=only is None,
            svg=only is None and "svg" in prints.files,
        )
        for suffix, content in draw(sheet=asked).items():
            write_bytes(project.published(f"{stem}_{name}", f".{suffix}"), content)
            count += 1
    return count


def print_sheet(
    project: Project, stem: str, drawn: MapSheet, *, sheet: Sheet | None = None
) -> int:
    """Write a composed sheet in each format; `sheet`: the study's own by default."""
    bare = sheet or study_sheet(project.study.identity)
    require_named(project, stem, credited(bare, drawn.released))
    return _write(project, stem, partial(compose, drawn), sheet=bare)


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
