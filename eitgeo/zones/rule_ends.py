"""Which sites stand at an end of a synergy rule, and which rules have both ends."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

EXCHANGES = ("substitution", "energie", "eau")
"""Kinds of rule that join a giver and a taker; the others name shared services."""

_ENDS = {"source_naf": "donor", "taker_naf": "taker"}


def rule_matches(sites: pd.DataFrame, rules: pd.DataFrame, *, end: str) -> pd.DataFrame:
    """List the sites that stand at one end of each rule.

    ``sites``: ``site_id``, ``naf`` and any other columns. ``end``: ``source_naf``
    (donors), ``target_naf`` (whoever a lead names) or ``taker_naf`` (whoever takes in
    figures). Returns: ``rule_id`` beside the columns of ``sites``, one row a site and
    rule. Rules of any activity (``*``) are left out: they name services, not exchanges;
    so are those that name nobody at this end.
    """
    paired = rules.loc[rules["synergy_type"].isin(EXCHANGES), ["rule_id", end]]
    met = set(sites["naf"]) - {"*", ""}
    named = [
        (rule_id, naf)
        for rule_id, cell in zip(paired["rule_id"], paired[end], strict=True)
        for naf in dict.fromkeys(cell.split(";"))
        if naf in met
    ]
    listed = pd.DataFrame(named, columns=["rule_id", "naf"], dtype="str")
    return listed.merge(sites, on="naf")


def rule_ends(sites: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """List the sites that stand at either ``end`` of each rule.

    Examples
    --------
    >>> rule = {"rule_id": "R1", "synergy_type": "substitution"}
    >>> ends = {"source_naf": "16.10A", "taker_naf": "17.11Z;35.30Z"}
    >>> sites = pd.DataFrame({"site_id": ["a", "b"], "naf": ["16.10A", "35.30Z"]})
    >>> rule_ends(sites, pd.DataFrame([rule | ends]))[["site_id", "end"]].to_numpy()
    array([['a', 'donor'],
           ['b', 'taker']], dtype=object)
    """
    parts = [
        rule_matches(sites, rules, end=column).assign(end=end)
        for column, end in _ENDS.items()
    ]
    return pd.concat(parts, ignore_index=True)


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


def rules_with_partner(
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
