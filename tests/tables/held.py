"""Tables that a process holds, against what their files held."""

import io
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd
from pandas.testing import assert_frame_equal


def changed_tables(
    held: Mapping[tuple[bytes, str, tuple[str, ...] | None], Any],
) -> list[str]:
    """Name the tables whose held rows are no longer those that were read."""
    return [
        table
        for (content, table, columns), rows in held.items()
        if not _is_that_of(rows, content, columns)
    ]


def _is_that_of(rows: Any, content: bytes, columns: tuple[str, ...] | None) -> bool:
    read = gpd.read_parquet if isinstance(rows, gpd.GeoDataFrame) else pd.read_parquet
    asked = None if columns is None else [*columns]
    try:
        assert_frame_equal(rows, read(io.BytesIO(content), columns=asked))
    except AssertionError:
        return False
    return bool(rows.attrs == {})
