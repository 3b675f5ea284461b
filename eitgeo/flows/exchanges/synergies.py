"""Who needs what and who stands at either end of the rules, with takers in reach.

A rule says that a residue of one activity can serve another, up to a distance by
road; takers are sought in a ring, a wider one for what bears long ways. Tonnes are
another matter: see :mod:`eitgeo.flows.exchanges.allocation`.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError
from eitgeo.exact import at_most
from eitgeo.flows.arisings.residues import residue_links, site_residues
from eitgeo.reference.exchange_terms import input_needs
from eitgeo.reference.survey import survey_natures
from eitgeo.sources.activity.cells import counts_of
from eitgeo.study.sections import Flows, Territory
from eitgeo.tables.columns import OD_REACHED
from eitgeo.territory.borders import within_ring
from eitgeo.zones.rule_ends import rule_ends, rule_matches

type Floats = npt.NDArray[np.float64]
type Ranks = npt.NDArray[np.int64]

RATIO, PERMIT, SURVEY, UNBOUNDED = "ratio", "permit", "survey", "unbounded"
"""How a need is known; ``unbounded``: not at all, told apart and never summed."""
_HEADCOUNTS = ["headcount_low", "headcount_mid", "headcount_high"]
_MASSES = ["t_low", "t_mid", "t_high"]
_POWER_PLANT = "35.11Z"
_BURNING = r"(?:^|;)(?:2910|2971|3110)"
"""ICPE headings of whoever burns fuel or prepared waste."""
_AMOUNTS = ("need_id", "t_per", "max_share", "most_t")


def resource_of(
    naf: pd.Series[str], ewc_stat: pd.Series[str], inputs: pd.DataFrame
) -> pd.DataFrame:
    """Name the resource that a category of waste replaces in an activity.

    Examples
    --------
    >>> inputs = pd.DataFrame({"naf_prefix": ["16", "16.21"], "ewc_stat": ["W075"] * 2,
    ...     "resource": ["ouvrage", "fibre"], "t_per_employee": [60.0, 500.0]})
    >>> found = resource_of(pd.Series(["16.21Z", "16.10A", "35.30Z"]),
    ...     pd.Series(["W075"] * 3), inputs)
    >>> found["resource"].tolist()
    ['fibre', 'ouvrage', 'W075']
    """
    asked = pd.DataFrame({"naf": naf, "ewc_stat": ewc_stat})
    once = asked.drop_duplicates().reset_index(drop=True)
    pairs = once.assign(at=once.index).merge(inputs, on="ewc_stat")
    codes = zip(pairs["naf"].tolist(), pairs["naf_prefix"].tolist(), strict=True)
    fits = [str(code).startswith(prefix) for code, prefix in codes]
    longest = (
        pairs[np.array(fits, dtype=bool)]
        .assign(length=lambda rows: rows["naf_prefix"].str.len())
        .sort_values(["at", "length"], kind="stable")
        .drop_duplicates("at", keep="last")
        .set_index("at")
    )
    needs = longest.reindex(once.index)
    needs = needs.assign(resource=needs["resource"].fillna(once["ewc_stat"]))
    amounts = [n for n in inputs.columns if str(n).startswith(_AMOUNTS)]
    answer = once.join(needs[["resource", *amounts]])
    answers = asked.merge(answer, on=["naf", "ewc_stat"], how="left")
    answers.index = asked.index
    return answers[["resource", *amounts]]


def receiver_links(
    sites: pd.DataFrame, rules: pd.DataFrame, inputs: pd.DataFrame
) -> pd.DataFrame:
    """List which site could receive under which rule, and for which resource.

    ``sites``: ``site_id``, ``naf``. Returns: ``site_id``, ``rule_id``, ``resource``,
    each once, sorted.
    """
    matched = rule_matches(sites[["site_id", "naf"]], rules, end="taker_naf")
    rows = matched.merge(rules[["rule_id", "ewc_stat"]], on="rule_id")
    resources = resource_of(rows["naf"], rows["ewc_stat"], inputs)
    links = rows[["site_id", "rule_id"]].assign(resource=resources["resource"])
    return (
        links.drop_duplicates()
        .sort_values(["site_id", "rule_id"])
        .reset_index(drop=True)
    )


def able_receivers(
    sites: pd.DataFrame, outlets: pd.DataFrame, declared: Container[str]
) -> pd.DataFrame:
    """Leave out power plants that no permit says to burn: most are dams and panels.

    ``sites``: ``site_id``, ``siret``, ``naf``. ``outlets``: table ``outlets``: its
    aliases name the SIRET, its headings what it may do.
    """
    burns = outlets["icpe_headings"].str.contains(_BURNING)
    permitted = set(outlets.loc[burns, "aliases"].str.split(";").explode())
    is_declared = [site in declared for site in sites["site_id"]]
    is_able = sites["siret"].isin(permitted - {""}) | np.array(is_declared, dtype=bool)
    return sites[sites["naf"].ne(_POWER_PLANT) | is_able]


def estimated_needs(
    sites: pd.DataFrame,
    rules: pd.DataFrame,
    inputs: pd.DataFrame,
    *,
    permitted_t: pd.Series[float] | None = None,
) -> pd.DataFrame:
    """Estimate how much of each resource a site could receive.

    ``sites``: ``site_id``, ``naf`` (NAF rév. 2), ``headcount_low``, ``headcount_mid``,
    ``headcount_high``. ``permitted_t``: capacity that a permit leaves, by ``site_id``
    [t/year]. Returns: table ``receiver_needs`` [t of input/year]. ``ratio``: input per
    employee × maximum share × headcount. Else ``permit``: what is permitted, for each
    resource. Else ``unbounded``: NaN tonnes, a need that nothing measures. Refused:
    column missing, negative headcount or permitted tonnage.

    Notes
    -----
    Low takes the low headcount, input and share; high the high ones: outer bounds.
    None is above ``most_t_per_site``: beyond the size of a large plant, jobs no longer
    tell what it takes in; ``n_establishments`` of a row of `sites`, where told, as
    many times.
    A permit covers all that a site receives: where it stands in, the resources of
    the site share it in equal parts.
    """
    require_columns(sites, ["site_id", "naf", *_HEADCOUNTS], where="sites")
    permits = pd.Series(dtype=float) if permitted_t is None else permitted_t
    _require_positive(sites, permits)
    matched = rule_matches(
        sites[["site_id", "naf", *_HEADCOUNTS]], rules, end="taker_naf"
    )
    rows = matched.merge(rules[["rule_id", "ewc_stat"]], on="rule_id")
    amounts = resource_of(rows["naf"], rows["ewc_stat"], inputs)
    rows = rows.join(amounts).drop_duplicates(["site_id", "resource"])
    for tail in ("low", "mid", "high"):
        end = "" if tail == "mid" else f"_{tail}"
        per_employee = rows[f"t_per_employee{end}"] * rows[f"max_share{end}"]
        rows[f"t_{tail}"] = rows[f"headcount_{tail}"] * per_employee
    most_t = rows["most_t_per_site"].fillna(np.inf) * counts_of(sites, rows["site_id"])
    rows[_MASSES] = rows[_MASSES].clip(upper=most_t, axis=0)
    rows[_MASSES] = rows[_MASSES].where(rows["headcount_mid"].gt(0))
    table = _permits_where_unknown(rows, permits).assign(evidence="H")
    columns = ["site_id", "resource", *_MASSES, "method", "evidence"]
    return table[columns].sort_values(["site_id", "resource"], ignore_index=True)


def _permits_where_unknown(
    rows: pd.DataFrame, permitted_t: pd.Series[float]
) -> pd.DataFrame:
    unknown = rows["t_mid"].isna()
    n_unknown = unknown.groupby(rows["site_id"]).transform("sum")
    share = rows["site_id"].map(permitted_t).astype(float) / n_unknown.clip(lower=1)
    by_permit = unknown & share.notna()
    method = np.select([by_permit, unknown], [PERMIT, UNBOUNDED], RATIO)
    filled = {name: rows[name].mask(by_permit, share) for name in _MASSES}
    return rows.assign(**filled, method=method).astype({"method": "str"})


def _require_positive(sites: pd.DataFrame, permitted_t: pd.Series[float]) -> None:
    faults = Faults("besoins")
    for site, jobs in sites.loc[
        sites["headcount_mid"].lt(0), ["site_id", "headcount_mid"]
    ].to_numpy():
        faults.add(f"« {site} » : effectif négatif ({jobs:g})", remedy="le corriger")
    for site, mass in permitted_t[permitted_t < 0].items():
        faults.add(
            f"« {site} » : capacité négative ({mass:g} t/an)", remedy="la corriger"
        )
    faults.raise_if_any(SchemaError)


def permitted_capacity(sites: pd.DataFrame, outlets: pd.DataFrame) -> pd.Series[float]:
    """Say what the permit of an outlet leaves to the site that runs it.

    ``sites``: ``site_id``, ``siret``. ``outlets``: table ``outlets``: its aliases name
    the SIRET. Returns: capacity less household tonnage, never below 0 [t/year], by
    ``site_id``.
    """
    left = (outlets["capacity_t"] - outlets["household_t"].fillna(0.0)).clip(lower=0)
    listed = pd.DataFrame({"siret": outlets["aliases"].str.split(";"), "t": left})
    named = listed.dropna(subset="t").explode("siret")
    named = named[named["siret"].ne("")]
    rows = sites.loc[sites["siret"].ne(""), ["site_id", "siret"]].merge(named)
    return rows.groupby("site_id")["t"].sum().astype(float)


def prefer_declared_needs(
    estimated: pd.DataFrame,
    declared: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    natures: pd.DataFrame,
    inputs: pd.DataFrame,
) -> pd.DataFrame:
    """Put what firms look for before what ratios say they could use.

    ``declared``: as `survey_needs` returns it; ``resource`` is a nature. ``sites``:
    ``site_id``, ``naf``. Returns: table ``receiver_needs``: declared tonnes, by
    resource of the receiver, in place of the estimate of the same site and resource. A
    need without mass changes nothing.
    """
    weighed = declared[declared["t_mid"].notna()]
    naf = weighed["site_id"].map(sites.set_index("site_id")["naf"]).fillna("")
    ewc_stat = weighed["resource"].map(natures["ewc_stat"])
    named = weighed.assign(resource=resource_of(naf, ewc_stat, inputs)["resource"])
    key = ["site_id", "resource"]
    sums = named.groupby(key, as_index=False)[_MASSES].sum()
    sums = sums.assign(method=SURVEY, evidence="O")
    is_told = pd.MultiIndex.from_frame(estimated[key]).isin(
        pd.MultiIndex.from_frame(sums[key])
    )
    parts = [part for part in (sums, estimated[~is_told]) if len(part)]
    whole = pd.concat(parts, ignore_index=True) if parts else estimated
    return whole.sort_values(key, ignore_index=True)


def rules_without_receiver(
    rules: pd.DataFrame, *, donors: Iterable[str], reached: Iterable[str]
) -> pd.DataFrame:
    """List the rules that have donors here but no receiver in reach.

    Returns: ``rule_id``, ``family``, ``byproduct``, ``dist_max_km``.
    """
    missing = set(donors) - set(reached)
    rows = rules.loc[
        rules["rule_id"].isin(missing),
        ["rule_id", "family", "byproduct", "dist_max_km"],
    ]
    return rows.sort_values("rule_id", ignore_index=True, kind="stable")


TONNES = "t/an"
LEAST_SHARE = 0.1
"""Part of the least quantity of a process from which a site counts: ten make it."""
SUNDRY = "matiere_diverse"
"""What an activity may take beside its own inputs: nothing was read of it."""
_ENOUGH = 2
"""Taker communes that tell whether anybody but the giver itself is in reach."""


def reachable_givers(
    sites: pd.DataFrame,
    rules: pd.DataFrame,
    *,
    od_matrix: pd.DataFrame,
    donor_communes: Iterable[str],
    flows: Flows,
    near: Collection[str] | None = None,
) -> pd.DataFrame:
    """List the sites that could give under a family, with a taker in reach.

    ``sites``: table ``sites`` (``site_id``, ``naf``, ``code_insee``).
    ``donor_communes``: communes whose sites give: the study area. Takers are sought
    everywhere. ``flows``: longest distance [km] and excluded rules. Returns:
    ``family``, ``code_insee``, ``site_id``, each once; ``documented``: under one rule
    at least whose pairing a source tells (``evidence`` other than ``H``).
    """
    active = rules[~rules["rule_id"].isin(flows.rules_excluded)]
    active_sites = sites.loc[
        sites["code_insee"].isin(set(donor_communes)), ["site_id", "naf", "code_insee"]
    ]
    givers = rule_matches(active_sites, active, end="source_naf")
    takers = rule_matches(
        sites[["site_id", "naf", "code_insee"]], active, end="taker_naf"
    )
    if near is not None:
        far = set(active.loc[goes_far(active), "rule_id"])
        is_near = takers["code_insee"].isin(list(near))
        takers = takers[is_near | takers["rule_id"].isin(far)]
    taken = takers.groupby(["rule_id", "code_insee"])["site_id"].nunique()
    reachable = _reachable(od_matrix, flows.max_km)
    cells = _candidate_cells(givers, taken.astype(float), active, reachable)
    cell_keys = pd.MultiIndex.from_frame(cells[["rule_id", "destination_id"]])
    counted = cells.assign(n=taken.reindex(cell_keys).to_numpy())
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
    counted_rows = rows[rows["n_takers"] > counts_itself.astype(int)]
    facts = rules[["rule_id", "family"]].assign(documented=rules["evidence"] != "H")
    named = counted_rows.merge(facts, on="rule_id")
    columns = ["family", "code_insee", "site_id"]
    return named.groupby(columns)["documented"].any().reset_index()


def _is_among(rows: pd.DataFrame, others: pd.DataFrame, *, on: list[str]) -> np.ndarray:
    """Say which rows have a like in another table."""
    return pd.MultiIndex.from_frame(rows[on]).isin(pd.MultiIndex.from_frame(others[on]))


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
    masses = pd.concat([arisings.assign(waste_code=_WHOLE), arisings])
    return masses.groupby(key)["t_mid"].sum().reset_index()


def _candidate_cells(
    donors: pd.DataFrame,
    taken: pd.Series[float],
    rules: pd.DataFrame,
    reachable: pd.DataFrame,
) -> pd.DataFrame:
    """One row a rule, donor commune and taker commune within reach, the best of each.

    The best have most takers, less so when they are far: half as many count at the
    usual distance of the rule.
    """
    gives = donors.groupby("rule_id")["code_insee"].agg(set)
    heads_of = {name: group.droplevel(0) for name, group in taken.groupby(level=0)}
    ways = _ways(reachable)
    parts = [reachable.iloc[:0].assign(rule_id="")]
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
        strongest = _strongest(ways.origin[rows], ways.destination[rows], weight)
        parts.append(reachable.iloc[rows[strongest]].assign(rule_id=rule["rule_id"]))
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
    place_ids = pd.concat([reachable["origin_id"], reachable["destination_id"]])
    places = pd.Index(np.sort(place_ids.unique()), dtype="str")
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


def _strongest(origin: Ranks, destination: Ranks, weight: Floats) -> Ranks:
    """Keep the strongest takers of each donor commune; ties: the first code."""
    order = np.lexsort((destination, -weight, origin))
    ranked = origin[order]
    starts = np.flatnonzero(np.diff(ranked, prepend=-1))
    rank = np.arange(len(ranked)) - np.repeat(
        starts, np.diff(np.append(starts, len(ranked)))
    )
    return np.sort(order[rank < _ENOUGH])


def _reachable(od_matrix: pd.DataFrame, max_km: float) -> pd.DataFrame:
    usable = od_matrix["status"].isin(["ok", "same_place"])
    is_near = od_matrix["length_m"].le(1000 * max_km)
    return od_matrix.loc[
        usable & is_near, ["origin_id", "destination_id", "length_m", "time_s"]
    ]


_WHOLE = ""
"""In the place of a waste code: the whole category."""


def unquantified_rules(
    sites: pd.DataFrame, arisings: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    """List the rules that have donors here but no tonnage: « non chiffrée », never 0.

    Returns: ``rule_id``, ``family``, ``byproduct``, ``n_donors``.
    """
    # Activity by activity: sites by rules would be many millions.
    n_sites = sites.groupby("naf")["site_id"].nunique().rename("n_donors").reset_index()
    donors = rule_matches(n_sites, rules, end="source_naf").drop_duplicates()
    key = ["naf", "ewc_stat", "waste_code"]
    tonnes = _residue_tonnes(arisings).merge(sites[["site_id", "naf"]], on="site_id")
    with_tonnage = donors.merge(_named_residues(rules), on="rule_id").merge(
        tonnes[key].drop_duplicates(), on=key
    )
    silent = donors[~donors["rule_id"].isin(with_tonnage["rule_id"])]
    counts = silent.groupby("rule_id")["n_donors"].sum()
    named = rules[["rule_id", "family", "byproduct"]].merge(counts, on="rule_id")
    return named.sort_values("rule_id", ignore_index=True, kind="stable")


def near_codes(
    communes: gpd.GeoDataFrame, territory: Territory
) -> frozenset[str] | None:
    """List the communes where takers of what does not go far are sought.

    ``communes``: ``code_insee``, ``in_area`` and polygons, EPSG:2154. ``territory``:
    ``buffer_km`` and ``far_buffer_km`` [km]. Returns: the area and its nearer ring;
    None where there is no wider ring: all of them.
    """
    wider = territory.far_buffer_km
    if wider is None or wider <= territory.buffer_km:
        return None
    in_ring = within_ring(communes, communes["in_area"], buffer_km=territory.buffer_km)
    return frozenset(communes.loc[in_ring, "code_insee"])


def goes_far(rules: pd.DataFrame) -> pd.Series[bool]:
    """Say which rules (``state``, ``hazardous``) seek takers in the wider ring.

    Those of baled or hazardous residues, which bear long ways.
    """
    baled = rules["state"].eq("solide_balles")
    return (baled | rules["hazardous"].eq("1")).rename("goes_far")


def links_in_rings(
    links: pd.DataFrame,
    rules: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    near: Collection[str] | None,
) -> pd.DataFrame:
    """Leave out receivers beyond the nearer ring, but for what goes far.

    ``rules``: ``rule_id``, ``state``, ``hazardous``. ``sites``: ``site_id``,
    ``code_insee``. ``near``: as :func:`near_codes` returns them; None: nothing is left
    out. Returns: rows of `links`.
    """
    if near is None:
        return links
    far = set(rules.loc[goes_far(rules), "rule_id"])
    places = links["site_id"].map(sites.set_index("site_id")["code_insee"])
    is_kept = links["rule_id"].isin(far) | places.isin(list(near))
    return links[is_kept].reset_index(drop=True)


def process_actors(
    sheets: pd.DataFrame,
    rules: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    lots: Sequence[pd.DataFrame],
) -> pd.DataFrame:
    """Count the sites that could weigh at each end of a process, by division.

    ``sheets``: as `process_sheets` returns them: ``rule_families``, ``least_low`` and
    ``least_unit`` by ``sheet_id``. ``rules``: as `synergy_rules` returns them. Shared
    services and rules of any activity have no ends. ``sites``: ``site_id``, ``naf``
    (NAF rév. 2), ``n_establishments``, of public registers and of the area alone.
    ``lots``: tables ``arisings``, ``byproducts``, ``receiver_needs``. Returns:
    ``sheet_id``, ``end`` (``donor``, ``taker``), ``division``, ``n_sites``, one row a
    sheet, end and division, sorted; a site counts once a sheet and end, however many
    rules name it, where all that these let it give or take (headcount × ratio) makes
    :data:`LEAST_SHARE` of the least quantity of the sheet; who takes heat or water, of
    which no need is known, by its activity alone. A need without data of its own
    (:data:`SUNDRY`) makes no taker. Divisions without a site are left out. Refused
    when a column is missing.

    Notes
    -----
    Sites that could, not firms that would: nothing here says that a quality or a will
    is there. Counts are to be published as any count of sites.
    """
    require_columns(sheets, ["rule_families", "least_low"], where="fiches")
    require_columns(sites, ["site_id", "naf", "n_establishments"], where="sites")
    arisings, byproducts, needs = lots
    by_family = sheets.assign(family=sheets["rule_families"].str.split(";"))
    by_family = by_family.explode("family").rename_axis("sheet_id").reset_index()
    ends = rule_ends(sites[["site_id", "naf", "n_establishments"]], rules)
    ends = ends.merge(rules[["rule_id", "family"]], on="rule_id")
    ends = ends.merge(by_family[["sheet_id", "family"]], on="family")
    own = needs[needs["resource"] != SUNDRY].rename(columns={"t_mid": "t"})
    links = receiver_links(sites, rules, input_needs())
    taken = links.merge(own, on=["site_id", "resource"]).assign(end="taker")
    given = residue_links(site_residues(arisings, byproducts), rules)
    power = byproducts[byproducts["unit"] != "t"].rename(columns={"q_mid": "t"})
    power = power.merge(rules, left_on="resource", right_on="family")
    known = pd.concat([given.assign(end="donor"), power.assign(end="donor"), taken])
    lot = ["rule_id", "site_id", "end", "resource", "t"]
    key = ["sheet_id", "end", "site_id", "naf", "n_establishments"]
    once = ends.merge(known[lot], on=lot[:3], how="left")
    masses = once.drop_duplicates([*key, "resource", "t"]).groupby(key)["t"].sum()
    table = masses.reset_index().join(sheets.filter(like="least_"), on="sheet_id")
    least_t = LEAST_SHARE * table["least_low"] * table["n_establishments"]
    is_untold = table["least_unit"].ne(TONNES) & table["end"].eq("taker")
    counts = table[at_most(least_t, table["t"]) | is_untold]
    by_division = counts["naf"].str[:2].rename("division")
    n_sites = counts.groupby(["sheet_id", "end", by_division])["n_establishments"].sum()
    return n_sites.astype("int64").rename("n_sites").reset_index()


def commune_exchanges(allocation: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Sum the allocation by commune of either end and by rule."""
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


