"""One map of many studies: where each was made, and which are demonstrations."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely
from matplotlib.figure import Figure

from eitgeo.check import require_columns, require_lambert93
from eitgeo.maps.paper.canvas import drawing_style
from eitgeo.maps.paper.figures import stamp_axes
from eitgeo.maps.paper.france import FRANCE_LON_LAT, project_ring
from eitgeo.maps.paper.palette import INK, MUTED, OUTSIDE, spread_colours
from eitgeo.maps.paper.sheet import require_released

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from eitgeo.disclosure.door.rules import Released

_SIZE_IN = (8.27, 8.27)
_DPI = 150
_LABELLED = 40
_SIMPLIFY_M = 500.0


def national_map(areas: Released, *, heading: str, absent: Sequence[str]) -> bytes:
    """Draw the area of each study."""
    table: Any = require_released(areas, "areas").table
    require_columns(table, ["study_id", "geometry"], where="areas")
    require_lambert93(table, where="areas")
    note = " ; ".join(areas.sources)
    if absent:
        note += f"\nEn échec, absentes de la carte : {', '.join(absent)}"
    with drawing_style():
        figure = Figure(figsize=_SIZE_IN)
        axes = figure.add_axes((0.02, 0.09, 0.96, 0.83))
        _draw_france(axes)
        drawn = table.sort_values("study_id", ignore_index=True)
        colours = spread_colours(drawn.geometry)
        shapes = drawn.assign(geometry=drawn.geometry.simplify(_SIMPLIFY_M))
        shapes.plot(ax=axes, color=colours, edgecolor=INK, linewidth=0.5, zorder=2)
        _label(axes, drawn)
        axes.set_axis_off()
        axes.set_aspect("equal")
        plain: dict[str, Any] = {"parse_math": False, "color": INK}
        figure.text(0.03, 0.955, heading, size=13, weight="bold", **plain)
        figure.text(0.03, 0.02, note, size=7, va="bottom", wrap=True, **plain)
        stamp_axes(axes, areas.demonstration)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return buffer.getvalue()


def _draw_france(axes: Axes) -> None:
    outline = [shapely.Polygon(project_ring(ring)) for ring in FRANCE_LON_LAT]
    france = gpd.GeoSeries(outline, crs=2154)
    france.plot(ax=axes, color=OUTSIDE, edgecolor=MUTED, linewidth=0.6, zorder=1)


def _label(axes: Axes, drawn: gpd.GeoDataFrame) -> None:
    """Write the number of each study, and its name where they are few."""
    points = drawn.geometry.representative_point()
    for rank, point in enumerate(points, start=1):
        axes.annotate(
            str(rank),
            (point.x, point.y),
            ha="center",
            va="center",
            size=6,
            color=INK,
            zorder=4,
        )
    if len(drawn) > _LABELLED:
        return
    names = [f"{n} {name}" for n, name in enumerate(drawn["study_id"], start=1)]
    text = "\n".join(names)
    axes.text(0.0, 1.0, text, transform=axes.transAxes, size=6.5, va="top", color=INK)
