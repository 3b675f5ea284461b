"""What all measures share: figures, shares, communes inside, members to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.exact import at_most

type Flags = npt.NDArray[np.bool_]

Figures = dict[str, pd.DataFrame]
"""Indicator → ``value``, ``low``, ``high``, ``note``, one row a perimeter; where it
rests on a membership to confirm, ``doubt_pct`` [%]."""


def figure(values: np.ndarray, note: Sequence[str] | str = "") -> pd.DataFrame:
    """Lay out exact values as a figure without interval."""
    number = np.asarray(values, dtype=float)
    return pd.DataFrame({"value": number, "low": number, "high": number, "note": note})


def ratio_pct(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide, in per cent."""
    blank = np.full(np.shape(whole), np.nan)
    return 100 * np.divide(part, whole, out=blank, where=np.asarray(whole) > 0)


COUNTED_NOTE = (
    "bornes seules, car un effectif par commune et activité ne dit pas combien "
    "d’établissements atteignent le seuil"
)
"""Note of a count of large establishments that cells tell by its bounds alone."""


UNTOLD_NOTE = "inconnu, car un effectif par commune et activité ne le dit pas"
"""Note of a figure that cells do not tell, not even by its bounds."""


def counted_between(
    low: np.ndarray, high: np.ndarray, note: Sequence[str] | str = ""
) -> pd.DataFrame:
    """Lay out bounds that cells leave; a value where they are one."""
    # What no way reaches is beyond any number.
    least, most = (
        np.where(np.isfinite(one), one, np.nan)
        for one in (np.asarray(low, dtype=float), np.asarray(high, dtype=float))
    )
    wide = ~np.isclose(least, most, rtol=1e-12, atol=0.0, equal_nan=True)
    table = figure(np.where(wide, np.nan, least), note)
    notes = np.where(wide & (table["note"] == ""), COUNTED_NOTE, table["note"])
    return table.assign(low=least, high=most, note=notes)


def share_between(
    part: tuple[np.ndarray, np.ndarray], rest: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Bound, in per cent, a part of what is known by its least and its most.

    Examples
    --------
    >>> one, three = (np.array([1.0]), np.array([3.0])), (np.array([1.0]),) * 2
    >>> [bound.tolist() for bound in share_between(one, three)]
    [[50.0], [75.0]]
    """
    low = ratio_pct(part[0], part[0] + rest[1])
    return low, ratio_pct(part[1], part[1] + rest[0])


def median_between(
    values: np.ndarray, least: np.ndarray, most: np.ndarray
) -> tuple[float, float]:
    """Bound the median of values that count so many times, at least and at most.

    Examples
    --------
    >>> minutes = np.array([10.0, 20.0, 30.0])
    >>> median_between(minutes, np.array([1, 1, 1]), np.array([1, 1, 9]))
    (20.0, 30.0)
    """
    order = np.argsort(values, kind="stable")
    ordered, low, high = (one[order] for one in (values, least, most))
    if low.sum() == 0:
        return float("nan"), float("nan")
    below = high.cumsum() >= low.sum() - low.cumsum()
    above = low.cumsum() >= high.sum() - high.cumsum()
    return float(ordered[below.argmax()]), float(ordered[above.argmax()])


def with_doubt(table: pd.DataFrame, documented: np.ndarray) -> pd.DataFrame:
    """Say which share of a count no source tells."""
    counted = table["value"].to_numpy(dtype=float)
    share = ratio_pct(counted - documented, counted)
    return table.assign(doubt_pct=np.nan_to_num(share))


def incidence(groups: Sequence[frozenset[str]], codes: Iterable[str]) -> np.ndarray:
    """Tell which communes each group holds.

    Examples
    --------
    >>> incidence([frozenset({"09001", "99999"})], ["09001", "31002"])
    array([[ True, False]])
    """
    place = {code: column for column, code in enumerate(codes)}
    table = np.zeros((len(groups), len(place)), dtype=bool)
    for row, group in enumerate(groups):
        table[row, [place[code] for code in group if code in place]] = True
    return table


TO_CONFIRM = "à confirmer"
"""What the note of such a figure says."""

LIST_TO_CONFIRM = f"selon une liste {TO_CONFIRM}"
"""Why such a figure is no fact."""


def certain_members(
    bodies: pd.DataFrame, of_bodies: Mapping[str, pd.DataFrame]
) -> dict[str, frozenset[str]]:
    """Return the members of each body that are published."""
    published = set(bodies.loc[bodies["status"].eq("publie"), "body_id"])
    return {
        body: frozenset(rows.loc[rows["status"].eq("publie"), "code_insee"])
        if body in published
        else frozenset()
        for body, rows in of_bodies.items()
    }


def unconfirmed_bodies(
    bodies: pd.DataFrame, of_bodies: Mapping[str, pd.DataFrame]
) -> frozenset[str]:
    """Name the bodies whose list of members is, in part or wholly, to confirm."""
    certain = certain_members(bodies, of_bodies)
    return frozenset(
        body
        for body, rows in of_bodies.items()
        if not certain[body] >= {*rows["code_insee"]}
    )


def bounds_only_figure(
    low: npt.ArrayLike, high: npt.ArrayLike, note: Sequence[str] | str = ""
) -> pd.DataFrame:
    """Lay out a figure of which only the bounds are known.

    Examples
    --------
    >>> bounds_only_figure([40.0, 100.0], [100.0, 100.0])["value"].tolist()
    [nan, 100.0]
    """
    least, most = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    wide = np.isfinite(least) & np.isfinite(most) & ~at_most(most, least)
    return pd.DataFrame(
        {
            "value": np.where(wide, np.nan, least),
            "low": least,
            "high": np.where(wide, most, least),
            "note": note,
            "doubt_pct": np.where(wide, 100.0, 0.0),
        }
    )


def is_between(figures: pd.DataFrame) -> Flags:
    """Say which figures are known by their bounds only."""
    value, low, high = (
        figures[name].to_numpy(dtype=float) for name in ("value", "low", "high")
    )
    return np.isnan(value) & (low < high)
