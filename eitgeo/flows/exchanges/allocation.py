"""One optimum for the whole study: lots of residue to needs, each tonne once.

Sites of one commune with the same residue and the same rules are alike to the road
and to the rules: they are one lot, and the optimum over lots is that over sites. A
site that its own firm could supply stays alone, so that no firm gives to itself.

Choose tonnes ``x ≥ 0`` engaged on the arcs between lots and needs so as to maximise
``Σ b·w·x`` under ``Σ x ≤ lot`` and ``Σ use·w·x ≤ need``. Of a tonne engaged over a
distance, the share ``w`` alone is exchanged: the rule's own decay. A linear programme,
solved by HiGHS on the arcs that can matter, then certified on all of them by weak
duality.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.residues import residue_links
from eitgeo.tables.columns import OD_REACHED
from eitgeo.zones.rule_ends import rule_matches

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
type Bools = npt.NDArray[np.bool_]

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

    ``sites``: ``site_id``, ``naf``, ``code_insee``, ``siret`` where known. Returns:
    lots of donors, needs of receivers. Refused: column missing, negative tonnage.
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

    ``od_matrix``: pairs of communes by truck; a pair without a usable status is no
    pair. Returns: never between two sites of one firm.
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

    ``place``: names of the places, in the order of the tables. Returns: ``length_m``
    and ``time_s``, from row to column; infinite where no truck goes.
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


TIE_EUR_PER_T = 1e-4
"""Largest change of a benefit that breaks ties [€/t]."""
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Allocated:
    """The optimum, and the proof of it.

    ``t``: tonnes of residue exchanged on each arc [t/year]. ``unmatched_t``: what is
    left of each lot: what was not engaged, and what the way loses [t/year].
    ``supply_price_eur_per_t``: what one more tonne of a lot to engage would bring [€/t
    of residue]. ``need_price_eur_per_t``: what one more tonne of a need would bring
    [€/t of input]: what is missing. ``benefit_eur``: net benefit [€/year].
    ``bound_eur``: no allocation brings more: weak duality, on every arc [€/year].
    """

    t: Floats
    unmatched_t: Floats
    supply_price_eur_per_t: Floats
    need_price_eur_per_t: Floats
    benefit_eur: float
    bound_eur: float


@dataclass(frozen=True)
class Problem:
    """Arcs that may carry something, and what they share.

    ``supply``, ``need``: lot and need of each arc. ``use``: input replaced by one tonne
    engaged [t/t]. ``gain``: what a tonne engaged brings [€/t]. ``kept``: share of a
    tonne engaged that is exchanged (0–1). ``supply_t``, ``need_t``: tonnes of each lot
    and need [t/year].
    """

    supply: Ints
    need: Ints
    use: Floats
    gain: Floats
    kept: Floats
    supply_t: Floats
    need_t: Floats

    def only(self, chosen: Bools | Ints) -> Problem:
        """Keep some arcs."""
        names = ("supply", "need", "use", "gain", "kept")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})


def allocate(
    arcs: Arcs, *, benefit_eur_per_t: Floats, supply_t: Floats, need_t: Floats
) -> Allocated:
    """Allocate residues to needs at the greatest net benefit.

    ``benefit_eur_per_t``: net benefit of a tonne of residue exchanged on each arc
    [€/t]; an arc that brings nothing carries nothing. ``supply_t``: tonnes of each lot
    [t/year]. ``need_t``: tonnes of input of each need [t/year]; infinite where nothing
    bounds it. Returns: ``Σ t + Σ unmatched_t = Σ supply_t``. Refused: negative or
    unknown tonnage, unknown benefit, arrays of other lengths.

    Notes
    -----
    Ties: arcs are ranked by length, lot, need and rule, and rank ``k`` of ``n`` loses
    ``1e-4 · sqrt(k ÷ n)`` €/t; the benefit told is within 1e-4 € per allocated tonne
    of the greatest. Among equals the shortest way wins, then the first by name, and
    the order of rows changes nothing.
    """
    _require_sound(arcs, benefit_eur_per_t, supply_t, need_t)
    order = np.lexsort((arcs.rule, arcs.need, arcs.supply, arcs.length_m))
    rank = np.arange(len(order)) / len(order)
    kept = arcs.kept[order]
    benefit = benefit_eur_per_t[order] * kept
    problem = Problem(
        arcs.supply[order],
        arcs.need[order],
        arcs.use[order] * kept,
        benefit,
        kept,
        supply_t.astype(float),
        need_t.astype(float),
    )
    whole = replace(problem, gain=benefit - TIE_EUR_PER_T * np.sqrt(rank))
    useful = np.flatnonzero(_is_useful(whole))
    on_arcs, need_price = np.zeros(len(order)), np.zeros(len(need_t))
    if len(useful):
        on_arcs[useful], (_, need_price) = solved(whole.only(useful))
    proved = certified(problem, on_arcs, need_price)
    back = np.empty_like(proved.t)
    back[order] = proved.t
    return replace(proved, t=back)


def _require_sound(
    arcs: Arcs, benefit: Floats, supply_t: Floats, need_t: Floats
) -> None:
    faults = Faults("affectation")
    if len(benefit) != len(arcs):
        fault = f"{len(benefit)} bénéfices pour {len(arcs)} échanges possibles"
        faults.add(fault, remedy="en donner un par échange")
    elif not np.isfinite(benefit).all():
        faults.add("bénéfice inconnu ou infini", remedy="retirer ces échanges")
    for values, name in ((supply_t, "gisement"), (need_t, "besoin")):
        for number in np.flatnonzero(~(values >= 0)):
            fault = f"{name} n° {number} : {values[number]:g} t/an"
            faults.add(fault, remedy="un tonnage est un nombre positif ou nul")
    if np.isinf(supply_t).any():
        faults.add("gisement infini", remedy="un gisement a une borne")
    faults.raise_if_any(SchemaError)


def _is_useful(whole: Problem) -> Bools:
    """Leave out arcs that no optimum needs.

    Those without gain or tonnage; and those that gain no more than an unbounded need
    of the same lot does, for it can take all.
    """
    is_open = np.isinf(whole.need_t[whole.need])
    has_tonnes = (whole.supply_t[whole.supply] > 0) & (whole.need_t[whole.need] > 0)
    useful = (whole.gain > 0) & has_tonnes
    sure = np.zeros(len(whole.supply_t))
    rows = np.flatnonzero(useful & is_open)
    np.maximum.at(sure, whole.supply[rows], whole.gain[rows])
    beats = whole.gain > sure[whole.supply]
    ties = is_open & (whole.gain == sure[whole.supply])
    return useful & (beats | ties)


def best_of(group: Ints, score: Floats, count: int) -> Bools:
    """Mark the best arcs of each group, the first of equals."""
    order = np.lexsort((np.arange(len(group)), -score, group))
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    place = np.arange(len(ordered)) - np.repeat(starts, sizes)
    marked = np.zeros(len(group), dtype=bool)
    marked[order[place < count]] = True
    return marked


def solved(part: Problem) -> tuple[Floats, tuple[Floats, Floats]]:
    """Solve one linear programme by HiGHS."""
    lots, lot_row = np.unique(part.supply, return_inverse=True)
    bounded = np.isfinite(part.need_t[part.need])
    needs, need_row = np.unique(part.need[bounded], return_inverse=True)
    columns = np.arange(len(part.gain))
    matrix = csr_array(
        (
            np.concatenate([np.ones(len(columns)), part.use[bounded]]),
            (
                np.concatenate([lot_row, len(lots) + need_row]),
                np.concatenate([columns, columns[bounded]]),
            ),
        ),
        shape=(len(lots) + len(needs), len(columns)),
    )
    room = np.concatenate([part.supply_t[lots], part.need_t[needs]])
    answer = linprog(-part.gain, A_ub=matrix, b_ub=room, method="highs-ds")
    if answer.status != 0:
        message = f"HiGHS: {answer.message}"
        raise RuntimeError(message)
    price = np.maximum(-answer.ineqlin.marginals, 0.0)
    of_lots, of_needs = np.zeros(len(part.supply_t)), np.zeros(len(part.need_t))
    of_lots[lots] = price[: len(lots)]
    of_needs[needs] = price[len(lots) :]
    return np.maximum(answer.x, 0.0), (of_lots, of_needs)


def certified(
    told: Problem, t: Floats, need_price: Floats, *, least: Floats | None = None
) -> Allocated:
    """Bring tonnes strictly within bounds, and bound what any allocation brings."""
    supply_t, need_t = told.supply_t, told.need_t
    n_lots, n_needs = len(supply_t), len(need_t)
    used = np.bincount(told.need, t * told.use, n_needs).astype(float)
    t = t * _at_most_one(need_t, used)[told.need]
    given_t = np.bincount(told.supply, t, n_lots).astype(float)
    t = t * _at_most_one(supply_t, given_t)[told.supply]
    t = np.where(t > _ROUNDING * supply_t[told.supply], t, 0.0)
    exchanged = t * told.kept
    left = supply_t - np.bincount(told.supply, exchanged, n_lots)
    finite = np.isfinite(need_t)
    of_needs = np.where(finite, need_price, 0.0)
    if least is None:
        least = _best_by_lot(told, of_needs)
    bound = supply_t @ least + need_t[finite] @ of_needs[finite]
    benefit = float(t @ told.gain)
    unmatched = np.maximum(left, 0.0)
    return Allocated(exchanged, unmatched, least, of_needs, benefit, float(bound))


def _best_by_lot(told: Problem, of_needs: Floats) -> Floats:
    least = np.zeros(len(told.supply_t))
    can = np.flatnonzero(told.need_t[told.need] > 0)
    worth = told.gain[can] - told.use[can] * of_needs[told.need[can]]
    np.maximum.at(least, told.supply[can], worth)
    return least


def _at_most_one(room: Floats, used: Floats) -> Floats:
    over = used > room
    return np.divide(room, used, out=np.ones_like(used), where=over)


def site_allocation(
    arcs: Arcs, t: Floats, *, donors: Ends, receivers: Ends, rules: pd.DataFrame
) -> pd.DataFrame:
    """Tell the optimum site by site.

    ``arcs``, ``t``: arcs, and tonnes on each [t/year]. Returns: table ``allocation``:
    ``donor_id``, ``receiver_id``, ``rule_id``, ``resource`` (the residue),
    ``ewc_stat``, ``donor_code``, ``receiver_code`` (communes), ``t`` [t/year],
    ``length_m``, ``time_s``. Sites of a lot give in proportion to their tonnes, and
    those of a need receive in proportion to theirs; partners are joined in the order of
    their names, with as few exchanges as that takes.
    """
    carried = np.flatnonzero(t > 0)
    by_lot = carried[np.lexsort((arcs.rule[carried], arcs.need[carried]))]
    out = _overlaid(by_lot, t[by_lot], arcs.supply[by_lot], donors)
    mass = out["t"].to_numpy(float)
    arc = out["arc"].to_numpy(np.int64)
    into = _overlaid(np.arange(len(out)), mass, arcs.need[arc], receivers)
    row = into["arc"].to_numpy(np.int64)
    arc = arc[row]
    table = pd.DataFrame(
        {
            "donor_id": out["site_id"].to_numpy(object)[row],
            "receiver_id": into["site_id"].to_numpy(object),
            "rule_id": rules["rule_id"].to_numpy(object)[arcs.rule[arc]],
            "resource": donors.nodes["resource"].to_numpy(object)[arcs.supply[arc]],
            "ewc_stat": donors.nodes["ewc_stat"].to_numpy(object)[arcs.supply[arc]],
            "donor_code": donors.nodes["code_insee"].to_numpy(object)[arcs.supply[arc]],
            "receiver_code": receivers.nodes["code_insee"].to_numpy(object)[
                arcs.need[arc]
            ],
            "t": into["t"].to_numpy(float),
            "length_m": arcs.length_m[arc],
            "time_s": arcs.time_s[arc],
        }
    )
    key = ["donor_id", "receiver_id", "rule_id", "resource"]
    places = ["ewc_stat", "donor_code", "receiver_code"]
    ways = dict.fromkeys([*places, "length_m", "time_s"], "first")
    summed = table.groupby(key, sort=True).agg({"t": "sum", **ways}).reset_index()
    return summed[[*key, *places, "t", "length_m", "time_s"]].astype(
        dict.fromkeys([*key, *places], "str")
    )


def _overlaid(arc: Ints, t: Floats, node: Ints, ends: Ends) -> pd.DataFrame:
    """Lay the flows of each node beside its sites, and cut where either ends."""
    order = np.argsort(node, kind="stable")
    arc, t, node = arc[order], t[order], node[order]
    if not len(node):
        return pd.DataFrame({"arc": arc, "site_id": [], "t": t})
    names = ends.members["site_id"].tolist()
    weight = ends.members["t"].astype(float).tolist()
    first = np.searchsorted(ends.members["node"], np.arange(len(ends.nodes) + 1))
    arcs, amounts = arc.tolist(), t.tolist()
    rows: list[tuple[int, str, float]] = []
    starts = np.flatnonzero(np.r_[True, node[1:] != node[:-1], True])
    for start, stop in pairwise(starts.tolist()):
        site, after = first[node[start]], first[node[start] + 1]
        flow_end = list(accumulate(amounts[start:stop]))
        weight_end = list(accumulate(weight[site:after]))
        whole = flow_end[-1]
        scale = whole / weight_end[-1]
        site_end = [one * scale for one in weight_end]
        cuts = sorted([0.0, *flow_end[:-1], *site_end[:-1], whole])
        far = [cut for last, cut in pairwise(cuts) if cut - last > _ROUNDING * whole]
        for last, cut in pairwise([0.0, *far[:-1], whole]):
            size = cut - last
            middle = cut - size / 2
            of_flow = start + bisect_left(flow_end, middle)
            of_site = site + bisect_left(site_end, middle)
            rows.append((arcs[of_flow], names[of_site], size))
    return pd.DataFrame(rows, columns=["arc", "site_id", "t"])


def unique_rows(*columns: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """Return the first row of each sort of rows, sorted, and the sort of each row."""
    order = np.lexsort(columns[::-1])
    is_new = np.zeros(len(order), dtype=bool)
    is_new[:1] = True
    for column in columns:
        is_new[1:] |= column[order[1:]] != column[order[:-1]]
    sort = np.empty(len(order), dtype=np.int64)
    sort[order] = np.cumsum(is_new) - 1
    return order[is_new], sort


def allocation_change(
    before: tuple[Arcs, Allocated],
    after: tuple[Arcs, Allocated],
    ends: tuple[Ends, Ends],
    *,
    rules: pd.DataFrame,
) -> pd.DataFrame:
    """Say what changes from one optimum to another of nearly the same market.

    ``rules``: ``rule_id``, ``family``, in the order that arcs name. Returns: table
    ``without_largest``: ``measure`` (``t``, ``eur``, ``communes``: pairs of communes
    that exchange, ``families``), ``with_it``, ``without_it``.
    """
    families = rules["family"].to_numpy(object)
    places = [side.nodes["code_insee"].to_numpy(object) for side in ends]
    measures = {}
    for name, (arcs, allocated) in {"with_it": before, "without_it": after}.items():
        used = np.flatnonzero(allocated.t > 0)
        pairs = zip(
            places[0][arcs.supply[used]], places[1][arcs.need[used]], strict=True
        )
        measures[name] = {
            "t": float(allocated.t.sum()),
            "eur": allocated.benefit_eur,
            "communes": float(len(set(pairs))),
            "families": float(len(set(families[arcs.rule[used]]))),
        }
    table = pd.DataFrame(measures).rename_axis("measure").reset_index()
    return table.astype({"measure": "str"})


def missing_needs(allocated: Allocated, receivers: Ends) -> pd.DataFrame:
    """Say what is missing: where one more tonne of need would bring most.

    Returns: ``code_insee``, ``resource``, ``t`` [t of input/year, all used],
    ``price_eur_per_t`` (dual value [€/t of input]), the greatest first. A dual holds
    for the first tonne more, not for a thousand.
    """
    nodes = receivers.nodes.assign(price_eur_per_t=allocated.need_price_eur_per_t)
    dear = nodes[nodes["price_eur_per_t"] > 10 * TIE_EUR_PER_T]
    best = dear.groupby(["code_insee", "resource"]).agg(
        t=("t", "sum"), price_eur_per_t=("price_eur_per_t", "max")
    )
    order = ["price_eur_per_t", "code_insee", "resource"]
    return best.reset_index().sort_values(
        order, ascending=[False, True, True], ignore_index=True
    )
