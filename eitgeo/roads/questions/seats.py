"""Where animation would best sit, by car: every choice tried; how far the towns are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import InfeasibleError, SchemaError

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

Criterion = Literal["median", "share"]
"""The smallest median time, or the largest share within so many minutes."""
CRITERIA: tuple[Criterion, ...] = ("median", "share")
COUNTS = (1, 2)
"""How many seats are held at once."""
_COLUMNS = ("n_seats", "seat_1", "seat_2", "median_min", "share_pct", "without_way_pct")
_BLOCK = 2**22
"""Cells of a block of choices: 32 MB for each array over it."""
_DECIMALS = 6
"""Of a minute: a thousandth of what a clock shows, and ten digits at most."""


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
    is_single = choices[:, 0] == choices[:, 1]
    table.insert(0, "n_seats", np.where(is_single, 1, 2))
    table.insert(1, "seat_1", towns[choices[:, 0]])
    table.insert(2, "seat_2", np.where(is_single, None, towns[choices[:, 1]]))
    return table


def best_seats(
    minutes: pd.DataFrame,
    weights: pd.Series[float],
    *,
    limit_min: float,
    criteria: tuple[Criterion, ...] = CRITERIA,
) -> pd.DataFrame:
    """Find the best choice of one seat and of two, by each criterion.

    ``criteria``: what « best » means. Returns: one row a criterion and number of seats:
    ``criterion``, the columns of :func:`seat_choices`, and ``ties``: how many other
    choices do as well. Refused when no choice has a median, or there are fewer towns
    than seats: one.

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
    median_row = order[half.argmax(axis=0), np.arange(values.shape[1])]
    return values[median_row, np.arange(values.shape[1])]


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
        fault = "poids négatifs, inconnus ou tous nuls"
        faults.add(fault, remedy="donner un poids positif à un lieu au moins")
    faults.raise_if_any(SchemaError)


def seats_of_unions(
    unions: Mapping[str, Collection[str]],
    communes: pd.DataFrame,
    minutes: pd.DataFrame,
) -> pd.DataFrame:
    """Seat each union in its town that is nearest to its median inhabitant.

    ``unions``: union → SIREN of its EPCI. ``communes``: ``code_insee``, ``epci_siren``,
    ``population``. ``minutes``: communes × towns that could be a seat [min]; NaN: no
    way. Returns: one row an EPCI of a union, SIREN sorted: ``union_id``,
    ``epci_siren``, ``population``, ``seat`` (empty: no town inside that half of the
    inhabitants reach), ``minutes`` from its median inhabitant to the seat (NaN: no
    seat, or no way for half of them).

    Notes
    -----
    Inhabitants of a commune leave from its town hall. Ties fall to the first code.

    Examples
    --------
    >>> communes = pd.DataFrame({"code_insee": ["1", "2"], "epci_siren": ["a", "b"],
    ...     "population": [30, 10]})
    >>> minutes = pd.DataFrame({"1": [0.0, 20.0], "2": [20.0, 0.0]}, index=["1", "2"])
    >>> found = seats_of_unions({"both": ["b", "a"]}, communes, minutes)
    >>> found[["epci_siren", "seat", "minutes"]].values.tolist()
    [['a', '1', 0.0], ['b', '1', 20.0]]
    """
    of_commune = communes.set_index("code_insee").reindex(minutes.index)
    people = of_commune["population"].to_numpy(dtype=np.float64)
    times = minutes.to_numpy(dtype=np.float64)
    towns = minutes.columns.to_numpy(dtype=object)
    of_town = of_commune["epci_siren"].reindex(towns).to_numpy(dtype=object)
    inside = {
        str(siren): of_commune["epci_siren"].eq(siren).to_numpy()
        for siren in sorted({one for in_union in unions.values() for one in in_union})
    }
    each = {
        siren: medians(times[in_union], people[in_union])
        for siren, in_union in inside.items()
    }
    totals = {siren: int(people[in_union].sum()) for siren, in_union in inside.items()}
    order = np.argsort(times, axis=0, kind="stable")  # NaN last
    rows = []
    for union, members in unions.items():
        in_union = np.logical_or.reduce([inside[siren] for siren in members])
        minutes_of_towns = _medians_of(times, np.where(in_union, people, 0.0), order)
        minutes_of_towns[~np.isin(of_town, list(members))] = np.nan
        nearest = (
            -1
            if np.isnan(minutes_of_towns).all()
            else int(np.nanargmin(minutes_of_towns))
        )
        rows += [
            (
                union,
                siren,
                totals[siren],
                str(towns[nearest]) if nearest >= 0 else "",
                float(each[siren][nearest]) if nearest >= 0 else np.nan,
            )
            for siren in sorted(members)
        ]
    names = ["union_id", "epci_siren", "population", "seat", "minutes"]
    return pd.DataFrame(rows, columns=names)


def _medians_of(times: Floats, people: Floats, order: npt.NDArray[np.int64]) -> Floats:
    """Return the median of each column, rows being sorted once for all unions."""
    if not times.shape[1]:
        return np.empty(0)
    half = np.cumsum(people[order], axis=0) >= people.sum() / 2
    median_row = order[half.argmax(axis=0), np.arange(times.shape[1])]
    return times[median_row, np.arange(times.shape[1])]


def town_minutes(
    communes: pd.DataFrame, od_matrix: pd.DataFrame, *, min_population: int
) -> pd.DataFrame:
    """Lay out car minutes from each commune of the area to each of its towns.

    ``communes``: table ``communes``: ``code_insee``, ``population``, ``in_area``.
    ``od_matrix``: table ``od_matrix``; only the profile ``car`` is read.
    ``min_population``: inhabitants that make a town. Returns: communes of the area
    (index, sorted) × its towns (columns, sorted), INSEE codes [min], to the millionth;
    NaN where there is no way. A way takes as long back as forth where it does, whatever
    the last bit of either sum says: equal towns are told apart by what follows, not by
    noise.
    """
    area = communes[communes["in_area"]]
    towns = sorted(area.loc[area["population"] >= min_population, "code_insee"])
    to_towns = od_matrix[od_matrix["destination_id"].isin(towns)]
    by_car = to_towns[to_towns["profile"].eq("car")]
    minutes = by_car.assign(minutes=by_car["time_s"] / 60).pivot_table(
        index="origin_id", columns="destination_id", values="minutes", dropna=False
    )
    laid_out = minutes.reindex(index=sorted(area["code_insee"]), columns=towns)
    return laid_out.round(_DECIMALS)


def no_seats(checks: pd.DataFrame) -> str:
    """Say why no seat is computed on these roads; nothing where they are sound.

    ``checks``: table ``road_checks``.
    """
    faults = [fault for fault in checks["fault"] if fault]
    if not faults:
        return ""
    return f"aucun siège calculé, routes à vérifier : {' ; '.join(faults)}"


def agreed_seats(seats: pd.DataFrame, n_seats: int) -> tuple[str, ...]:
    """Return the towns that both criteria choose alone; none where they do not.

    ``seats``: table ``animation_seats``.
    """
    rows = seats[seats["n_seats"] == n_seats]
    choices = set(zip(rows["seat_1"], rows["seat_2"], strict=True))
    if len(choices) != 1 or rows["ties"].any():
        return ()
    return tuple(str(code) for code in next(iter(choices)) if code)
