"""What registers, rules and roads alone tell of a perimeter: no tonnes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.scenarios.measures.activity import Activity, crossed
from eitgeo.scenarios.measures.figures import (
    Figures,
    counted_between,
    figure,
    median_between,
    ratio_pct,
    share_between,
    with_doubt,
)
from eitgeo.scenarios.measures.measures import (
    Inputs,
    measures_indicator,
    registers_fact,
)
from eitgeo.sources.activity.cells import NO_SITES

if TYPE_CHECKING:
    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

_SIZE_CLASSES = (10, 20, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000)
"""Lower bounds of the size classes of the SIRENE register [jobs]."""


@registers_fact("famille")
def givers_by_family(activity: Activity) -> pd.DataFrame:
    """List givers by family of synergies."""
    return activity.families.rename(columns={"family": "label"})


@measures_indicator("synergy_families")
def families_in_reach(inputs: Inputs) -> Figures:
    """Count the families of synergies that enough givers inside have a taker for.

    ``doubt_pct``: share of the families that rules from memory alone bring.
    """
    counted = figure(inputs.n_families)
    return {"synergy_families": with_doubt(counted, inputs.n_documented)}


@measures_indicator("mutual_groups")
def shared_families(inputs: Inputs) -> Figures:
    """Count the families of services that enough firms of one zone inside could share.

    ``doubt_pct``: share of the families that no source tells. Nothing where nobody
    looked for zones; unknown where no zone of the study shares any.

    Notes
    -----
    A family counts where the firms inside of some zone are as many as one of its rules
    asks for: a perimeter never has fewer families than a part of it.
    """
    groups = inputs.activity.groups
    if groups is None:
        return {}
    if inputs.activity.in_cells or groups.empty:
        none = figure(np.full(len(inputs.held), np.nan), NO_SITES)
        return {"mutual_groups": none}
    every, documented = (
        _shared(inputs, rows) for rows in (groups, groups[groups["documented"]])
    )
    return {"mutual_groups": with_doubt(figure(every), documented)}


def _shared(inputs: Inputs, groups: pd.DataFrame) -> Floats:
    rules = groups.groupby("group_id")[["fewest_sites", "family"]].first()
    firms = inputs.activity.by_label(groups, "group_id")
    inside = inputs.held.astype(float) @ firms
    enough = inside >= rules["fewest_sites"].to_numpy(dtype=float)
    families = pd.DataFrame(enough.T, index=rules["family"]).groupby(level=0).any()
    return families.sum().to_numpy(dtype=float)


@measures_indicator("kept_without_top_pct")
def kept_families(inputs: Inputs) -> Figures:
    """Share the families in reach that stay so without the first site.

    Notes
    -----
    The first site is one of the largest size class: the register tells the class,
    and a finer order would say who of two firms has more jobs. Of several in that
    class, the one whose stop costs most families. It stops as a giver; takers, of
    which families have many, stay.
    """
    activity = inputs.activity
    if activity.in_cells:
        none = figure(np.full(len(inputs.held), np.nan), NO_SITES)
        return {"kept_without_top_pct": none}
    sites = activity.industry.dropna(subset="headcount_mid")
    # One row a site, one column a family, in the order of the givers.
    families = activity.families
    givers = crossed(
        families["site_id"], families["family"], index=pd.Index(sites["site_id"])
    )
    lost = (inputs.givers == inputs.min_givers).astype(float) @ givers.T
    is_first = _first_sites(activity, inputs.held, sites)
    worst = np.where(is_first, lost, 0.0).max(axis=1, initial=0.0)
    kept_pct = ratio_pct(inputs.n_families - worst, inputs.n_families)
    doubt = with_doubt(figure(inputs.n_families), inputs.n_documented)["doubt_pct"]
    share = figure(np.where(is_first.any(axis=1), kept_pct, np.nan))
    return {"kept_without_top_pct": share.assign(doubt_pct=doubt)}


def _first_sites(activity: Activity, held: Bools, sites: pd.DataFrame) -> Bools:
    """Say which sites are in the largest size class of each perimeter."""
    inside = held[:, activity.codes.get_indexer(pd.Index(sites["code_insee"]))]
    heads = sites["headcount_mid"].to_numpy(dtype=float)
    size = np.searchsorted(_SIZE_CLASSES, heads, side="right")
    largest = np.where(inside, size, -1).max(axis=1, initial=-1)
    return inside & (size == largest[:, None])


@measures_indicator("outlet_median_min", "no_outlet_pct")
def outlet_figures(inputs: Inputs) -> Figures:
    """Time the way to a legal outlet, and share the kinds of waste without one.

    Pairs of a target site and a kind of its waste; nothing where nobody looked.
    """
    activity, inside_of = inputs.activity, inputs.held
    ways = activity.outlet_ways
    if ways is None:
        return {}
    if activity.in_cells:
        return _outlets_between(inputs, ways)
    counts = activity.by_commune(ways)
    alone = activity.by_commune(ways[ways["minutes"].isna()])
    places = activity.codes.get_indexer(pd.Index(ways["code_insee"]))
    # No way at all is longer than any way: it moves the median, and is no number.
    minutes = ways["minutes"].fillna(np.inf).to_numpy(dtype=float)
    inside = [minutes[row[places]] for row in inside_of]
    medians = np.array([np.median(one) if len(one) else np.nan for one in inside])
    medians = np.where(np.isfinite(medians), medians, np.nan)
    return {
        "outlet_median_min": figure(medians, [_without(one) for one in inside]),
        "no_outlet_pct": figure(ratio_pct(inside_of @ alone, inside_of @ counts)),
    }


def _outlets_between(inputs: Inputs, ways: pd.DataFrame) -> Figures:
    """Bound the same where pairs are of establishments that are, or may be, target."""
    activity, inside = inputs.activity, inputs.held
    is_sure, is_alone = ways["is_sure"].astype(bool), ways["minutes"].isna()
    alone, placed = (
        (
            inside @ activity.by_commune(ways[who & is_sure]),
            inside @ activity.by_commune(ways[who]),
        )
        for who in (is_alone, ~is_alone)
    )
    places = activity.codes.get_indexer(pd.Index(ways["code_insee"]))
    minutes = ways["minutes"].fillna(np.inf).to_numpy(dtype=float)
    sure = is_sure.to_numpy(dtype=float)
    bounds = [
        median_between(
            minutes[row[places]], sure[row[places]], np.ones(int(row[places].sum()))
        )
        for row in inside
    ]
    medians = np.array(bounds).reshape(-1, 2)
    shares = share_between(alone, placed)
    return {
        "outlet_median_min": counted_between(medians[:, 0], medians[:, 1]),
        "no_outlet_pct": counted_between(shares[0], shares[1]),
    }


def _without(minutes: npt.NDArray[np.float64]) -> str:
    n_none = int(np.isinf(minutes).sum())
    if n_none == 0:
        return ""
    share = max(1, round(100 * n_none / len(minutes)))
    return (
        f"{share} % des couples établissement–déchet sans exutoire autorisé joignable"
    )
