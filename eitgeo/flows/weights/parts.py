"""What hangs on factors, row by row: the form that every family of factors gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.exact import settled_values
from eitgeo.flows.exchanges.levers import exchange_levers
from eitgeo.reference.factors import FACTOR_KEY

type Floats = npt.NDArray[np.float64]

DEPOSIT = "deposit_t"
EXCHANGED = ("exchanged_t", "eur_firms", "tco2e")
"""What each exchange adds to the totals of a study, a year."""
MEASURES = (DEPOSIT, *EXCHANGED)
SWING = "swing_"
"""Before a measure: its change when a factor goes from its low to its high bound."""
ENDS = ("donor_id", "receiver_id")
RATIO_COLUMN = "t_per_employee"
_LEVERS = {"exchanged_t": "t", "tco2e": "tco2e_avoided"}


def exchange_rows(allocation: pd.DataFrame) -> pd.DataFrame:
    """Give each exchange what it adds to the totals.

    Returns: the same rows, numbered, with ``EXCHANGED``: CO2e is 0 where its rule does
    not tell it.
    """
    rows = allocation.reset_index(drop=True)
    known = rows["avoided_kgco2e_per_t"].notna()
    levers = exchange_levers(rows.fillna({"avoided_kgco2e_per_t": 0.0}))
    added = {name: levers[_LEVERS.get(name, name)] for name in EXCHANGED}
    rows = rows.assign(**added)
    return rows.assign(tco2e=rows["tco2e"].where(known, 0.0))


def factor_numbers(factors: pd.DataFrame, table: str, column: str) -> pd.Series[int]:
    """Return the row in `factors` of each key of a column of a file."""
    own = factors[factors["factor_table"].eq(table) & factors["column"].eq(column)]
    return pd.Series(own.index, index=own["row_key"])


def share_numbers(factors: pd.DataFrame) -> pd.Series[int]:
    """Return the row in `factors` of each share of a composition: key and category."""
    own = factors[factors["factor_table"].eq("waste_ratios")]
    own = own[own["column"].ne(RATIO_COLUMN)]
    return pd.Series(own.index, index=own["row_key"] + "|" + own["column"])


def scaled_parts(
    rows: pd.DataFrame,
    factor: npt.ArrayLike,
    *,
    low: Floats,
    high: Floats,
    part: Floats | float = 1.0,
) -> pd.DataFrame:
    """Let all that exchanges add rise and fall with a factor.

    ``part``: part of the tonnes of each that the factor makes (0–1). Returns: ``row``,
    ``factor``, ``EXCHANGED`` (what hangs on it) and their swings.
    """
    added = {name: rows[name].to_numpy(float) for name in EXCHANGED}
    hang = {name: amount * part for name, amount in added.items()}
    swing = {name: amount * (high - low) for name, amount in added.items()}
    return amount_parts(rows, factor, hang, swing)


def amount_parts(
    rows: pd.DataFrame,
    factor: npt.ArrayLike,
    hang: Mapping[str, Floats],
    swing: Mapping[str, Floats] | None = None,
) -> pd.DataFrame:
    """Let some of what exchanges add hang on a factor; the rest does not.

    ``hang``, ``swing``: measure → amounts; none told: 0.
    """
    nothing = np.zeros(len(rows))
    amounts = {name: hang.get(name, nothing) for name in EXCHANGED}
    moved = {f"{SWING}{name}": (swing or {}).get(name, nothing) for name in EXCHANGED}
    table = pd.DataFrame({"row": rows.index, "factor": factor, **amounts, **moved})
    return table[table["factor"].ge(0)].astype({"factor": "int64"})


def numbered(numbers: pd.Series[int], keys: pd.Series[str]) -> pd.Series[int]:
    """Look the numbers of keys up; -1 where a key is no factor."""
    return keys.map(numbers).fillna(-1).astype("int64")


N_PRINTED = 10
"""Factors whose figures are printed: those that are worth most."""
_CLASSES = {50.0: "plus_50", 10.0: "de_10", 3.0: "de_3", 1.0: "de_1", 0.0: "moins_1"}
"""Least share of a total [%] → key of ``factor_weight`` (`labels_of`)."""
_SWINGS = [f"{SWING}{name}" for name in MEASURES]


def factor_weights(
    factors: pd.DataFrame, deposit: pd.DataFrame, exchanged: pd.DataFrame
) -> pd.DataFrame:
    """Sum what hangs on each factor, and what it is worth.

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

    ``sensitivity``: table ``participation``: ``share``, ``donor_share``, ``t``,
    ``eur_firms``, a row a draw; where donors and receivers have one share. Returns:
    `weights` with its swings, read between the shares that were tried; NaN for the
    totals that the table does not hold.
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

    ``totals``: ``MEASURES`` → total of the study. ``tellable``: factors × ``MEASURES``:
    whether the figure may be told; others count for no rank. Returns: `weights` with
    ``share_pct`` (largest of the parts of the deposit, of the exchanged tonnes and of
    the net euros of firms, whatever the sign), ``worth_pct`` (the same of swings),
    ``rank`` by the one and ``worth_rank`` by the other, where any figure may be told;
    ``withheld``: measures that may not (``;`` list); by rank, then by key.
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

    ``parts``: ``row``, ``factor`` and `measure`. Returns: indexed by row: ``whole``,
    ``sourced``.
    """
    places = zip(factors["factor_table"], factors["column"], strict=True)
    in_columns = np.array([place in set(columns) for place in places], dtype=bool)
    own_parts = parts[in_columns[parts["factor"].to_numpy()]]
    size = own_parts[measure].abs()
    is_sourced = factors["has_source"].to_numpy(bool)[own_parts["factor"].to_numpy()]
    both = pd.DataFrame({"whole": size, "sourced": size.where(is_sourced, 0.0)})
    return both.groupby(own_parts["row"]).sum()
