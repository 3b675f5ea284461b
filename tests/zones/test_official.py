"""Official zones of several sources: the earlier one wins, and what goes is told."""

import geopandas as gpd
import pytest

from eitgeo.errors import CrsError, SchemaError
from eitgeo.zones.reference_zones import merge_official
from tests.zones.official_toy import make_official, square

FIRST = make_official(A=square(0, 0, 1_000), B=square(3_000, 0, 1_000))


def test_a_zone_on_the_same_ground_is_left_out() -> None:
    """C shares 60 % of its ground with A, D 40 %."""
    later = make_official(C=square(400, 0, 1_000), D=square(3_600, 0, 1_000))
    merged = merge_official([FIRST, later])
    assert merged.table["zone_id"].tolist() == ["A", "B", "D"]
    assert merged.dropped[["subject", "reason"]].to_numpy().tolist() == [
        ["C", "terrain d'une zone d'une source précédente"]
    ]


def test_an_identifier_is_given_once() -> None:
    merged = merge_official([FIRST, make_official(A=square(8_000, 0, 10))])
    assert merged.table["zone_id"].tolist() == ["A", "B"]
    assert merged.dropped["reason"].tolist() == ["identifiant d'une source précédente"]


def test_zones_of_one_source_may_overlap() -> None:
    one = make_official(A=square(0, 0, 1_000), B=square(0, 0, 900))
    assert len(merge_official([one]).table) == 2


def test_no_source_gives_an_empty_table_in_good_form() -> None:
    for tables in ([], [FIRST.iloc[:0]]):
        merged = merge_official(tables)
        assert isinstance(merged.table, gpd.GeoDataFrame)
        assert len(merged.table) == len(merged.dropped) == 0
        assert merged.table.crs.to_epsg() == 2154


def test_tables_are_checked() -> None:
    with pytest.raises(CrsError, match="official_zones"):
        merge_official([FIRST.to_crs(4326)])
    with pytest.raises(SchemaError, match="zone_id"):
        merge_official([FIRST.drop(columns="zone_id")])
