"""Groups of neighbours that one round could serve: shared collection, repair, training.

A quick win needs no partner of another trade: three sites with the same want, near
enough for one vehicle to visit them all and come back.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.tables.columns import OD_REACHED

if TYPE_CHECKING:
    from collections.abc import Hashable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

ROUND_MIN = 20.0
FEWEST_SITES = 3
_S_PER_MIN = 60.0
_MOST_PLACES = 7
_ANY = "*"


def rule_members(sites: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """List the sites that each rule of mutualisation concerns.

    ``sites``: ``site_id``, ``naf``, ``code_insee``. ``rules``: ``rule_id``,
    ``source_naf`` (``;`` list of prefixes of NAF codes; ``*``: any). Returns:
    ``rule_id``, ``site_id``, ``code_insee``, each once, sorted.
    """
    columns = ["rule_id", "site_id", "code_insee"]
    code, activities = pd.factorize(sites["naf"])
    rows = []
    for prefixes in rules["source_naf"]:
        starts = tuple(filter(None, prefixes.split(";")))
        fits = [
            naf != "" if _ANY in starts else naf.startswith(starts)
            for naf in activities
        ]
        rows.append(np.flatnonzero(np.array(fits, dtype=bool)[code]))
    listed = sites[columns[1:]].iloc[np.concatenate([np.zeros(0, dtype=int), *rows])]
    names = np.repeat(rules["rule_id"].to_numpy(object), [len(of) for of in rows])
    listed = listed.assign(rule_id=pd.array(names, dtype="str"))[columns]
    return listed.drop_duplicates().sort_values(columns, ignore_index=True)


def shared_rounds(
    members: pd.DataFrame,
    *,
    od_matrix: pd.DataFrame,
    rules: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Gather the sites of each rule into rounds, each site once.

    ``members``: as :func:`rule_members` returns them. ``od_matrix``: pairs of communes
    by truck. ``rules``: ``rule_id``, ``round_min`` (longest time on the road, back to
    the start [min]) and ``fewest_sites`` (without which there is no group); 20 min and
    three sites where none is given. Returns: ``rule_id``, ``group_id``, ``site_id``,
    ``code_insee``, ``round_min`` [min]. Sites that no group holds are left out.

    Notes
    -----
    Rounds go from commune seat to commune seat: time inside a commune, and at the
    stops, is not counted. Greedy: the commune with most sites left opens a round; the
    one that adds most sites within the time joins it (ties: least time, then code);
    the shortest tour is found exactly, of 7 communes at most. A screen, not a plan.

    Examples
    --------
    >>> members = pd.DataFrame({"rule_id": ["M1"] * 4, "site_id": list("abcd"),
    ...     "code_insee": ["31001", "31001", "31002", "31003"]})
    >>> pairs = pd.DataFrame({"origin_id": ["31001", "31002"],
    ...     "destination_id": ["31002", "31001"], "status": "ok", "time_s": 480.0})
    >>> found = shared_rounds(members, od_matrix=pairs)
    >>> found["site_id"].tolist(), found["round_min"].tolist()
    (['a', 'b', 'c'], [16.0, 16.0, 16.0])
    """
    limits = _limits(members, rules)
    every = pd.Index(members["code_insee"].unique())
    minutes_between = _minutes(od_matrix, every)
    parts = []
    for rule_id, rows in members.groupby("rule_id", sort=True):
        counts = rows.groupby("code_insee")["site_id"].nunique()
        numbers = every.get_indexer(pd.Index(counts.index))
        minutes = minutes_between[np.ix_(numbers, numbers)]
        taken: dict[str, tuple[int, float]] = {}
        for number, (places, length) in enumerate(
            _rounds(counts, minutes, *limits[rule_id]), start=1
        ):
            taken |= {str(counts.index[place]): (number, length) for place in places}
        served = rows[rows["code_insee"].isin(set(taken))]
        of_place = served["code_insee"].map(taken)
        rank = of_place.str[0].astype("int64").astype("str").str.zfill(3)
        parts.append(
            served.assign(
                group_id=served["rule_id"] + "_" + rank,
                round_min=of_place.str[1].astype(float),
            )
        )
    columns = ["rule_id", "group_id", "site_id", "code_insee", "round_min"]
    filled = [part for part in parts if len(part)]
    if not filled:
        empty = members.assign(group_id="", round_min=0.0)
        return empty[columns].iloc[:0]
    return pd.concat(filled)[columns].sort_values(
        ["group_id", "site_id"], ignore_index=True
    )


def _limits(
    members: pd.DataFrame, rules: pd.DataFrame | None
) -> dict[Hashable, tuple[float, int]]:
    usual = (ROUND_MIN, FEWEST_SITES)
    limits: dict[Hashable, tuple[float, int]] = dict.fromkeys(members["rule_id"], usual)
    if rules is not None:
        names = ["rule_id", "round_min", "fewest_sites"]
        for rule_id, longest, fewest in rules[names].to_numpy(object):
            limits[rule_id] = (float(longest), int(fewest))
    return limits


def _minutes(od_matrix: pd.DataFrame, places: pd.Index[str]) -> Floats:
    usable = od_matrix[
        od_matrix["status"].isin(OD_REACHED)
        & od_matrix["origin_id"].isin(set(places))
        & od_matrix["destination_id"].isin(set(places))
    ]
    table = np.full((len(places), len(places)), np.inf)
    i = places.get_indexer(pd.Index(usable["origin_id"]))
    j = places.get_indexer(pd.Index(usable["destination_id"]))
    table[i, j] = usable["time_s"].to_numpy(float) / _S_PER_MIN
    np.fill_diagonal(table, 0.0)
    return table


def _rounds(
    counts: pd.Series[int], minutes: Floats, round_min: float, fewest: int
) -> list[tuple[list[int], float]]:
    """Open rounds one after the other, in the order of the sites left."""
    n_sites = counts.to_numpy(int)
    left = list(np.lexsort((np.arange(len(n_sites)), -n_sites)))
    there_and_back = minutes + minutes.T
    rounds = []
    while left:
        first = left.pop(0)
        places, length = [int(first)], 0.0
        reachable = [int(p) for p in left if there_and_back[first, p] <= round_min]
        while len(places) < _MOST_PLACES:
            tours = [(p, shortest_tour(minutes, [*places, p])) for p in reachable]
            open_ = [(-n_sites[p], tour, p) for p, tour in tours if tour <= round_min]
            if not open_:
                break
            _, length, best = min(open_)
            places.append(best)
            reachable.remove(best)
        if n_sites[places].sum() >= fewest:
            rounds.append((places, length))
            left = [p for p in left if p not in set(places)]
    return rounds


def shortest_tour(minutes: Floats, places: list[int]) -> float:
    """Return the length of the shortest round through some places.

    Examples
    --------
    >>> one_way = np.array([[0.0, 1.0, 9.0], [9.0, 0.0, 2.0], [3.0, 9.0, 0.0]])
    >>> shortest_tour(one_way, [0, 1, 2])
    6.0
    """
    start, *rest = places
    if not rest:
        return 0.0
    paths = np.array([(start, *order, start) for order in permutations(rest)])
    return float(minutes[paths[:, :-1], paths[:, 1:]].sum(axis=1).min())
