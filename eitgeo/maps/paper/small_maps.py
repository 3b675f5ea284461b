"""Small maps that stand side by side on a page: read at a glance, few words."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import geopandas as gpd
import shapely
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from eitgeo.maps.paper.canvas import HEADING, Page
from eitgeo.maps.paper.charter import BUFFER, INK, MUTED, OUTSIDE, TEXT_PT
from eitgeo.maps.paper.formats import A4, HEADER_MM, PageFormat
from eitgeo.maps.paper.ground import Ground, dissolved
from eitgeo.maps.paper.labels import (
    Box,
    Lettering,
    MapFrame,
    Placer,
    around,
    place_area_label,
    place_point_label,
)
from eitgeo.maps.paper.map_sheet import BodySheet
from eitgeo.maps.paper.shapes import add_lines, add_polygons
from eitgeo.tables.public import Released

_WIDTH_MM, _HEIGHT_MM, _LEGEND_MM = 82.0, 76.0, 9.0
_MARGIN_SHARE = 0.03
_TOWNS = 6
_SIZE = PageFormat("carte", "carte", _WIDTH_MM, _HEIGHT_MM, dpi=220)
_WIDE_M, _ROOM_M = 18_000.0, 7_000.0
"""Least distance between two names, from west to east or from south to north [m]."""
_WIDEST_PX = 1760
_EDGE_MM = 0.4
"""White around what is left of a sheet."""
_EPCI, _PART = Lettering(TEXT_PT), Lettering(8.0, bold=True)
_TOWN = Lettering(TEXT_PT)
_STAR_MM, _DOT_MM = 2.6, 0.9


class _Part(NamedTuple):
    """An area of a sketch: its communes, how it is drawn, what it is called."""

    codes: frozenset[str]
    style: dict[str, Any]
    name: str


def territory_sketch(ground: Ground) -> BodySheet:
    """Draw the study area, an EPCI a colour, and the town that minutes count to."""
    ground = replace(ground, towns=_seat(ground))

    def draw(page: Page, _: float) -> None:
        view = _open(page, ground)
        add_polygons(
            view.axes,
            ground.epci.geometry,
            facecolors=ground.epci["colour"].tolist(),
            edgecolor="white",
            linewidth=0.7,
            zorder=3,
        )
        outline = shapely.boundary(dissolved(ground.area))
        add_lines(view.axes, outline, color=INK, linewidth=1.0, zorder=6)
        _mark_towns(view, ground)
        for name, shape in zip(
            ground.epci["short_name"], ground.epci.geometry, strict=True
        ):
            _name_area(view, str(name), shape, lettering=_EPCI)

    return _sketch(ground, "Territoire d’étude", draw)


def difference_sketch(
    ground: Ground, members: Released, *, pair: tuple[str, str]
) -> BodySheet:
    """Draw what two perimeters share and what only one of them holds."""
    table = members.table
    first, second = (
        frozenset(table.loc[table["perimeter_id"] == name, "code_insee"])
        for name in pair
    )
    parts = [
        _Part(first & second, {"facecolor": "#b9c4c9"}, "A et B"),
        _Part(first - second, {"facecolor": "#8fbce6", "hatch": "///"}, "A seul"),
        _Part(second - first, {"facecolor": "#f2b48c", "hatch": "..."}, "B seul"),
    ]
    parts = [part for part in parts if part.codes]
    edges = shapely.union_all(shapely.boundary(ground.epci.geometry.to_numpy()))

    def draw(page: Page, _: float) -> None:
        view = _open(page, ground)
        shapes = [dissolved(_shown(ground, part.codes)) for part in parts]
        for part, shape in zip(parts, shapes, strict=True):
            style = {"edgecolor": "#555555", "linewidth": 0.4} | part.style
            add_polygons(view.axes, [shape], zorder=3, **style)
        add_lines(view.axes, edges, color="white", linewidth=0.7, zorder=5)
        _mark_towns(view, ground)
        for part, shape in zip(parts, shapes, strict=True):
            _name_area(view, part.name, shape, lettering=_PART)
        _legend(page, parts)

    return _sketch(ground, "De A à B", draw, members)


def _sketch(
    ground: Ground, subject: str, draw: Callable[[Page, float], None], *tables: Released
) -> BodySheet:
    """Make a small picture of the study area."""
    made_of = ground.made_of("communes", "bodies", "places")
    return BodySheet(
        subject=subject, heading="", tables=(*made_of, *tables), body=draw, size=_SIZE
    )


def light_picture(png: bytes) -> bytes:
    """Make a picture of a sheet fit for a document: what has a place there goes.

    White margins go; so does the header of a map whose heading the picture keeps, for
    a caption. Then as many dots as an A4 page shows, and a palette of colours.
    """
    heading, _ = picture_parts(png)
    with Image.open(io.BytesIO(png)) as picture:
        flat = picture.convert("RGB")
    px_per_mm = flat.width / A4.width_mm
    top = round((HEADER_MM - _EDGE_MM) * px_per_mm) if heading else 0
    flat = flat.crop((0, top, flat.width, flat.height))
    ink = ImageOps.invert(flat.convert("L")).getbbox()
    if ink:
        flat = ImageOps.expand(flat.crop(ink), round(_EDGE_MM * px_per_mm), "white")
    if flat.width > _WIDEST_PX:
        height = round(flat.height * _WIDEST_PX / flat.width)
        flat = flat.resize((_WIDEST_PX, height), Image.Resampling.LANCZOS)
    # Of the palettes that Pillow makes, the one that keeps the rarest colours truest.
    light = flat.quantize(method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    metadata, buffer = PngInfo(), io.BytesIO()
    if heading:
        metadata.add_itxt(HEADING, heading)
    light.save(buffer, format="PNG", pnginfo=metadata)
    return buffer.getvalue()


def picture_parts(png: bytes) -> tuple[str, float]:
    """Return the heading that a picture keeps, and its width against its height."""
    with Image.open(io.BytesIO(png)) as picture:
        heading = str(picture.info.get(HEADING, ""))
        return heading, picture.width / picture.height


def _shown(ground: Ground, codes: frozenset[str]) -> gpd.GeoDataFrame:
    known = codes & set(ground.communes.index)
    return ground.communes.loc[sorted(known)]


def _open(page: Page, ground: Ground) -> MapFrame:
    """Open axes that show the study area, in true proportions."""
    axes = page.axes(0, _LEGEND_MM, _WIDTH_MM, _HEIGHT_MM - _LEGEND_MM)
    xmin, ymin, xmax, ymax = ground.area.total_bounds
    room = 1 + 2 * _MARGIN_SHARE
    m_per_mm = room * max(
        (xmax - xmin) / _WIDTH_MM, (ymax - ymin) / (_HEIGHT_MM - _LEGEND_MM)
    )
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    half_x = m_per_mm * _WIDTH_MM / 2
    half_y = m_per_mm * (_HEIGHT_MM - _LEGEND_MM) / 2
    frame = Box(x - half_x, y - half_y, x + half_x, y + half_y)
    axes.set(xlim=(frame.xmin, frame.xmax), ylim=(frame.ymin, frame.ymax))
    axes.axis("off")
    others = ground.communes[~ground.communes["in_area"]]
    add_polygons(axes, others.geometry, facecolor=BUFFER, linewidth=0, zorder=1)
    inside = [dissolved(ground.area)]
    add_polygons(axes, inside, facecolor=OUTSIDE, linewidth=0, zorder=2)
    return MapFrame(axes, m_per_mm, Placer(frame))


def _name_area(
    view: MapFrame, name: str, shape: shapely.Geometry, *, lettering: Lettering
) -> None:
    part = max(shapely.get_parts(shape), key=shapely.area)
    place_area_label(view, part, name, lettering=lettering)


def _seat(ground: Ground) -> gpd.GeoDataFrame:
    return ground.towns[ground.towns["code_insee"] == ground.root_code]


def _mark_towns(view: MapFrame, ground: Ground) -> None:
    """Mark the largest towns, then name them."""
    towns = ground.towns[ground.towns["code_insee"].isin(ground.area["code_insee"])]
    chosen: list[int] = []
    x, y = towns.geometry.x.to_numpy(), towns.geometry.y.to_numpy()
    for rank in range(len(towns)):
        apart = [
            abs(x[rank] - x[k]) > _WIDE_M or abs(y[rank] - y[k]) > _ROOM_M
            for k in chosen
        ]
        if all(apart) and len(chosen) < _TOWNS:
            chosen.append(rank)
    towns = towns.iloc[chosen]
    for code, point in zip(towns["code_insee"], towns.geometry, strict=True):
        is_star = code == ground.root_code
        mark = {"marker": "*", "ms": 7.5} if is_star else {"marker": "o", "ms": 2.6}
        style: dict[str, Any] = {"color": INK, "mec": "white", "mew": 0.4, **mark}
        view.axes.plot([point.x], [point.y], zorder=14, **style)
        side = (_STAR_MM if is_star else _DOT_MM) * view.m_per_mm
        view.placer.block(around(point.x, point.y, side, side))
    for name, point in zip(towns["name"], towns.geometry, strict=True):
        place_point_label(view, point, str(name), lettering=_TOWN, gap_mm=_STAR_MM / 2)


def _legend(page: Page, parts: Sequence[_Part]) -> None:
    x, step = 2.0, (_WIDTH_MM - 4.0) / 3
    for part in parts:
        box = shapely.box(x, 2.4, x + 6.0, 5.8)
        add_polygons(page.sheet, [box], edgecolor=MUTED, linewidth=0.4, **part.style)
        page.sheet.text(x + 7.5, 4.1, part.name, size=TEXT_PT, va="center", color=INK)
        x += step
