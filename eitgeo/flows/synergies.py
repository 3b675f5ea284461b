"""Exchanges that rules make possible between communes, each tonne counted once.

A rule says that a residue of one activity can serve another, up to a distance by
road. The tonnage of a site is shared among all the takers of all its rules, in
proportion to their headcount and to a decay with distance (gravity), so that the
sum over exchanges never passes what is thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from eitgeo.study import Flows

    Floats = npt.NDArray[np.float64]
    Ranks = npt.NDArray[np.int64]

_PAIRED_TYPES = ("substitution", "energie", "eau")

_ENOUGH = 2
"""Taker communes that tell whether anybody but the giver itself is in reach."""


def rule_matches(sites: pd.DataFrame, rules: pd.DataFrame, *, end: str) -> pd.DataFrame:
    """List the sites that stand at one end of each rule.

    Parameters
    ----------
    sites
        ``site_id``, ``naf`` and any other columns.
    rules
        As :func:`eitgeo.reference.synergy_rules` returns them.
    end
        ``source_naf`` (donors) or ``target_naf`` (takers).

    Returns
    -------
    pandas.DataFrame
        ``rule_id`` beside the columns of ``sites``, one row a site and rule. Rules
        of any activity (``*``) are left out: they name services, not exchanges.
    """
    paired = rules.loc[rules["synergy_type"].isin(_PAIRED_TYPES), ["rule_id", end]]
    listed = paired.assign(naf=paired[end].str.split(";")).explode("naf")
    listed = listed.loc[listed["naf"] != "*", ["rule_id", "naf"]]
    return listed.merge(sites, on="naf")


def possible_exchanges(
    sites: pd.DataFrame,
    arisings: pd.DataFrame,
    rules: pd.DataFrame,
    *,
    od_matrix: pd.DataFrame,
    donor_communes: Iterable[str],
    flows: Flows,
) -> pd.DataFrame:
    """Match donors and takers by rule and road distance, at commune grain.

    Parameters
    ----------
    sites
        Table ``sites`` (``site_id``, ``naf``, ``headcount_mid``, ``code_insee``).
    arisings
        Table ``arisings``.
    rules
        As :func:`eitgeo.reference.synergy_rules` returns them.
    od_matrix
        Pairs of communes by truck; only reachable ones count.
    donor_communes
        Communes whose sites give: the study area. Takers are sought everywhere.
    flows
        Longest distance [km] and excluded rules.

    Returns
    -------
    pandas.DataFrame
        Table ``synergies``: tonnes per year between donor and taker communes for
        each rule. A site never takes its own residue. Takers have no capacity in
        this cut: a potential, not a forecast.

    Notes
    -----
    Weight of a taker: ``headcount × exp(−ln 2 · d ÷ dist_typ)`` for
    d ≤ ``dist_max``, with d the road distance from seat to seat. A ``dist_typ`` of
    0 says « next door », finer than the grain of communes: ``dist_max`` stands in.
    A rule whose residue is but a part of its category (``weighs_ratio`` = ``non``)
    takes only what is declared under its waste code, in place of a ratio.
    """
    exchanges, _ = shared_exchanges(
        sites,
        arisings,
        rules,
        od_matrix=od_matrix,
        donor_communes=donor_communes,
        flows=flows,
    )
    return exchanges


def shared_exchanges(
    sites: pd.DataFrame,
    arisings: pd.DataFrame,
    rules: pd.DataFrame,
    *,
    od_matrix: pd.DataFrame,
    donor_communes: Iterable[str],
    flows: Flows,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Match donors and takers, and say which sites stand at both ends.

    Parameters
    ----------
    sites, arisings, rules, od_matrix, donor_communes, flows
        As in :func:`possible_exchanges`.

    Returns
    -------
    tuple of pandas.DataFrame
        Tables ``synergies`` and ``exchange_ends``: of what a rule takes from a
        commune (``end`` = ``donor``) or brings to it (``taker``), the share of each
        site [%]. Shares of takers leave out that none takes its own residue.
    """
    active = rules[~rules["rule_id"].isin(flows.rules_excluded)]
    donors = _donors(sites, arisings, active, donor_communes)
    needed = ["site_id", "naf", "code_insee", "headcount_mid"]
    takers = rule_matches(
        sites.loc[sites["headcount_mid"].gt(0), needed], active, end="target_naf"
    )
    taken = takers.groupby(["rule_id", "code_insee"])["headcount_mid"].sum()
    reachable = _reachable(od_matrix, flows.max_km)
    cells = _candidate_cells(donors, taken, active, reachable)
    rows = _site_weights(donors, cells)
    exchanges = _share_out(rows, cells, active)
    given = rows.rename(columns={"origin_id": "code_insee", "t_per_weight": "weight"})
    brought = takers.rename(columns={"headcount_mid": "weight"})
    ends = {
        "donor": _end_shares(given, exchanges, side="donor_id"),
        "taker": _end_shares(brought, exchanges, side="receiver_id"),
    }
    return exchanges, pd.concat(
        [table.assign(end=end) for end, table in ends.items()], ignore_index=True
    )


