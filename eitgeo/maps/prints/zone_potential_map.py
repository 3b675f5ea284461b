"""Print map of what zones throw away, by classes of tonnes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from eitgeo.check import require_columns, require_lambert93
from eitgeo.maps.paper.canvas import Page, drawing_style, render
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.labels import Lettering, around, place_point_label
from eitgeo.maps.paper.sheet import require_released, sheet_about
from eitgeo.maps.paper.side import (
    LegendItem,
    SideTable,
    draw_legend,
    draw_side_table,
    draw_statement,
)
from eitgeo.maps.paper.study_map import (
    finish_map,
    ground_legend,
    open_ground,
)
from eitgeo.maps.prints.flow_maps import method_sentence
from eitgeo.maps.prints.zone_side import listed_zones, zone_number
from eitgeo.maps.words.counts import counted_as, zone_list_title
from eitgeo.reference.map_sheets import map_title
from eitgeo.words import NBSP, first_upper

if TYPE_CHECKING:
    import geopandas as gpd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.layout import MapFrame
    from eitgeo.maps.paper.sheet import Sheet

HEADING = map_title("carte_gisements_zones")
_SIZES_PT = {
    "secret": 3.0,
    "moins de 30": 3.0,
    "30 à 100": 4.4,
    "100 à 300": 6.2,
    "300 à 1 000": 8.6,
    "1 000 ou plus": 12.0,
}
_NUMBER = Lettering(6.5, bold=True, colour="#5b3409")
_OR_MORE = " ou plus"
_MM_PER_PT = 25.4 / 72
_READING = (
    "Classe du gisement potentiel des établissements de la zone. Secret : moins de "
    "trois entreprises estimées, ou une qui pèse plus de 85 % ; les sites isolés le "
    "sont donc toujours et ne sont pas dessinés."
)


def zone_potential_map(
    ground: Ground, zones: Released, *, sheet: Sheet
) -> dict[str, bytes]:
    """Draw zones by class of potential waste on one A4 sheet, some numbered."""
    table: Any = require_released(zones, "zones_public").table
    needed = ["zone_id", "kind", "code_insee", "potential_class", "geometry"]
    require_columns(table, needed, where="zones_public")
    require_lambert93(table, where="zones_public")
    shown = table[table["kind"].eq("zone")].sort_values("zone_id", ignore_index=True)
    sure = counted_as(drawn=zones.demonstration)
    named = listed_zones(shown, ground, evidence=sure)
    with drawing_style():
        page = Page(FORMATS[sheet.page_format])
        view = open_ground(page, ground, sheet, HEADING)
        _draw(view, shown)
        finish_map(view, ground, sheet, before_names=lambda: _number(view, named))
        read = _READING + (" Tonnes de classe H." if zones.demonstration else "")
        y = draw_statement(page, page.side_top, "Comment lire", read)
        y = draw_side_table(page, y, _listed(named, ground, evidence=sure))
        y = draw_statement(page, y, *method_sentence())
        draw_legend(page, y, [*_legend(shown), *ground_legend(ground)], columns=2)
        return render(page, sheet, about=sheet_about(sheet, HEADING))


def _style(name: str) -> dict[str, Any]:
    return {
        "marker": "o",
        "markersize": _SIZES_PT[name],
        "markerfacecolor": "white" if name == "secret" else "#8c510acc",
        "markeredgecolor": "#8c510a" if name == "secret" else "white",
        "markeredgewidth": 0.5,
    }


def _draw(view: MapFrame, shown: gpd.GeoDataFrame) -> None:
    """Draw the largest first, so that the small ones stay in sight."""
    points = shapely.point_on_surface(shown.geometry.to_numpy())
    sizes = shown["potential_class"].map(_SIZES_PT).to_numpy(dtype=float)
    for row in sorted(range(len(shown)), key=lambda one: (-sizes[one], one)):
        style = _style(str(shown["potential_class"].iloc[row]))
        spot = points[row]
        view.axes.plot(spot.x, spot.y, linestyle="none", zorder=14, **style)


def _number(view: MapFrame, named: gpd.GeoDataFrame) -> None:
    points = shapely.point_on_surface(named.geometry.to_numpy())
    sizes = named["potential_class"].map(_SIZES_PT).to_list()
    for point, size in zip(points, sizes, strict=True):
        side_m = 0.8 * size * _MM_PER_PT * view.m_per_mm
        view.placer.block(around(point.x, point.y, side_m, side_m))
    for point, name, size in zip(points, named["zone_id"], sizes, strict=True):
        place_point_label(
            view.axes,
            view.placer,
            point,
            zone_number(str(name)),
            lettering=_NUMBER,
            m_per_mm=view.m_per_mm,
            gap_mm=size * _MM_PER_PT / 2 + 0.2,
        )


def _listed(named: gpd.GeoDataFrame, ground: Ground, *, evidence: str) -> SideTable:
    names = ground.communes["nom"]
    rows = tuple(
        (f"{zone_number(row.zone_id)} {names.get(row.code_insee, '')}", _told(row))
        for row in named.itertuples()
    )
    title = zone_list_title("zones", evidence=evidence)
    return SideTable(title, ("zone", "t/an (classe)"), rows)


def _told(row: Any) -> str:
    return str(row.potential_class)


def _legend(shown: gpd.GeoDataFrame) -> list[LegendItem]:
    met = set(shown["potential_class"])
    return [
        LegendItem("marker", _style(name), _label(name))
        for name in _SIZES_PT
        if name in met
    ]


def _label(name: str) -> str:
    if name == "secret":
        return "Zone au tonnage tenu secret"
    if name.endswith(_OR_MORE):
        return f"{name.removesuffix(_OR_MORE)}{NBSP}t/an{_OR_MORE}"
    return f"{first_upper(name)}{NBSP}t/an"
