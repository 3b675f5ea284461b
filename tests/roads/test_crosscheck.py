"""Ratios of lengths to the straight line, by hand."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.roads.matrix.od_matrix import straight_check


def pairs_of(*lengths_m, straight_m=10_000.0):
    return pd.DataFrame(
        {
            "origin_id": "a",
            "destination_id": [f"d{n}" for n in range(len(lengths_m))],
            "length_m": np.array(lengths_m, dtype=float),
            "straight_m": straight_m,
            "status": "ok",
        }
    )


def test_detours_are_summed_and_the_far_ones_are_listed_worst_first():
    row, listed = straight_check(pairs_of(12_000, 14_000, 35_000, 60_000))
    assert (row["check"], row["pairs"], row["outliers"]) == ("détour", 4, 2)
    assert row["median"] == pytest.approx((1.4 + 3.5) / 2)
    assert listed["destination_id"].tolist() == ["d3", "d2"]
    assert listed["ratio"].tolist() == [6.0, 3.5]


def test_no_far_pair_is_no_row():
    row, listed = straight_check(pairs_of(12_000, 14_000))
    assert (row["outliers"], len(listed)) == (0, 0)


def test_short_pairs_and_pairs_without_a_way_are_no_detour():
    pairs = pairs_of(500, 900, straight_m=300.0)
    assert straight_check(pairs)[0]["pairs"] == 0
    lost = pairs_of(12_000).assign(status="other_component")
    assert straight_check(lost)[0]["pairs"] == 0
