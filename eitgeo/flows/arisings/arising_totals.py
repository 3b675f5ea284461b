"""Totals of the area and of its activities, with the interval of the same draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.flows.arisings.arising_draws import draw_intervals
from eitgeo.flows.arisings.arising_margins import MASS_COLUMNS
from eitgeo.flows.arisings.arising_variance import SOURCES, variance_shares
from eitgeo.flows.arisings.redraw import SEPARATOR

if TYPE_CHECKING:
    from eitgeo.flows.arisings.arising_draws import DrawLaw
    from eitgeo.flows.arisings.redraw import Redrawn

_KEY = ["grain", "group_id", "stream"]


def cell_names(rows: pd.DataFrame, places: pd.DataFrame) -> pd.Series[str]:
    """Name the cell of each row: its place at every grain, and its stream.

    Parameters
    ----------
    rows
        ``site_id``, ``stream``.
    places
        One column a grain, index ``site_id``; sites that are absent are nowhere.

    Returns
    -------
    pandas.Series of str
        Named ``cell``, on the index of `rows`; ``""`` nowhere.

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
    held = of_site.to_dict()
    names = [
        held[site] + SEPARATOR + stream if site in held else ""
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

    Parameters
    ----------
    draws
        Tonnes a year by cell (index, as :func:`cell_names`) and draw.
    terms
        As `without_observed` returns them.
    observed
        Rows of table ``arisings`` that no ratio made; taken as sure.
    places
        One column a grain, index ``site_id``: the group of each site; ``""``: none.
    law
        How uncertainty was drawn; None: control totals hold the draws, and no source
        is told.
    redrawn
        Sites drawn again; `terms` are then the others, and `draws` has both.

    Returns
    -------
    pandas.DataFrame
        Table ``arising_totals``: ``grain``, ``group_id``, ``stream``; ``t_low``,
        ``t_mid``, ``t_high`` (P10, P50, P90 of the total) [t/year]; ``t_observed``,
        the part that is observed; shares of the variance by source [%], NaN where
        nothing varies or no source is told.

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
    found = pd.concat(tables, ignore_index=True)
    return found.loc[
        found["group_id"] != "", [*_KEY, *MASS_COLUMNS, "t_observed", *SOURCES]
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
    again = named.iloc[:0].assign(replicate=0, headcount=0.0)
    if redrawn is not None:
        again = redrawn.terms.assign(group_id=redrawn.places[group_of.name])
        again = again.dropna(subset="group_id")
    found = []
    for stream in sorted({*named["stream"], *again["stream"].unique()}):
        rows = named[named["stream"].eq(stream)]
        shares = variance_shares(
            rows,
            rows["group_id"],
            law=law,
            redrawn=again[again["stream"].eq(stream)],
        )[SOURCES]
        keyed = shares.assign(stream=stream).set_index("stream", append=True)
        found.append(keyed)
    return pd.concat(found) if found else none