N_NEAREST = 5
DECLARED, REGISTER = "enquete", "registre"
_OTHER_WAY = {"disponible": "recherchee", "recherchee": "disponible"}
_RULE_END = {"disponible": "target_naf", "recherchee": "source_naf"}
_ANY = "*"
_COLUMNS = ["site_id", "siret", "name", "naf", "code_insee", "rule_id", "origin"]


@dataclass(frozen=True)
class Resource:
    """A declared resource, as matching looks at it.

    ``siret``: the firm. ``sens``: ``disponible`` or ``recherchee``. ``nature``: of
    `survey_natures`. ``code_insee``: where it is.
    """

    siret: str
    sens: str
    nature: str
    code_insee: str


def nearest_partners(
    resource: Resource,
    declarations: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    rules: pd.DataFrame,
    od_matrix: pd.DataFrame,
    count: int = N_NEAREST,
) -> pd.DataFrame:
    """List the nearest firms at the other end of the rules of a resource.

    ``declarations``: table of the same name, ``commune`` as `place_of_firm` tells it:
    firms that declared the same nature the other way and share their form with other
    participants. ``sites``: table ``sites``: of public registers, by the activity that
    the rule names. Natural persons, non-diffusible establishments and those that the
    survey alone knows do not count. Returns: ``site_id``, ``siret``, ``name``, ``naf``,
    ``code_insee``, ``rule_id`` (empty: none), ``origin`` (``enquete``, ``registre``),
    ``length_m``, ``time_s`` one way, ``synthetic``; firms that declared it, then those
    that a register makes possible, the nearest in time first. Firms of a register
    beyond the longest distance of the rule are left out; a firm is listed once.
    """
    asked = _rules_of(resource.nature, rules)
    firms = pd.concat(
        [
            _declared(resource, declarations),
            _registered(resource, sites, asked),
        ],
        ignore_index=True,
    )
    firms = firms[(firms["siret"] != resource.siret) | (firms["siret"] == "")]
    close = firms.merge(_ways_of(resource, od_matrix), on="code_insee")
    of_rule = asked.set_index("rule_id")["dist_max_km"]
    longest = close["rule_id"].map(of_rule).astype(float)
    close = close[(close["origin"] == DECLARED) | (close["length_m"] <= 1000 * longest)]
    who = close["siret"].where(close["siret"] != "", close["site_id"])
    # A firm that said so itself comes before what a register says of it.
    order = ["time_s", "length_m", "origin", "site_id", "rule_id"]
    first = close.assign(who=who).sort_values(["who", "origin", *order])
    once = first.drop_duplicates("who").sort_values(["origin", *order])
    columns = [*_COLUMNS, "length_m", "time_s", "synthetic"]
    return once[columns].head(count).reset_index(drop=True)


