"""Establishments by NAF division elsewhere, which the study area is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.reference.naf import naf_divisions
from eitgeo.sources._rows import check_choices, check_key, read_rows, to_counts

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_COLUMNS = ["division", "n_sites", "source"]


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
    rows = read_rows(path, columns=_COLUMNS)
    faults = Faults(path.name)
    check_key(rows, ["division"], faults=faults)
    check_choices(rows, "division", allowed=list(naf_divisions().index), faults=faults)
    counts = to_counts(rows, "n_sites", faults=faults)
    faults.raise_if_any(SchemaError)
    found = counts.astype("int64").set_axis(rows["division"].to_numpy())
    return found.sort_index().rename_axis("division").rename("n_sites")
