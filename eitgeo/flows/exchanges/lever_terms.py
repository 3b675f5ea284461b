"""What an exchange saves per tonne, how far a rule pays, services that firms share.

A rule goes to its own longest distance, or to where it stops paying. A quick win needs
no partner of another trade: three firms of a zone with the same want.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.draws import draw_keys, stratified_scores, two_piece_lognormal
from eitgeo.flows.arisings.arising_draws import DrawLaw
from eitgeo.flows.exchanges.allocation import input_per_tonne
from eitgeo.flows.exchanges.levers import (
    DISPOSAL,
    HAUL,
    SUBSTITUTION,
    TONNES,
    VALUE,
    rule_break_even,
)
from eitgeo.flows.exchanges.participation import DRAW
from eitgeo.flows.outlets.legal_outlets import SKIP, avoided_disposal
from eitgeo.flows.outlets.today import rule_outlets
from eitgeo.flows.outlets.transport import (
    Freight,
    carried_rules,
    cost_eur_per_t,
    drawn_freight,
    kgco2e_per_t,
    vehicle_freight,
)
from eitgeo.reference.exchange_terms import (
    COMPOST,
    composting_gate,
    current_outlets,
    heading_wastes,
    input_needs,
    landfill_tax,
    residue_values,
)
from eitgeo.reference.tables import freight_factors
from eitgeo.study.roads import Roads

type Floats = npt.NDArray[np.float64]


_M_PER_KM = 1000.0
_USUAL_M, _USUAL_S = 30_000.0, 2_000.0
"""A haul on which the doubt of costs is read."""
USUAL_M_PER_S = _USUAL_M / _USUAL_S

_ENDS = {"low": "_low", "mid": "", "high": "_high"}
"""Way to an outlet that a firm pays where none is known yet."""


def lever_terms(
    allocation: pd.DataFrame,
    *,
    rules: pd.DataFrame,
    prices: pd.DataFrame,
    values: pd.DataFrame,
    freights: Mapping[str, Freight],
    outlet_freight: Freight,
) -> pd.DataFrame:
    """Say what a tonne of each exchange saves and costs, at mid value.

    ``allocation``: table ``allocation``: ``t`` is what leaves each lot;
    ``is_composted``: its taker charges the gate of its heading, and buys nothing.
    ``rules``: ``rule_id``, ``yield_t_per_t``, ``avoided_kgco2e_per_t`` (text, empty
    where it is « non chiffrée »), ``vehicle``. ``freights``: vehicle → factors.
    ``outlet_freight``: factors of the vehicle that takes waste to its outlet. Returns:
    on the index of `allocation`: the columns that `lever_draws` reads, ``t`` left out.
    ``avoided_kgco2e_per_t`` is NaN where the rule does not tell it.
    """
    spared = avoided_disposal(
        allocation.rename(columns={"donor_code": "code_insee"}), prices
    )
    spared = _within_lots(spared, allocation)
    rule = rules.set_index("rule_id").loc[allocation["rule_id"]]
    of_residue = _amounts(values, allocation["ewc_stat"])
    length_m = allocation["length_m"].to_numpy(float)
    haul, emitted = np.zeros(len(rule)), np.zeros(len(rule))
    time_s = allocation["time_s"].to_numpy(float)
    for vehicle, freight in freights.items():
        own = (rule["vehicle"] == vehicle).to_numpy()
        haul[own] = cost_eur_per_t(freight, length_m=length_m[own], time_s=time_s[own])
        emitted[own] = kgco2e_per_t(freight, length_m=length_m[own])
    disposal_m = spared["length_m"].to_numpy(float)
    use = input_per_tonne(rule)
    treats = allocation["is_composted"].to_numpy(np.bool_)
    prepared, worth = (
        of_residue[f"{name}_eur_per_t"].to_numpy(float)
        for name in ("processing", "value")
    )
    replaced = pd.to_numeric(rule["avoided_kgco2e_per_t"], errors="coerce")
    table = pd.DataFrame(
        {
            "disposal_km": disposal_m / _M_PER_KM,
            "length_km": length_m / _M_PER_KM,
            "haul_to_disposal_eur_per_t": spared["haul_eur_per_t"].to_numpy(float),
            "haul_eur_per_t": haul,
            "processing_eur_per_t": np.where(
                treats, composting_gate()["mid"], prepared
            ),
            "value_eur_per_t": np.where(treats, 0.0, use * worth),
            "avoided_kgco2e_per_t": replaced.to_numpy(float),
            "haul_to_disposal_kgco2e_per_t": kgco2e_per_t(
                outlet_freight, length_m=disposal_m
            ),
            "haul_kgco2e_per_t": emitted,
        },
        index=allocation.index,
    )
    return table.join(_fees(spared))


def are_composted(
    exchanges: pd.DataFrame, needs: pd.DataFrame, rules: pd.DataFrame
) -> pd.Series[bool]:
    """Say which exchanges go to a composter, who takes their category to compost."""
    inputs = input_needs()
    taken = inputs.loc[inputs["resource"].eq(COMPOST), "ewc_stat"]
    rule_ids = rules.loc[rules["ewc_stat"].isin(set(taken)), "rule_id"]
    composters = needs.loc[needs["resource"].eq(COMPOST), "site_id"]
    goes = exchanges["receiver_id"].isin(set(composters))
    return goes & exchanges["rule_id"].isin(set(rule_ids))


def _within_lots(spared: pd.DataFrame, allocation: pd.DataFrame) -> pd.DataFrame:
    """Let no more tonnes leave the syndicate than it takes.

    Residues that ratios of waste do not count (whey, bark …) are exchanged beside the
    waste of a lot: they go to no outlet today, and leave none.
    """
    lot = [allocation[name] for name in ("donor_code", "ewc_stat", DRAW)]
    given_t = allocation["t"].groupby(lot).transform("sum")
    thrown_t = spared["lot_t"]
    most_t = given_t.clip(lower=thrown_t)
    part = (thrown_t / most_t.where(most_t > 0, 1.0)).fillna(0.0)
    public = ["public_share", "premium_eur_per_t"]
    return spared.assign(**{name: part * spared[name] for name in public})


def _fees(spared: pd.DataFrame) -> pd.DataFrame:
    """Say what a firm no longer pays, how much of it is tax, and to whom."""
    borne = spared["premium_eur_per_t"]
    return pd.DataFrame(
        {
            "disposal_eur_per_t": spared["disposal_eur_per_t"] - borne,
            "disposal_tax_eur_per_t": spared["tax_eur_per_t"] - borne,
            "landfill_share": spared["landfill_share"],
            "landfill_tax_eur_per_t": spared["landfill_tax_eur_per_t"],
            "syndicate_share": spared["public_share"],
        }
    )


def _amounts(values: pd.DataFrame, ewc_stat: pd.Series[str]) -> pd.DataFrame:
    """Look numbers up; a category that the table does not name costs and is worth 0."""
    return values.select_dtypes("number").reindex(pd.Index(ewc_stat)).fillna(0.0)


def relative_range(ranges: pd.DataFrame) -> tuple[float, float, float]:
    """Sum up intervals as one: medians of low and high over mid.

    ``ranges``: ``low``, ``mid``, ``high``; rows whose low or mid is not above 0 are
    left out. Returns: ``low ÷ mid``, 1, ``high ÷ mid``; three ones where no row is
    left.

    Examples
    --------
    >>> table = pd.DataFrame({"low": [1.0, 3.0], "mid": [2.0, 4.0], "high": [4.0, 8.0]})
    >>> relative_range(table)
    (0.625, 1.0, 2.0)
    """
    sound = ranges[(ranges["low"] > 0) & (ranges["mid"] > 0)]
    if sound.empty:
        return 1.0, 1.0, 1.0
    low, high = (float((sound[end] / sound["mid"]).median()) for end in ("low", "high"))
    return low, 1.0, high


def lever_ranges(
    rules: pd.DataFrame, *, gates: pd.DataFrame, values: pd.DataFrame
) -> dict[str, tuple[float, float, float]]:
    """Sum up how unsure disposal, the input replaced and what it avoids are.

    ``rules``: ``avoided_kgco2e_per_t`` and ``avoided_range`` (« low-high »), texts.
    Returns: source of doubt → ``low``, ``mid``, ``high`` factors, for `lever_factors`.
    """
    written = rules["avoided_range"].str.extract(r"^(-?[\d.]+)-(-?[\d.]+)$")
    bounds = written.astype(float)
    mid = pd.to_numeric(rules["avoided_kgco2e_per_t"], errors="coerce")
    avoided = pd.DataFrame({"low": bounds[0], "mid": mid, "high": bounds[1]})
    return {
        DISPOSAL: relative_range(levels_of(gates, "gate_eur_per_t")),
        VALUE: relative_range(levels_of(values, "value_eur_per_t")),
        SUBSTITUTION: relative_range(avoided.dropna()),
    }


def levels_of(table: pd.DataFrame, stem: str) -> pd.DataFrame:
    """Name the bounds and the middle of a figure ``low``, ``mid`` and ``high``."""
    names = {f"{stem}_low": "low", stem: "mid", f"{stem}_high": "high"}
    return table[list(names)].rename(columns=names)


def lever_factors(
    allocation: pd.DataFrame,
    draws: pd.DataFrame,
    *,
    ranges: Mapping[str, tuple[float, float, float]],
    freight: pd.DataFrame,
    vehicle: str,
    law: DrawLaw,
) -> dict[str, Floats]:
    """Draw the factors of each source of doubt.

    ``draws``: communes × draws: the waste of each commune [t/year]. ``ranges``: source
    (disposal, value, substitution) → ``low``, ``mid``, ``high`` factors. ``vehicle``:
    the vehicle on which the doubt of hauls is read. Returns: by source, for
    `lever_draws`: tonnes rise and fall with the waste of the donor's commune, in its
    very draws; the others are one factor a draw, the same for every exchange.
    """
    table = draws.reindex(pd.Index(allocation["donor_code"]), fill_value=0.0)
    median = table.median(axis=1).to_numpy(float)[:, None]
    tonnes = table.to_numpy(float)
    factors = np.divide(tonnes, median, out=np.ones_like(tonnes), where=median > 0)
    n_draws = draws.shape[1]
    own = type(law)(law.seed, n_draws, law.common_share)
    draw = drawn_freight(freight, vehicle, law=own)
    cost = np.asarray(cost_eur_per_t(draw, length_m=_USUAL_M, time_s=_USUAL_S))
    factors_of = {TONNES: factors.T, HAUL: (cost / np.median(cost))[:, None]}
    for source in (DISPOSAL, VALUE, SUBSTITUTION):
        key = draw_keys([source], seed=law.seed, source="levier")
        score = stratified_scores(key, n_draws)[0]
        factor = two_piece_lognormal(score, *np.array(ranges[source]))
        factors_of[source] = factor[:, None]
    return factors_of


def participation_factors(
    made_in: pd.Series[int], *, n_draws: int, n_participations: int
) -> Floats:
    """Make in each draw the exchanges of one draw of who takes part, in turn.

    Tonnes are means over those draws: where an exchange is made, it is whole.

    Examples
    --------
    >>> factors = participation_factors(
    ...     pd.Series([0, 1]), n_draws=3, n_participations=2)
    >>> factors.tolist()
    [[2.0, 0.0], [0.0, 2.0], [2.0, 0.0]]
    """
    turn = np.arange(n_draws)[:, None] % n_participations
    is_made: Floats = (made_in.to_numpy(np.int64)[None, :] == turn).astype(np.float64)
    return n_participations * is_made


def rule_margins(
    rules: pd.DataFrame,
    *,
    prices: pd.DataFrame,
    values: pd.DataFrame,
    freights: Mapping[tuple[str, str], Freight],
) -> pd.DataFrame:
    """Gather what the break-even distance of each rule depends on.

    ``rules``: ``family``, ``ewc_stat``, ``yield_t_per_t``, ``vehicle``. ``prices``:
    indexed by ``ewc_stat``: ``low``, ``mid``, ``high`` of the disposal avoided [€/t]; a
    category that it does not name avoids nothing. ``freights``: vehicle and level
    (``low``, ``mid``, ``high``) → factors.
    """
    use = input_per_tonne(rules)
    price = prices.reindex(pd.Index(rules["ewc_stat"])).fillna(0.0)
    worth = _amounts(values, rules["ewc_stat"])
    opposite = {"low": "_high", "mid": "", "high": "_low"}
    tails = {"low": "_low", "mid": "", "high": "_high"}
    table = pd.DataFrame({"family": rules["family"]})
    for level, end in tails.items():
        value = use * worth[f"value_eur_per_t{end}"].to_numpy(float)
        spent = worth[f"processing_eur_per_t{opposite[level]}"].to_numpy(float)
        table[f"margin_eur_per_t{end}"] = price[level].to_numpy(float) + value - spent
        of_rule = [freights[str(name), level] for name in rules["vehicle"]]
        fixed = [cost_eur_per_t(one, length_m=0.0, time_s=0.0) for one in of_rule]
        usual = [
            cost_eur_per_t(one, length_m=_USUAL_M, time_s=_USUAL_S) for one in of_rule
        ]
        table[f"fixed_eur_per_t{end}"] = np.array(fixed, dtype=float)
        per_km = (np.array(usual, dtype=float) - fixed) / (_USUAL_M / _M_PER_KM)
        table[f"eur_per_t_km{end}"] = per_km
    return table


def paying_rules(rules: pd.DataFrame, *, roads: Roads) -> pd.DataFrame:
    """Shorten each rule to the distance beyond which it no longer pays its haul.

    Returns: rows of `rules`, ``dist_max_km`` at most their break-even; a rule that pays
    at no distance is left out: a lead, never tonnes. What goes by pipe keeps its own.

    Notes
    -----
    All at mid value: what its category pays today (for the part of the residue that
    is thrown away), the input replaced, preparation and haul. Class H, as what it
    rests on.
    """
    carried = carried_rules(rules, roads=roads)
    farthest = rule_break_even(rule_terms(carried))["break_even_km"]
    bound = rules["rule_id"].map(farthest.set_axis(carried["rule_id"]))
    short = rules.assign(dist_max_km=rules["dist_max_km"].clip(upper=bound))
    return short[short["dist_max_km"] > 0].reset_index(drop=True)


def rule_terms(carried: pd.DataFrame) -> pd.DataFrame:
    """Gather what the break-even of carried rules depends on, as `rule_margins` does.

    Disposal is avoided for the part of the residue that is thrown away today.
    """
    factors = freight_factors()
    freights = {
        (str(name), level): vehicle_freight(factors, str(name), level=level)
        for name in carried["vehicle"].unique()
        for level in _ENDS
    }
    prices = pd.DataFrame({level: usual_disposal(level) for level in _ENDS})
    terms = rule_margins(
        carried, prices=prices, values=residue_values(), freights=freights
    )
    kept = rule_outlets(carried, current_outlets()).sum(axis=1).to_numpy(float)
    price = prices.reindex(pd.Index(carried["ewc_stat"])).fillna(0.0)
    for level, end in _ENDS.items():
        terms[f"margin_eur_per_t{end}"] -= kept * price[level].to_numpy(float)
    return terms


def usual_disposal(level: str = "mid") -> pd.Series[float]:
    """Return what it costs to get rid of a tonne of each category [€/t].

    Gate, tax of the last year that is known and a usual haul: median over the
    headings that may take it. A category that no heading takes is not told: nothing
    is counted as avoided.
    """
    gates, tax = heading_wastes(), landfill_tax().sort_values("year", kind="stable")
    rates = tax.drop_duplicates("heading", keep="last").set_index("heading")
    owed = gates["heading"].map(rates["eur_per_t"]).fillna(0.0)
    skip = vehicle_freight(freight_factors(), SKIP, level=level)
    time_s = _USUAL_M / USUAL_M_PER_S
    haul = float(cost_eur_per_t(skip, length_m=_USUAL_M, time_s=time_s))
    price = gates[f"gate_eur_per_t{_ENDS[level]}"] + owed + haul
    return price.groupby(gates["ewc_stat"]).median()


_ANY = "*"


def rule_members(sites: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """List the sites that each rule of mutualisation concerns.

    ``sites``: ``site_id``, ``naf``, ``code_insee``. ``rules``: ``rule_id``,
    ``source_naf`` (``;`` list of prefixes of NAF codes; ``*``: any). Returns:
    ``rule_id``, ``site_id``, ``code_insee``, each once, sorted.
    """
    columns = ["rule_id", "site_id", "code_insee"]
    code, activities = pd.factorize(sites["naf"])
    rows = []
    for prefixes in rules["source_naf"]:
        starts = tuple(filter(None, prefixes.split(";")))
        fits = [
            naf != "" if _ANY in starts else naf.startswith(starts)
            for naf in activities
        ]
        rows.append(np.flatnonzero(np.array(fits, dtype=bool)[code]))
    listed = sites[columns[1:]].iloc[np.concatenate([np.zeros(0, dtype=int), *rows])]
    names = np.repeat(rules["rule_id"].to_numpy(object), [len(of) for of in rows])
    listed = listed.assign(rule_id=pd.array(names, dtype="str"))[columns]
    return listed.drop_duplicates().sort_values(columns, ignore_index=True)


def zone_groups(sites: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Gather the firms of each zone that one rule concerns, where they are enough.

    ``sites``: ``site_id``, ``naf``, ``code_insee``, ``firm_id``, ``zone_id``.
    ``rules``: ``rule_id``, ``source_naf``, ``fewest_sites`` (firms without which there
    is nothing to share). Returns: table ``mutual_groups``: a row a firm of a group, by
    its first site.

    Examples
    --------
    >>> sites = pd.DataFrame({"site_id": list("abcde"), "naf": "10.11Z",
    ...     "code_insee": "31001", "firm_id": ["1", "2", "2", "3", "4"],
    ...     "zone_id": ["z", "z", "z", "z", "y"]})
    >>> rules = pd.DataFrame({"rule_id": ["M1"], "source_naf": ["10"],
    ...     "fewest_sites": [3]})
    >>> zone_groups(sites, rules)["site_id"].tolist()
    ['a', 'b', 'd']
    """
    shared = ["rule_id", "zone_id"]
    members = rule_members(sites, rules).merge(
        sites[["site_id", "firm_id", "zone_id"]], on="site_id"
    )
    members = members.drop_duplicates([*shared, "firm_id"])
    fewest = members["rule_id"].map(rules.set_index("rule_id")["fewest_sites"])
    groups = members[members.groupby(shared)["firm_id"].transform("size") >= fewest]
    groups = groups.assign(group_id=groups["rule_id"] + "_" + groups["zone_id"])
    columns = ["group_id", "site_id", "rule_id", "code_insee"]
    return groups[columns].sort_values(["group_id", "site_id"], ignore_index=True)
