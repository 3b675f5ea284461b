"""What a reader of perimeters gives: bodies, their members, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.sources.files.loaded import Audited
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from collections.abc import Sequence


def seat_rows(rows: Sequence[tuple[str, str, str]] = ()) -> pd.DataFrame:
    """Make table ``body_seats`` of ``body_id``, ``code_insee`` and ``source``."""
    table = pd.DataFrame(rows, columns=["body_id", "code_insee", "source"], dtype="str")
    return validate(table, table="body_seats", where="sièges")


@dataclass(frozen=True)
class BodyTables(Audited):
    """Bodies with their communes.

    Attributes
    ----------
    bodies
        Table ``bodies``. ``table`` is the table ``membership`` of the same bodies.
    seats
        Table ``body_seats``: the commune where each sits, where the source tells it.
    """

    bodies: pd.DataFrame = field(repr=False)
    seats: pd.DataFrame = field(default_factory=seat_rows, repr=False)
