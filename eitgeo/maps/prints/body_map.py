"""Print who is organised with whom: the bodies beside the EPCI, and what they may."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import geopandas as gpd
import shapely

from eitgeo.ledger import Place, plain
from eitgeo.maps.paper.canvas import Draft, Page, line_height_mm, wrap, write_block
from eitgeo.maps.paper.charter import (
    BUFFER,
    MUTED,
    OUTSIDE,
    TEXT_PT,
    spread_colours,
    styles,
)
from eitgeo.maps.paper.ground import Ground, dissolved
from eitgeo.maps.paper.labels import Lettering, MapFrame, around, place_area_label
from eitgeo.maps.paper.layers import LINE_STYLES, patch_item
from eitgeo.maps.paper.map_sheet import Layer, MapSheet, statement
from eitgeo.maps.paper.marks import Mark, points
from eitgeo.maps.paper.shapes import add_lines, add_polygons
from eitgeo.maps.paper.side import LegendItem, draw_mark, draw_statement, side_title
from eitgeo.maps.paper.study_map import area_sheet
from eitgeo.maps.words.sentences import sentences
from eitgeo.reference.labels import labels_of
from eitgeo.reference.map_sheets import map_title
from eitgeo.tables.public import Released
from eitgeo.words import NBSP

_SUBJECT = map_title("carte_structures")
_SAY = sentences("prints", "body_map")
_FILLED = "petr"
"""Bodies of this kind do not overlap: they are filled on the map; each other has a
small map of its own, where outlines on outlines could not be told apart."""
_KIND_WORDS = labels_of("body_kind")
_HELD = styles("body_map")["held"]
_DOUBTED = styles("body_map")["doubted"]
_NEIGHBOUR = styles("body_map")["neighbour"]
_EDGE = styles("body_map")["edge"]
_BODY_NAME = Lettering(8.5, bold=True)
_TOWN_MM = 2.0
_NEIGHBOUR_NAME = Lettering(TEXT_PT, colour="#1c5a24", bold=True)
_ROW_MM = 12.0
_TEXT_MM = 8.0
_SMALL_MM = (19.0, 15.5)
_SMALL_FINE_M = 400.0
_GAP_MM = 1.2


class _Body(NamedTuple):
    """A body, its members in the study area, and how it is drawn."""

    row: Any
    communes: gpd.GeoDataFrame
    to_confirm: bool
    shape: shapely.Geometry
    mark: LegendItem | None
    """None: on a small map."""


def body_map(
    ground: Ground, bodies: Released, *, members: Released, neighbours: Released
) -> MapSheet:
    """Draw the bodies other than EPCI on the study area, with their powers."""
    shown = _marked(bodies_here(ground, bodies, members))
    initiatives: Any = neighbours.table
    return area_sheet(
        ground,
        points(
            [
                Mark(row.geometry, str(row.name), is_sure=row.status == "publie")
                for row in initiatives.itertuples(index=False)
            ],
            style=_NEIGHBOUR,
            label="Démarche d’écologie industrielle voisine",
            tables=(neighbours,),
            lettering=_NEIGHBOUR_NAME,
            gap_mm=1.6,
            zorder=22,
        ),
        Layer(
            (bodies, members),
            partial(_fill_bodies, shown=shown),
            partial(_name_bodies, shown=shown, towns=ground.towns),
        ),
        under=(
            LegendItem("line", LINE_STYLES["outline"], "Territoire d’étude"),
            patch_item(OUTSIDE, f"Communes du territoire{_but_filled(shown)}"),
            patch_item(BUFFER, "Communes voisines"),
        ),
        subject=_SUBJECT,
        heading=_heading(ground, shown),
        side=(
            statement("Trois notions à ne pas mêler", _SAY("notions")),
            lambda page, y: _list_bodies(page, y, shown, ground),
        ),
    )


def _filled_name() -> str:
    return _KIND_WORDS[_FILLED]


def _but_filled(shown: list[_Body]) -> str:
    filled = any(body.mark is not None for body in shown)
    return f" hors {_filled_name()}" if filled else ""


def _heading(ground: Ground, shown: list[_Body]) -> str:
    """Say whom the bodies that may carry in name of EPCI bring together."""
    filled = [body for body in shown if body.mark is not None]
    if not filled:
        return _SUBJECT
    codes = {code for body in filled for code in body.communes["code_insee"]}
    people = ground.area["population"]
    population = plain(int(people.loc[sorted(codes)].sum()), _of_filled("population"))
    every = plain(int(people.sum()), Place("communes", "in_area", "people"))
    n_filled = plain(len(filled), _of_filled("n"))
    return _SAY(
        "heading",
        n=n_filled,
        kind=_filled_name(),
        verb="réunissent" if len(filled) > 1 else "réunit",
        people=population,
        every=every,
    )


def _of_filled(column: str) -> Place:
    return Place("bodies", _filled_name(), column)


def _marked(bodies: list[BodyHere]) -> list[_Body]:
    """Give each body its colour, or its small map."""
    shapes = [dissolved(communes) for _, communes, _ in bodies]
    filled = [
        shape
        for (row, _, _), shape in zip(bodies, shapes, strict=True)
        if row.kind == _FILLED
    ]
    colours = iter(spread_colours(gpd.GeoSeries(filled, crs=2154)))
    return [
        _Body(
            row,
            here,
            doubtful,
            shape,
            patch_item(next(colours), "") if row.kind == _FILLED else None,
        )
        for (row, here, doubtful), shape in zip(bodies, shapes, strict=True)
    ]


def _fill_bodies(view: MapFrame, *, shown: list[_Body]) -> list[LegendItem]:
    """Fill what does not overlap; the list says whose colour is whose."""
    for body in shown:
        if body.mark is not None:
            fill = body.mark.style["facecolor"]
            add_polygons(view.axes, [body.shape], facecolor=fill, linewidth=0, zorder=3)
            add_lines(view.axes, shapely.boundary(body.shape), zorder=10, **_EDGE)
    return []


def _name_bodies(
    view: MapFrame, *, shown: list[_Body], towns: gpd.GeoDataFrame
) -> None:
    """Name what is filled, off the towns: on a photocopy colours may be one grey."""
    side = _TOWN_MM * view.m_per_mm
    for spot in towns.geometry:
        view.placer.block(around(spot.x, spot.y, side, side))
    for body in shown:
        if body.mark is not None:
            place_area_label(view, body.shape, str(body.row.name), lettering=_BODY_NAME)


def _list_bodies(page: Page, y: float, shown: list[_Body], ground: Ground) -> float:
    if not shown:
        return draw_statement(page, y, "Structures", "Aucune hors EPCI.")
    y = side_title(page, y, "Structures, hors EPCI")
    area = shapely.simplify(dissolved(ground.area), _SMALL_FINE_M)
    for body in shown:
        y = _list_body(page, y, body, area)
    return y - 1.0


def _list_body(page: Page, y: float, body: _Body, area: shapely.Geometry) -> float:
    """Write what a body is beside its colour, or beside its small map."""
    is_small = body.mark is None
    indent = _SMALL_MM[0] + 2.0 if is_small else _TEXT_MM
    room = page.side_width - indent
    text = f"{_size(body)}. {_powers(body.row)}."
    if body.to_confirm:
        text = f"{text} Membres à confirmer."
    lines = len(wrap(text, room, size_pt=TEXT_PT)) + 2
    height = max(_SMALL_MM[1] if is_small else 0, lines * line_height_mm(TEXT_PT))
    y = page.keep(y, max(_ROW_MM, height))
    if body.mark is None:
        _small_map(page, (page.side_x, y), body, area)
    else:
        draw_mark(page, (page.side_x, y), body.mark)
    x, name = page.side_x + indent, str(body.row.name)
    low = write_block(page, x, y, name, width=room, size=TEXT_PT, bold=True, lines=2)
    low = write_block(
        page, x, low, text, width=room, size=TEXT_PT, color=MUTED, lines=5
    )
    return min(low, y - _SMALL_MM[1] if is_small else low) - _GAP_MM


def _small_map(
    page: Page, corner: tuple[float, float], body: _Body, area: shapely.Geometry
) -> None:
    """Draw what a body holds of the study area; hatched where it is to confirm."""
    if isinstance(page, Draft):
        return
    width, height = _SMALL_MM
    x, y = page.at(corner[0], corner[1] - height)
    axes = page.axes(x, y, width * page.zoom, height * page.zoom)
    xmin, ymin, xmax, ymax = area.bounds
    axes.set(xlim=(xmin, xmax), ylim=(ymin, ymax), aspect="equal")
    axes.axis("off")
    add_polygons(axes, [area], facecolor=OUTSIDE, linewidth=0, zorder=1)
    outline = shapely.simplify(body.shape, _SMALL_FINE_M)
    style = _DOUBTED if body.to_confirm else _HELD
    add_polygons(axes, [outline], zorder=2, **style)
    add_polygons(
        axes, [area], facecolor="none", edgecolor=MUTED, linewidth=0.5, zorder=3
    )


def _size(body: _Body) -> str:
    place = partial(Place, "body_communes", str(body.row.name))
    n_communes = plain(len(body.communes), place("communes"))
    people = plain(int(body.communes["population"].sum()), place("population"))
    return f"{n_communes}{NBSP}communes du territoire, {people}{NBSP}habitants"


def _powers(row: Any) -> str:
    """Say whether a body may carry, and what it is competent for."""
    if not row.legal_person:
        return _SAY("no_person")
    powers = [
        what
        for what, has in (
            ("économie", row.economic_competence),
            ("traitement des déchets", row.waste_competence),
        )
        if has
    ]
    return _SAY("powers", powers=", ".join(powers)) if powers else _SAY("no_power")


class BodyHere(NamedTuple):
    """A body, its members in the study area, and whether its list is to confirm."""

    row: Any
    communes: gpd.GeoDataFrame
    to_confirm: bool


def bodies_here(ground: Ground, bodies: Released, members: Released) -> list[BodyHere]:
    """List the bodies but EPCI that hold a commune of the study area."""
    table = bodies.table
    membership = members.table
    area = ground.area
    bodies_found = []
    for row in (
        table[table["kind"] != "epci"]
        .sort_values("body_id", kind="stable")
        .itertuples()
    ):
        own_members = membership[membership["body_id"] == row.body_id]
        inside = area[area["code_insee"].isin(own_members["code_insee"])]
        if not inside.empty:
            doubtful = bool(own_members["status"].eq("a_confirmer").any())
            bodies_found.append(BodyHere(row, inside, doubtful))
    return bodies_found
