"""What the figures of an analyst share with the maps: the stamp, French numbers."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis

from eitgeo.maps.paper.charter import DEMONSTRATION_INK
from eitgeo.words import french_number

_WORD = "DÉMONSTRATION"
_STAMP_DEGREES = 20.0
_WIDTH_PER_POINT = 0.9
"""Room for a bold capital over its size."""
_LEAST_PT = 7.0
"""A reason takes more lines rather than smaller letters."""
_TICK_FIGURES = 6


def stamp_axes(axes: Axes, reasons: Iterable[str]) -> None:
    """Cross axes with the stamp of a demonstration.

    Parameters
    ----------
    axes
        Where synthetic or surrogate figures are drawn.
    reasons
        Why it is a demonstration, French, as
        :attr:`Study.demonstration_reasons` says; nothing is drawn when
        there is none.

    Notes
    -----
    The size follows that of the axes at the time of the call: lay out first.
    """
    told = list(reasons)
    if not told:
        return
    box = axes.get_window_extent().transformed(axes.figure.dpi_scale_trans.inverted())
    room_pt = 72 * min(box.width, 1.5 * box.height)
    style: dict[str, Any] = {
        "transform": axes.transAxes,
        "ha": "center",
        "rotation": _STAMP_DEGREES,
        "rotation_mode": "anchor",
        "color": DEMONSTRATION_INK,
        "fontweight": "bold",
        "parse_math": False,
        "zorder": 20,
        "in_layout": False,
    }
    size = room_pt / (_WIDTH_PER_POINT * len(_WORD))
    fits = max(len(_WORD), int(room_pt / (_WIDTH_PER_POINT * _LEAST_PT)))
    lines = [line for reason in told for line in wrap(reason, fits)]
    small = min(0.45 * size, room_pt / (_WIDTH_PER_POINT * max(map(len, lines))))
    axes.text(0.5, 0.5, _WORD, size=size, alpha=0.24, va="bottom", **style)
    axes.text(0.5, 0.5, "\n".join(lines), size=small, alpha=0.38, va="top", **style)


def french_ticks(*axes: Axis) -> None:
    """Write the ticks of numeric axes as French readers do.

    Parameters
    ----------
    *axes
        ``axes.xaxis``, ``axes.yaxis``.
    """
    for axis in axes:
        axis.set_major_formatter(
            lambda value, _: french_number(float(f"{value:.{_TICK_FIGURES}g}"))
        )
