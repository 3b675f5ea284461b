"""The rules whose residue takes the road, and the vehicle of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import StudyError
from eitgeo.roads.network.profile import fleet, vehicle_for_state

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from eitgeo.study.roads import Roads

MANURE = "02 01 06"
"""Waste code of manure and slurry."""


def carried_rules(
    rules: pd.DataFrame, *, roads: Roads, excluded: Iterable[str] = ()
) -> pd.DataFrame:
    """List the rules that a lorry of the study serves.

    Parameters
    ----------
    rules
        As `synergy_rules` returns them.
    roads
        Vehicles of the study.
    excluded
        Rules that the study leaves out.

    Returns
    -------
    pandas.DataFrame
        Rows of `rules`, with ``vehicle``. Manure goes from a farm to its own fields:
        apart, as in all totals of waste.
    """
    asked = rules[~rules["rule_id"].isin(set(excluded))]
    trucks = fleet(roads)
    of_state: dict[str, str] = {}
    for state in set(asked["state"]):
        try:
            of_state[state] = vehicle_for_state(trucks, state).name
        except StudyError:
            continue  # heat, gas, water and services go by pipe, or nowhere
    is_carried = asked["state"].isin(of_state) & (asked["low_code"] != MANURE)
    carried = asked[is_carried].reset_index(drop=True)
    return carried.assign(vehicle=carried["state"].map(of_state))
