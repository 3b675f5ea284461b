"""Map of links: those that trips hang on."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from eitgeo.ledger import Place, headed, plain
from eitgeo.maps.paper.map_sheet import MapSheet, statement
from eitgeo.maps.paper.marks import Line, lines
from eitgeo.maps.roads.layers import Roads, count_text, minutes_text, road_sheet
from eitgeo.maps.words.texts import sentences
from eitgeo.study.roads import TIMES_EVIDENCE
from eitgeo.tables.public import Released
from eitgeo.words import NBSP, first_upper

_SAY = sentences("roads", "links")
_GRADES: tuple[dict[str, Any], ...] = (
    {"color": "#eab23a", "linewidth": 0.7},
    {"color": "#e08e2b", "linewidth": 1.8},
    {"color": "#c0501f", "linewidth": 2.9},
    {"color": "#7a1f2b", "linewidth": 3.9},
)
ALONE_LINE: dict[str, Any] = {"color": "#1f4e9c", "linewidth": 3.0}
"""A link without another way around it."""
_OVER_LIMITS = 9.0
"""And under the outline of the study area."""
_TENTH_H = 0.1


def link_map(roads: Roads, links: Released, *, classes: int) -> MapSheet:
    """Show the links whose loss costs the trips of the study most."""
    table: Any = links.table
    costly = table[table["extra_min"] > 0].sort_values(
        ["extra_min", "edge_id"], ascending=[False, True]
    )
    cuts = table[table["cut_pairs"] > 0]
    cut_km = cuts["length_m"].sum() / 1000
    whole = shapely.line_merge(shapely.union_all(cuts.geometry.to_numpy()))
    return road_sheet(
        roads,
        lines(
            (links,),
            [Line(whole, ALONE_LINE, "Sans autre chemin", zorder=_OVER_LIMITS + 2.5)],
        ),
        lines((links,), _graded_lines(graded(costly, classes))),
        is_muted=True,
        subject=_SAY("subject"),
        heading=_link_heading(costly) or _SAY("subject"),
        side=(
            statement("La plus coûteuse", _first(costly)),
            statement(
                *_SAY.titled(
                    "cut",
                    edges=count_text(
                        len(cuts), "tronçon", _of_all("sans autre chemin")
                    ),
                    km=_told_km(cut_km),
                )
            ),
            statement(*_SAY.titled("method", network=first_upper(roads.network))),
        ),
    )


def _told_km(length_km: float) -> str:
    length = plain(length_km, _of_all("sans autre chemin, km"))
    return "moins de 1 km" if length == "0" and length_km > 0 else f"{length} km"


def _link_heading(costly: gpd.GeoDataFrame) -> str:
    """Say which road trips hang on most, where it has a number."""
    if costly.empty:
        return ""
    top = costly.iloc[0]
    ref = str(top.get("ref", "")).partition(";")[0]
    if not ref:
        return ""
    mean = minutes_text(
        top["extra_min"] / top["rerouted_pairs"], _place(top, "moyenne")
    )
    longer = count_text(top["rerouted_pairs"], "trajet", _place(top, "rerouted_pairs"))
    return _SAY("heading", ref=ref, trips=longer, mean=mean)


def _first(costly: gpd.GeoDataFrame) -> str:
    if costly.empty:
        return _SAY("no_first")
    top = costly.iloc[0]
    longer = count_text(top["rerouted_pairs"], "trajet", _place(top, "rerouted_pairs"))
    hours = _rounded(top["extra_min"] / 60, _place(top, "extra_min"))
    worst = minutes_text(top["extra_min_max"], _place(top, "extra_min_max"))
    return _SAY("first", trips=longer, hours=hours, worst=worst)


def _place(row: Any, column: str) -> Place:
    return Place("link_criticality", str(row["edge_id"]), column)


def _of_all(column: str) -> Place:
    return Place("link_criticality", "toutes", column)


def _graded_lines(rows: gpd.GeoDataFrame) -> list[Line]:
    """Draw the links by class of time lost, the most over the least."""
    last = len(_GRADES) - 1
    steps = [
        round(rank * last / max(1, len(rows) - 1)) if len(rows) > 1 else 2
        for rank in range(len(rows))
    ]
    return [
        Line(
            row.geometry,
            _GRADES[step],
            str(row.label),
            zorder=_OVER_LIMITS + rank / 2,
            is_cased=bool(step),
        )
        for rank, (step, row) in enumerate(zip(steps, rows.itertuples(), strict=True))
    ]


def graded(costly: gpd.GeoDataFrame, classes: int) -> gpd.GeoDataFrame:
    """Join links by class of time lost, the least first, each with its words."""
    if costly.empty:
        return costly.assign(label="")
    hours = np.round(costly["extra_min"].to_numpy() / 60, 1)
    # Classes of as many distinct costs: many short links share the cost of a road.
    known = np.unique(hours)
    breaks = known[np.arange(classes) * len(known) // classes]
    rank = np.searchsorted(np.unique(breaks), hours, side="right") - 1
    joined = costly.assign(rank=rank)[["rank", "geometry"]].dissolve(by="rank")
    words = [_hours(hours[rank == at], f"classe {at}") for at in joined.index]
    return joined.reset_index(drop=True).assign(label=words)


def _hours(hours: np.ndarray, name: str) -> str:
    least, most = hours.min(), hours.max()
    if least == 0:
        most += _TENTH_H
    low, high = (
        _rounded(hours, Place("link_criticality", name, end))
        for hours, end in ((least, "low"), (most, "high"))
    )
    span = low if low == high else f"{low} à {high}"
    if least == 0:
        span = f"moins de {high}"
    return f"{span}{NBSP}h d’allongement cumulé"


def _rounded(hours: float, place: Place) -> str:
    """Write hours as sure as speeds are."""
    return headed(hours, place, evidence=TIMES_EVIDENCE, unit="")
