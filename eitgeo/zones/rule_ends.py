"""Which sites stand at an end of a synergy rule, and which rules have both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

EXCHANGES = ("substitution", "energie", "eau")
"""Kinds of rule that join a giver and a taker; the others name shared services."""

_ENDS = {"source_naf": "donor", "taker_naf": "taker"}


def rule_ends(sites: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """List the sites that stand at an end of each rule.

    Examples
    --------
    >>> rule = {"rule_id": "R1", "synergy_type": "substitution"}
    >>> ends = {"source_naf": "16.10A", "taker_naf": "17.11Z;35.30Z"}
    >>> sites = pd.DataFrame({"site_id": ["a", "b"], "naf": ["16.10A", "35.30Z"]})
    >>> rule_ends(sites, pd.DataFrame([rule | ends]))[["site_id", "end"]].to_numpy()
    array([['a', 'donor'],
           ['b', 'taker']], dtype=object)
    """
    paired = rules[rules["synergy_type"].isin(EXCHANGES)]
    met = set(sites["naf"]) - {"*", ""}
    listed = [
        (rule_id, naf, end)
        for column, end in _ENDS.items()
        for rule_id, cell in zip(paired["rule_id"], paired[column], strict=True)
        for naf in cell.split(";")
        if naf in met
    ]
    ends = pd.DataFrame(listed, columns=["rule_id", "naf", "end"], dtype="str")
    return ends.drop_duplicates().merge(sites, on="naf", how="inner")


def rules_inside(
    ends: pd.DataFrame, *, group: str, order: Sequence[str]
) -> pd.Series[str]:
    """List the rules of which a group of sites holds both ends, in a given order."""
    place = {name: rank for rank, name in enumerate(order)}
    cells = ends.groupby([group, "rule_id"])
    n_ends, n_sites = cells["end"].nunique(), cells["site_id"].nunique()
    both = n_ends[n_ends.eq(2) & n_sites.ge(2)].reset_index()
    joined = both.groupby(group)["rule_id"].agg(
        lambda names: ";".join(sorted(names, key=place.__getitem__))
    )
    return joined.astype("str")


def rules_met(
    ends: pd.DataFrame, partners: pd.DataFrame, *, end: str, group: str
) -> pd.DataFrame:
    """List the rules of which a group holds one end and some other site the other."""
    other = "taker" if end == "donor" else "donor"
    counted = {"n": ("site_id", "nunique"), "first": ("site_id", "min")}
    own = ends[ends["end"].eq(end)].groupby([group, "rule_id"]).agg(**counted)
    there = partners[partners["end"].eq(other)].groupby("rule_id").agg(**counted)
    pairs = own.reset_index().merge(
        there, left_on="rule_id", right_index=True, suffixes=("", "_other")
    )
    alone = pairs["n"].eq(1) & pairs["n_other"].eq(1)
    itself = alone & pairs["first"].eq(pairs["first_other"])
    return pairs.loc[~itself, [group, "rule_id"]].reset_index(drop=True)
