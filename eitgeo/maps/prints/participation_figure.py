"""The picture of participation: tonnes, euros and ways against the share in it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from eitgeo.flows.exchanges.participation import TakingPart, if_taking_part
from eitgeo.flows.exchanges.realised import (
    Animation,
    above_text,
    animator_text,
    lever_realised,
    realised_text,
)
from eitgeo.maps.paper.canvas import Page
from eitgeo.maps.paper.charter import INK, MUTED, TEXT_PT
from eitgeo.maps.paper.figures import french_ticks
from eitgeo.maps.paper.formats import MARGIN_MM
from eitgeo.maps.paper.map_sheet import BodySheet, statement
from eitgeo.maps.words.texts import sentences
from eitgeo.reference.map_sheets import map_title
from eitgeo.tables.public import Released
from eitgeo.words import first_upper, french_number, typographic

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
            _draw(axes, table, lines, part=part)
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


def _draw(
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
