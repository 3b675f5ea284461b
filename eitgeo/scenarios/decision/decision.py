"""The whole of a decision, as tables: criteria, order, shares of ranks, switches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.reference.tables import ranking_criteria
from eitgeo.scenarios.decision.acceptability import order_words, rank_acceptability
from eitgeo.scenarios.decision.criteria import (
    counted_weights,
    criteria_scores,
    criteria_values,
    criteria_weights,
    unsure_criteria,
)
from eitgeo.scenarios.decision.ranking import (
    counted_scores,
    pareto_front,
    rank_scores,
    same_orders,
    weighted_scores,
)
from eitgeo.scenarios.decision.switching import switching_values
from eitgeo.scenarios.measures.unconfirmed import LIST_TO_CONFIRM

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from eitgeo.study.sections import Comparison


@dataclass(frozen=True)
class Decision:
    """What puts perimeters in order.

    Attributes
    ----------
    criteria
        ``perimeter_id``, ``indicator_id``, ``measured``, ``score``, ``asked_weight``,
        ``weight``, ``evidence``, ``reason``: why the weight is not the one asked for.
    order
        ``perimeter_id``, ``on_front``, ``score``, ``rank``, ``missing``: counted
        criteria without a value.
    ranks
        ``perimeter_id``, ``rank``, ``share_pct``: of the draws.
    pairs
        ``first_id``, ``second_id``, ``share_pct`` (first ahead), ``order``.
    switches
        As `switching_values`, all pairs.
    methods
        ``method``, ``same_order`` (``oui``, ``non``).
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

    Parameters
    ----------
    indicators
        Table ``indicators_public``.
    compared
        Perimeters to put in order.
    deciding
        Perimeters of the study: they decide which criteria count.
    comparison
        Weights, draws, threshold.
    rng
        Source of randomness.

    Returns
    -------
    Decision
        Where no criterion counts, no perimeter has a score and the last four tables
        are empty.

    Raises
    ------
    StudyError
        When the weights are unsound.
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
    told = _told_criteria(
        values, scores, asked=weights, counted=counted, rows=rows, unsure=unsure
    )
    if counted.sum() == 0:
        return Decision(told, _order(scores, counted), *_empty())
    ranks, pairs = rank_acceptability(
        scores, counted, n_draws=asked.n_weight_draws, rng=rng
    )
    complete = [str(name) for name in ranks.index]
    return Decision(
        criteria=told,
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
