"""Where matter could go: exchanges between EPCI, and the nearest outlets by road."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import shapely

from eitgeo.disclosure.exchanges import OUTSIDE
from eitgeo.disclosure.sums import JOINED, MIXED, NONE, OTHERS, OWN, SECRET, TOLD
from eitgeo.flows.exchanges.realised import (
    Animation,
    announced,
    lever_realised,
    made_text,
)
from eitgeo.ledger import Place, headed, written
from eitgeo.maps.paper.charter import CATEGORICAL, outlet_symbol, soften, styles
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
from eitgeo.maps.paper.marks import circles
from eitgeo.maps.paper.shapes import add_lines, add_polygons
from eitgeo.maps.paper.side import LegendItem, SideTable
from eitgeo.maps.paper.study_map import area_sheet
from eitgeo.maps.prints.flow_maps import (
    class_label,
    method_sentence,
    middle_of,
    tonnage_ranks,
)
from eitgeo.maps.words.sentences import sentences
from eitgeo.reference.map_sheets import map_title
from eitgeo.study.roads import TIMES_EVIDENCE
from eitgeo.tables.public import Released
from eitgeo.words import MISSING, first_upper, published_value

EXCHANGES_SUBJECT = map_title("carte_echanges")
LINK_BOUNDS_T = (30.0, 100.0, 300.0, 1_000.0)
"""Five classes of tonnes: each about three times the one before."""
WIDTHS_PT = (0.45, 1.1, 2.2, 3.8, 6.0)
_CIRCLES_PT = (3.0, 5.0, 7.5, 10.5, 14.0)
_INK = CATEGORICAL[2]
_FAINT = soften(_INK, white=0.5)
"""Of the smallest class: there are many, and they say little."""
_INNER = styles("exchange_map")["inner"]
_BOW = 0.16
"""Sagitta over length: each way bows to its own right, so that both show."""
_NO_BOUNDS = (math.nan, math.nan)
_WORDS = {NONE: "aucun", JOINED: "réuni", SECRET: "secret"}
_HEADS = {OWN: "dedans", OTHERS: "autres", OUTSIDE: "hors"}
_TOGETHER = "réunis"
_SAY = sentences("prints", "exchange_map")


def exchanges_map(
    ground: Ground,
    links: Released,
    *,
    givers: Released,
    if_part: str,
    animation: Animation,
) -> MapSheet:
    """Draw what each EPCI could give each other one, by class of tonnes.

    `if_part` says who takes part, as `if_taking_part` does.
    """
    table: Any = links.table
    giver_table: Any = givers.table
    return area_sheet(
        ground,
        *_layers(ground, table, (links, givers)),
        subject=EXCHANGES_SUBJECT,
        heading=_exchange_heading(giver_table),
        side=(
            statement(*_exchange_sentence(giver_table, if_part, animation)),
            listed(giver_rows(giver_table, ground)),
            statement("Comment lire", _reading(giver_table)),
            statement(*method_sentence()),
        ),
    )


def _exchange_heading(giver_table: pd.DataFrame) -> str:
    """Say which share stays with who gives, and which leaves the area."""
    total = float(giver_table["value"].sum())
    if not total:
        return EXCHANGES_SUBJECT
    own, out = (_share(giver_table, place, total) for place in (OWN, OUTSIDE))
    return _SAY("heading", own=own, out=out)


def _share(giver_table: pd.DataFrame, place: str, total: float) -> str:
    part = float(giver_table.loc[giver_table["place"] == place, "value"].sum())
    what = {OWN: "dans l'EPCI", OUTSIDE: "hors du territoire"}[place]
    how: dict[str, Any] = {"bounds": _NO_BOUNDS, "evidence": "H", "decimals": 0}
    return written(100 * part / total, Place("exchange_links", what), unit="%", **how)


def _layers(
    ground: Ground, table: pd.DataFrame, tables: tuple[Released, ...]
) -> tuple[Layer, Layer]:
    """Draw ways as arrows, the widest first, then what stays inside as circles."""
    spots = {
        str(siren): np.array(middle_of(communes))
        for siren, communes in ground.communes.groupby("epci_siren")
    }
    inside = table[table["receiver"].isin(ground.epci.index)].assign(
        rank=lambda rows: tonnage_ranks(rows["value"], LINK_BOUNDS_T)
    )
    own = inside["donor"] == inside["receiver"]
    rings = inside[own].set_index("donor")["rank"].to_dict()
    largest = sorted(rings, key=lambda siren: -rings[siren])
    ways = inside[~own].sort_values(
        ["value", "donor", "receiver"], ascending=[False, True, True]
    )

    def draw(view: MapFrame) -> list[LegendItem]:
        for row in ways.to_dict("records"):
            ends = spots[str(row["donor"])], spots[str(row["receiver"])]
            _arrow(view, ends, int(row["rank"]), rings.get(str(row["receiver"]), -1))
        return [
            LegendItem(
                "line",
                {"color": _colour(rank), "linewidth": WIDTHS_PT[rank]},
                class_label(rank, LINK_BOUNDS_T),
            )
            for rank in sorted(set(ways["rank"].tolist()))
        ]

    return Layer(tables, draw), circles(
        (),
        [tuple(spots[str(siren)]) for siren in largest],
        [int(rings[siren]) for siren in largest],
        sizes_pt=_CIRCLES_PT,
        style=_INNER,
        label=lambda rank: f"Dans l’EPCI : {class_label(rank, LINK_BOUNDS_T).lower()}",
        is_blocking=True,
    )


def _arrow(
    view: MapFrame, ends: tuple[np.ndarray, np.ndarray], rank: int, ring: int
) -> None:
    """Draw a way that bows to its right, its head at the circle of who takes."""
    m_per_pt = 25.4 / 72 * view.m_per_mm
    width = WIDTHS_PT[rank]
    gap = (_CIRCLES_PT[ring] / 2 if ring >= 0 else 0.0) + 1.0
    head_pt = 3.2 + 1.3 * width
    line = bow(*ends)
    whole = line.length
    tip = whole - gap * m_per_pt
    neck = tip - head_pt * m_per_pt
    if neck <= 0:
        return
    body = shapely.ops.substring(line, 0.0, neck)
    add_lines(
        view.axes,
        body,
        zorder=12.5 + rank / 10,
        linewidth=width,
        color=_colour(rank),
        capstyle="butt",
    )
    neck_xy, tip_xy = (
        shapely.get_coordinates(line.interpolate(d))[0] for d in (neck, tip)
    )
    along = (tip_xy - neck_xy) / np.hypot(*(tip_xy - neck_xy))
    half = (1.4 + 0.75 * width) * m_per_pt * np.array([-along[1], along[0]])
    head = shapely.Polygon([neck_xy + half, tip_xy, neck_xy - half])
    add_polygons(
        view.axes,
        [head],
        facecolor=_colour(rank),
        edgecolor="white",
        linewidth=0.25,
        zorder=13.5 + rank / 10,
    )


def _colour(rank: int) -> str:
    return _INK if rank else _FAINT


def bow(start: np.ndarray, end: np.ndarray) -> shapely.LineString:
    """Draw a way that bows to the right of who goes it."""
    along = end - start
    top = (start + end) / 2 + 2 * _BOW * np.array([along[1], -along[0]])
    t = np.linspace(0.0, 1.0, 41)[:, None]
    return shapely.LineString((1 - t) ** 2 * start + 2 * t * (1 - t) * top + t**2 * end)


def _exchange_sentence(
    giver_table: pd.DataFrame, if_part: str, animation: Animation
) -> tuple[str, str]:
    """Say what could be exchanged in all, and what is made of it."""
    total = float(giver_table["value"].sum())
    if total == 0:
        return _SAY.titled("nothing")
    how: dict[str, Any] = {"bounds": _NO_BOUNDS, "evidence": "H", "decimals": 0}
    text = written(total, Place("exchange_links", "tout"), unit="t/an", **how)
    made = lever_realised(animation, "t", total)
    said = announced(f"{first_upper(text)} publiables {if_part}", made)
    return _SAY.titled("sum", announced=said, made=made_text(animation, made, "t/an"))


def _reading(giver_table: pd.DataFrame) -> str:
    """Say what arrows and columns are, and the words that stand for tonnes."""
    statuses = set(giver_table["status"])
    words = {NONE: "none", JOINED: "joined", SECRET: "secret"}
    met = [_SAY(key) for status, key in words.items() if status in statuses]
    return " ".join([_SAY("ways"), *met])


def giver_rows(giver_table: pd.DataFrame, ground: Ground) -> SideTable:
    """List where each EPCI could give, by name: tonnes, or why there are none."""
    cells = {
        (str(row["donor"]), str(row["place"])): row
        for row in giver_table.to_dict("records")
    }
    places = dict(_HEADS)
    if any(place == MIXED for _, place in cells):
        places[MIXED] = _TOGETHER
    names = ground.epci["short_name"].astype(str).sort_values(kind="stable")
    rows = tuple(
        (
            name,
            *(
                _tonnes_text(cells.get((str(siren), place)), siren, place)
                for place in places
            ),
        )
        for siren, name in names.items()
    )
    heads = ("EPCI, ordre de", *places.values())
    listed_rows = rows if len(giver_table) else ()
    return SideTable("Ce que chaque EPCI pourrait donner (t/an)", heads, listed_rows)


def _tonnes_text(row: Any, siren: object, place: str) -> str:
    """Write tonnes, or the word that says why there are none."""
    if row is None:
        return "" if place == MIXED else _WORDS[NONE]
    if row["status"] != TOLD:
        return _WORDS[str(row["status"])]
    place_of = Place("exchange_givers", f"{siren} / {place}")
    return headed(float(row["value"]), place_of, evidence="H", unit="")


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
_WAYS_SAY = sentences("prints", "outlet_map")


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
        heading=_near_heading(ways, kinds, ground),
        side=(
            statement(
                "Les plus proches par la route, pas les utilisés",
                _WAYS_SAY("reading")
                + (_WAYS_SAY("cut_off") if n_asked > len(ways) else ""),
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


def _near_heading(ways: pd.DataFrame, kinds: list[str], ground: Ground) -> str:
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
    return _WAYS_SAY(
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
        (name, *(_minutes_text(minutes, str(siren), kind) for kind in kinds))
        for siren, name in names.items()
    )
    heads = ("EPCI, ordre de", *map(_short, kinds))
    return SideTable("Minutes de camion, en moyenne", heads, rows)


def _minutes_text(minutes: dict[Any, float], siren: str, kind: str) -> str:
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
