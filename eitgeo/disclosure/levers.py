"""What may be told of the levers of the whole study: totals that no firm makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eitgeo.disclosure.rounding import rounded, rounded_share
from eitgeo.disclosure.rule import MAX_TOP_SHARE_PCT, Part, passes
from eitgeo.exact import at_most

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

WITHHELD, UNTOLD = "secret", "non_chiffre"
_FIRMS, _SYNDICATE, _TOTAL = "eur_firms", "eur_syndicate", "eur_total"
_TOLD = ["low", "mid", "high"]
_COVERED = "covered_pct"


def guard_levers(
    totals: pd.DataFrame, gains: pd.DataFrame, *, ends: Sequence[pd.Series[str]]
) -> pd.DataFrame:
    """Withhold the totals that too few firms make, at either end of exchanges.

    Notes
    -----
    What is told of the whole is what is told of its parts, added up: firms and the
    syndicate, each rounded, make the total. Its bounds are its own percentiles,
    rounded: bounds do not add up.

    Gains have both signs: three firms at least have one, and the first makes at most
    85 % of the sum of what each gains or loses, and of the total that is published.
    What firms and the syndicate gain makes the total: where one of the three fails,
    a second is withheld too, since two would tell the third.
    """
    unsafe = [
        str(lever)
        for lever in totals.loc[totals["mid"].notna(), "lever"]
        if not all(_is_safe(gains[str(lever)], firms) for firms in ends)
    ]
    fails = totals["lever"].isin(_with_second(unsafe)) & totals["mid"].notna()
    table = _told(totals)
    table.loc[fails, [*_TOLD, *share_columns(table)]] = float("nan")
    return table.assign(status=table["status"].mask(fails, WITHHELD))


def _with_second(unsafe: list[str]) -> set[str]:
    """Withhold the total when a part of it is, and a part when the total is."""
    held = set(unsafe)
    if held & {_FIRMS, _SYNDICATE}:
        held.add(_TOTAL)
    elif _TOTAL in held:
        held.add(_SYNDICATE)
    return held


def _told(totals: pd.DataFrame) -> pd.DataFrame:
    """Round amounts and shares; make the total the sum of its rounded parts."""
    table = totals.copy()
    table[_TOLD] = rounded(table[_TOLD])
    if _COVERED in table:
        table[_COVERED] = [rounded_share(one) for one in table[_COVERED]]
    mid = table.set_index("lever")["mid"]
    parts = mid.reindex([_FIRMS, _SYNDICATE])
    whole = table["lever"].eq(_TOTAL) & table["mid"].notna() & bool(parts.notna().all())
    table["mid"] = table["mid"].mask(whole, parts.sum())
    within = table[["low", "mid", "high"]]
    table["low"] = table["low"].mask(whole, within.min(axis=1))
    table["high"] = table["high"].mask(whole, within.max(axis=1))
    return table


def share_columns(totals: pd.DataFrame) -> list[str]:
    """List the columns that say where the variance of a total comes from."""
    return [str(name) for name in totals if str(name).startswith("variance_")]


def _is_safe(gains: pd.Series[float], firms: pd.Series[str]) -> bool:
    by_firm = gains.dropna().groupby(firms).sum()
    size = by_firm.abs()
    amounts = np.asarray(size, dtype=np.float64)[:, None]
    part = Part(np.arange(len(size)), amounts)
    first = at_most(100 * size.max(), MAX_TOP_SHARE_PCT * abs(by_firm.sum()))
    return passes(part) and bool(first)
