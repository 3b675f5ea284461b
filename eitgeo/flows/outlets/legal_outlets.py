"""Where waste may go: the legal outlets in reach, under the capacity they have left.

A model of what the law and the road allow, at the prices of the reference tables, never
of what happens: who takes the waste today is told by firms alone (`used_outlets`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError, StudyError
from eitgeo.flows.outlets.transport import cost_eur_per_t, vehicle_freight
from eitgeo.reference.exchange_terms import (
    LANDFILL,
    heading_wastes,
    landfill_tax,
    latest_tax_year,
    marginal_tax_eur_per_t,
)
from eitgeo.reference.tables import freight_factors
from eitgeo.reference.waste import icpe_headings
from eitgeo.tables.columns import OD_REACHED

type Floats = npt.NDArray[np.float64]

MODEL, REFERENCE, UNKNOWN = "exutoire_admis", "prix_de_reference", "inconnu"
"""How the disposal that a lot avoids is known."""
_PRICED_LOT = ["code_insee", "ewc_stat"]
_PER_T = {
    "price_eur_per_t": "disposal_eur_per_t",
    "tax_eur_per_t": "tax_eur_per_t",
    "premium_eur_per_t": "premium_eur_per_t",
    "is_landfill": "landfill_share",
    "landfill_tax_eur_per_t": "landfill_tax_eur_per_t",
    "is_public": "public_share",
}
"""Terms of a legal pair → means over the lot."""


def disposal_prices(
    flows: pd.DataFrame,
    legal: pd.DataFrame,
    reference: pd.DataFrame,
    *,
    waste: pd.DataFrame,
) -> pd.DataFrame:
    """Price what a tonne costs its site where it may go today.

    ``flows``: ``flows`` of `Placed`: ``code_insee``, ``stream``, ``ewc_stat``,
    ``outlet_id``, ``t``, ``length_m``, ``cost_eur``. ``legal``: ``outlet_id``,
    ``stream``, ``ewc_stat``, ``heading``, ``gate_eur_per_t``, ``tax_eur_per_t`` (on one
    more tonne, the part above the threshold included), ``rate_eur_per_t`` (that of the
    year), ``premium_eur_per_t`` (the part above, where the outlet is run by the
    syndicate and bears it), ``price_eur_per_t`` (gate and tax), ``is_public`` (run by
    it). ``reference``: ``ewc_stat``, ``heading``, ``gate_eur_per_t``,
    ``tax_eur_per_t``, ``rate_eur_per_t``, ``price_eur_per_t`` of any heading that may
    take it: the cheapest stands in for lots without an outlet. ``waste``: as
    :func:`eitgeo.flows.outlets.legal_outlets.lots` returns it: what is thrown away,
    placed or not. Returns: indexed by ``code_insee``, ``ewc_stat``:
    ``disposal_eur_per_t``, ``haul_eur_per_t``, ``length_m``, ``tax_eur_per_t``,
    ``premium_eur_per_t``, ``landfill_share`` and ``public_share`` (0–1),
    ``landfill_tax_eur_per_t`` (at the rate of the year), means over the whole lot,
    weighted by tonnes; ``lot_t``, all that the lot throws away [t/year]. Rows of ``""``
    hold the reference: no haul and no syndicate, so that what is unknown is not counted
    as avoided.
    """
    key = ["outlet_id", "stream", "ewc_stat"]
    priced = _priced(legal)
    rows = flows.merge(priced[[*key, *_PER_T]], on=key)
    t = rows["t"]
    amounts = {name: t * rows[name] for name in _PER_T}
    rows = rows.assign(t_m=t * rows["length_m"], **amounts)
    sums = rows.groupby(_PRICED_LOT)[["t", "cost_eur", "t_m", *_PER_T]].sum()
    means = sums.div(sums["t"], axis=0)
    names = {**_PER_T, "cost_eur": "haul_eur_per_t", "t_m": "length_m"}
    placed = means.drop(columns="t").rename(columns=names)
    placed = placed.assign(lot_t=waste.groupby(_PRICED_LOT)["t"].sum())
    cheap = reference.sort_values(["ewc_stat", "price_eur_per_t", "heading"])
    first = cheap.drop_duplicates("ewc_stat")
    usual = _priced(first.assign(is_public=False, premium_eur_per_t=0.0))
    usual = usual.rename(columns=_PER_T).assign(
        code_insee="", haul_eur_per_t=0.0, length_m=0.0, lot_t=0.0
    )
    return pd.concat([placed, usual.set_index(_PRICED_LOT)[list(placed)]]).sort_index()


def _priced(pairs: pd.DataFrame) -> pd.DataFrame:
    """Say of each pair whether it is a landfill, and what tax it bears."""
    landfill = pairs["heading"].eq(LANDFILL).astype(float)
    return pairs.assign(
        is_public=pairs["is_public"].astype(float),
        is_landfill=landfill,
        landfill_tax_eur_per_t=landfill * pairs["rate_eur_per_t"],
    )


def disposal_headings(
    flows: pd.DataFrame, legal: pd.DataFrame, reference: pd.DataFrame
) -> pd.Series[str]:
    """Say under which heading most of each lot would go today.

    ``legal``: ``outlet_id``, ``stream``, ``ewc_stat``, ``heading``. ``reference``: as
    in :func:`disposal_prices`, with ``heading``. Returns: named ``heading``, indexed by
    ``code_insee``, ``ewc_stat``; rows of ``""`` hold the cheapest heading that may take
    the category anywhere.
    """
    key = ["outlet_id", "stream", "ewc_stat"]
    rows = flows.merge(legal[[*key, "heading"]], on=key)
    masses = rows.groupby([*_PRICED_LOT, "heading"])["t"].sum().reset_index()
    most = masses.sort_values("heading", kind="stable").sort_values(
        "t", ascending=False, kind="stable"
    )
    placed = most.drop_duplicates(_PRICED_LOT).set_index(_PRICED_LOT)["heading"]
    cheap = reference.sort_values(["ewc_stat", "price_eur_per_t", "heading"])
    usual = cheap.drop_duplicates("ewc_stat").assign(code_insee="")
    both = pd.concat([placed, usual.set_index(_PRICED_LOT)["heading"]])
    return both.astype("str").sort_index()


def lot_headings(nodes: pd.DataFrame, headings: pd.Series[str]) -> pd.Series[str]:
    """Look up the heading of each lot, then that of its category.

    ``nodes``: ``code_insee``, ``ewc_stat`` of each lot. Returns: on the index of
    `nodes`; empty where no heading may take it.
    """
    own = pd.MultiIndex.from_frame(nodes[_PRICED_LOT])
    usual = pd.MultiIndex.from_frame(nodes[_PRICED_LOT].assign(code_insee=""))
    first = headings.reindex(own).set_axis(nodes.index)
    second = headings.reindex(usual).set_axis(nodes.index)
    return first.fillna(second).fillna("").astype("str")


def avoided_disposal(nodes: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """Give the disposal that each lot of residue avoids.

    ``nodes``: ``code_insee``, ``ewc_stat`` of each lot. Returns: on the index of
    `nodes`: the columns of `prices`; ``known``: ``exutoire_admis``,
    ``prix_de_reference``, or ``inconnu`` (0 €/t: no heading takes it, and nothing is
    counted as avoided).
    """
    own = pd.MultiIndex.from_arrays([nodes["code_insee"], nodes["ewc_stat"]])
    usual = pd.MultiIndex.from_arrays(
        [pd.Series("", index=nodes.index, dtype="str"), nodes["ewc_stat"]]
    )
    first = prices.reindex(own).set_axis(nodes.index)
    second = prices.reindex(usual).set_axis(nodes.index)
    costs = first.fillna(second)
    known = np.select(
        [first["disposal_eur_per_t"].notna(), second["disposal_eur_per_t"].notna()],
        [MODEL, REFERENCE],
        UNKNOWN,
    )
    return costs.fillna(0.0).assign(known=known).astype({"known": "str"})


NO_OUTLET, OUT_OF_REACH, FULL = "aucun_exutoire_admis", "hors_de_portee", "capacite"
"""Why a tonne finds no place: nothing may take it, nothing near, nothing left."""
REASONS = {
    NO_OUTLET: "aucun exutoire n’admet ce déchet",
    OUT_OF_REACH: "aucun exutoire admis n’est à portée par la route",
    FULL: "les exutoires admis à portée n’ont plus de capacité",
}
_LOT = ["code_insee", "stream", "ewc_stat"]
_ROUNDING = 1e-9
_S_PER_MIN = 60.0

SKIP = "hooklift_26t"
"""Vehicle of waste on its way to an outlet."""


def free_capacity_t(outlets: pd.DataFrame) -> pd.Series[float]:
    """Say what an outlet has left for professionals.

    ``outlets``: ``outlet_id``, ``capacity_t``, ``household_t`` of one year [t].
    Returns: capacity less household tonnage, never below 0 [t/year], by ``outlet_id``;
    NaN where no capacity is known: such an outlet is not bounded, and said so.

    Examples
    --------
    >>> free_capacity_t(pd.DataFrame({"outlet_id": ["a", "b", "c"],
    ...     "capacity_t": [48_492.0, 100.0, float("nan")],
    ...     "household_t": [48_500.0, float("nan"), 7.0]})).tolist()
    [0.0, 100.0, nan]
    """
    left = outlets["capacity_t"] - outlets["household_t"].fillna(0.0)
    named = pd.Series(left.clip(lower=0.0).to_numpy(float), name="free_t")
    return named.set_axis(pd.Index(outlets["outlet_id"]))


def legal_pairs(
    outlets: pd.DataFrame, *, wastes: pd.DataFrame, headings: pd.DataFrame
) -> pd.DataFrame:
    """List what each outlet may take, and at what price.

    ``outlets``: ``outlet_id``, ``kind``, ``icpe_headings`` (``;`` list). ``headings``:
    as `icpe_headings` returns them: the headings of a kind, for outlets that state
    none. Returns: ``outlet_id``, ``stream``, ``ewc_stat``, ``heading``,
    ``gate_eur_per_t``: of several headings that fit, the cheapest, then the first.
    """
    of_kind = headings.groupby("kind")["heading"].agg(";".join)
    stated = outlets["icpe_headings"]
    by_kind = outlets["kind"].map(of_kind).astype("str").fillna("")
    allowed = stated.where(stated != "", by_kind)
    listed = pd.DataFrame(
        {"outlet_id": outlets["outlet_id"], "heading": allowed.str.split(";")}
    ).explode("heading")
    rows = listed.merge(wastes, on="heading").sort_values(
        ["outlet_id", "stream", "ewc_stat", "gate_eur_per_t", "heading"]
    )
    key = ["outlet_id", "stream", "ewc_stat"]
    columns = [*key, "heading", "gate_eur_per_t"]
    return rows.drop_duplicates(key)[columns].reset_index(drop=True)


def nearest_outlets(legal: pd.DataFrame, od_matrix: pd.DataFrame) -> pd.DataFrame:
    """Time the way from each commune to the nearest outlet for each kind of waste.

    ``od_matrix``: pairs by truck: ``origin_id``, ``destination_id``, ``status``,
    ``time_s``. Returns: ``code_insee``, ``stream``, ``ewc_stat``, ``outlet_id`` (among
    equals, the first by name), ``minutes``; no row where no legal outlet is reached.
    """
    is_to_outlet = od_matrix["destination_id"].isin(legal["outlet_id"].unique())
    to_outlet = od_matrix[is_to_outlet]
    reached = to_outlet[to_outlet["status"].isin(OD_REACHED)]
    names = {"origin_id": "code_insee", "destination_id": "outlet_id"}
    ways = reached.rename(columns=names)[["code_insee", "outlet_id", "time_s"]]
    by_time = ways.sort_values(["time_s", "outlet_id"])
    rows = by_time.merge(legal[["outlet_id", "stream", "ewc_stat"]], on="outlet_id")
    first = rows.drop_duplicates(_LOT).sort_values(_LOT)
    nearest = first.assign(minutes=first["time_s"] / _S_PER_MIN)
    return nearest[[*_LOT, "outlet_id", "minutes"]].reset_index(drop=True)


@dataclass(frozen=True)
class Placed:
    """Waste in its legal outlets.

    ``flows``: ``code_insee``, ``stream``, ``ewc_stat``, ``outlet_id``, ``t`` [t/year],
    ``length_m``, ``cost_eur``. ``unplaced``: ``code_insee``, ``stream``, ``ewc_stat``,
    ``t``, ``reason``. ``price_eur_per_t``: what one more tonne of capacity would spare,
    by ``outlet_id`` [€/t]; NaN for an outlet that nothing bounds.
    """

    flows: pd.DataFrame
    unplaced: pd.DataFrame
    price_eur_per_t: pd.Series[float]


def lots(arisings: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Sum arisings by commune, stream and category: all that outlets tell apart.

    ``sites``: ``site_id``, ``code_insee``. Returns: ``code_insee``, ``stream``,
    ``ewc_stat``, ``t`` [t/year], sorted. Refused: column missing, negative tonnage.
    """
    require_columns(
        arisings, ["site_id", "stream", "ewc_stat", "t_mid"], where="arisings"
    )
    faults = Faults("arisings")
    negative = arisings[arisings["t_mid"] < 0]
    for site, code, mass in negative[["site_id", "ewc_stat", "t_mid"]].to_numpy():
        fault = f"« {site} », {code} : tonnage négatif ({mass:g} t/an)"
        faults.add(fault, remedy="corriger la source")
    faults.raise_if_any(SchemaError)
    places = sites.set_index("site_id")["code_insee"]
    rows = arisings.assign(code_insee=arisings["site_id"].map(places))
    sums = rows.groupby(_LOT)["t_mid"].sum().rename("t").reset_index()
    return sums[sums["t"] > 0].reset_index(drop=True)


