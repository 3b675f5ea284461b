"""Who could give what to whom: lots of residue, needs, and the arcs between them.

Sites of one commune with the same residue and the same rules are alike to the road
and to the rules: they are one lot, and the optimum over lots is that over sites. A
site that its own firm could supply stays alone, so that no firm gives to itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.residues import residue_links
from eitgeo.tables.columns import OD_REACHED
from eitgeo.zones.rule_ends import rule_matches

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_M_PER_KM = 1000.0
_SIREN_DIGITS = 9


@dataclass(frozen=True)
class Ends:
    """One side of exchanges: sites gathered in lots (donors) or needs (receivers).

    ``nodes``: one row a lot or a need: ``code_insee``, ``resource`` (residue, or
    resource of the receiver), ``ewc_stat`` (category of the residue; empty for needs),
    ``firm`` (empty unless the site stays alone), ``t`` [t/year; infinite where nothing
    bounds it]. ``members``: ``node``, ``site_id``, ``t`` (weight, where the need is
    unbounded). ``links``: ``node``, ``rule_id``.
    """

    nodes: pd.DataFrame
    members: pd.DataFrame
    links: pd.DataFrame


@dataclass(frozen=True)
class Arcs:
    """Possible exchanges between lots and needs, in the order of their names.

    ``supply``, ``need``: row of the lot and of the need. ``rule``: row of the rule in
    the table that was given. ``length_m``, ``time_s``: one way, by truck. ``use``:
    input replaced by one tonne of residue [t/t]. ``kept``: share of a tonne that the
    way leaves to the exchange, as :func:`kept_share`.
    """

    supply: Ints
    need: Ints
    rule: Ints
    length_m: Floats
    time_s: Floats
    use: Floats
    kept: Floats

    def __len__(self) -> int:
        """Count the arcs."""
        return len(self.supply)


def firm_of(sites: pd.DataFrame) -> pd.Series[str]:
    """Name the firm of each site: its SIREN, else the site itself."""
    if "siret" not in sites:
        return sites["site_id"]
    siren = sites["siret"].str.slice(0, _SIREN_DIGITS)
    return siren.where(siren != "", sites["site_id"])


def exchange_ends(
    sites: pd.DataFrame,
    residues: pd.DataFrame,
    needs: pd.DataFrame,
    *,
    rules: pd.DataFrame,
    receivers: pd.DataFrame,
    donor_communes: Iterable[str],
) -> tuple[Ends, Ends]:
    """Gather donors and receivers that nothing tells apart.

    ``sites``: ``site_id``, ``naf``, ``code_insee``, ``siret`` where known.
    ``residues``: as `site_residues` returns them. ``needs``: table ``receiver_needs``.
    ``rules``: as `synergy_rules` returns them. ``receivers``: as `receiver_links`
    returns them. ``donor_communes``: communes whose sites give. Returns: lots of
    donors, needs of receivers. Refused: column missing, negative tonnage.
    """
    _require_tonnes(needs)
    known = sites[["site_id", "naf", "code_insee"]].assign(firm=firm_of(sites))
    known_donors = known[known["code_insee"].isin(set(donor_communes))]
    givers = rule_matches(known_donors, rules, end="source_naf")
    lots = givers.merge(residue_links(residues, rules), on=["rule_id", "site_id"])
    taken = receivers.merge(known, on="site_id").merge(
        needs[["site_id", "resource", "t_mid"]].rename(columns={"t_mid": "t"}),
        on=["site_id", "resource"],
    )
    taken = taken.assign(t=taken["t"].astype(float).fillna(np.inf))
    taken = taken.assign(ewc_stat="", in_category=True)
    taken = taken[taken["t"] > 0]
    firms = ["rule_id", "firm"]
    inner = pd.MultiIndex.from_frame(lots[firms].merge(taken[firms]).drop_duplicates())
    return _gathered(lots, inner), _gathered(taken, inner)


def _require_tonnes(needs: pd.DataFrame) -> None:
    faults = Faults("échanges")
    require_columns(needs, ["site_id", "t_mid"], where="needs")
    low = needs[needs["t_mid"] < 0]
    for site, mass in low[["site_id", "t_mid"]].to_numpy():
        fault = f"needs : « {site} », tonnage négatif ({mass:g} t/an)"
        faults.add(fault, remedy="corriger la source")
    faults.raise_if_any(SchemaError)


def _gathered(rows: pd.DataFrame, inner: pd.MultiIndex) -> Ends:
    """Make one node of the sites of a commune with the same resource and rules."""
    key = ["site_id", "resource", "in_category"]
    is_inner = pd.MultiIndex.from_frame(rows[["rule_id", "firm"]]).isin(inner)
    ordered = rows.assign(alone=is_inner).sort_values([*key, "rule_id"])
    ordered["alone"] = ordered.groupby(key)["alone"].transform("any")
    first = ~ordered.duplicated(key).to_numpy()
    starts = np.flatnonzero(first)
    per_site = ordered[first].drop(columns="rule_id").reset_index(drop=True)
    rule_ids = ordered["rule_id"].tolist()
    spans = zip(starts.tolist(), [*starts[1:].tolist(), len(ordered)], strict=False)
    joined = [";".join(rule_ids[start:stop]) for start, stop in spans]
    per_site["rules"] = pd.Series(joined[: len(per_site)], dtype="str")
    per_site["firm"] = per_site["firm"].where(per_site["alone"], "")
    per_site["who"] = per_site["site_id"].where(per_site["alone"], "")
    per_site["t"] = per_site["t"].astype(float)
    per_site["open"] = np.isinf(per_site["t"])
    label = ["code_insee", "resource", "in_category", "rules", "open", "who"]
    per_site["node"] = per_site.groupby(label, sort=True).ngroup()
    grouped = per_site.groupby("node")
    nodes = grouped.agg(
        code_insee=("code_insee", "first"),
        resource=("resource", "first"),
        ewc_stat=("ewc_stat", "first"),
        firm=("firm", "first"),
        t=("t", "sum"),
        rules=("rules", "first"),
    )
    links = nodes["rules"].str.split(";").explode().rename("rule_id").reset_index()
    weight = per_site["t"].where(~per_site["open"], 1.0)
    members = per_site[["node", "site_id"]].assign(t=weight)
    members = members.sort_values(["node", "site_id"], ignore_index=True)
    return Ends(nodes.drop(columns="rules"), members, links)


def possible_arcs(
    donors: Ends, receivers: Ends, *, rules: pd.DataFrame, od_matrix: pd.DataFrame
) -> Arcs:
    """List the exchanges within the longest distance of their rule.

    ``donors``, ``receivers``: as :func:`exchange_ends` returns them. ``rules``: as
    `synergy_rules` returns them. ``od_matrix``: pairs of communes by truck; a pair
    without a usable status is no pair. Returns: never between two sites of one firm.
    """
    place = pd.Index(
        sorted({*donors.nodes["code_insee"], *receivers.nodes["code_insee"]})
    )
    length_m, time_s = ways(od_matrix, place)
    at_donor = place.get_indexer(pd.Index(donors.nodes["code_insee"]))
    at_receiver = place.get_indexer(pd.Index(receivers.nodes["code_insee"]))
    gives = nodes_of_rules(donors)
    takes = nodes_of_rules(receivers)
    parts: list[tuple[Ints, Ints, Ints]] = []
    for row, (rule_id, longest_km) in enumerate(
        zip(rules["rule_id"], rules["dist_max_km"], strict=True)
    ):
        if rule_id not in gives or rule_id not in takes:
            continue
        out, into = gives[rule_id], takes[rule_id]
        way_m = length_m[np.ix_(at_donor[out], at_receiver[into])]
        i, j = np.nonzero(way_m <= _M_PER_KM * longest_km)
        parts.append((out[i], into[j], np.full(len(i), row, dtype=np.int64)))
    supply, need, rule = (
        np.concatenate([part[k] for part in parts] or [np.zeros(0, dtype=np.int64)])
        for k in range(3)
    )
    firm_out = donors.nodes["firm"].to_numpy(object)[supply]
    firm_in = receivers.nodes["firm"].to_numpy(object)[need]
    is_other = (firm_out != firm_in) | (firm_out == "")
    supply, need, rule = supply[is_other], need[is_other], rule[is_other]
    way_m = length_m[at_donor[supply], at_receiver[need]]
    return Arcs(
        supply,
        need,
        rule,
        way_m,
        time_s[at_donor[supply], at_receiver[need]],
        input_per_tonne(rules)[rule],
        kept_share(way_m, typical_m(rules)[rule]),
    )


def typical_m(rules: pd.DataFrame) -> Floats:
    """Return the distance at which one exchange in two is made, by rule.

    ``rules``: ``dist_typ_km``, ``dist_max_km``. Returns: [m]. A ``dist_typ_km`` of 0
    says « next door », finer than the grain of communes: ``dist_max_km`` stands in.
    """
    typical = rules["dist_typ_km"].where(rules["dist_typ_km"] > 0, rules["dist_max_km"])
    return _M_PER_KM * typical.to_numpy(float)


def kept_share(length_m: Floats, typical_m: Floats | float) -> Floats:
    """Return the share of the tonnes that a way leaves to an exchange.

    ``length_m``: ways [m]. ``typical_m``: distance at which one tonne in two is
    exchanged [m], above 0. Returns: ``exp(−ln 2 · d ÷ d_typ)``, 0–1.

    Examples
    --------
    >>> kept_share(np.array([0.0, 20.0, 40.0]), 20.0).tolist()
    [1.0, 0.5, 0.25]
    """
    share: Floats = np.exp2(-length_m / typical_m)
    return share


def input_per_tonne(rules: pd.DataFrame) -> Floats:
    """Return the input that a tonne of residue replaces, by rule.

    ``rules``: ``yield_t_per_t``, a number or its text. Returns: [t of input/t of
    residue]; tonne for tonne where the rule states none.
    """
    if "yield_t_per_t" not in rules:
        return np.ones(len(rules))
    stated = pd.to_numeric(rules["yield_t_per_t"], errors="coerce")
    return stated.where(stated > 0, 1.0).to_numpy(float)


def nodes_of_rules(ends: Ends) -> dict[str, Ints]:
    """List the nodes of each rule."""
    links = ends.links.sort_values("node", kind="stable")
    rule, names = pd.factorize(links["rule_id"])
    order = np.argsort(rule, kind="stable")
    starts = np.searchsorted(rule[order], np.arange(1, len(names)))
    nodes = np.split(links["node"].to_numpy(np.int64)[order], starts)
    return dict(zip(map(str, names), nodes, strict=False))


def ways(od_matrix: pd.DataFrame, place: pd.Index[str]) -> tuple[Floats, Floats]:
    """Fill tables of length and time between places.

    ``od_matrix``: pairs by truck. ``place``: names of the places, in the order of the
    tables. Returns: ``length_m`` and ``time_s``, from row to column; infinite where no
    truck goes.
    """
    usable = od_matrix[od_matrix["status"].isin(OD_REACHED)]
    i = place.get_indexer(pd.Index(usable["origin_id"]))
    j = place.get_indexer(pd.Index(usable["destination_id"]))
    known = (i >= 0) & (j >= 0)
    tables = []
    for name in ("length_m", "time_s"):
        table = np.full((len(place), len(place)), np.inf)
        table[i[known], j[known]] = usable[name].to_numpy(float)[known]
        tables.append(table)
    return tables[0], tables[1]
