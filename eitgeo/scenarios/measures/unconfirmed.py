"""Figures that hang on lists of members to confirm: intervals, never ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.exact import at_most

if TYPE_CHECKING:
    Flags = npt.NDArray[np.bool_]

TO_CONFIRM = "à confirmer"
"""What the note of such a figure says."""

LIST_TO_CONFIRM = f"selon une liste {TO_CONFIRM}"
"""Why such a figure is no fact."""


def certain_members(
    bodies: pd.DataFrame, of_bodies: Mapping[str, pd.DataFrame]
) -> dict[str, frozenset[str]]:
    """Return the members of each body that are published."""
    published = set(bodies.loc[bodies["status"].eq("publie"), "body_id"])
    return {
        body: frozenset(rows.loc[rows["status"].eq("publie"), "code_insee"])
        if body in published
        else frozenset()
        for body, rows in of_bodies.items()
    }


def unconfirmed_bodies(
    bodies: pd.DataFrame, of_bodies: Mapping[str, pd.DataFrame]
) -> frozenset[str]:
    """Name the bodies whose list of members is, in part or wholly, to confirm."""
    certain = certain_members(bodies, of_bodies)
    return frozenset(
        body
        for body, rows in of_bodies.items()
        if not certain[body] >= {*rows["code_insee"]}
    )


def between(
    low: npt.ArrayLike, high: npt.ArrayLike, note: Sequence[str] | str = ""
) -> pd.DataFrame:
    """Lay out a figure of which only the bounds are known.

    Examples
    --------
    >>> between([40.0, 100.0], [100.0, 100.0])["value"].tolist()
    [nan, 100.0]
    """
    least, most = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    wide = np.isfinite(least) & np.isfinite(most) & ~at_most(most, least)
    return pd.DataFrame(
        {
            "value": np.where(wide, np.nan, least),
            "low": least,
            "high": np.where(wide, most, least),
            "note": note,
            "doubt_pct": np.where(wide, 100.0, 0.0),
        }
    )


def is_between(figures: pd.DataFrame) -> Flags:
    """Say which figures are known by their bounds only."""
    value, low, high = (
        figures[name].to_numpy(dtype=float) for name in ("value", "low", "high")
    )
    return np.isnan(value) & (low < high)
