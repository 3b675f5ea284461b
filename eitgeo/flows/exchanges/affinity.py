"""How much two communes would exchange: the allocation, told by commune."""

from __future__ import annotations

import numpy as np
import pandas as pd


def commune_exchanges(allocation: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Sum the allocation by commune of either end and by rule.

    ``rules``: as `synergy_rules` returns them. Returns: table ``synergies``: donors and
    takers are communes.
    """
    names = {"donor_code": "donor_id", "receiver_code": "receiver_id", "t": "t_mid"}
    rows = allocation.drop(columns=["donor_id", "receiver_id"]).rename(columns=names)
    key = ["donor_id", "receiver_id", "rule_id"]
    ways = {"length_m": "first", "time_s": "first"}
    sums = rows.groupby(key).agg({"t_mid": "sum", **ways}).reset_index()
    rule_facts = rules.rename(columns={"regulatory_gate": "permit"})
    return sums.merge(rule_facts[["rule_id", "permit", "confidence"]], on="rule_id")


def allocated_ends(allocation: pd.DataFrame) -> pd.DataFrame:
    """Say which sites give and take what between two communes.

    Returns: table ``exchange_ends``: the tonnes of each end sum to the allocation.
    """
    places = ["donor_code", "receiver_code"]
    names = dict(zip(places, ("donor_id", "receiver_id"), strict=True))
    parts = []
    for end, site in (("donor", "donor_id"), ("taker", "receiver_id")):
        sums = allocation.groupby([*places, site])["t"].sum().reset_index()
        masses = sums.rename(columns={site: "site_id"}).rename(columns=names)
        parts.append(masses.assign(end=end))
    return pd.concat(parts, ignore_index=True)


def flows_between(synergies: pd.DataFrame) -> pd.DataFrame:
    """Sum exchanges [t/year] over rules, ``donor_id`` to ``receiver_id``."""
    pairs = synergies.groupby(["donor_id", "receiver_id"])["t_mid"].sum()
    return pairs.reset_index()


def flows_by_draw(allocation: pd.DataFrame) -> pd.DataFrame:
    """Sum exchanges between communes in each draw of who takes part.

    ``allocation``: ``donor_code``, ``receiver_code``, ``participation_draw``, ``t``.
    Returns: tonnes by ``donor_id`` and ``receiver_id`` (index), one column a draw.

    Examples
    --------
    >>> rows = pd.DataFrame({"donor_code": ["31001", "31001"],
    ...     "receiver_code": ["31002", "31003"], "participation_draw": [0, 1],
    ...     "t": [3.0, 4.0]})
    >>> flows_by_draw(rows).to_numpy().tolist()
    [[3.0, 0.0], [0.0, 4.0]]
    """
    wide = allocation.pivot_table(
        index=["donor_code", "receiver_code"],
        columns="participation_draw",
        values="t",
        aggfunc="sum",
        fill_value=0.0,
    )
    return wide.rename_axis(index=["donor_id", "receiver_id"])


def affinity(synergies: pd.DataFrame) -> pd.DataFrame:
    """Sum what two communes exchange, both ways.

    ``synergies``: table ``synergies``; donors and takers are communes. Returns: table
    ``affinity``: ``code_a`` ≤ ``code_b`` and tonnes per year. The sum over the table is
    the sum over the exchanges.

    Examples
    --------
    >>> exchanges = pd.DataFrame({"donor_id": ["31001", "31002"],
    ...     "receiver_id": ["31002", "31001"], "t_mid": [3.0, 4.0]})
    >>> affinity(exchanges).to_dict("records")
    [{'code_a': '31001', 'code_b': '31002', 't_mid': 7.0}]
    """
    pairs = flows_between(synergies)
    donor = pairs["donor_id"].to_numpy(dtype=object)
    receiver = pairs["receiver_id"].to_numpy(dtype=object)
    first = pd.Series(np.minimum(donor, receiver), dtype="str")
    second = pd.Series(np.maximum(donor, receiver), dtype="str")
    t_mid = pairs["t_mid"].to_numpy(dtype=float)
    table = pd.DataFrame({"code_a": first, "code_b": second, "t_mid": t_mid})
    return table.groupby(["code_a", "code_b"])["t_mid"].sum().reset_index()
