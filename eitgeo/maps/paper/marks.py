"""Marks of a map: each draws, names, and gives its line of the legend.

A sheet is a list of them, the subject first: fills by class, circles by size, lines,
points, members of a perimeter with their hatch, names alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.maps.paper.ground import Ground, dissolved
from eitgeo.maps.paper.labels import (
    Lettering,
    MapFrame,
    around,
    place_area_label,
    place_point_label,
)
from eitgeo.maps.paper.layers import (
    LINE_STYLES,
    draw_outline,
    fill_by_epci,
    hatch,
    hatch_legend,
)
from eitgeo.maps.paper.map_sheet import Layer
from eitgeo.maps.paper.shapes import add_lines, add_polygons
from eitgeo.maps.paper.side import LegendItem
from eitgeo.tables.public import Released
from eitgeo.words import first_upper

_CASED = 1.1
"""White around a line that stands out [pt]."""
_LEGEND_WIDTH = 2.6
_LEGEND_MARK = 9.0
_IN_PART = " (en partie à vérifier)"
_MM_PER_PT = 25.4 / 72
_NAME = Lettering(7.5, bold=True)


class Mark(NamedTuple):
    """A place on a map, and what is written beside it."""

    point: shapely.Point
    text: str
    is_sure: bool = True


class Line(NamedTuple):
    """Lines of one style, and their words in the legend; empty: none."""

    shape: shapely.Geometry
    style: dict[str, Any]
    label: str
    zorder: float
    is_cased: bool = True  # Whether white on both sides makes it stand out


def fills(
    tables: tuple[Released, ...],
    area: gpd.GeoDataFrame,
    labels: np.ndarray | pd.Series[str],
    *,
    styles: Mapping[str, dict[str, Any]],
) -> Layer:
    """Fill areas by class; one whose class has no style is bare.

    `labels`: of each row of `area`, in its order. The legend has the classes that are
    drawn, in the order of `styles`.
    """
    classes = np.asarray(labels)
    parts = {
        label: area[classes == label] for label in styles if (classes == label).any()
    }

    def draw(view: MapFrame) -> list[LegendItem]:
        items = []
        for label, part in parts.items():
            style = {"linewidth": 0.0} | styles[label]
            add_polygons(view.axes, [dissolved(part)], zorder=3, **style)
            outline = style | {"linewidth": 0.4, "edgecolor": "#7a7a7a"}
            items.append(LegendItem("patch", outline, label))
        return items

    return Layer(tables, draw)


def circles(
    tables: tuple[Released, ...],
    spots: Iterable[Sequence[float]],
    ranks: Sequence[int],
    *,
    sizes_pt: Sequence[float],
    style: dict[str, Any],
    label: Callable[[int], str],
    is_blocking: bool = False,
) -> Layer:
    """Draw a symbol a spot, as large as its class; the first lies under the others.

    `is_blocking`: whether they lie over other symbols, and names keep off them.
    """
    zorder = 15 if is_blocking else 14

    def draw(view: MapFrame) -> list[LegendItem]:
        for (x, y), rank in zip(spots, ranks, strict=True):
            sized = style | {"markersize": sizes_pt[rank]}
            view.axes.plot(x, y, linestyle="none", zorder=zorder, **sized)
            if is_blocking:
                side = sizes_pt[rank] * _MM_PER_PT * view.m_per_mm
                view.placer.block(around(x, y, side, side))
        return [
            LegendItem("marker", style | {"markersize": sizes_pt[rank]}, label(rank))
            for rank in sorted(set(ranks))
        ]

    return Layer(tables, draw)


def lines(tables: tuple[Released, ...], drawn: Iterable[Line]) -> Layer:
    """Draw lines in their order; those that are empty are left out."""
    shown = [line for line in drawn if not line.shape.is_empty]

    def draw(view: MapFrame) -> list[LegendItem]:
        for line in shown:
            draw_line(view, line)
        return [line_item(one.style, one.label) for one in shown if one.label]

    return Layer(tables, draw)


def draw_line(view: MapFrame, line: Line) -> None:
    """Draw a line, with white on both sides where it is to stand out."""
    shape, style, cap = line.shape, line.style, {}
    if line.is_cased:
        wide = style["linewidth"] + 2 * _CASED
        casing = {"color": "white", "linewidth": wide, "capstyle": "round"}
        add_lines(view.axes, shape, zorder=line.zorder - 0.5, **casing)
        cap = {"capstyle": "butt" if "linestyle" in style else "round"}
    add_lines(view.axes, shape, zorder=line.zorder, **cap, **style)


def line_item(style: dict[str, Any], label: str) -> LegendItem:
    """Make a line of the legend for a line of the map, no wider than its row."""
    width = min(style["linewidth"], _LEGEND_WIDTH)
    thin = style | {"linewidth": width, "solid_capstyle": "butt"}
    return LegendItem("line", thin, first_upper(label))


def points(
    marks: Sequence[Mark],
    *,
    style: dict[str, Any],
    label: str,
    tables: tuple[Released, ...] = (),
    lettering: Lettering = _NAME,
    gap_mm: float | None = None,
    zorder: float = 23,
) -> Layer:
    """Mark places, and write what each says where there is room."""
    size_mm = style["markersize"] * 0.35

    def draw(view: MapFrame) -> list[LegendItem]:
        inside = _inside(view, marks)
        for point, *_ in inside:
            view.axes.plot(point.x, point.y, linestyle="none", zorder=zorder, **style)
            if gap_mm is None:
                side = size_mm * view.m_per_mm
                view.placer.block(around(point.x, point.y, side, side))
        small = style | {"markersize": min(style["markersize"], _LEGEND_MARK)}
        doubt = "" if all(one.is_sure for one in inside) else _IN_PART
        return [LegendItem("marker", small, f"{label}{doubt}")] if inside else []

    def name(view: MapFrame) -> None:
        gap = 0.3 + size_mm / 2 if gap_mm is None else gap_mm
        write_names(view, _inside(view, marks), gap_mm=gap, lettering=lettering)

    return Layer(tables, draw, name)


def epci_fills(
    ground: Ground,
    table: Released,
    inside: gpd.GeoDataFrame,
    *,
    label: str,
    doubtful: gpd.GeoDataFrame,
    doubt: str,
    is_outlined: bool,
) -> Layer:
    """Fill communes, a colour an EPCI; hatch those whose membership is to confirm."""

    def draw(view: MapFrame) -> list[LegendItem]:
        fill_by_epci(view, ground, inside)
        hatch(view, doubtful)
        if is_outlined:
            draw_outline(view, inside)
        return [
            LegendItem("line", LINE_STYLES["outline"], label),
            *hatch_legend(doubt if len(doubtful) else ""),
        ]

    return Layer((table,), draw)


def names(
    marks: Sequence[Mark], *, gap_mm: float, lettering: Lettering = _NAME
) -> Layer:
    """Write words beside places, where there is room."""
    return Layer(
        (),
        lambda _: (),
        lambda view: write_names(view, marks, gap_mm=gap_mm, lettering=lettering),
    )


def area_names(
    areas: Iterable[tuple[shapely.Geometry, str]], lettering: Lettering
) -> Layer:
    """Write names in areas, where there is room."""

    def name(view: MapFrame) -> None:
        for shape, text in areas:
            place_area_label(view, shape, text, lettering=lettering)

    return Layer((), lambda _: (), name)


def write_names(
    view: MapFrame,
    marks: Sequence[Mark],
    *,
    gap_mm: float,
    lettering: Lettering = _NAME,
) -> None:
    """Write words beside places, where there is room."""
    for point, text, _ in marks:
        place_point_label(view, point, text, lettering=lettering, gap_mm=gap_mm)


def _inside(view: MapFrame, marks: Sequence[Mark]) -> list[Mark]:
    frame = shapely.box(*view.placer.frame)
    return [one for one in marks if frame.covers(one.point)]
