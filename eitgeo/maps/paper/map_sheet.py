"""A printed sheet: the layers and the words that are its own; `compose` does the rest.

A print map is a function from released tables to a `MapSheet`, and nothing else::

    def count_map(ground: Ground, counted: Released) -> MapSheet:
        return area_sheet(                      # study_map: the ground of all maps
            ground,
            Layer((counted,), draw),            # drawn from it: its credits, its stamp
            subject=map_title("carte_salaries_industrie"),
            heading=message,                    # a sentence made of the figures
            side=(statement("Titre", "Texte."), listed(rows)),
        )

Its step says ``print_sheet(project, "carte_…", count_map(ground, counted))``: notes,
stamp, paper and files follow. ``draw(view)`` draws on ``view.axes`` and returns the
lines of the legend of what it drew; ``name(view)`` writes names through
``view.placer`` once all is drawn. Layers come with the subject first: so do their
names and the lines of the legend; what lies over what is matplotlib's ``zorder``
(fills 3, limits 6 to 9, outlines 12, subject 13 to 19, symbols 21 and more, names 30).
A graph, a card, a page of small maps is a `BodySheet`: one function draws its body.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, NamedTuple, override

import numpy as np
import shapely

from eitgeo.maps.paper.canvas import (
    Draft,
    Page,
    drawing_style,
    render,
    render_pages,
    stamp_axes,
    text_width_mm,
    write,
)
from eitgeo.maps.paper.charter import COLUMN_ZOOMS, DEMONSTRATION_INK, WIDE_LEGEND
from eitgeo.maps.paper.formats import FORMATS, MARGIN_MM, PageFormat
from eitgeo.maps.paper.labels import Box, MapFrame, least_hidden
from eitgeo.maps.paper.layout import (
    FOOT_MM,
    draw_footer,
    draw_furniture,
    draw_header,
    open_map,
)
from eitgeo.maps.paper.shapes import add_polygons
from eitgeo.maps.paper.sheet import CRS_NAME, Sheet, credited
from eitgeo.maps.paper.side import (
    CardRow,
    LegendItem,
    SideTable,
    draw_identity,
    draw_indicators,
    draw_legend,
    draw_side_table,
    draw_statement,
)
from eitgeo.tables.public import Released
from eitgeo.words import typographic

type Block = Callable[[Page, float], float]
"""Writes a part of the column from a height down, and returns where it ends [mm]."""
_SPARE_MM = 1.6
"""What a legend leaves under itself."""
_MOST_GAP_MM = 6.0
_GAP_MM = 2.0
_STAMP_MM = 5.4
_STAMP_PT = 9.0
_PLACES = 25
"""Tried from west to east."""


def _no_name(_: MapFrame) -> None:
    """Name nothing."""


class Layer(NamedTuple):
    """What is drawn of some released tables."""

    # What it rests on: the sheet takes its credits, doubts and stamp from them
    tables: tuple[Released, ...]
    # Draws it, and returns its lines of the legend
    draw: Callable[[MapFrame], Sequence[LegendItem]]
    # Writes its names and numbers, where there is room
    name: Callable[[MapFrame], object] = _no_name


@dataclass(frozen=True, eq=False, kw_only=True)
class PrintSheet(ABC):
    """A sheet of paper: what it tells, and all that it rests on."""

    subject: str  # Its neutral name: in the metadata of its files and over its legend
    heading: str  # Its title: better a sentence that the figures make than the subject
    side: tuple[Block, ...] = ()  # Parts of the column beside or under what is drawn
    tables: tuple[Released, ...] = ()  # What its words rest on
    kicker: str = ""  # A name that stands under a title which does not say it
    # Of a picture that another page shows, without heading nor notes: a PNG alone
    size: PageFormat | None = None
    crs: str = ""  # Said among its notes; empty where nothing is drawn on it
    foot_mm: float = FOOT_MM  # Most that its notes may take in height
    has_banner: ClassVar[bool] = True

    @property
    def released(self) -> list[Released]:
        """Return each table that it rests on, once; without any, it is refused."""
        every = {id(one): one for one in self._rests_on()}
        if not every:
            message = (
                f"{self.subject}: a sheet rests on a table, whose credits it bears"
            )
            raise ValueError(message)
        return list(every.values())

    def _rests_on(self) -> Sequence[Released]:
        return self.tables

    @abstractmethod
    def draw(self, page: Page, sheet: Sheet, low_mm: float) -> Sequence[Block]:
        """Draw what is its own over the footer, stamped; return its column."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BodySheet(PrintSheet):
    """A sheet without a map of its own frame: a graph, a card, small maps."""

    body: Callable[[Page, float], object]
    # Whether the stamp crosses the page under its texts; else it crosses each graph
    is_crossed: bool = False

    @override
    def draw(self, page: Page, sheet: Sheet, low_mm: float) -> Sequence[Block]:
        if self.is_crossed:
            cross_page(page, sheet)
        self.body(page, low_mm)
        if not self.is_crossed:
            for axes in page.figure.axes:
                stamp_axes(axes, sheet.demonstration)
        return self.side


