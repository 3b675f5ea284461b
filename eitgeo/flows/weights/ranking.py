"""Factors by what hangs on them, and by what each is worth."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from eitgeo.exact import settled_values
from eitgeo.flows.weights.parts import DEPOSIT, EXCHANGED, MEASURES, SWING
from eitgeo.reference.factors import FACTOR_KEY

N_PRINTED = 10
"""Factors whose figures are printed: those that are worth most."""
_CLASSES = {50.0: "plus_50", 10.0: "de_10", 3.0: "de_3", 1.0: "de_1", 0.0: "moins_1"}
"""Least share of a total [%] → key of ``factor_weight`` (`labels_of`)."""
_SWINGS = [f"{SWING}{name}" for name in MEASURES]


def factor_weights(
    factors: pd.DataFrame, deposit: pd.DataFrame, exchanged: pd.DataFrame
) -> pd.DataFrame:
    """Sum what hangs on each factor, and what it is worth.

    ``factors``: as `flow_factors` returns them. ``deposit``: as `deposit_parts` returns
    it. ``exchanged``: as `scaled_parts` returns it, of all families of factors.
    Returns: `factors` with ``MEASURES`` and their swings: 0 where nothing hangs on a
    factor, NaN swings where no bounds are told.
    """
    own = deposit.groupby("factor")[[DEPOSIT, f"{SWING}{DEPOSIT}"]].sum()
    moved = [f"{SWING}{name}" for name in EXCHANGED]
    sums = exchanged.groupby("factor")[[*EXCHANGED, *moved]].sum()
    table = (
        factors.join(own).join(sums).fillna(dict.fromkeys([*MEASURES, *_SWINGS], 0.0))
    )
    unbounded = table["low"].isna()
    table[_SWINGS] = table[_SWINGS].mask(unbounded)
    return table


def with_participation(
    weights: pd.DataFrame, sensitivity: pd.DataFrame, number: int
) -> pd.DataFrame:
    """Say what the share that takes part is worth: no algebra, exchanges made again.

    ``weights``: as :func:`factor_weights` returns them. ``sensitivity``: table
    ``participation``: ``share``, ``donor_share``, ``t``, ``eur_firms``, a row a draw;
    where donors and receivers have one share. ``number``: row of the factor in
    `weights`. Returns: `weights` with its swings, read between the shares that were
    tried; NaN for the totals that the table does not hold.
    """
    both = sensitivity[sensitivity["donor_share"].eq(sensitivity["share"])]
    means = both.groupby("share")[["t", "eur_firms"]].mean()
    bounds = weights.loc[number, ["low", "high"]].to_numpy(float)
    worth = dict.fromkeys(_SWINGS, np.nan) | {f"{SWING}{DEPOSIT}": 0.0}
    for measure, column in {"exchanged_t": "t", "eur_firms": "eur_firms"}.items():
        low, high = np.interp(bounds, means.index, means[column])
        worth[f"{SWING}{measure}"] = high - low
    table = weights.copy()
    table.loc[number, list(worth)] = list(worth.values())
    return table


def ranked(
    weights: pd.DataFrame, totals: pd.Series[float], tellable: pd.DataFrame
) -> pd.DataFrame:
    """Rank factors by the largest part of a total that hangs on them, then by worth.

    ``weights``: as :func:`factor_weights` returns them. ``totals``: ``MEASURES`` →
    total of the study. ``tellable``: factors × ``MEASURES``: whether the figure may be
    told; others count for no rank. Returns: `weights` with ``share_pct`` (largest of
    the parts of the deposit, of the exchanged tonnes and of the net euros of firms,
    whatever the sign), ``worth_pct`` (the same of swings), ``rank`` by the one and
    ``worth_rank`` by the other, where any figure may be told; ``withheld``: measures
    that may not (``;`` list); by rank, then by key.
    """
    totals = totals.reindex(list(MEASURES), fill_value=0.0)
    known = weights.copy()
    for name in MEASURES:
        known[[name, f"{SWING}{name}"]] = known[[name, f"{SWING}{name}"]].where(
            tellable[name]
        )
    table = weights.assign(
        share_pct=_largest_pct(known, totals, ""),
        worth_pct=_largest_pct(known, totals, SWING),
        withheld=_withheld(weights, tellable),
    )
    counted = table[table["share_pct"].gt(0)]
    ranks = {
        "rank": _order(counted, ["share_pct", "worth_pct"]),
        "worth_rank": _order(
            counted[counted["worth_pct"].gt(0)], ["worth_pct", "share_pct"]
        ),
    }
    table = table.assign(
        **{name: one.reindex(table.index) for name, one in ranks.items()}
    )
    return table.sort_values(["rank", *FACTOR_KEY], ignore_index=True)


def _withheld(weights: pd.DataFrame, tellable: pd.DataFrame) -> pd.Series[str]:
    """List the measures of each factor that may not be told, though it makes some."""
    hidden = weights[list(MEASURES)].ne(0) & ~tellable[list(MEASURES)]
    named = [";".join(hidden.columns[row]) for row in hidden.to_numpy()]
    return pd.Series(named, index=weights.index, dtype="str")


def _order(table: pd.DataFrame, columns: list[str]) -> pd.Series[float]:
    """Count rows from the largest, the last bits set aside."""
    sure = {name: settled_values(table[name].fillna(-1.0)) for name in columns}
    ordered = table.assign(**sure).sort_values(
        [*columns, *FACTOR_KEY], ascending=[False, False, True, True, True]
    )
    return pd.Series(np.arange(1.0, len(table) + 1.0), index=ordered.index)


def _largest_pct(
    weights: pd.DataFrame, totals: pd.Series[float], prefix: str
) -> pd.Series[float]:
    """Return the largest share of a total."""
    shares = {
        name: weights[f"{prefix}{name}"].abs() / abs(totals[name])
        for name in (DEPOSIT, "exchanged_t", "eur_firms")
        if totals[name]
    }
    return 100.0 * pd.DataFrame(shares, index=weights.index).max(axis=1)


def weight_class(share_pct: pd.Series[float]) -> pd.Series[str]:
    """Name how large a share of a total is; empty where none is told.

    Examples
    --------
    >>> weight_class(pd.Series([60.0, 10.0, 2.9, 0.1, float("nan")])).tolist()
    ['plus_50', 'de_10', 'de_1', 'moins_1', '']
    """
    sure = settled_values(share_pct)
    named = np.select([sure >= least for least in _CLASSES], [*_CLASSES.values()], "")
    return pd.Series(named, index=share_pct.index, dtype="str")


def sourced_amounts(
    parts: pd.DataFrame,
    factors: pd.DataFrame,
    *,
    columns: Collection[tuple[str, str]],
    measure: str,
) -> pd.DataFrame:
    """Say row by row how much of a measure rests on some factors, and on sourced ones.

    ``parts``: ``row``, ``factor`` and `measure`. ``factors``: as `flow_factors` returns
    them. ``columns``: file and column of the factors that count. ``measure``: what is
    summed, whatever its sign. Returns: indexed by row: ``whole``, ``sourced``.
    """
    places = zip(factors["factor_table"], factors["column"], strict=True)
    in_columns = np.array([place in set(columns) for place in places], dtype=bool)
    own_parts = parts[in_columns[parts["factor"].to_numpy()]]
    size = own_parts[measure].abs()
    is_sourced = factors["has_source"].to_numpy(bool)[own_parts["factor"].to_numpy()]
    both = pd.DataFrame({"whole": size, "sourced": size.where(is_sourced, 0.0)})
    return both.groupby(own_parts["row"]).sum()