def _end_shares(
    sites: pd.DataFrame, exchanges: pd.DataFrame, *, side: str
) -> pd.DataFrame:
    """Share the exchanges of each rule and commune among the sites of one end."""
    key = ["rule_id", "code_insee"]
    used = exchanges[["rule_id", side]].rename(columns={side: "code_insee"})
    weights = sites.groupby([*key, "site_id"])["weight"].sum().reset_index()
    rows = weights[weights["weight"] > 0].merge(used.drop_duplicates(), on=key)
    total = rows.groupby(key)["weight"].transform("sum")
    return rows[[*key, "site_id"]].assign(share_pct=100 * rows["weight"] / total)


def reachable_givers(
    sites: pd.DataFrame,
    rules: pd.DataFrame,
    *,
    od_matrix: pd.DataFrame,
    donor_communes: Iterable[str],
    flows: Flows,
) -> pd.DataFrame:
    """List the sites that could give under a family, with a taker in reach.

    Parameters
    ----------
    sites, rules, od_matrix, donor_communes, flows
        As in :func:`possible_exchanges`; no tonnage is needed.

    Returns
    -------
    pandas.DataFrame
        ``family``, ``code_insee``, ``site_id``, each once; ``documented``: under one
        rule at least whose pairing a source tells (``evidence`` other than ``H``).
    """
    active = rules[~rules["rule_id"].isin(flows.rules_excluded)]
    here = sites.loc[
        sites["code_insee"].isin(set(donor_communes)), ["site_id", "naf", "code_insee"]
    ]
    givers = rule_matches(here, active, end="source_naf")
    takers = rule_matches(
        sites[["site_id", "naf", "code_insee"]], active, end="target_naf"
    )
    taken = takers.groupby(["rule_id", "code_insee"])["site_id"].nunique()
    reachable = _reachable(od_matrix, flows.max_km)
    cells = _candidate_cells(
        givers, taken.astype(float), active, reachable, most=_ENOUGH
    )
    at = pd.MultiIndex.from_frame(cells[["rule_id", "destination_id"]])
    counted = cells.assign(n=taken.reindex(at).to_numpy())
    in_reach = counted.groupby(["rule_id", "origin_id"])["n"].sum().reset_index()
    in_reach.columns = ["rule_id", "code_insee", "n_takers"]
    rows = givers.merge(in_reach, on=["rule_id", "code_insee"])
    # A giver that also takes, in a commune within reach of itself, was counted in.
    inner = cells[cells["origin_id"] == cells["destination_id"]]
    counts_itself = _is_among(rows, takers, on=["rule_id", "site_id"]) & _is_among(
        rows,
        inner.rename(columns={"origin_id": "code_insee"}),
        on=["rule_id", "code_insee"],
    )
    kept = rows[rows["n_takers"] > counts_itself.astype(int)]
    about = rules[["rule_id", "family"]].assign(documented=rules["evidence"] != "H")
    named = kept.merge(about, on="rule_id")
    columns = ["family", "code_insee", "site_id"]
    return named.groupby(columns)["documented"].any().reset_index()


def _is_among(rows: pd.DataFrame, others: pd.DataFrame, *, on: list[str]) -> np.ndarray:
    """Say which rows have a like in another table."""
    return pd.MultiIndex.from_frame(rows[on]).isin(pd.MultiIndex.from_frame(others[on]))


