"""The A4 sheet of a difference: two perimeters on one map, what changes beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import shapely

from eitgeo.check import require_columns
from eitgeo.errors import StudyError
from eitgeo.maps.paper.canvas import (
    Page,
    drawing_style,
    render,
    text_width_mm,
    wrap,
    write,
    write_block,
)
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.ground import dissolved
from eitgeo.maps.paper.labels import around
from eitgeo.maps.paper.layers import (
    base_legend,
    draw_around,
    draw_limits,
    mark_towns,
    name_areas,
    name_motorways,
)
from eitgeo.maps.paper.layout import (
    draw_footer,
    draw_furniture,
    draw_header,
    draw_stamp,
    open_map,
)
from eitgeo.maps.paper.palette import INK, MUTED
from eitgeo.maps.paper.shapes import add_lines, add_polygons
from eitgeo.maps.paper.sheet import require_released
from eitgeo.maps.paper.side import LegendItem, draw_legend, side_title
from eitgeo.maps.words.cards import identity_lines, one_perimeter
from eitgeo.maps.words.difference_words import GapRow, change_lines, gap_rows
from eitgeo.reference.indicators import indicators_in
from eitgeo.reference.map_sheets import map_title
from eitgeo.words import EVIDENCE_SYMBOLS, NBSP

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    import pandas as pd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.paper.formats import PageFormat
    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.layout import MapFrame
    from eitgeo.maps.paper.sheet import Sheet
    from eitgeo.maps.words.difference_words import DifferenceTables

_STYLES: dict[str, dict[str, Any]] = {
    "both": {"facecolor": "#b9c4c9", "edgecolor": "#ffffff", "linewidth": 0.3},
    "first": {
        "facecolor": "#8fbce6",
        "edgecolor": "#1f5f99",
        "hatch": "///",
        "linewidth": 0.3,
    },
    "second": {
        "facecolor": "#f2b48c",
        "edgecolor": "#8c3d0a",
        "hatch": "...",
        "linewidth": 0.3,
    },
}
_OUTLINES: dict[str, dict[str, Any]] = {
    "first": {"color": "#1f5f99", "linewidth": 2.2},
    "second": {"color": "#8c3d0a", "linewidth": 2.2, "linestyle": (0, (4, 2))},
}
_PLACE = "difference"
"""Indicators that the sheet shows beside those of the first screen."""
_LETTERS = {"first": "A", "second": "B"}
_ROW_MM = 10.0
_NAME_LINES = 2
_AFTER_LEGEND_MM = 1.6
_KEY_STYLE: dict[str, Any] = {"size": 6, "color": MUTED}
_LETTER_MM = 6.0


class _Side(NamedTuple):
    """What stands beside the map; how many figures are left to the workbook."""

    named: dict[str, pd.Series]
    rows: list[GapRow]
    told: list[tuple[str, str]]
    legend: list[LegendItem]
    n_left_out: int = 0


def difference_map(
    ground: Ground,
    perimeters: Released,
    difference: DifferenceTables,
    *,
    members: Released,
    indicators: Released,
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> dict[str, bytes]:
    """Draw what changes from A to B, on one A4 sheet."""
    ends = dict(zip(_LETTERS, difference.pair, strict=True))
    named = {end: one_perimeter(perimeters, name) for end, name in ends.items()}
    codes = {end: _codes(ground, members, name) for end, name in ends.items()}
    rows = gap_rows(indicators, difference.gaps, _printed(catalogue))
    told = change_lines(
        require_released(difference.communes, "difference").table,
        require_released(difference.epci, "difference").table,
        names=ground.epci["name"].to_dict(),
    )
    with drawing_style():
        page = Page(FORMATS[sheet.page_format])
        draw_header(page, sheet, map_title("ecart"))
        low_mm = draw_footer(page, sheet)
        view = open_map(page, tuple(ground.area.total_bounds), low_mm=low_mm)
        draw_around(view, ground)
        _draw_parts(view, ground, codes)
        draw_stamp(view, sheet)
        draw_furniture(view, dissolved(ground.area))
        _letter_parts(view, ground, codes)
        mark_towns(view, ground)
        name_motorways(view, ground)
        name_areas(view, ground)
        side = _Side(named, rows, told, _legend(ground, codes))
        added = indicators_in(catalogue, _PLACE)
        _draw_side(page, _that_fits(side, page.format, low_mm=low_mm, first=added))
        names = " et ".join(str(one["name"]) for one in named.values())
        about = {"Title": f"Écart entre {names}", "Subject": sheet.demonstration_text}
        return render(page, sheet, about=about)


def _printed(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Keep the first screen, and what the catalogue adds to it."""
    added = catalogue.index.isin(indicators_in(catalogue, _PLACE))
    return catalogue[catalogue["first_screen"].eq("oui") | added]


def _codes(ground: Ground, members: Released, perimeter_id: str) -> frozenset[str]:
    table = require_released(members, "perimeter_communes").table
    require_columns(table, ["perimeter_id", "code_insee"], where="perimeter_communes")
    codes = frozenset(table.loc[table["perimeter_id"] == perimeter_id, "code_insee"])
    if not codes or codes - set(ground.communes.index):
        message = (
            f"perimeter_communes : « {perimeter_id} » sans commune ou hors de la carte "
            "→ vérifier que les tables viennent de la même étude"
        )
        raise StudyError(message)
    return codes


