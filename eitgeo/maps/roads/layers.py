"""What maps of roads draw over the ground of all maps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from eitgeo.check import require_lambert93
from eitgeo.ledger import Place, plain, short, written
from eitgeo.maps.paper.charter import OUTSIDE, sequential, styles
from eitgeo.maps.paper.ground import Ground, dissolved
from eitgeo.maps.paper.labels import MapFrame
from eitgeo.maps.paper.layers import ROAD_CLASSES, road_styles, seen_roads
from eitgeo.maps.paper.map_sheet import Layer, MapSheet
from eitgeo.maps.paper.marks import Mark, fills, line_item
from eitgeo.maps.paper.shapes import add_lines
from eitgeo.maps.paper.side import LegendItem
from eitgeo.maps.paper.study_map import LANDS, ground_layers
from eitgeo.study.roads import TIMES_EVIDENCE
from eitgeo.tables.public import Released
from eitgeo.words import NBSP, french_number

UNKNOWN = "Non calculé"
"""A commune without a time is no far commune."""
_UNKNOWN = styles("roads")["unknown"]
_AROUND = 0.08
_LEAST_WIDE_M = 26_000.0
"""A map of something smaller shows what is around it: a valley, a town."""
SEAT_MARK = styles("roads")["seat"]
PLACE_MARK = styles("roads")["place"]


@dataclass(frozen=True)
class Roads:
    """What every map of roads is drawn on."""

    ground: Ground = field(repr=False)
    # Released lines by class or, on the surrogate, limits of communes: ``label``
    lines: Released = field(repr=False)
    network: str  # What distances rest on, French

    def figure(self, value: float, unit: str, place: Place) -> str:
        """Write a time or a share, as sure as speeds are."""
        about = {"evidence": TIMES_EVIDENCE, "unit": unit, "decimals": 0}
        return written(value, place, bounds=(math.nan, math.nan), **about)

    def name(self, code: str) -> str:
        """Name a commune."""
        known = self.ground.communes["nom"]
        return str(known[code]) if code in known.index else code

    def seat(self, code: str) -> shapely.Point:
        """Place the town hall of a commune."""
        row = self.ground.communes.loc[code]
        return shapely.Point(row["seat_x"], row["seat_y"])

    def mark(self, code: str, text: str = "") -> Mark:
        """Mark a commune at its town hall by its name, or by other words."""
        return Mark(self.seat(code), text or self.name(code))


def road_sheet(
    roads: Roads,
    *own: Layer,
    seen: Sequence[shapely.Geometry] = (),
    is_muted: bool = False,
    is_filled: bool = False,
    marked: Sequence[str] | None = (),
    **told: Any,
) -> MapSheet:
    """Make the sheet of a map of roads: its own layers, roads by class, the ground.

    `seen`: what the map is about; the whole study area by default. `is_muted`: roads
    are grey, their colours are those of what lies over them. `is_filled`: own layers
    hide the grey of the study area. `marked`: INSEE codes of
    the towns that own layers mark; None: no other town is marked. `told`: ``subject``,
    ``heading``, ``side`` and ``tables`` of the `MapSheet`.
    """
    table: Any = roads.lines.table
    require_lambert93(table, where="drawn_roads")
    bare = _bare(roads.ground, marked)
    area = dissolved(bare.area)
    subject = shapely.GeometryCollection(list(seen)) if len(seen) else area
    lands = [one for one in LANDS if one.style.get("facecolor") != OUTSIDE]
    under = ground_layers(bare, under=lands if is_filled else LANDS)
    return MapSheet(
        layers=(*own, _road_layer(roads.lines, is_muted=is_muted), *under),
        bounds=_bounds(subject) if len(seen) else tuple(bare.area.total_bounds),
        spared=lambda _: shapely.convex_hull(subject) if len(seen) else area,
        **told,
    )


def _bare(ground: Ground, marked: Sequence[str] | None) -> Ground:
    """Take off the sketch of motorways, shades that would change a class, own towns."""
    bare = {
        name: table
        for name, table in ground.tables.items()
        if name not in {"motorways", "relief"}
    }
    towns = ground.towns
    hidden = towns["code_insee"] if marked is None else marked
    return replace(
        ground,
        motorways=ground.motorways.iloc[:0],
        towns=towns[~towns["code_insee"].isin([*hidden])],
        root_code="",
        relief=None,
        tables=bare,
    )


def _bounds(subject: shapely.Geometry) -> tuple[float, float, float, float]:
    """Say what is seen [m]: the subject, with some of what is around it."""
    low, high = np.array(subject.bounds).reshape(2, 2)
    more = np.maximum(_AROUND * (high - low), (_LEAST_WIDE_M - (high - low)) / 2)
    (xmin, ymin), (xmax, ymax) = low - more, high + more
    return float(xmin), float(ymin), float(xmax), float(ymax)


def _road_layer(lines: Released, *, is_muted: bool) -> Layer:
    """Draw the roads that are seen, the larger over the smaller."""

    def draw(view: MapFrame) -> list[LegendItem]:
        table: Any = lines.table
        shown = seen_roads(table, view.placer.frame, m_per_mm=view.m_per_mm)
        shown = shown[~shown.geometry.is_empty].set_index("label", drop=False)
        shown = shown.loc[[one for one in ROAD_CLASSES if one in shown.index]]
        styles = road_styles(shown["label"].tolist(), is_muted=is_muted)
        for rank, (line, (_, style)) in enumerate(
            zip(shown.geometry, styles, strict=True)
        ):
            add_lines(view.axes, line, zorder=5 + rank / 10, **style)
        return [line_item(style, label) for label, style in styles[::-1]]

    return Layer((lines,), draw)


def minute_classes(limits: Sequence[float]) -> list[str]:
    """Name the classes between some minutes, the nearest first.

    Examples
    --------
    >>> [one.replace(NBSP, " ") for one in minute_classes([30.0, 60.0])]
    ['Jusqu’à 30 min', 'De 30 à 60 min', 'Plus de 60 min']
    """
    limits_text = [french_number(one) for one in limits]
    between = [f"De {low} à {high}{NBSP}min" for low, high in pairwise(limits_text)]
    first, last = (
        f"Jusqu’à {limits_text[0]}{NBSP}min",
        f"Plus de {limits_text[-1]}{NBSP}min",
    )
    return [first, *between, last]


def minute_layer(roads: Roads, minutes: Released, *, limits: Sequence[float]) -> Layer:
    """Fill each commune of the area by its minutes; one without a time is apart.

    `minutes`: ``code_insee``, ``minutes``; NaN is not known, infinite beyond all.
    """
    table: Any = minutes.table
    known = table.set_index("code_insee")["minutes"].reindex(roads.ground.area.index)
    classes = minute_classes(limits)
    # A share « à moins de 45 min » holds those at 45: so does the class.
    rank = np.searchsorted(limits, known.to_numpy(dtype=float), side="left")
    label = np.where(known.isna(), UNKNOWN, np.array(classes, dtype=object)[rank])
    shown = {
        name: {"facecolor": colour}
        for name, colour in zip(classes, near_colours(len(classes)), strict=True)
    }
    styles = shown | {UNKNOWN: _UNKNOWN}
    return fills((minutes,), roads.ground.area, label, styles=styles)


def near_colours(count: int) -> tuple[str, ...]:
    """Give so many classes a colour, the nearest darkest, none that hides the roads."""
    return sequential(count + 1)[-2::-1]


def minutes_text(minutes: float, place: Place) -> str:
    """Write a time as sure as speeds are."""
    return short(float(minutes), place, evidence=TIMES_EVIDENCE, unit="min")


def count_text(value: float, word: str, place: Place) -> str:
    """Write a count and what it counts.

    Examples
    --------
    >>> count_text(2, "ville", Place("towns", "toutes", "n")).replace(NBSP, " ")
    '2 villes'
    """
    whole = int(value)
    return f"{plain(whole, place)}{NBSP}{word}{'s' if whole > 1 else ''}"
