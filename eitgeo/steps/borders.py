"""Measure the borders that communes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.tables.files import read_table, write_table
from eitgeo.territory.borders import border_contiguity

if TYPE_CHECKING:
    from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write ``borders``."""
    communes = read_table(project.processed, "communes")
    borders = border_contiguity(communes)
    write_table(project.processed, borders, table="borders")
    return {"communes": len(communes), "limites communes": len(borders)}
