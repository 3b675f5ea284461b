"""What each EPCI adds: alone, last, and averaged over the orders of joining."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.exact import count_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    Unions = Sequence[frozenset[str]]
    Step = tuple[str, int, int, int]

_FIGURES = ("alone", "last", "low", "high", "mean")


def block_contributions(
    unions: Unions, values: pd.DataFrame, *, root: str
) -> pd.DataFrame:
    """Say what each unit adds to the root, over all ways to join one by one.

    Parameters
    ----------
    unions
        Every connected set of units that contains the root, each once, as
        `connected_unions` lists them.
    values
        One row a union, in the same order; one column an indicator. A NaN makes what
        rests on it NaN.
    root
        The unit that every union contains.

    Returns
    -------
    pandas.DataFrame
        ``unit``, ``indicator_id``, ``alone`` (what it adds to the root; NaN where it
        does not touch it), ``last`` (what the widest union loses without it; NaN
        where the rest would fall apart), ``low`` and ``high`` (least and most that it
        adds to any union), ``mean`` (over orders); the root is left out. For each
        indicator the means sum to the value of the widest union minus that of the
        root.

    Raises
    ------
    StudyError
        When the list is not of connected unions around the root (one is absent,
        repeated, or reached from no other), or the values are not one row a union.

    Notes
    -----
    An order is a sequence of joinings in which every union met is connected; all
    orders weigh the same. It is the Shapley value under precedence constraints, here
    on the sets that a search from the root visits (U. Faigle, W. Kern, International
    Journal of Game Theory 21, 1992, p. 249–266); where every unit touches the root it
    is the Shapley value. Orders are counted exactly, as integers, and summed exactly.

    Examples
    --------
    >>> unions = [frozenset("b"), frozenset("ab"), frozenset("bc"), frozenset("abc")]
    >>> table = block_contributions(
    ...     unions, pd.DataFrame({"jobs": [1.0, 3.0, 1.0, 7.0]}), root="b")
    >>> table[["unit", "alone", "last", "mean"]].values.tolist()
    [['a', 2.0, 6.0, 4.0], ['c', 0.0, 4.0, 2.0]]
    """
    if len(values) != len(unions):
        message = f"unions d'EPCI : {len(values)} lignes de valeurs pour {len(unions)}"
        raise StudyError(message)
    steps = _weighted_steps(unions, root)
    names = list(values.columns)
    number = values.to_numpy(dtype=float)
    ends = (unions.index(frozenset([root])), _widest(unions))
    figures = [
        pd.DataFrame(
            _figures([step for step in steps if step[0] == unit], number, ends)
        ).assign(unit=unit, indicator_id=names)
        for unit in sorted({step[0] for step in steps})
    ]
    columns = ["unit", "indicator_id", *_FIGURES]
    empty = pd.DataFrame({name: [] for name in columns}).astype(
        {"unit": "str", "indicator_id": "str"}
    )
    return pd.concat(figures or [empty], ignore_index=True)[columns]


def _figures(
    steps: list[Step], values: np.ndarray, ends: tuple[int, int]
) -> dict[str, np.ndarray]:
    """Sum up what one unit adds at each of its joinings, an indicator a column."""
    before = np.array([step[1] for step in steps])
    after = np.array([step[2] for step in steps])
    added = values[after] - values[before]
    blank = np.full(values.shape[1], np.nan)
    first, last = added[before == ends[0]], added[after == ends[1]]
    return {
        "alone": first[0] if len(first) else blank,
        "last": last[0] if len(last) else blank,
        "low": added.min(axis=0),
        "high": added.max(axis=0),
        "mean": count_mean([step[3] for step in steps], added),
    }


def _weighted_steps(unions: Unions, root: str) -> list[Step]:
    """List every joining with the count of the orders that go through it."""
    place = _place(unions)
    _require_whole(unions, place, root)
    steps = [
        (unit, place[held - {unit}], at)
        for held, at in place.items()
        for unit in sorted(held - {root})
        if held - {unit} in place
    ]
    by_size = sorted(steps, key=lambda step: len(unions[step[2]]))
    ways_to = [0] * len(unions)
    ways_to[place[frozenset([root])]] = 1
    for _, before, after in by_size:
        ways_to[after] += ways_to[before]
    end = _widest(unions)
    ways_from = [0] * len(unions)
    ways_from[end] = 1
    for _, before, after in reversed(by_size):
        ways_from[before] += ways_from[after]
    if 0 in ways_to or 0 in ways_from:
        at = (ways_to if 0 in ways_to else ways_from).index(0)
        message = (
            f"unions d'EPCI : {sorted(unions[at])} sans ordre d'adhésion "
            "→ donner toutes les unions d'un seul tenant"
        )
        raise StudyError(message)
    return [
        (unit, before, after, ways_to[before] * ways_from[after])
        for unit, before, after in steps
    ]


def _widest(unions: Unions) -> int:
    return max(range(len(unions)), key=lambda at: len(unions[at]))


def _place(unions: Unions) -> dict[frozenset[str], int]:
    return {held: at for at, held in enumerate(unions)}


def _require_whole(unions: Unions, place: dict[frozenset[str], int], root: str) -> None:
    if len(place) < len(unions) or frozenset([root]) not in place:
        message = f"unions d'EPCI : répétées, ou sans « {root} » seul"
        raise StudyError(message)
