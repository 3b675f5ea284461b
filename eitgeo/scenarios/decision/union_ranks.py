"""Where a perimeter stands among all unions of as many EPCI: exact, by listing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from eitgeo.exact import settled_values
from eitgeo.perimeters.contours.candidate import Candidate

_SIGN = {"up": 1.0, "down": -1.0}


def union_ranks(
    indicators: pd.DataFrame, candidates: Sequence[Candidate]
) -> pd.DataFrame:
    """Rank unions of whole EPCI, and perimeters equal to one, among their peers.

    ``indicators``: table ``indicators_public``, or the rows of it that may carry a
    rank. Returns: table ``union_ranks``: one row a perimeter and an indicator that has
    a direction and a ``percentile_same_size``. ``rank`` is one more than the unions of
    as many EPCI that do better, so that all the best ones are first; ``n_peers`` counts
    the unions with a value.

    Notes
    -----
    The list of unions is complete: rank 1 is the exact optimum of its size.
    """
    rows = _ranked(indicators)
    rows = rows.assign(n_epci=rows["perimeter_id"].map(_sizes(candidates)))
    rows = rows.dropna(subset=["n_epci"])
    is_union = {one.perimeter_id for one in candidates if one.method == "union_epci"}
    peers = rows[rows["perimeter_id"].isin(is_union)]
    groups = {
        key: np.sort(group["better"].to_numpy())
        for key, group in peers.groupby(["indicator_id", "n_epci"])
    }
    keys = list(zip(rows["indicator_id"], rows["n_epci"], strict=True))
    n_peers = np.array([len(groups[key]) for key in keys], dtype=np.int64)
    no_better = [
        np.searchsorted(groups[key], value, side="right")
        for key, value in zip(keys, rows["better"], strict=True)
    ]
    return rows.assign(
        n_epci=rows["n_epci"].astype("int64"),
        rank=1 + n_peers - np.array(no_better, dtype=np.int64),
        n_peers=n_peers,
    ).drop(columns="better")


def _ranked(indicators: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows that may carry a rank; ``better``: the higher the better."""
    rows = indicators[
        indicators["direction"].isin(list(_SIGN))
        & indicators["percentile_same_size"].notna()
    ]
    signed = rows["value"] * rows["direction"].map(_SIGN)
    return rows.assign(better=settled_values(signed))


def _sizes(candidates: Sequence[Candidate]) -> dict[str, int]:
    """Count the EPCI of each union, and of each perimeter equal to one."""
    size_of = {
        one.codes: len(members)
        for one in candidates
        if one.method == "union_epci"
        and isinstance(members := one.parameters["epci"], list)
    }
    return {
        one.perimeter_id: size_of[one.codes]
        for one in candidates
        if one.codes in size_of
    }


def union_front(
    indicators: pd.DataFrame,
    candidates: Sequence[Candidate],
    *,
    criteria: Sequence[str],
) -> pd.DataFrame:
    """Keep apart the unions that no other union equals or beats on every criterion.

    ``criteria``: indicators to look at; those without a direction, a value for all
    unions, or a difference between unions are left out, and so are those that may carry
    no rank. Returns: table ``union_front``: ``perimeter_id``, ``n_epci``, ``on_front``,
    ``n_dominating`` (unions at least as good everywhere and better somewhere),
    ``criteria``. No row when fewer than two criteria are left.
    """
    sizes = _sizes([one for one in candidates if one.method == "union_epci"])
    rows = _ranked(indicators[indicators["indicator_id"].isin(criteria)])
    wide = rows.pivot_table(
        index="perimeter_id", columns="indicator_id", values="better"
    ).reindex(list(sizes))
    wide = wide.dropna(axis="columns")
    wide = wide.loc[:, wide.max() > wide.min()]
    counts = _n_dominating(wide.to_numpy(dtype=float))
    table = pd.DataFrame(
        {
            "perimeter_id": list(sizes),
            "n_epci": np.array(list(sizes.values()), dtype=np.int64),
            "on_front": counts == 0,
            "n_dominating": counts,
            "criteria": ", ".join(wide.columns),
        }
    )
    return table if len(wide.columns) > 1 else table.iloc[:0]


def _n_dominating(values: np.ndarray) -> np.ndarray:
    """Count, for each row, the rows that dominate it; the higher the better."""
    counts = np.zeros(len(values), dtype=np.int64)
    for row, own in enumerate(values):
        as_good = (values >= own).all(axis=1)
        counts[row] = (as_good & (values > own).any(axis=1)).sum()
    return counts