def _rules_of(nature: str, rules: pd.DataFrame) -> pd.DataFrame:
    names = str(survey_natures().loc[nature, "rule_ids"]).split(";")
    return rules[rules["rule_id"].isin(names)]


def _declared(resource: Resource, declarations: pd.DataFrame) -> pd.DataFrame:
    other = declarations[
        (declarations["sens"] == _OTHER_WAY[resource.sens])
        & (declarations["nature"] == resource.nature)
        & declarations["consent_partage"]
    ]
    names = {"raison_sociale": "name", "commune": "code_insee"}
    rows = other.rename(columns=names).assign(
        site_id="ENQ" + other["siret"], rule_id="", origin=DECLARED, synthetic=False
    )
    return rows[[*_COLUMNS, "synthetic"]].drop_duplicates("siret")


def _registered(
    resource: Resource, sites: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    end = _RULE_END[resource.sens]
    listed = rules[["rule_id", end]].assign(naf=rules[end].str.split(";"))
    wanted = listed.explode("naf")[["rule_id", "naf"]]
    open_ = sites[sites["diffusible"] & ~sites["natural_person"]]
    rows = open_.merge(wanted[wanted["naf"] != _ANY], on="naf")
    plain = pd.DataFrame(rows.assign(origin=REGISTER))
    return plain[[*_COLUMNS, "synthetic"]]


def _ways_of(resource: Resource, od_matrix: pd.DataFrame) -> pd.DataFrame:
    """Return time and length to each commune; back from it where only that is told."""
    usable = od_matrix[
        od_matrix["status"].isin(OD_REACHED) & od_matrix["profile"].eq("truck")
    ]
    columns = ["length_m", "time_s"]
    there = usable[usable["origin_id"] == resource.code_insee]
    back = usable[usable["destination_id"] == resource.code_insee]
    sides: Iterable[tuple[pd.DataFrame, str]] = (
        (there, "destination_id"),
        (back, "origin_id"),
    )
    ways = [
        side.rename(columns={name: "code_insee"})[["code_insee", *columns]]
        for side, name in sides
    ]
    return pd.concat(ways).drop_duplicates("code_insee")
