"""Print maps of roads: isochrones, seats, closed roads, what their loss costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import shapely

from eitgeo.check import require_columns, require_lambert93
from eitgeo.errors import SchemaError
from eitgeo.ledger import Place, written
from eitgeo.maps.paper.labels import Lettering, around, place_point_label
from eitgeo.maps.paper.layers import LINE_STYLES
from eitgeo.maps.paper.map_sheet import Layer, MapSheet, statement
from eitgeo.maps.paper.palette import INK
from eitgeo.maps.paper.road_lines import occupied_cells, road_styles, seen_roads
from eitgeo.maps.paper.shapes import add_lines, add_polygons
from eitgeo.maps.paper.sheet import require_released
from eitgeo.maps.paper.side import LegendItem
from eitgeo.words import NBSP, first_upper, french_number, typographic

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.paper.labels import Box
    from eitgeo.maps.paper.layout import MapFrame

Role = Literal[
    "bands",
    "roads",
    "limits",
    "graded",
    "closed",
    "path",
    "path_after",
    "town",
    "place",
    "seat",
]
"""How a layer is drawn; ``bands`` and ``graded`` take a colour a row, in order.
``roads``, ``limits`` and ``town`` are drawn where they fall: they do not widen the
map."""

_NO_BOUNDS = (math.nan, math.nan)
_BANDS = ("#2a5a8c", "#5b8db8", "#94bcd6", "#c4dcea", "#e4eff5", "#f3f7fa")
"""Polygons, the nearest darkest: readable in grey, and by the colour-blind."""
_GRADES = ("#f2c14e", "#e08e2b", "#c0501f", "#7a1f2b")
_GRADE_WIDTHS = (1.2, 2.0, 2.9, 3.9)
_CASING = 1.6
"""White on both sides of a line that stands out [pt]."""

_LINES: dict[str, dict[str, Any]] = {
    "limits": LINE_STYLES["epci"],
    "path": {"color": "#1f4e9c", "linewidth": 3.2},
    # Over the other, which shows between its dashes where both are one road.
    "path_after": {"color": "#3fcf80", "linewidth": 1.7, "linestyle": (0, (3, 1.6))},
    "closed": {"color": "#c1121f", "linewidth": 3.6},
}
_POINTS: dict[str, dict[str, Any]] = {
    "town": {"marker": "o", "markersize": 3.2, "markerfacecolor": "#8a8a86"},
    "place": {"marker": "o", "markersize": 4.4, "markerfacecolor": "white"},
    "seat": {"marker": "*", "markersize": 14.0, "markerfacecolor": "#ffd400"},
}
_ORDER: tuple[Role, ...] = (
    "bands",
    "roads",
    "limits",
    "graded",
    "path",
    "path_after",
    "closed",
    "town",
    "place",
    "seat",
)
_SURROUNDINGS: tuple[Role, ...] = ("roads", "limits", "town")
_UNCASED: tuple[Role, ...] = ("limits", "path_after")
_NAME = Lettering(7.5, bold=True)
_TOWN_NAME = Lettering(6.8)
_LEAST_WIDE_M = 12_000.0
"""A map of something smaller shows what is around it."""

_AROUND = 0.08
_CELL_MM = 4.0
"""How finely the furniture knows where roads are."""
_LEGEND_WIDTH = 2.6
_LEGEND_MARK = 9.0


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
        with its ``label``; ``roads`` have one row a class, whose name it is.
    label
        French words of the legend, where rows bear none.
    part
        Rows of the table that are drawn, or what is made of them; None: all.
    is_muted
        Whether roads are grey: their colours are those of the links over them.
    """

    role: Role
    table: Released
    label: str = ""
    part: gpd.GeoDataFrame | None = None
    is_muted: bool = False

    @property
    def rows(self) -> gpd.GeoDataFrame:
        """Keep the rows that have something to draw."""
        rows: Any = self.table.table if self.part is None else self.part
        return rows[rows.geometry.notna() & ~rows.geometry.is_empty]


class Picture(NamedTuple):
    """What a road map is made of.

    Attributes
    ----------
    heading
        What it shows, French: better a sentence that the figures make.
    layers
        What is drawn.
    statements
        Titles and sentences, French.
    subject
        Its neutral name, where the heading is a sentence.
    """

    heading: str
    layers: tuple[RoadLayer, ...]
    statements: tuple[tuple[str, str], ...]
    subject: str = ""


