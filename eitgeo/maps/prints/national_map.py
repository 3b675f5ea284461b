"""One map of many studies: where each was made, and which are demonstrations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import geopandas as gpd
import shapely

from eitgeo.check import require_lambert93
from eitgeo.ledger import Place, plain
from eitgeo.maps.paper.charter import (
    INK,
    TEXT_PT,
    spread_colours,
    styles,
)
from eitgeo.maps.paper.ground import FRANCE_LON_LAT, project_ring
from eitgeo.maps.paper.labels import MapFrame
from eitgeo.maps.paper.map_sheet import Layer, MapSheet, listed, statement
from eitgeo.maps.paper.shapes import add_polygons
from eitgeo.maps.paper.side import LegendItem, SideTable
from eitgeo.tables.public import Released

_LISTED = 40
_SIMPLIFY_M = 500.0
_FRANCE = styles("national_map")["france"]
_AREA = styles("national_map")["area"]
_SUBJECT = "Territoires étudiés"


def national_map(areas: Released, *, absent: Sequence[str]) -> MapSheet:
    """Draw the area of each study; `absent`: those that failed."""
    table: Any = areas.table
    require_lambert93(table, where="areas")
    studies = table.sort_values("study_id", ignore_index=True, kind="stable")
    country = shapely.MultiPolygon([project_ring(ring) for ring in FRANCE_LON_LAT])
    side = [] if len(studies) > _LISTED else [listed(_names(studies))]
    if absent:
        side.append(statement("En échec, absentes de la carte", ", ".join(absent)))
    many = "s" if len(studies) > 1 else ""
    count = plain(len(studies), Place("studies", "toutes", "n"))
    return MapSheet(
        subject=_SUBJECT,
        heading=f"{count} territoire{many} étudié{many}",
        layers=(Layer((areas,), partial(_draw, studies=studies, country=country)),),
        side=tuple(side),
        bounds=country.bounds,
        spared=lambda _: country,
        is_situated=False,
    )


def _names(studies: gpd.GeoDataFrame) -> SideTable:
    rows = tuple(
        (f"{n}. {name}",) for n, name in enumerate(studies["study_id"], start=1)
    )
    return SideTable("Études", ("numéro et nom",), rows)


def _draw(
    view: MapFrame, *, studies: gpd.GeoDataFrame, country: shapely.MultiPolygon
) -> list[LegendItem]:
    """Draw France, the areas, and the number of each."""
    add_polygons(view.axes, [country], zorder=1, **_FRANCE)
    shapes = studies.geometry.simplify(_SIMPLIFY_M).to_numpy()
    colours = spread_colours(studies.geometry)
    add_polygons(view.axes, shapes, facecolors=colours, zorder=3, **_AREA)
    for rank, point in enumerate(studies.geometry.representative_point(), start=1):
        centred: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 30}
        view.axes.text(point.x, point.y, str(rank), size=TEXT_PT, color=INK, **centred)
    filled = {"facecolor": colours[0]} if colours else {}
    return [
        LegendItem("patch", _AREA | filled, "Territoire étudié"),
        LegendItem("patch", _FRANCE, "France métropolitaine, à grands traits"),
    ]
