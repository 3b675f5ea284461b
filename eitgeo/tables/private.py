"""The private table of answers: beside what is processed, never among it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.errors import SourceError
from eitgeo.store import write_private
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from pathlib import Path

_TABLE = "declarations"


def read_declarations(path: Path) -> pd.DataFrame:
    """Read the answers of firms."""
    if not path.is_file():
        message = (
            f"{path.name} absent de {path.parent.name} → importer des fiches "
            "(« eitgeo survey import »)"
        )
        raise SourceError(message)
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        message = (
            f"{path.name} : table illisible → la supprimer, puis importer à nouveau "
            "les fiches (« eitgeo survey import »)"
        )
        raise SourceError(message) from error
    tidy: pd.DataFrame = validate(table, table=_TABLE, where=path.name)
    return tidy


def write_declarations(
    path: Path, frame: pd.DataFrame, *, root: Path | None = None
) -> Path:
    """Validate the answers of firms and write them for their owner alone."""
    tidy = validate(frame, table=_TABLE)
    return write_private(
        path,
        lambda partial: tidy.to_parquet(partial, index=False, compression="zstd"),
        root=root or path.parent.parent,
    )
