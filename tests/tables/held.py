"""Tables that a process holds, against their files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from pandas.testing import assert_frame_equal


def changed_tables(held: Mapping[tuple[str, ...], tuple[object, Any]]) -> list[str]:
    """Name the tables whose held rows are no longer those of their file.

    A file that is gone, or was written since, is not what was read: nobody is given it.
    """
    return [
        Path(place).name
        for (place, *columns), (state, rows) in held.items()
        if _state(Path(place)) == state and not _is_that_of(rows, place, columns)
    ]


def _state(path: Path) -> tuple[int, ...] | None:
    if not path.is_file():
        return None
    now = path.stat()
    return now.st_dev, now.st_ino, now.st_mtime_ns, now.st_size


def _is_that_of(rows: Any, place: str, columns: list[str]) -> bool:
    read = gpd.read_parquet if isinstance(rows, gpd.GeoDataFrame) else pd.read_parquet
    try:
        assert_frame_equal(rows, read(place, columns=columns or None))
    except AssertionError:
        return False
    return bool(rows.attrs == {})
