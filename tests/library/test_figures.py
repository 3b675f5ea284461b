"""One set of classes serves the table, the axes and the offline map."""

import json
import re
from collections import Counter
from html import unescape

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from shapely import Point, box

import eitgeo as eg
from eitgeo.errors import CrsError, SchemaError
from eitgeo.library.figures import class_table


@pytest.fixture
def units():
    """Twelve squares, one of an unknown value."""
    values = [1, 2, 3, 4, 5, 6, 70, 80, 90, 1000, 2000, np.nan]
    return gpd.GeoDataFrame(
        {"jobs": values, "epci": [*"aabbccaabbc", None]},
        geometry=[
            box(5e5 + 1000 * n, 6.2e6, 5.01e5 + 1000 * n, 6.201e6) for n in range(12)
        ],
        index=[f"<{n}>" for n in range(12)],
        crs=2154,
    )


def drawn_on_axes(layer, column, **options):
    axes = eg.plot_layer(layer, column, **options)
    colours = Counter(
        to_hex(colour)
        for collection in axes.collections
        for colour in collection.get_facecolor()
    )
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    plt.close(axes.figure)
    return colours, labels


def drawn_on_map(layer, column, **options):
    html = eg.map_layer(layer, column, **options).get_root().render()
    told = [json.loads(row) for row in re.findall(r'"properties": (\{[^}]*\})', html)]
    return Counter(row["colour"] for row in told), told, html


@pytest.mark.parametrize(
    ("column", "options"),
    [("jobs", {}), ("jobs", {"breaks": [5, 100]}), ("epci", {})],
)
def test_table_axes_and_map_say_the_same(units, column, options):
    table = class_table(units, column, **options)
    counts = table.groupby("colour")["n"].sum().to_dict()
    on_axes, labels = drawn_on_axes(units, column, **options)
    on_map, told, html = drawn_on_map(units, column, **options)
    assert table["n"].sum() == len(units)
    assert table.index[-1] == "sans valeur"
    assert table["n"].iloc[-1] == 1
    assert dict(on_axes) == dict(on_map) == counts
    assert labels == table.index.tolist()
    assert [unescape(row["label"]) for row in told] == units.index.tolist()
    assert all(label.replace(">", "&gt;") in html for label in labels)


def test_a_bound_is_of_the_class_below_it(units):
    table = class_table(units, "jobs", breaks=[5, 100])
    assert table["n"].tolist() == [5, 4, 2, 1]
    assert table.index.tolist()[:3] == ["≤ 5", "5 à 100", "> 100"]
    known = class_table(units.dropna(), "jobs", n_classes=4)
    assert known["n"].max() <= 4
    assert class_table(units.assign(jobs=7), "jobs")["n"].tolist() == [12]


def test_three_bands_are_three_classes(units):
    bands = units.assign(minutes=[15.0, 30, 45] * 4)
    table = class_table(bands, "minutes")
    assert table["n"].to_dict() == {"≤ 15": 4, "15 à 30": 4, "> 30": 4}
    assert table["colour"].is_unique


def test_the_map_asks_nobody_for_anything(units):
    names = units.assign(epci="<script>alert(1)</script>")
    html = eg.map_layer(names, "epci").get_root().render()
    assert "https://" not in html
    assert 'src="http' not in html
    assert "L.map(" in html
    assert "<script>alert(1)" not in html
    # A tooltip is written as markup, by a script that reads these texts.
    assert "\\u003c" not in html


def test_points_lines_empty_and_categories_are_drawn(units):
    points = units.set_geometry(units.centroid).to_crs(4171)
    order = pd.Categorical(["small", "large"] * 6, categories=["small", "large", "x"])
    table = class_table(points.assign(size=order), "size")
    assert table["n"].to_dict() == {"small": 6, "large": 6, "x": 0}
    assert sum(drawn_on_axes(points, "jobs")[0].values()) == 12
    lost = points.set_geometry([Point(), *points.geometry[1:]], crs=4171)
    assert sum(drawn_on_map(lost, "jobs")[0].values()) == 11
    assert sum(drawn_on_axes(lost, "jobs")[0].values()) == 11
    assert "L.map(" in eg.map_layer(points.iloc[:0], "jobs").get_root().render()
    assert json.dumps(class_table(points.iloc[:0], "jobs")["n"].tolist()) == "[0]"


def test_what_cannot_be_drawn_is_told(units):
    with pytest.raises(SchemaError, match="no column 'ha'"):
        eg.plot_layer(units, "ha")
    with pytest.raises(SchemaError, match="rising numbers"):
        eg.map_layer(units, "jobs", breaks=[5, 1])
    with pytest.raises(CrsError, match="no CRS"):
        eg.plot_layer(gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)]), "a")
