"""What registers count, as the page sums it: one number a commune and fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eitgeo.maps.comparator.published import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

_HOW = r"^how=(?:counted|near) of=(\w+)"


def counted_lists(counted: pd.DataFrame, codes: Sequence[str]) -> dict[str, Any]:
    """Lay out each fact over communes, its vintage, and its sum over the whole file."""
    return {
        str(fact): {
            "n": plain(
                rows.set_index("code_insee")["n"].reindex(list(codes)).to_numpy()
            ),
            "when": str(rows["when"].iloc[0]),
            "every": plain(np.array([rows["n"].sum()]))[0],
        }
        for fact, rows in counted.groupby("fact")
    }


def without_uncounted(catalogue: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """Drop the indicators that sum what no register of the study counts."""
    facts = catalogue["recipe"].str.extract(_HOW)[0]
    return catalogue[facts.isna() | facts.isin(counted["fact"])]


def count_lists(counts: pd.DataFrame, rank: Mapping[str, int]) -> dict[str, Any]:
    """Lay counts out: fact → label → flat pairs of commune and number."""
    found: dict[str, dict[str, list[int]]] = {}
    ordered = counts.sort_values(["fact", "label", "code_insee"])
    for row in ordered.to_dict("records"):
        labels = found.setdefault(str(row["fact"]), {})
        flat = labels.setdefault(str(row["label"]), [])
        flat.extend((rank[str(row["code_insee"])], int(row["n"])))
    return found