@dataclass(frozen=True, eq=False, kw_only=True)
class MapSheet(PrintSheet):
    """A map, what stands beside it, and all that it rests on."""

    layers: tuple[Layer, ...]  # What is drawn, the subject first
    bounds: tuple[float, float, float, float]  # What is to be seen, EPSG:2154 [m]
    # What scale, north and situation should not hide
    spared: Callable[[MapFrame], shapely.Geometry] = field(repr=False)
    is_situated: bool = True  # Whether a sketch says where in France it is
    crs: str = CRS_NAME
    has_banner: ClassVar[bool] = False

    @override
    def _rests_on(self) -> Sequence[Released]:
        return [*(one for layer in self.layers for one in layer.tables), *self.tables]

    @override
    def draw(self, page: Page, sheet: Sheet, low_mm: float) -> Sequence[Block]:
        view = open_map(page, self.bounds, low_mm=low_mm)
        items = [item for layer in self.layers for item in layer.draw(view)]
        spared = self.spared(view)
        draw_stamp(view, sheet, spared)
        draw_furniture(view, spared, situation=self.is_situated)
        for layer in self.layers:
            layer.name(view)
        return [*self.side, _legend(self, items)]


def compose(printed: PrintSheet, sheet: Sheet) -> dict[str, bytes]:
    """Draw a sheet on its paper with the notes of its tables, one file a kind.

    `sheet` says what the study is; credits, doubts and stamp come from the tables.
    """
    sheet = credited(sheet, printed.released)
    with drawing_style():
        page = _laid_out(printed, sheet)
        if printed.size is not None:
            return render(page, replace(sheet, pdf=False, svg=False), printed.subject)
        return render(page, sheet, printed.subject, heading=printed.heading)


def compose_pages(printed: Sequence[PrintSheet], sheet: Sheet, subject: str) -> bytes:
    """Draw sheets as the pages of one PDF, each with the notes of its tables."""
    with drawing_style():
        pages = [_laid_out(one, credited(sheet, one.released)) for one in printed]
        every = credited(sheet, [table for one in printed for table in one.released])
        return render_pages(pages, every, subject)


def _laid_out(printed: PrintSheet, sheet: Sheet) -> Page:
    """Draw heading, notes, what is its own, and its column."""
    page, low_mm = Page(printed.size or FORMATS[sheet.page_format]), 0.0
    if printed.size is None:
        banner, kicker = printed.has_banner, printed.kicker
        draw_header(page, sheet, printed.heading, banner=banner, kicker=kicker)
        low_mm = draw_footer(page, sheet, crs=printed.crs, most_mm=printed.foot_mm)
    column = printed.draw(page, sheet, low_mm)
    if column:
        write_column(page, column, low_mm=low_mm)
    return page


def _legend(printed: MapSheet, items: Sequence[LegendItem]) -> Block:
    is_named = printed.kicker or printed.subject == printed.heading
    subject = "" if is_named else printed.subject

    def write(page: Page, y: float) -> float:
        columns = 1 if page.zoom >= WIDE_LEGEND else 2
        return draw_legend(page, y, items, columns=columns, about=subject)

    return write


def write_column(page: Page, blocks: Sequence[Block], *, low_mm: float) -> None:
    """Write the column as large as its height holds, above the footer.

    What is left beside a map is shared out between the blocks; a block that has a
    `shorter` gives way where even the smallest letters do not fit.
    """

    def left_mm(zoom: float) -> float:
        draft = Draft(page.format, zoom=zoom)
        end_mm = draft.at(0.0, _write(draft, blocks))[1] + _SPARE_MM
        inside = draft.right_mm <= page.width_mm - MARGIN_MM + 0.2
        return end_mm - low_mm if inside else -1.0

    rank = bisect_left(COLUMN_ZOOMS, 1, key=lambda zoom: left_mm(zoom) >= 0)
    page.zoom = [*COLUMN_ZOOMS, COLUMN_ZOOMS[-1]][rank]
    while left_mm(page.zoom) < 0:
        cut = [getattr(block, "shorter", lambda: None)() for block in blocks]
        if not any(cut):
            break
        blocks = [short or block for short, block in zip(cut, blocks, strict=True)]
    gap_mm = 0.0
    if page.format.beside:
        gaps = max(1, len(blocks) - 1)
        gap_mm = min(_MOST_GAP_MM, max(0.0, left_mm(page.zoom)) / gaps / page.zoom)
    _write(page, blocks, gap_mm=gap_mm)
    page.zoom = 1.0


def _write(page: Page, blocks: Sequence[Block], *, gap_mm: float = 0.0) -> float:
    y = page.side_top + gap_mm
    for block in blocks:
        y = block(page, y - gap_mm)
    return y


def statement(title: str, text: str) -> Block:
    """Tell a titled sentence."""
    return lambda page, y: draw_statement(page, y, title, text)


def listed(rows: SideTable) -> Block:
    """List figures."""
    return lambda page, y: draw_side_table(page, y, rows)


def identity(lines: Sequence[tuple[str, str]]) -> Block:
    """Tell a few figures side by side, at the head of the column."""
    return lambda page, _: draw_identity(page, lines)


def indicator_parts(parts: Mapping[str, Sequence[CardRow | str]]) -> Block:
    """List indicators, part by part."""
    return lambda page, y: draw_indicators(page, y, parts)


def draw_stamp(view: MapFrame, sheet: Sheet, area: shapely.Geometry) -> None:
    """Write the stamp of the sheet on one line, beside what the map shows.

    It stands within the heights and, where it fits, the widths of `area`, over as
    little of it as can be: what is cut out around the area keeps the stamp.
    """
    if not sheet.stamp:
        return
    text = sheet.warning
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
    """Cross a page with the stamp of the sheet, under its texts."""
    if not sheet.stamp:
        return
    write(
        page,
        page.width_mm / 2,
        page.height_mm / 2,
        sheet.stamp_word,
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
