"""The plane of perimeters: what each asks against what is counted in it."""

from __future__ import annotations

from itertools import cycle
from textwrap import wrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eitgeo.maps.paper.charter import INK, MUTED
from eitgeo.maps.paper.figures import french_ticks
from eitgeo.maps.paper.formats import PageFormat
from eitgeo.maps.paper.map_sheet import BodySheet
from eitgeo.scenarios.decision.orders import PLANE, decision_plane
from eitgeo.tables.public import Released
from eitgeo.words import typographic

_SIZE = PageFormat("plan", "plan", 182.88, 116.84, dpi=200)
_AXES_MM = (0.06 * 182.88, 0.12 * 116.84, 0.55 * 182.88, 0.77 * 116.84)
_MARKERS = "osD^vPX*"
_COLOURS = ("#1f5f99", "#8c3d0a", "#01665e", "#7b3f8c", "#a3182d", "#5c5c00")
_CHARACTERS, _TITLE_CHARACTERS = 34, 72
"""Width of the legend, and of the title: a longer name takes another line."""
_OTHERS = "Autre union d’EPCI entiers"


def plane_figure(
    indicators: Released, perimeters: Released, *, labels: pd.Series[str]
) -> BodySheet | None:
    """Draw `decision_plane`; none where it has no row.

    A mark a compared perimeter, a dot a union.
    """
    figures = indicators.table
    table = perimeters.table
    plane = decision_plane(figures, table)
    if plane.empty:
        return None
    return BodySheet(
        subject="Ce que chaque périmètre demande, et ce qu’on y compte",
        heading="",
        tables=(indicators, perimeters),
        body=lambda page, _: _draw_plane(page.axes(*_AXES_MM), plane, labels),
        size=_SIZE,
    )


def _draw_plane(axes: Axes, plane: pd.DataFrame, labels: pd.Series[str]) -> None:
    compared, unions = plane[plane["compared"]], plane[~plane["compared"]]
    _draw(axes, unions, marker="o", color=MUTED, alpha=0.3, ms=3.2, label=_OTHERS)
    marks = zip(cycle(_MARKERS), cycle(_COLOURS), compared.index, strict=False)
    for marker, colour, points in marks:
        label = _wrapped(str(compared.loc[points, "name"]), _CHARACTERS)
        mark: dict[str, Any] = {"marker": marker, "color": colour, "label": label}
        _draw(axes, compared.loc[[points]], mec="white", ms=8.5, zorder=4, **mark)
    axes.set_xlabel(typographic(labels[PLANE[0]]), size=8)
    axes.set_title(_wrapped(labels[PLANE[1]], _TITLE_CHARACTERS), size=8, loc="left")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    french_ticks(axes.xaxis, axes.yaxis)
    axes.tick_params(labelsize=8)
    axes.grid(color=MUTED, alpha=0.25, lw=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(
        loc="center left",
        bbox_to_anchor=(1.02, 0.5),
        frameon=False,
        fontsize=7.5,
        labelcolor=INK,
        labelspacing=0.9,
    )


def _draw(axes: Axes, rows: pd.DataFrame, **style: Any) -> None:
    x, y = (rows[name].to_numpy(dtype=float) for name in PLANE)
    axes.plot(x, y, linewidth=0, **style)


def _wrapped(text: str, width: int) -> str:
    """Break a name between its words, never at the space that binds two."""
    return "\n".join(wrap(typographic(text), width, break_on_hyphens=False))
