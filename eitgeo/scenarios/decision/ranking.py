"""Orders of perimeters: criteria, weights, and what shakes them.

Pareto front first, then a weighted sum on fixed anchors; shares of ranks under drawn
weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.extras import from_extra
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.figures import is_between

TOTAL_WEIGHT = 100.0
_PLACES = 12


def criteria_values(indicators: pd.DataFrame, criteria: pd.DataFrame) -> pd.DataFrame:
    """Lay out what ranks: values, ranks among unions.

    ``indicators``: table ``indicators`` or ``indicators_public``. Returns: perimeters
    (in the order of `indicators`) × criteria; NaN where the figure is missing.
    Extensive figures never rank as they are: they come as percentiles. Refused when a
    perimeter has the same indicator twice.
    """
    order = indicators["perimeter_id"].drop_duplicates()
    twice = indicators.duplicated(["perimeter_id", "indicator_id"])
    if twice.any():
        row = indicators[twice].iloc[0]
        message = (
            f"indicateurs : « {row['indicator_id']} » en double pour "
            f"« {row['perimeter_id']} » → ne garder qu'une ligne"
        )
        raise StudyError(message)
    perimeters = pd.Index(order, name="perimeter_id")
    place = perimeters.get_indexer(pd.Index(indicators["perimeter_id"]))
    told = indicators["indicator_id"].to_numpy(dtype=object)
    columns = {}
    for name, measure in criteria["measure"].items():
        column = "percentile_same_size" if measure == "percentile" else "value"
        mine = told == name
        columns[name] = np.full(len(perimeters), np.nan)
        columns[name][place[mine]] = indicators[column].to_numpy(dtype=float)[mine]
    return pd.DataFrame(columns, index=perimeters)


def criteria_scores(values: pd.DataFrame, criteria: pd.DataFrame) -> pd.DataFrame:
    """Score values between their fixed anchors.

    ``criteria``: rows with ``worst`` and ``best``, which differ. Returns: same shape, 0
    (``worst`` or beyond) to 1 (``best`` or beyond); NaN stays NaN. A score depends on
    its own perimeter alone.
    """
    scales = criteria.loc[values.columns]
    scores = (values - scales["worst"]) / (scales["best"] - scales["worst"])
    # No rank on the rounding errors of a division.
    return scores.clip(0.0, 1.0).round(_PLACES)


def criteria_weights(
    criteria: pd.DataFrame,
    *,
    chosen: Mapping[str, float] | None = None,
    include_estimates: bool = False,
) -> pd.Series[float]:
    """Return the weights that the study asks for.

    ``chosen``: weights by criterion, of 100 together; None: those of the catalogue.
    ``include_estimates``: whether criteria that are always estimates weigh too; the
    weights of the catalogue are then rescaled to 100. Returns: one weight a criterion,
    0 where it does not count; 100 together. Refused when a criterion is unknown, a
    weight negative or not finite, or their sum is not 100.

    Examples
    --------
    >>> from eitgeo.reference.tables import ranking_criteria
    >>> criteria_weights(ranking_criteria(), chosen={"n_epci": 100})
    Traceback (most recent call last):
    eitgeo.errors.StudyError: poids : 1 anomalie
      - critère inconnu « n_epci » → ...
    """
    if chosen is None:
        asked = criteria["set"].eq("defaut") | include_estimates
        weights = criteria["weight"].where(asked, 0.0)
        return TOTAL_WEIGHT * weights / weights.sum()
    faults = Faults("poids")
    for name, weight in chosen.items():
        if name not in criteria.index:
            faults.add(f"critère inconnu « {name} »", remedy=hint(name, criteria.index))
        if not (math.isfinite(weight) and weight >= 0):
            fault = f"poids de « {name} » = {weight:g}"
            faults.add(fault, remedy="mettre un nombre positif ou nul")
    total = sum(chosen.values())
    if not math.isclose(total, TOTAL_WEIGHT, abs_tol=1e-6):
        faults.add(f"somme des poids = {total:g}", remedy="les ramener à 100")
    faults.raise_if_any(StudyError)
    return pd.Series(chosen, dtype=float).reindex(criteria.index, fill_value=0.0)


def counted_weights(
    weights: pd.Series[float],
    values: pd.DataFrame,
    *,
    indicators: pd.DataFrame,
    include_estimates: bool = False,
) -> pd.Series[float]:
    """Set the weight of assumptions and of unknowns to 0, rescale the others to 100.

    ``values``: of :func:`criteria_values`, for the perimeters that the study compares:
    a criterion without any value is set aside. ``indicators``: ``perimeter_id``,
    ``indicator_id``, ``value``, ``low``, ``high``, ``evidence``: one of class H is
    enough to set a criterion aside for all, so that all are told on the same criteria.
    ``include_estimates``: keep assumptions, but for what is known by its bounds only:
    no estimate says where it lies between them. Returns: 100 together; all 0 when no
    criterion is left.

    Notes
    -----
    The perimeters of the study decide, whatever perimeters are then shown: to compare
    one more moves no weight.
    """
    rows = indicators[indicators["perimeter_id"].isin(values.index)]
    known = values.columns[values.notna().any().to_numpy()]
    measured = weights.where(weights.index.isin(known), 0.0)
    unsure = unsure_criteria(rows)
    measured = measured.where(~measured.index.isin(unsure), 0.0)
    if not include_estimates:
        assumed = set(rows.loc[rows["evidence"] == "H", "indicator_id"])
        measured = measured.where(~measured.index.isin(assumed), 0.0)
    total = measured.sum()
    return TOTAL_WEIGHT * measured / total if total > 0 else measured


def unsure_criteria(indicators: pd.DataFrame) -> set[str]:
    """Name the indicators that a perimeter has by their bounds only."""
    return set(indicators.loc[is_between(indicators), "indicator_id"])


_SAME = 1e-9

_BATCH = 50
"""Draws ranked together: 50 × 400 × 400 comparisons take 8 MB."""


def pareto_front(scores: pd.DataFrame, weights: pd.Series[float]) -> pd.Series[bool]:
    """Say which perimeters no other one does at least as well as on all criteria.

    ``weights``: criteria of weight 0 do not count. Returns: false also for a perimeter
    that lacks a counted score: it neither dominates nor is on the front. Perimeters
    that are equal are on the front together. Refused when no criterion counts.
    """
    counted = counted_scores(scores, weights)
    known = counted.notna().all(axis=1).to_numpy()
    points = counted.to_numpy()[known]
    front = np.zeros(len(counted), dtype=bool)
    front[known] = [
        not ((points >= one).all(axis=1) & (points > one).any(axis=1)).any()
        for one in points
    ]
    return pd.Series(front, index=scores.index, name="on_front", dtype=bool)


def weighted_scores(
    scores: pd.DataFrame, weights: pd.Series[float]
) -> pd.Series[float]:
    """Sum scores by their weights.

    ``scores``: perimeters × criteria, between 0 and 1. ``weights``: of each criterion,
    100 together. Returns: 0 to 100; NaN for a perimeter that lacks a counted score.
    Refused when no criterion counts.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1.0, 0.5], "b": [0.0, 1.0]}, index=["x", "y"])
    >>> weighted_scores(table, pd.Series({"a": 60.0, "b": 40.0})).tolist()
    [60.0, 70.0]
    """
    counted = counted_scores(scores, weights)
    # Row by row: the sum of one does not depend on how many others there are.
    totals = (counted.to_numpy() * weights[counted.columns].to_numpy()).sum(axis=1)
    return pd.Series(totals, index=scores.index, name="score")


def rank_scores(totals: pd.Series[float]) -> pd.Series[float]:
    """Rank totals, the highest first.

    Returns: from 1; equals share the better rank; NaN where there is no total.

    Examples
    --------
    >>> rank_scores(pd.Series([50.0, 70.0, 50.0, float("nan")])).tolist()
    [2.0, 1.0, 2.0, nan]
    """
    values = totals.to_numpy(dtype=float)
    ahead = values[None, :] > values[:, None] + _SAME
    ranks = 1.0 + ahead.sum(axis=1)
    return pd.Series(
        np.where(np.isnan(values), np.nan, ranks), index=totals.index, name="rank"
    )


def counted_scores(scores: pd.DataFrame, weights: pd.Series[float]) -> pd.DataFrame:
    """Keep the criteria that weigh."""
    counted = [name for name in scores.columns if weights.get(name, 0.0) > 0]
    if not counted:
        message = (
            "classement : aucun critère ne pèse "
            "→ donner un poids à un critère observé ou inclure les estimations"
        )
        raise StudyError(message)
    return scores[counted]


def same_orders(scores: pd.DataFrame, weights: pd.Series[float]) -> dict[str, bool]:
    """Say whether other methods give the order of the weighted sum.

    ``weights``: of each criterion, 100 together. Returns: ``TOPSIS`` and ``PROMETHEE
    II``: whether each orders every pair alike, equals included. Perimeters that lack a
    counted score are left out. Refused when no criterion counts.

    Notes
    -----
    Both take the scores on fixed anchors, TOPSIS without another normalisation,
    PROMETHEE II with its usual (strict) preference function. They say nothing else
    here than this yes or no: ranks of both methods move when a perimeter is added.

    References
    ----------
    Hwang, C.-L., Yoon, K. (1981). Multiple Attribute Decision Making. Springer.
    Brans, J.-P., Vincke, P. (1985). A preference ranking organisation method.
    Management Science 31(6).
    """
    counted = counted_scores(scores, weights).dropna()
    order = _signs(weighted_scores(counted, weights).to_numpy())
    shares = weights[counted.columns].to_numpy() / 100
    points = counted.to_numpy()
    return {
        name: bool(np.array_equal(order, _signs(method(points, shares))))
        for name, method in _other_methods().items()
    }


def _signs(totals: np.ndarray) -> np.ndarray:
    gaps = totals[:, None] - totals[None, :]
    return np.sign(np.where(np.abs(gaps) <= _SAME, 0.0, gaps))


def _as_it_is(column: np.ndarray, cost: bool = False) -> np.ndarray:  # noqa: FBT001, FBT002
    """Normalise nothing: scores are on fixed anchors already."""
    del cost
    return column


def _other_methods() -> dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]:
    # The library takes seconds to import: only who ranks waits for it.
    pymcdm = from_extra("pymcdm.methods", extra="methods", purpose="classement")

    def topsis(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
        if len(points) == 0 or (points == points[0]).all():
            return np.zeros(len(points))  # ideal and anti-ideal are one: 0/0
        method = pymcdm.TOPSIS(normalization_function=_as_it_is)
        # Its checks warn of equals and of dominated perimeters, which are welcome.
        return method(points, weights, np.ones(len(weights)), validation=False)

    def promethee(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
        if len(points) < 2:  # noqa: PLR2004 - flows compare with others
            return np.zeros(len(points))
        method = pymcdm.PROMETHEE_II("usual")
        return method(points, weights, np.ones(len(weights)), validation=False)

    return {"TOPSIS": topsis, "PROMETHEE II": promethee}


def draw_weights(
    n_criteria: int, *, n_draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw weights evenly among all those that are positive and sum to one."""
    return rng.dirichlet(np.ones(n_criteria), size=n_draws)


