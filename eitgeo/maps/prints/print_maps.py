"""Print maps: a perimeter on its territory, the territory, all compared perimeters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from eitgeo.errors import StudyError
from eitgeo.ledger import Place, plain
from eitgeo.maps.paper.canvas import (
    Page,
    clip_lines,
    draw_stroke,
    line_height_mm,
    wrap,
    write,
    write_block,
)
from eitgeo.maps.paper.charter import (
    INK,
    MUTED,
    OUTSIDE,
    TEXT_PT,
    outlet_symbol,
    styles,
)
from eitgeo.maps.paper.formats import MARGIN_MM
from eitgeo.maps.paper.ground import Ground, dissolved
from eitgeo.maps.paper.labels import Box
from eitgeo.maps.paper.layers import HATCH_STYLE, STAR, Outlet, outlet_style
from eitgeo.maps.paper.map_sheet import (
    BodySheet,
    MapSheet,
    identity,
    indicator_parts,
    statement,
)
from eitgeo.maps.paper.marks import epci_fills
from eitgeo.maps.paper.shapes import add_lines, add_polygons
from eitgeo.maps.paper.sheet import CRS_NAME
from eitgeo.maps.paper.side import (
    CardRow,
    LegendItem,
    draw_mark,
    draw_statement,
    side_title,
)
from eitgeo.maps.paper.study_map import REST, area_sheet, outlets_layer
from eitgeo.maps.words.cards import (
    card_rows,
    identity_lines,
    one_perimeter,
    perimeter_message,
    perimeter_name,
    perimeter_rows,
)
from eitgeo.maps.words.hypotheses import (
    ASSUMED,
    LACKING,
    PART_TITLES,
    by_part,
    gaps,
    weak_bases,
)
from eitgeo.reference.map_sheets import map_title
from eitgeo.tables.public import Released
from eitgeo.words import NARROW, NBSP, first_upper

_TO_CONFIRM = "a_confirmer"
_TO_CHECK = "a_verifier"
_LISTED_MAX = 24
_MARK_MM = 7.6


def perimeter_map(
    ground: Ground,
    perimeters: Released,
    *,
    perimeter_id: str,
    members: Released,
    indicators: Released,
    catalogue: pd.DataFrame,
) -> MapSheet:
    """Draw a perimeter on its territory, with its card."""
    perimeter = one_perimeter(perimeters, perimeter_id)
    inside = members_of(ground, members, perimeter_id)
    doubtful = doubtful_of(inside, str(perimeter["membership_status"]))
    rows = card_rows(
        indicators, catalogue, perimeter_id=perimeter_id, first_screen=True
    )

    return area_sheet(
        ground,
        epci_fills(
            ground,
            perimeters,
            inside,
            label="Périmètre (une couleur par EPCI)",
            doubtful=doubtful,
            doubt="Appartenance à confirmer",
            is_outlined=True,
        ),
        outlets_layer(ground, []),
        subject=str(perimeter["name"]),
        heading=perimeter_message(perimeter, indicators, catalogue),
        kicker=perimeter_name(perimeter),
        side=(
            identity(identity_lines(perimeter)),
            statement("Certificat", f"{first_upper(str(perimeter['certificate']))}."),
            indicator_parts(_parts(rows, indicators, catalogue)),
        ),
        tables=(indicators,),
        outline=False,
        under=REST,
    )


def _parts(
    rows: list[CardRow], indicators: Released, catalogue: pd.DataFrame
) -> dict[str, list[CardRow | str]]:
    """Part the indicators of a card, and say who has what is missing."""
    parts = by_part(rows, told=lambda row: (row.text, row.evidence))
    by_title: dict[str, list[CardRow | str]] = {
        PART_TITLES[part]: list(part_rows) for part, part_rows in parts.items()
    }
    unsure = [row.indicator_id for part in (ASSUMED, LACKING) for row in parts[part]]
    weak = weak_bases(indicators)
    lacking = gaps(catalogue.loc[unsure, "rests_on"], weak)
    if lacking:
        listed = f"{NARROW}; ".join(gap.short for gap in lacking)
        by_title[PART_TITLES[LACKING]].append(f"{first_upper(listed)}.")
    return by_title


def territory_map(
    ground: Ground, perimeters: Released, *, members: Released
) -> MapSheet:
    """Draw the study area: its EPCI, towns, numbered outlets, doubtful members.

    Hatched are the communes that the study area holds only through bodies whose
    members are « à confirmer ».
    """
    area = ground.area
    doubtful = area[~area["code_insee"].isin(surely_held(perimeters, members))]

    marked: list[Outlet] = []
    numbered = _outlets_are_listed(ground)
    return area_sheet(
        ground,
        epci_fills(
            ground,
            perimeters,
            area,
            label="Territoire d’étude (une couleur par EPCI)",
            doubtful=doubtful,
            doubt=f"À confirmer{NBSP}: dans le territoire par une hypothèse seulement",
            is_outlined=False,
        ),
        outlets_layer(ground, marked, numbered=numbered, in_legend=False),
        subject=map_title("carte_territoire"),
        heading=_territory_heading(area),
        side=(
            identity(_territory_identity(area)),
            lambda page, y: _draw_outlet_list(page, y, ground, marked),
        ),
        under=REST[1:],
    )


def _territory_heading(area: gpd.GeoDataFrame) -> str:
    """Say how large the study area is."""
    figures = {what: number for number, what in _territory_identity(area)}
    return (
        f"{figures['EPCI']} intercommunalités, {figures['communes']} communes et "
        f"{figures['habitants']} habitants"
    )


def members_of(
    ground: Ground, members: Released, perimeter_id: str
) -> gpd.GeoDataFrame:
    """Return the communes of a perimeter, with how sure each is where that is known."""
    table = members.table
    own_members = table[table["perimeter_id"] == perimeter_id].set_index("code_insee")
    absent = sorted(set(own_members.index) - set(ground.communes.index))
    if absent or own_members.empty:
        listed = ", ".join(absent) if absent else "aucune commune"
        message = (
            f"perimeter_communes : « {perimeter_id} » : {listed} "
            "→ vérifier que les tables viennent de la même étude"
        )
        raise StudyError(message)
    inside = ground.communes.loc[sorted(own_members.index)]
    return (
        inside.assign(status=own_members["status"])
        if "status" in own_members
        else inside
    )


def doubtful_of(inside: gpd.GeoDataFrame, membership_status: str) -> gpd.GeoDataFrame:
    """Keep the communes whose membership is to be confirmed."""
    if "status" in inside:
        return inside[inside["status"] == _TO_CONFIRM]
    return inside if membership_status == _TO_CONFIRM else inside.iloc[:0]


def surely_held(perimeters: Released, members: Released) -> set[str]:
    """Return the communes that a body whose members are published holds."""
    bodies = perimeter_rows(perimeters)
    sure = bodies[
        (bodies["method"] == "structure") & (bodies["membership_status"] != _TO_CONFIRM)
    ]
    table = members.table
    rows = table["perimeter_id"].isin(set(sure["perimeter_id"]))
    return set(table.loc[rows, "code_insee"])


def _territory_identity(area: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    """Return the figures of the study area as words."""
    n_epci = area.loc[area["epci_siren"] != "", "epci_siren"].nunique()
    place = partial(Place, "communes", "in_area")
    return [
        (plain(len(area), place("communes")), "communes"),
        (plain(n_epci, place("epci")), "EPCI"),
        (plain(int(area["population"].sum()), place("people")), "habitants"),
        (plain(float(area["area_km2"].sum()), place("area")), "km²"),
    ]


def _outlets_are_listed(ground: Ground) -> bool:
    """Say whether outlets are few enough to be numbered and named on one sheet."""
    return len(ground.outlets) <= _LISTED_MAX


def _draw_outlet_list(
    page: Page, y: float, ground: Ground, marked: Sequence[Outlet]
) -> float:
    """List the outlets by kind with their numbers; return where the list ends [mm]."""
    if ground.outlets.empty:
        return y
    if not _outlets_are_listed(ground):
        return _count_by_kind(page, y, ground)
    y = side_title(page, y, "Exutoires nommés (position à la commune)")
    seen = {outlet.number for outlet in marked}
    for kind, group in ground.outlets.groupby("kind", sort=True):
        y = page.keep(y, 3 * line_height_mm(TEXT_PT))
        symbol = outlet_symbol(str(kind))
        spot = (page.side_x + 1.6, y - 1.4)
        draw_stroke(page, [spot], linestyle="none", **outlet_style(str(kind)))
        write(page, page.side_x + 4.6, y, symbol.label, size=TEXT_PT, bold=True)
        y -= line_height_mm(TEXT_PT)
        for row in group.itertuples():
            outside = "" if str(row.rank) in seen else " (hors carte)"
            doubt = " – à vérifier" if row.status == _TO_CHECK else ""
            y = _draw_name(page, y, str(row.rank), f"{row.name}{doubt}{outside}")
        y -= 0.5
    return y - 1.6


def _count_by_kind(page: Page, y: float, ground: Ground) -> float:
    y = side_title(page, y, "Exutoires (position à la commune)")
    for kind, group in ground.outlets.groupby("kind", sort=True):
        symbol = outlet_symbol(str(kind))
        y = page.keep(y, 2 * line_height_mm(TEXT_PT))
        item = LegendItem("marker", outlet_style(str(kind)), "")
        draw_mark(page, (page.side_x, y), item)
        n_there = plain(len(group), Place("outlets", str(kind), "n"))
        text = f"{symbol.label}{NBSP}: {n_there}"
        room = page.side_width - _MARK_MM
        y = write_block(page, page.side_x + _MARK_MM, y, text, width=room, size=TEXT_PT)
        y -= 0.4
    note = "Noms et communes : couche « Exutoires » du projet QGIS."
    return draw_statement(page, y - 1.0, "Liste", note)


def _draw_name(page: Page, y: float, number: str, text: str) -> float:
    y = page.keep(y, line_height_mm(TEXT_PT))
    x = page.side_x + 9.4
    width = page.side_x + page.side_width - x
    write(page, x - 1.4, y, number, size=TEXT_PT, color=MUTED, ha="right")
    for line in clip_lines(wrap(text, width, size_pt=TEXT_PT), 2):
        write(page, x, y, line, size=TEXT_PT)
        y -= line_height_mm(TEXT_PT)
    return y


_FILL = styles("perimeters_page")["fill"]
_OUTLINE = styles("perimeters_page")["outline"]
_LIMITS = styles("perimeters_page")["limits"]
_NAME_PT, _FACTS_PT, _KEY_PT = 8.5, TEXT_PT, TEXT_PT
_CAPTION_MM = 2 * line_height_mm(_NAME_PT) + 2 * line_height_mm(_FACTS_PT) + 1.5
_GAP_MM = 5.0
_TOP_MM = 2.0
_FINE_MM = 0.12
_STAR_PT = 7.0
_KEY_ROW_MM = 5.4
_BAR_KM = 20


class Panel(NamedTuple):
    """A perimeter on its small map."""

    name: str
    facts: str
    shape: shapely.Geometry
    doubtful: shapely.Geometry


def perimeters_page(
    ground: Ground,
    perimeters: Released,
    *,
    members: Released,
    indicators: Released,
    catalogue: pd.DataFrame,
    left_out: str = "",
) -> BodySheet:
    """Draw each compared perimeter at the same scale, with what it is.

    `left_out`: what stands on no small map, and why, in French.
    """
    rows = perimeter_rows(perimeters)
    panels = [
        Panel(
            perimeter_name(row),
            perimeter_message(row, indicators, catalogue),
            dissolved(inside),
            dissolved(doubtful_of(inside, str(row["membership_status"]))),
        )
        for _, row in rows.iterrows()
        for inside in (members_of(ground, members, str(row["perimeter_id"])),)
    ]

    def draw(page: Page, low_mm: float) -> None:
        cells = cells_of(page, len(panels) + 1, ground, low_mm=low_mm)
        for panel, cell in zip(panels, cells, strict=False):
            _draw_panel(page, cell, panel, ground)
        _draw_key(page, cells[-1], ground, panels=panels, left_out=left_out)

    return BodySheet(
        subject=map_title("carte_perimetres"),
        heading=page_heading(rows),
        tables=(*ground.made_of("communes", "bodies"), perimeters, members, indicators),
        body=draw,
        crs=CRS_NAME,
    )


def page_heading(rows: pd.DataFrame) -> str:
    """Say how many there are, and how far their inhabitants go."""
    least, most = (
        plain(int(rows["population"].agg(end)), Place("perimeters", end, "population"))
        for end in ("min", "max")
    )
    if len(rows) < 2:  # noqa: PLR2004
        return map_title("carte_perimetres")
    count = plain(len(rows), Place("perimeters", "compared", "n"))
    return f"{count} périmètres comparés, de {least} à {most}{NBSP}habitants"


def cells_of(page: Page, count: int, ground: Ground, *, low_mm: float) -> list[Box]:
    """Part the page so that the maps are as large as they can be."""
    left, right = MARGIN_MM, page.width_mm - MARGIN_MM
    top = page.format.map_top_mm - _TOP_MM
    xmin, ymin, xmax, ymax = ground.area.total_bounds

    def size(columns: int) -> tuple[float, float]:
        lines = -(-count // columns)
        wide = (right - left - (columns - 1) * _GAP_MM) / columns
        return wide, (top - low_mm - (lines - 1) * _GAP_MM) / lines

    def scale(columns: int) -> float:
        wide, high = size(columns)
        return min(wide / (xmax - xmin), (high - _CAPTION_MM) / (ymax - ymin))

    columns = max(range(1, count + 1), key=scale)
    wide, high = size(columns)
    return [
        Box(x, y - high, x + wide, y)
        for x, y in (
            (
                left + (rank % columns) * (wide + _GAP_MM),
                top - (rank // columns) * (high + _GAP_MM),
            )
            for rank in range(count)
        )
    ]


def _draw_panel(page: Page, cell: Box, panel: Panel, ground: Ground) -> None:
    """Write the caption of a perimeter, and draw it on the study area."""
    width = cell.xmax - cell.xmin
    y = write_block(
        page,
        cell.xmin,
        cell.ymax,
        panel.name,
        width=width,
        size=_NAME_PT,
        bold=True,
        lines=2,
    )
    facts: dict[str, Any] = {"size": _FACTS_PT, "color": MUTED, "lines": 2}
    write_block(page, cell.xmin, y, panel.facts, width=width, **facts)
    m_per_mm = _scale(cell, ground)
    wide, high = cell.xmax - cell.xmin, cell.ymax - cell.ymin - _CAPTION_MM
    axes = page.axes(cell.xmin, cell.ymin, wide, high)
    xmin, _, xmax, ymax = ground.area.total_bounds
    x, half = (xmin + xmax) / 2, wide * m_per_mm / 2
    # Right under the caption, whatever room is left below.
    axes.set(xlim=(x - half, x + half), ylim=(ymax - high * m_per_mm, ymax))
    axes.axis("off")

    def fine(shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.simplify(shape, _FINE_MM * m_per_mm)

    area = fine(dissolved(ground.area))
    add_polygons(axes, [area], facecolor=OUTSIDE, linewidth=0, zorder=1)
    add_polygons(axes, [fine(panel.shape)], zorder=2, **_FILL)
    if not panel.doubtful.is_empty:
        add_polygons(axes, [fine(panel.doubtful)], zorder=3, **HATCH_STYLE)
    edges = shapely.union_all(shapely.boundary(ground.epci.geometry.to_numpy()))
    add_lines(axes, fine(shapely.line_merge(edges)), zorder=4, **_LIMITS)
    add_lines(axes, shapely.boundary(fine(panel.shape)), zorder=5, **_OUTLINE)
    if ground.root_code:
        root = ground.communes.loc[ground.root_code, ["seat_x", "seat_y"]]
        axes.plot(
            *root, linestyle="none", zorder=6, **(STAR | {"markersize": _STAR_PT})
        )


def _scale(cell: Box, ground: Ground) -> float:
    """Return the scale under a caption, the same in every cell."""
    wide, high = cell.xmax - cell.xmin, cell.ymax - cell.ymin - _CAPTION_MM
    xmin, ymin, xmax, ymax = ground.area.total_bounds
    return max((xmax - xmin) / wide, (ymax - ymin) / high)


def _draw_key(
    page: Page, cell: Box, ground: Ground, *, panels: list[Panel], left_out: str
) -> None:
    """Write the legend that all small maps share, their scale, and what is left out."""
    width = cell.xmax - cell.xmin
    y = cell.ymax
    write(page, cell.xmin, y, "Légende", size=_NAME_PT, bold=True)
    y -= _KEY_ROW_MM
    for item in _items(ground, panels):
        draw_mark(page, (cell.xmin, y), item)
        write(page, cell.xmin + 8.0, y, item.label, size=_KEY_PT)
        y -= _KEY_ROW_MM
    bar = 1000 * _BAR_KM / _scale(cell, ground)
    bracket = shapely.LineString(
        [(cell.xmin, y), (cell.xmin, y - 1.6), (cell.xmin + bar, y - 1.6)]
    ).union(shapely.LineString([(cell.xmin + bar, y - 1.6), (cell.xmin + bar, y)]))
    add_lines(page.sheet, bracket, color=INK, linewidth=0.9)
    scale = f"{_BAR_KM}{NBSP}km, la même échelle partout ; nord en haut"
    y = write_block(page, cell.xmin, y - 2.4, scale, width=width, size=_KEY_PT)
    if left_out:
        write_block(
            page, cell.xmin, y - 1.0, left_out, width=width, size=_KEY_PT, color=MUTED
        )


def _items(ground: Ground, panels: list[Panel]) -> list[LegendItem]:
    edge = {"edgecolor": INK, "linewidth": 1.0}
    items = [LegendItem("patch", _FILL | edge, "Périmètre")]
    if any(not panel.doubtful.is_empty for panel in panels):
        hatched = HATCH_STYLE | {"linewidth": 0.4}
        items.append(LegendItem("patch", hatched, "Appartenance à confirmer"))
    rest = {"facecolor": OUTSIDE, "linewidth": 0}
    items += [
        LegendItem("patch", rest, "Reste du territoire d’étude"),
        LegendItem("line", _LIMITS, "Limite d’EPCI"),
    ]
    if ground.root_code:
        name = ground.communes.loc[ground.root_code, "nom"]
        items.append(LegendItem("marker", STAR | {"markersize": 8.0}, str(name)))
    return items
