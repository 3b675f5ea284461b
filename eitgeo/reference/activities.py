"""Activities in plain words, and what each must sort."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pandas as pd

from eitgeo.reference.rules import expand_activities


def activity_labels() -> dict[str, str]:
    """Return the 732 sub-classes of NAF rév. 2 with their official labels, by code.

    References
    ----------
    INSEE, Nomenclature d'activités française, rév. 2, 2008 (Licence Ouverte).
    """
    table = _read("naf_subclasses.csv").sort_values("naf")
    return dict(zip(table["naf"], table["label"], strict=True))


def activity_words() -> dict[str, str]:
    """Return words of every day for sub-classes: « scierie » is in no official label.

    Examples
    --------
    >>> activity_words()["16.10A"]
    'scierie scieur planches'
    """
    found: dict[str, list[str]] = {}
    for row in _read("activity_words.csv").itertuples():
        for code in expand_activities(str(row.naf_prefix)).split(";"):
            found.setdefault(code, []).append(str(row.words))
    return {code: " ".join(words) for code, words in sorted(found.items())}


def sorting_duties() -> pd.DataFrame:
    """Return what professionals must sort, keep and prove.

    Returns
    -------
    pandas.DataFrame
        One row a duty: ``duty_id``, ``heading``, ``statement`` (French), ``naf``
        (``;`` list of sub-classes, ``*`` = all), ``status`` (``source``: a page that
        tells it was read; ``memoire``), ``evidence``, ``source``.

    Notes
    -----
    No row is legal advice: each is printed « à faire valider ».
    """
    table = _read("sorting_duties.csv")
    return table.assign(naf=table["naf_prefixes"].map(expand_activities))


@cache
def _parsed(name: str) -> pd.DataFrame:
    with resources.files("eitgeo.reference").joinpath(name).open("rb") as handle:
        return pd.read_csv(handle, dtype=str, keep_default_na=False)


def _read(name: str) -> pd.DataFrame:
    return _parsed(name).copy()