def place_lots(
    waste: pd.DataFrame, pairs: pd.DataFrame, *, free_t: pd.Series[float]
) -> Placed:
    """Send each lot to legal outlets: most tonnes first, then least cost.

    ``pairs``: legal outlets in reach of each lot: ``code_insee``, ``stream``,
    ``ewc_stat``, ``outlet_id``, ``length_m``, ``cost_eur_per_t`` (≥ 0). Absent: not
    legal, or not reached. Legal outlets out of reach bear NaN ``cost_eur_per_t``.
    Returns: a minimum-cost flow, solved by HiGHS. Refused: a negative cost, or an
    outlet of `pairs` that `free_t` does not name.

    Notes
    -----
    Minimise Σ c·y + M·Σ u under Σ_o y + u = lot and Σ y ≤ free capacity. A tonne more
    moves others along a chain that meets each outlet at most once, and adds at most
    ``(outlets + 1) · max c``: a larger M never leaves a tonne aside to spare cost.
    """
    _require_usable(pairs, free_t)
    table = waste.reset_index(drop=True)
    numbers = pd.Series(table.index, index=pd.MultiIndex.from_frame(table[_LOT]))
    known = pairs.assign(
        lot=numbers.reindex(pd.MultiIndex.from_frame(pairs[_LOT])).array
    )
    known = known.dropna(subset="lot")
    legal = set(known["lot"].astype(int))
    open_ = known.dropna(subset="cost_eur_per_t").astype({"lot": int})
    open_ = open_.sort_values(["lot", "outlet_id"], ignore_index=True)
    t, price = _flow(open_, table["t"].to_numpy(float), free_t)
    rows = open_.assign(t=t, cost_eur=t * open_["cost_eur_per_t"])
    placed = rows[rows["t"] > _ROUNDING]
    columns = [*_LOT, "outlet_id", "t", "length_m", "cost_eur"]
    left = table["t"] - placed.groupby("lot")["t"].sum().reindex(table.index).fillna(0)
    reason = pd.Series(NO_OUTLET, index=table.index, dtype="str")
    reason = reason.mask(table.index.isin(legal), OUT_OF_REACH)
    reason = reason.mask(table.index.isin(set(open_["lot"])), FULL)
    short = table.assign(t=left, reason=reason)
    is_short = left > _ROUNDING * table["t"].clip(lower=1.0)
    return Placed(
        placed[columns].reset_index(drop=True),
        short[is_short].reset_index(drop=True),
        price,
    )


