"""Perimeters that the user brings, read before anything runs, or draws in QGIS."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eitgeo.errors import EitgeoError
from eitgeo.outlines import DRAWN_LAYER
from eitgeo.store import write_bytes
from eitgeo.study.asked import PRIVATE_STAMP

if TYPE_CHECKING:
    from eitgeo.study.project import Project


def perimeter_faults(
    paths: Sequence[Path],
) -> list[tuple[Path, EitgeoError | None]]:
    """Read perimeter files; say what their reader refuses of each."""
    # Geographic libraries: a study that brings no perimeter does without them.
    if paths:
        from eitgeo.sources.territory.perimeter_files import read_perimeter_file  # noqa: PLC0415

    faults: list[tuple[Path, EitgeoError | None]] = []
    for path in paths:
        try:
            read_perimeter_file(path)
        except EitgeoError as error:
            faults.append((path, error))
        else:
            faults.append((path, None))
    return faults


def offer_layer(project: Project) -> None:
    """Lay an empty layer to draw in beside the QGIS project: once, never again.

    It is the user's: the records of the engine do not claim it.
    """
    path = project.out / DRAWN_LAYER
    is_taken = path.is_symlink() or path.exists()
    if is_taken or not project.published("etude", ".qgz").is_file():
        return
    # Geographic libraries: a layer is made once, and other runs do without them.
    from eitgeo.maps.qgis.layers import drawing_layer  # noqa: PLC0415
    from eitgeo.maps.qgis.project import geopackage  # noqa: PLC0415

    edition = project.study.identity.edition
    stamp = PRIVATE_STAMP if project.private else ""
    write_bytes(path, geopackage([drawing_layer()], edition=edition, stamp=stamp))
