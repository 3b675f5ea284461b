"""The frame of a print map: header, cartouche, scale, north, situation, stamps."""

from __future__ import annotations

import numpy as np
import shapely
from matplotlib.patches import Polygon
from pyproj.enums import TransformDirection

from eitgeo.crs import to_metres
from eitgeo.maps.paper.canvas import (
    Page,
    fill_box,
    line_height_mm,
    text_width_mm,
    wrap,
    write,
    write_block,
)
from eitgeo.maps.paper.charter import (
    DEMONSTRATION_INK,
    FOOTER_PT,
    HEADING_PT,
    INK,
    MUTED,
    OUTSIDE,
    PAPER,
    STUDY_PT,
    TEXT_PT,
)
from eitgeo.maps.paper.formats import FOOTER_MAX_MM, MARGIN_MM
from eitgeo.maps.paper.ground import FRANCE_LON_LAT, project_ring
from eitgeo.maps.paper.labels import Box, MapFrame, Placer, least_hidden
from eitgeo.maps.paper.shapes import add_polygons
from eitgeo.maps.paper.sheet import CRS_NAME, Sheet
from eitgeo.words import NARROW, NBSP, french_number

_EXTENT_MARGIN = 0.04
_SCALE_STEPS_KM = (1, 2, 5, 10, 20, 50, 100, 200)
_SCALE_MAX_MM = 38.0
_INSET_MM = (25.0, 27.0)
_SCALE_HEIGHT_MM = 11.5
_FOOTER_LOW_MM = 5.0
FOOT_MM = FOOTER_MAX_MM - _FOOTER_LOW_MM - 2.0
"""Most that the notes of a sheet may take in height."""
_CORNER_STEPS = 25
_DOT_MM = 1.4
_GAP_MM = 2.0
_STUDY_STEP_MM = 4.4
_EDGE_MM = 0.8
"""Between a name and the frame."""


def open_map(
    page: Page, bounds: tuple[float, float, float, float], *, low_mm: float
) -> MapFrame:
    """Open map axes whose frame is full and whose scale is the same both ways."""
    low_mm = page.format.map_low_mm(low_mm)
    width_mm, height_mm = page.format.map_width_mm, page.format.map_top_mm - low_mm
    xmin, ymin, xmax, ymax = bounds
    m_per_mm = max((xmax - xmin) / width_mm, (ymax - ymin) / height_mm, 1.0)
    m_per_mm *= 1 + 2 * _EXTENT_MARGIN
    half_x, half_y = width_mm * m_per_mm / 2, height_mm * m_per_mm / 2
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    frame = Box(x - half_x, y - half_y, x + half_x, y + half_y)
    axes = page.axes(MARGIN_MM, low_mm, width_mm, height_mm)
    axes.set(xlim=(frame.xmin, frame.xmax), ylim=(frame.ymin, frame.ymax))
    axes.set(xticks=[], yticks=[], facecolor=PAPER)
    for spine in axes.spines.values():
        spine.set(color=MUTED, linewidth=0.6)
    return MapFrame(axes, m_per_mm, Placer(frame, margin=_EDGE_MM * m_per_mm))


def draw_header(
    page: Page, sheet: Sheet, heading: str, *, banner: bool = True, kicker: str = ""
) -> None:
    """Write heading, study, status and date, and the stamp as a banner.

    A map bears its stamp in its frame: no banner, but room for the name of what it
    shows between heading and study, the `kicker`.
    """
    status = sheet.status_stamp.upper()
    stamp_width = text_width_mm(status, 8.5, bold=True) + 6
    right, top = page.width_mm - MARGIN_MM, page.format.map_top_mm
    fill_box(
        page,
        (right - stamp_width, top + 9.4, stamp_width, 6.6),
        facecolor="none",
        edgecolor=INK,
        linewidth=0.9,
    )
    centre = right - stamp_width / 2
    write(
        page, centre, top + 12.7, status, size=8.5, bold=True, ha="center", va="center"
    )
    date = f"Édition du {sheet.edition_text}"
    write(page, right, top + 9.0, date, size=7.5, color=MUTED, ha="right")
    room = right - stamp_width - MARGIN_MM - 4
    fits = [s for s in HEADING_PT if text_width_mm(heading, s, bold=True) <= room]
    size = fits[0] if fits else HEADING_PT[-1]
    # Two lines of small letters rather than a sentence cut.
    y = top + (17.2 if fits else 18.4)
    write_block(page, MARGIN_MM, y, heading, width=room, size=size, bold=True, lines=2)
    study = " · ".join(part for part in (sheet.subtitle, sheet.title) if part)
    y = top + 9.2
    for text, colour in ((kicker, INK), (study, MUTED)):
        if text:
            widths = (one for one in STUDY_PT if text_width_mm(text, one) <= room)
            size = next(widths, STUDY_PT[-1])
            options = {"size": size, "color": colour, "lines": 1}
            write_block(page, MARGIN_MM, y, text, width=room, **options)
            y -= _STUDY_STEP_MM
    if banner and sheet.stamp:
        _draw_banner(page, sheet)