def _donors(
    sites: pd.DataFrame,
    arisings: pd.DataFrame,
    rules: pd.DataFrame,
    communes: Iterable[str],
) -> pd.DataFrame:
    """One row a site, rule and residue: tonnes, and own headcount if it also takes."""
    here = sites.loc[
        sites["code_insee"].isin(set(communes)),
        ["site_id", "naf", "code_insee", "headcount_mid"],
    ]
    matched = rule_matches(here, rules, end="source_naf").merge(
        _named_residues(rules), on="rule_id"
    )
    tonnes = _residue_tonnes(arisings)
    rows = matched.merge(tonnes, on=["site_id", "ewc_stat", "waste_code"])
    takers = rule_matches(here, rules, end="target_naf")
    also_takes = _is_among(rows, takers, on=["rule_id", "site_id"])
    own = rows["headcount_mid"].where(also_takes, 0.0)
    return rows.assign(own=own)[
        ["site_id", "rule_id", "ewc_stat", "code_insee", "t_mid", "own"]
    ]


def _named_residues(rules: pd.DataFrame) -> pd.DataFrame:
    """Say what each rule takes: a whole category, or one waste code of it.

    A ratio knows categories alone. Where the residue is but a part of one
    (``weighs_ratio`` = ``non``), only what is declared under its code counts.
    """
    whole = rules["weighs_ratio"].ne("non") if "weighs_ratio" in rules else None
    named = rules[["rule_id", "ewc_stat"]].assign(waste_code=_WHOLE)
    if whole is not None:
        named["waste_code"] = rules["low_code"].mask(whole, _WHOLE)
    return named


def _residue_tonnes(arisings: pd.DataFrame) -> pd.DataFrame:
    """Sum tonnes by site and category, and by waste code within it."""
    key = ["site_id", "ewc_stat", "waste_code"]
    told = pd.concat([arisings.assign(waste_code=_WHOLE), arisings])
    return told.groupby(key)["t_mid"].sum().reset_index()


def _candidate_cells(
    donors: pd.DataFrame,
    taken: pd.Series[float],
    rules: pd.DataFrame,
    reachable: pd.DataFrame,
    *,
    most: int | None = None,
) -> pd.DataFrame:
    """One row a rule, donor commune and taker commune within reach: its weight.

    Of each donor commune the strongest takers alone, where a number is given.
    """
    gives = donors.groupby("rule_id")["code_insee"].agg(set)
    heads_of = {name: group.droplevel(0) for name, group in taken.groupby(level=0)}
    ways = _ways(reachable)
    parts = [reachable.iloc[:0].assign(rule_id="", decay=0.0, weight=0.0)]
    for rule in rules.to_dict("records"):
        heads = heads_of.get(rule["rule_id"])
        if heads is None or rule["rule_id"] not in gives.index:
            continue
        rows = _between(
            ways,
            gives[rule["rule_id"]],
            heads.index,
            max_m=1000 * rule["dist_max_km"],
        )
        half_km = rule["dist_typ_km"] or rule["dist_max_km"]
        decay = np.exp(-np.log(2) * ways.length_m[rows] / (1000 * half_km))
        by_place = heads.reindex(ways.places).to_numpy(float)
        weight = decay * by_place[ways.destination[rows]]
        kept = np.arange(len(rows))
        if most is not None:
            kept = _strongest(
                ways.origin[rows], ways.destination[rows], weight, most=most
            )
        parts.append(
            reachable.iloc[rows[kept]].assign(
                rule_id=rule["rule_id"], decay=decay[kept], weight=weight[kept]
            )
        )
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


@dataclass(frozen=True)
class _Ways:
    """Reachable pairs, their places as ranks: sets of places are met by lookup."""

    places: pd.Index[str]
    origin: Ranks
    destination: Ranks
    length_m: Floats


def _ways(reachable: pd.DataFrame) -> _Ways:
    """Rank the places in the order of their codes."""
    ends = pd.concat([reachable["origin_id"], reachable["destination_id"]])
    places = pd.Index(np.sort(ends.unique()), dtype="str")
    return _Ways(
        places,
        places.get_indexer(pd.Index(reachable["origin_id"])),
        places.get_indexer(pd.Index(reachable["destination_id"])),
        reachable["length_m"].to_numpy(float),
    )


def _between(
    ways: _Ways, origins: Iterable[str], destinations: Iterable[str], *, max_m: float
) -> Ranks:
    """Give the rows from some places to others, within a distance."""
    return np.flatnonzero(
        ways.places.isin(list(origins))[ways.origin]
        & ways.places.isin(list(destinations))[ways.destination]
        & (ways.length_m <= max_m)
    )