def _parts(codes: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    first, second = codes["first"], codes["second"]
    return {"both": first & second, "first": first - second, "second": second - first}


def _shown(ground: Ground, codes: frozenset[str]) -> gpd.GeoDataFrame:
    return ground.communes.loc[sorted(codes)]


def _draw_parts(
    view: MapFrame, ground: Ground, codes: dict[str, frozenset[str]]
) -> None:
    for name, part in _parts(codes).items():
        if part:
            shapes = _shown(ground, part).geometry
            add_polygons(view.axes, shapes, zorder=3, **_STYLES[name])
    draw_limits(view, ground)
    for name, style in _OUTLINES.items():
        outline = shapely.boundary(dissolved(_shown(ground, codes[name])))
        add_lines(view.axes, outline, zorder=12, **style)


def _letter_parts(
    view: MapFrame, ground: Ground, codes: dict[str, frozenset[str]]
) -> None:
    """Write A or B in the largest piece that only one of them holds."""
    parts = _parts(codes)
    for name, letter in _LETTERS.items():
        if not parts[name]:
            continue
        pieces = shapely.get_parts(dissolved(_shown(ground, parts[name])))
        spot = shapely.point_on_surface(max(pieces, key=shapely.area))
        side = _LETTER_MM * view.m_per_mm
        view.placer.block(around(spot.x, spot.y, side, side))
        view.axes.text(
            spot.x,
            spot.y,
            letter,
            size=13,
            fontweight="bold",
            color=_OUTLINES[name]["color"],
            ha="center",
            va="center",
            zorder=23,
            bbox={"facecolor": "white", "edgecolor": MUTED, "pad": 2.0, "lw": 0.6},
        )


def _that_fits(
    side: _Side, paper: PageFormat, *, low_mm: float, first: Collection[str]
) -> _Side:
    """Leave figures to the workbook until the column ends above the footer.

    Some indicators go first, then assumptions, the last first.
    """
    while paper.beside and _draw_side(Page(paper), side) < low_mm:
        spare = [row for row in side.rows if row.indicator_id in first]
        spare = spare or [row for row in side.rows if row.evidence == "H"]
        if not spare:
            break
        kept = [row for row in side.rows if row is not spare[-1]]
        side = side._replace(rows=kept, n_left_out=side.n_left_out + 1)
    return side


def _draw_side(page: Page, side: _Side) -> float:
    """Write the column; return where it ends, from the bottom [mm]."""
    y = _draw_names(page, side.named)
    y = _draw_gaps(page, y, side)
    y = _draw_changes(page, y, side.told)
    return draw_legend(page, y, side.legend, columns=2) + _AFTER_LEGEND_MM


def _draw_names(page: Page, named: dict[str, pd.Series]) -> float:
    y = page.side_top
    for end, perimeter in named.items():
        colour = _OUTLINES[end]["color"]
        write(page, page.side_x, y, _LETTERS[end], size=10, bold=True, color=colour)
        room, name = page.side_width - 6, str(perimeter["name"])
        long = len(wrap(name, room, size_pt=8, bold=True)) > _NAME_LINES
        y = write_block(
            page,
            page.side_x + 6,
            y,
            name,
            width=room,
            size=6.5 if long else 8,
            bold=True,
            lines=2 * _NAME_LINES,
        )
        facts = " · ".join(f"{n}{NBSP}{what}" for n, what in identity_lines(perimeter))
        y = write_block(
            page, page.side_x + 6, y, facts, width=room, size=6.5, color=MUTED
        )
        y -= 1.2
    return y - 1.0


def _draw_gaps(page: Page, y: float, side: _Side) -> float:
    y = side_title(page, y, "Ce que disent les données")
    for row in side.rows:
        colour = MUTED if row.greyed else INK
        y = page.keep(y, _ROW_MM)
        right = page.side_x + page.side_width
        label = f"{EVIDENCE_SYMBOLS[row.evidence]} {row.label}"
        write(page, right, y, row.gap, size=7.5, bold=True, color=colour, ha="right")
        room = page.side_width - text_width_mm(row.gap, 7.5, bold=True) - 2
        y = write_block(page, page.side_x, y, label, width=room, size=7, color=colour)
        text = f"A{NBSP}: {row.first}   B{NBSP}: {row.second}"
        y = write_block(
            page,
            page.side_x + 3,
            y,
            text,
            width=page.side_width - 3,
            size=6.5,
            color=colour,
            lines=2,
        )
        y -= 0.7
    key = "● observé   ◐ source   ○ hypothèse   à droite : B − A"
    if side.n_left_out:
        key += f"   suite{NBSP}: tableur"
    y = write_block(page, page.side_x, y, key, **_KEY_STYLE, width=page.side_width)
    return y - 1.6


def _draw_changes(page: Page, y: float, told: list[tuple[str, str]]) -> float:
    y = side_title(page, y, "Qui entre, qui sort")
    for what, who in told:
        y = page.keep(y, _ROW_MM)
        y = write_block(
            page,
            page.side_x,
            y,
            f"{what}{NBSP}: {who}.",
            width=page.side_width,
            size=6.5,
            lines=4,
        )
        y -= 0.6
    return y - 1.0


def _legend(ground: Ground, codes: dict[str, frozenset[str]]) -> list[LegendItem]:
    words = {
        "both": "Dans A et dans B",
        "first": "Dans A seul",
        "second": "Dans B seul",
    }
    items = [
        LegendItem("patch", _STYLES[name], words[name])
        for name, part in _parts(codes).items()
        if part
    ]
    items += [
        LegendItem("line", _OUTLINES[end], f"Contour de {letter}")
        for end, letter in _LETTERS.items()
    ]
    return [*items, *base_legend(ground)]
