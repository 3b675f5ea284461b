"""The public folder: a table comes back as it left, with all that it carries."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from eitgeo.errors import SourceError
from eitgeo.tables.public import PublicTables, Released, write_released

STAMPS: dict[str, Any] = {
    "sources": ("INSEE, Licence Ouverte 2.0", "© les contributeurs d’OpenStreetMap"),
    "demonstration": ("établissements tirés au sort",),
    "to_confirm": ("SYSTOM : membres à confirmer",),
    "withheld": 3,
    "secrecy": ("deux communes réunies",),
}
ROWS = pd.DataFrame(
    {
        "code_insee": pd.Series(["09001", "31483", "65226"], dtype="str"),
        "n": [1, 2, 3],
        "t": [1.5, np.nan, np.inf],
        "inside": [True, False, True],
    }
)
TABLES = {
    "rows": ROWS,
    "some": ROWS.iloc[[2, 0]],
    "none": ROWS.iloc[:0],
    "points": gpd.GeoDataFrame(ROWS, geometry=[Point(5e5, 6.2e6)] * 3, crs=2154),
    "indexed": ROWS.set_index("code_insee")[["t"]],
}


@pytest.mark.parametrize("name", TABLES)
def test_a_released_table_comes_back_as_it_left(tmp_path, name) -> None:
    left = Released(TABLES[name], **STAMPS)
    path = write_released(tmp_path, name, left)
    first = path.read_bytes()
    back = PublicTables(tmp_path)[name]
    expected = left.table if name == "indexed" else left.table.reset_index(drop=True)
    pd.testing.assert_frame_equal(back.table, expected, check_exact=True)
    assert getattr(back.table, "crs", None) == getattr(expected, "crs", None)
    assert {one: getattr(back, one) for one in STAMPS} == STAMPS
    write_released(tmp_path, name, left)
    assert path.read_bytes() == first


def test_what_was_never_released_or_was_cut_short_says_what_to_do(tmp_path) -> None:
    public = PublicTables(tmp_path)
    with pytest.raises(SourceError, match=r"arisings\.parquet absent de public"):
        public["arisings"]
    path = write_released(tmp_path, "rows", Released(ROWS))
    assert [*public] == ["rows"]
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SourceError, match=r"table illisible → la supprimer"):
        public["rows"]


def test_a_table_that_no_step_of_release_wrote_is_not_read(tmp_path) -> None:
    """Without its stamps a Parquet file of the folder says nothing of its sources."""
    (tmp_path / "public").mkdir()
    ROWS.to_parquet(tmp_path / "public" / "rows.parquet")
    with pytest.raises(SourceError, match="table illisible"):
        PublicTables(tmp_path)["rows"]
