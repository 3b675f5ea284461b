"""NAF rév. 2: divisions, groups of them, and sub-classes."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError

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

    Returns
    -------
    frozenset of str
        Codes with their dot (``"10.51C"``).

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


def expand_divisions(ranges: Iterable[str]) -> frozenset[str]:
    """Expand ranges of divisions, as a study writes them.

    Parameters
    ----------
    ranges
        ``"05-39"`` or ``"41"``.

    Returns
    -------
    frozenset of str
        Two-digit divisions of NAF rév. 2 in these ranges.

    Raises
    ------
    StudyError
        When a bound is not a division, or a range is written backwards.

    Examples
    --------
    >>> sorted(expand_divisions(["01-02", "41"]))
    ['01', '02', '41']
    """
    known = list(_divisions().index)
    faults = Faults("divisions de la NAF")
    found: set[str] = set()
    for written in ranges:
        first, _, last = written.partition("-")
        bounds = (first, last or first)
        wrong = [bound for bound in bounds if bound not in known]
        for bound in wrong:
            met = f"« {written} » : division « {bound} » inconnue"
            faults.add(met, remedy=hint(bound, known))
        if not wrong and bounds[0] > bounds[1]:
            met = f"« {written} » : plage à l'envers"
            faults.add(met, remedy=f"écrire « {bounds[1]}-{bounds[0]} »")
        if not wrong:
            found.update(d for d in known if bounds[0] <= d <= bounds[1])
    faults.raise_if_any(StudyError)
    return frozenset(found)


def in_divisions(naf: pd.Series[str], ranges: Iterable[str]) -> pd.Series[bool]:
    """Say which activities lie in ranges of divisions.

    Parameters
    ----------
    naf
        NAF codes (``"10.51C"``); an empty code is in no range.
    ranges
        As in :func:`expand_divisions`.

    Returns
    -------
    pandas.Series of bool
        On the index of ``naf``.
    """
    return naf.str[:2].isin(expand_divisions(ranges))
