"""Establishments by NAF division elsewhere, which the study area is held against."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from eitgeo.sources.files.declared import CsvSource

SOURCE = CsvSource("sector_counts")


def read_sector_counts(path: Path) -> pd.Series[int]:
    """Read how many establishments each NAF division has in a country or a region.

    Parameters
    ----------
    path
        CSV with ``division`` (``01``), ``n_sites`` (establishments of at least the
        headcount that the study compares, ``comparison.min_headcount``) and
        ``source``.

    Returns
    -------
    pandas.Series of int
        ``n_sites`` by ``division`` (index, sorted).

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, unknown division (a lost zero), repeated division, count that
        is no whole number.

    References
    ----------
    Producer: whoever holds the study; counts of INSEE (SIDE, démographie des
    entreprises) or of SIRENE serve. Licence: that of the counts. Vintage: that of the
    sites of the study. CRS: none.
    """
    return SOURCE.accepted(path).set_index("division")["n_sites"].sort_index()
