"""What a closed road does to the trips of a study: which pairs, and how much later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.tables.columns import OD_REACHED

MAX_PAIRS = 50_000
"""Pairs that are driven one by one: about 0.1 ms and some hundred edges each."""

_ENDS = ["origin", "destination"]
_KEY = ["origin_id", "destination_id"]
_TENTH_S = 0.05
"""Half of the smallest step of a time [s]."""


class StudyPairs(NamedTuple):
    """Pairs of places of a study: ``origin``, ``destination`` (rows), ``mass_t``.

    ``access``: from each commune to each town, without mass: they rest on registers
    alone. ``exchanges``: potential exchanges [t/yr]: estimates, what is summed over
    them stays inside. ``left_out``: exchanges left out, the lightest.
    """

    access: pd.DataFrame
    exchanges: pd.DataFrame
    left_out: int

    @property
    def both(self) -> pd.DataFrame:
        """Join them: ways to towns are counted, exchanges are weighed."""
        both = [self.access, self.exchanges]
        ways = np.repeat([True, False], [len(some) for some in both])
        return pd.concat(both, ignore_index=True).assign(counted=ways)


def study_pairs(
    codes: Sequence[str],
    towns: Sequence[str],
    affinity: pd.DataFrame,
    *,
    max_exchanges: int = MAX_PAIRS,
) -> StudyPairs:
    """List the trips of a study: ways to its towns, and potential exchanges.

    ``codes``: INSEE codes of the communes, in the order of the places. ``towns``: codes
    of its towns. ``affinity``: table ``affinity``: ``code_a``, ``code_b``, ``t_mid``;
    pairs outside of ``codes``, and inside of one commune, are left out.
    ``max_exchanges``: how many exchanges are kept, the heaviest first, then by the
    codes. Returns: both tables sorted by places.

    Examples
    --------
    >>> exchanges = pd.DataFrame({"code_a": ["1"], "code_b": ["2"], "t_mid": [5.0]})
    >>> found = study_pairs(["1", "2", "3"], ["2"], exchanges)
    >>> found.access.values.tolist(), found.exchanges.values.tolist()
    ([[0.0, 1.0, 0.0], [2.0, 1.0, 0.0]], [[0.0, 1.0, 5.0]])
    """
    row = pd.Series(np.arange(len(codes)), index=list(codes))
    inside = affinity[
        affinity["code_a"].isin(row.index)
        & affinity["code_b"].isin(row.index)
        & affinity["code_a"].ne(affinity["code_b"])
    ]
    exchanges = pd.DataFrame(
        {
            "origin": row.loc[inside["code_a"]].to_numpy(),
            "destination": row.loc[inside["code_b"]].to_numpy(),
            "mass_t": inside["t_mid"].to_numpy(dtype=float),
        }
    )
    heaviest = exchanges.sort_values(
        ["mass_t", *_ENDS], ascending=[False, True, True]
    ).iloc[:max_exchanges]
    access = pd.MultiIndex.from_product(
        [row.to_numpy(), np.sort(row.loc[list(towns)].to_numpy())], names=_ENDS
    ).to_frame(index=False)
    access = access[access["origin"] != access["destination"]]
    return StudyPairs(
        access.assign(mass_t=0.0).reset_index(drop=True),
        heaviest.sort_values(_ENDS, ignore_index=True),
        len(exchanges) - len(heaviest),
    )


def access_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Compare two tables of distances, all open and one road closed.

    ``before``, ``after``: tables ``od_matrix`` of the same pairs: ``origin_id``,
    ``destination_id``, ``time_s``, ``status``. Returns: pairs that had a way and whose
    time or status changed, in order: ``origin_id``, ``destination_id``, ``open_min``,
    ``closed_min`` (NaN without a way) and ``status`` once closed. Refused when the
    pairs are not the same.
    """
    both = before[[*_KEY, "time_s", "status"]].merge(
        after[[*_KEY, "time_s", "status"]],
        on=_KEY,
        how="outer",
        suffixes=("_open", ""),
        validate="one_to_one",
        indicator=True,
    )
    faults = Faults("fermeture")
    alone = int(both["_merge"].ne("both").sum())
    if alone:
        fault = f"{alone} paires d'un seul des deux calculs"
        faults.add(fault, remedy="comparer les mêmes lieux")
    faults.raise_if_any(SchemaError)
    had = both["status_open"].isin(OD_REACHED)
    later = (both["time_s"] - both["time_s_open"]).abs() > _TENTH_S
    moved = had & (later | both["status"].ne(both["status_open"]))
    compared = both.assign(
        open_min=both["time_s_open"] / 60, closed_min=both["time_s"] / 60
    )
    table = compared.loc[moved, [*_KEY, "open_min", "closed_min", "status"]]
    return table.sort_values(_KEY, ignore_index=True)


def worst_change(changes: pd.DataFrame) -> pd.Series[Any] | None:
    """Find the pair that a closed road delays most.

    Returns: the row of the largest delay, else of the first pair without a way; None
    where nothing changed. Ties go to the first.
    """
    if changes.empty:
        return None
    delay = (changes["closed_min"] - changes["open_min"]).to_numpy(dtype=float)
    return changes.iloc[int(np.where(np.isnan(delay), -np.inf, delay).argmax())]
