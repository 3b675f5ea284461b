"""Sums of answers to the survey: which may be told, judged as a respondent would."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.disclosure.rule import MAX_TOP_SHARE_PCT, MIN_CONTRIBUTORS
from eitgeo.exact import at_most
from eitgeo.words import round_significant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import numpy.typing as npt

P_PCT = 10.0
"""How near a respondent may come to the largest of the others (p % rule) [%]."""

SIGNIFICANT = 2
_SIGNED_UP, _OUTLET = "inscrites", "exutoire"
KEY = ["epci_siren", "subject", "item"]


class Cell(NamedTuple):
    """A sum of answers, as its key names it.

    Attributes
    ----------
    epci_siren
        The EPCI.
    subject, item
        What is summed (:mod:`eitgeo.flows.arisings.answers`).
    """

    epci_siren: str
    subject: str
    item: str


class Answers(NamedTuple):
    """What answers may tell.

    Attributes
    ----------
    table
        ``epci_siren``, ``subject``, ``item``, ``n_firms``, ``t`` (NaN: firms alone are
        counted), two significant figures, one row a cell that is told.
    withheld
        ``epci_siren``, ``subject``, ``item`` of the cells that are not.
    """

    table: pd.DataFrame
    withheld: pd.DataFrame


def told_answers(
    contributions: pd.DataFrame, *, held_back: Collection[Cell] = ()
) -> Answers:
    """Sum answers cell by cell, and withhold the cells that fail.

    Notes
    -----
    Cells share nothing that would make one the difference of others: no total is
    published, tonnes stand by stream alone, and of registered firms and of outlets
    firms alone are counted. An outlet is told where three registered firms or more have
    another: else it would be that of all, or of all but one who knows it.
    """
    rows, withheld = [], []
    registered = contributions[contributions["subject"] == _SIGNED_UP]
    n_registered = registered.groupby("epci_siren").size()
    groups = contributions.groupby(KEY, sort=True)
    for key in cells_of(contributions):
        mine = groups.get_group(tuple(key))
        tonnes = mine["t"].dropna().to_numpy(dtype=float)
        others = int(n_registered.get(key.epci_siren, 0)) - len(mine)
        hides = key.subject != _OUTLET or others >= MIN_CONTRIBUTORS
        if key not in held_back and hides and is_told(tonnes, n_firms=len(mine)):
            n_firms = int(round_significant(len(mine), SIGNIFICANT))
            t = round_significant(float(tonnes.sum()), SIGNIFICANT)
            rows.append((*key, n_firms, t if len(tonnes) else float("nan")))
        else:
            withheld.append(key)
    table = pd.DataFrame(rows, columns=[*KEY, "n_firms", "t"])
    kinds = dict.fromkeys(KEY, "str") | {"n_firms": "int64", "t": "float64"}
    return Answers(table.astype(kinds), pd.DataFrame(withheld, columns=KEY, dtype=str))


def is_told(tonnes: npt.NDArray[np.float64], *, n_firms: int) -> bool:
    """Say whether a sum of answers may be told.

    References
    ----------
    Hundepool et al., Statistical Disclosure Control (2012), p % rule.

    Examples
    --------
    >>> is_told(np.array([50.0, 45.0, 5.0]), n_firms=3)
    True
    >>> is_told(np.array([50.0, 45.1, 4.9]), n_firms=3)
    False
    >>> is_told(np.array([86.0, 5.0, 9.0]), n_firms=3)
    False
    >>> is_told(np.array([]), n_firms=2)
    False
    """
    if n_firms < MIN_CONTRIBUTORS:
        return False
    if not len(tonnes):
        return True
    if len(tonnes) < MIN_CONTRIBUTORS:
        return False
    ordered = np.sort(tonnes)[::-1]
    first, total = ordered[0], ordered.sum()
    rest = total - ordered[:2].sum()
    return bool(
        at_most(100 * first, MAX_TOP_SHARE_PCT * total)
        and at_most(P_PCT * first, 100 * rest)
    )


def cells_of(rows: pd.DataFrame) -> list[Cell]:
    """List the cells that rows name."""
    names: Iterable[tuple[str, str, str]] = rows[KEY].itertuples(index=False, name=None)
    return [Cell(*one) for one in sorted(set(names))]
