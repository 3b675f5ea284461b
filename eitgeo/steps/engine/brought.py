"""Perimeters that the user brings, read before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import EitgeoError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def perimeter_faults(
    paths: Sequence[Path],
) -> list[tuple[Path, EitgeoError | None]]:
    """Read perimeter files; say what their reader refuses of each."""
    # Geographic libraries: a study that brings no perimeter does without them.
    if paths:
        from eitgeo.sources.territory.perimeter_files import read_perimeter_file  # noqa: PLC0415

    found: list[tuple[Path, EitgeoError | None]] = []
    for path in paths:
        try:
            read_perimeter_file(path)
        except EitgeoError as error:
            found.append((path, error))
        else:
            found.append((path, None))
    return found
