"""What registers count in a perimeter: observed, each figure with its vintage."""

from __future__ import annotations

import numpy as np

from eitgeo.scenarios.measures.counted_facts import vintage_words
from eitgeo.scenarios.measures.figures import Figures, figure, ratio_pct
from eitgeo.scenarios.measures.measures import Inputs, measures

_SUMS = {
    "counted_employers": "employeurs",
    "counted_employees": "salaries",
    "counted_industry_employees": "salaries_industrie",
    "counted_establishments": "etablissements",
    "counted_industry_firms": "etablissements_industrie",
    "counted_firms_10": "etablissements_10",
}
_INDUSTRY, _EMPLOYEES = "salaries_industrie", "salaries"
_FIRMS_OF_INDUSTRY, _FIRMS = "etablissements_industrie", "etablissements"


@measures(*_SUMS)
def counted_figures(inputs: Inputs) -> Figures:
    """Sum what registers count; NaN where a commune of the perimeter is not covered."""
    return {
        name: figure(counted_sums(inputs, fact), counted_notes(inputs, fact))
        for name, fact in _SUMS.items()
        if _is_told(inputs, fact)
    }


@measures("counted_industry_pct", "counted_top_commune_pct")
def counted_share_figures(inputs: Inputs) -> Figures:
    """Give the share of industry among employees, and that of its first commune."""
    if not _is_told(inputs, _INDUSTRY):
        return {}
    industry, notes = counted_sums(inputs, _INDUSTRY), counted_notes(inputs, _INDUSTRY)
    by_commune = inputs.counted_by_commune(_INDUSTRY)
    most = np.where(inputs.held, by_commune, 0.0).max(axis=1, initial=0.0)
    return {
        "counted_industry_pct": figure(
            ratio_pct(industry, counted_sums(inputs, _EMPLOYEES)), notes
        ),
        "counted_top_commune_pct": figure(ratio_pct(most, industry), notes),
    }


@measures("counted_industry_lq")
def counted_quotient_figures(inputs: Inputs) -> Figures:
    """Compare the share of industry among establishments with that of the whole file.

    Notes
    -----
    Location quotient: (x / n) ÷ (X / N), with x establishments of industry among n in
    the perimeter, X among N in all communes that the file tells.
    """
    counted = inputs.activity.counted
    if counted is None or not _is_told(inputs, _FIRMS_OF_INDUSTRY):
        return {}
    every = counted.table[[_FIRMS_OF_INDUSTRY, _FIRMS]].sum()
    ratio = ratio_pct(
        counted_sums(inputs, _FIRMS_OF_INDUSTRY), counted_sums(inputs, _FIRMS)
    )
    there = ratio_pct(np.array([every[_FIRMS_OF_INDUSTRY]]), np.array([every[_FIRMS]]))
    quotient = (
        np.divide(ratio, there[0]) if there[0] > 0 else np.full_like(ratio, np.nan)
    )
    notes = counted_notes(inputs, _FIRMS_OF_INDUSTRY)
    return {"counted_industry_lq": figure(quotient, notes)}


def counted_sums(inputs: Inputs, fact: str) -> np.ndarray:
    """Sum a fact over each perimeter; NaN where a commune of it is not covered."""
    by_commune = inputs.counted_by_commune(fact)
    missed = inputs.held @ np.isnan(by_commune)
    sums = inputs.held @ np.nan_to_num(by_commune)
    return np.where(missed > 0, np.nan, sums)


def counted_notes(inputs: Inputs, fact: str) -> list[str]:
    """Say the vintage of a fact, or how many communes its source does not cover."""
    counted = inputs.activity.counted
    if counted is None:
        return [""] * len(inputs.held)
    edition = inputs.study.identity.edition
    when = vintage_words(counted.vintages[fact], edition)
    missed = inputs.held @ np.isnan(inputs.counted_by_commune(fact))
    return [uncovered_words(int(n)) if n else when for n in missed]


def uncovered_words(n_communes: int) -> str:
    """Say how many communes have no figure."""
    communes = "communes" if n_communes > 1 else "commune"
    return f"{n_communes} {communes} sans chiffre dans la source"


def _is_told(inputs: Inputs, fact: str) -> bool:
    counted = inputs.activity.counted
    return counted is not None and fact in counted.table
