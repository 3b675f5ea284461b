"""The whole of a decision, as tables: criteria, order, shares of ranks, switches.

A switching value says which criterion would have to change, and by how much.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.reference.tables import ranking_criteria
from eitgeo.scenarios.decision.ranking import (
    TOTAL_WEIGHT,
    counted_scores,
    counted_weights,
    criteria_scores,
    criteria_values,
    criteria_weights,
    order_words,
    pareto_front,
    rank_acceptability,
    rank_scores,
    same_orders,
    unsure_criteria,
    weighted_scores,
)
from eitgeo.scenarios.measures.figures import LIST_TO_CONFIRM
from eitgeo.study.sections import Comparison

_SAME = 1e-9


@dataclass(frozen=True)
class Decision:
    """What puts perimeters in order.

    ``criteria``: ``perimeter_id``, ``indicator_id``, ``measured``, ``score``,
    ``asked_weight``, ``weight``, ``evidence``, ``reason``: why the weight is not the
    one asked for. ``order``: ``perimeter_id``, ``on_front``, ``score``, ``rank``,
    ``missing``: counted criteria without a value. ``ranks``: ``perimeter_id``,
    ``rank``, ``share_pct``: of the draws. ``pairs``: ``first_id``, ``second_id``,
    ``share_pct`` (first ahead), ``order``. ``switches``: as `switching_values`, all
    pairs. ``methods``: ``method``, ``same_order`` (``oui``, ``non``).
    """

    criteria: pd.DataFrame
    order: pd.DataFrame
    ranks: pd.DataFrame
    pairs: pd.DataFrame
    switches: pd.DataFrame
    methods: pd.DataFrame


def decide(
    indicators: pd.DataFrame,
    *,
    compared: Sequence[str],
    deciding: Sequence[str],
    comparison: Comparison,
    rng: np.random.Generator,
) -> Decision:
    """Put perimeters in order, and say how far the order holds.

    Returns: where no criterion counts, no perimeter has a score and the last four
    tables are empty. Refused when the weights are unsound.
    """
    criteria = ranking_criteria()
    asked = comparison.ranking
    included = asked.estimates == "incluses"
    weights = criteria_weights(
        criteria, chosen=asked.weights, include_estimates=included
    )
    rows = indicators[indicators["perimeter_id"].isin({*compared, *deciding})]
    every = criteria_values(rows, criteria)
    counted = counted_weights(
        weights,
        every.reindex(list(deciding)),
        indicators=rows,
        include_estimates=included,
    )
    values = every.reindex(list(compared))
    scores = criteria_scores(values, criteria)
    unsure = unsure_criteria(rows[rows["perimeter_id"].isin(deciding)])
    criteria_told = _told_criteria(
        values, scores, asked=weights, counted=counted, rows=rows, unsure=unsure
    )
    if counted.sum() == 0:
        return Decision(criteria_told, _order(scores, counted), *_empty())
    ranks, pairs = rank_acceptability(
        scores, counted, n_draws=asked.n_weight_draws, rng=rng
    )
    complete = [str(name) for name in ranks.index]
    return Decision(
        criteria=criteria_told,
        order=_order(scores, counted),
        ranks=_long(ranks, names=_RANKS),
        pairs=_pairs(pairs, complete, threshold_pct=asked.decided_from_pct),
        switches=_switches(values, scores, counted, complete),
        methods=pd.DataFrame(
            [
                (name, "oui" if same else "non")
                for name, same in same_orders(scores, counted).items()
            ],
            columns=_METHODS,
        ),
    )


_RANKS = ["perimeter_id", "rank", "share_pct"]
_PAIRS = ["first_id", "second_id", "share_pct", "order"]
_SWITCHES = ["first_id", "second_id", "indicator_id", "lever", "now", "at_switch"]
_METHODS = ["method", "same_order"]


def _empty() -> tuple[pd.DataFrame, ...]:
    columns = (_RANKS, _PAIRS, [*_SWITCHES, "behind"], _METHODS)
    return tuple(pd.DataFrame(columns=names) for names in columns)


def _told_criteria(
    values: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    asked: pd.Series[float],
    counted: pd.Series[float],
    rows: pd.DataFrame,
    unsure: Collection[str],
) -> pd.DataFrame:
    keys = ["perimeter_id", "indicator_id"]
    table = _long(values, names=(*keys, "measured"))
    table["score"] = scores.to_numpy(dtype=float).ravel()
    table["asked_weight"] = table["indicator_id"].map(asked)
    table["weight"] = table["indicator_id"].map(counted)
    evidence = rows.set_index(keys)["evidence"]
    classes = evidence.reindex(pd.MultiIndex.from_frame(table[keys]))
    table["evidence"] = classes.fillna("").to_numpy()
    known = table.groupby("indicator_id")["measured"].transform("count") > 0
    unmeasured = ~known & table["weight"].eq(0)
    assumed = table["asked_weight"].gt(0) & table["weight"].eq(0)
    table["reason"] = np.select(
        [unmeasured, assumed & table["indicator_id"].isin(unsure), assumed],
        [
            "aucune valeur",
            f"{LIST_TO_CONFIRM} : poids nul",
            "hypothèse de travail : poids nul",
        ],
        default="",
    )
    return table


def _order(scores: pd.DataFrame, weights: pd.Series[float]) -> pd.DataFrame:
    names = scores.index.to_numpy(dtype=str)
    if weights.sum() == 0:
        blank = {"on_front": False, "score": np.nan, "rank": np.nan}
        missing = "aucun critère observé ou sourcé"
        return pd.DataFrame({"perimeter_id": names}).assign(**blank, missing=missing)
    totals = weighted_scores(scores, weights)
    lacks = counted_scores(scores, weights).isna()
    return pd.DataFrame(
        {
            "perimeter_id": names,
            "on_front": pareto_front(scores, weights).to_numpy(),
            "score": totals.to_numpy(),
            "rank": rank_scores(totals).to_numpy(),
            "missing": [
                ", ".join(lacks.columns[row]) for row in lacks.to_numpy(dtype=bool)
            ],
        }
    )


def _long(table: pd.DataFrame, *, names: Sequence[str]) -> pd.DataFrame:
    """Lay a table out as rows: label of the row, label of the column, number."""
    rows, columns = table.index.to_numpy(), table.columns.to_numpy()
    parts = (
        np.repeat(rows, len(columns)),
        np.tile(columns, len(rows)),
        table.to_numpy(dtype=float).ravel(),
    )
    return pd.DataFrame(dict(zip(names, parts, strict=True)))


def _pairs(
    ahead: pd.DataFrame, names: Sequence[str], *, threshold_pct: float
) -> pd.DataFrame:
    shares = ahead.to_numpy()
    rows = [
        (names[i], names[j], float(shares[i, j]))
        for i, j in combinations(range(len(names)), 2)
    ]
    table = pd.DataFrame(rows, columns=_PAIRS[:3])
    return table.assign(
        order=[
            order_words(share, decided_from_pct=threshold_pct)
            for share in table["share_pct"]
        ]
    )


def _switches(
    values: pd.DataFrame,
    scores: pd.DataFrame,
    weights: pd.Series[float],
    names: Sequence[str],
) -> pd.DataFrame:
    criteria = ranking_criteria()
    tables = [
        switching_values(values, scores, weights, pair=pair, criteria=criteria)
        for pair in combinations(names, 2)
    ]
    if not tables:
        return pd.DataFrame(columns=[*_SWITCHES, "behind"])
    return pd.concat(tables, ignore_index=True)


def switching_values(
    values: pd.DataFrame,
    scores: pd.DataFrame,
    weights: pd.Series[float],
    *,
    pair: tuple[str, str],
    criteria: pd.DataFrame,
) -> pd.DataFrame:
    """Find what makes two perimeters equal, one criterion at a time.

    ``weights``: of each criterion, 100 together. Returns: one row a counted criterion
    and ``lever``: ``valeur`` (the perimeter behind would have to reach ``at_switch``
    instead of ``now``) or ``poids`` (the criterion would have to weigh so much, the
    others keeping their proportions). ``behind`` names who is behind; ``at_switch`` is
    NaN where no such value lies between the anchors, or no such weight between 0 and
    100. Refused when a perimeter is unknown or lacks a counted score, both are the
    same, or no criterion counts.

    Notes
    -----
    With S the totals, the value that makes them equal has the score s + (S₁ − S₂)/w.
    The weight is where w·d + (100 − w)·r = 0, d being the gap on the criterion and r
    that of the others at their proportions.
    """
    counted = counted_scores(scores, weights)
    _require_pair(counted, pair)
    totals = weighted_scores(counted, weights)[list(pair)].to_numpy(dtype=float)
    ahead, behind = pair if totals[0] >= totals[1] - _SAME else pair[::-1]
    gap = float(np.abs(totals[0] - totals[1]))
    names = [str(name) for name in counted.columns]
    weight = weights[names].to_numpy(dtype=float)
    best, own = (counted.loc[one].to_numpy(dtype=float) for one in (ahead, behind))
    anchors = criteria.loc[names, ["worst", "best"]].to_numpy(dtype=float)
    needed = own + gap / weight
    reached = anchors[:, 0] + np.minimum(needed, 1.0) * (anchors[:, 1] - anchors[:, 0])
    now = values.loc[behind, names].to_numpy(dtype=float)
    at_switch = np.where(needed <= 1 + _SAME, reached, np.nan)
    by_value = pd.DataFrame(
        {
            "indicator_id": names,
            "lever": "valeur",
            "now": now,
            "at_switch": at_switch,
        }
    )
    by_weight = pd.DataFrame(
        {
            "indicator_id": names,
            "lever": "poids",
            "now": weight,
            "at_switch": [
                _weight_at_switch(float(size), float(ahead_by), gap)
                for size, ahead_by in zip(weight, best - own, strict=True)
            ],
        }
    )
    table = pd.concat([by_value, by_weight], ignore_index=True)
    return table.assign(first_id=pair[0], second_id=pair[1], behind=behind)


def _weight_at_switch(weight: float, own_gap: float, gap: float) -> float:
    """Solve w·own + (100 − w)·rest = 0; NaN where no weight does."""
    if weight >= TOTAL_WEIGHT - _SAME:
        return float("nan")  # no other criterion counts
    rest_gap = (gap - weight * own_gap) / (TOTAL_WEIGHT - weight)
    slope = own_gap - rest_gap
    if abs(slope) <= _SAME:
        return float("nan")
    switch = -TOTAL_WEIGHT * rest_gap / slope
    inside = -_SAME <= switch <= TOTAL_WEIGHT + _SAME
    return float(np.clip(switch, 0.0, TOTAL_WEIGHT)) if inside else float("nan")


def _require_pair(counted: pd.DataFrame, pair: tuple[str, str]) -> None:
    if pair[0] == pair[1]:
        message = f"« {pair[0]} » : un périmètre ne se compare pas à lui-même"
        raise StudyError(message)
    for name in pair:
        if name not in counted.index:
            message = f"périmètre inconnu « {name} » dans le classement"
            raise StudyError(message)
        row = counted.loc[name].to_numpy(dtype=float)
        unknown = np.isnan(row)
        missing = counted.columns[unknown].tolist()
        if missing:
            message = (
                f"« {name} » : sans valeur pour {', '.join(missing)} "
                "→ ôter le poids de ces critères ou le périmètre"
            )
            raise StudyError(message)
