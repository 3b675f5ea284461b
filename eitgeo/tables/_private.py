"""The private table of answers: beside what is processed, never among it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.errors import SourceError
from eitgeo.store import write_private
from eitgeo.tables._schema import validate

if TYPE_CHECKING:
    from pathlib import Path

_TABLE = "declarations"


def read_declarations(path: Path) -> pd.DataFrame:
    """Read the answers of firms.

    Parameters
    ----------
    path
        The file that the section ``survey`` of the study names.

    Returns
    -------
    pandas.DataFrame
        Table ``declarations``.

    Raises
    ------
    SourceError
        When the file is absent or damaged.
    SchemaError
        When it is not the table that ``eitgeo survey import`` writes.
    """
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
    """Validate the answers of firms and write them for their owner alone.

    Parameters
    ----------
    path
        The file that the section ``survey`` of the study names.
    frame
        Table ``declarations``.
    root
        Folder of the study, that no link may leave; None: the one above the folder of
        the file.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    SchemaError
        When the rows do not satisfy the schema; nothing is written.
    SourceError
        When a link leads out of the study.
    """
    tidy = validate(frame, table=_TABLE)
    return write_private(
        path,
        lambda partial: tidy.to_parquet(partial, index=False, compression="zstd"),
        root=root or path.parent.parent,
    )
