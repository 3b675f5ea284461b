"""The offline page: one file, no network, a map and the table that says the same."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING

from eitgeo.check import require_columns
from eitgeo.maps._folium_map import (
    WebPerimeter,
    colour_of,
    draw_folium_map,
    letter_of,
)
from eitgeo.maps._leaflet import leaflet_script, leaflet_style
from eitgeo.maps._page_parts import (
    banner,
    comparison_table,
    evidence_key,
    html_text,
    legend,
    notes,
    stamp,
)
from eitgeo.maps.cards import perimeter_rows
from eitgeo.maps.sheet import require_released

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.maps.ground import Ground
    from eitgeo.maps.sheet import Sheet

_SLOT = re.compile(r"\{\{(\w+)\}\}")


def offline_page(
    ground: Ground,
    perimeters: Released,
    *,
    members: Released,
    indicators: Released,
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> bytes:
    """Make the page of the compared perimeters, which opens without a network."""
    compared = perimeter_rows(perimeters)
    shown = _web_perimeters(compared, members)
    figures = require_released(indicators, "indicators")
    division, script = draw_folium_map(ground, shown)
    slots = {
        "title": html_text(sheet.title),
        "subtitle": html_text(sheet.subtitle),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "banner": banner(sheet),
        "stamp": stamp(sheet),
        "legend": legend(ground),
        "evidence_key": evidence_key(),
        "table": comparison_table(
            compared, shown, indicators=figures, catalogue=catalogue
        ),
        "notes": notes(sheet, greyed=bool(figures.demonstration)),
        "map_div": division,
        "map_script": script,
        "leaflet_js": leaflet_script(),
        "leaflet_css": leaflet_style(),
        "page_css": _read("page.css"),
    }
    # One pass: what a slot brings in is never searched for slots.
    return _SLOT.sub(lambda match: slots[match[1]], _read("page.html")).encode()


def _read(name: str) -> str:
    folder = resources.files("eitgeo.maps")
    return folder.joinpath(name).read_text(encoding="utf-8")


def _web_perimeters(compared: pd.DataFrame, members: Released) -> list[WebPerimeter]:
    table = require_released(members, "perimeter_communes").table
    require_columns(table, ["perimeter_id", "code_insee"], where="perimeter_communes")
    codes = table.groupby("perimeter_id")["code_insee"].agg(frozenset)
    return [
        WebPerimeter(
            letter=letter_of(rank),
            name=str(row.name_),
            colour=colour_of(rank),
            codes=codes.get(row.perimeter_id, frozenset()),
            doubtful=str(row.membership_status) == "a_confirmer",
        )
        for rank, row in enumerate(
            compared.rename(columns={"name": "name_"}).itertuples(index=False)
        )
    ]
