"""Shares within bands, by hand."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import SchemaError
from eitgeo.roads.questions.isochrones import NISP_MEDIAN_KM, band_shares

PAIRS = pd.DataFrame(
    [
        ("S", "A", 0.0, 500.0, "same_place"),
        ("S", "B", 1800.0, 33_000.0, "ok"),
        ("S", "C", 2700.0, 33_001.0, "ok"),
        ("S", "D", np.nan, np.nan, "other_component"),
        ("T", "A", 3601.0, 60_000.0, "ok"),
        ("T", "B", 600.0, 8_000.0, "ok"),
        ("T", "C", 600.0, 8_000.0, "ok"),
        ("T", "D", 600.0, 8_000.0, "ok"),
    ],
    columns=["origin_id", "destination_id", "time_s", "length_m", "status"],
)
WEIGHTS = pd.Series({"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0})


def share(table, origin, measure, band):
    row = table[
        table["origin_id"].eq(origin)
        & table["measure"].eq(measure)
        & table["band"].eq(band)
    ]
    return row["share_pct"].item()


def test_shares_by_hand():
    table = band_shares(PAIRS, WEIGHTS)
    # From S: A and B within 30 min and 33 km, C within 45 min, D without a way.
    assert share(table, "S", "length_km", NISP_MEDIAN_KM) == pytest.approx(30)
    times = [share(table, "S", "time_min", band) for band in (30, 45, 60)]
    assert times == pytest.approx([30, 60, 60])
    times = [share(table, "T", "time_min", band) for band in (30, 45, 60)]
    assert times == pytest.approx([90, 90, 90])


def test_what_has_no_way_is_counted_apart():
    table = band_shares(PAIRS, WEIGHTS, minutes=(1e6,), km=())
    assert table["share_pct"].tolist() == pytest.approx([60, 100])
    assert table["without_way_pct"].tolist() == pytest.approx([40, 0])
    assert table["within"].tolist() == pytest.approx([6, 10])


def test_rows_are_sorted_and_their_order_does_not_matter():
    table = band_shares(PAIRS, WEIGHTS)
    keys = ["origin_id", "measure", "band"]
    assert table[keys].equals(table[keys].sort_values(keys))
    pd.testing.assert_frame_equal(table, band_shares(PAIRS[::-1], WEIGHTS[::-1]))


@pytest.mark.parametrize(
    ("pairs", "weights", "message"),
    [
        (PAIRS[1:], WEIGHTS, "depuis « S » : 3 lieux sur 4, en 3 lignes"),
        (pd.concat([PAIRS, PAIRS[:1]]), WEIGHTS, "4 lieux sur 4, en 5 lignes"),
        (PAIRS, WEIGHTS * 0, "tous nuls"),
        (PAIRS, -WEIGHTS, "négatifs"),
    ],
)
def test_a_table_that_is_not_whole_is_refused(pairs, weights, message):
    with pytest.raises(SchemaError, match=message):
        band_shares(pairs, weights)
