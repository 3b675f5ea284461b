"""How far two cuts of a territory agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.perimeters.ensemble.core_fringe import Vote


def match_labels(
    reference: pd.Series[int], labels: pd.Series[int], *, weight: pd.Series[float]
) -> pd.Series[int]:
    """Give regions the numbers of those of another run that they share most with.

    Parameters
    ----------
    reference
        Region of each commune in the run to match.
    labels
        Region of each commune in this run, on the same index.
    weight
        What is shared: inhabitants, on the same index.

    Returns
    -------
    pandas.Series of int
        ``labels`` renumbered; regions beyond those of the reference get new numbers.

    Notes
    -----
    The assignment that keeps most weight under the same number (H. W. Kuhn, Naval
    Research Logistics Quarterly 2, 1955, p. 83–97), by ``scipy``.

    Examples
    --------
    >>> index = ["a", "b", "c"]
    >>> old = pd.Series([0, 0, 1], index=index)
    >>> new = pd.Series([7, 5, 5], index=index)
    >>> match_labels(old, new, weight=pd.Series(1.0, index=index)).tolist()
    [0, 1, 1]
    """
    shared = pd.crosstab(
        labels, reference, values=weight.loc[labels.index], aggfunc="sum"
    ).fillna(0.0)
    rows, columns = linear_sum_assignment(shared.to_numpy(dtype=float), maximize=True)
    numbers = {
        shared.index[row]: int(shared.columns[column])
        for row, column in zip(rows, columns, strict=True)
    }
    new = [label for label in shared.index if label not in numbers]
    first = int(reference.max()) + 1
    numbers |= {label: first + rank for rank, label in enumerate(new)}
    return labels.map(numbers).astype("int64")


def agreement(votes: Sequence[Vote], weight: pd.Series[float]) -> pd.DataFrame:
    """Say how far each partition agrees with the first of its family.

    Parameters
    ----------
    votes
        The runs.
    weight
        Inhabitants of each commune, indexed by code.

    Returns
    -------
    pandas.DataFrame
        ``adjusted_rand`` (1: the same regions; 0: no more alike than by chance) and
        ``same_region_pct`` (inhabitants of a region with the same number once regions
        are matched [%]), indexed by run; NaN for methods that draw one contour, and
        for refused runs.
    """
    first: dict[str, pd.Series[int]] = {}
    rows = {}
    for vote in votes:
        if vote.regions is None:
            rows[vote.run_id] = (np.nan, np.nan)
            continue
        regions = vote.regions
        like = first.setdefault(vote.family, regions)
        people = weight.loc[regions.index]
        same = match_labels(like, regions, weight=people).eq(like)
        rows[vote.run_id] = (
            float(adjusted_rand_score(like, regions)),
            100 * float(people[same].sum() / people.sum()),
        )
    names = ["adjusted_rand", "same_region_pct"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)
