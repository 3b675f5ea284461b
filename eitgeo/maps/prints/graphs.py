"""Graphs: what each perimeter asks against what it holds; what participation moves."""

from __future__ import annotations

from itertools import cycle
from textwrap import wrap
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from eitgeo.flows.exchanges.participation import TakingPart, if_taking_part
from eitgeo.flows.exchanges.realised import (
    Animation,
    above_text,
    animator_text,
    lever_realised,
    realised_text,
)
from eitgeo.maps.paper.canvas import Page, french_ticks
from eitgeo.maps.paper.charter import INK, MUTED, TEXT_PT
from eitgeo.maps.paper.formats import MARGIN_MM, PageFormat
from eitgeo.maps.paper.map_sheet import BodySheet, statement
from eitgeo.maps.words.sentences import sentences
from eitgeo.reference.map_sheets import map_title
from eitgeo.scenarios.decision.orders import PLANE, decision_plane
from eitgeo.tables.public import Released
from eitgeo.words import first_upper, french_number, typographic

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
    _draw_marks(axes, unions, marker="o", color=MUTED, alpha=0.3, ms=3.2, label=_OTHERS)
    marks = zip(cycle(_MARKERS), cycle(_COLOURS), compared.index, strict=False)
    for marker, colour, points in marks:
        label = _wrapped(str(compared.loc[points, "name"]), _CHARACTERS)
        mark: dict[str, Any] = {"marker": marker, "color": colour, "label": label}
        _draw_marks(axes, compared.loc[[points]], mec="white", ms=8.5, zorder=4, **mark)
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


def _draw_marks(axes: Axes, rows: pd.DataFrame, **style: Any) -> None:
    x, y = (rows[name].to_numpy(dtype=float) for name in PLANE)
    axes.plot(x, y, linewidth=0, **style)


def _wrapped(text: str, width: int) -> str:
    """Break a name between its words, never at the space that binds two."""
    return "\n".join(wrap(typographic(text), width, break_on_hyphens=False))


_AXIS_MM, _GAP_MM, _UNDER_MM = 14.0, 11.0, 10.0
"""Room for the figures of an axis, between two panels, and under the last."""
_PERCENT = 100.0
_BAND = "#d9e6f2"
_MADE = {"t": ("tonnes", "t/an"), "eur_firms": ("entreprises", "€/an")}
"""Column, which is a lever → what of it animators make, and its unit."""
_ALL_GIVE = "tous les donneurs donnent : ce qui pourrait être demandé"
_SOME_GIVE = "la même part des donneurs donne"


_SAY = sentences("prints", "participation_figure")


class _Line(NamedTuple):
    """A column of the table, its divisor, and how it is drawn and named."""

    column: str
    label: str
    colour: str
    style: str = "-"
    unit: float = 1.0
    all_give: bool = False


def _by_donors(column: str, colour: str, unit: float) -> tuple[_Line, _Line]:
    """Draw a column where a share of donors gives, then where all of them do."""
    whole = _Line(column, _ALL_GIVE, colour, ":", unit=unit, all_give=True)
    return _Line(column, _SOME_GIVE, colour, unit=unit), whole


_PANELS: dict[str, tuple[_Line, ...]] = {
    "Tonnes échangées, en milliers de t/an": _by_donors("t", "#1f5f99", 1e3),
    "Bilan des entreprises, en millions d’euros par an": _by_donors(
        "eur_firms", "#01665e", 1e6
    ),
    "Distance médiane, en km de route": (
        _Line("median_km", "par échange", "#8c3d0a"),
        _Line("median_km_10t", "par échange de plus de 10 t", "#7b3f8c", "--"),
        _Line("median_km_t", "par tonne", "#1f5f99", ":"),
    ),
}


def participation_figure(
    shares: Released, *, part: TakingPart, animation: Animation, nisp_km: float
) -> BodySheet:
    """Draw what hangs on the share of receivers that take part, one panel a measure."""
    table = shares.table

    def draw(page: Page, low_mm: float) -> None:
        low_mm = page.format.map_low_mm(low_mm)
        room_mm = page.format.map_top_mm - low_mm - _UNDER_MM + _GAP_MM / 2
        height_mm = room_mm / len(_PANELS) - _GAP_MM
        for rank, (panel, lines) in enumerate(_PANELS.items()):
            up_mm = (len(_PANELS) - 1 - rank) * (height_mm + _GAP_MM)
            axes = page.axes(
                MARGIN_MM + _AXIS_MM,
                low_mm + _UNDER_MM + up_mm,
                page.format.map_width_mm - _AXIS_MM,
                height_mm,
            )
            _draw_panel(axes, table, lines, part=part)
            axes.set_title(typographic(panel), size=8, loc="left", color=INK)
        axes.axhline(nisp_km, color=INK, lw=0.9, ls=(0, (6, 3)), label="NISP (publiée)")
        axes.legend(fontsize=TEXT_PT, frameon=False, loc="upper right", labelcolor=INK)
        axes.set_xlabel(
            typographic("Part des entreprises qui prennent part, en % (échelle log)"),
            size=8,
            color=INK,
        )

    values = {
        "if_part": if_taking_part(part),
        "draws": french_number(part.n_draws),
        "nisp_km": french_number(nisp_km, decimals=0),
    }
    keys = ("kept", "givers", "reading", "distances", "limits")
    side_parts = [_SAY.titled(key, **values) for key in keys]
    side_parts.append(_realised(table, animation))
    return BodySheet(
        subject=map_title("graphique_participation"),
        heading=map_title("graphique_participation"),
        side=tuple(statement(title, text) for title, text in side_parts),
        tables=(shares,),
        body=draw,
    )


def _draw_panel(
    axes: Axes, table: pd.DataFrame, lines: tuple[_Line, ...], *, part: TakingPart
) -> None:
    """Draw the lines of a panel over the band that the study keeps."""
    axes.axvspan(_PERCENT * part.low, _PERCENT * part.high, color=_BAND, lw=0)
    for line in lines:
        of_donors = 1.0 if line.all_give else table["share"]
        curve = table[table["donor_share"].eq(of_donors)]
        curve = curve.sort_values("share", kind="stable")
        values = curve[line.column].to_numpy(float) / line.unit
        style: dict[str, Any] = {"color": line.colour, "linestyle": line.style}
        shares = _PERCENT * curve["share"].to_numpy(float)
        axes.plot(shares, values, marker="o", ms=3, lw=1.4, label=line.label, **style)
    axes.legend(fontsize=7, frameon=False, loc="upper left", labelcolor=INK)
    axes.set_xscale("log")
    ticks = sorted(_PERCENT * share for share in table["share"].unique())
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(bottom=0)
    french_ticks(axes.xaxis, axes.yaxis)
    axes.tick_params(labelsize=TEXT_PT)
    axes.grid(color=MUTED, alpha=0.25, lw=0.5)
    axes.spines[["top", "right"]].set_visible(False)


def _realised(table: pd.DataFrame, animation: Animation) -> tuple[str, str]:
    """Say what animators make of it, whoever takes part, and what cases reached."""
    made, above = [], []
    for lever, (what, unit) in _MADE.items():
        realised = lever_realised(animation, lever, float(table[lever].max()))
        made.append(f"{what} : {realised_text(realised, unit)}")
        above += [f"{what}, {text}" for text in [above_text(realised)] if text]
    said = [" ; ".join(made), f"Au plus haut des courbes : {' ; '.join(above)}"]
    text = typographic(". ".join(said if above else said[:1]))
    return first_upper(animator_text(animation)), f"{first_upper(text)}."
