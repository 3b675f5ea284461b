"""The map of where waste may go: the nearest place of each kind of outlet, by road."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import shapely

from eitgeo.ledger import Place, headed
from eitgeo.maps.paper.charter import outlet_symbol, styles
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.labels import MapFrame
from eitgeo.maps.paper.layers import (
    Outlet,
    mark_outlets,
    number_outlets,
    outlet_legend,
    outlet_style,
)
from eitgeo.maps.paper.map_sheet import Layer, MapSheet, listed, statement
from eitgeo.maps.paper.shapes import add_lines
from eitgeo.maps.paper.side import LegendItem, SideTable
from eitgeo.maps.paper.study_map import area_sheet
from eitgeo.maps.prints.flow_maps import middle_of
from eitgeo.maps.words.texts import sentences
from eitgeo.reference.map_sheets import map_title
from eitgeo.study.roads import TIMES_EVIDENCE
from eitgeo.tables.public import Released
from eitgeo.words import MISSING, first_upper, published_value

SUBJECT = map_title("carte_exutoires")
NEAR_MIN = 45.0
"""What the title counts as near [min]."""
_MOST_KINDS = 4
"""Kinds whose ways are drawn: those with the most places, where there is a choice."""
_DASHES = ("solid", (0, (5, 1.4)), (0, (1.2, 1.0)), (0, (6, 1.4, 1.2, 1.4)))
_WIDTH_PT = 1.3
_APART_MM = 0.8
"""Between the ways of two kinds that run side by side."""
_START = styles("outlet_map")["start"]
_SHORT = {"centre_tri": "tri", "isdnd": "stockage", "recuperation": "recyclage"}
_SAY = sentences("prints", "outlet_map")


def outlets_map(ground: Ground, nearest: Released) -> MapSheet:
    """Draw a way from each EPCI to the nearest place of each kind of outlet."""
    table: Any = nearest.table
    kinds = drawn_kinds(ground)
    ways = table[table["kind"].isin(kinds)]
    n_asked = len(kinds) * len(ground.epci)
    symbols: list[Outlet] = []
    return area_sheet(
        ground,
        Layer(
            (nearest, *ground.made_of("outlets")),
            partial(_draw, ways=ways, kinds=kinds, ground=ground, symbols=symbols),
            lambda view: number_outlets(view, symbols),
        ),
        subject=SUBJECT,
        heading=_heading(ways, kinds, ground),
        side=(
            statement(
                "Les plus proches par la route, pas les utilisés",
                _SAY("reading") + (_SAY("cut_off") if n_asked > len(ways) else ""),
            ),
            listed(minute_rows(ways, kinds, ground)),
            statement("Les plus proches, par numéro", _by_number(ways, ground)),
        ),
    )


def drawn_kinds(ground: Ground) -> list[str]:
    """List the kinds that are in two communes or more, most places first."""
    places = ground.outlets.groupby("kind")["code_insee"].nunique()
    chosen = places[places > 1].sort_values(ascending=False, kind="stable")
    return [str(kind) for kind in chosen.index[:_MOST_KINDS]]


def _heading(ways: pd.DataFrame, kinds: list[str], ground: Ground) -> str:
    """Count the EPCI that have every kind near."""
    if ways.empty:
        return SUBJECT
    # As printed: a reader counts in the list.
    printed = ways["minutes"].map(
        lambda value: published_value(
            value, evidence=TIMES_EVIDENCE, decimals=0, unit="min"
        )
    )
    is_near = printed < NEAR_MIN
    n_near = int((ways[is_near].groupby("epci_siren").size() == len(kinds)).sum())
    *first, last = map(_short, kinds)
    named = f"{', '.join(first)} et {last}" if first else last
    every = len(ground.epci)
    return _SAY(
        "heading", kinds=first_upper(named), near=NEAR_MIN, n=n_near, every=every
    )


def _draw(
    view: MapFrame,
    *,
    ways: pd.DataFrame,
    kinds: list[str],
    ground: Ground,
    symbols: list[Outlet],
) -> Sequence[LegendItem]:
    """Draw the outlets, kept for their numbers, and the ways that end at them."""
    symbols[:] = mark_outlets(view, ground)
    spots = _spots(symbols, ground)
    middles = {
        str(siren): np.array(middle_of(members))
        for siren, members in ground.communes.groupby("epci_siren")
    }
    for row in ways.to_dict("records"):
        rank = kinds.index(str(row["kind"]))
        way = (
            middles[str(row["epci_siren"])],
            spots[str(row["kind"]), str(row["code_insee"])],
        )
        aside_m = (rank - (len(kinds) - 1) / 2) * _APART_MM * view.m_per_mm
        line = shapely.LineString(_aside(*way, aside_m))
        add_lines(view.axes, line, zorder=13, **_style(kinds[rank], rank))
    for x, y in (middles[siren] for siren in sorted(set(ways["epci_siren"]))):
        view.axes.plot(x, y, linestyle="none", zorder=14, **_START)
    return _legend(kinds, symbols)


def _legend(kinds: list[str], symbols: list[Outlet]) -> list[LegendItem]:
    """Name each kind once: with its way where there is a choice."""
    at_end = {"markevery": [1], "marker": "", "solid_capstyle": "butt"}
    ways = [
        LegendItem(
            "line",
            _style(kind, rank) | at_end | _symbol(kind),
            outlet_symbol(kind).label,
        )
        for rank, kind in enumerate(kinds)
    ]
    others = [one for one in symbols if one.kind not in kinds]
    start = LegendItem("marker", _START, "Milieu des habitants d’un EPCI")
    return [*ways, start, *outlet_legend(others)]


def _symbol(kind: str) -> dict[str, Any]:
    return {key: part for key, part in outlet_style(kind).items() if "marker" in key}


def _spots(symbols: list[Outlet], ground: Ground) -> dict[tuple[str, str], np.ndarray]:
    """Place each kind in each commune: amid its symbols, where the frame shows them."""
    points = {outlet.number: outlet.point for outlet in symbols}
    return {
        (str(kind), str(code)): np.mean(
            [
                shapely.get_coordinates(points.get(str(row.rank), row.geometry))[0]
                for row in outlets.itertuples()
            ],
            axis=0,
        )
        for (kind, code), outlets in ground.outlets.groupby(["kind", "code_insee"])
    }


def _aside(start: np.ndarray, end: np.ndarray, aside_m: float) -> np.ndarray:
    """Shift the start of a line to its left; it still ends at its symbol."""
    along = end - start
    length = float(np.hypot(*along)) or 1.0
    left = np.array([-along[1], along[0]]) / length * aside_m
    return np.array([start + left, end - 0.15 * along + left, end])


def _style(kind: str, rank: int) -> dict[str, Any]:
    return {
        "color": outlet_symbol(kind).colour,
        "linewidth": _WIDTH_PT,
        "linestyle": _DASHES[rank],
    }


def _short(kind: str) -> str:
    return _SHORT.get(kind, outlet_symbol(kind).label.lower())


def minute_rows(ways: pd.DataFrame, kinds: list[str], ground: Ground) -> SideTable:
    """List the minutes of each EPCI to each kind, by name of EPCI."""
    minutes = ways.set_index(["epci_siren", "kind"])["minutes"].to_dict()
    names = ground.epci["short_name"].astype(str).sort_values(kind="stable")
    rows = tuple(
        (name, *(_told(minutes, str(siren), kind) for kind in kinds))
        for siren, name in names.items()
    )
    heads = ("EPCI, ordre de", *map(_short, kinds))
    return SideTable("Minutes de camion, en moyenne", heads, rows)


def _told(minutes: dict[Any, float], siren: str, kind: str) -> str:
    if (siren, kind) not in minutes:
        return MISSING
    place = Place("nearest_outlets", f"{siren} / {kind}", "minutes")
    return headed(minutes[siren, kind], place, evidence=TIMES_EVIDENCE, unit="")


def _by_number(ways: pd.DataFrame, ground: Ground) -> str:
    """Name the outlets where ways end, in the order of their numbers."""
    outlets = ground.outlets.merge(ways[["kind", "code_insee"]].drop_duplicates())
    named = [
        f"{row['rank']} {row['name']}"
        + ("" if row["status"] == "publie" else " (à vérifier)")
        for row in outlets.sort_values("rank", kind="stable").to_dict("records")
    ]
    return f"{' ; '.join(named)}." if named else "Aucun."
