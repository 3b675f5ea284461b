"""The QGIS project: groups, styles, map themes and print layouts, without QGIS.

Their texts are ``project.qgs`` and ``style.xml``, templates of this folder.
"""

from __future__ import annotations

import io
import math
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from textwrap import wrap
from typing import NamedTuple

from pyproj import CRS

from eitgeo.maps.paper.charter import DEMONSTRATION_INK
from eitgeo.maps.paper.sheet import CRS_NAME, Sheet
from eitgeo.maps.qgis.layers import Fill, QgisLayer, Theme, check_layers, filled
from eitgeo.words import typographic

_CRS_CODE = 2154
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_MARGIN = 0.04
_MAP_BOX = (8.0, 22.0, 205.0, 166.0)
"""Where the map is on the sheet: left, top, width, height [mm]."""
_STAMP_DEGREES = -20
_LEGEND_LETTERS = 40
_SPACE = uuid.UUID("6f7a3a34-3b4c-5a57-9a0b-51a1f4d2c6ab")
_SIDES = ("xmin", "ymin", "xmax", "ymax")
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Extent:
    """What the map shows when the project opens, EPSG:2154, metres."""

    bounds: tuple[float, float, float, float] = field()  # ``minx, miny, maxx, maxy``

    @property
    def with_margin(self) -> tuple[float, float, float, float]:
        """Return the bounds with a little room around."""
        left, low, right, high = self.bounds
        room = _MARGIN * max(right - left, high - low)
        return left - room, low - room, right + room, high + room


class _Layout(NamedTuple):
    """A theme as it is printed."""

    theme: Theme
    layers: list[QgisLayer]
    stamp_word: str
    notes: str
    foot: str


def qgis_project(
    layers: Sequence[QgisLayer],
    *,
    data: str,
    themes: Sequence[Theme],
    extent: Extent,
    sheet: Sheet,
    stem: str,
) -> bytes:
    """Write a project that opens the layers styled, grouped and ready to print."""
    check_layers(layers)
    groups: dict[str, list[QgisLayer]] = {}
    for layer in layers:
        groups.setdefault(layer.group, []).append(layer)
    left, top, width, height = _MAP_BOX
    turn = math.radians(-_STAMP_DEGREES)
    # QGIS turns an item about its upper left corner.
    x = left + width / 2 - (width / 2 * math.cos(turn) + 9 * math.sin(turn))
    y = top + height / 2 - (-width / 2 * math.sin(turn) + 9 * math.cos(turn))
    stamp_x, stamp_y = x, y
    text = filled(
        "project.qgs",
        wkt=CRS.from_epsg(_CRS_CODE).to_wkt(),
        layers=layers,
        groups=groups,
        data=data,
        drawn=any(layer.file for layer in layers),
        sheet=sheet,
        subtitle=f"{sheet.title} – {sheet.subtitle}" if sheet.subtitle else sheet.title,
        sides=_SIDES,
        extent=extent.with_margin,
        fitted=_fitted(extent.with_margin),
        layouts=[_layout(theme, layers, sheet) for theme in themes],
        blank=Fill(colour="#ffffff", outline=""),
        stamp_x=f"{stamp_x:g}",
        stamp_y=f"{stamp_y:g}",
        demonstration_ink=DEMONSTRATION_INK,
        key=_key,
        wrapped=lambda title: "|".join(wrap(title, _LEGEND_LETTERS)),
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(f"{stem}.qgs", date_time=_ZIP_DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, text.encode())
    return content.getvalue()


def _layout(theme: Theme, layers: Sequence[QgisLayer], sheet: Sheet) -> _Layout:
    shown = [layer for layer in layers if theme.name in layer.themes]
    reasons = dict.fromkeys(one for layer in shown for one in layer.demonstration)
    sheet = replace(sheet, demonstration=tuple(reasons))
    notes = _notes(theme, shown, stamp=sheet.stamp)
    return _Layout(theme, shown, sheet.stamp_word, notes, _foot(shown, sheet))


def _notes(theme: Theme, layers: Sequence[QgisLayer], *, stamp: str) -> str:
    doubts = dict.fromkeys(one for layer in layers for one in layer.to_confirm)
    lines = [stamp, theme.note, *doubts]
    return typographic("\n".join(line for line in lines if line))


def _foot(layers: Sequence[QgisLayer], sheet: Sheet) -> str:
    sources = dict.fromkeys(one for layer in layers for one in layer.sources)
    lines = [
        f"{sheet.status_stamp} – édition du {sheet.edition_text} – {CRS_NAME}",
        " · ".join(sources),
        " – ".join(one for one in (sheet.funders, sheet.contact) if one),
    ]
    return typographic("\n".join(line for line in lines if line))


def _key(theme: str, item: str) -> str:
    """Name an item of a layout, the same at each run."""
    return f"{{{uuid.uuid5(_SPACE, f'{theme}/{item}')}}}"


def _fitted(bounds: Box) -> Box:
    """Widen bounds to the shape of the map's box."""
    left, low, right, high = bounds
    _, _, width, height = _MAP_BOX
    scale = max((right - left) / width, (high - low) / height)
    middle_x, middle_y = (left + right) / 2, (low + high) / 2
    half_x, half_y = scale * width / 2, scale * height / 2
    return middle_x - half_x, middle_y - half_y, middle_x + half_x, middle_y + half_y
