"""The plane of perimeters: what each asks against what is counted in it."""

from __future__ import annotations

import io
from itertools import cycle
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from eitgeo.maps.paper.canvas import drawing_style
from eitgeo.maps.paper.figures import french_ticks
from eitgeo.maps.paper.palette import INK, MUTED
from eitgeo.maps.paper.sheet import require_released
from eitgeo.scenarios.decision.plane import PLANE, decision_plane
from eitgeo.words import typographic

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    from matplotlib.axes import Axes

    from eitgeo.disclosure.door.rules import Released

_SIZE_IN = (7.2, 4.6)
_DPI = 200
_MARKERS = "osD^vPX*"
_COLOURS = ("#1f5f99", "#8c3d0a", "#01665e", "#7b3f8c", "#a3182d", "#5c5c00")
_CHARACTERS, _TITLE_CHARACTERS = 34, 72
"""Width of the legend, and of the title: a longer name takes another line."""
_OTHERS = "Autre union d’EPCI entiers"


def plane_figure(
    indicators: Released,
    perimeters: Released,
    *,
    hidden: Collection[str],
    labels: pd.Series[str],
) -> bytes:
    """Draw `decision_plane` but for some perimeters; nothing where it has no row.

    A mark a compared perimeter, a dot a union.
    """
    figures = require_released(indicators, "indicators_public").table
    table = require_released(perimeters, "perimeters").table
    plane = decision_plane(figures, table[~table["perimeter_id"].isin(hidden)])
    return b"" if plane.empty else _drawn(plane, labels)


def _drawn(plane: pd.DataFrame, labels: pd.Series[str]) -> bytes:
    compared, unions = plane[plane["compared"]], plane[~plane["compared"]]
    with drawing_style():
        figure = Figure(figsize=_SIZE_IN)
        axes = figure.add_axes((0.06, 0.12, 0.55, 0.77))
        _draw(axes, unions, marker="o", color=MUTED, alpha=0.3, ms=3.2, label=_OTHERS)
        marks = zip(cycle(_MARKERS), cycle(_COLOURS), compared.index, strict=False)
        for marker, colour, at in marks:
            label = _wrapped(str(compared.loc[at, "name"]), _CHARACTERS)
            mark: dict[str, Any] = {"marker": marker, "color": colour, "label": label}
            _draw(axes, compared.loc[[at]], mec="white", ms=8.5, zorder=4, **mark)
        axes.set_xlabel(typographic(labels[PLANE[0]]), size=8)
        axes.set_title(
            _wrapped(labels[PLANE[1]], _TITLE_CHARACTERS), size=8, loc="left"
        )
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
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return buffer.getvalue()


def _draw(axes: Axes, rows: pd.DataFrame, **style: Any) -> None:
    x, y = (rows[name].to_numpy(dtype=float) for name in PLANE)
    axes.plot(x, y, linewidth=0, **style)


def _wrapped(text: str, width: int) -> str:
    """Break a name between its words, never at the space that binds two."""
    return "\n".join(wrap(typographic(text), width, break_on_hyphens=False))
