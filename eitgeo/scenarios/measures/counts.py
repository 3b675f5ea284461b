"""Counts of public registers, commune by commune: what an offline page sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from eitgeo.scenarios.measures.activity import Activity

TARGET = "cible"
MAYBE = "cible_possible"
UNSIZED = "cible_inconnue"
DECLARED = "declare"
DIVISION = "division"
FAMILY = "famille"


def register_counts(activity: Activity, sites: pd.DataFrame) -> pd.DataFrame:
    """Count the sites that indicators of public registers sum.

    Parameters
    ----------
    activity
        Facts of the study area.
    sites
        ``site_id``, ``diffusible``, ``natural_person``: what is not free to be told
        is not counted, since a count of one commune would tell it.

    Returns
    -------
    pandas.DataFrame
        Table ``register_counts``: ``fact``, ``label``, ``code_insee``, ``n`` ≥ 1.
        ``cible``: target sites; ``cible_possible``: those whose headcount straddles
        the threshold; ``cible_inconnue``: those of unknown size; ``declare``: sites
        that a register of Géorisques tells; ``division``: target sites by NAF
        division; ``famille``: givers by family of synergies.
    """
    free = sites.loc[sites["diffusible"] & ~sites["natural_person"], "site_id"]
    declared = activity.declared
    told, unsure, declared, givers = (
        rows[rows["site_id"].isin(free)]
        for rows in (
            activity.target,
            activity.unsure,
            activity.target.iloc[:0] if declared is None else declared,
            activity.families,
        )
    )
    target = told.assign(division=told["naf"].str[:2])
    is_unsized = unsure["unsized"].astype(bool)
    parts = [
        _counted(TARGET, target.assign(label="")),
        _counted(MAYBE, unsure[~is_unsized].assign(label="")),
        _counted(UNSIZED, unsure[is_unsized].assign(label="")),
        _counted(DECLARED, declared.assign(label="")),
        _counted(DIVISION, target.rename(columns={"division": "label"})),
        _counted(FAMILY, givers.rename(columns={"family": "label"})),
    ]
    return pd.concat(parts, ignore_index=True)


def _counted(fact: str, rows: pd.DataFrame) -> pd.DataFrame:
    counts = rows.groupby(["label", "code_insee"]).size().rename("n").reset_index()
    return counts.assign(fact=fact)[["fact", "label", "code_insee", "n"]].astype(
        {"fact": "str", "label": "str", "code_insee": "str", "n": "int64"}
    )
