"""What ranks perimeters: values, scores on fixed anchors, weights."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.scenarios.measures.unconfirmed import is_between

TOTAL_WEIGHT = 100.0
_PLACES = 12


def criteria_values(indicators: pd.DataFrame, criteria: pd.DataFrame) -> pd.DataFrame:
    """Lay out what ranks: values, ranks among unions.

    ``indicators``: table ``indicators`` or ``indicators_public``. ``criteria``:
    `ranking_criteria`, or some of its rows. Returns: perimeters (in the order of
    `indicators`) × criteria; NaN where the figure is missing. Extensive figures never
    rank as they are: they come as percentiles. Refused when a perimeter has the same
    indicator twice.
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

    ``values``: as :func:`criteria_values` lays them out. ``criteria``: rows with
    ``worst`` and ``best``, which differ. Returns: same shape, 0 (``worst`` or beyond)
    to 1 (``best`` or beyond); NaN stays NaN. A score depends on its own perimeter
    alone.
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

    ``criteria``: `ranking_criteria`. ``chosen``: weights by criterion, of 100 together;
    None: those of the catalogue. ``include_estimates``: whether criteria that are
    always estimates weigh too; the weights of the catalogue are then rescaled to 100.
    Returns: one weight a criterion, 0 where it does not count; 100 together. Refused
    when a criterion is unknown, a weight negative or not finite, or their sum is not
    100.

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
