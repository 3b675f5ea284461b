"""The table of distances in blocks: the same rows, resumed where it was cut."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from eitgeo.roads.matrix.od_matrix import (
    BYTES_PER_PAIR,
    Part,
    announced_gb,
    write_matrix,
)
from eitgeo.tables.files import read_table


def places(n, prefix="p"):
    return pd.DataFrame({"place_id": [f"{prefix}{rank:03d}" for rank in range(n)]})


@dataclass
class Counting:
    """Stands for the engine, remembers what it was asked, and may fail."""

    profile: str
    asked: list[int] = field(default_factory=list)
    fails_after: int = 1_000

    def __call__(self, origins, destinations):
        if len(self.asked) >= self.fails_after:
            raise KeyboardInterrupt
        self.asked.append(len(origins))
        left = np.repeat(origins["place_id"].to_numpy(), len(destinations))
        right = np.tile(destinations["place_id"].to_numpy(), len(origins))
        number = pd.Series(left).str[1:].astype(float).to_numpy()
        return pd.DataFrame(
            {
                "origin_id": left,
                "destination_id": right,
                "place_kind": "a-b",
                "profile": self.profile,
                "closure_id": "",
                "time_s": number,
                "length_m": 10 * number,
                "ascent_m": np.nan,
                "descent_m": np.nan,
                "unknown_m": 0.0,
                "straight_m": 1.0,
                "snap_origin_m": 0.0,
                "snap_destination_m": 0.0,
                "status": np.where(left == right, "same_place", "ok"),
            }
        )


def parts(truck, car):
    """Give seven origins by truck to nine places, by car among themselves."""
    shuffled = places(7).iloc[[3, 0, 6, 2, 5, 1, 4]]
    return [
        Part("truck", shuffled, places(9), truck),
        Part("car", shuffled, shuffled, car),
    ]


def rows_gb(n):
    return n * BYTES_PER_PAIR / 1e9


def run(folder, *, max_gb, key="k" * 64, truck=None, car=None):
    engines = (truck or Counting("truck"), car or Counting("car"))
    counts = write_matrix(
        folder / "out", parts(*engines), max_gb=max_gb, cache=folder / "cut", key=key
    )
    return counts, read_table(folder / "out", "od_matrix"), engines


def test_the_bound_is_rows_by_columns_by_bytes():
    both = parts(Counting("truck"), Counting("car"))
    assert announced_gb(both) == pytest.approx(rows_gb(7 * 9 + 7 * 7))


def test_a_small_table_is_computed_at_once(tmp_path):
    counts, table, (truck, car) = run(tmp_path, max_gb=1.0)
    assert (truck.asked, car.asked) == ([7], [7])
    assert counts == {"ok": 98, "same_place": 14}
    assert not (tmp_path / "cut").exists()
    assert len(table) == 112


@pytest.mark.parametrize(
    ("max_pairs", "truck_blocks", "car_blocks"),
    [(30, [3, 3, 1], [4, 3]), (9, [1] * 7, [1] * 7), (1, [1] * 7, [1] * 7)],
)
def test_blocks_hold_the_same_rows_in_the_same_order(
    tmp_path, max_pairs, truck_blocks, car_blocks
):
    counts, whole, _ = run(tmp_path / "whole", max_gb=1.0)
    max_gb = rows_gb(max_pairs) * 1.000001
    found, table, (truck, car) = run(tmp_path / "parts", max_gb=max_gb)
    assert (truck.asked, car.asked) == (truck_blocks, car_blocks)
    pd.testing.assert_frame_equal(table, whole)
    assert found == counts
    assert list((tmp_path / "parts" / "cut").iterdir()) == []


def test_a_run_that_was_cut_takes_up_the_blocks_it_has(tmp_path):
    max_gb = rows_gb(30.1)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, max_gb=max_gb, truck=Counting("truck", fails_after=1))
    # Two of the car, one of the truck.
    assert len(list((tmp_path / "cut").iterdir())) == 3
    assert not (tmp_path / "out" / "od_matrix.parquet").exists()
    counts, table, (truck, car) = run(tmp_path, max_gb=max_gb)
    assert (truck.asked, car.asked) == ([3, 1], [])
    _, whole, _ = run(tmp_path / "whole", max_gb=1.0)
    pd.testing.assert_frame_equal(table, whole)
    assert counts.total() == 112


def test_blocks_of_other_inputs_and_damaged_ones_are_not_taken_up(tmp_path):
    max_gb = rows_gb(30.1)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, max_gb=max_gb, truck=Counting("truck", fails_after=1))
    first = min((tmp_path / "cut").iterdir())
    first.write_bytes(first.read_bytes()[:100])
    _, _, (truck, car) = run(tmp_path, max_gb=max_gb)
    assert (truck.asked, car.asked) == ([3, 1], [4])
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, max_gb=max_gb, truck=Counting("truck", fails_after=1))
    _, _, (truck, car) = run(tmp_path, max_gb=max_gb, key="o" * 64)
    assert (truck.asked, car.asked) == ([3, 3, 1], [4, 3])


def test_two_runs_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        run(tmp_path / name, max_gb=rows_gb(30.1))
    one, two = (
        (tmp_path / name / "out" / "od_matrix.parquet").read_bytes()
        for name in ("one", "two")
    )
    assert one == two
