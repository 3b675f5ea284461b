"""Waste of drawn sites, drawn again: the interval of a total carries the draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from eitgeo.draws import (
    draw_keys,
    shared_scores,
    stratified_scores,
    two_piece_lognormal,
    uniforms_at,
)
from eitgeo.flows.arisings.arising_draws import (
    HEADCOUNTS,
    NDNI,
    RATIOS,
    DrawLaw,
    arising_terms,
)

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]

SEPARATOR = "|"
N_REPLICATES = 100
"""Times that sites are drawn again: draw *d* of waste takes replicate *d* mod 100."""


@dataclass(frozen=True)
class Redrawn:
    """Terms drawn again, and where they are.

    ``terms``: as :func:`redrawn_terms` returns them. ``places``: one column a grain, on
    the index of `terms`: categories; NaN: nowhere.
    """

    terms: pd.DataFrame = field(repr=False)
    places: pd.DataFrame = field(repr=False)

    def by_cell(self, law: DrawLaw) -> pd.DataFrame:
        """Add up the draws of each cell and ratio, named as `ratio_cells` does."""
        columns = [self.places[grain] for grain in self.places]
        last = [self.terms[name] for name in ("stream", "ratio_id")]
        cells = joined([*columns, *last])
        return redrawn_sums(self.terms, cells, law=law)

    def by_commune(self, law: DrawLaw) -> pd.DataFrame:
        """Add up the draws of the waste of each commune that is not inert."""
        terms = self.terms[self.terms["stream"].eq(NDNI)]
        return redrawn_sums(terms, terms["code_insee"], law=law)


def looked_up(column: pd.Series, values: pd.Series[str]) -> pd.Series:
    """Look the categories of a column up; the column keeps its index."""
    of_category = values.reindex(column.cat.categories)
    code, names = pd.factorize(of_category, sort=True)
    labels = pd.Categorical.from_codes(code[column.cat.codes], names)
    return pd.Series(labels, index=column.index)


def joined(columns: Sequence[pd.Series]) -> pd.Series:
    """Join columns of categories, as texts with a bar between; NaN where one is."""
    first, *others = columns
    code = first.cat.codes.to_numpy(dtype=np.int64)
    absent = code < 0
    names = first.cat.categories.to_numpy(dtype=object)
    for other in others:
        more = other.cat.codes.to_numpy(dtype=np.int64)
        absent = absent | (more < 0)
        size = len(other.cat.categories)
        pair = np.where(absent, 0, code * size + more)
        is_met = np.bincount(pair) > 0
        known, code = np.flatnonzero(is_met), (np.cumsum(is_met) - 1)[pair]
        last = other.cat.categories.to_numpy(dtype=object)
        names = names[known // size] + SEPARATOR + last[known % size]
    values = pd.Categorical.from_codes(np.where(absent, -1, code), pd.Index(names))
    return pd.Series(values, index=first.index).cat.remove_unused_categories()


def redrawn_terms(
    rows: pd.DataFrame, ratios: pd.DataFrame, *, estimated: pd.DataFrame
) -> pd.DataFrame:
    """Give each redrawn site its ratio: one row a site and stream.

    ``rows``: as `redrawn_rows` returns them. ``ratios``: as `waste_ratios` returns
    them. ``estimated``: as `without_observed` returns them: what a declaration leaves
    to the ratio of a known site whose headcount is drawn. Returns: the columns of
    `rows`, ``stream``, ``ratio_id``, the three ratios, ``weight``.
    Texts are categories.
    """
    activities = rows["naf"].cat.categories.to_series(name="naf").astype("str")
    one_employee = dict.fromkeys(HEADCOUNTS, 1.0)
    by_naf = arising_terms(
        pd.DataFrame({"site_id": activities, "naf": activities, **one_employee}), ratios
    ).rename(columns={"site_id": "naf"})
    texts = {"naf": rows["naf"].dtype, "stream": "category", "ratio_id": "category"}
    columns = [*texts, *RATIOS, "weight"]
    terms = rows.merge(by_naf[columns].astype(texts), on="naf")
    left = estimated.set_index(["site_id", "stream"])["weight"]
    named = terms["name"].isin(estimated["site_id"])
    keys = pd.MultiIndex.from_frame(terms.loc[named, ["name", "stream"]].astype("str"))
    terms.loc[named, "weight"] = left.reindex(keys).to_numpy()
    return terms


def redrawn_sums(
    terms: pd.DataFrame, groups: pd.Series, *, law: DrawLaw
) -> pd.DataFrame:
    """Add up the draws of the redrawn sites of each group.

    ``terms``: as :func:`redrawn_terms` returns them. ``groups``: group of each term:
    categories, on the index of `terms`; NaN: none. ``law``: as in `drawn_blocks`: the
    common error of a ratio is the same draw there. Returns: tonnes a year; one row a
    group (index), one column a draw, as `group_draws`.

    Notes
    -----
    Draw *d* is that of replicate *d* modulo their number. A headcount is that of its
    replicate, without a band; the own error of a site is drawn by its name.
    """
    groups = groups.cat.remove_unused_categories()
    is_grouped = groups.notna().to_numpy()
    parts, names = terms[is_grouped], groups.cat.categories
    group = groups[is_grouped].cat.codes.to_numpy(dtype=np.int64)
    ratio = joined([parts["ratio_id"], parts["stream"]]).cat
    common = stratified_scores(
        draw_keys(ratio.categories, seed=law.seed, source="ratio"), law.n_draws
    )
    code, keys = ratio.codes.to_numpy(), _own_keys(parts, law)
    replicate = parts["replicate"].to_numpy()
    n_replicates = int(replicate.max(initial=0)) + 1
    size = parts["headcount"].to_numpy() * parts["weight"].to_numpy()
    low, mid, high = parts[RATIOS].to_numpy().T
    totals = np.zeros(len(names) * law.n_draws)
    for first in range(0, law.n_draws, n_replicates):
        draw = first + replicate
        real = draw < law.n_draws
        own = ndtri(uniforms_at(keys[real], draw[real]))
        shared = common[code[real], draw[real]]
        scores = shared_scores(shared, own, common_share=law.common_share)
        tonnes = two_piece_lognormal(scores, low[real], mid[real], high[real])
        cell = group[real] * law.n_draws + draw[real]
        weights = tonnes * size[real]
        totals += np.bincount(cell, weights=weights, minlength=len(totals))
    sums = totals.reshape(len(names), law.n_draws)
    return pd.DataFrame(sums, index=pd.Index(names.astype("str"), name=groups.name))


def _own_keys(terms: pd.DataFrame, law: DrawLaw) -> npt.NDArray[np.uint64]:
    """Make the key of each site and stream, each name once."""
    streams, names = terms["stream"].cat.categories, terms["name"].cat.categories
    keys = np.array(
        [draw_keys(names + "|" + one, seed=law.seed, source="site") for one in streams]
    ).reshape(len(streams), len(names))
    return keys[terms["stream"].cat.codes, terms["name"].cat.codes]
