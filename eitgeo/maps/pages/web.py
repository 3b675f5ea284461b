"""The offline page: one file, no network, a map and the table that says the same."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from eitgeo.check import require_columns
from eitgeo.maps.pages.folium_map import (
    WebPerimeter,
    colour_of,
    draw_folium_map,
    letter_of,
)
from eitgeo.maps.pages.page_parts import (
    banner,
    comparison_table,
    evidence_key,
    html_text,
    legend,
    notes,
    stamp,
)
from eitgeo.maps.paper.sheet import require_released
from eitgeo.maps.words.cards import perimeter_rows

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    import pandas as pd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.sheet import Sheet

_IMAGE = re.compile(r"url\((images/[\w.-]+)\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
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
    folder = resources.files("eitgeo.maps.pages")
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


def _data() -> Traversable:
    return resources.files("xstatic.pkg.leaflet").joinpath("data")


@cache
def leaflet_script() -> str:
    """Return Leaflet's script from its wheel, without an address to follow."""
    text = _data().joinpath("leaflet.js").read_text(encoding="utf-8")
    return _SOURCE_MAP.sub("", text).replace("https://leafletjs.com", "leafletjs.com")


@cache
def leaflet_style() -> str:
    """Return Leaflet's style sheet, its images inlined."""
    text = _data().joinpath("leaflet.css").read_text(encoding="utf-8")
    text = _COMMENT.sub("", text)
    return _IMAGE.sub(lambda match: f"url({_data_uri(match[1])})", text)


def _data_uri(name: str) -> str:
    content = b64encode(_data().joinpath(name).read_bytes()).decode("ascii")
    return f"data:image/png;base64,{content}"
