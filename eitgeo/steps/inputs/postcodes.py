"""Postcodes of the communes at hand, from the file that the study may name."""

from __future__ import annotations

import logging

import pandas as pd

from eitgeo.sources.territory.search_lists import read_postcodes
from eitgeo.steps.files import postcode_files
from eitgeo.steps.inputs.losses import tell_changed_files
from eitgeo.steps.inputs.renewal import load_former, renewed_rows
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import empty_table

_log = logging.getLogger(__name__)


@step(
    "Codes postaux",
    writes=("postcodes",),
    files="postcode_files",
)
def run(communes: pd.DataFrame, *, project: Project) -> dict[str, object]:
    """Write ``postcodes``: without a row where the study names no file."""
    tell_changed_files(project, postcode_files(project))
    rows = load_postcodes(project, communes)
    write_table(project.processed, rows, table="postcodes")
    served = communes["code_insee"].isin(rows["code_insee"])
    return {
        "codes postaux": int(rows["postcode"].nunique()),
        "communes sans code postal": int((~served).sum()),
    }


def load_postcodes(project: Project, communes: pd.DataFrame) -> pd.DataFrame:
    """Read the postcodes of the communes at hand, under their present codes."""
    written = project.study.sources.postcodes
    if written is None:
        return empty_table("postcodes")
    path = project.path(written)
    former = load_former(project, communes)
    rows = renewed_rows(read_postcodes(path), former, path=path).drop_duplicates()
    is_at_hand = rows["code_insee"].isin(communes["code_insee"])
    _log.info(
        "%s : %d lignes lues, %d gardées, %d hors des communes de la couche",
        path.name,
        len(rows),
        int(is_at_hand.sum()),
        int((~is_at_hand).sum()),
    )
    return rows[is_at_hand]
