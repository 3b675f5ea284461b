"""Print who is organised with whom: the bodies beside the EPCI, and what they may."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import shapely

from eitgeo.check import require_columns
from eitgeo.maps.paper.canvas import Page, drawing_style, render, write_block
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.ground import dissolved
from eitgeo.maps.paper.labels import Lettering, place_point_label
from eitgeo.maps.paper.layers import (
    base_legend,
    draw_around,
    draw_limits,
    hatch,
    mark_towns,
    name_areas,
    name_motorways,
    patch_item,
)
from eitgeo.maps.paper.layout import (
    draw_footer,
    draw_furniture,
    draw_header,
    draw_stamp,
    open_map,
)
from eitgeo.maps.paper.palette import BUFFER, MUTED, OUTSIDE, spread_colours
from eitgeo.maps.paper.shapes import add_lines, add_polygons
from eitgeo.maps.paper.sheet import require_released, sheet_about
from eitgeo.maps.paper.side import (
    LegendItem,
    draw_legend,
    draw_mark,
    draw_statement,
    side_title,
)
from eitgeo.maps.prints.bodies import BodyHere, bodies_here
from eitgeo.reference.map_sheets import map_title
from eitgeo.words import NBSP, french_number

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.layout import MapFrame
    from eitgeo.maps.paper.sheet import Sheet

_HEADING = map_title("carte_structures")
_NOTIONS = (
    "Le périmètre d’intervention dit quelles intercommunalités sont concernées ; la "
    "structure porteuse signe et emploie ; l’animation rencontre les entreprises. Un "
    "contrat ou un bassin de vie est un périmètre, jamais une structure porteuse."
)
_FILLED = "petr"
"""Bodies of this kind do not overlap: they are filled; others are outlined."""
_LINES: tuple[dict[str, Any], ...] = (
    {"color": "#a0246e", "linewidth": 2.0, "linestyle": "solid"},
    {"color": "#0b5a8a", "linewidth": 2.0, "linestyle": (0, (4, 1.5))},
    {"color": "#7a4a00", "linewidth": 2.0, "linestyle": (0, (1, 1.2))},
    {"color": "#226b2b", "linewidth": 2.0, "linestyle": (0, (6, 1.5, 1, 1.5))},
)
_STEP_MM = 0.9
"""Outlines that share a limit run side by side."""
_NEIGHBOUR: dict[str, Any] = {
    "marker": "D",
    "markersize": 5.5,
    "markerfacecolor": "#ffffff",
    "markeredgecolor": "#226b2b",
    "markeredgewidth": 1.4,
}
_NEIGHBOUR_NAME = Lettering(6.8, colour="#1c5a24", bold=True)
_ROW_MM = 12.0
_TEXT_MM = 8.0


class _Body(NamedTuple):
    """A body, its members in the study area, and how it is drawn."""

    row: Any
    communes: gpd.GeoDataFrame
    to_confirm: bool
    mark: LegendItem


def body_map(
    ground: Ground,
    bodies: Released,
    *,
    members: Released,
    neighbours: Released,
    sheet: Sheet,
) -> dict[str, bytes]:
    """Draw the bodies other than EPCI on the study area, with their powers."""
    shown = _marked(bodies_here(ground, bodies, members))
    near: Any = require_released(neighbours, "neighbours").table
    require_columns(near, ["name", "status", "geometry"], where="neighbours")
    with drawing_style():
        page = Page(FORMATS[sheet.page_format])
        draw_header(page, sheet, _HEADING)
        low_mm = draw_footer(page, sheet)
        view = open_map(page, tuple(ground.area.total_bounds), low_mm=low_mm)
        draw_around(view, ground)
        _draw_bodies(view, ground, shown)
        draw_stamp(view, sheet)
        draw_furniture(view, dissolved(ground.area))
        _mark_neighbours(view, near)
        mark_towns(view, ground)
        name_motorways(view, ground)
        name_areas(view, ground)
        y = draw_statement(
            page, page.side_top, "Trois notions à ne pas mêler", _NOTIONS
        )
        y = _list_bodies(page, y, shown)
        doubtful = any(body.to_confirm for body in shown)
        draw_legend(page, y, _legend(ground, near, hatched=doubtful), columns=2)
        return render(page, sheet, about=sheet_about(sheet, _HEADING))


def _marked(found: list[BodyHere]) -> list[_Body]:
    """Give each body its colour or its line."""
    is_filled = [row.kind == _FILLED for row, _, _ in found]
    filled = [
        dissolved(one[1]) for one, fill in zip(found, is_filled, strict=True) if fill
    ]
    colours = iter(spread_colours(gpd.GeoSeries(filled, crs=2154)))
    lines = cycle(_LINES)
    return [
        _Body(
            row,
            here,
            doubtful,
            patch_item(next(colours), "")
            if fill
            else LegendItem("line", next(lines), ""),
        )
        for (row, here, doubtful), fill in zip(found, is_filled, strict=True)
    ]


def _draw_bodies(view: MapFrame, ground: Ground, shown: list[_Body]) -> None:
    """Fill what does not overlap; outline the rest, each a step further inside."""
    rank = 0
    for body in shown:
        whole = dissolved(body.communes)
        if body.row.kind == _FILLED:
            fill = body.mark.style["facecolor"]
            add_polygons(view.axes, [whole], facecolor=fill, linewidth=0, zorder=3)
        else:
            inset = (0.6 + rank * _STEP_MM) * view.m_per_mm
            inside = shapely.buffer(whole, -inset, join_style="mitre")
            add_lines(view.axes, shapely.boundary(inside), zorder=11, **body.mark.style)
            rank += 1
    sure = {
        code
        for body in shown
        if not body.to_confirm
        for code in body.communes["code_insee"]
    }
    doubtful = {code for body in shown for code in body.communes["code_insee"]} - sure
    hatch(view, ground.area[ground.area["code_insee"].isin(doubtful)])
    draw_limits(view, ground)


def _mark_neighbours(view: MapFrame, near: gpd.GeoDataFrame) -> None:
    seen = shapely.box(*view.placer.frame)
    for row in near[near.geometry.within(seen)].itertuples():
        spot = row.geometry
        view.axes.plot(spot.x, spot.y, linestyle="none", zorder=22, **_NEIGHBOUR)
        place_point_label(
            view.axes,
            view.placer,
            spot,
            str(row.name),
            lettering=_NEIGHBOUR_NAME,
            m_per_mm=view.m_per_mm,
            gap_mm=1.6,
        )


def _list_bodies(page: Page, y: float, shown: list[_Body]) -> float:
    if not shown:
        return draw_statement(page, y, "Structures", "Aucune hors EPCI.")
    y = side_title(page, y, "Structures, hors EPCI")
    for body in shown:
        y = page.keep(y, _ROW_MM)
        draw_mark(page, (page.side_x, y), body.mark)
        x, room = page.side_x + _TEXT_MM, page.side_width - _TEXT_MM
        name = str(body.row.name)
        y = write_block(page, x, y, name, width=room, size=7, bold=True, lines=2)
        told = f"{_size(body)}. {_powers(body.row)}."
        if body.to_confirm:
            told = f"{told} Membres à confirmer."
        y = write_block(page, x, y, told, width=room, size=6.5, color=MUTED, lines=4)
        y -= 1.0
    return y - 1.0


def _size(body: _Body) -> str:
    n_communes = french_number(len(body.communes), decimals=0)
    people = french_number(int(body.communes["population"].sum()), decimals=0)
    return f"{n_communes}{NBSP}communes du territoire, {people}{NBSP}habitants"


def _powers(row: Any) -> str:
    """Say whether a body may carry, and what it is competent for."""
    if not row.legal_person:
        return "Sans personnalité juridique : ne peut pas porter"
    powers = [
        what
        for what, has in (
            ("économie", row.economic_competence),
            ("traitement des déchets", row.waste_competence),
        )
        if has
    ]
    told = (
        f"compétence{NBSP}: {', '.join(powers)}"
        if powers
        else ("ni l’économie ni les déchets en propre")
    )
    return f"Personne morale ; {told}"


def _legend(ground: Ground, near: pd.DataFrame, *, hatched: bool) -> list[LegendItem]:
    doubt = "Seulement par des membres à confirmer" if hatched else ""
    items = [
        patch_item(OUTSIDE, "Communes du territoire"),
        patch_item(BUFFER, "Communes voisines"),
    ]
    if len(near):
        told = "Démarche d’écologie industrielle voisine"
        if near["status"].ne("publie").any():
            told = f"{told} (en partie à vérifier)"
        items.append(LegendItem("marker", _NEIGHBOUR, told))
    return [*items, *base_legend(ground, hatched=doubt)]
