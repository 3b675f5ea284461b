"""Who stands at either end of the rules, and who has a taker in reach.

A rule says that a residue of one activity can serve another, up to a distance by
road; takers are sought in a ring, a wider one for what bears long ways. Tonnes are
another matter: see :mod:`eitgeo.flows.exchanges.allocation`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.check import require_columns
from eitgeo.exact import at_most
from eitgeo.flows.arisings.residues import residue_links, site_residues
from eitgeo.flows.exchanges.needs import receiver_links
from eitgeo.reference.exchange_terms import input_needs
from eitgeo.study.sections import Flows, Territory
from eitgeo.territory.borders import within_ring
from eitgeo.zones.rule_ends import rule_ends, rule_matches

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ranks = npt.NDArray[np.int64]

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

    ``sites``: table ``sites`` (``site_id``, ``naf``, ``code_insee``). ``rules``: as
    `synergy_rules` returns them. ``od_matrix``: pairs of communes by truck; only
    reachable ones count. ``donor_communes``: communes whose sites give: the study area.
    Takers are sought everywhere. ``flows``: longest distance [km] and excluded rules.
    ``near``: as `near_codes` returns them; None: takers everywhere. Returns:
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

    ``rules``: as `synergy_rules` returns them. Returns: ``rule_id``, ``family``,
    ``byproduct``, ``n_donors``.
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

    ``links``: as :func:`receiver_links` returns them. ``rules``: ``rule_id``,
    ``state``, ``hazardous``. ``sites``: ``site_id``, ``code_insee``. ``near``: as
    :func:`near_codes` returns them; None: nothing is left out. Returns: rows of
    `links`.
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
