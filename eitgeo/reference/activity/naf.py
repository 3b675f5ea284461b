"""NAF rév. 2: divisions, sub-classes, and which activities lie in them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.reference.activity.divisions import expand_divisions

if TYPE_CHECKING:
    from collections.abc import Iterable


def naf_divisions() -> pd.DataFrame:
    """Return the 88 divisions of NAF rév. 2.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``division`` (``"01"``): ``section`` (``"A"``) and ``label``.

    References
    ----------
    INSEE, Nomenclature d'activités française, rév. 2, 2008 (Licence Ouverte).
    """
    return _divisions().copy()


@cache
def _divisions() -> pd.DataFrame:
    path = resources.files("eitgeo.reference").joinpath("naf_divisions.csv")
    with path.open("rb") as handle:
        return pd.read_csv(handle, dtype=str).set_index("division")


@cache
def naf_subclasses() -> frozenset[str]:
    """Return the 732 sub-classes of NAF rév. 2.

    References
    ----------
    INSEE, Nomenclature d'activités française, rév. 2, 2008 (Licence Ouverte).

    Examples
    --------
    >>> len(naf_subclasses()), "17.11Z" in naf_subclasses()
    (732, True)
    """
    path = resources.files("eitgeo.reference").joinpath("naf_subclasses.csv")
    with path.open("rb") as handle:
        return frozenset(pd.read_csv(handle, dtype=str)["naf"])


def in_divisions(naf: pd.Series[str], ranges: Iterable[str]) -> pd.Series[bool]:
    """Say which activities lie in ranges of divisions.

    Parameters
    ----------
    naf
        NAF codes (``"10.51C"``); an empty code is in no range.
    ranges
        As in `expand_divisions`.

    Returns
    -------
    pandas.Series of bool
        On the index of ``naf``.
    """
    return naf.str[:2].isin(expand_divisions(ranges))
