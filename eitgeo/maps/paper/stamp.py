"""The stamp of a demonstration: a line within what a map shows, or across a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from eitgeo.maps.paper.canvas import text_width_mm, write
from eitgeo.maps.paper.labels import Box, least_hidden
from eitgeo.maps.paper.palette import DEMONSTRATION_INK
from eitgeo.maps.paper.shapes import add_polygons
from eitgeo.words import typographic

if TYPE_CHECKING:
    from eitgeo.maps.paper.canvas import Page
    from eitgeo.maps.paper.layout import MapFrame
    from eitgeo.maps.paper.sheet import Sheet

_GAP_MM = 2.0
_STAMP_MM = 5.4
_STAMP_PT = 9.0
_PLACES = 25
"""Tried from west to east."""


def draw_stamp(view: MapFrame, sheet: Sheet, area: shapely.Geometry) -> None:
    """Write the stamp of a demonstration on one line, beside what the map shows.

    It stands within the heights and, where it fits, the widths of `area`, over as
    little of it as can be: what is cut out around the area keeps the stamp.
    """
    if not sheet.demonstration:
        return
    text = f"{sheet.demonstration_text}. Ne pas diffuser."
    frame, unit = view.placer.frame, view.m_per_mm
    room_mm = (frame.xmax - frame.xmin) / unit - 2 * _GAP_MM
    wide_mm = text_width_mm(text, _STAMP_PT, bold=True) + 2 * _GAP_MM
    size = _STAMP_PT * min(1.0, room_mm / wide_mm)
    width, height = min(wide_mm, room_mm) * unit, _STAMP_MM * unit
    boxes = _within_bounds(frame, area, (width, height), gap=_GAP_MM * unit)
    box = least_hidden(boxes, area)
    view.placer.block(box)
    add_polygons(
        view.axes,
        [shapely.box(*box)],
        facecolor=DEMONSTRATION_INK,
        linewidth=0,
        zorder=32,
    )
    view.axes.text(
        (box.xmin + box.xmax) / 2,
        (box.ymin + box.ymax) / 2,
        typographic(text),
        size=size,
        fontweight="bold",
        color="white",
        ha="center",
        va="center_baseline",
        parse_math=False,
        zorder=33,
    )


def cross_page(page: Page, sheet: Sheet) -> None:
    """Cross a page with the stamp of a demonstration, under its texts."""
    if not sheet.demonstration:
        return
    write(
        page,
        page.width_mm / 2,
        page.height_mm / 2,
        "DÉMONSTRATION",
        size=60,
        bold=True,
        color=DEMONSTRATION_INK,
        alpha=0.12,
        rotation=33,
        ha="center",
        va="center",
    )


def _within_bounds(
    frame: Box, area: shapely.Geometry, size: tuple[float, float], *, gap: float
) -> list[Box]:
    """List places at the top, then at the foot of an area, as far as it goes."""
    width, height = size
    seen = shapely.intersection(area, shapely.box(*frame))
    west, south, east, north = seen.bounds if not seen.is_empty else frame
    # A narrow area: around its middle, within the frame.
    spare = max(0.0, width - (east - west)) / 2
    west = max(frame.xmin + gap, min(west - spare, frame.xmax - gap - width))
    lefts = np.linspace(west, max(west, east + spare - width), _PLACES)
    return [
        Box(x, y, x + width, y + height)
        for y in (north - height, south)
        for x in np.minimum(lefts, frame.xmax - gap - width)
    ]