def _strongest(
    origin: Ranks, destination: Ranks, weight: Floats, *, most: int
) -> Ranks:
    """Keep the strongest takers of each donor commune; ties: the first code."""
    order = np.lexsort((destination, -weight, origin))
    ranked = origin[order]
    starts = np.flatnonzero(np.diff(ranked, prepend=-1))
    rank = np.arange(len(ranked)) - np.repeat(
        starts, np.diff(np.append(starts, len(ranked)))
    )
    return np.sort(order[rank < most])


def _reachable(od_matrix: pd.DataFrame, max_km: float) -> pd.DataFrame:
    usable = od_matrix["status"].isin(["ok", "same_place"])
    near = od_matrix["length_m"].le(1000 * max_km)
    return od_matrix.loc[
        usable & near, ["origin_id", "destination_id", "length_m", "time_s"]
    ]


def _site_weights(donors: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Give the tonnes per weight of taker that each site brings to each rule."""
    key = ["rule_id", "origin_id"]
    total = cells.groupby(key)["weight"].sum().rename("all_takers")
    inside = cells[cells["origin_id"] == cells["destination_id"]]
    inner = inside.set_index(key)["decay"].rename("inner_decay")
    rows = donors.rename(columns={"code_insee": "origin_id"})
    rows = rows.merge(total.reset_index(), on=key)
    rows = rows.merge(inner.reset_index(), on=key, how="left")
    # A site that also takes counts its own headcount out.
    self_weight = (rows["own"] * rows["inner_decay"]).fillna(0.0)
    rows["open"] = (rows["all_takers"] - self_weight).clip(lower=0.0)
    rows["open"] = rows["open"].where(rows["open"] > _TINY * rows["all_takers"], 0.0)
    residue = rows.groupby(["site_id", "ewc_stat"])["open"].transform("sum")
    rows["t_per_weight"] = (rows["t_mid"] / residue).where(residue > 0, 0.0)
    return rows.assign(t_own=rows["t_per_weight"] * self_weight)


def _share_out(
    rows: pd.DataFrame, cells: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    """Share each site's residue among its takers, itself left out."""
    key = ["rule_id", "origin_id"]
    per_cell = rows.groupby(key)[["t_per_weight", "t_own"]].sum().reset_index()
    flows = cells.merge(per_cell, on=key)
    is_inner = flows["origin_id"] == flows["destination_id"]
    t_mid = flows["weight"] * flows["t_per_weight"] - flows["t_own"].where(is_inner, 0)
    flows["t_mid"] = t_mid.clip(lower=0.0)
    kept = flows[flows["t_mid"] > 0].merge(
        rules[["rule_id", "regulatory_gate", "confidence"]], on="rule_id"
    )
    names = {
        "origin_id": "donor_id",
        "destination_id": "receiver_id",
        "regulatory_gate": "permit",
    }
    columns = ["rule_id", "t_mid", "length_m", "time_s", "confidence"]
    return kept.rename(columns=names)[[*names.values(), *columns]]


_WHOLE = ""
"""In the place of a waste code: the whole category."""

_TINY = 1e-9
"""Share of the weights below which what is left of them is rounding."""


def unquantified_rules(
    sites: pd.DataFrame, arisings: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    """List the rules that have donors here but no tonnage: « non chiffrée », never 0.

    Parameters
    ----------
    sites
        Table ``sites``.
    arisings
        Table ``arisings``.
    rules
        As :func:`eitgeo.reference.synergy_rules` returns them.

    Returns
    -------
    pandas.DataFrame
        ``rule_id``, ``family``, ``byproduct``, ``n_donors``.
    """
    donors = rule_matches(sites[["site_id", "naf"]], rules, end="source_naf").merge(
        _named_residues(rules), on="rule_id"
    )
    key = ["site_id", "ewc_stat", "waste_code"]
    with_tonnage = donors.merge(_residue_tonnes(arisings)[key], on=key)
    silent = donors[~donors["rule_id"].isin(with_tonnage["rule_id"])]
    counts = silent.groupby("rule_id")["site_id"].nunique().rename("n_donors")
    named = rules[["rule_id", "family", "byproduct"]].merge(counts, on="rule_id")
    return named.sort_values("rule_id", ignore_index=True)
