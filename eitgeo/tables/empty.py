"""A table without a row: what a step writes where there is nothing to say."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from eitgeo.check import WORKING_EPSG
from eitgeo.tables.schema import TABLES


def empty_table(table: str) -> Any:
    """Return a table that has its columns and no row.

    Parameters
    ----------
    table
        Name of the table, a key of ``TABLES``.

    Returns
    -------
    pandas.DataFrame or geopandas.GeoDataFrame
        Of the right types; EPSG:2154.

    Examples
    --------
    >>> len(empty_table("closures")), len(empty_table("isochrones"))
    (0, 0)
    """
    spec = TABLES[table]
    frame = pd.DataFrame(
        {name: pd.Series(dtype=_kind(one)) for name, one in spec.columns.items()}
    )
    if spec.has_geometry:
        return gpd.GeoDataFrame(frame, geometry=[], crs=WORKING_EPSG)
    return frame


def _kind(column: Any) -> str:
    kind = str(column.dtype)
    return "str" if kind.startswith("str") else kind