def _require_usable(pairs: pd.DataFrame, free_t: pd.Series[float]) -> None:
    faults = Faults("exutoires")
    for outlet in sorted(set(pairs["outlet_id"]) - set(free_t.index)):
        faults.add(f"« {outlet} » sans capacité déclarée", remedy="la donner, ou NaN")
    for outlet in sorted(set(pairs.loc[pairs["cost_eur_per_t"] < 0, "outlet_id"])):
        faults.add(f"« {outlet} » : coût négatif", remedy="donner le coût du camion")
    faults.raise_if_any(SchemaError)


def _flow(
    open_: pd.DataFrame, lot_t: Floats, free_t: pd.Series[float]
) -> tuple[Floats, pd.Series[float]]:
    """Solve the flow; tonnes of each pair, and price of each bounded outlet."""
    bounded = free_t.dropna()
    price = pd.Series(np.nan, index=free_t.index).where(free_t.isna(), 0.0)
    if open_.empty:
        return np.zeros(0), price
    n, n_lots = len(open_), len(lot_t)
    cost = open_["cost_eur_per_t"].to_numpy(float)
    penalty = (len(free_t) + 2) * (cost.max() + 1.0)
    lot = open_["lot"].to_numpy(np.int64)
    outlet = bounded.index.get_indexer(pd.Index(open_["outlet_id"]))
    whole = csr_array(
        (
            np.ones(n + n_lots),
            (
                np.concatenate([lot, np.arange(n_lots)]),
                np.arange(n + n_lots),
            ),
        ),
        shape=(n_lots, n + n_lots),
    )
    inside = np.flatnonzero(outlet >= 0)
    room = csr_array(
        (np.ones(len(inside)), (outlet[inside], inside)),
        shape=(len(bounded), n + n_lots),
    )
    solved = linprog(
        np.concatenate([cost, np.full(n_lots, penalty)]),
        A_ub=room if len(bounded) else None,
        b_ub=bounded.to_numpy(float) if len(bounded) else None,
        A_eq=whole,
        b_eq=lot_t,
        method="highs-ds",
    )
    if solved.status != 0:
        message = f"HiGHS: {solved.message}"
        raise RuntimeError(message)
    if len(bounded):
        price[bounded.index] = -solved.ineqlin.marginals
    return np.maximum(solved.x[:n], 0.0), price


