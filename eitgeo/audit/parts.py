"""Figures that are a total of the study times the share that a perimeter keeps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eitgeo.audit.equations import CAPTURED
from eitgeo.audit.numbers import SAME, Interval, interval_of, told_figures
from eitgeo.audit.payload import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

KEPT_SHARES = ("landfill_t", "tkm_avoided", "co2_avoided", "eur_net")
"""Totals of the study times the share of exchanges that a perimeter keeps."""

_Levels = dict[str, Interval]
"""What each level of a figure was before it was rounded, where it is told."""


class _Part(NamedTuple):
    """A figure of a perimeter, the tonnes that it keeps, the share that they are."""

    perimeter: str
    kept_t: float
    told: _Levels
    share: _Levels


def check_parts(
    figures: pd.DataFrame, kept: Mapping[str, float]
) -> tuple[int, list[str]]:
    """Count the figures that follow from published ones; tell those that do not.

    A value is one number of the study times the tonnes kept. How far a bound is from
    its value, squared, is one number too, and the square of how far the same bound of
    the share kept is. Where a bound is beyond zero, both are a number of the study
    times the tonnes and the reach of the share upwards.
    """
    shares = _told(figures, CAPTURED)
    n_made, remarks = 0, []
    for indicator in KEPT_SHARES:
        parts = [
            _Part(name, kept[name], told, shares.get(name, {}))
            for name, told in _told(figures, indicator).items()
            if "value" in told and kept.get(name, 0.0) > 0
        ]
        for level in LEVELS:
            mine = [one for one in parts if level in one.told]
            numbers = [_number(one, level) for one in mine]
            strangers = list(_strangers(numbers)) if numbers else []
            n_made += len(mine) - len(strangers)
            remarks += [
                f"{indicator}, {level} : périmètre {mine[rank].perimeter} : pas la "
                "part gardée d'un total de l'étude"
                for rank in strangers
            ]
    return n_made, remarks


def _told(figures: pd.DataFrame, indicator: str) -> dict[str, _Levels]:
    rows = figures[figures["indicator_id"] == indicator]
    digits = {level: told_figures(rows[level].dropna()) for level in LEVELS}
    return {
        str(row["perimeter_id"]): {
            level: interval_of(float(row[level]), figures=digits[level])
            for level in LEVELS
            if not math.isnan(row[level])
        }
        for row in rows.to_dict("records")
    }


def _number(part: _Part, level: str) -> Interval:
    """Bound the number of the study that a level would be made with."""
    bound, value = part.told[level], part.told["value"]
    tonnes = Interval(part.kept_t, part.kept_t)
    if level == "value":
        return _over(bound, tonnes)
    if any(bound.low * value.low < 0 for bound in part.told.values()):
        upwards = _apart(part.share, "high")
        ratio = Interval(math.exp(upwards.low), math.exp(upwards.high))
        return _over(_over(bound, tonnes), ratio)
    is_far = (level == "high") == (value.low > 0)
    mine = _apart(part.told, level)
    of_share = _apart(part.share, "high" if is_far else "low")
    least = max(0.0, mine.low**2 - of_share.high**2)
    return Interval(least, mine.high**2 - of_share.low**2)


def _over(one: Interval, other: Interval) -> Interval:
    """Divide by what is above zero."""
    ends = [top / bottom for top in one for bottom in other]
    return Interval(min(ends), max(ends))


def _apart(told: _Levels, level: str) -> Interval:
    """Bound how far a bound is from its value: the logarithm of their ratio."""
    if not {level, "value"} <= set(told):
        return Interval(0.0, 0.0)
    bound, value = (sorted(map(abs, told[name])) for name in (level, "value"))
    low, high = (_log(bound[0], value[1]), _log(bound[1], value[0]))
    if low <= 0 <= high:
        return Interval(0.0, max(-low, high))
    return Interval(*sorted((abs(low), abs(high))))


def _log(top: float, bottom: float) -> float:
    if top == bottom:
        return 0.0
    return -math.inf if not top else math.log(top / bottom) if bottom else math.inf


def _strangers(numbers: list[Interval]) -> Iterator[int]:
    """List those that cannot be the number that most of them are."""
    low, high = (np.array(ends, dtype=float) for ends in zip(*numbers, strict=True))
    most = max(low, key=lambda one: int(((low <= one) & (one <= high)).sum()))
    slack = SAME * max(1.0, abs(most))
    yield from np.flatnonzero((low - slack > most) | (most > high + slack)).tolist()