@dataclass(frozen=True)
class RoadGround:
    """What every road map is drawn over.

    Attributes
    ----------
    roads
        Released lines by class or, on the surrogate, limits of communes.
    seats
        Released points: the town hall of each commune, ``code_insee``, ``name``.
    limits
        Released lines: limits of the EPCI.
    network
        What distances rest on, French.
    evidence
        Class of times and shares (`RoadNetwork.evidence`).
    """

    roads: Released = field(repr=False)
    seats: Released = field(repr=False)
    limits: Released = field(repr=False)
    network: str
    evidence: str = "S"

    def figure(self, value: float, unit: str, place: Place) -> str:
        """Write a time or a share as sure as the network is."""
        about = {"evidence": self.evidence, "unit": unit, "decimals": 0}
        return written(value, place, bounds=_NO_BOUNDS, **about)

    @property
    def layer(self) -> RoadLayer:
        """Layer of the roads."""
        return RoadLayer("roads", self.roads)

    @property
    def limits_layer(self) -> RoadLayer:
        """Layer of the limits of the EPCI."""
        return RoadLayer("limits", self.limits, "limite d’EPCI")

    def points(self, role: Any, codes: Sequence[str], label: str) -> RoadLayer:
        """Make a layer of some seats."""
        table = self.seats.table
        return RoadLayer(
            role, self.seats, label, table[table["code_insee"].isin(codes)]
        )

    def name(self, code: str) -> str:
        """Name a commune."""
        table = self.seats.table
        found = table.loc[table["code_insee"] == code, "name"]
        return str(found.iloc[0]) if len(found) else code


def road_sheet(picture: Picture, tables: Sequence[Released] = ()) -> MapSheet:
    """Make the sheet of a picture; `tables` are those that its words rest on."""
    for layer in picture.layers:
        _require(layer)
    layers = sorted(picture.layers, key=lambda layer: _ORDER.index(layer.role))

    @cache
    def seen(frame: Box, m_per_mm: float) -> list[RoadLayer]:
        return [_cut(layer, frame, m_per_mm) for layer in layers]

    def draw(view: MapFrame) -> list[LegendItem]:
        drawn = seen(view.placer.frame, view.m_per_mm)
        for rank, layer in enumerate(drawn):
            _draw(view, layer, zorder=3 + rank)
        return [item for layer in drawn for item in _legend(layer)]

    def name(view: MapFrame) -> None:
        for layer in reversed(layers):
            _name(view, layer)

    return MapSheet(
        subject=picture.subject or picture.heading,
        heading=picture.heading,
        layers=(Layer(tuple(layer.table for layer in layers), draw, name),),
        side=tuple(statement(title, text) for title, text in picture.statements),
        bounds=_bounds(layers),
        spared=lambda view: _covered(seen(view.placer.frame, view.m_per_mm), view),
        tables=tuple(tables),
    )


def _main(layers: Sequence[RoadLayer]) -> list[RoadLayer]:
    """Layers that the map is about; all that has rows where there is none."""
    some = [one for one in layers if len(one.rows)]
    return [one for one in some if one.role not in _SURROUNDINGS] or some


def _bounds(layers: Sequence[RoadLayer]) -> tuple[float, float, float, float]:
    """Say what is seen [m]: the subject, with some of what is around it."""
    seen = np.array([one.rows.total_bounds for one in _main(layers)])
    low, high = seen[:, :2].min(axis=0), seen[:, 2:].max(axis=0)
    more = np.maximum(_AROUND * (high - low), (_LEAST_WIDE_M - (high - low)) / 2)
    (xmin, ymin), (xmax, ymax) = low - more, high + more
    return float(xmin), float(ymin), float(xmax), float(ymax)


def _require(layer: RoadLayer) -> None:
    released: Any = require_released(layer.table, layer.role).table
    names = {
        "bands": ["label"],
        "graded": ["label"],
        "roads": ["label"],
        **{key: ["name"] for key in _POINTS},
    }
    table: Any = released if layer.part is None else layer.part
    added = sorted(set(table) - set(released) - {"label"})
    if added:
        message = (
            f"« {layer.role} » : colonne « {added[0]} » absente de la table diffusable "
            "→ ne dessiner que ce qui a été diffusé"
        )
        raise SchemaError(message)
    require_columns(table, ["geometry", *names.get(layer.role, [])], where=layer.role)
    require_lambert93(table, where=layer.role)


def _cut(layer: RoadLayer, frame: Box, m_per_mm: float) -> RoadLayer:
    """Keep the roads that are seen; the other layers are drawn whole."""
    if layer.role != "roads":
        return layer
    return layer._replace(part=seen_roads(layer.rows, frame, m_per_mm=m_per_mm))


