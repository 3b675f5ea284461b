"""What a perimeter asks against what is counted in it: a plane, and no order."""

from __future__ import annotations

from typing import Final

import pandas as pd

PLANE: Final = ("n_deliberations", "counted_firms_10_45min")
"""Indicators of its two axes: one of councils, one counted by a register."""


def decision_plane(indicators: pd.DataFrame, perimeters: pd.DataFrame) -> pd.DataFrame:
    """Lay out both axes of the compared perimeters and of the unions of whole EPCI.

    Returns: ``perimeter_id``, ``name``, ``compared``, a column an axis, then the
    ``note`` of what is counted; those that are compared first. No row where an axis is
    not measured: a perimeter whose figure is an assumption is left out.
    """
    shown = perimeters[perimeters["compared"] | perimeters["method"].eq("union_epci")]
    known = indicators[indicators["evidence"].isin(["O", "S"])]
    values = known.pivot_table(
        index="perimeter_id", columns="indicator_id", values="value"
    ).reindex(columns=[*PLANE])
    counted = known[known["indicator_id"] == PLANE[-1]].set_index("perimeter_id")
    rows = shown[["perimeter_id", "name", "compared"]].join(values, on="perimeter_id")
    rows = rows.join(counted["note"], on="perimeter_id")
    placed = rows.dropna(subset=[*PLANE])
    return placed.sort_values("compared", ascending=False, kind="stable")
