"""The only door out: internal table → released table, with what was held back.

Maps, pages and tables take a :class:`Released` table and nothing else, so that no
unreleased figure can reach them. Natural persons and non-diffusible establishments
stay in; an estimated figure that fewer than three sites make, or one site for more
than 85 %, is withheld. Counts from public registers are exempt.

This cut judges each cell alone; it does not yet search differences of cells.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from eitgeo.check import require_columns
from eitgeo.errors import SchemaError

if TYPE_CHECKING:
    import pandas as pd

MIN_CONTRIBUTORS = 3
MAX_TOP_SHARE_PCT = 85.0
WITHHELD_NOTE = "secret statistique"
"""Said in place of a figure that too few sites make."""


@dataclass(frozen=True)
class Released:
    """A table that may be published, with what it must carry along.

    Attributes
    ----------
    table
        The rows.
    sources
        Sources and licences to print, in French.
    demonstration
        Why it is a demonstration; empty when every input is real.
    to_confirm
        What is « à confirmer », in French.
    withheld
        How many cells were held back.
    """

    table: pd.DataFrame = field(repr=False)
    sources: tuple[str, ...] = ()
    demonstration: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()
    withheld: int = 0


def release_register(
    table: pd.DataFrame,
    *,
    sources: tuple[str, ...],
    demonstration: tuple[str, ...] = (),
    to_confirm: tuple[str, ...] = (),
) -> Released:
    """Release rows of public registers: communes, bodies, outlets, zones, sites.

    Parameters
    ----------
    table
        Any table; rows whose columns ``diffusible`` or ``natural_person`` forbid it,
        or are missing, are dropped.
    sources
        Sources and licences, in French.
    demonstration
        Why it is a demonstration.
    to_confirm
        What is « à confirmer ».

    Returns
    -------
    Released
        A copy without the rows that stay in.
    """
    keep = np.ones(len(table), dtype=bool)
    # What is not known to be free to publish stays in.
    if "diffusible" in table:
        keep &= table["diffusible"].isin([True]).to_numpy()
    if "natural_person" in table:
        keep &= table["natural_person"].isin([False]).to_numpy()
    return Released(
        table=table[keep].copy(),
        sources=sources,
        demonstration=demonstration,
        to_confirm=to_confirm,
        withheld=int((~keep).sum()),
    )


def release_indicators(
    indicators: pd.DataFrame,
    contributions: pd.DataFrame,
    *,
    sources: tuple[str, ...],
    demonstration: tuple[str, ...] = (),
    to_confirm: tuple[str, ...] = (),
) -> Released:
    """Release indicators, withholding those that too few sites make.

    Parameters
    ----------
    indicators
        Table ``indicators``.
    contributions
        ``perimeter_id``, ``indicator_id``, ``n_contributors``, ``top_share_pct`` for
        every estimated figure: an indicator of evidence ``H`` or ``S`` that has a row
        here is judged; one of kind ``additive`` or ``pairwise`` without is refused.
    sources, demonstration, to_confirm
        As in :func:`release_register`.

    Returns
    -------
    Released
        A copy: withheld values are NaN and their note says « secret statistique ». In
        a demonstration, figures of class H carry no rank.

    Raises
    ------
    SchemaError
        When the contributors of an estimated figure are unknown.
    """
    key = ["perimeter_id", "indicator_id"]
    need = [*key, "n_contributors", "top_share_pct"]
    require_columns(contributions, need, where="contributions")
    joined = indicators.merge(contributions, on=key, how="left", validate="1:1")
    estimated = joined["evidence"].isin(["H", "S"])
    summed = joined["kind"].isin(["additive", "pairwise"])
    counted = joined["n_contributors"].notna()
    judged = estimated & (summed | counted) & joined["value"].notna()
    unknown = judged & ~counted
    if unknown.any():
        names = ", ".join(sorted(set(joined.loc[unknown, "indicator_id"])))
        message = f"indicateurs estimés sans nombre de contributeurs : {names}"
        raise SchemaError(message)
    few = joined["n_contributors"] < MIN_CONTRIBUTORS
    dominated = joined["top_share_pct"] > MAX_TOP_SHARE_PCT
    withheld = (judged & (few | dominated)).to_numpy()
    table = joined[indicators.columns].copy()
    figures = ["value", "low", "high", "percentile_same_size"]
    table.loc[withheld, figures] = np.nan
    table.loc[withheld, "note"] = WITHHELD_NOTE
    if demonstration:
        # No rank of real bodies on working assumptions.
        table.loc[table["evidence"] == "H", "percentile_same_size"] = np.nan
    return Released(
        table=table,
        sources=sources,
        demonstration=demonstration,
        to_confirm=to_confirm,
        withheld=int(withheld.sum()),
    )
