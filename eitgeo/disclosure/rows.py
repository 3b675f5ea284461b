"""Rows that were computed to leave: no more than that, the door lets them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd


class Rows(NamedTuple):
    """Rows that were computed to leave, and what their computation says of them.

    ``sources`` and ``demonstration`` are those of the catalogue where they are None.
    """

    table: pd.DataFrame
    withheld: int = 0
    to_confirm: tuple[str, ...] = ()
    secrecy: tuple[str, ...] = ()
    sources: tuple[str, ...] | None = None
    demonstration: tuple[str, ...] | None = None
