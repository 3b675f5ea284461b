"""Print maps of roads: isochrones, seats, closed roads, what their loss costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import shapely

from eitgeo.check import require_columns, require_lambert93
from eitgeo.maps._canvas import Page, drawing_style, render
from eitgeo.maps._labels import Lettering, around, place_point_label
from eitgeo.maps._shapes import add_lines, add_polygons
from eitgeo.maps._side import LegendItem, draw_legend, draw_statement
from eitgeo.maps.layout import (
    SIDE_TOP_MM,
    draw_footer,
    draw_furniture,
    draw_header,
    draw_stamp,
    open_map,
)
from eitgeo.maps.palette import INK
from eitgeo.maps.sheet import require_released

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from eitgeo.disclosure import Released
    from eitgeo.maps.layout import MapFrame
    from eitgeo.maps.sheet import Sheet

Role = Literal[
    "bands", "roads", "graded", "closed", "path", "path_after", "place", "seat"
]
"""How a layer is drawn; ``bands`` and ``graded`` take a colour a row, in order."""

_BANDS = ("#2a5a8c", "#5b8db8", "#94bcd6", "#c4dcea", "#e4eff5", "#f3f7fa")
"""Polygons, the nearest darkest: readable in grey, and by the colour-blind."""
_GRADES = ("#f2c14e", "#e08e2b", "#c0501f", "#7a1f2b")
_GRADE_WIDTHS = (1.2, 2.0, 2.9, 3.9)
_CASING = 1.6
"""White on both sides of a line that stands out [pt]."""

_LINES: dict[str, dict[str, Any]] = {
    "roads": {"color": "#8a8a86", "linewidth": 0.45},
    "path": {"color": "#1f4e9c", "linewidth": 2.4},
    "path_after": {"color": "#1a8a5a", "linewidth": 2.4, "linestyle": (0, (4, 1.2))},
    "closed": {"color": "#c1121f", "linewidth": 3.6},
}
_POINTS: dict[str, dict[str, Any]] = {
    "place": {"marker": "o", "markersize": 4.4, "markerfacecolor": "white"},
    "seat": {"marker": "*", "markersize": 14.0, "markerfacecolor": "#ffd400"},
}
_ORDER: tuple[Role, ...] = (
    "bands",
    "roads",
    "graded",
    "path",
    "path_after",
    "closed",
    "place",
    "seat",
)
_NAME = Lettering(7.5, bold=True)


class RoadLayer(NamedTuple):
    """A layer of a road map.

    Attributes
    ----------
    role
        How it is drawn.
    table
        Rows with a geometry, EPSG:2154: polygons of ``bands``, points of ``place``
        and ``seat`` with their ``name``, lines elsewhere. ``bands`` go from the
        nearest to the furthest and ``graded`` from the least to the most, each row
        with its ``label``.
    label
        French words of the legend, where rows bear none.
    """

    role: Role
    table: Released
    label: str = ""

    @property
    def rows(self) -> gpd.GeoDataFrame:
        """Rows that have something to draw.

        Returns
        -------
        geopandas.GeoDataFrame
            In order.
        """
        rows: Any = self.table.table
        return rows[rows.geometry.notna() & ~rows.geometry.is_empty]


def road_map(
    layers: Sequence[RoadLayer],
    *,
    heading: str,
    statements: Sequence[tuple[str, str]],
    sheet: Sheet,
) -> dict[str, bytes]:
    """Draw layers of roads on one A4 sheet, with what they say beside.

    Parameters
    ----------
    layers
        What is drawn; roles say in what order.
    heading
        Subject of the map, French.
    statements
        Titles and sentences, French: figures, method, limits.
    sheet
        What the sheet says of itself, credits of the roads included.

    Returns
    -------
    dict of bytes
        ``pdf`` and ``png``; the same bytes for the same inputs.

    Raises
    ------
    SchemaError
        When a table is not released, or a column is missing.
    CrsError
        When a layer is not in EPSG:2154.
    """
    for layer in layers:
        _require(layer)
    drawn = sorted(layers, key=lambda layer: _ORDER.index(layer.role))
    with drawing_style():
        page = Page()
        draw_header(page, sheet, heading)
        low_mm = draw_footer(page, sheet)
        seen = np.array([one.rows.total_bounds for one in drawn if len(one.rows)])
        low, high = seen[:, :2].min(axis=0), seen[:, 2:].max(axis=0)
        view = open_map(page, (*low.tolist(), *high.tolist()), low_mm=low_mm)
        for rank, layer in enumerate(drawn):
            _draw(view, layer, zorder=3 + rank)
        draw_stamp(view, sheet)
        draw_furniture(view, _covered(drawn))
        for layer in drawn:
            _name(view, layer)
        y = SIDE_TOP_MM
        for title, text in statements:
            y = draw_statement(page, y, title, text)
        draw_legend(page, y - 1.0, [item for layer in drawn for item in _legend(layer)])
        about = {"Title": f"{heading} – {sheet.title}", "Subject": sheet.status_stamp}
        return render(page, about=about, png_dpi=sheet.png_dpi)


def _require(layer: RoadLayer) -> None:
    table: Any = require_released(layer.table, layer.role).table
    names = {
        "bands": ["label"],
        "graded": ["label"],
        "place": ["name"],
        "seat": ["name"],
    }
    require_columns(table, ["geometry", *names.get(layer.role, [])], where=layer.role)
    require_lambert93(table, where=layer.role)


def _draw(view: MapFrame, layer: RoadLayer, *, zorder: float) -> None:
    rows = layer.rows
    if layer.role in _POINTS:
        for point in rows.geometry:
            _mark(view, point, layer.role, zorder=zorder)
    elif layer.role == "bands":
        _draw_bands(view, rows, zorder=zorder)
    elif layer.role == "graded":
        for rank, line in enumerate(rows.geometry):
            style = _grade(rank, len(rows))
            add_lines(view.axes, line, zorder=zorder + rank / 10, **style)
    else:
        style = _LINES[layer.role] | {"capstyle": "round"}
        whole = shapely.union_all(rows.geometry.to_numpy())
        if layer.role != "roads":
            wide = style["linewidth"] + 2 * _CASING / 2
            casing = {"color": "white", "linewidth": wide, "capstyle": "round"}
            add_lines(view.axes, whole, zorder=zorder - 0.5, **casing)
        style["capstyle"] = "butt" if "linestyle" in style else "round"
        add_lines(view.axes, whole, zorder=zorder, **style)


def _draw_bands(view: MapFrame, rows: gpd.GeoDataFrame, *, zorder: float) -> None:
    """Draw the furthest band first, so that each shows around those inside it."""
    for rank in range(len(rows) - 1, -1, -1):
        add_polygons(
            view.axes,
            [rows.geometry.iloc[rank]],
            facecolor=_band(rank, len(rows)),
            edgecolor="white",
            linewidth=0.5,
            zorder=zorder - rank / 100,
        )


def _mark(view: MapFrame, point: shapely.Point, role: str, *, zorder: float) -> None:
    style = _POINTS[role] | {"markeredgecolor": INK, "markeredgewidth": 0.8}
    view.axes.plot([point.x], [point.y], linestyle="none", zorder=zorder, **style)
    size = 4.5 * view.m_per_mm if role == "seat" else 2.0 * view.m_per_mm
    view.placer.block(around(point.x, point.y, size, size))


def _name(view: MapFrame, layer: RoadLayer) -> None:
    if layer.role not in _POINTS:
        return
    rows = layer.rows
    for point, name in zip(rows.geometry, rows["name"], strict=True):
        place_point_label(
            view.axes,
            view.placer,
            point,
            str(name),
            lettering=_NAME,
            m_per_mm=view.m_per_mm,
            gap_mm=2.6 if layer.role == "seat" else 1.3,
        )


def _legend(layer: RoadLayer) -> list[LegendItem]:
    rows = layer.rows
    if rows.empty:
        return []
    if layer.role == "bands":
        return [
            LegendItem(
                "patch", {"facecolor": _band(rank, len(rows)), "lw": 0}, str(label)
            )
            for rank, label in enumerate(rows["label"])
        ]
    if layer.role == "graded":
        return [
            LegendItem("line", _grade(rank, len(rows)), str(label))
            for rank, label in enumerate(rows["label"])
        ]
    if layer.role in _POINTS:
        style = _POINTS[layer.role] | {"markeredgecolor": INK, "markeredgewidth": 0.8}
        return [LegendItem("marker", style, layer.label)]
    return [LegendItem("line", dict(_LINES[layer.role]), layer.label)]


def _band(rank: int, count: int) -> str:
    """Spread the colours over the bands, the nearest always darkest."""
    last = len(_BANDS) - 2
    return _BANDS[round(rank * last / max(1, count - 1)) if count > 1 else 1]


def _grade(rank: int, count: int) -> dict[str, Any]:
    at = round(rank * (len(_GRADES) - 1) / max(1, count - 1)) if count > 1 else 2
    return {"color": _GRADES[at], "linewidth": _GRADE_WIDTHS[at]}


def _covered(layers: Sequence[RoadLayer]) -> shapely.Geometry:
    """What the furniture of the map should not hide."""
    main = [one for one in layers if one.role != "roads"] or list(layers)
    shapes = [shape for one in main for shape in one.rows.geometry]
    return shapely.convex_hull(shapely.GeometryCollection(shapes))
