"""Waste of sites: headcount in its band, ratio with a common error.

As draws for sums, and as P10, P50 and P90 of one site without a draw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from eitgeo.check import Faults, require_columns
from eitgeo.draws import (
    Z90,
    draw_keys,
    shared_scores,
    stratified_scores,
    stratified_uniforms,
    two_piece_lognormal,
    two_piece_loguniform,
)
from eitgeo.errors import SchemaError, StudyError
from eitgeo.flows.arisings.activities import rev2_activities
from eitgeo.flows.arisings.ratio_checks import require_ratios
from eitgeo.study.sections import Study

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]

EXCLUDED = "EXCLUDE"
"""Stream of activities whose waste is that of others, counted there."""

NDNI = "NDNI"
"""Stream of waste that is neither hazardous nor inert."""
SHARED_DRAWS = 200
"""Draws that every perimeter shares: as many as a page can hold for each block."""
_BLOCK_CELLS = 500_000

HEADCOUNTS = ["headcount_low", "headcount_mid", "headcount_high"]
RATIOS = ["t_per_employee_low", "t_per_employee", "t_per_employee_high"]
LEVELS_PCT = (10.0, 50.0, 90.0)
MASS_COLUMNS = ["t_low", "t_mid", "t_high"]

_STRATA = 64
_HALVINGS = 60
_FARTHEST_SCORE = 4.0


@dataclass(frozen=True)
class DrawLaw:
    """How uncertainty is drawn.

    ``n_draws``: number of draws. ``common_share``: share of the variance of the
    logarithm of a ratio that all the sites of the ratio share (0–1); the rest is each
    site's own.
    """

    seed: int = 0
    n_draws: int = 1000
    common_share: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a law that draws nothing, or a share that is none."""
        faults = Faults("tirages")
        if self.n_draws < 1:
            faults.add(f"{self.n_draws} tirage", remedy="au moins 1")
        if not 0 <= self.common_share <= 1:
            fault = f"part commune de l'erreur = {self.common_share:g}"
            faults.add(fault, remedy="entre 0 et 1")
        faults.raise_if_any(StudyError)


@dataclass(frozen=True)
class Scaling:
    """Factors that bring draws to control totals.

    ``cell``: cell of each term, aligned with the terms; -1: in no cell, left as drawn.
    ``factors``: shape (cells, draws).
    """

    cell: Ints = field(repr=False)
    factors: Floats = field(repr=False)


def draw_law(study: Study) -> DrawLaw:
    """Return the law of a study, of its sections ``identity`` and ``arisings``."""
    settings = study.arisings
    return DrawLaw(study.identity.seed, settings.n_draws, settings.common_error_share)


def shared_law(law: DrawLaw, terms: pd.DataFrame) -> DrawLaw:
    """Return the law of the draws that perimeters share, some of them published.

    ``terms``: as `without_observed` returns them. Returns: at most 200 draws. Its seed
    comes from the terms too: who knows the seed of the study and the ratios, but not
    all the sites and answers, cannot draw the same errors and solve published draws for
    what each site makes.
    """
    names = ["site_id", "stream", *HEADCOUNTS, "weight"]
    ordered = terms.sort_values(["site_id", "stream"])[names]
    text = ordered.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    digest = hashlib.blake2b(f"{law.seed}\n{text}".encode(), digest_size=8)
    seed = int.from_bytes(digest.digest(), "little")
    return DrawLaw(seed, min(law.n_draws, SHARED_DRAWS), law.common_share)


