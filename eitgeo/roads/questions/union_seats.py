"""Where animation would sit in each union of whole EPCI, and how far each EPCI is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.roads.questions.seats import medians

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]


def seats_of_unions(
    unions: Mapping[str, Collection[str]],
    communes: pd.DataFrame,
    minutes: pd.DataFrame,
) -> pd.DataFrame:
    """Seat each union in its town that is nearest to its median inhabitant.

    Parameters
    ----------
    unions
        Union → SIREN of its EPCI.
    communes
        ``code_insee``, ``epci_siren``, ``population``.
    minutes
        Communes × towns that could be a seat [min]; NaN: no way.

    Returns
    -------
    pandas.DataFrame
        One row an EPCI of a union, SIREN sorted: ``union_id``, ``epci_siren``,
        ``population``, ``seat`` (empty: no town inside that half of the inhabitants
        reach), ``minutes`` from its median inhabitant to the seat (NaN: no seat, or no
        way for half of them).

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
    about = communes.set_index("code_insee").reindex(minutes.index)
    people = about["population"].to_numpy(dtype=np.float64)
    times = minutes.to_numpy(dtype=np.float64)
    towns = minutes.columns.to_numpy(dtype=object)
    of_town = about["epci_siren"].reindex(towns).to_numpy(dtype=object)
    inside = {
        str(siren): about["epci_siren"].eq(siren).to_numpy()
        for siren in sorted({one for held in unions.values() for one in held})
    }
    each = {siren: medians(times[held], people[held]) for siren, held in inside.items()}
    totals = {siren: int(people[held].sum()) for siren, held in inside.items()}
    order = np.argsort(times, axis=0, kind="stable")  # NaN last
    rows = []
    for union, members in unions.items():
        held = np.logical_or.reduce([inside[siren] for siren in members])
        near = _medians_of(times, np.where(held, people, 0.0), order)
        near[~np.isin(of_town, list(members))] = np.nan
        at = -1 if np.isnan(near).all() else int(np.nanargmin(near))
        rows += [
            (
                union,
                siren,
                totals[siren],
                str(towns[at]) if at >= 0 else "",
                float(each[siren][at]) if at >= 0 else np.nan,
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
    at = order[half.argmax(axis=0), np.arange(times.shape[1])]
    return times[at, np.arange(times.shape[1])]