def unplaced_by_stream(placed: Placed) -> pd.DataFrame:
    """Sum what finds no outlet, by stream, category and reason.

    Returns: ``stream``, ``ewc_stat``, ``reason``, ``t`` [t/year], the largest first.
    """
    key = ["stream", "ewc_stat", "reason"]
    sums = placed.unplaced.groupby(key)["t"].sum().reset_index()
    down = [False, True, True, True]
    return sums.sort_values(["t", *key], ascending=down, ignore_index=True)


def site_outlet_flows(
    placed: Placed,
    arisings: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    kgco2e_per_tkm: float = float("nan"),
) -> pd.DataFrame:
    """Share the flows of each lot among its sites, in proportion to their tonnes.

    ``sites``: ``site_id``, ``code_insee``. ``kgco2e_per_tkm``: what a tonne emits over
    a kilometre, the way back counted [kgCO2e/t/km]. Returns: table ``allowed_flows``,
    kind ``allowed``: ``t``, ``tkm`` one way, full, ``cost_eur`` and ``kgco2e`` a year.
    """
    places = sites.set_index("site_id")["code_insee"]
    rows = arisings.assign(code_insee=arisings["site_id"].map(places))
    rows = rows[rows["t_mid"] > 0]
    share = rows["t_mid"] / rows.groupby(_LOT)["t_mid"].transform("sum")
    joined = rows.assign(share=share)[["site_id", "waste_code", *_LOT, "share"]].merge(
        placed.flows, on=_LOT
    )
    mass = joined["share"] * joined["t"]
    table = joined.assign(
        t=mass,
        tkm=mass * joined["length_m"] / 1000,
        cost_eur=joined["share"] * joined["cost_eur"],
    )
    key = ["site_id", "waste_code", "outlet_id"]
    sums = table.groupby(key)[["t", "tkm", "cost_eur"]].sum().reset_index()
    return sums.assign(kind="allowed", kgco2e=sums["tkm"] * kgco2e_per_tkm)