def _draw(view: MapFrame, layer: RoadLayer, *, zorder: float) -> None:
    rows = layer.rows
    if rows.empty:
        return
    if layer.role in _POINTS:
        for point in _seen(view, rows).geometry:
            _mark(view, point, layer.role, zorder=zorder)
    elif layer.role == "bands":
        _draw_bands(view, rows, zorder=zorder)
    elif layer.role in {"roads", "graded"}:
        styles = [style for _, style in _styles(layer)]
        for rank, (line, style) in enumerate(zip(rows.geometry, styles, strict=True)):
            add_lines(view.axes, line, zorder=zorder + rank / 10, **style)
    else:
        style = _LINES[layer.role] | {"capstyle": "round"}
        whole = shapely.union_all(rows.geometry.to_numpy())
        if layer.role not in _UNCASED:
            wide = style["linewidth"] + 2 * _CASING / 2
            casing = {"color": "white", "linewidth": wide, "capstyle": "round"}
            add_lines(view.axes, whole, zorder=zorder - 0.5, **casing)
        style["capstyle"] = "butt" if "linestyle" in style else "round"
        add_lines(view.axes, whole, zorder=zorder, **style)


def _styles(layer: RoadLayer) -> list[tuple[str, dict[str, Any]]]:
    """List the rows of roads by class or of links by cost, each with its style."""
    labels = [str(label) for label in layer.rows["label"]]
    if layer.role == "roads":
        return road_styles(labels, is_muted=layer.is_muted)
    return [(label, _grade(rank, len(labels))) for rank, label in enumerate(labels)]


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


def _seen(view: MapFrame, rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame = shapely.box(*view.placer.frame)
    return rows[shapely.covers(frame, rows.geometry.to_numpy())]


def _name(view: MapFrame, layer: RoadLayer) -> None:
    if layer.role not in _POINTS:
        return
    rows = _seen(view, layer.rows)
    for point, name in zip(rows.geometry, rows["name"], strict=True):
        place_point_label(
            view.axes,
            view.placer,
            point,
            str(name),
            lettering=_TOWN_NAME if layer.role == "town" else _NAME,
            m_per_mm=view.m_per_mm,
            gap_mm=2.6 if layer.role == "seat" else 1.3,
        )


def _legend(layer: RoadLayer) -> list[LegendItem]:
    """Write the lines of a layer, each with a capital, as those of other maps."""
    return [one._replace(label=first_upper(one.label)) for one in _items(layer)]


def _items(layer: RoadLayer) -> list[LegendItem]:
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
    if layer.role in {"roads", "graded"}:
        lines = [
            LegendItem("line", _thin(style), label) for label, style in _styles(layer)
        ]
        return lines[::-1] if layer.role == "roads" else lines
    if layer.role in _POINTS:
        style = _POINTS[layer.role] | {"markeredgecolor": INK, "markeredgewidth": 0.8}
        style["markersize"] = min(style["markersize"], _LEGEND_MARK)
        return [LegendItem("marker", style, layer.label)]
    return [LegendItem("line", _thin(_LINES[layer.role]), layer.label)]


def _thin(style: dict[str, Any]) -> dict[str, Any]:
    """Keep a line within its line of the legend."""
    narrow = min(style["linewidth"], _LEGEND_WIDTH)
    return style | {"linewidth": narrow, "solid_capstyle": "butt"}


def _band(rank: int, count: int) -> str:
    """Spread the colours over the bands, the nearest always darkest."""
    last = len(_BANDS) - 2
    return _BANDS[round(rank * last / max(1, count - 1)) if count > 1 else 1]


def _grade(rank: int, count: int) -> dict[str, Any]:
    at = round(rank * (len(_GRADES) - 1) / max(1, count - 1)) if count > 1 else 2
    return {"color": _GRADES[at], "linewidth": _GRADE_WIDTHS[at]}


def _covered(layers: Sequence[RoadLayer], view: MapFrame) -> shapely.Geometry:
    """Join what the furniture of the map should not hide, roads around included."""
    frame = shapely.box(*view.placer.frame)
    main = [shape for one in _main(layers) for shape in one.rows.geometry]
    subject = shapely.convex_hull(shapely.GeometryCollection(main))
    cells = [
        occupied_cells(one.rows.geometry, cell_m=_CELL_MM * view.m_per_mm)
        for one in layers
        if one.role == "roads"
    ]
    return shapely.intersection(shapely.union_all([subject, *cells]), frame)


def count_text(value: float, word: str) -> str:
    """Write a count and what it counts.

    Examples
    --------
    >>> count_text(2, "ville").replace(NBSP, " ")
    '2 villes'
    """
    whole = int(value)
    return f"{french_number(whole)}{NBSP}{word}{'s' if whole > 1 else ''}"


def set_statements(
    statements: Sequence[tuple[str, str]],
) -> tuple[tuple[str, str], ...]:
    """Set titles and sentences as a printer does."""
    return tuple((typographic(a), typographic(b)) for a, b in statements)