def _draw_banner(page: Page, sheet: Sheet) -> None:
    width, low = page.width_mm - 2 * MARGIN_MM, page.format.map_top_mm + 0.8
    fill_box(
        page, (MARGIN_MM, low, width, 3.9), facecolor=DEMONSTRATION_INK, linewidth=0
    )
    write(
        page,
        page.width_mm / 2,
        low + 1.9,
        sheet.warning,
        size=7.5,
        bold=True,
        color="white",
        ha="center",
        va="center",
    )


def draw_footer(
    page: Page, sheet: Sheet, *, crs: str = CRS_NAME, most_mm: float = FOOT_MM
) -> float:
    """Write sources and licences, what is to be confirmed, CRS, effort, funders.

    A graph has no CRS: an empty one is left out. Letters shrink to fit `most_mm`.
    """
    width = page.width_mm - 2 * MARGIN_MM
    parts = []
    if sheet.sources:
        parts.append(f"Sources{NBSP}: {f'{NARROW}; '.join(sheet.sources)}.")
    if sheet.to_confirm:
        parts.append(f"À confirmer{NBSP}: {f'{NARROW}; '.join(sheet.to_confirm)}.")
    parts += [sheet.left_out] if sheet.left_out else []
    facts = [f"Projection {crs}" if crs else "", sheet.effort_text, sheet.funders]
    if sheet.contact:
        facts.append(f"Contact{NBSP}: {sheet.contact}")
    parts.append(" · ".join(fact for fact in facts if fact))
    size, height = _footer_size(parts, width, most_mm)
    top = y = _FOOTER_LOW_MM + height
    for part in parts:
        y = write_block(page, MARGIN_MM, y, part, width=width, size=size, color=MUTED)
    return top + 2.0


def _footer_size(
    parts: list[str], width_mm: float, most_mm: float
) -> tuple[float, float]:
    """Return the largest letters with which the footer fits, and its height [mm]."""
    for size in FOOTER_PT:
        count = sum(len(wrap(part, width_mm, size_pt=size)) for part in parts)
        if count * line_height_mm(size) <= most_mm:
            break
    return size, count * line_height_mm(size)


def draw_furniture(
    view: MapFrame, area: shapely.Geometry, *, situation: bool = True
) -> None:
    """Draw situation, scale bar and north along the edges, where least is hidden."""
    if situation:
        inset = _free_corner(view, _INSET_MM, area)
        view.placer.block(inset)
        _draw_situation(view, inset, area)
    length_km = _scale_length_km(view.m_per_mm)
    width_mm = 1000 * length_km / view.m_per_mm + 19.0
    scale = _free_corner(view, (width_mm, _SCALE_HEIGHT_MM), area)
    view.placer.block(scale)
    _draw_scale(view, scale, length_km)
    _draw_north(view, scale)


def _free_corner(
    view: MapFrame, size_mm: tuple[float, float], area: shapely.Geometry
) -> Box:
    frame, gap = view.placer.frame, _GAP_MM * view.m_per_mm
    width, height = (side * view.m_per_mm for side in size_mm)
    lefts = np.linspace(frame.xmin + gap, frame.xmax - gap - width, _CORNER_STEPS)
    middle_out = sorted(lefts, key=lambda x: -abs(x - lefts.mean()))
    boxes = [
        Box(x, y, x + width, y + height)
        for x in middle_out
        for y in (frame.ymin + gap, frame.ymax - gap - height)
    ]
    return least_hidden(view.placer.free(boxes) or boxes, area)


