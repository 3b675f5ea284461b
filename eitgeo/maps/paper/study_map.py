"""What stands around and under every map of the whole study area."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import shapely

from eitgeo.maps.paper.charter import BUFFER, MUTED, OUTSIDE
from eitgeo.maps.paper.ground import NEIGHBOURS_LON_LAT, Ground, dissolved, project_ring
from eitgeo.maps.paper.labels import Lettering, MapFrame, place_area_label
from eitgeo.maps.paper.layers import (
    LINE_STYLES,
    Outlet,
    base_legend,
    draw_around,
    draw_limits,
    draw_outline,
    mark_outlets,
    mark_towns,
    name_areas,
    name_motorways,
    number_outlets,
    outlet_legend,
    patch_item,
)
from eitgeo.maps.paper.map_sheet import Layer, MapSheet
from eitgeo.maps.paper.side import LegendItem

_COUNTRY = Lettering(8.0, colour=MUTED)
LANDS = (
    LegendItem("line", LINE_STYLES["outline"], "Territoire d’étude"),
    patch_item(OUTSIDE, "Communes du territoire"),
    patch_item(BUFFER, "Communes voisines"),
)
REST = (patch_item(OUTSIDE, "Reste du territoire d’étude"), LANDS[-1])
"""The same, on a map of perimeters."""


def area_sheet(
    ground: Ground,
    *own: Layer,
    under: Sequence[LegendItem] | None = None,
    outline: bool = True,
    **told: Any,
) -> MapSheet:
    """Make the sheet of a map of the whole study area: its own layers on the ground.

    `told`: ``subject``, ``heading``, ``side`` and ``tables`` of the `MapSheet`.
    `under`: what the legend says of the ground, else study area and communes;
    `outline`: whether the study area is outlined.
    """
    layers = (*own, *ground_layers(ground, under=under, outline=outline))
    area = dissolved(ground.area)
    bounds = tuple(ground.area.total_bounds)
    return MapSheet(layers=layers, bounds=bounds, spared=lambda _: area, **told)


def ground_layers(
    ground: Ground, *, under: Sequence[LegendItem] | None = None, outline: bool = True
) -> tuple[Layer, ...]:
    """List what stands around and under a map, those that are named first first."""
    lands = LANDS if under is None else under

    def draw_lands(view: MapFrame) -> Sequence[LegendItem]:
        draw_around(view, ground)
        if outline:
            draw_outline(view, ground.area)
        seen = shapely.box(*view.placer.frame)
        around = ground.communes.geometry[~ground.communes["in_area"]]
        if around.intersects(seen).any():
            return lands
        return [one for one in lands if one.style.get("facecolor") != BUFFER]

    def draw_edges(view: MapFrame) -> Sequence[LegendItem]:
        draw_limits(view, ground)
        return base_legend(ground)

    names: tuple[tuple[tuple[str, ...], Callable[[MapFrame, Ground], None]], ...] = (
        (("places", "body_seats"), mark_towns),
        (("roads", "motorways"), name_motorways),
        ((), name_areas),
        ((), name_neighbours),
    )
    return (
        Layer(ground.made_of("communes", "bodies", "relief"), draw_lands),
        Layer((), draw_edges),
        *(
            Layer(ground.made_of(*tables), _nothing, partial(_named, how, ground))
            for tables, how in names
        ),
    )


def name_neighbours(view: MapFrame, ground: Ground) -> None:
    """Name the countries that the frame shows beyond the communes at hand."""
    seen = shapely.box(*view.placer.frame)
    at_hand = dissolved(ground.departements)
    for name, ring in NEIGHBOURS_LON_LAT.items():
        country = project_ring(ring)
        part = shapely.difference(shapely.intersection(country, seen), at_hand)
        if part.area > (12 * view.m_per_mm) ** 2:
            place_area_label(
                view,
                max(shapely.get_parts(part), key=shapely.area),
                name.upper(),
                lettering=_COUNTRY,
            )


def outlets_layer(
    ground: Ground,
    marked: list[Outlet],
    *,
    numbered: bool = False,
    in_legend: bool = True,
) -> Layer:
    """Mark outlets by kind, and number them; `marked` then holds those that are seen.

    `in_legend`: whether the legend says their kinds.
    """

    def draw(view: MapFrame) -> list[LegendItem]:
        marked[:] = mark_outlets(view, ground)
        return outlet_legend(marked) if in_legend else []

    def name(view: MapFrame) -> None:
        if numbered:
            number_outlets(view, marked)

    return Layer(ground.made_of("outlets"), draw, name)


def _nothing(_: MapFrame) -> tuple[LegendItem, ...]:
    """Draw nothing: names alone."""
    return ()


def _named(
    how: Callable[[MapFrame, Ground], None], ground: Ground, view: MapFrame
) -> None:
    how(view, ground)
