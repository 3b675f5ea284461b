"""The A4 sheet of a difference: two perimeters on one map, what changes beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from eitgeo.errors import StudyError
from eitgeo.ledger import Place, plain
from eitgeo.maps.paper.canvas import Page, text_width_mm, wrap, write, write_block
from eitgeo.maps.paper.charter import INK, MUTED, TEXT_PT, VALUE_PT, styles
from eitgeo.maps.paper.ground import Ground, dissolved
from eitgeo.maps.paper.labels import (
    Box,
    Lettering,
    MapFrame,
    around,
    draw_label,
    label_size_m,
    place_area_label,
)
from eitgeo.maps.paper.map_sheet import Layer, MapSheet
from eitgeo.maps.paper.shapes import add_lines, add_polygons
from eitgeo.maps.paper.side import LegendItem, side_title
from eitgeo.maps.paper.study_map import REST, area_sheet
from eitgeo.maps.words.cards import (
    DifferenceTables,
    GapRow,
    change_lines,
    gap_rows,
    identity_lines,
    one_perimeter,
)
from eitgeo.reference.indicators import indicators_in
from eitgeo.tables.public import Released
from eitgeo.words import EVIDENCE_SYMBOLS, NBSP

_STYLES = styles("difference_map")
_OUTLINES = styles("difference_outlines")
_BLOCK = Lettering(8.0, bold=True)
_PLACE = "difference"
"""Indicators that the sheet shows beside those of the first screen."""
_LETTERS = {"first": "A", "second": "B"}
_ROW_MM = 10.0
_NAME_LINES = 2
_KEY_STYLE: dict[str, Any] = {"size": TEXT_PT, "color": MUTED}


def difference_map(
    ground: Ground,
    perimeters: Released,
    difference: DifferenceTables,
    *,
    members: Released,
    indicators: Released,
    catalogue: pd.DataFrame,
) -> MapSheet:
    """Draw what changes from A to B, each block of it labelled."""
    by_letter = dict(zip(_LETTERS, difference.pair, strict=True))
    named = {end: one_perimeter(perimeters, name) for end, name in by_letter.items()}
    codes = {end: _codes(ground, members, name) for end, name in by_letter.items()}
    everyone = len(codes["first"] | codes["second"])
    rows = gap_rows(indicators, difference.gaps, _printed(catalogue))
    changes = [released.table for released in (difference.communes, difference.epci)]
    change_texts = change_lines(*changes, names=ground.epci["name"].to_dict())
    names = " et ".join(str(one["name"]) for one in named.values())
    return area_sheet(
        ground,
        _parts_layer(ground, codes, (members, difference.communes, difference.epci)),
        under=REST if everyone < len(ground.area) else REST[1:],
        outline=False,
        subject=f"Écart entre {names}",
        heading=_heading(*changes),
        side=(
            lambda page, y: _draw_names(page, y, named),
            Gaps(tuple(rows), tuple(indicators_in(catalogue, _PLACE))),
            lambda page, y: _draw_changes(page, y, change_texts),
        ),
        tables=(perimeters, indicators, difference.gaps),
    )


def _heading(communes: pd.DataFrame, epci: pd.DataFrame) -> str:
    """Say what comes and what goes: whole EPCI, other communes, inhabitants."""
    parts = []
    for change, sign in (("entre", "de plus"), ("sort", "de moins")):
        rows = communes[communes["change"] == change]
        if rows.empty:
            continue
        whole = epci[epci["change"] == change]
        alone = ~rows["epci_siren"].isin(whole["epci_siren"])
        place = partial(Place, "difference", change)
        n_whole = plain(len(whole), place("EPCI entiers"))
        what = [f"{n_whole}{NBSP}EPCI"] if len(whole) else []
        if alone.any():
            plural = "s" if alone.sum() > 1 else ""
            n_alone = plain(int(alone.sum()), place("communes seules"))
            what.append(f"{n_alone}{NBSP}commune{plural}")
        people = plain(int(rows["population"].sum()), place("population"))
        parts.append(f"{', '.join(what)} et {people}{NBSP}habitants {sign}")
    if not parts:
        return "De A à B : les mêmes communes"
    return f"De A à B : {' ; '.join(parts)}"


def _printed(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Keep the first screen, and what the catalogue adds to it."""
    added = catalogue.index.isin(indicators_in(catalogue, _PLACE))
    return catalogue[catalogue["first_screen"].eq("oui") | added]


def _codes(ground: Ground, members: Released, perimeter_id: str) -> frozenset[str]:
    table = members.table
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


def _parts_layer(
    ground: Ground, codes: dict[str, frozenset[str]], tables: tuple[Released, ...]
) -> Layer:
    def draw(view: MapFrame) -> list[LegendItem]:
        for name, part in _parts(codes).items():
            if part:
                shapes = _shown(ground, part).geometry
                add_polygons(view.axes, shapes, zorder=3, **_STYLES[name])
        for name, style in _OUTLINES.items():
            outline = shapely.boundary(dissolved(_shown(ground, codes[name])))
            add_lines(view.axes, outline, zorder=12, **style)
        return _legend(codes)

    return Layer(tables, draw, lambda view: label_blocks(view, ground, codes))


