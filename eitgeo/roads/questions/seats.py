"""Where an animator would best sit: one town or two, by car, every choice tried."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import InfeasibleError, SchemaError

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

Criterion = Literal["median", "share"]
"""The smallest median time, or the largest share within so many minutes."""

CRITERIA: tuple[Criterion, ...] = ("median", "share")
COUNTS = (1, 2)
"""How many seats are held at once."""

_COLUMNS = ("n_seats", "seat_1", "seat_2", "median_min", "share_pct", "without_way_pct")
_BLOCK = 2**22
"""Cells of a block of choices: 32 MB for each array over it."""


def seat_choices(
    minutes: pd.DataFrame, weights: pd.Series[float], *, limit_min: float
) -> pd.DataFrame:
    """Measure every choice of one seat and of two.

    Notes
    -----
    ``n`` towns make ``n (n + 1) ÷ 2`` choices, all of them tried. A point without a
    way is neither at no time nor at an endless one: it lies beyond every limit.
    """
    _require(minutes, weights)
    weight = np.asarray(weights.reindex(minutes.index), dtype=np.float64)
    times = minutes.to_numpy(dtype=float)
    towns = minutes.columns.to_numpy(dtype=object)
    n = len(towns)
    alone = np.column_stack([np.arange(n), np.arange(n)])
    pairs = np.array(list(combinations(range(n), 2)), dtype=np.int64).reshape(-1, 2)
    choices = np.concatenate([alone, pairs])
    figures = _figures(times, weight, choices, limit_min)
    table = pd.DataFrame(figures, columns=list(_COLUMNS[3:]))
    one = choices[:, 0] == choices[:, 1]
    table.insert(0, "n_seats", np.where(one, 1, 2))
    table.insert(1, "seat_1", towns[choices[:, 0]])
    table.insert(2, "seat_2", np.where(one, None, towns[choices[:, 1]]))
    return table


def best_seats(
    minutes: pd.DataFrame,
    weights: pd.Series[float],
    *,
    limit_min: float,
    criteria: tuple[Criterion, ...] = CRITERIA,
) -> pd.DataFrame:
    """Find the best choice of one seat and of two, by each criterion.

    Parameters
    ----------
    minutes, weights, limit_min
        As in :func:`seat_choices`.
    criteria
        What « best » means.

    Returns
    -------
    pandas.DataFrame
        One row a criterion and number of seats: ``criterion``, the columns of
        :func:`seat_choices`, and ``ties``: how many other choices do as well.

    Raises
    ------
    InfeasibleError
        When no choice has a median, or there are fewer towns than seats: one.

    Notes
    -----
    Ties fall to the other criterion, then to the smallest share without a way, then
    to the first town. With one town there is no row for two seats.

    Examples
    --------
    >>> minutes = pd.DataFrame({"S": [10.0, 20.0, 90.0], "T": [60.0, 50.0, 5.0]})
    >>> found = best_seats(minutes, pd.Series([1.0, 1.0, 1.0]), limit_min=45.0)
    >>> found[["criterion", "n_seats", "seat_1", "median_min"]].values.tolist()[0]
    ['median', 1, 'S', 20.0]
    """
    choices = seat_choices(minutes, weights, limit_min=limit_min)
    rows = []
    for criterion in criteria:
        for count in COUNTS:
            some = choices[choices["n_seats"] == count]
            if some.empty:
                continue
            rows.append(_first(some, criterion))
    return pd.DataFrame(rows).reset_index(drop=True)


def _first(choices: pd.DataFrame, criterion: Criterion) -> pd.Series[float]:
    keys = {"median": ["median_min", "lack"], "share": ["lack", "median_min"]}
    ranked = choices.assign(lack=-choices["share_pct"]).sort_values(
        [*keys[criterion], "without_way_pct"], kind="stable", na_position="last"
    )
    best = ranked.iloc[0]
    if np.isnan(best["median_min"]) and criterion == "median":
        message = (
            "sièges : aucun ne joint la moitié du poids "
            "→ ajouter des villes candidates ou vérifier le réseau"
        )
        raise InfeasibleError(message)
    by = keys[criterion][0]
    ties = int((ranked[by] == best[by]).sum()) - 1
    row = best.drop("lack")
    return pd.concat(
        [pd.Series({"criterion": criterion}), row, pd.Series({"ties": ties})]
    )


def _figures(times: Floats, weight: Floats, choices: Ints, limit_min: float) -> Floats:
    """Median, share within the limit, share without a way, of each choice."""
    total = weight.sum()
    figures = np.empty((len(choices), 3))
    step = max(1, _BLOCK // max(1, len(weight)))
    for start in range(0, len(choices), step):
        block = choices[start : start + step]
        nearest = np.fmin(times[:, block[:, 0]], times[:, block[:, 1]])
        rows = slice(start, start + len(block))
        figures[rows, 0] = medians(nearest, weight)
        figures[rows, 1] = 100 * (weight @ (nearest <= limit_min)) / total
        figures[rows, 2] = 100 * (weight @ np.isnan(nearest)) / total
    return figures


def medians(values: Floats, weight: Floats) -> Floats:
    """Return, for each column, the least value within which half of the weight is.

    Examples
    --------
    >>> medians(np.array([[10.0], [20.0], [30.0]]), np.array([1.0, 1.0, 3.0])).tolist()
    [30.0]
    """
    # NaN sorts last.
    order = np.argsort(values, axis=0, kind="stable")
    half = np.cumsum(weight[order], axis=0) >= weight.sum() / 2
    at = order[half.argmax(axis=0), np.arange(values.shape[1])]
    return values[at, np.arange(values.shape[1])]


def _require(minutes: pd.DataFrame, weights: pd.Series[float]) -> None:
    if minutes.shape[1] == 0:
        message = (
            "sièges : aucune ville candidate → abaisser comparison.seat_min_population"
        )
        raise InfeasibleError(message)
    faults = Faults("sièges")
    if not (minutes.index.is_unique and weights.index.is_unique):
        faults.add("un lieu est donné deux fois", remedy="une ligne par lieu")
    absent = minutes.index.difference(weights.index)
    if len(absent):
        faults.add(
            f"lieu sans poids : « {absent[0]} » ({len(absent)} en tout)",
            remedy="donner un poids, nul s'il le faut",
        )
    if not (weights >= 0).all() or weights.sum() <= 0:
        met = "poids négatifs, inconnus ou tous nuls"
        faults.add(met, remedy="donner un poids positif à un lieu au moins")
    faults.raise_if_any(SchemaError)
