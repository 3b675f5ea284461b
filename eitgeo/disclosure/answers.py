"""Sums of answers and of weighings: which may be told, once and from year to year.

Firms whose tonnes a public register prints are known to whoever looks: they protect
nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from eitgeo.disclosure.rule import MAX_TOP_SHARE_PCT, MIN_CONTRIBUTORS
from eitgeo.exact import at_most
from eitgeo.flows.arisings.declared import OUTLET, PARTED, SIGNED_UP, STREAM

if TYPE_CHECKING:
    import pandas as pd

    Firms = Mapping[str, float]

P_PCT = 10.0
"""How near a respondent may come to the largest of the others (p % rule) [%]."""

SIGNIFICANT = 2
KEY = ["epci_siren", "subject", "item"]

ERASED = "effacee-"
"""How a firm that was erased is named: nothing else is kept of it."""

_TINY = 1e-9


class Cell(NamedTuple):
    """A sum of answers, as its key names it.

    ``subject``, ``item``: what is summed (:mod:`eitgeo.flows.arisings.declared`).
    """

    epci_siren: str
    subject: str
    item: str

    @property
    def is_weighed(self) -> bool:
        """Say whether the sum is one of weighings."""
        return PARTED in self.item


class PublishedSum(NamedTuple):
    """A sum that was published.

    ``day``: of its publication (ISO). ``firms``: SIREN → what it brought [t/year]; of
    sums that count firms, 1, and 0 for those of an outlet that have another; NaN where
    the firm was erased since. ``row``: what everybody reads of it.
    """

    day: str
    cell: Cell
    firms: Firms
    row: Mapping[str, Any]


def is_told(tonnes: npt.NDArray[np.float64]) -> bool:
    """Say whether a sum of tonnes may be told.

    References
    ----------
    Hundepool et al., Statistical Disclosure Control (2012), p % rule.

    Examples
    --------
    >>> is_told(np.array([50.0, 45.0, 5.0]))
    True
    >>> is_told(np.array([50.0, 45.1, 4.9]))
    False
    >>> is_told(np.array([86.0, 5.0, 9.0]))
    False
    """
    if len(tonnes) < MIN_CONTRIBUTORS or tonnes.min() < 0:
        return False
    ordered = np.sort(tonnes)[::-1]
    first, total = ordered[0], ordered.sum()
    rest = total - ordered[:2].sum()
    return bool(
        at_most(100 * first, MAX_TOP_SHARE_PCT * total)
        and at_most(P_PCT * first, 100 * rest)
    )


def may_tell(
    cell: Cell, firms: Firms, *, known: Collection[str], spare: int = 0
) -> bool:
    """Say whether the firms of a sum hide each other.

    ``known``: firms whose tonnes are public: who is left must hide each other alone.
    ``spare``: as many firms are left out, the largest first.

    Notes
    -----
    An outlet is told where three registered firms or more have another: else it would
    be that of all, or of all but one who knows it.
    """
    if cell.subject == SIGNED_UP:  # no register prints who signed up
        return len(firms) - spare >= MIN_CONTRIBUTORS
    brought = np.array([t for name, t in firms.items() if name not in known])
    if cell.subject == OUTLET:
        n_there = int(brought.sum())
        fewest = min(n_there, len(brought) - n_there)
        return fewest - spare >= MIN_CONTRIBUTORS
    return is_told(np.sort(brought)[::-1][spare:])


def may_follow(
    cell: Cell,
    draft: Mapping[Cell, Firms],
    earlier: Sequence[PublishedSum],
    *,
    known: Collection[str],
) -> bool:
    """Say whether what is new in a sum hides each other, beside all that was told.

    ``draft``: all sums of this publication. ``earlier``: what was told before it.

    Notes
    -----
    What a firm brings anew is its distance to all that it ever brought: to the same or
    to another sum (waste is coded again, an EPCI merges, a firm moves), and in all. So
    any combination of sums that were told holds, in the last of them, three firms that
    no earlier one holds. The largest change, of those that left too, stands in place of
    the first: what is new must hide it. A firm that was erased may have come back:
    as many newcomers count for nothing.
    """
    firms = draft[cell]
    alike = [one for one in earlier if one.cell.subject == cell.subject]
    if cell.subject != STREAM:
        alike = [one for one in alike if one.cell.item == cell.item]
    here = [one for one in alike if one.cell.epci_siren == cell.epci_siren]
    if not any(one.cell == cell or one.firms.keys() & firms for one in alike):
        return True
    gone = {name for one in here for name in one.firms if name.startswith(ERASED)}
    if cell.subject != STREAM:
        seen = {name for one in alike for name in one.firms}
        came = {name: there for name, there in firms.items() if name not in seen}
        return may_tell(cell, came, known=known, spare=len(gone))
    news = _news(firms, draft, alike)
    came = {n: t for n, t in news.items() if t > 0 and n not in known}
    order = sorted(came, key=lambda name: (-came[name], name))[len(gone) :]
    if not order:
        return False
    changes = [
        abs(firms.get(name, 0.0) - one.firms.get(name, 0.0))
        for one in alike
        if one.cell == cell or _share_tonnes(firms, one.firms)
        for name in firms.keys() | one.firms.keys()
        if name not in known and not name.startswith(ERASED)
    ]
    lost = [_erased_t(one) for one in here]
    first = max(came[order[0]], *changes, *lost)
    return is_told(np.array([first, *(came[name] for name in order[1:])]))


def _news(
    firms: Firms, draft: Mapping[Cell, Firms], earlier: Sequence[PublishedSum]
) -> dict[str, float]:
    """Give what each firm brings that it never brought [t]."""
    whole = _totals((cell, brought) for cell, brought in draft.items())
    before = [
        _totals((one.cell, one.firms) for one in earlier if one.day == day)
        for day in sorted({one.day for one in earlier})
    ]
    news = {}
    for name, t in firms.items():
        distances = [abs(t - one.firms[name]) for one in earlier if name in one.firms]
        totals = [abs(whole[name] - one[name]) for one in before if name in one]
        nearest = min([abs(t), *distances, *totals])
        news[name] = nearest if nearest > _TINY * abs(t) else 0.0
    return news


def _totals(sums: Iterable[tuple[Cell, Firms]]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for cell, firms in sums:
        if cell.subject == STREAM:
            for name, t in firms.items():
                totals[name] = totals.get(name, 0.0) + t
    return totals


def _share_tonnes(firms: Firms, other: Firms) -> bool:
    """Say whether a firm brings about the same to both."""
    return any(
        abs(firms[name] - other[name]) <= firms[name] / 2
        for name in firms.keys() & other.keys()
    )


def _erased_t(one: PublishedSum) -> float:
    """Bound what the erased firms of a sum brought: what others did not [t]."""
    left = [t for name, t in one.firms.items() if not name.startswith(ERASED)]
    if len(left) == len(one.firms):
        return 0.0
    return max(0.0, float(one.row["mass_t"]) - sum(left))


def sums_of(contributions: pd.DataFrame) -> dict[Cell, dict[str, float]]:
    """Lay out what firms bring: cell → firm → amount, as :class:`PublishedSum` does."""
    counted = contributions.assign(t=contributions["t"].fillna(1.0))
    sums: dict[Cell, dict[str, float]] = {}
    names = [*KEY, "firm", "t"]
    for *key, firm, t in counted[names].itertuples(index=False, name=None):
        sums.setdefault(Cell(*key), {})[firm] = float(t)
    return {
        cell: dict.fromkeys(sums[Cell(cell.epci_siren, SIGNED_UP, "")], 0.0) | firms
        if cell.subject == OUTLET
        else firms
        for cell, firms in sorted(sums.items())
    }
