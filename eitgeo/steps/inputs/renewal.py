"""Codes of communes that are no more, put in the present ones; told, row by row.

The one way by which what a study reads passes, wherever it names communes: a reader of
rows finds the former communes beside those at hand (``with_former``), then its rows
take the present codes (:func:`renewed`); a table that names codes alone takes them at
once (:func:`renewed_rows`). A commune that was divided, or that is in none at hand,
keeps its code, and whoever reads it says so.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from eitgeo.reference.nomenclatures import cog_movements
from eitgeo.sources.files.loaded import Audited, Loaded, note_rows
from eitgeo.sources.ground.motorways import (
    no_known_trips,
    no_motorway_exits,
    read_known_trips,
    read_motorway_exits,
)
from eitgeo.sources.territory.cog import read_cog_movements
from eitgeo.study.project import Project
from eitgeo.territory.former import former_communes, renew_codes

FIRST_YEAR = 1943
"""The movements of INSEE start there: a code of any age is found."""

KIND = "commune_ancienne"
_log = logging.getLogger(__name__)


def load_former(project: Project, communes: pd.DataFrame) -> pd.DataFrame:
    """Find the former communes that files may name, now whole in one at hand."""
    return former_communes(communes, _movements(project))


def _movements(project: Project) -> pd.DataFrame:
    """Read the movements of communes, or return those of the package."""
    written = project.study.sources.movements
    if written is None:
        return cog_movements()
    return read_cog_movements(project.path(written), first_year=FIRST_YEAR).table


def renewed(loaded: Loaded, former: pd.DataFrame, *, path: Path | None) -> Audited:
    """Give the rows of a source present codes, with a remark on each that changed.

    The first column of its table is the key; without a path, rows come from several
    files or were drawn.
    """
    before = loaded.table
    after = renew_codes(before, former)
    names = dict(zip(former["old_code"], former["old_name"], strict=True))
    moved = before["code_insee"] != after["code_insee"]
    key = str(before.columns[0])
    notes = note_rows(
        (
            path.name if path is not None else "",
            at,
            at,
            KIND,
            f"{old} ({names[old]}), aujourd'hui {new}",
        )
        for at, old, new in zip(
            before.loc[moved, key],
            before.loc[moved, "code_insee"],
            after.loc[moved, "code_insee"],
            strict=True,
        )
    )
    earlier = [loaded.notes] if isinstance(loaded, Audited) else []
    return Audited(
        after,
        loaded.dropped,
        pd.concat([*earlier, notes]),
        holders=loaded.holders,
        silenced=loaded.silenced,
    )


def renewed_rows(
    rows: pd.DataFrame,
    former: pd.DataFrame,
    *,
    path: Path,
    columns: Sequence[str] = ("code_insee",),
) -> pd.DataFrame:
    """Give a table that keeps no remarks present codes, and log those that changed."""
    after = renew_codes(rows, former, columns=columns)
    gone = {
        code
        for name in columns
        for code in rows.loc[rows[name] != after[name], name].unique()
    }
    if gone:
        gone_codes = ", ".join(sorted(gone))
        _log.info(
            "%s : anciennes communes lues sous l’actuelle : %s", path.name, gone_codes
        )
    return after


def load_junctions(project: Project, communes: pd.DataFrame) -> pd.DataFrame:
    """Read the motorway junctions; those in a former commune are in the present one."""
    written = project.study.sources.motorway_exits
    if written is None:
        return no_motorway_exits()
    path = project.path(written)
    former = load_former(project, communes)
    return renewed_rows(read_motorway_exits(path), former, path=path)


def load_trips(project: Project, communes: pd.DataFrame) -> pd.DataFrame:
    """Read the known trips, between present communes."""
    written = project.study.sources.known_trips
    if written is None:
        return no_known_trips()
    path = project.path(written)
    former, code_columns = load_former(project, communes), ("from_code", "to_code")
    return renewed_rows(read_known_trips(path), former, path=path, columns=code_columns)
