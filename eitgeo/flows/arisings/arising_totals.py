"""Totals of the area and of its activities, and where their uncertainty comes from.

The interval is that of the draws; its parts are headcounts, ratios, or sites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from eitgeo.draws import (
    shared_scores,
    two_piece_lognormal,
    two_piece_loguniform,
)
from eitgeo.flows.arisings.arising_draws import (
    HEADCOUNTS,
    MASS_COLUMNS,
    RATIOS,
    DrawLaw,
    draw_intervals,
)
from eitgeo.flows.arisings.redraw import SEPARATOR, Redrawn, joined

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]

_KEY = ["grain", "group_id", "stream"]

SOURCES = ["headcount_pct", "ratio_common_pct", "ratio_site_pct", "interaction_pct"]
_NODES = 256


def cell_names(rows: pd.DataFrame, places: pd.DataFrame) -> pd.Series[str]:
    """Name the cell of each row: its place at every grain, and its stream.

    ``rows``: ``site_id``, ``stream``. ``places``: one column a grain, index
    ``site_id``; sites that are absent are nowhere. Returns: named ``cell``, on the
    index of `rows`; ``""`` nowhere.

    Examples
    --------
    >>> rows = pd.DataFrame({"site_id": ["a", "b"], "stream": ["NDNI", "NDNI"]})
    >>> places = pd.DataFrame({"epci": ["1"], "division": ["16"]}, index=["a"])
    >>> cell_names(rows, places).tolist()
    ['1|16|NDNI', '']
    """
    if rows.empty:
        return pd.Series("", index=rows.index, dtype="str", name="cell")
    first, *others = (places[grain].astype("str") for grain in places.columns)
    of_site = first
    for other in others:
        of_site = of_site + SEPARATOR + other
    cells = of_site.to_dict()
    names = [
        cells[site] + SEPARATOR + stream if site in cells else ""
        for site, stream in zip(rows["site_id"], rows["stream"], strict=True)
    ]
    return pd.Series(names, index=rows.index, dtype="str", name="cell")


def ratio_cells(terms: pd.DataFrame, places: pd.DataFrame) -> pd.Series[str]:
    """Name the cell of each term, as :func:`cell_names`, and its ratio."""
    cells = cell_names(terms, places)
    named = cells + SEPARATOR + terms["ratio_id"].astype("str")
    return named.where(cells != "", "").rename("cell")


def of_every_ratio(draws: pd.DataFrame) -> pd.DataFrame:
    """Add up the ratios of each cell of :func:`ratio_cells`."""
    cells = [str(name).rpartition(SEPARATOR)[0] for name in draws.index]
    return draws.groupby(pd.Index(cells, name="cell", dtype="str")).sum()


def arising_totals(
    draws: pd.DataFrame,
    terms: pd.DataFrame,
    observed: pd.DataFrame,
    *,
    places: pd.DataFrame,
    law: DrawLaw | None,
    redrawn: Redrawn | None = None,
) -> pd.DataFrame:
    """Give the waste of each group of sites, observed and estimated.

    ``draws``: tonnes a year by cell (index, as :func:`cell_names`) and draw. ``terms``:
    as `without_observed` returns them. ``observed``: rows of table ``arisings`` that no
    ratio made; taken as sure. ``places``: one column a grain, index ``site_id``: the
    group of each site; ``""``: none. ``law``: how uncertainty was drawn; None: control
    totals hold the draws, and no source is told. ``redrawn``: sites drawn again;
    `terms` are then the others, and `draws` has both. Returns: table
    ``arising_totals``: ``grain``, ``group_id``, ``stream``; ``t_low``, ``t_mid``,
    ``t_high`` (P10, P50, P90 of the total) [t/year]; ``t_observed``, the part that is
    observed; shares of the variance by source [%], NaN where nothing varies or no
    source is told.

    Notes
    -----
    A P10 of a total is not the sum of the P10: errors of sites cancel out, those of a
    ratio do not.
    """
    sure = (
        observed["t_mid"]
        .groupby(cell_names(observed, places))
        .sum()
        .drop("", errors="ignore")
    )
    cells = draws.index.union(sure.index)
    parts = np.array([name.split(SEPARATOR) for name in cells], dtype=object)
    where = pd.DataFrame(
        parts.reshape(len(cells), places.shape[1] + 1),
        index=cells,
        columns=[*places.columns, "stream"],
        dtype="str",
    )
    sure = sure.reindex(cells).fillna(0.0)
    whole = draws.reindex(cells).fillna(0.0).add(sure, axis=0).assign(t_observed=sure)
    tables = []
    for grain in places.columns:
        key = [where[grain], where["stream"]]
        sums = whole.groupby(key).sum().rename_axis(["group_id", "stream"])
        table = draw_intervals(sums.drop(columns="t_observed"))
        table = table.assign(t_observed=sums["t_observed"], grain=str(grain))
        shares = _shares(terms, places[grain], law, redrawn)
        tables.append(table.join(shares, on=["group_id", "stream"]).reset_index())
    totals = pd.concat(tables)
    return totals.loc[
        totals["group_id"] != "", [*_KEY, *MASS_COLUMNS, "t_observed", *SOURCES]
    ].reset_index(drop=True)


def _shares(
    terms: pd.DataFrame,
    group_of: pd.Series[str],
    law: DrawLaw | None,
    redrawn: Redrawn | None,
) -> pd.DataFrame:
    """Share the variance of each group and stream."""
    none = pd.DataFrame(
        columns=SOURCES,
        index=pd.MultiIndex.from_arrays([[], []], names=["group_id", "stream"]),
        dtype=float,
    )
    if law is None:
        return none
    named = terms.assign(group_id=terms["site_id"].map(group_of))
    named = named.dropna(subset="group_id").astype({"group_id": "str"})
    again = named.iloc[:0]
    if redrawn is not None:
        again = redrawn.terms.assign(group_id=redrawn.places[group_of.name])
        again = again.dropna(subset="group_id")
    parts_of = []
    for stream in sorted({*named["stream"], *again["stream"].unique()}):
        rows = named[named["stream"].eq(stream)]
        shares = variance_shares(
            rows,
            rows["group_id"],
            law=law,
            redrawn=again[again["stream"].eq(stream)],
        )[SOURCES]
        keyed = shares.assign(stream=stream).set_index("stream", append=True)
        parts_of.append(keyed)
    return pd.concat(parts_of) if parts_of else none


def variance_shares(
    terms: pd.DataFrame,
    groups: pd.Series[str],
    *,
    law: DrawLaw,
    redrawn: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Share the variance of the total of each group among its sources.

    ``terms``: as `arising_terms` returns them, of one stream: a site once. ``groups``:
    group of each term, on the index of ``terms``. ``law``: how uncertainty is drawn;
    only its common share counts here. ``redrawn``: terms of sites drawn again, as
    `redrawn_terms` returns them, and their ``group_id``: what their draw moves is told
    with headcounts. Returns: one row a group (index, sorted): ``mean_t`` and ``sd_t``
    [t/year]; ``headcount_pct``, ``ratio_common_pct``, ``ratio_site_pct``: first-order
    shares [%]; ``interaction_pct``, what they do jointly. The four make 100; they are
    NaN where nothing varies.

    Notes
    -----
    In closed form: with independent headcounts *h* and ratios *r* whose scores share
    one part per ratio, ``Var(E[Y|h]) = Σ w² Var(h) E[r]²``; ``Var(E[Y|common]) = Σ_g
    (Σ w E[h])² Var(E[r|common])``; ``Var(E[Y|own]) = Σ w² E[h]² Var(E[r|own])``;
    ``Var(Y) = Σ w² (E[h²]E[r²] − E[h]²E[r]²) + Σ_g Σ_{i≠j} w_i w_j E[h_i]E[h_j]
    Var(E[r|common])``. Moments are sums over 256 strata of each law. Sites drawn again
    have the moments of each replicate, then their mean and variance over replicates.

    References
    ----------
    Saltelli et al. (2008), Global Sensitivity Analysis: The Primer, Wiley, chap. 4.
    """
    weight = terms["weight"].to_numpy(dtype=float)
    mean_h, var_h = _headcount_moments(terms)
    moments = _ratio_moments(terms, law.common_share)
    mean_h, var_h = weight * mean_h, weight**2 * var_h
    mean_r, var_r = moments["mean"], moments["variance"]
    var_c, var_s = moments["common"], moments["own"]
    rows = pd.DataFrame(
        {
            "group": groups.loc[terms.index].to_numpy(),
            "ratio": (terms["ratio_id"] + "|" + terms["stream"]).to_numpy(),
            "mean_t": mean_h * mean_r,
            "by_headcount": var_h * mean_r**2,
            "by_own": mean_h**2 * var_s,
            "alone": (mean_h**2 + var_h) * (mean_r**2 + var_r) - mean_h**2 * mean_r**2,
            "jointly": mean_h**2 * var_c,
            "mean_h": mean_h,
            "var_c": var_c,
        }
    )
    if redrawn is not None and len(redrawn):
        rows = pd.concat([rows, _redrawn_rows(redrawn, law)])
    return _shared_out(rows, name=str(groups.name))


