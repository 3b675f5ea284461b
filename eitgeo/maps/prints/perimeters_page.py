"""The compared perimeters on one page: small maps of one extent, scale and legend."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
import shapely

from eitgeo.ledger import Place, plain
from eitgeo.maps.paper.canvas import Page, line_height_mm, write, write_block
from eitgeo.maps.paper.charter import INK, MUTED, OUTSIDE, TEXT_PT, styles
from eitgeo.maps.paper.formats import MARGIN_MM
from eitgeo.maps.paper.ground import Ground, dissolved
from eitgeo.maps.paper.labels import Box
from eitgeo.maps.paper.layers import HATCH_STYLE, STAR
from eitgeo.maps.paper.map_sheet import BodySheet
from eitgeo.maps.paper.shapes import add_lines, add_polygons
from eitgeo.maps.paper.sheet import CRS_NAME
from eitgeo.maps.paper.side import LegendItem, draw_mark
from eitgeo.maps.prints.print_maps import doubtful_of, members_of
from eitgeo.maps.words.cards import perimeter_message, perimeter_name, perimeter_rows
from eitgeo.reference.map_sheets import map_title
from eitgeo.tables.public import Released
from eitgeo.words import NBSP

_FILL = styles("perimeters_page")["fill"]
_OUTLINE = styles("perimeters_page")["outline"]
_LIMITS = styles("perimeters_page")["limits"]
_NAME_PT, _FACTS_PT, _KEY_PT = 8.5, TEXT_PT, TEXT_PT
_CAPTION_MM = 2 * line_height_mm(_NAME_PT) + 2 * line_height_mm(_FACTS_PT) + 1.5
_GAP_MM = 5.0
_TOP_MM = 2.0
_FINE_MM = 0.12
_STAR_PT = 7.0
_KEY_ROW_MM = 5.4
_BAR_KM = 20


class Panel(NamedTuple):
    """A perimeter on its small map."""

    name: str
    facts: str
    shape: shapely.Geometry
    doubtful: shapely.Geometry


def perimeters_page(
    ground: Ground,
    perimeters: Released,
    *,
    members: Released,
    indicators: Released,
    catalogue: pd.DataFrame,
    left_out: str = "",
) -> BodySheet:
    """Draw each compared perimeter at the same scale, with what it is.

    `left_out`: what stands on no small map, and why, in French.
    """
    rows = perimeter_rows(perimeters)
    panels = [
        Panel(
            perimeter_name(row),
            perimeter_message(row, indicators, catalogue),
            dissolved(inside),
            dissolved(doubtful_of(inside, str(row["membership_status"]))),
        )
        for _, row in rows.iterrows()
        for inside in (members_of(ground, members, str(row["perimeter_id"])),)
    ]

    def draw(page: Page, low_mm: float) -> None:
        cells = cells_of(page, len(panels) + 1, ground, low_mm=low_mm)
        for panel, cell in zip(panels, cells, strict=False):
            _draw_panel(page, cell, panel, ground)
        _draw_key(page, cells[-1], ground, panels=panels, left_out=left_out)

    return BodySheet(
        subject=map_title("carte_perimetres"),
        heading=page_heading(rows),
        tables=(*ground.made_of("communes", "bodies"), perimeters, members, indicators),
        body=draw,
        crs=CRS_NAME,
    )


def page_heading(rows: pd.DataFrame) -> str:
    """Say how many there are, and how far their inhabitants go."""
    least, most = (
        plain(int(rows["population"].agg(end)), Place("perimeters", end, "population"))
        for end in ("min", "max")
    )
    if len(rows) < 2:  # noqa: PLR2004
        return map_title("carte_perimetres")
    count = plain(len(rows), Place("perimeters", "compared", "n"))
    return f"{count} périmètres comparés, de {least} à {most}{NBSP}habitants"


def cells_of(page: Page, count: int, ground: Ground, *, low_mm: float) -> list[Box]:
    """Part the page so that the maps are as large as they can be."""
    left, right = MARGIN_MM, page.width_mm - MARGIN_MM
    top = page.format.map_top_mm - _TOP_MM
    xmin, ymin, xmax, ymax = ground.area.total_bounds

    def size(columns: int) -> tuple[float, float]:
        lines = -(-count // columns)
        wide = (right - left - (columns - 1) * _GAP_MM) / columns
        return wide, (top - low_mm - (lines - 1) * _GAP_MM) / lines

    def scale(columns: int) -> float:
        wide, high = size(columns)
        return min(wide / (xmax - xmin), (high - _CAPTION_MM) / (ymax - ymin))

    columns = max(range(1, count + 1), key=scale)
    wide, high = size(columns)
    return [
        Box(x, y - high, x + wide, y)
        for x, y in (
            (
                left + (rank % columns) * (wide + _GAP_MM),
                top - (rank // columns) * (high + _GAP_MM),
            )
            for rank in range(count)
        )
    ]


def _draw_panel(page: Page, cell: Box, panel: Panel, ground: Ground) -> None:
    """Write the caption of a perimeter, and draw it on the study area."""
    width = cell.xmax - cell.xmin
    y = write_block(
        page,
        cell.xmin,
        cell.ymax,
        panel.name,
        width=width,
        size=_NAME_PT,
        bold=True,
        lines=2,
    )
    facts: dict[str, Any] = {"size": _FACTS_PT, "color": MUTED, "lines": 2}
    write_block(page, cell.xmin, y, panel.facts, width=width, **facts)
    m_per_mm = _scale(cell, ground)
    wide, high = cell.xmax - cell.xmin, cell.ymax - cell.ymin - _CAPTION_MM
    axes = page.axes(cell.xmin, cell.ymin, wide, high)
    xmin, _, xmax, ymax = ground.area.total_bounds
    x, half = (xmin + xmax) / 2, wide * m_per_mm / 2
    # Right under the caption, whatever room is left below.
    axes.set(xlim=(x - half, x + half), ylim=(ymax - high * m_per_mm, ymax))
    axes.axis("off")

    def fine(shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.simplify(shape, _FINE_MM * m_per_mm)

    area = fine(dissolved(ground.area))
    add_polygons(axes, [area], facecolor=OUTSIDE, linewidth=0, zorder=1)
    add_polygons(axes, [fine(panel.shape)], zorder=2, **_FILL)
    if not panel.doubtful.is_empty:
        add_polygons(axes, [fine(panel.doubtful)], zorder=3, **HATCH_STYLE)
    edges = shapely.union_all(shapely.boundary(ground.epci.geometry.to_numpy()))
    add_lines(axes, fine(shapely.line_merge(edges)), zorder=4, **_LIMITS)
    add_lines(axes, shapely.boundary(fine(panel.shape)), zorder=5, **_OUTLINE)
    if ground.root_code:
        root = ground.communes.loc[ground.root_code, ["seat_x", "seat_y"]]
        axes.plot(
            *root, linestyle="none", zorder=6, **(STAR | {"markersize": _STAR_PT})
        )


def _scale(cell: Box, ground: Ground) -> float:
    """Return the scale under a caption, the same in every cell."""
    wide, high = cell.xmax - cell.xmin, cell.ymax - cell.ymin - _CAPTION_MM
    xmin, ymin, xmax, ymax = ground.area.total_bounds
    return max((xmax - xmin) / wide, (ymax - ymin) / high)


def _draw_key(
    page: Page, cell: Box, ground: Ground, *, panels: list[Panel], left_out: str
) -> None:
    """Write the legend that all small maps share, their scale, and what is left out."""
    width = cell.xmax - cell.xmin
    y = cell.ymax
    write(page, cell.xmin, y, "Légende", size=_NAME_PT, bold=True)
    y -= _KEY_ROW_MM
    for item in _items(ground, panels):
        draw_mark(page, (cell.xmin, y), item)
        write(page, cell.xmin + 8.0, y, item.label, size=_KEY_PT)
        y -= _KEY_ROW_MM
    bar = 1000 * _BAR_KM / _scale(cell, ground)
    bracket = shapely.LineString(
        [(cell.xmin, y), (cell.xmin, y - 1.6), (cell.xmin + bar, y - 1.6)]
    ).union(shapely.LineString([(cell.xmin + bar, y - 1.6), (cell.xmin + bar, y)]))
    add_lines(page.sheet, bracket, color=INK, linewidth=0.9)
    scale = f"{_BAR_KM}{NBSP}km, la même échelle partout ; nord en haut"
    y = write_block(page, cell.xmin, y - 2.4, scale, width=width, size=_KEY_PT)
    if left_out:
        write_block(
            page, cell.xmin, y - 1.0, left_out, width=width, size=_KEY_PT, color=MUTED
        )


def _items(ground: Ground, panels: list[Panel]) -> list[LegendItem]:
    edge = {"edgecolor": INK, "linewidth": 1.0}
    items = [LegendItem("patch", _FILL | edge, "Périmètre")]
    if any(not panel.doubtful.is_empty for panel in panels):
        hatched = HATCH_STYLE | {"linewidth": 0.4}
        items.append(LegendItem("patch", hatched, "Appartenance à confirmer"))
    rest = {"facecolor": OUTSIDE, "linewidth": 0}
    items += [
        LegendItem("patch", rest, "Reste du territoire d’étude"),
        LegendItem("line", _LIMITS, "Limite d’EPCI"),
    ]
    if ground.root_code:
        name = ground.communes.loc[ground.root_code, "nom"]
        items.append(LegendItem("marker", STAR | {"markersize": 8.0}, str(name)))
    return items
