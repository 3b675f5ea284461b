"""What hangs on factors, row by row: the form that every family of factors gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.flows.exchanges.levers import exchange_levers

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]

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

    ``rows``: some of `exchange_rows`, on their index. ``factor``: number of the factor
    of each. ``low``, ``high``: what the tonnes are multiplied by at either bound.
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

    ``rows``, ``factor``: as in :func:`scaled_parts`; a negative number: no factor.
    ``hang``, ``swing``: measure → amounts; none told: 0. Returns: as
    :func:`scaled_parts` returns it.
    """
    nothing = np.zeros(len(rows))
    amounts = {name: hang.get(name, nothing) for name in EXCHANGED}
    moved = {f"{SWING}{name}": (swing or {}).get(name, nothing) for name in EXCHANGED}
    table = pd.DataFrame({"row": rows.index, "factor": factor, **amounts, **moved})
    return table[table["factor"].ge(0)].astype({"factor": "int64"})


def numbered(numbers: pd.Series[int], keys: pd.Series[str]) -> pd.Series[int]:
    """Look the numbers of keys up; -1 where a key is no factor."""
    return keys.map(numbers).fillna(-1).astype("int64")
