"""The map of where waste may go: the nearest legal outlets, EPCI by EPCI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from eitgeo.check import require_columns
from eitgeo.ledger import Place, headed
from eitgeo.maps.paper.canvas import Page, drawing_style, render
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.layers import mark_outlets, number_outlets, outlet_legend
from eitgeo.maps.paper.shapes import add_lines
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
from eitgeo.maps.prints.flow_maps import middle_of
from eitgeo.reference.map_sheets import map_title
from eitgeo.words import MISSING

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.sheet import Sheet

OUTLETS_HEADING = map_title("carte_exutoires")
_BOUNDS = (10.0, 30.0, 100.0, 300.0)
"""Classes of pairs of an establishment and a kind of its waste."""
_WIDTHS_PT = (0.4, 0.8, 1.5, 2.8, 4.6)
_LINK = {"color": "#01665e", "alpha": 0.7, "capstyle": "round"}
_MOST_LISTED = 10
_MOST = "Exutoires les plus proches du plus de couples"
_BY_NUMBER = "Exutoires les plus proches, par numéro"
_COLUMNS = ["epci_siren", "outlet_id", "n_pairs", "minutes"]
_SENTENCE = (
    "Exutoires autorisés les plus proches (modèle)",
    (
        "Chaque couple établissement à mobiliser – catégorie de déchet, hors inertes, "
        "va vers l'exutoire le plus proche en poids lourd dont une rubrique ICPE admet "
        "le déchet. Un couple compte une fois, sans peser les tonnes. Ce ne sont pas "
        "les exutoires utilisés : seule l'enquête les dit. Les rubriques se lisent par "
        "convention : nombres et temps sont de classe H, de l'ordre de ce qui est "
        "écrit."
    ),
)


_TARGET = "établissement à mobiliser"
_CELL = "commune et activité (APE) qui peut compter un établissement à mobiliser"


def outlets_map(
    ground: Ground, lines: Released, *, sheet: Sheet, counted: bool = False
) -> dict[str, bytes]:
    """Draw desire lines from each EPCI to the nearest legal outlets."""
    table = require_released(lines, "lines").table
    require_columns(table, _COLUMNS, where="lines")
    spots = ground.outlets.set_index("outlet_id").geometry
    middles = {
        str(siren): shapely.Point(*middle_of(members))
        for siren, members in ground.communes.groupby("epci_siren")
    }
    drawn = table[table["outlet_id"].isin(spots.index)].sort_values(
        "n_pairs", kind="stable"
    )
    with drawing_style():
        page = Page(FORMATS[sheet.page_format])
        view = open_ground(page, ground, sheet, OUTLETS_HEADING)
        for row in drawn.to_dict("records"):
            ends = [middles[str(row["epci_siren"])], spots[str(row["outlet_id"])]]
            width = _WIDTHS_PT[_rank(float(row["n_pairs"]))]
            line = shapely.LineString(ends)
            add_lines(view.axes, line, zorder=13, linewidth=width, **_LINK)
        outlets = mark_outlets(view, ground)
        finish_map(
            view, ground, sheet, before_names=lambda: number_outlets(view, outlets)
        )
        title, sentence = _SENTENCE
        said = sentence.replace(_TARGET, _CELL) if counted else sentence
        y = draw_statement(page, page.side_top, title, said)
        y = draw_side_table(page, y, _epci_rows(table, ground))
        y = _draw_outlets(page, y, lines, ground)
        legend = [*_line_legend(drawn["n_pairs"]), *outlet_legend(outlets)]
        draw_legend(page, y, [*legend, *ground_legend(ground)], columns=2)
        return render(page, sheet, about=sheet_about(sheet, OUTLETS_HEADING))


def _rank(n_pairs: float) -> int:
    return int(np.searchsorted(_BOUNDS, n_pairs, side="right"))


def _estimate(value: float, unit: str, row: str, column: str) -> str:
    """Write a figure of class H, its unit after it; the head says « ordre de »."""
    place = Place("outlet_lines", row, column)
    return headed(float(value), place, evidence="H", unit=unit)


def _epci_rows(table: pd.DataFrame, ground: Ground) -> SideTable:
    """List, for each EPCI, pairs, those without an outlet, and minutes."""
    names = ground.epci["short_name"].astype(str).sort_values()
    rows = []
    for siren, name in names.items():
        mine = table[table["epci_siren"] == siren]
        alone = mine.loc[mine["outlet_id"] == "", "n_pairs"].sum()
        placed = mine[mine["outlet_id"] != ""].sort_values("n_pairs", kind="stable")
        told = MISSING
        if len(placed):
            told = _estimate(placed["minutes"].iloc[-1], "min", str(siren), "minutes")
        counts = {"n_pairs": mine["n_pairs"].sum(), "alone": alone}
        pairs = (_estimate(n, "nombre", str(siren), what) for what, n in counts.items())
        rows.append((name, *pairs, told))
    return SideTable(
        "Couples par EPCI, temps au premier",
        ("EPCI, ordre de", "couples", "sans", "temps"),
        tuple(rows),
    )


def _draw_outlets(page: Page, y: float, lines: Released, ground: Ground) -> float:
    """List the outlets that are nearest to most pairs, with their number on the map.

    On establishments that are drawn, none is put before another: all, by number.
    """
    table, known = lines.table, ground.outlets.set_index("outlet_id")
    sums = table[table["outlet_id"] != ""].groupby("outlet_id")["n_pairs"].sum()
    named = (known["rank"].astype(str) + " " + known["name"].astype(str)).to_dict()
    if lines.demonstration:
        told = [name for key, name in named.items() if key in sums.index]
        return draw_statement(page, y, _BY_NUMBER, f"{' ; '.join(told)}.")
    order = sums.sort_values(ascending=False, kind="stable")
    rows = [
        (named[key], _estimate(count, "nombre", str(key), "n_pairs"))
        for key, count in order.items()
        if key in named
    ]
    heads = ("numéro et nom, ordre de", "couples")
    return draw_side_table(page, y, SideTable(_MOST, heads, tuple(rows[:_MOST_LISTED])))


def _line_legend(values: pd.Series[int]) -> list[LegendItem]:
    """Name the classes of lines that are drawn."""
    ranks = sorted({_rank(float(value)) for value in values})
    names = ["moins de 10", "10 à 30", "30 à 100", "100 à 300", "300 ou plus"]
    return [
        LegendItem(
            "line",
            {"color": _LINK["color"], "linewidth": _WIDTHS_PT[rank]},
            f"{names[rank]} couples",
        )
        for rank in ranks
    ]
