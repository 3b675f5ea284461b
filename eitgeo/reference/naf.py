"""NAF rév. 2: divisions, sub-classes, words of every day, duties, sectors of counts.

URSSAF's seven « grands secteurs » are those of its file by commune and APE: whole
divisions of NAF rév. 2, temporary work taken out of services (78.20Z alone; the other
activities of division 78 stay there). They hold private employers outside agriculture:
NAF 01–03, households (97–98) and bodies of no country (99) are in none. Nothing in a
register tells a public employer from its activity alone: administrations, schools and
hospitals are taken for public ones (a working assumption), so for outside the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import pandas as pd

from eitgeo.reference.divisions import expand_divisions
from eitgeo.reference.shipped import shipped_table

ANY_ACTIVITY = "*"
_DOT_AT = 2
_URSSAF = {
    "industry": ("05-39",),
    "construction": ("41-43",),
    "trade": ("45-47",),
    "hospitality": ("55-56",),
    "market_services": ("49-53", "58-82", "90-96"),
    "public_services": ("84-88",),
}
_URSSAF_APART = {
    "78.20": "temp_work",
    "84": "",
    "84.30": "public_services",
    "85.1": "",
    "85.2": "",
    "85.3": "",
    "85.42": "",
    "86.10": "",
}
"""Beginnings of codes that are not where their division is; the longest wins."""
_INSEE = {
    "agriculture": ("01-03",),
    "industry": ("05-39",),
    "construction": ("41-43",),
    "trade_services": ("45-82", "90-99"),
    "public": ("84-88",),
}


def naf_divisions() -> pd.DataFrame:
    """Return the 88 divisions of NAF rév. 2.

    Returns: indexed by ``division`` (``"01"``): ``section`` (``"A"``) and ``label``.

    References
    ----------
    INSEE, Nomenclature d'activités française, rév. 2, 2008 (Licence Ouverte).
    """
    return shipped_table("naf_divisions.csv").set_index("division")


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
    return frozenset(shipped_table("naf_subclasses.csv")["naf"])


def in_divisions(naf: pd.Series[str], ranges: Iterable[str]) -> pd.Series[bool]:
    """Say which activities lie in ranges of divisions.

    ``naf``: NAF codes (``"10.51C"``); an empty code is in no range. ``ranges``: as in
    `expand_divisions`. Returns: on the index of ``naf``.
    """
    return naf.str[:2].isin(expand_divisions(ranges))


def expand_activities(written: str) -> str:
    """Write a list of NAF prefixes as the sub-classes that they hold.

    Examples
    --------
    >>> expand_activities("17.1;03.2")
    '17.11Z;17.12Z;03.21Z;03.22Z'
    >>> expand_activities("*")
    '*'
    """
    codes = [code for prefix in written.split(";") for code in _held(prefix)]
    return ";".join(dict.fromkeys(codes))


@cache
def _held(prefix: str) -> tuple[str, ...]:
    if prefix == ANY_ACTIVITY:
        return (prefix,)
    start = prefix if len(prefix) > _DOT_AT else f"{prefix}."
    return tuple(sorted(code for code in naf_subclasses() if code.startswith(start)))


def urssaf_sector(naf: pd.Series[str]) -> pd.Series[str]:
    """Return URSSAF's sector of each activity; ``""`` outside its field.

    Examples
    --------
    >>> import pandas as pd
    >>> urssaf_sector(pd.Series(["10.71C", "78.20Z", "02.20Z", "86.10Z"])).tolist()
    ['industry', 'temp_work', '', '']
    """
    return naf.map(_of_urssaf()).fillna("").astype("str")


def insee_sector(naf: pd.Series[str]) -> pd.Series[str]:
    """Return INSEE's sector of each activity; ``""`` for an unknown one."""
    return naf.map(_by_division(_INSEE)).fillna("").astype("str")


@cache
def _of_urssaf() -> dict[str, str]:
    sectors = _by_division(_URSSAF)
    for prefix, sector in sorted(_URSSAF_APART.items(), key=lambda one: len(one[0])):
        sectors |= {naf: sector for naf in sectors if naf.startswith(prefix)}
    return sectors


def _by_division(sectors: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    of_division = {
        division: sector
        for sector, ranges in sectors.items()
        for division in expand_divisions(ranges)
    }
    codes = [*sorted(naf_subclasses()), *naf_divisions().index]
    return {naf: of_division.get(naf[:2], "") for naf in codes}