def label_blocks(
    view: MapFrame, ground: Ground, codes: dict[str, frozenset[str]]
) -> list[tuple[str, Box]]:
    """Write what each EPCI brings or takes away: none is left without its label.

    Returns the words of each, and where they stand.
    """
    parts = _parts(codes)
    labels = []
    for name, letter, sign in (("first", "A", "−"), ("second", "B", "+")):
        shown = _shown(ground, parts[name])
        lettering = _BLOCK._replace(colour=_OUTLINES[name]["color"])
        for siren, part in shown.groupby("epci_siren", sort=True):
            place = Place("difference", f"{name} / {siren}", "population")
            people = plain(int(part["population"].sum()), place)
            text = f"{letter}{NBSP}: {sign}{people}{NBSP}hab."
            labels.append((text, _label_block(view, dissolved(part), text, lettering)))
    return labels


def _label_block(
    view: MapFrame, shape: shapely.Geometry, text: str, lettering: Lettering
) -> Box:
    """Label a block at its roomiest place; over its middle where there is none."""
    seen = shapely.intersection(shape, shapely.box(*view.placer.frame))
    if place_area_label(view, seen, text, lettering=lettering):
        return view.placer.taken[-1]
    width, height = label_size_m([text], lettering, view.m_per_mm)
    spot, frame = shapely.point_on_surface(seen), view.placer.frame
    x = min(max(spot.x, frame.xmin + width / 2), frame.xmax - width / 2)
    y = min(max(spot.y, frame.ymin + height / 2), frame.ymax - height / 2)
    box = around(x, y, width, height)
    view.placer.block(box)
    draw_label(view.axes, box, [text], lettering)
    return box


def _draw_names(page: Page, y: float, named: Mapping[str, pd.Series]) -> float:
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
            size=TEXT_PT if long else 8,
            bold=True,
            lines=2 * _NAME_LINES,
        )
        facts = " · ".join(f"{n}{NBSP}{what}" for n, what in identity_lines(perimeter))
        y = write_block(
            page, page.side_x + 6, y, facts, width=room, size=TEXT_PT, color=MUTED
        )
        y -= 1.2
    return y - 1.0


class Gaps(NamedTuple):
    """Figures of A and B, and their gap; those that give way stay in the workbook."""

    rows: tuple[GapRow, ...]
    first: tuple[str, ...]
    """Indicators that go first; then assumptions, the last first."""
    n_left_out: int = 0

    def __call__(self, page: Page, y: float) -> float:
        """Write them; return where they end [mm]."""
        return _draw_gaps(page, y, self)

    def shorter(self) -> Gaps | None:
        """Leave one more figure to the workbook, if one may give way."""
        spare = [row for row in self.rows if row.indicator_id in self.first]
        spare = spare or [row for row in self.rows if row.evidence == "H"]
        if not spare:
            return None
        kept = tuple(row for row in self.rows if row is not spare[-1])
        return self._replace(rows=kept, n_left_out=self.n_left_out + 1)


def _draw_gaps(page: Page, y: float, side: Gaps) -> float:
    y = side_title(page, y, "Ce que disent les données")
    for row in side.rows:
        colour = MUTED if row.greyed else INK
        y = page.keep(y, _ROW_MM)
        right = page.side_x + page.side_width
        label = f"{EVIDENCE_SYMBOLS[row.evidence]} {row.label}"
        write(
            page, right, y, row.gap, size=VALUE_PT, bold=True, color=colour, ha="right"
        )
        room = page.side_width - text_width_mm(row.gap, VALUE_PT, bold=True) - 2
        y = write_block(
            page, page.side_x, y, label, width=room, size=TEXT_PT, color=colour
        )
        text = f"A{NBSP}: {row.first}   B{NBSP}: {row.second}"
        y = write_block(
            page,
            page.side_x + 3,
            y,
            text,
            width=page.side_width - 3,
            size=TEXT_PT,
            color=colour,
            lines=2,
        )
        y -= 0.7
    key = "● observé   ◐ source   ○ hypothèse   à droite : B − A"
    if side.n_left_out:
        key += f"   suite{NBSP}: tableur"
    y = write_block(page, page.side_x, y, key, **_KEY_STYLE, width=page.side_width)
    return y - 1.6


def _draw_changes(page: Page, y: float, change_texts: list[tuple[str, str]]) -> float:
    y = side_title(page, y, "Qui entre, qui sort")
    for what, who in change_texts:
        y = page.keep(y, _ROW_MM)
        y = write_block(
            page,
            page.side_x,
            y,
            f"{what}{NBSP}: {who}.",
            width=page.side_width,
            size=TEXT_PT,
            lines=4,
        )
        y -= 0.6
    return y - 1.0


def _legend(codes: dict[str, frozenset[str]]) -> list[LegendItem]:
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
    return items
