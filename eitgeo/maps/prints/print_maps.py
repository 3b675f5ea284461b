"""Print maps: one perimeter on its territory, and the territory itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import geopandas as gpd
import pandas as pd

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
from eitgeo.maps.paper.charter import MUTED, TEXT_PT, outlet_symbol
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.layers import Outlet, outlet_style
from eitgeo.maps.paper.map_sheet import MapSheet, identity, indicator_parts, statement
from eitgeo.maps.paper.marks import epci_fills
from eitgeo.maps.paper.side import (
    CardRow,
    LegendItem,
    draw_mark,
    draw_statement,
    side_title,
)
from eitgeo.maps.paper.study_map import REST, area_sheet, outlets_layer
from eitgeo.maps.words.belief import (
    ASSUMED,
    LACKING,
    PART_TITLES,
    by_part,
    gaps,
    weak_bases,
)
from eitgeo.maps.words.cards import (
    card_rows,
    identity_lines,
    one_perimeter,
    perimeter_message,
    perimeter_name,
    perimeter_rows,
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
