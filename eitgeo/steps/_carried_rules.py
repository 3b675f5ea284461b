"""The rules whose residue takes the road, and the vehicle of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import StudyError
from eitgeo.reference import synergy_rules
from eitgeo.roads import fleet, vehicle_for_state

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.study import Project

MANURE = "02 01 06"
"""Waste code of manure and slurry."""


def carried_rules(project: Project) -> pd.DataFrame:
    """List the rules of a study that a lorry serves.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    pandas.DataFrame
        As :func:`eitgeo.reference.synergy_rules` returns them, with ``vehicle``.
        Manure goes from a farm to its own fields: apart, as in all totals of waste.
    """
    study = project.study
    rules = synergy_rules()
    rules = rules[~rules["rule_id"].isin(study.flows.rules_excluded)]
    trucks = fleet(study.roads)
    of_state: dict[str, str] = {}
    for state in set(rules["state"]):
        try:
            of_state[state] = vehicle_for_state(trucks, state).name
        except StudyError:
            continue  # heat, gas, water and services go by pipe, or nowhere
    is_carried = rules["state"].isin(of_state) & (rules["low_code"] != MANURE)
    carried = rules[is_carried].reset_index(drop=True)
    return carried.assign(vehicle=carried["state"].map(of_state))
