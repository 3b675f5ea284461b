"""What registers count, as the page sums it: one number a commune and fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eitgeo.maps.comparator.published import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

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
