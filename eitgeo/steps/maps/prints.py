"""Draw a map on every paper that the study asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eitgeo.maps.paper.sheet import Sheet
    from eitgeo.study.project import Project

_ELSEWHERE = "(dans l’étude, non sur cette carte)"


def print_map(
    project: Project,
    stem: str,
    draw: Callable[..., Mapping[str, bytes]],
    *,
    sheet: Sheet,
) -> int:
    """Write a map in each format and kind of file of section ``prints``."""
    prints = project.study.prints
    reasons = project.study.demonstration_reasons
    if reasons and not sheet.demonstration:
        # Its file is named DEMO_: the figure says so, and that it shows none of it.
        sheet = replace(sheet, demonstration=(f"{', '.join(reasons)} {_ELSEWHERE}",))
    count = 0
    for name in prints.formats:
        asked = replace(sheet, page_format=name, svg="svg" in prints.files)
        for suffix, content in draw(sheet=asked).items():
            write_bytes(project.published(f"{stem}_{name}", f".{suffix}"), content)
            count += 1
    return count