@dataclass(frozen=True)
class Outlets:
    """The legal outlets of a study, and what they cost.

    ``legal``: as `disposal_prices` reads it. ``placed``: waste in its outlets.
    ``prices``: as `disposal_prices` returns them. ``headings``: as `disposal_headings`
    returns them.
    """

    legal: pd.DataFrame
    placed: Placed
    prices: pd.DataFrame
    headings: pd.Series[str]


def allowed_outlets(
    outlets: pd.DataFrame,
    arisings: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    od_matrix: pd.DataFrame,
    year: int,
    public_ids: Collection[str] = (),
) -> Outlets:
    """Place the waste of the area in the legal outlets within reach.

    ``arisings``: table ``arisings`` of the area. ``od_matrix``: pairs by truck within
    the longest way of the study. Returns: legal pairs with their prices, flows and what
    is left. Refused when `outlets` does not hold one of `public_ids`.

    Notes
    -----
    The syndicate bills its users the rate of the year; what it owes above the
    threshold, which no bill tells apart from household waste, stays with it.
    """
    _require_known(public_ids, outlets)
    legal = legal_pairs(outlets, wastes=heading_wastes(), headings=icpe_headings())
    taken_t = outlets.set_index("outlet_id")["household_t"].fillna(0.0)
    loads = zip(legal["heading"], legal["outlet_id"].map(taken_t), strict=True)
    tax = _taxes(loads, year)
    is_public = legal["outlet_id"].isin(list(public_ids))
    usual = _taxes(((heading, 0.0) for heading in legal["heading"]), year)
    legal = legal.assign(
        price_eur_per_t=legal["gate_eur_per_t"] + tax,
        tax_eur_per_t=tax,
        rate_eur_per_t=usual,
        premium_eur_per_t=is_public * (np.array(tax) - usual),
        is_public=is_public,
    )
    waste = lots(arisings, sites)
    pairs = waste.drop(columns="t").merge(legal, on=["stream", "ewc_stat"])
    to_outlet = od_matrix[od_matrix["destination_id"].isin(legal["outlet_id"].unique())]
    ways = pairs.merge(_ways(to_outlet), on=["code_insee", "outlet_id"], how="left")
    placed = place_lots(waste, ways, free_t=free_capacity_t(outlets))
    reference = priced_headings(year)
    return Outlets(
        legal,
        placed,
        disposal_prices(placed.flows, legal, reference, waste=waste),
        disposal_headings(placed.flows, legal, reference),
    )


