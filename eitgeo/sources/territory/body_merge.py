"""Bodies of several sources put together, each body told by one source alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.sources.files.loaded import dropped_rows, note_rows
from eitgeo.sources.territory.body_tables import BodyTables
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from collections.abc import Sequence

_WHERE = "structures réunies"
_DESCRIBED = "structure décrite par une source qui précède"
_GIVEN = "membres donnés par une source qui précède"


def merge_bodies(parts: Sequence[BodyTables]) -> BodyTables:
    """Put bodies and their members together, the first source of each winning."""
    bodies = _stacked([part.bodies for part in parts])
    again = bodies.duplicated("body_id")
    members = _stacked([part.table for part in parts])
    owner = members.groupby("body_id")["part"].transform("min")
    late = members["part"] > owner
    left_out = [
        *_told(bodies[again], "body_id", "name", _DESCRIBED),
        *_told(members[late], "code_insee", "body_id", _GIVEN),
    ]
    return BodyTables(
        table=validate(members[~late], table="membership", where=_WHERE),
        bodies=validate(bodies[~again], table="bodies", where=_WHERE),
        dropped=dropped_rows(left_out),
        notes=note_rows([]),
        seats=first_seats(parts),
    )


def first_seats(parts: Sequence[BodyTables]) -> pd.DataFrame:
    """Keep the seat that the first source tells, whichever describes the body."""
    seats = pd.concat([part.seats for part in parts], ignore_index=True)
    return seats.drop_duplicates("body_id", ignore_index=True)


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    ranked = [table.assign(part=rank) for rank, table in enumerate(tables)]
    return pd.concat(ranked, ignore_index=True)


def _told(
    rows: pd.DataFrame, key: str, subject: str, reason: str
) -> list[tuple[str, object, str, str]]:
    return [
        (source, at, name, reason)
        for source, at, name in rows[["source", key, subject]].to_numpy()
    ]
