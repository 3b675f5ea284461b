"""What registers, rules and roads alone tell of a perimeter: no tonnes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.scenarios.measures.activity import crossed
from eitgeo.scenarios.measures.governance import figure, ratio_pct
from eitgeo.scenarios.measures.matter import with_doubt

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.scenarios.measures.activity import Activity
    from eitgeo.scenarios.measures.governance import Figures

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

_SIZE_CLASSES = (10, 20, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000)
"""Lower bounds of the size classes of the SIRENE register [jobs]."""


def reach_figures(activity: Activity, held: Bools, *, min_givers: int) -> Figures:
    """Count groups and families that last, and time the way to a legal outlet.

    Notes
    -----
    A group counts where as many of its sites are inside as its rule asks for: a
    perimeter never has fewer groups than a part of it.

    The first site is one of the largest size class: the register tells the class,
    and a finer order would say who of two firms has more jobs. Of several in that
    class, the one whose stop costs most families. It stops as a giver; takers, of
    which families have many, stay.
    """
    figures = {"kept_without_top_pct": _kept_families(activity, held, min_givers)}
    if activity.rounds is not None:
        figures["mutual_groups"] = groups_inside(activity, held, activity.rounds)
    if activity.outlet_ways is not None:
        ways = activity.outlet_ways
        figures["outlet_median_min"] = _outlet_minutes(activity, held, ways)
        figures["no_outlet_pct"] = _no_outlet(activity, held, ways)
    return figures


def groups_inside(
    activity: Activity, held: Bools, rounds: pd.DataFrame
) -> pd.DataFrame:
    """Count the groups of which a perimeter holds as many sites as the rule asks."""
    told = _groups(activity, held, rounds[rounds["documented"]])
    return with_doubt(figure(_groups(activity, held, rounds)), told)


def _groups(activity: Activity, held: Bools, rounds: pd.DataFrame) -> Floats:
    fewest = rounds.groupby("group_id")["fewest_sites"].first()
    inside = held.astype(float) @ activity.by_label(rounds, "group_id")
    counts: Floats = (inside >= fewest.to_numpy(dtype=float)).sum(axis=1).astype(float)
    return counts


def _givers(activity: Activity, held: Bools) -> Floats:
    """Count the givers of each family (columns) in each perimeter."""
    givers: Floats = held.astype(float) @ activity.by_label(activity.families, "family")
    return givers


def _kept_families(activity: Activity, held: Bools, min_givers: int) -> pd.DataFrame:
    givers = _givers(activity, held)
    told = _givers(activity.documented(), held)
    n_families, n_told = (
        (one >= min_givers).sum(axis=1).astype(float) for one in (givers, told)
    )
    sites = activity.industry.dropna(subset="headcount_mid")
    # One row a site, one column a family, in the order of the givers above.
    families = activity.families
    mine = crossed(
        families["site_id"], families["family"], index=pd.Index(sites["site_id"])
    )
    lost = (givers == min_givers).astype(float) @ mine.T
    is_first = _first_sites(activity, held, sites)
    worst = np.where(is_first, lost, 0.0).max(axis=1, initial=0.0)
    kept = ratio_pct(n_families - worst, n_families)
    doubt = with_doubt(figure(n_families), n_told)["doubt_pct"]
    share = figure(np.where(is_first.any(axis=1), kept, np.nan))
    return share.assign(doubt_pct=doubt)


def _first_sites(activity: Activity, held: Bools, sites: pd.DataFrame) -> Bools:
    """Say which sites are in the largest size class of each perimeter."""
    inside = held[:, activity.codes.get_indexer(pd.Index(sites["code_insee"]))]
    heads = sites["headcount_mid"].to_numpy(dtype=float)
    size = np.searchsorted(_SIZE_CLASSES, heads, side="right")
    largest = np.where(inside, size, -1).max(axis=1, initial=-1)
    return inside & (size == largest[:, None])


def _outlet_minutes(
    activity: Activity, held: Bools, ways: pd.DataFrame
) -> pd.DataFrame:
    at = activity.codes.get_indexer(pd.Index(ways["code_insee"]))
    # No way at all is longer than any way: it moves the median, and is no number.
    minutes = ways["minutes"].fillna(np.inf).to_numpy(dtype=float)
    found, notes = [], []
    for row in held:
        mine = minutes[row[at]]
        middle = float(np.median(mine)) if len(mine) else np.nan
        found.append(middle if np.isfinite(middle) else np.nan)
        notes.append(_without(mine))
    return figure(np.array(found), notes)


def _no_outlet(activity: Activity, held: Bools, ways: pd.DataFrame) -> pd.DataFrame:
    """Share the pairs of a target site and a kind of its waste without an outlet."""
    counts = activity.by_commune(ways)
    alone = activity.by_commune(ways[ways["minutes"].isna()])
    return figure(ratio_pct(held @ alone, held @ counts))


def _without(minutes: npt.NDArray[np.float64]) -> str:
    n_none = int(np.isinf(minutes).sum())
    if n_none == 0:
        return ""
    share = max(1, round(100 * n_none / len(minutes)))
    return (
        f"{share} % des couples établissement–déchet sans exutoire autorisé joignable"
    )
