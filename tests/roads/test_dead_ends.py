"""Valleys that hang on one road: drawn by hand.

Towns are at A; B C is a bridge, C D and D E are two links of one valley.

A ═══ B ─── C ─── D ─── E
"""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from eitgeo.roads.questions.criticality import dead_end_valleys
from eitgeo.tables.schema import validate

INHABITANTS = pd.Series([900, 40, 30, 20], index=["09001", "09002", "09003", "09004"])


def links(**changes):
    rows = pd.DataFrame(
        {
            "edge": [4, 5, 6, 7],
            "edge_id": ["4", "5", "6", "7"],
            "class": ["primary", "secondary", "tertiary", "tertiary"],
            "length_m": [500.0, 800.0, 300.0, 400.0],
            "bridge": [False, True, True, True],
            "isolated": [(1, 2, 3), (1, 2, 3), (2, 3), (2, 3)],
        }
    ).assign(**changes)
    x, y = 500_000, 6_200_000
    lines = [shapely.LineString([(x + d, y), (x + d + 1, y)]) for d in range(4)]
    return gpd.GeoDataFrame(rows, geometry=lines, crs=2154)


NAMES = pd.DataFrame({"edge": [5, 6, 6, 7], "ref": ["D 1", "D 2", "D 3", ""]})


def test_links_that_cut_the_same_communes_are_one_valley():
    table = dead_end_valleys(links(), NAMES, INHABITANTS)
    assert table["valley_id"].tolist() == ["5", "7"]
    assert table["n_links"].tolist() == [1, 2]
    assert table["length_m"].tolist() == [800, 700]
    assert table["ref"].tolist() == ["D 1", "D 2;D 3"]
    assert table["communes"].tolist() == ["09002;09003;09004", "09003;09004"]
    assert table["inhabitants"].tolist() == [90, 50]
    assert table.geometry.length.tolist() == [1, 2]
    assert validate(table, table="dead_end_valleys").equals(table)


@pytest.mark.parametrize(
    "changes", [{"bridge": False}, {"isolated": [()] * 4}], ids=["no bridge", "none"]
)
def test_without_a_bridge_or_a_commune_there_is_no_valley(changes):
    table = dead_end_valleys(links(**changes), NAMES, INHABITANTS)
    assert len(table) == 0
    assert table.crs.to_epsg() == 2154