def priced_headings(year: int) -> pd.DataFrame:
    """Price what each heading may take: `heading_wastes`, with the tax of a year.

    ``tax_eur_per_t`` and ``rate_eur_per_t`` (below the threshold), ``price_eur_per_t``
    (gate and tax).
    """
    known = heading_wastes()
    tax = _taxes(((heading, 0.0) for heading in known["heading"]), year)
    return known.assign(
        price_eur_per_t=known["gate_eur_per_t"] + tax,
        tax_eur_per_t=tax,
        rate_eur_per_t=tax,
    )


def _require_known(public_ids: Collection[str], outlets: pd.DataFrame) -> None:
    faults = Faults("flows.syndicate.outlets")
    for name in sorted(set(public_ids) - set(outlets["outlet_id"])):
        known = ", ".join(sorted(outlets["outlet_id"]))
        fault = f"exutoire « {name} » inconnu, ou hors du territoire"
        faults.add(fault, remedy=f"connus : {known}")
    faults.raise_if_any(StudyError)


def _taxes(loads: Iterable[tuple[str, float]], year: int) -> list[float]:
    """Tax of each heading and tonnage, each pair looked up once."""
    asked = list(loads)
    taxes = {load: _tax(load[0], year, load[1]) for load in set(asked)}
    return [taxes[load] for load in asked]


def _tax(heading: str, year: int, landfilled_t: float) -> float:
    """Tax of the last year that is known for the heading, up to one."""
    table = landfill_tax()
    if heading not in set(table["heading"]):
        return 0.0
    last = latest_tax_year(year, heading=heading)
    return marginal_tax_eur_per_t(last, heading=heading, landfilled_t=landfilled_t)


def _ways(od_matrix: pd.DataFrame) -> pd.DataFrame:
    reached = od_matrix[od_matrix["status"].isin(OD_REACHED)]
    skip = vehicle_freight(freight_factors(), SKIP)
    cost = cost_eur_per_t(
        skip,
        length_m=reached["length_m"].to_numpy(float),
        time_s=reached["time_s"].to_numpy(float),
    )
    names = {"origin_id": "code_insee", "destination_id": "outlet_id"}
    columns = ["code_insee", "outlet_id", "length_m"]
    return reached.rename(columns=names)[columns].assign(cost_eur_per_t=cost)
