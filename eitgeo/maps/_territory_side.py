"""The side column of the territory map: its figures and its numbered outlets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from matplotlib.lines import Line2D

from eitgeo.maps._canvas import clip_lines, line_height_mm, wrap, write, write_block
from eitgeo.maps._layers import outlet_style
from eitgeo.maps._side import LegendItem, draw_mark, draw_statement, side_title
from eitgeo.maps.palette import MUTED, outlet_symbol
from eitgeo.words import NBSP, french_number

if TYPE_CHECKING:
    import geopandas as gpd

    from eitgeo.maps._canvas import Page
    from eitgeo.maps._labels import Box
    from eitgeo.maps.ground import Ground

_NAME_PT = 6.5
_TO_CHECK = "a_verifier"
_LISTED_MAX = 24
_MARK_MM = 7.6


def territory_identity(area: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    """Return the figures of the study area as words."""
    n_epci = area.loc[area["epci_siren"] != "", "epci_siren"].nunique()
    return [
        (french_number(len(area), decimals=0), "communes"),
        (french_number(n_epci, decimals=0), "EPCI"),
        (french_number(int(area["population"].sum()), decimals=0), "habitants"),
        (french_number(float(area["area_km2"].sum()), decimals=0), "km²"),
    ]


def outlets_are_listed(ground: Ground) -> bool:
    """Say whether outlets are few enough to be numbered and named on one sheet."""
    return len(ground.outlets) <= _LISTED_MAX


def draw_outlet_list(page: Page, y: float, ground: Ground, *, frame: Box) -> float:
    """List the outlets by kind with their numbers; return where the list ends [mm]."""
    if ground.outlets.empty:
        return y
    if not outlets_are_listed(ground):
        return _count_by_kind(page, y, ground)
    y = side_title(page, y, "Exutoires nommés (position à la commune)")
    seen = ground.outlets.geometry.intersects(shapely.box(*frame))
    for kind, group in ground.outlets.groupby("kind", sort=True):
        y = page.keep(y, 3 * line_height_mm(_NAME_PT))
        symbol = outlet_symbol(str(kind))
        page.sheet.add_line(
            Line2D(
                [page.side_x + 1.6],
                [y - 1.4],
                linestyle="none",
                **outlet_style(str(kind)),
            )
        )
        write(page, page.side_x + 4.6, y, symbol.label, size=6.8, bold=True)
        y -= line_height_mm(6.8)
        for row in group.itertuples():
            outside = "" if seen[row.Index] else " (hors carte)"
            doubt = " – à vérifier" if row.status == _TO_CHECK else ""
            y = _draw_name(page, y, str(row.rank), f"{row.name}{doubt}{outside}")
        y -= 0.5
    return y - 1.6


def _count_by_kind(page: Page, y: float, ground: Ground) -> float:
    y = side_title(page, y, "Exutoires (position à la commune)")
    for kind, group in ground.outlets.groupby("kind", sort=True):
        symbol = outlet_symbol(str(kind))
        y = page.keep(y, 2 * line_height_mm(_NAME_PT))
        item = LegendItem("marker", outlet_style(str(kind)), "")
        draw_mark(page, (page.side_x, y), item)
        text = f"{symbol.label}{NBSP}: {french_number(len(group), decimals=0)}"
        room = page.side_width - _MARK_MM
        y = write_block(
            page, page.side_x + _MARK_MM, y, text, width=room, size=_NAME_PT
        )
        y -= 0.4
    told = "Noms et communes : couche « Exutoires » du projet QGIS."
    return draw_statement(page, y - 1.0, "Liste", told)


def _draw_name(page: Page, y: float, number: str, text: str) -> float:
    y = page.keep(y, line_height_mm(_NAME_PT))
    x = page.side_x + 9.4
    width = page.side_x + page.side_width - x
    write(page, x - 1.4, y, number, size=_NAME_PT, color=MUTED, ha="right")
    for line in clip_lines(wrap(text, width, size_pt=_NAME_PT), 2):
        write(page, x, y, line, size=_NAME_PT)
        y -= line_height_mm(_NAME_PT)
    return y