def _redrawn_rows(terms: pd.DataFrame, law: DrawLaw) -> pd.DataFrame:
    """Lay out what redrawn sites add by group and ratio, then what their draw moves."""
    size = terms["headcount"] * terms["weight"]
    ratio = joined([terms["ratio_id"], terms["stream"]])
    ratio = ratio.cat.reorder_categories(sorted(ratio.cat.categories))
    key = [terms["group_id"].rename("group"), ratio.rename("ratio"), terms["replicate"]]
    sums = (
        pd.concat([*key, size.rename("t"), (size**2).rename("square")], axis=1)
        .groupby(["group", "ratio", "replicate"], observed=True)
        .sum()
    )
    every = range(int(terms["replicate"].max()) + 1)
    per_draw, per_square = (
        sums[name].unstack().reindex(columns=every).fillna(0.0)  # noqa: PD010
        for name in ("t", "square")
    )
    squares = per_square.mean(axis=1)
    single = terms.assign(ratio=ratio).drop_duplicates("ratio").set_index("ratio")
    moments = pd.DataFrame(
        _ratio_moments(single, law.common_share), index=single.index
    ).reindex(per_draw.index.get_level_values("ratio"))
    mean_r, var_r, var_c, var_s = (moments[name].to_numpy() for name in moments)
    mean_h = per_draw.mean(axis=1)
    per_site = per_draw.var(axis=1, ddof=0)
    by_ratio = pd.DataFrame(
        {
            "mean_t": mean_h * mean_r,
            "by_headcount": 0.0,
            "by_own": squares * var_s,
            "alone": squares * (var_r - var_c) + per_site * var_c,
            "jointly": 0.0,
            "mean_h": mean_h,
            "var_c": var_c,
        }
    ).reset_index()
    means = per_draw.mul(mean_r, axis=0).groupby("group").sum()
    moved = means.var(axis=1, ddof=0)
    of_the_draw = pd.DataFrame({"by_headcount": moved, "alone": moved}).reset_index()
    return pd.concat([by_ratio, of_the_draw.assign(ratio="")]).fillna(0.0)


