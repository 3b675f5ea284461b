"""Waste and by-products of sites: headcount in its band, ratio with a common error.

As draws for sums, and as P10, P50 and P90 of one site without a draw.

A ratio knows categories of waste alone. What is declared under a code of the List of
Waste, or known as a by-product, is told apart, and no tonne is told twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

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
from eitgeo.reference.naf import naf_subclasses
from eitgeo.reference.tables import BYPRODUCT_AMOUNTS, BYPRODUCT_LIMIT
from eitgeo.reference.waste import low_ewc
from eitgeo.sources.activity.cells import counts_of
from eitgeo.study.sections import Study
from eitgeo.words import french_number

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.intp]

MAX_T_PER_EMPLOYEE = 10_000.0
"""Above it a ratio is more likely in kilograms [t/employee/year]."""

_NO_DIVISION = ("67", "76")
"""Numbers that no division bears; the range 58-82 passes over them."""

_STREAMS = ("NDNI", "INERT", "EXCLUDE")
_AMOUNTS = ("t_per_employee_low", "t_per_employee", "t_per_employee_high")
_TOLERANCE = 1e-9


def require_ratios(ratios: pd.DataFrame) -> None:
    """Refuse ratios that cannot be ratios, all their faults at once."""
    names = ["naf_prefix", "ratio_id", "stream", "ewc_stat", "share", *_AMOUNTS]
    require_columns(ratios, names, where="ratios")
    faults = Faults("ratios")
    single = ratios.drop_duplicates(["naf_prefix", "stream", *_AMOUNTS])
    _note_prefixes(single, faults)
    _note_amounts(single, faults)
    _note_shares(ratios, faults)
    faults.raise_if_any(SchemaError)


def _name(row: dict[Any, Any]) -> str:
    return f"{row['naf_prefix']} {row['stream']}"


def _note_prefixes(ratios: pd.DataFrame, faults: Faults) -> None:
    known = {code[:size] for code in naf_subclasses() for size in range(2, 7)}
    for prefix in sorted(set(ratios["naf_prefix"]) - known - set(_NO_DIVISION)):
        fault = f"préfixe NAF « {prefix} » inconnu"
        faults.add(fault, remedy="écrire le début d'un code NAF rév. 2, avec son point")
    for stream in sorted(set(ratios["stream"]) - set(_STREAMS)):
        faults.add(f"flux « {stream} » inconnu", remedy=" ou ".join(_STREAMS))
    twice = ratios.duplicated(["naf_prefix", "stream"])
    for row in ratios[twice].to_dict("records"):
        faults.add(f"{_name(row)} : deux ratios", remedy="n'en garder qu'un")


def _note_amounts(ratios: pd.DataFrame, faults: Faults) -> None:
    low, mid, high = (ratios[name].to_numpy(dtype=float) for name in _AMOUNTS)
    is_missing = np.isnan(low) | np.isnan(mid) | np.isnan(high)
    _note(ratios, is_missing, faults, "ratio absent", "donner P10, P50 et P90")
    is_negative = ~is_missing & ((low < 0) | (mid < 0) | (high < 0))
    _note(ratios, is_negative, faults, "ratio négatif", "donner des t/salarié ≥ 0")
    is_astray = ~is_missing & ~is_negative & ((low > mid) | (mid > high))
    _note(ratios, is_astray, faults, "P10, P50, P90 en désordre", "bas ≤ médian ≤ haut")
    is_flat = ~is_missing & ~is_negative & (low == 0) & (high > 0)
    _note(ratios, is_flat, faults, "P10 nul sous un ratio positif", "donner un P10 > 0")
    fault = f"plus de {french_number(MAX_T_PER_EMPLOYEE)} t/salarié"
    remedy = "des kilogrammes pris pour des tonnes ? diviser par 1\u202f000"
    _note(ratios, high > MAX_T_PER_EMPLOYEE, faults, fault, remedy)


def _note(
    ratios: pd.DataFrame,
    wrong: np.ndarray,
    faults: Faults,
    *words: str,
) -> None:
    fault, remedy = words
    if not wrong.any():
        return
    for row in ratios[wrong].to_dict("records"):
        faults.add(f"{_name(row)} : {fault}", remedy=remedy)


def _note_shares(ratios: pd.DataFrame, faults: Faults) -> None:
    counted = ratios[ratios["stream"] != "EXCLUDE"]
    outside = ~counted["share"].between(0, 1).to_numpy()
    _note(counted, outside, faults, "part hors de 0–1", "écrire 0.25 pour 25 %")
    totals = counted.groupby(["naf_prefix", "stream"])["share"].sum().reset_index()
    for row in totals[totals["share"] > 1 + _TOLERANCE].to_dict("records"):
        fault = f"{_name(row)} : composition de {100 * row['share']:.0f} %"
        faults.add(fault, remedy="ramener les parts à 100 % au plus")


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

    Returns: at most 200 draws. Its seed comes from the terms too: who knows the seed of
    the study and the ratios, but not all the sites and answers, cannot draw the same
    errors and solve published draws for what each site makes.
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

    ``codes``: commune of each site, indexed by ``site_id``; sites that are absent are
    left out. ``more``: the same draws of other sites, one row a commune. Returns: table
    ``arising_draws``: ``code_insee``, ``draw``, ``t`` [t/year]. Draws of two communes
    may be added: they are the same ones.
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

    ``scaling``: factors of control totals; None: none. Yields: positions of the rows,
    and tonnes a year, shape (rows, draws): ``headcount × ratio``, without ``weight``.

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

    Returns: ``t_low``, ``t_mid``, ``t_high`` [t/year] on the index of ``draws``.

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

    Returns: ``t_low``, ``t_mid``, ``t_high`` [t/year] on the index of ``terms``, of the
    laws that `drawn_blocks` draws from; ``weight`` plays no part.

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


def estimate_arisings(sites: pd.DataFrame, ratios: pd.DataFrame) -> pd.DataFrame:
    """Estimate the potential waste of each site: ratio × headcount × composition.

    Returns: table ``arisings`` [t/year]: ``t_low``, ``t_mid``, ``t_high`` are the P10,
    P50 and P90 of headcount × ratio. A ratio names no LoW code, so ``waste_code``
    repeats the EWC-Stat code. Method ``ratio``, evidence ``H``. Refused: missing
    column, or a ratio that cannot be one.

    Notes
    -----
    The composition is taken as sure: the interval of a category is as wide as that of
    the site, and does not hold what is unknown of the shares.

    Examples
    --------
    >>> sites = pd.DataFrame({"site_id": ["a"], "naf": ["16.10A"],
    ...     "headcount_low": [20.0], "headcount_mid": [20.0], "headcount_high": [20.0]})
    >>> ratios = pd.DataFrame({"naf_prefix": ["16"], "ratio_id": ["16"],
    ...     "stream": ["NDNI"], "ewc_stat": ["W075"], "share": [0.95],
    ...     "t_per_employee": [60.0], "t_per_employee_low": [30.0],
    ...     "t_per_employee_high": [100.0]})
    >>> found = estimate_arisings(sites, ratios)[["t_low", "t_mid", "t_high"]]
    >>> found.round(6).values.tolist()
    [[570.0, 1140.0, 1900.0]]
    """
    terms = arising_terms(sites, ratios)
    return composed_arisings(terms, term_intervals(terms), ratios)


def composed_arisings(
    terms: pd.DataFrame, intervals: pd.DataFrame, ratios: pd.DataFrame
) -> pd.DataFrame:
    """Share the waste of each term among its categories.

    ``intervals``: ``t_low``, ``t_mid``, ``t_high`` [t/year] on their index.
    """
    shares = ratios[["naf_prefix", "stream", "ewc_stat", "share"]]
    rows = terms[["site_id", "naf_prefix", "stream"]].join(intervals)
    rows = rows.merge(shares, on=["naf_prefix", "stream"])
    rows[MASS_COLUMNS] = rows[MASS_COLUMNS].mul(rows["share"], axis=0)
    masses = rows[["site_id", "ewc_stat", "stream", *MASS_COLUMNS]]
    table = masses.assign(waste_code=masses["ewc_stat"], method="ratio", evidence="H")
    names = ["site_id", "waste_code", "stream", "ewc_stat", *MASS_COLUMNS]
    return table[[*names, "method", "evidence"]]


def without_observed(
    terms: pd.DataFrame, ratios: pd.DataFrame, observed: pd.DataFrame
) -> pd.DataFrame:
    """Weigh each term by the part of its composition that nothing observed replaces.

    ``observed``: tables ``arisings`` of better sources, put together. Returns:
    ``terms`` with ``weight``: the sum of the shares of the categories of the site that
    no row of ``observed`` speaks of.
    """
    key = ["site_id", "stream", "ewc_stat"]
    shares = ratios[["naf_prefix", "stream", "ewc_stat", "share"]]
    rows = terms[["site_id", "naf_prefix", "stream"]].merge(
        shares, on=["naf_prefix", "stream"]
    )
    seen: Collection[tuple[str, ...]] = set(
        observed[key].itertuples(index=False, name=None)
    )
    is_free = np.array(
        [one not in seen for one in rows[key].itertuples(index=False, name=None)],
        dtype=bool,
    )
    left = rows[is_free].groupby(["site_id", "stream"])["share"].sum()
    keys = pd.MultiIndex.from_frame(terms[["site_id", "stream"]])
    return terms.assign(weight=left.reindex(keys, fill_value=0.0).to_numpy())


AMOUNT_COLUMNS = ["q_low", "q_mid", "q_high"]
_UNITS = ("MWh", "m3", "t")


def require_byproducts(byproducts: pd.DataFrame) -> None:
    """Refuse quantities that cannot be, all their faults at once."""
    names = ["naf_prefix", "resource", "unit", *BYPRODUCT_AMOUNTS, BYPRODUCT_LIMIT]
    require_columns(byproducts, names, where="résidus")
    faults = Faults("résidus")
    low, mid, high = (byproducts[name] for name in BYPRODUCT_AMOUNTS)
    checks: Sequence[tuple[pd.Series[bool], str, str]] = [
        (
            byproducts.duplicated(["naf_prefix", "resource"]),
            "deux quantités",
            "n'en garder qu'une",
        ),
        (~byproducts["unit"].isin(_UNITS), "unité inconnue", ", ".join(_UNITS)),
        (
            ~((low > 0) & (low <= mid) & (mid <= high)),
            "quantités absentes, négatives ou en désordre",
            "0 < bas ≤ médian ≤ haut",
        ),
        (
            (byproducts["unit"] == "t") & (high > MAX_T_PER_EMPLOYEE),
            "plus de 10\u202f000 t/salarié",
            "des kilogrammes pris pour des tonnes ?",
        ),
        (byproducts[BYPRODUCT_LIMIT] <= 0, "plafond nul ou négatif", "le laisser vide"),
    ]
    for wrong, why, remedy in checks:
        for row in byproducts[wrong].to_dict("records"):
            faults.add(f"{row['naf_prefix']} {row['resource']} : {why}", remedy=remedy)
    faults.raise_if_any(SchemaError)


def site_byproducts(sites: pd.DataFrame, byproducts: pd.DataFrame) -> pd.DataFrame:
    """Estimate the residues of each site.

    ``byproducts``: as `byproduct_ratios` returns them; of several prefixes that fit,
    the longest wins, resource by resource. Returns: table ``byproducts``: ``site_id``,
    ``resource``, ``ewc_stat`` (empty where none), ``unit``, ``q_low``, ``q_mid``,
    ``q_high`` (P10, P50, P90 a year), ``in_ratio``, ``evidence``. Sites of unknown
    headcount or activity, and activities without a quantity, have no row. Refused: as
    :func:`require_byproducts`, or when a column of ``sites`` is missing.

    Notes
    -----
    ``headcount × quantity per employee``, at most ``most_per_site``: beyond the size
    of a large plant, jobs no longer tell what it makes (a cheese factory of 300 jobs
    dries its whey). A row of ``sites`` that stands for ``n_establishments`` has as many
    times the limit.
    """
    terms = byproduct_terms(sites, byproducts)
    amounts = term_intervals(terms).set_axis(AMOUNT_COLUMNS, axis=1)
    amounts = amounts.clip(upper=terms["most"], axis=0)
    known = low_ewc()
    category = dict(zip(known["waste_code"], known["ewc_stat"], strict=True))
    named = [category.get(code, "") for code in terms["resource"]]
    table = terms.join(amounts).assign(
        ewc_stat=pd.Series(named, index=terms.index, dtype="str")
    )
    names = ["site_id", "resource", "ewc_stat", "unit", *AMOUNT_COLUMNS]
    return table[[*names, "in_ratio", "evidence"]]


def byproduct_terms(sites: pd.DataFrame, byproducts: pd.DataFrame) -> pd.DataFrame:
    """Give each site its quantities: one row a site and resource.

    ``naf_prefix`` (of the quantity), the columns that `term_intervals` reads, ``most``
    (what the site has at most a year; infinite where nothing limits it).
    """
    require_columns(sites, ["site_id", "naf", *HEADCOUNTS], where="sites")
    require_byproducts(byproducts)
    counted = sites.loc[sites["headcount_mid"].gt(0), ["site_id", *HEADCOUNTS]]
    naf = rev2_activities(sites).loc[counted.index]
    rows = _longest(counted.assign(naf=naf), byproducts)
    terms = rows.rename(columns=dict(zip(BYPRODUCT_AMOUNTS, RATIOS, strict=True)))
    most = rows[BYPRODUCT_LIMIT].fillna(np.inf) * counts_of(sites, rows["site_id"])
    return terms.assign(most=most)


def _longest(sites: pd.DataFrame, byproducts: pd.DataFrame) -> pd.DataFrame:
    names = ["naf_prefix", "resource", "unit", *BYPRODUCT_AMOUNTS, BYPRODUCT_LIMIT]
    figures = byproducts[[*names, "in_ratio", "evidence"]]
    code, activities = pd.factorize(sites["naf"])
    site, figure = [np.zeros(0, dtype=int)], [np.zeros(0, dtype=int)]
    for number, prefix in enumerate(figures["naf_prefix"]):
        fits = [naf.startswith(prefix) for naf in activities]
        site.append(np.flatnonzero(np.array(fits, dtype=bool)[code]))
        figure.append(np.full(len(site[-1]), number))
    every = pd.concat(
        [
            table.iloc[np.concatenate(rows)].reset_index(drop=True)
            for table, rows in ((sites, site), (figures, figure))
        ],
        axis=1,
    )
    size = every["naf_prefix"].str.len()
    ranked = every.assign(size=size).sort_values(["site_id", "resource", "size"])
    last = ranked.drop_duplicates(["site_id", "resource"], keep="last")
    return last.drop(columns="size").reset_index(drop=True)
