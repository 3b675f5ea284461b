"""Print maps of zones: where industry sits, and which sites always sit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from eitgeo.check import require_columns, require_lambert93
from eitgeo.maps.paper.canvas import Page, drawing_style, render
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.labels import Lettering, around, place_point_label
from eitgeo.maps.paper.palette import INK
from eitgeo.maps.paper.shapes import add_polygons
from eitgeo.maps.paper.sheet import require_released, sheet_about
from eitgeo.maps.paper.side import (
    LegendItem,
    draw_identity,
    draw_legend,
    draw_statement,
)
from eitgeo.maps.paper.study_map import (
    finish_map,
    ground_legend,
    open_ground,
)
from eitgeo.maps.prints.zone_side import (
    N_STABLE_LISTED,
    SITE_COLOURS,
    assumed_note,
    draw_zone_list,
    listed_zones,
    share_sentence,
    site_identity,
    sweep_sentence,
    zone_identity,
    zone_number,
)
from eitgeo.maps.words.counts import counted_as, zone_list_title
from eitgeo.reference.map_sheets import map_title

if TYPE_CHECKING:
    import geopandas as gpd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.layout import MapFrame
    from eitgeo.maps.paper.sheet import Sheet

_SIZES_PT = {
    "moins de 50": 3.4,
    "50 à 99": 4.4,
    "100 à 249": 6.2,
    "250 à 499": 8.6,
    "500 ou plus": 11.5,
    "secret": 3.4,
}
"""Diameter of a symbol by class of jobs."""
_SIZE_LABELS = {
    "moins de 50": "Moins de 50 emplois",
    "50 à 99": "50 à 99 emplois",
    "100 à 249": "100 à 249 emplois",
    "250 à 499": "250 à 499 emplois",
    "500 ou plus": "500 emplois ou plus",
    "secret": "Taille tenue secrète",
}
_FILLS = {"stable": "#1f5fa8", "moving": "#5fa3dd", "alone": "#d9731a"}
_MARKERS = {"stable": "o", "moving": "o", "alone": "D"}
_LABELS = {
    "stable": "Zone stable",
    "moving": "Zone qui dépend des réglages",
    "alone": "Site isolé majeur",
}
_STABILITY_HEADING = map_title("carte_stabilite_zones")
_SITE_SIZES_PT = {"isole": 1.3, "parfois": 2.1, "toujours": 2.1}
_SITE_LABELS = {
    "toujours": "Site toujours avec les mêmes voisins",
    "parfois": "Site parfois en zone",
    "isole": "Site jamais en zone",
}
_RING_PT = 10.0
_RING: dict[str, Any] = {
    "marker": "o",
    "markersize": _RING_PT,
    "markerfacecolor": "none",
    "markeredgecolor": INK,
    "markeredgewidth": 0.9,
}
_NUMBER = Lettering(6.5, bold=True, colour="#123a68")
_HALF_MM_PER_PT = 25.4 / 72 / 2
_ZONE_COLUMNS = [
    "zone_id",
    "kind",
    "code_insee",
    "n_sites",
    "size_class",
    "stability",
    "official_zone",
    "geometry",
]


def zones_map(
    ground: Ground,
    zones: Released,
    *,
    settings: Released,
    stable_from: float,
    sheet: Sheet,
) -> dict[str, bytes]:
    """Draw the zones and isolated large sites on one A4 sheet, some numbered."""
    table = _zone_table(zones)
    sure = counted_as(drawn=zones.demonstration)
    named = listed_zones(table, ground, evidence=sure)
    title = zone_list_title("zones", evidence=sure)
    with drawing_style():
        page = Page(FORMATS[sheet.page_format])
        view = open_ground(page, ground, sheet, map_title("carte_zones"))
        _draw_grounds(view, table, stable_from)
        _draw_symbols(view, table, stable_from)
        finish_map(
            view, ground, sheet, before_names=lambda: _number(view, named, gap=True)
        )
        y = draw_identity(page, zone_identity(table, stable_from, evidence=sure))
        read = sweep_sentence(settings.table, stable_from) + assumed_note(sure)
        y = draw_statement(page, y, "Comment lire", read)
        y = draw_zone_list(page, y, named, ground, title=title, evidence=sure)
        legend = [*_zone_legend(table, stable_from), *ground_legend(ground)]
        draw_legend(page, y, legend, columns=2)
        return render(page, sheet, about=sheet_about(sheet, "Zones"))


def stability_map(
    ground: Ground,
    zones: Released,
    *,
    sites: Released,
    settings: Released,
    stable_from: float,
    sheet: Sheet,
) -> dict[str, bytes]:
    """Draw which sites are always together, which sometimes, which never in a zone."""
    table = _zone_table(zones)
    points: Any = require_released(sites, "site_stability").table
    require_columns(points, ["status", "geometry"], where="site_stability")
    require_lambert93(points, where="site_stability")
    held = table[table["kind"].eq("zone") & table["stability"].ge(stable_from)]
    sure = counted_as(drawn=zones.demonstration)
    named = listed_zones(held, ground, evidence=sure, count=N_STABLE_LISTED)
    title = zone_list_title("zones stables", evidence=sure)
    with drawing_style():
        page = Page(FORMATS[sheet.page_format])
        view = open_ground(page, ground, sheet, _STABILITY_HEADING)
        _draw_sites(view, points)
        _ring(view, held)
        finish_map(
            view, ground, sheet, before_names=lambda: _number(view, named, gap=False)
        )
        y = draw_identity(page, site_identity(points, evidence=sure))
        read = share_sentence(settings.table) + assumed_note(sure)
        y = draw_statement(page, y, "Comment lire", read)
        y = draw_zone_list(page, y, named, ground, title=title, evidence=sure)
        legend = [*_site_legend(points, held), *ground_legend(ground)]
        draw_legend(page, y, legend, columns=2)
        return render(page, sheet, about=sheet_about(sheet, "Stabilité"))


def _zone_table(zones: Released) -> gpd.GeoDataFrame:
    table: Any = require_released(zones, "zones_public").table
    require_columns(table, _ZONE_COLUMNS, where="zones_public")
    require_lambert93(table, where="zones_public")
    return table.sort_values("zone_id", ignore_index=True)


def _family(table: gpd.GeoDataFrame, stable_from: float) -> list[str]:
    """Say of each row whether it is stable, moving, or alone."""
    stable = table["stability"].ge(stable_from)
    kinds = stable.map({True: "stable", False: "moving"})
    return kinds.mask(table["kind"].eq("site_isole"), "alone").to_list()


def _draw_grounds(view: MapFrame, table: gpd.GeoDataFrame, stable_from: float) -> None:
    """Draw the footprints: they show where one zooms in."""
    colours = [_FILLS[one] for one in _family(table, stable_from)]
    add_polygons(
        view.axes,
        table.geometry,
        facecolors=colours,
        edgecolor=INK,
        linewidth=0.15,
        zorder=13,
    )


def _draw_symbols(view: MapFrame, table: gpd.GeoDataFrame, stable_from: float) -> None:
    """Draw the largest first, so that the small ones stay in sight."""
    points = shapely.point_on_surface(table.geometry.to_numpy())
    families = _family(table, stable_from)
    sizes = table["size_class"].map(_SIZES_PT).to_numpy(dtype=float)
    for rank in sorted(range(len(table)), key=lambda row: (-sizes[row], row)):
        style = _symbol(families[rank], str(table["size_class"].iloc[rank]))
        point = points[rank]
        view.axes.plot(point.x, point.y, linestyle="none", zorder=14, **style)


def _symbol(family: str, size: str) -> dict[str, Any]:
    return {
        "marker": _MARKERS[family],
        "markersize": _SIZES_PT[size],
        "markerfacecolor": _FILLS[family],
        "markeredgecolor": "white" if size != "secret" else INK,
        "markeredgewidth": 0.4,
    }


def _draw_sites(view: MapFrame, points: gpd.GeoDataFrame) -> None:
    for zorder, (status, size) in enumerate(_SITE_SIZES_PT.items(), start=13):
        part = points[points["status"].eq(status)]
        view.axes.plot(
            part.geometry.x,
            part.geometry.y,
            linestyle="none",
            zorder=zorder,
            **_site_style(status, size),
        )


def _site_style(status: str, size: float) -> dict[str, Any]:
    return {
        "marker": "o",
        "markersize": size,
        "markerfacecolor": SITE_COLOURS[status],
        "markeredgewidth": 0.0,
    }


def _ring(view: MapFrame, held: gpd.GeoDataFrame) -> None:
    for point in shapely.point_on_surface(held.geometry.to_numpy()):
        view.axes.plot(point.x, point.y, linestyle="none", zorder=17, **_RING)


def _number(view: MapFrame, named: gpd.GeoDataFrame, *, gap: bool) -> None:
    """Write the number of each listed zone beside its symbol, where there is room."""
    points = shapely.point_on_surface(named.geometry.to_numpy())
    sizes = named["size_class"].map(_SIZES_PT).to_list()
    for point, size in zip(points, sizes, strict=True):
        side = 2 * (size if gap else _RING_PT) * _HALF_MM_PER_PT
        side_m = 0.8 * side * view.m_per_mm
        view.placer.block(around(point.x, point.y, side_m, side_m))
    for point, name, size in zip(points, named["zone_id"], sizes, strict=True):
        place_point_label(
            view.axes,
            view.placer,
            point,
            zone_number(str(name)),
            lettering=_NUMBER,
            m_per_mm=view.m_per_mm,
            gap_mm=(size if gap else _RING_PT) * _HALF_MM_PER_PT + 0.2,
        )


def _zone_legend(table: gpd.GeoDataFrame, stable_from: float) -> list[LegendItem]:
    met = set(_family(table, stable_from))
    items = [
        LegendItem("marker", _symbol(family, "100 à 249"), label)
        for family, label in _LABELS.items()
        if family in met
    ]
    sizes = set(table["size_class"])
    items += [
        LegendItem("marker", _symbol("moving", name), _SIZE_LABELS[name])
        for name in _SIZES_PT
        if name in sizes
    ]
    return items


def _site_legend(points: gpd.GeoDataFrame, held: gpd.GeoDataFrame) -> list[LegendItem]:
    met = set(points["status"])
    items = [
        LegendItem("marker", _site_style(status, 4.5), label)
        for status, label in _SITE_LABELS.items()
        if status in met
    ]
    if len(held):
        small = _RING | {"markersize": 7.0}
        items.append(LegendItem("marker", small, "Zone stable"))
    return items