def _shared_out(rows: pd.DataFrame, *, name: str) -> pd.DataFrame:
    per_ratio = rows.groupby(["group", "ratio"]).agg(
        {"mean_h": "sum", "var_c": "first"}
    )
    common = per_ratio["mean_h"] ** 2 * per_ratio["var_c"]
    by_common = common.groupby("group").sum()
    sums = rows.drop(columns=["ratio", "var_c", "mean_h"]).groupby("group").sum()
    variance = sums["alone"] + by_common - sums["jointly"]
    parts = [sums["by_headcount"], by_common, sums["by_own"]]
    parts.append(variance - sum(parts))
    columns = dict(zip(SOURCES, parts, strict=True))
    split = pd.DataFrame(columns, index=sums.index)
    shares = 100.0 * split.div(variance.where(variance > 0), axis=0)
    table = pd.DataFrame({"mean_t": sums["mean_t"], "sd_t": np.sqrt(variance)})
    return table.join(shares).rename_axis(name)


def _midpoints() -> Floats:
    return (np.arange(_NODES) + 0.5) / _NODES


def _headcount_moments(terms: pd.DataFrame) -> tuple[Floats, Floats]:
    bands, where = np.unique(
        terms[HEADCOUNTS].to_numpy(dtype=float), axis=0, return_inverse=True
    )
    heads = two_piece_loguniform(_midpoints()[None, :], *bands.T[:, :, None])
    return heads.mean(axis=1)[where], heads.var(axis=1)[where]


def _ratio_moments(terms: pd.DataFrame, common_share: float) -> dict[str, Floats]:
    """Mean and variance of each ratio, and of its means given one of its errors."""
    ratios, where = np.unique(
        terms[RATIOS].to_numpy(dtype=float), axis=0, return_inverse=True
    )
    scores: Floats = ndtri(_midpoints())
    joint = shared_scores(scores[:, None], scores[None, :], common_share=common_share)
    columns = np.empty((4, len(ratios)))
    for row, (low, mid, high) in enumerate(ratios):
        ratio = two_piece_lognormal(joint, low, mid, high)
        given_common, given_own = ratio.mean(axis=1), ratio.mean(axis=0)
        moments = (ratio.mean(), ratio.var(), given_common.var(), given_own.var())
        columns[:, row] = moments
    names = ("mean", "variance", "common", "own")
    return dict(zip(names, columns[:, where], strict=True))
