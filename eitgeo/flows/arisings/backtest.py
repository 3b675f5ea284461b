"""Declared waste hidden from the ratios, predicted by them, and held against them.

A register tells amounts above a threshold only: they are held against the law of their
sites, cut at that threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binom, binomtest

from eitgeo.exact import at_most
from eitgeo.flows.arisings.arising_draws import (
    LEVELS_PCT,
    MASS_COLUMNS,
    NDNI,
    DrawLaw,
    arising_terms,
    drawn_blocks,
    term_exceeded,
)
from eitgeo.reference.labels import labels_of
from eitgeo.reference.naf import naf_divisions
from eitgeo.tables.schema import empty_table, validate
from eitgeo.words import french_number, typographic, with_unit

type Floats = npt.NDArray[np.float64]
type Bounds = tuple[float, float]
type Flags = npt.NDArray[np.bool_]

THRESHOLD_T = 2000.0
"""Waste that is not hazardous is declared above it, all kinds together [t/year]."""
GOAL_PCT, TOLERANCE_PCT = 80.0, 5.0
"""Share of what is told that a true P10–P90 holds, and how far from it is as good."""
LIKELY = 0.9
"""Ratios are told of sites that the law puts above the threshold as surely as that."""
INERT = "INERT"
SURE = 0.95

SURE_PCT = (2.5, 97.5)
"""Bounds that hold 95 of 100 outcomes."""
_HALVINGS = 45
_LEAST_T, _MOST_T = np.log(1e-6), np.log(1e12)
_FARTHEST_FACTOR = np.log(1e4)
_HALF = 0.5


def backtest(
    declarations: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    ratios: pd.DataFrame,
    law: DrawLaw,
    correspondence: pd.DataFrame,
    shares: Iterable[dict[str, Any]] = (),
) -> pd.DataFrame:
    """Hold what ratios say of a site against what it declared.

    ``declarations``: as `read_waste_declarations` returns them, ``site_id`` being that
    of the site of the study; the last year of each site counts. Returns: rows
    ``coverage_sites``, ``coverage_tonnes`` [%], ``median_ratio`` (all, then by NAF
    division) and ``set_aside`` of table ``backtest``. ``low`` and ``high`` bound the
    measure as if sites were independent; ``law_low`` and ``law_high`` are what a true
    law gives in 95 draws of 100, common errors included (NaN: no bound).

    Notes
    -----
    Only what exceeds 2 000 t/year must be declared: each prediction is the law given
    that the site is above, less the inert waste that it declared. A site is covered
    where its declaration lies between the P10 and the P90 of that. Tonnes weigh sites
    by the predicted median: weighed by what was declared, a true law holds less than
    80 %, for what is above its P90 weighs most.

    The ratio of a site is the factor that brings the predicted median to what it
    declared; without a threshold, declared ÷ median. A plain quotient is above 1 for a
    true law, since sites that throw little away declare nothing.

    References
    ----------
    Arrêté du 31 janvier 2008 (DEVP0773558A), article 4, II, as amended on 26 December
    2012: hazardous waste above 2 t/year, other waste above 2 000 t/year.
    """
    totals = _latest_totals(declarations, correspondence)
    tested = sites[sites["site_id"].isin(totals.index)]
    if tested.empty:
        return pd.DataFrame(empty_table("backtest"))
    totals = totals.loc[tested["site_id"]]
    terms = arising_terms(tested, ratios)
    terms = terms[terms["stream"].eq(NDNI) & terms["t_per_employee"].gt(0)]
    reason = _set_aside(totals, tested, terms)
    compared = terms[terms["site_id"].map(reason).eq("")].join(totals, on="site_id")
    rows = [
        _row("set_aside", part, item=str(item))
        for item, part in totals.groupby(reason[reason != ""], sort=True)
    ]
    if len(compared):
        levels = truncated_levels(compared.reset_index(drop=True))
        rows += _measures(levels, truncated_draws(levels, law))
    names = list(empty_table("backtest").columns)
    table = pd.DataFrame([*rows, *shares]).reindex(columns=names)
    table = table.assign(
        first_year=totals["year"].min(),
        last_year=totals["year"].max(),
        verdict=table["verdict"].fillna("").astype("str"),
    )
    checked: pd.DataFrame = validate(table, table="backtest")
    return checked


def _row(measure: str, part: pd.DataFrame, **told: object) -> dict[str, Any]:
    declared_t = float(part["declared_t"].sum())
    known = {"item": "", "n_sites": len(part), "declared_t": declared_t}
    return {"measure": measure, **known, **told}


def _latest_totals(
    declarations: pd.DataFrame, correspondence: pd.DataFrame
) -> pd.DataFrame:
    """Sum the last year of each site: what is not inert, and above what it is told."""
    rows = declarations.assign(year=declarations["year"].astype(int))
    rows = rows[rows["year"] == rows.groupby("site_id")["year"].transform("max")]
    inert = correspondence.loc[correspondence["stream"] == INERT, "waste_code"]
    is_inert, plain_t = rows["waste_code"].isin(inert), rows["mass_t"]
    plain_t = plain_t.mask(rows["hazardous"], 0.0)
    tonnes = rows.assign(
        declared_t=plain_t.mask(is_inert, 0.0), inert_t=plain_t.where(is_inert, 0.0)
    ).groupby("site_id")
    sums = tonnes[["declared_t", "inert_t"]].sum()
    beyond = (THRESHOLD_T - sums["inert_t"]).clip(lower=0.0)
    return sums.assign(year=tonnes["year"].max(), beyond_t=beyond)


def _set_aside(
    totals: pd.DataFrame, sites: pd.DataFrame, terms: pd.DataFrame
) -> pd.Series[str]:
    """Say why a declarant is not compared; empty where it is."""
    heads = sites.set_index("site_id")["headcount_mid"].loc[totals.index]
    reason = pd.Series("", index=totals.index, dtype="str")
    reason = reason.mask(~totals.index.isin(terms["site_id"]), "no_ratio")
    reason = reason.mask(~heads.gt(0), "headcount_unknown")
    reason = reason.mask(totals["declared_t"] <= totals["beyond_t"], "below_threshold")
    return reason.mask(totals["declared_t"] <= 0, "hazardous_or_inert")


def _measures(levels: pd.DataFrame, draws: Draws) -> Iterator[dict[str, Any]]:
    t = levels["declared_t"]
    is_inside = (t >= levels["t_low"]) & (t <= levels["t_high"])
    n_inside, n = int(is_inside.sum()), len(levels)
    alone = binomtest(n_inside, n).proportion_ci(SURE, method="wilson")
    each, medians = np.ones(n), levels["t_mid"].to_numpy(dtype=float)
    by_site = _coverage(is_inside, draws, each)
    by_site |= {"low": 100.0 * alone.low, "high": 100.0 * alone.high}
    yield _row("coverage_sites", levels, **by_site)
    yield _row("coverage_tonnes", levels, **_coverage(is_inside, draws, medians))
    division = levels["naf_prefix"].str[:2].where(levels["reached"] >= LIKELY, "")
    for name in sorted({"", *division}):
        rows = (division.eq(name) if name else division.ne(name)).to_numpy()
        if rows.any():
            part = levels[rows]
            ratio = _median_ratio(part, draws.of(rows))
            yield _row("median_ratio", part, item=name, **ratio)


def _coverage(
    is_inside: pd.Series[bool], draws: Draws, weights: Floats
) -> dict[str, Any]:
    observed = 100.0 * float(np.average(is_inside, weights=weights))
    law = law_share(draws.inside, draws.told, weights)
    law_low, law_high = (100.0 * one for one in law)
    verdict = "indecis" if law_low <= observed <= law_high else "non_tenu"
    if at_most(abs(observed - GOAL_PCT), TOLERANCE_PCT):
        verdict = "tenu"
    figures = {"observed": observed, "expected": GOAL_PCT, "verdict": verdict}
    return figures | {"law_low": law_low, "law_high": law_high}


def _median_ratio(levels: pd.DataFrame, draws: Draws) -> dict[str, Any]:
    """Tell the median factor, and what it is when the law is true."""
    factors = levels["factor"].to_numpy(dtype=float)
    observed, n = float(np.median(factors)), len(factors)
    low, high = factor_bounds(factors, even_share(n))
    least, most = factor_bounds(factors, law_share(draws.above, draws.told, np.ones(n)))
    verdict = "tenu" if least <= 1.0 <= most else "non_tenu"
    if least == 0.0 and np.isinf(most):
        verdict = "indecis"
    return {
        "observed": observed,
        "expected": 1.0,
        "low": low,
        "high": np.nan if np.isinf(high) else high,
        "law_low": observed / most,
        "law_high": np.nan if least == 0.0 else observed / least,
        "verdict": verdict,
    }


class Draws(NamedTuple):
    """What sites do in each draw of their law: one row a site, one column a draw.

    ``told``: whether the site is above its threshold. ``inside``: and between the P10
    and the P90 of such amounts. ``above``: and above their median.
    """

    told: Flags
    inside: Flags
    above: Flags

    def of(self, rows: Flags) -> Draws:
        """Keep some of the sites."""
        return Draws(self.told[rows], self.inside[rows], self.above[rows])


def truncated_levels(terms: pd.DataFrame) -> pd.DataFrame:
    """Predict each term given that it is above its threshold.

    ``terms``: as `arising_terms` returns them, of one stream; ``declared_t`` and
    ``beyond_t``, what was told and the threshold [t/year]. Returns: ``terms`` with
    ``reached``, the probability of being above; ``t_low``, ``t_mid``, ``t_high``, the
    P10, P50 and P90 then [t/year]; ``factor``: by what the law must be multiplied for
    that median to be what was told.
    """
    beyond = terms["beyond_t"].to_numpy(dtype=float)
    declared_t = terms["declared_t"].to_numpy(dtype=float)
    reached = term_exceeded(terms, beyond)
    levels = {
        name: np.exp(
            _solved(
                lambda log_t: term_exceeded(terms, np.exp(log_t)),
                (1.0 - level / 100.0) * reached,
                (_LEAST_T, _MOST_T),
            )
        )
        for name, level in zip(MASS_COLUMNS, LEVELS_PCT, strict=True)
    }

    def rarer(log_per: Floats) -> Floats:
        per = np.exp(log_per)
        out_of, some = (
            term_exceeded(terms, beyond * per),
            term_exceeded(terms, declared_t * per),
        )
        return np.divide(some, out_of, out=np.zeros_like(some), where=out_of > 0)

    limits = (-_FARTHEST_FACTOR, _FARTHEST_FACTOR)
    wanted = np.full(len(terms), _HALF)
    factor = np.exp(-_solved(rarer, wanted, limits))
    return terms.assign(reached=reached, **levels, factor=factor)


def _solved(
    falling: Callable[[Floats], Floats], wanted: Floats, limits: Bounds
) -> Floats:
    """Find where a falling function of a logarithm takes a value, by halving."""
    low, high = (np.full(len(wanted), one) for one in limits)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        is_short = falling(middle) > wanted
        low, high = np.where(is_short, middle, low), np.where(is_short, high, middle)
    return (low + high) / 2.0


def truncated_draws(levels: pd.DataFrame, law: DrawLaw) -> Draws:
    """Say what each draw of the law would have told, common errors included."""
    size = (len(levels), law.n_draws)
    draws = Draws(*(np.zeros(size, dtype=bool) for _ in Draws._fields))
    beyond, low, mid, high = (
        levels[name].to_numpy(dtype=float)[:, None]
        for name in ("beyond_t", *MASS_COLUMNS)
    )
    for rows, t in drawn_blocks(levels, law=law):
        is_told = t > beyond[rows]
        draws.told[rows] = is_told
        draws.inside[rows] = is_told & (t >= low[rows]) & (t <= high[rows])
        draws.above[rows] = is_told & (t > mid[rows])
    return draws


def law_share(hit: Flags, told: Flags, weights: Floats) -> Bounds:
    """Bound the share of what is told that does something, over the draws of the law.

    Examples
    --------
    >>> hit, told = np.array([[True, False]]), np.array([[True, True]])
    >>> law_share(hit, told, np.ones(1)) == (0.025, 0.975)
    True
    """
    whole = weights @ told
    weighs = whole > 0
    if not weighs.any():
        return 0.0, 1.0
    low, high = np.percentile((weights @ hit)[weighs] / whole[weighs], SURE_PCT)
    return float(low), float(high)


def even_share(n: int) -> Bounds:
    """Bound the share of so many sites that are above their median, each by itself."""
    low, high = binom.ppf([one / 100.0 for one in SURE_PCT], n, _HALF) / n
    return float(low), float(high)


def factor_bounds(factors: Floats, share_above: Bounds) -> Bounds:
    """Bound a common factor: those that leave an admitted share of sites above.

    Examples
    --------
    >>> factors = np.array([1.0, 2.0, 3.0, 4.0])
    >>> factor_bounds(factors, (0.25, 0.75)), factor_bounds(factors, (0.0, 1.0))
    ((1.0, 4.0), (0.0, inf))
    """
    ordered, n = np.sort(factors), len(factors)
    fewest = int(np.ceil(n * share_above[0]))
    most = int(np.floor(n * share_above[1]))
    low = 0.0 if most >= n else float(ordered[n - most - 1])
    high = np.inf if fewest <= 0 else float(ordered[n - fewest])
    return low, high


SELECTION = (
    "Seuls sont déclarés les déchets non dangereux de plus de 2 000 tonnes par an : "
    "chaque déclaration est comparée à ce que le calcul prévoit au-dessus de ce seuil. "
    "Ce contrôle ne dit rien des établissements plus petits, qui sont presque tous."
)
_SET_ASIDE = "set_aside"
_RATIO = "median_ratio"
_OWN = "own_departement"
_WHOLE_PCT = 100.0


class BacktestRow(NamedTuple):
    """A measure in words.

    ``key``: ``measure/item`` of the table. ``label``: what is measured. ``n_sites``: on
    how many establishments. ``observed``, ``expected``: what declarations give, and
    what is asked. ``admitted``: what a true calculation gives in 95 draws of 100; empty
    where not known. ``verdict``: whether it holds.
    """

    key: str
    label: str
    n_sites: int
    observed: str
    expected: str
    admitted: str
    verdict: str


def backtest_rows(table: pd.DataFrame) -> list[BacktestRow]:
    """Write each measure of table ``backtest`` in words, in the order of the labels."""
    labels, verdicts = labels_of("backtest_measure"), labels_of("backtest_verdict")
    rank = {name: at for at, name in enumerate(labels)}
    rows = table[table["measure"] != _SET_ASIDE].to_dict("records")
    return [
        BacktestRow(
            f"{row['measure']}/{row['item']}",
            typographic(_label(row, labels)),
            int(row["n_sites"]),
            _figure(row, "observed"),
            _expected(row),
            _admitted(row),
            verdicts[row["verdict"]],
        )
        for row in sorted(rows, key=lambda row: (rank[row["measure"]], row["item"]))
    ]


def set_aside_text(table: pd.DataFrame) -> str:
    """Count who is not compared, and why; empty where everybody is."""
    reasons = labels_of(_SET_ASIDE)
    rows = table[table["measure"] == _SET_ASIDE].set_index("item")["n_sites"]
    parts = [
        f"{french_number(int(rows[name]))} {label}"
        for name, label in reasons.items()
        if name in rows.index
    ]
    return typographic(f"Établissements à part : {' ; '.join(parts)}." if parts else "")


def years_text(table: pd.DataFrame) -> str:
    """Name the years of the declarations."""
    first, last = int(table["first_year"].min()), int(table["last_year"].max())
    return str(first) if first == last else f"{first} à {last}"


def _label(row: dict[Any, Any], labels: dict[str, str]) -> str:
    label, item = labels[row["measure"]], str(row["item"])
    if row["measure"] == _OWN:
        return f"{label}, chapitre {item} de la liste des déchets"
    if not item:
        return label
    return f"{label}, {naf_divisions()['label'].get(item, 'division')} (NAF {item})"


def _expected(row: dict[Any, Any]) -> str:
    asked = _figure(row, "expected")
    if row["measure"] == _OWN:
        return f"{asked} ± 10 points"
    return asked if row["measure"] == _RATIO else f"{asked} ± 5 points"


def _admitted(row: dict[Any, Any]) -> str:
    low, high = row["law_low"], row["law_high"]
    is_all = np.isnan(high) or (row["measure"] != _RATIO and high >= _WHOLE_PCT)
    if np.isnan(low) or (low == 0.0 and is_all):
        return ""
    if np.isnan(high):
        return f"plus de {_figure(row, 'law_low')}"
    return f"{_figure(row, 'law_low')} à {_figure(row, 'law_high')}"


def _figure(row: dict[Any, Any], name: str) -> str:
    value = float(row[name])
    if row["measure"] == _RATIO:
        return french_number(value, decimals=2)
    return with_unit(french_number(value, decimals=0), "%")