def _paper(view: MapFrame, box: Box) -> None:
    add_polygons(
        view.axes,
        [shapely.box(*box)],
        facecolor="white",
        edgecolor=MUTED,
        linewidth=0.4,
        alpha=0.92,
        zorder=24,
    )


def _draw_situation(view: MapFrame, box: Box, area: shapely.Geometry) -> None:
    country = shapely.MultiPolygon([project_ring(ring) for ring in FRANCE_LON_LAT])
    _paper(view, box)
    xmin, ymin, xmax, ymax = country.bounds
    title_m = 3.4 * view.m_per_mm
    room_x, room_y = box.xmax - box.xmin, box.ymax - box.ymin - title_m
    factor = 0.9 * min(room_x / (xmax - xmin), room_y / (ymax - ymin))
    shift = np.array(
        [
            (box.xmin + box.xmax - factor * (xmin + xmax)) / 2,
            (box.ymin + box.ymax - title_m - factor * (ymin + ymax)) / 2,
        ]
    )
    small = shapely.transform(country, lambda points: points * factor + shift)
    placed = shapely.transform(
        shapely.box(*area.bounds), lambda points: points * factor + shift
    )
    least = shapely.buffer(placed.centroid, _DOT_MM / 2 * view.m_per_mm)
    placed = shapely.envelope(shapely.union(placed, least))
    style = {"linewidth": 0.4, "zorder": 25}
    add_polygons(view.axes, [small], facecolor=OUTSIDE, edgecolor=MUTED, **style)
    add_polygons(view.axes, [placed], facecolor="#c0392b", edgecolor="#7b241c", **style)
    view.axes.text(
        (box.xmin + box.xmax) / 2,
        box.ymax - 0.7 * view.m_per_mm,
        "Situation",
        size=TEXT_PT,
        ha="center",
        va="top",
        color=MUTED,
        zorder=26,
    )


def _scale_length_km(m_per_mm: float) -> int:
    """Return the longest round length that the bar may have."""
    longest_km = _SCALE_MAX_MM * m_per_mm / 1000
    return max(
        (step for step in _SCALE_STEPS_KM if step <= longest_km),
        default=_SCALE_STEPS_KM[0],
    )


def _draw_scale(view: MapFrame, box: Box, length_km: int) -> None:
    """Draw a bar of a round length, in two halves."""
    _paper(view, box)
    length_m, unit = length_km * 1000.0, view.m_per_mm
    left, low = box.xmin + 3 * unit, box.ymin + 2.6 * unit
    for start, colour in ((0.0, INK), (0.5, "white")):
        half = shapely.box(
            left + start * length_m,
            low,
            left + (start + 0.5) * length_m,
            low + 1.6 * unit,
        )
        add_polygons(
            view.axes, [half], facecolor=colour, edgecolor=INK, linewidth=0.5, zorder=25
        )
    half_way, end = (french_number(share * length_km) for share in (0.5, 1.0))
    marks = {0.0: "0", 0.5: half_way, 1.0: f"{end}{NBSP}km"}
    for share, text in marks.items():
        view.axes.text(
            left + share * length_m,
            low + 2.4 * unit,
            text,
            size=TEXT_PT,
            ha="center",
            va="bottom",
            color=INK,
            zorder=26,
        )


def _draw_north(view: MapFrame, box: Box) -> None:
    """Point to true north: the convergence of the meridian is allowed for."""
    x, y = box.xmax - 5 * view.m_per_mm, (box.ymin + box.ymax) / 2
    lon, lat = to_metres().transform(x, y, direction=TransformDirection.INVERSE)
    north = np.array(to_metres().transform(lon, lat + 0.1)) - (x, y)
    up = north / np.hypot(*north) * view.m_per_mm
    across = np.array([up[1], -up[0]])
    foot = np.array([x, y]) - 4.2 * up
    tip, notch = foot + 5.6 * up, foot + 1.0 * up
    for side, colour in ((-1, INK), (1, "white")):
        view.axes.add_patch(
            Polygon(
                [tip, foot + side * 2.0 * across, notch],
                closed=True,
                facecolor=colour,
                edgecolor=INK,
                linewidth=0.5,
                zorder=25,
            )
        )
    view.axes.text(
        float(tip[0] + 0.3 * up[0]),
        float(tip[1] + 0.3 * up[1]),
        "N",
        size=7.5,
        fontweight="bold",
        ha="center",
        va="bottom",
        color=INK,
        zorder=26,
    )
