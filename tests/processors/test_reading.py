"""What tells two runs apart sees a figure, a word, a pixel, and no last bit."""

import json
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from shapely import LineString, Point

from tests.processors.reading import compared, differences, frames, texts


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("12 % de 4.5 t", "12 % de 4.5 t", True),
        ("0.30000000000000004", "0.3", True),
        ("x 4.999999999999999 y", "x 5.0 y", True),
        ("0.3000001234567891", "0.3", False),
        ("4.9", "5.0", False),
        ("90 %", "91 %", False),
        ("a 5", "b 5", False),
        ("a 5", "a 5 6", False),
        ("a" * 64, "b" * 64, True),
        ("a" * 63, "b" * 63, False),
    ],
)
def test_long_numbers_are_values_and_others_are_printed(one, other, is_same) -> None:
    assert (list(texts(one, other)) == []) is is_same


def table(**changes) -> pd.DataFrame:
    """Make a table of every kind of column."""
    columns = {
        "mass_t": [1.0, np.nan],
        "n": [1, 2],
        "name": ["a", "b"],
        "shape": np.array([Point(0, 1), LineString([(0, 0), (1, 1)])], dtype=object),
        "list": [np.array([1.0, 2.0]), np.array([3.0])],
    }
    return pd.DataFrame(columns | changes)


def test_a_last_bit_is_no_difference() -> None:
    near = np.nextafter(1.0, 2.0)
    same = np.array([Point(0, near), LineString([(0, 0), (1, near)])], dtype=object)
    lists = [np.array([near, 2.0]), np.array([3.0])]
    other = table(mass_t=[near, np.nan], shape=same, list=lists)
    assert list(frames(table(), other)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"mass_t": [1.000001, np.nan]},
        {"mass_t": [1.0, 2.0]},
        {"n": [1, 3]},
        {"n": [1.0, 2.0]},
        {"name": ["a", "c"]},
        {"shape": np.array([Point(0, 1), Point(0, 0)], dtype=object)},
        {"list": [np.array([1.0, 2.5]), np.array([3.0])]},
        {"more": [1, 2]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_differs_in_a_table_is_told(changes) -> None:
    assert list(frames(table(), table(**changes))) != []


def test_files_are_read_by_their_kind(tmp_path) -> None:
    for name, shift in (("one", 0.0), ("other", 0.1)):
        folder = tmp_path / name
        folder.mkdir()
        points = gpd.GeoDataFrame(
            {"v": [1.0 + shift]}, geometry=[Point(0, 0)], crs=2154
        )
        points.to_parquet(folder / "t.parquet")
        points.to_file(folder / "t.gpkg")
        Image.new("RGB", (2, 2), (int(10 * shift), 0, 0)).save(folder / "t.png")
        (folder / "t.json").write_text(json.dumps({"v": 1.0 + shift}))
        with zipfile.ZipFile(folder / "t.xlsx", "w") as pack:
            pack.writestr("sheet.xml", f"<v>{1.0 + shift}</v>")
    (tmp_path / "one" / "alone.txt").write_text("")
    found = differences(tmp_path / "one", tmp_path / "other")
    names = {line.split(" : ")[0] for line in found}
    assert names == {
        *("alone.txt", "t.gpkg", "t.json", "t.parquet", "t.png", "t.xlsx"),
    }


def test_an_unknown_kind_is_compared_by_bytes() -> None:
    assert list(compared("a.bin", b"1", b"2")) == ["octets (1 et 1)"]
    assert list(compared("a.bin", b"1", b"1")) == []
