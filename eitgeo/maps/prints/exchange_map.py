"""The print map of exchanges: which EPCI could give to which, and where to else."""

from __future__ import annotations

import math
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
from eitgeo.maps.paper.charter import CATEGORICAL, soften, styles
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.labels import MapFrame
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
from eitgeo.maps.words.texts import sentences
from eitgeo.reference.map_sheets import map_title
from eitgeo.tables.public import Released
from eitgeo.words import first_upper

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
        heading=_heading(giver_table),
        side=(
            statement(*_exchange_sentence(giver_table, if_part, animation)),
            listed(giver_rows(giver_table, ground)),
            statement("Comment lire", _reading(giver_table)),
            statement(*method_sentence()),
        ),
    )


def _heading(giver_table: pd.DataFrame) -> str:
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
            *(_told(cells.get((str(siren), place)), siren, place) for place in places),
        )
        for siren, name in names.items()
    )
    heads = ("EPCI, ordre de", *places.values())
    listed_rows = rows if len(giver_table) else ()
    return SideTable("Ce que chaque EPCI pourrait donner (t/an)", heads, listed_rows)


def _told(row: Any, siren: object, place: str) -> str:
    """Write tonnes, or the word that says why there are none."""
    if row is None:
        return "" if place == MIXED else _WORDS[NONE]
    if row["status"] != TOLD:
        return _WORDS[str(row["status"])]
    place_of = Place("exchange_givers", f"{siren} / {place}")
    return headed(float(row["value"]), place_of, evidence="H", unit="")