def commune_draws(
    terms: pd.DataFrame,
    codes: pd.Series[str],
    *,
    law: DrawLaw,
    scaling: Scaling | None = None,
    more: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Add up the draws of the waste of each commune that is not inert.

    ``terms``: as `without_observed` returns them. ``codes``: commune of each site,
    indexed by ``site_id``; sites that are absent are left out. ``more``: the same draws
    of other sites, one row a commune. Returns: table ``arising_draws``: ``code_insee``,
    ``draw``, ``t`` [t/year]. Draws of two communes may be added: they are the same
    ones.
    """
    groups = terms["site_id"].map(codes).fillna("").astype("str")
    groups = groups.where(terms["stream"] == NDNI, "").rename("code_insee")
    sums = group_draws(terms, groups, law=law, scaling=scaling)
    if more is not None:
        sums = added_draws(sums, more)
    long = sums.reset_index().melt("code_insee", var_name="draw", value_name="t")
    ordered = long.astype({"draw": "int64"}).sort_values(["code_insee", "draw"])
    return ordered.reset_index(drop=True)


def arising_terms(sites: pd.DataFrame, ratios: pd.DataFrame) -> pd.DataFrame:
    """Give each site its ratio: one row a site and stream.

    ``sites``: ``site_id``, ``naf``, ``headcount_low``, ``headcount_mid``,
    ``headcount_high``; ``naf_version``, ``naf_rev2``, ``naf_2025`` where known. Sites
    of unknown headcount or activity have no row. ``ratios``: as `waste_ratios` returns
    them; the longest prefix that fits a NAF code wins. Returns: ``site_id``,
    ``naf_prefix``, ``ratio_id`` (sites of one share its common error), ``stream``, the
    three headcounts, the three ratios [t/employee/year] and ``weight`` (sum of the
    shares of the composition), sorted by site and stream. Refused: missing column, or a
    ratio that cannot be one.
    """
    require_columns(sites, ["site_id", "naf", *HEADCOUNTS], where="sites")
    require_ratios(ratios)
    counted = sites.loc[sites["headcount_mid"].gt(0), ["site_id", *HEADCOUNTS]]
    _require_bands(counted)
    naf = rev2_activities(sites).loc[counted.index]
    chosen = counted.assign(naf_prefix=_chosen_prefix(naf, ratios))
    in_streams = ratios[ratios["stream"] != EXCLUDED]
    key = ["naf_prefix", "ratio_id", "stream", *RATIOS]
    weight = in_streams.groupby(key)["share"].sum().rename("weight").reset_index()
    terms = chosen.merge(weight, on="naf_prefix")
    return terms.sort_values(["site_id", "stream"], ignore_index=True)


def _require_bands(sites: pd.DataFrame) -> None:
    faults = Faults("sites")
    low, mid, high = (sites[name] for name in HEADCOUNTS)
    wrong = (low < 0) | (low > mid) | (mid > high)
    for row in sites[wrong].to_dict("records"):
        bands = " ≤ ".join(f"{row[name]:g}" for name in HEADCOUNTS)
        remedy = "ranger les effectifs du plus petit au plus grand"
        faults.add(f"effectifs {bands}", row=row["site_id"], remedy=remedy)
    faults.raise_if_any(SchemaError)


def _chosen_prefix(naf: pd.Series[str], ratios: pd.DataFrame) -> pd.Series[str]:
    """Return the longest prefix of the ratios that each NAF code starts with."""
    known = set(ratios["naf_prefix"])
    chosen = {}
    for code in naf.dropna().unique():
        heads = (code[:size] for size in range(len(code), 0, -1))
        chosen[code] = next((head for head in heads if head in known), "")
    return naf.map(chosen).fillna("").astype("str")


def drawn_blocks(
    terms: pd.DataFrame, *, law: DrawLaw, scaling: Scaling | None = None
) -> Iterator[tuple[slice, Floats]]:
    """Draw the waste of each term, a block of rows at a time.

    ``terms``: as :func:`arising_terms` returns them, in any order. ``scaling``: factors
    of control totals; None: none. Yields: positions of the rows, and tonnes a year,
    shape (rows, draws): ``headcount × ratio``, without ``weight``.

    Notes
    -----
    Headcount: log-uniform in its band. Ratio: log-normal of its P10–P90, its score
    made of a common one for the ratio and stream and of one for the site and stream.
    A block holds about 4 MB an array, whatever the number of sites.
    """
    streams = terms["ratio_id"] + "|" + terms["stream"]
    own = terms["site_id"] + "|" + terms["stream"]
    code, names = pd.factorize(streams)
    common = stratified_scores(
        draw_keys(names, seed=law.seed, source="ratio"), law.n_draws
    )
    own_keys = draw_keys(own, seed=law.seed, source="site")
    head_keys = draw_keys(terms["site_id"], seed=law.seed, source="effectif")
    heads, ratios = terms[HEADCOUNTS].to_numpy(), terms[RATIOS].to_numpy()
    size = max(1, _BLOCK_CELLS // law.n_draws)
    for start in range(0, len(terms), size):
        rows = slice(start, min(start + size, len(terms)))
        scores = shared_scores(
            common[code[rows]],
            stratified_scores(own_keys[rows], law.n_draws),
            common_share=law.common_share,
        )
        unit = stratified_uniforms(head_keys[rows], law.n_draws)
        tonnes = two_piece_loguniform(unit, *heads[rows].T[:, :, None])
        tonnes *= two_piece_lognormal(scores, *ratios[rows].T[:, :, None])
        yield rows, _scaled(tonnes, rows, scaling)


def _scaled(tonnes: Floats, rows: slice, scaling: Scaling | None) -> Floats:
    if scaling is None:
        return tonnes
    cell = scaling.cell[rows]
    inside = np.flatnonzero(cell >= 0)
    tonnes[inside] *= scaling.factors[cell[inside]]
    return tonnes


def scaled_intervals(
    terms: pd.DataFrame, *, law: DrawLaw, scaling: Scaling
) -> pd.DataFrame:
    """Give the P10, P50 and P90 of each term under control totals.

    Returns: ``t_low``, ``t_mid``, ``t_high`` [t/year] of the draws, on the index of
    ``terms``. Without control totals `term_intervals` gives them without the noise of
    draws.
    """
    levels = np.empty((len(terms), len(LEVELS_PCT)))
    for rows, tonnes in drawn_blocks(terms, law=law, scaling=scaling):
        levels[rows] = np.percentile(tonnes, LEVELS_PCT, axis=1).T
    return pd.DataFrame(levels, index=terms.index, columns=MASS_COLUMNS)


def group_draws(
    terms: pd.DataFrame,
    groups: pd.Series[str],
    *,
    law: DrawLaw,
    scaling: Scaling | None = None,
) -> pd.DataFrame:
    """Add up the draws of the terms of each group.

    ``terms``: as :func:`arising_terms` returns them, with their ``weight``. ``groups``:
    group of each term, on the index of ``terms``: a commune, a division …; ``""``:
    none. Returns: tonnes a year; one row a group (index, sorted), one column a draw.
    Draws of two groups may be added: they are the same ones.
    """
    named_rows = (groups.loc[terms.index] != "").to_numpy()
    own_terms, named = terms[named_rows], groups.loc[terms.index][named_rows]
    code, names = pd.factorize(named, sort=True)
    totals = np.zeros((len(names), law.n_draws))
    weight = own_terms["weight"].to_numpy(dtype=float)
    fitted = (
        None if scaling is None else Scaling(scaling.cell[named_rows], scaling.factors)
    )
    for rows, tonnes in drawn_blocks(own_terms, law=law, scaling=fitted):
        np.add.at(totals, code[rows], tonnes * weight[rows, None])
    return pd.DataFrame(totals, index=pd.Index(names, name=groups.name))


def added_draws(draws: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Add the same draws of other sites; a group may be in one of both alone."""
    both = draws.index.union(more.index).rename(draws.index.name)
    summed: pd.DataFrame = draws.reindex(both, fill_value=0.0) + more.reindex(
        both, fill_value=0.0
    )
    return summed


def draw_intervals(draws: pd.DataFrame) -> pd.DataFrame:
    """Give the P10, P50 and P90 of each row of draws.

    ``draws``: as :func:`group_draws` returns them. Returns: ``t_low``, ``t_mid``,
    ``t_high`` [t/year] on the index of ``draws``.

    Examples
    --------
    >>> draws = pd.DataFrame([range(11)], index=["a"])
    >>> draw_intervals(draws).loc["a"].tolist()
    [1.0, 5.0, 9.0]
    """
    if draws.empty:
        return pd.DataFrame(columns=MASS_COLUMNS, index=draws.index, dtype=float)
    levels = np.percentile(draws.to_numpy(dtype=float), LEVELS_PCT, axis=1).T
    return pd.DataFrame(levels, index=draws.index, columns=MASS_COLUMNS)


def term_intervals(terms: pd.DataFrame) -> pd.DataFrame:
    """Give the P10, P50 and P90 of each term: headcount × ratio.

    ``terms``: as `arising_terms` returns them. Returns: ``t_low``, ``t_mid``,
    ``t_high`` [t/year] on the index of ``terms``, of the laws that `drawn_blocks` draws
    from; ``weight`` plays no part.

    Notes
    -----
    ``P(h × r ≤ q)`` is the mean over 64 strata of the headcount *h* of the probability
    that the ratio is at most ``q ÷ h``; *q* is found by bisection. How much of the
    error of a ratio is common does not matter for one site.

    Examples
    --------
    >>> terms = pd.DataFrame([[20.0, 20.0, 20.0, 30.0, 60.0, 100.0]],
    ...     columns=HEADCOUNTS + RATIOS)
    >>> term_intervals(terms).round(6).values.tolist()
    [[600.0, 1200.0, 2000.0]]
    """
    ranges = terms[HEADCOUNTS + RATIOS].to_numpy(dtype=float)
    kinds, where = np.unique(ranges, axis=0, return_inverse=True)
    levels = np.empty((len(kinds), len(LEVELS_PCT)))
    unit = (np.arange(_STRATA) + 0.5) / _STRATA
    heads = two_piece_loguniform(unit[None, :], *kinds[:, :3].T[:, :, None])
    for column, level in enumerate(LEVELS_PCT):
        levels[:, column] = _quantile(heads, kinds[:, 3:], level / 100.0)
    return pd.DataFrame(levels[where], index=terms.index, columns=MASS_COLUMNS)


def term_exceeded(terms: pd.DataFrame, t: Floats) -> Floats:
    """Give the probability that each term is above an amount [t/year].

    Examples
    --------
    >>> terms = pd.DataFrame([[20.0, 20.0, 20.0, 30.0, 60.0, 100.0]],
    ...     columns=HEADCOUNTS + RATIOS)
    >>> [round(float(term_exceeded(terms, np.array([t]))[0]), 6)
    ...     for t in (0.0, 600.0, 1200.0, 2000.0)]
    [1.0, 0.9, 0.5, 0.1]
    """
    ranges = terms[HEADCOUNTS + RATIOS].to_numpy(dtype=float)
    unit = (np.arange(_STRATA) + 0.5) / _STRATA
    heads = two_piece_loguniform(unit[None, :], *ranges[:, :3].T[:, :, None])
    low, mid, high = ranges[:, 3:].T[:, :, None]
    with np.errstate(divide="ignore"):
        away = np.log(t)[:, None] - np.log(mid) - np.log(heads)
        down, up = np.log(mid / low), np.log(high / mid)
    above: Floats = ndtr(-_scores(away, down, up)).mean(axis=1)
    return above


def _quantile(heads: Floats, ratios: Floats, level: float) -> Floats:
    low, mid, high = ratios.T
    with np.errstate(divide="ignore", invalid="ignore"):
        up, down = np.log(high / mid), np.log(mid / low)
    up, down = np.where(mid > 0, up, 0.0), np.where(mid > 0, down, 0.0)
    farthest = _FARTHEST_SCORE / Z90
    below = np.log(heads.min(axis=1)) - farthest * down
    above = np.log(heads.max(axis=1)) + farthest * up
    log_heads = np.log(heads)
    for _ in range(_HALVINGS):
        middle = (below + above) / 2.0
        # Logarithm of the ratio over its median.
        away = middle[:, None] - log_heads
        reached = ndtr(_scores(away, down[:, None], up[:, None])).mean(axis=1)
        below = np.where(reached < level, middle, below)
        above = np.where(reached < level, above, middle)
    quantile: Floats = mid * np.exp((below + above) / 2.0)
    return quantile


def _scores(away: Floats, down: Floats, up: Floats) -> Floats:
    """Return the normal score of a ratio so far from its median, in logarithms."""
    spread = np.where(away >= 0, up, down)
    safe = np.where(spread > 0, spread, 1.0)
    # On a side where the ratio is sure, it is wholly reached or not at all.
    sure = np.where(away >= 0, np.inf, -np.inf)
    scores: Floats = np.where(spread > 0, Z90 * away / safe, sure)
    return scores
