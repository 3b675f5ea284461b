"""Counts of public registers, commune by commune: what an offline page sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from eitgeo.scenarios.activity import Activity

TARGET = "cible"
MAYBE = "cible_possible"
UNSIZED = "cible_inconnue"
DECLARED = "declare"
DIVISION = "division"
FAMILY = "famille"


def register_counts(activity: Activity) -> pd.DataFrame:
    """Count the sites that indicators of public registers sum.

    Parameters
    ----------
    activity
        Facts of the study area.

    Returns
    -------
    pandas.DataFrame
        Table ``register_counts``: ``fact``, ``label``, ``code_insee``, ``n`` ≥ 1.
        ``cible``: target sites; ``cible_possible``: those whose headcount straddles
        the threshold; ``cible_inconnue``: those of unknown size; ``declare``: sites
        that a register of Géorisques tells; ``division``: target sites by NAF
        division; ``famille``: givers by family of synergies.
    """
    target = activity.target.assign(division=activity.target["naf"].str[:2])
    is_unsized = activity.unsure["unsized"].astype(bool)
    parts = [
        _counted(TARGET, target.assign(label="")),
        _counted(MAYBE, activity.unsure[~is_unsized].assign(label="")),
        _counted(UNSIZED, activity.unsure[is_unsized].assign(label="")),
        _counted(DECLARED, activity.declared.assign(label="")),
        _counted(DIVISION, target.rename(columns={"division": "label"})),
        _counted(FAMILY, activity.families.rename(columns={"family": "label"})),
    ]
    return pd.concat(parts, ignore_index=True)


def _counted(fact: str, rows: pd.DataFrame) -> pd.DataFrame:
    counts = rows.groupby(["label", "code_insee"]).size().rename("n").reset_index()
    return counts.assign(fact=fact)[["fact", "label", "code_insee", "n"]].astype(
        {"fact": "str", "label": "str", "code_insee": "str", "n": "int64"}
    )
