"""What a reader of perimeters gives: bodies, their members, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eitgeo.sources.files.loaded import Audited

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class BodyTables(Audited):
    """Bodies with their communes.

    Attributes
    ----------
    bodies
        Table ``bodies``. ``table`` is the table ``membership`` of the same bodies.
    """

    bodies: pd.DataFrame = field(repr=False)
