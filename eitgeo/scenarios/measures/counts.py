"""Counts of public registers, commune by commune: what an offline page sums."""

from __future__ import annotations

import pandas as pd

from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.indicators import entered_facts


def register_counts(activity: Activity, sites: pd.DataFrame) -> pd.DataFrame:
    """Count the sites that indicators of public registers sum.

    ``sites``: ``site_id``, ``diffusible``, ``natural_person``: what is not free to be
    told is not counted, since a count of one commune would tell it. Returns: table
    ``register_counts``: ``fact``, ``label``, ``code_insee``, ``n`` ≥ 1; the facts are
    those that `entered_facts` names, if the study tells them.
    """
    free = sites.loc[sites["diffusible"] & ~sites["natural_person"], "site_id"]
    parts = []
    for name, fact in entered_facts().items():
        if name not in activity.unread:
            rows = fact.listed(activity)
            if "site_id" in rows:
                rows = rows[rows["site_id"].isin(free)]
            parts.append(_counted(name, rows))
    return pd.concat(parts, ignore_index=True)


def _counted(fact: str, rows: pd.DataFrame) -> pd.DataFrame:
    labelled = rows if "label" in rows else rows.assign(label="")
    counts = labelled.groupby(["label", "code_insee"]).size().rename("n").reset_index()
    return counts.assign(fact=fact)[["fact", "label", "code_insee", "n"]].astype(
        {"fact": "str", "label": "str", "code_insee": "str", "n": "int64"}
    )
