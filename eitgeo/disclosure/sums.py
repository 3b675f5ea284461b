"""Sums of whole blocks and of whole cells: they tell no more than their parts."""

from __future__ import annotations

import pandas as pd

from eitgeo.check import require_columns
from eitgeo.disclosure.draws import group_levels, wide_draws
from eitgeo.disclosure.exchanges import CAPTURED, OUTSIDE
from eitgeo.disclosure.rounding import rounded
from eitgeo.disclosure.rows import Rows
from eitgeo.disclosure.rule import Part, firm_numbers, passes
from eitgeo.flows.arisings.activities import rev2_activities
from eitgeo.reference.tables import waste_totals
from eitgeo.reference.waste import in_categories, in_scope
from eitgeo.scenarios.measures.amounts import firm_ids

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
        table[shown].sort_values("block_id", ignore_index=True),
        withheld=int((~members["released"]).sum()),
    )


def _codes_of(members: pd.DataFrame) -> pd.Series[str]:
    rows = members.sort_values("code_insee").groupby("block_id")["code_insee"]
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
    found = rows["codes"].str.split(";").map(lambda codes: set(groups.reindex(codes)))
    of_block = found.map(lambda names: min(names) if len(names) == 1 else SEVERAL)
    drawn = wide_draws(block_draws_public, indicator_id)
    drawn = drawn[drawn.index.isin(rows.index)]
    levels = rows[["low", "value", "high"]].astype(float)
    whole = of_block.map(lambda _: WHOLE)
    parts = [group_levels(levels, drawn, named) for named in (whole, of_block)]
    return pd.concat(parts).reset_index()


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
            "receiver": [
                min(names) if len(names) == 1 else SEVERAL for names in receivers
            ],
            "value": exchanges_public["value"],
        }
    )
    return table.groupby(["donor", "receiver"])["value"].sum().reset_index()


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
    mine = rows[
        in_scope(rows, naf=reference["naf"], stream=reference["stream"])
        & in_categories(rows["ewc_stat"], reference)
    ]
    return passes(Part(mine["firm"].to_numpy(), mine[levels].to_numpy(dtype=float)))
