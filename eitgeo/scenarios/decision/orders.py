"""May an order of bodies be published? One place says, and every output asks it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import pandas as pd

from eitgeo.exact import settled_values
from eitgeo.reference.indicators import indicator_catalogue

_AXES: Final = 2
"""Groups of criteria without which an order would be that of one subject."""
_REMEDY = "il en faut deux pour ordonner des périmètres"
_ASSUMED = "un critère qui compte est une hypothèse de travail ({reasons})"


def order_held(criteria: pd.DataFrame, *, demonstration: Collection[str] = ()) -> str:
    """Say why no order is published; empty: it is.

    Parameters
    ----------
    criteria
        As :class:`~eitgeo.scenarios.decision.decision.Decision` lays them out.
    demonstration
        Why the study is a demonstration; empty: it is not.

    Notes
    -----
    An order is published where at least two groups of indicators have a criterion that
    weighs, is observed or sourced (O, S), and tells apart the perimeters that have all
    criteria that weigh. In a demonstration, no assumption (H) may weigh beside them.
    """
    counted = criteria[criteria["weight"] > 0]
    if demonstration and counted["evidence"].eq("H").any():
        return _ASSUMED.format(reasons=", ".join(demonstration))
    axes = telling_axes(counted)
    if len(axes) >= _AXES:
        return ""
    if axes:
        return (
            f"seul l’axe « {axes[0]} » a un critère observé ou sourcé qui départage "
            f"les périmètres, et {_REMEDY}"
        )
    return (
        "aucun axe n’a de critère observé ou sourcé qui départage les périmètres, et "
        f"{_REMEDY}"
    )


def telling_axes(counted: pd.DataFrame) -> list[str]:
    """List the groups of indicators with an O or S criterion that tells apart."""
    wide = counted.pivot_table(
        index="perimeter_id", columns="indicator_id", values="measured", dropna=False
    )
    known = wide.dropna(axis="index")
    alone = len(known) == 1  # its ranks are those among unions
    assumed = set(counted.loc[counted["evidence"] == "H", "indicator_id"])
    telling = [
        name
        for name, values in known.items()
        if name not in assumed and (alone or len(set(settled_values(values))) > 1)
    ]
    return sorted(indicator_catalogue()["group"].reindex(telling).dropna().unique())


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
