"""Rows of communes that are no more, put in the present ones; told, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.sources._official import Audited, note_rows
from eitgeo.territory.former import renew_codes

if TYPE_CHECKING:
    from pathlib import Path

    from eitgeo.sources._loaded import Loaded

KIND = "commune_ancienne"


def renewed(loaded: Loaded, former: pd.DataFrame, *, path: Path | None) -> Audited:
    """Give the rows of a source the present codes of their communes."""
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
    return Audited(after, loaded.dropped, pd.concat([*earlier, notes]))
