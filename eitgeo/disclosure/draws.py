"""Draws of blocks: with them, the interval of any perimeter can be computed again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from eitgeo.disclosure.rule import rounded
from eitgeo.scenarios.measures.matter import draw_levels

_KEY = ["indicator_id", "block_id"]
_COLUMNS = [*_KEY, "draw", "value"]
MEAN = "mean"


def with_means(rows: pd.DataFrame, draws: pd.DataFrame) -> pd.DataFrame:
    """Part the mean of the draws of each commune between its estimates."""
    mean = draws.mean(axis=1).reindex(rows["code_insee"]).fillna(0.0).to_numpy()
    estimated = rows["value"].where(rows["origin"] == "estime", 0.0)
    total = estimated.groupby(rows["code_insee"]).transform("sum")
    share = np.divide(estimated, total, out=np.zeros(len(rows)), where=total > 0)
    return rows.assign(**{MEAN: share * mean})


def block_draws(
    members: pd.DataFrame, draws: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Add up the draws of the communes of each released block of estimates.

    Notes
    -----
    A draw of a block is a sum over the same firms as its levels, each of which has an
    amount in every draw: it says no more than a level does. It is rounded to two
    significant figures. What a perimeter is told is a function of the rounded draws of
    the blocks that it holds whole.
    """
    kinds = dict.fromkeys(_KEY, "str") | {"draw": "int64", "value": "float64"}
    parts = [pd.DataFrame(columns=_COLUMNS).astype(kinds)]
    for name, table in sorted(draws.items()):
        own = members[
            (members["indicator_id"] == name)
            & (members["kind"] == "estime")
            & members["released"]
        ]
        block = own.set_index("code_insee")["block_id"]
        sums = table.reindex(block.index, fill_value=0.0).groupby(block).sum()
        long = sums.reset_index().melt("block_id", var_name="draw")
        blocks = long.assign(
            indicator_id=name,
            draw=long["draw"].astype("int64"),
            value=rounded(long["value"]),
        )
        parts.append(blocks[_COLUMNS].sort_values(["block_id", "draw"]))
    every = pd.concat([part for part in parts if len(part)] or parts)
    return every.reset_index(drop=True)


def wide_draws(draws: pd.DataFrame, name: str) -> pd.DataFrame:
    """Lay the draws of an indicator out."""
    own = draws[draws["indicator_id"] == name]
    return own.pivot_table(index="block_id", columns="draw", values="value")


def group_levels(
    blocks: pd.DataFrame, draws: pd.DataFrame, groups: pd.Series[str]
) -> pd.DataFrame:
    """Give the levels of sums of whole blocks."""
    fixed = blocks[~blocks.index.isin(draws.index)]
    names = pd.Index(sorted(set(groups)), name="group")
    sums = fixed.groupby(groups.reindex(fixed.index)).sum()
    table = sums.reindex(names, fill_value=0.0)
    if len(draws):
        group_draws = draws.groupby(groups.reindex(draws.index)).sum()
        levels = draw_levels(group_draws.to_numpy(dtype=float)).set_axis(
            group_draws.index
        )
        table = table.add(levels[table.columns], fill_value=0.0)
    return table.rename_axis("group")


def with_drawn_levels(blocks: pd.DataFrame, draws: pd.DataFrame) -> pd.DataFrame:
    """Put the percentiles of draws in the place of sums of levels of sites."""
    parts = [blocks.set_index(_KEY)]
    for name in sorted(set(draws["indicator_id"])):
        wide = wide_draws(draws, name)
        levels = draw_levels(wide.to_numpy(dtype=float)).set_axis(wide.index)
        keyed = pd.concat({name: levels}, names=_KEY)
        parts[0].update(keyed)
    return parts[0].reset_index()[blocks.columns.tolist()]
