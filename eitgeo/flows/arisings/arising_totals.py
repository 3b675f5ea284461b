"""Totals of waste: drawn sites drawn again, published totals, shares of variance.

The interval is that of the draws; its parts are headcounts, ratios, or sites.

A total is that of a département, a sector, a stream; one of a wider territory is
brought to this one by inhabitants and by employees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from eitgeo.check import Faults, require_columns
from eitgeo.draws import (
    draw_keys,
    shared_scores,
    stratified_scores,
    two_piece_lognormal,
    two_piece_loguniform,
    uniforms_at,
)
from eitgeo.errors import InfeasibleError
from eitgeo.flows.arisings.arising_draws import (
    HEADCOUNTS,
    MASS_COLUMNS,
    NDNI,
    RATIOS,
    DrawLaw,
    Scaling,
    arising_terms,
    draw_intervals,
    group_draws,
)
from eitgeo.reference.divisions import expand_divisions
from eitgeo.reference.waste import in_categories, in_scope
from eitgeo.words import french_number, round_significant

type Floats = npt.NDArray[np.float64]
type Flags = npt.NDArray[np.bool_]

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

    ``estimated``: as `without_observed` returns them: what a declaration leaves to the
    ratio of a known site whose headcount is drawn. Returns: the columns of `rows`,
    ``stream``, ``ratio_id``, the three ratios, ``weight``. Texts are categories.
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

    ``groups``: group of each term: categories, on the index of `terms`; NaN: none.
    ``law``: as in `drawn_blocks`: the common error of a ratio is the same draw there.
    Returns: tonnes a year; one row a group (index), one column a draw, as
    `group_draws`.

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

    ``draws``: tonnes a year by cell (index, as :func:`cell_names`) and draw.
    ``observed``: rows of table ``arisings`` that no ratio made; taken as sure.
    ``places``: one column a grain, index ``site_id``: the group of each site; ``""``:
    none. ``law``: how uncertainty was drawn; None: control totals hold the draws, and
    no source is told. ``redrawn``: sites drawn again; `terms` are then the others, and
    `draws` has both. Returns: table ``arising_totals``: ``grain``, ``group_id``,
    ``stream``; ``t_low``, ``t_mid``, ``t_high`` (P10, P50, P90 of the total) [t/year];
    ``t_observed``, the part that is observed; shares of the variance by source [%], NaN
    where nothing varies or no source is told.

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


CONTROL_COLUMNS = ["departement", "sector", "stream", "total_t", "covered_share"]
MAX_ROUNDS = 20_000
TOLERANCE = 1e-9
"""Greatest relative gap between a total and its control."""

_SEPARATOR = "|"

_EVERY_SECTOR = "all"
_PARTS = ("division", "stream", "ratio_id")


def control_scaling(
    terms: pd.DataFrame,
    controls: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    observed: pd.DataFrame,
    law: DrawLaw,
) -> Scaling:
    """Find the factors that bring each draw to the control totals.

    ``controls``: ``departement`` (empty: all), ``sector`` (divisions of NAF rév. 2,
    ``10-12`` or ``16``; empty: all), ``stream``, ``total_t`` [t/year] and
    ``covered_share`` (0–1): the share of that total which the sites of the study make.
    ``sites``: ``site_id``, ``naf``, ``code_insee``. ``observed``: table ``arisings`` of
    better sources: it is in the total, and is not scaled. Returns: one factor a cell
    (département × division × stream) and draw. Refused when no site is in a control,
    when what is observed passes it, or when the controls contradict one another: which
    one, and by how many tonnes.

    Notes
    -----
    Iterative proportional scaling of the cells, draw by draw: each control in turn
    multiplies its cells by the same factor, until all hold to 1e-9. The factors are
    the smallest change in the sense of relative entropy.

    References
    ----------
    Deming, Stephan (1940), Annals of Mathematical Statistics 11(4), 427–444; Csiszár
    (1975), Annals of Probability 3(1), 146–158.
    """
    require_columns(controls, CONTROL_COLUMNS, where="totaux de contrôle")
    cells = _cells(terms, sites)
    draws = group_draws(terms, cells, law=law)
    members = _membership(draws.index, controls)
    target = (controls["total_t"] * controls["covered_share"]).to_numpy(dtype=float)
    known = _observed_t(observed, controls, sites)
    _require_room(draws, members, target - known, controls=controls)
    scaled = _fitted(draws.to_numpy(), members, target - known, controls=controls)
    before = draws.to_numpy()
    factors = np.divide(scaled, before, out=np.ones_like(before), where=before > 0)
    code = draws.index.get_indexer(pd.Index(cells))
    in_control = members.any(axis=0)
    cell = np.where(in_control[code], code, -1)
    return Scaling(cell=cell, factors=factors)


def _cells(rows: pd.DataFrame, sites: pd.DataFrame) -> pd.Series[str]:
    """Name the département, division and stream of each row."""
    known = sites.set_index("site_id")
    code = rows["site_id"].map(known["code_insee"])
    # Overseas départements have three digits.
    dep = code.str[:2].where(~code.str.startswith("97"), code.str[:3])
    division = rows["site_id"].map(known["naf"]).str[:2]
    cells = dep + _SEPARATOR + division + _SEPARATOR + rows["stream"]
    return cells.rename("cell")


def _membership(cells: pd.Index[str], controls: pd.DataFrame) -> Flags:
    parts = pd.Series(cells).str.split(_SEPARATOR, expand=True, regex=False)
    parts = parts.reindex(columns=range(3)).astype("str")
    members = np.zeros((len(controls), len(cells)), dtype=bool)
    for row, control in enumerate(controls.to_dict("records")):
        inside = (parts[2] == control["stream"]).to_numpy()
        if control["departement"]:
            inside = inside & (parts[0] == control["departement"]).to_numpy()
        if control["sector"]:
            divisions = expand_divisions([control["sector"]])
            inside = inside & parts[1].isin(divisions).to_numpy()
        members[row] = inside
    return members


def _observed_t(
    observed: pd.DataFrame, controls: pd.DataFrame, sites: pd.DataFrame
) -> Floats:
    if observed.empty:
        return np.zeros(len(controls))
    own = observed[observed["site_id"].isin(sites["site_id"])]
    per_cell = own["t_mid"].groupby(_cells(own, sites)).sum()
    members = _membership(per_cell.index, controls)
    sums_t: Floats = members @ per_cell.to_numpy(dtype=float)
    return sums_t


def _title(control: dict[Any, Any]) -> str:
    where = control["departement"] or "tous départements"
    sector = control["sector"] or "toutes activités"
    return f"{where}, {sector}, {control['stream']}"


def _tonnes(mass_t: float) -> str:
    return f"{french_number(mass_t, decimals=0)} t"


def _require_room(
    draws: pd.DataFrame, held: Flags, left: Floats, *, controls: pd.DataFrame
) -> None:
    faults = Faults("totaux de contrôle")
    mean = draws.mean(axis=1).to_numpy()
    for row, control in enumerate(controls.to_dict("records")):
        if left[row] <= 0:
            over = _tonnes(-left[row])
            fault = f"{_title(control)} : {over} de déclarations au-delà du total"
            remedy = "vérifier l'année, l'unité et la part couverte"
            faults.add(fault, remedy=remedy)
        elif mean[held[row]].sum() <= 0:
            fault = f"{_title(control)} : aucun gisement estimé à ajuster"
            faults.add(fault, remedy="retirer ce total, ou ajouter ses établissements")
    faults.raise_if_any(InfeasibleError)


def _fitted(
    draws: Floats, held: Flags, left: Floats, *, controls: pd.DataFrame
) -> Floats:
    # Cells under the same controls move together: they are fitted as one.
    alike, group = np.unique(held, axis=1, return_inverse=True)
    before = np.zeros((alike.shape[1], draws.shape[1]))
    np.add.at(before, group, draws)
    scaled = before.copy()
    for _ in range(MAX_ROUNDS):
        last = scaled.copy()
        for row, inside in enumerate(alike):
            total = scaled[inside].sum(axis=0)
            scaled[inside] *= left[row] / total
        gaps = np.abs(alike.astype(float) @ scaled / left[:, None] - 1.0).max(axis=1)
        if (gaps <= TOLERANCE).all():
            factors = np.ones_like(before)
            np.divide(scaled, before, out=factors, where=before > 0)
            return draws * factors[group]
        if np.array_equal(scaled, last):  # no round will move anything
            break
    faults = Faults("totaux de contrôle")
    reached = (alike.astype(float) @ scaled).mean(axis=1)
    for row in np.flatnonzero(gaps > TOLERANCE).tolist():
        name = _title(controls.iloc[row].to_dict())
        sought, best = _tonnes(left[row]), _tonnes(reached[row])
        gap = f"{french_number(round_significant(100 * gaps[row], 2))} %"
        fault = f"{name} : {sought} à répartir, {best} au mieux ({gap} d'écart)"
        remedy = "deux totaux se contredisent : même année ? secteurs emboîtés ?"
        faults.add(fault, remedy=remedy)
    faults.raise_if_any(InfeasibleError)
    return scaled


def total_checks(
    draws: pd.DataFrame,
    observed: pd.DataFrame,
    references: pd.DataFrame,
    ratios: pd.DataFrame,
    *,
    population: int,
    jobs: Mapping[str, float],
) -> pd.DataFrame:
    """Put the waste of the area beside published totals of the same waste.

    ``draws``: tonnes a year by cell (index: names that end in division, stream and
    ``ratio_id``, a bar between) and draw. ``observed``: rows of table ``arisings`` that
    no ratio made, of the area: ``stream``, ``ewc_stat``, ``t_mid``, ``division``.
    ``jobs``: employees counted in the area by sector of URSSAF; empty: nothing is
    counted. Returns: table ``arising_checks``: ``reference_id``; ``t_low``, ``t_mid``,
    ``t_high`` (P10, P50, P90); the reference by inhabitants and by employees of its
    sector, lowest and highest [t/year], NaN where one is not known.

    Notes
    -----
    ``total × area ÷ place``. Some totals make a ratio too: `waste_totals`. Where a site
    has declared some categories, what is left of it is shared out as its ratio says.
    """
    cells = pd.DataFrame(
        [str(name).split(SEPARATOR)[-len(_PARTS) :] for name in draws.index],
        columns=list(_PARTS),
        index=draws.index,
        dtype="str",
    )
    sums = {
        str(name): draws.mul(_control_shares(cells, ratios, reference), axis=0).sum()
        + _observed_in_reference_t(observed, reference)
        for name, reference in references.iterrows()
    }
    table = draw_intervals(pd.DataFrame(sums).T).rename_axis("reference_id")
    per_head = population / references["population"]
    per_job = (
        references["sector"].map(_counted(jobs)).astype(float) / references["jobs"]
    )
    for end in ("low", "high"):
        table[f"by_inhabitants_{end}"] = references[f"t_{end}"] * per_head
        table[f"by_employees_{end}"] = references[f"t_{end}"] * per_job
    return table.reset_index()


def _control_shares(
    cells: pd.DataFrame, ratios: pd.DataFrame, reference: pd.Series
) -> pd.Series[float]:
    """Return the share of each cell that a published total counts."""
    parts = ratios.drop_duplicates(["ratio_id", "stream", "ewc_stat"])
    key = [parts["ratio_id"], parts["stream"]]
    counted = parts["share"].where(in_categories(parts["ewc_stat"], reference), 0.0)
    shares = counted.groupby(key).sum() / parts["share"].groupby(key).sum()
    cell_keys = pd.MultiIndex.from_frame(cells[["ratio_id", "stream"]])
    of_cell = pd.Series(shares.reindex(cell_keys).to_numpy(), index=cells.index)
    return of_cell.where(
        in_scope(cells, naf=reference["naf"], stream=reference["stream"]), 0.0
    )


def _observed_in_reference_t(observed: pd.DataFrame, reference: pd.Series) -> float:
    is_counted = in_scope(
        observed, naf=reference["naf"], stream=reference["stream"]
    ) & in_categories(observed["ewc_stat"], reference)
    return float(observed.loc[is_counted, "t_mid"].sum())


def _counted(jobs: Mapping[str, float]) -> dict[str, float]:
    if not jobs:
        return {}
    return {**jobs, _EVERY_SECTOR: sum(jobs.values())}