def rank_acceptability(
    scores: pd.DataFrame,
    weights: pd.Series[float],
    *,
    n_draws: int,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count, over drawn weights, who takes which rank and who is ahead of whom.

    Returns: perimeters × ranks (1, 2, …) and perimeters × perimeters (row ahead of
    column) [% of the draws]; equals share ranks and pairs evenly. Perimeters that lack
    a counted score are left out. Refused when no criterion counts.

    References
    ----------
    Lahdelma, R., Hokkanen, J., Salminen, P. (1998). SMAA – Stochastic multiobjective
    acceptability analysis. European Journal of Operational Research 106(1).
    """
    counted = counted_scores(scores, weights).dropna()
    draws = draw_weights(counted.shape[1], n_draws=n_draws, rng=rng)
    totals = draws @ counted.to_numpy().T
    n = len(counted)
    ranks, ahead = np.zeros((n, n)), np.zeros((n, n))
    rows = np.arange(n)
    for start in range(0, n_draws, _BATCH):
        part = totals[start : start + _BATCH]
        gaps = part[:, :, None] - part[:, None, :]
        better, equal = gaps > _SAME, np.abs(gaps) <= _SAME
        ahead += better.sum(axis=0) + equal.sum(axis=0) / 2
        first = (gaps < -_SAME).sum(axis=2)
        width = equal.sum(axis=2)
        if width.max(initial=1) == 1:
            np.add.at(ranks, (np.broadcast_to(rows, first.shape), first), 1.0)
        else:
            _share_ranks(ranks, first, width)
    labels = counted.index
    shares = pd.DataFrame(100 * ranks / n_draws, index=labels, columns=rows + 1)
    pairs = pd.DataFrame(100 * ahead / n_draws, index=labels, columns=labels)
    return shares, pairs


def _share_ranks(ranks: np.ndarray, first: np.ndarray, width: np.ndarray) -> None:
    """Give each of so many equals an even part of the ranks that they hold."""
    n = ranks.shape[1]
    for row in range(ranks.shape[0]):
        starts = np.bincount(first[:, row], weights=1 / width[:, row], minlength=n + 1)
        stops = np.bincount(
            first[:, row] + width[:, row], weights=1 / width[:, row], minlength=n + 1
        )
        ranks[row] += np.cumsum(starts - stops)[:n]


def order_words(share_pct: float, *, decided_from_pct: float) -> str:
    """Say what the draws say of two perimeters, without their names.

    ``share_pct``: share of the draws in which the first is ahead [%].
    ``decided_from_pct``: share from which an order is told [%]. Returns: ``premier``,
    ``second`` or ``indécis``.

    Examples
    --------
    >>> [order_words(share, decided_from_pct=80) for share in (85.0, 62.0, 20.0)]
    ['premier', 'indécis', 'second']
    """
    if share_pct >= decided_from_pct:
        return "premier"
    return "second" if share_pct <= 100 - decided_from_pct else "indécis"


_SITES = ("target", "unsure", "sites", "industry", "deposit", "observed", "families")
_SITES_IF_KNOWN = ("groups", "outlet_ways")


@dataclass(frozen=True)
class Variant:
    """The same study with one thing changed.

    ``stress_id``, ``label``: what changes; the label is French and names no firm.
    ``candidates``: perimeters that are left. ``note``: what the variant does not say,
    French.
    """

    stress_id: str
    label: str
    candidates: tuple[Candidate, ...]
    activity: Activity
    note: str = ""


def without_largest_site(base: Variant, *, ends: pd.DataFrame) -> Variant:
    """Stop the industrial site with the most jobs of the study area.

    ``ends``: table ``exchange_ends``: tonnes of each link by site, at either end
    [t/year]. Returns: without the site anywhere, its share of exchanges taken off at
    both ends; the same facts where no industrial site has a known size.
    """
    industry = base.activity.industry.sort_values(
        ["headcount_mid", "site_id"], ascending=[False, True]
    )
    named = replace(base, stress_id="premier_site", label=_STOP_LABEL)
    if industry.empty:
        return replace(named, note="aucun établissement industriel d'effectif connu")
    site = str(industry["site_id"].iloc[0])
    facts = {
        name: frame[frame["site_id"] != site]
        for name in (*_SITES, *_SITES_IF_KNOWN)
        for frame in (getattr(base.activity, name),)
        if frame is not None
    }
    left = _without_site(base.activity.exchanges, ends, site)
    return replace(named, activity=replace(base.activity, exchanges=left, **facts))


_STOP_LABEL = "Arrêt du premier établissement industriel"


def _without_site(
    exchanges: pd.DataFrame, ends: pd.DataFrame, site: str
) -> pd.DataFrame:
    """Take the share of a site off each link, at the donor's end, then the taker's."""
    links = ["donor_id", "receiver_id"]
    keys = pd.MultiIndex.from_frame(exchanges[links])
    total = exchanges["t_mid"].to_numpy(dtype=float)
    tonnes_left = total.copy()
    own = ends[ends["site_id"] == site]
    for end in ("donor", "taker"):
        tonnes = own[own["end"] == end].groupby(links)["t"].sum()
        its = (
            tonnes.reindex(keys).fillna(0.0).to_numpy() if len(tonnes) else 0.0 * total
        )
        share = np.divide(its, total, out=np.zeros_like(total), where=total > 0)
        tonnes_left *= 1 - np.clip(share, 0.0, 1.0)
    return exchanges.assign(t_mid=tonnes_left)


def without_epci(
    base: Variant, siren: str, *, communes: pd.DataFrame, name: str
) -> Variant:
    """Let the communes of an EPCI leave every perimeter.

    ``communes``: ``code_insee``, ``epci_siren``. Returns: perimeters without it; those
    that were made of it alone are gone. Refused when no commune belongs to it.
    """
    codes = frozenset(communes.loc[communes["epci_siren"] == siren, "code_insee"])
    if not codes:
        message = f"comparison.stress.without_epci : EPCI inconnu « {siren} »"
        raise StudyError(message)
    left = tuple(
        _without_member(one, codes, siren)
        for one in base.candidates
        if one.codes - codes
    )
    gone = len(base.candidates) - len(left)
    note = f"périmètres qui disparaissent : {gone}" if gone else ""
    return replace(
        base,
        stress_id=f"sans_{siren}",
        label=f"Sans la structure « {name} »",
        candidates=left,
        note=note,
    )


def _without_member(one: Candidate, codes: frozenset[str], siren: str) -> Candidate:
    members = one.parameters.get("epci")
    if isinstance(members, list):
        parameters = {"epci": [name for name in members if name != siren]}
        return replace(
            one, codes=one.codes - codes, parameters={**one.parameters, **parameters}
        )
    return replace(one, codes=one.codes - codes)


def with_closed_road(
    base: Variant, closure_id: str, *, closure_access: pd.DataFrame
) -> Variant:
    """Close a road: what trucks lose on the way to towns is added to car times.

    A pair that is cut has no time any more.
    """
    rows = closure_access[closure_access["closure_id"] == closure_id]
    lost = rows.assign(lost=rows["closed_min"] - rows["open_min"]).pivot_table(
        index="origin_id", columns="destination_id", values="lost", dropna=False
    )
    minutes = base.activity.town_minutes
    delays = lost.reindex(index=minutes.index, columns=minutes.columns)
    cut = rows[rows["closed_min"].isna() & rows["open_min"].notna()]
    changed = minutes + delays.fillna(0.0).clip(lower=0.0)
    for origin, town in cut[["origin_id", "destination_id"]].to_numpy():
        if origin in changed.index and town in changed.columns:
            changed.loc[origin, town] = np.nan
    return replace(
        base,
        stress_id=f"route_{closure_id}",
        label=f"Route fermée : {closure_id}",
        activity=replace(base.activity, town_minutes=changed),
        note="le détour du poids lourd est ajouté au temps en voiture",
    )


def with_ratios(base: Variant, level: str) -> Variant:
    """Take every ratio at its low or at its high value.

    ``level``: ``low`` or ``high``. Returns: potential waste at this level; shares of
    exchanges, which are quotients of the same ratios, stay.
    """
    words = {"low": "bas", "high": "haut"}[level]
    deposit = base.activity.deposit
    moved = deposit.assign(t_mid=deposit[f"t_{level}"])
    return replace(
        base,
        stress_id=f"ratios_{level}",
        label=f"Ratios de déchets au niveau {words}",
        activity=replace(base.activity, deposit=moved),
        note="les parts d'échanges, quotients des mêmes ratios, ne bougent pas",
    )


def stress_orders(
    base: Variant,
    variants: Sequence[Variant],
    *,
    measure: Callable[[Variant], pd.DataFrame],
    compared: Sequence[str],
    criteria: pd.DataFrame,
    weights: pd.Series[float],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the perimeters in order before and after each change.

    ``measure``: variant → table ``indicators``. Returns: the orders: ``stress_id``,
    ``label``, ``perimeter_id``, ``score_before``, ``score_after``, ``rank_before``,
    ``rank_after``, ``same_order`` (``oui`` or ``non``, for the whole variant),
    ``note``; and the criteria: ``stress_id``, ``perimeter_id``, ``indicator_id``,
    ``before``, ``after``. Ranks before are among the perimeters that are left after.
    Refused when no criterion counts.
    """
    before = _values(measure(base), compared, criteria)
    orders, figures = [], []
    for variant in variants:
        after = _values(measure(variant), compared, criteria)
        orders.append(
            _orders(variant, before, after, criteria=criteria, weights=weights)
        )
        names = counted_scores(after, weights).columns
        moved = pd.DataFrame(
            {
                "stress_id": variant.stress_id,
                "perimeter_id": np.repeat(after.index.to_numpy(dtype=str), len(names)),
                "indicator_id": np.tile(names.to_numpy(dtype=str), len(after)),
                "before": before[names].to_numpy().ravel(),
                "after": after[names].to_numpy().ravel(),
            }
        )
        figures.append(moved)
    return pd.concat(orders, ignore_index=True), pd.concat(figures, ignore_index=True)


def _values(
    indicators: pd.DataFrame, compared: Sequence[str], criteria: pd.DataFrame
) -> pd.DataFrame:
    return criteria_values(indicators, criteria).reindex(list(compared))


def _orders(
    one: Variant,
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    criteria: pd.DataFrame,
    weights: pd.Series[float],
) -> pd.DataFrame:
    totals = [
        weighted_scores(criteria_scores(values, criteria), weights)
        for values in (before, after)
    ]
    both = totals[0].notna() & totals[1].notna()
    first, then = (rank_scores(total.where(both)) for total in totals)
    same = first[both].tolist() == then[both].tolist()
    return pd.DataFrame(
        {
            "stress_id": one.stress_id,
            "label": one.label,
            "perimeter_id": before.index.to_numpy(dtype=str),
            "score_before": totals[0].to_numpy(),
            "score_after": totals[1].to_numpy(),
            "rank_before": first.to_numpy(),
            "rank_after": then.to_numpy(),
            "same_order": "oui" if same else "non",
            "note": one.note,
        }
    )
