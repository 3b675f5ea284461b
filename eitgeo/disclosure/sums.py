"""Sums of whole blocks and of whole cells: they tell no more than their parts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eitgeo.check import require_columns
from eitgeo.disclosure.draws import group_levels, wide_draws
from eitgeo.disclosure.exchanges import CAPTURED, OUTSIDE
from eitgeo.disclosure.rule import (
    NOBODY,
    Part,
    Rows,
    firm_numbers,
    parts_by,
    passes,
    rounded,
)
from eitgeo.exact import settled_values
from eitgeo.flows.arisings.activities import rev2_activities
from eitgeo.reference.tables import waste_totals
from eitgeo.reference.waste import (
    OTHER_STREAMS,
    STREAM_FAMILIES,
    in_categories,
    in_scope,
    stream_families,
)
from eitgeo.scenarios.measures.activity import NDNI, ORIGINS, firm_ids

WHOLE = ""
"""Group of all blocks."""

SEVERAL = "plusieurs"
"""Takers of several groups, put together by secrecy."""


def block_rows(
    communes_public: pd.DataFrame, blocks_public: pd.DataFrame, *, indicator_id: str
) -> Rows:
    """Lay out the blocks of communes that passed, one row each, sorted.

    ``block_id``, ``kind``, ``codes`` (INSEE codes, « ; » between), ``low``, ``value``,
    ``high``; communes in no such block are counted as withheld.
    """
    named = ["indicator_id", "block_id"]
    require_columns(
        communes_public, [*named, "code_insee", "released"], where="communes_public"
    )
    require_columns(
        blocks_public, [*named, "kind", "low", "value", "high"], where="blocks_public"
    )
    members = communes_public[communes_public["indicator_id"] == indicator_id]
    codes = _codes_of(members[members["released"]])
    blocks = blocks_public[blocks_public["indicator_id"] == indicator_id]
    table = blocks.drop(columns="indicator_id").merge(codes, on="block_id")
    shown = ["block_id", "kind", "codes", "low", "value", "high"]
    return Rows(
        table[shown].sort_values("block_id", ignore_index=True, kind="stable"),
        withheld=int((~members["released"]).sum()),
    )


def _codes_of(members: pd.DataFrame) -> pd.Series[str]:
    rows = members.sort_values("code_insee", kind="stable").groupby("block_id")[
        "code_insee"
    ]
    return rows.agg(";".join).rename("codes")


def block_sums(
    blocks: pd.DataFrame,
    block_draws_public: pd.DataFrame,
    *,
    indicator_id: str,
    groups: pd.Series[str],
) -> pd.DataFrame:
    """Sum released blocks by group of communes, and all of them.

    `blocks` as :func:`block_rows` lays them out, group of each commune by INSEE code
    → ``group``, ``low``, ``value``, ``high``, sorted; the group « » is all blocks,
    « plusieurs » holds those that lie in several groups.
    """
    rows = blocks.set_index("block_id")
    groups_of = (
        rows["codes"].str.split(";").map(lambda codes: set(groups.reindex(codes)))
    )
    of_block = groups_of.map(_only_name)
    draws = wide_draws(block_draws_public, indicator_id)
    draws = draws[draws.index.isin(rows.index)]
    levels = rows[["low", "value", "high"]].astype(float)
    whole = of_block.map(lambda _: WHOLE)
    parts = [group_levels(levels, draws, named) for named in (whole, of_block)]
    return pd.concat(parts).reset_index()


def _only_name(names: set[str]) -> str:
    """Name the one group of some things, or say that there are several."""
    first, *others = names
    return SEVERAL if others else first


TENTHS = 10
"""Parts of a sum: one figure each, as an assumption deserves."""


def stream_parts(
    blocks: pd.DataFrame,
    arisings: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    groups: pd.Series[str],
) -> Rows:
    """Split the potential waste of each group of communes by family, in tenths.

    `blocks` as :func:`block_rows` lays them out → ``group``, ``family``, ``tenths``,
    sorted by group, families in their order: ten tenths a group.

    Notes
    -----
    Of what released blocks hold alone, so that nothing is left by subtraction. Each
    family passes, else the smallest join « autres » until it does: a family is whole
    or unseen. What an open register declares is anybody's and covers nobody.
    """
    names = ["t_low", "t_mid", "t_high"]
    rows = _released_streams(_within(blocks, groups), arisings, sites, names)
    of_site = rows["code_insee"].map(groups)
    parts, merged = [], 0
    for group, group_rows in rows.groupby(of_site, sort=True):
        families, n_merged = _families_that_pass(
            {
                name: part
                for (name,), part in parts_by(group_rows, ["family"], names).items()
            }
        )
        if group_rows["t_mid"].sum() > 0:  # counts without a job throw nothing away
            parts += [(str(group), name, n) for name, n in _tenths(families).items()]
        merged += n_merged
    table = pd.DataFrame(parts, columns=["group", "family", "tenths"])
    return Rows(table.astype({"tenths": "int64"}), withheld=merged)


def _within(blocks: pd.DataFrame, groups: pd.Series[str]) -> pd.DataFrame:
    """List the communes of the blocks that lie in one group: ``code_insee``, kind."""
    codes = blocks["codes"].str.split(";")
    rows = blocks.assign(code_insee=codes).explode("code_insee")
    n_groups = rows["code_insee"].map(groups).groupby(rows["block_id"]).nunique()
    whole = rows["block_id"].map(n_groups).eq(1)
    return rows.loc[whole, ["code_insee", "kind"]].drop_duplicates()


def _released_streams(
    held: pd.DataFrame,
    arisings: pd.DataFrame,
    sites: pd.DataFrame,
    names: list[str],
) -> pd.DataFrame:
    """List what the sites of released blocks throw away, by family and firm."""
    who = sites[["site_id", "code_insee"]].assign(firm=firm_numbers(firm_ids(sites)))
    waste = arisings.loc[arisings["stream"] == NDNI].assign(
        family=lambda rows: stream_families(rows["ewc_stat"]),
        kind=lambda rows: rows["method"].map(ORIGINS),
    )
    rows = waste[["site_id", "family", "kind", "method", *names]].merge(who)
    open_register = rows["method"].eq("irep")
    return rows.assign(firm=rows["firm"].mask(open_register, NOBODY)).merge(held)


def _families_that_pass(parts: dict[str, Part]) -> tuple[dict[str, Part], int]:
    """Join the families that fail, then the smallest, under « autres »."""
    passing = dict(parts)
    mass = {name: float(part.amounts[:, 1].sum()) for name, part in parts.items()}
    failing = [name for name, part in parts.items() if not passes(part)]
    waiting = sorted({*parts} - {OTHER_STREAMS}, key=lambda name: (mass[name], name))
    # Those that fail first, then, where they fail together, the smallest.
    order = sorted(waiting, key=lambda name: name not in failing)
    joined = 0
    for name in order:
        rest = passing.get(OTHER_STREAMS)
        if name not in failing and (rest is None or passes(rest)):
            break
        part = passing.pop(name)
        passing[OTHER_STREAMS] = part if rest is None else rest.union(part)
        joined += 1
    return passing, joined


def _tenths(parts: dict[str, Part]) -> dict[str, int]:
    """Share ten tenths out by the largest remainders: they sum to ten."""
    names = [one for one in (*STREAM_FAMILIES, OTHER_STREAMS) if one in parts]
    mass = np.array([parts[name].amounts[:, 1].sum() for name in names])
    exact = settled_values(TENTHS * mass / mass.sum())
    whole = np.floor(exact).astype(int)
    first = np.argsort(-settled_values(exact - whole), kind="stable")
    whole[first[: TENTHS - whole.sum()]] += 1
    return dict(zip(names, whole.tolist(), strict=True))


def link_sums(
    communes_public: pd.DataFrame,
    exchanges_public: pd.DataFrame,
    *,
    groups: pd.Series[str],
) -> pd.DataFrame:
    """Sum cells of exchanges by group of communes; a unit lies in one group: an EPCI.

    ``donor``, ``receiver``, ``value`` [t/year], sorted: groups, « hors » for takers
    out of the study area, « plusieurs » where secrecy put takers of several groups
    together.
    """
    require_columns(
        communes_public, ["indicator_id", "block_id", "code_insee"], where="units"
    )
    require_columns(
        exchanges_public,
        ["donor_id", "receiver_ids", "value"],
        where="exchanges_public",
    )
    units = communes_public[communes_public["indicator_id"] == CAPTURED]
    first = units.groupby("block_id")["code_insee"].min()
    group_of = first.map(groups).to_dict() | {OUTSIDE: OUTSIDE}
    receivers = [
        {group_of[name] for name in names.split(";")}
        for names in exchanges_public["receiver_ids"]
    ]
    table = pd.DataFrame(
        {
            "donor": exchanges_public["donor_id"].map(group_of),
            "receiver": [_only_name(names) for names in receivers],
            "value": exchanges_public["value"],
        }
    )
    return table.groupby(["donor", "receiver"])["value"].sum().reset_index()


OWN, OTHERS, MIXED = "dedans", "autres", "ensemble"
"""Where a group gives: to itself, to other groups, to several of these together."""
TOLD, NONE, JOINED, SECRET = "chiffre", "aucun", "reuni", "secret"
"""What is known of it: tonnes, that there are none, that they are under « ensemble »,
that secrecy keeps all of the giver in."""


def giver_sums(
    communes_public: pd.DataFrame,
    exchanges_public: pd.DataFrame,
    *,
    groups: pd.Series[str],
) -> pd.DataFrame:
    """Say where each group gives, in tonnes or why not.

    ``donor``, ``place``, ``value`` [t/year], ``status``, sorted by donor: every group
    has a row for itself, for the others and for outside; « ensemble » where secrecy
    puts takers of several places together. The cells of a giver that is told are all
    told, so that a place in none of them gets nothing.
    """
    own = communes_public[communes_public["indicator_id"] == CAPTURED]
    units = own.assign(group=own["code_insee"].map(groups)).groupby("group")
    cells = exchanges_public.assign(
        takers=exchanges_public["receiver_ids"].str.split(";").map(frozenset)
    )
    rows = []
    for group, unit in units:
        gave = cells[cells["donor_id"].isin(unit["block_id"])]
        if not unit["released"].any():
            status = SECRET if unit["n_sites"].sum() else NONE
            rows += [(group, one, np.nan, status) for one in (OWN, OTHERS, OUTSIDE)]
            continue
        rows += [(group, *one) for one in _places(gave, frozenset(unit["block_id"]))]
    return pd.DataFrame(rows, columns=["donor", "place", "value", "status"])


def _places(given: pd.DataFrame, own: frozenset[str]) -> list[tuple[str, float, str]]:
    """Sum the cells of one giver by place."""
    kinds = [
        {OUTSIDE if name == OUTSIDE else OWN if name in own else OTHERS for name in one}
        for one in given["takers"]
    ]
    values = given["value"].tolist()
    rows = []
    for place in (OWN, OTHERS, OUTSIDE):
        alone = [v for v, kind in zip(values, kinds, strict=True) if kind == {place}]
        is_named = any(place in kind for kind in kinds)
        status = TOLD if alone else JOINED if is_named else NONE
        rows.append((place, float(sum(alone)) if alone else np.nan, status))
    together = [v for v, kind in zip(values, kinds, strict=True) if len(kind) > 1]
    if together:
        rows.append((MIXED, float(sum(together)), TOLD))
    return rows


def check_rows(
    checks: pd.DataFrame, arisings: pd.DataFrame, sites: pd.DataFrame
) -> Rows:
    """Tell totals of the area beside published ones, where no firm makes them.

    Rows of table ``arising_checks``; NaN where fewer than three `sites` make our own
    total, or where one makes over 85 % of it. What is published stays.
    """
    names = ["t_low", "t_mid", "t_high"]
    who = pd.DataFrame(
        {
            "site_id": sites["site_id"],
            "division": rev2_activities(sites).str[:2],
            "firm": firm_numbers(firm_ids(sites)),
        }
    )
    rows = arisings[["site_id", "stream", "ewc_stat", *names]].merge(who, on="site_id")
    fails = [
        not _is_told(rows, waste_totals().loc[name], names)
        for name in checks["reference_id"]
    ]
    table = checks.copy()
    table[names] = rounded(table[names])
    table.loc[fails, names] = float("nan")
    return Rows(table, withheld=sum(fails))


def _is_told(rows: pd.DataFrame, reference: pd.Series, levels: list[str]) -> bool:
    own = rows[
        in_scope(rows, naf=reference["naf"], stream=reference["stream"])
        & in_categories(rows["ewc_stat"], reference)
    ]
    return passes(Part(own["firm"].to_numpy(), own[levels].to_numpy(dtype=float)))
