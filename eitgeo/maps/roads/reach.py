"""Maps of reach: how far the communes are from a place, or from an animator's seat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.exact import at_most
from eitgeo.ledger import Place, plain, short
from eitgeo.maps.paper.map_sheet import MapSheet, statement
from eitgeo.maps.paper.marks import points
from eitgeo.maps.roads.layers import (
    PLACE_MARK,
    SEAT_MARK,
    Roads,
    minute_layer,
    minutes_text,
    road_sheet,
)
from eitgeo.maps.words.sentences import sentences
from eitgeo.reference.labels import labels_of
from eitgeo.reference.map_sheets import map_title
from eitgeo.roads.questions.seats import agreed_seats
from eitgeo.study.roads import TIMES_EVIDENCE
from eitgeo.tables.public import Released
from eitgeo.words import NBSP, first_upper, french_number

_SAY = sentences("roads", "reach")
_SEATS = sentences("roads", "seats")
_VEHICLES = labels_of("vehicle")
_SEAT_BANDS_MIN = (15.0, 30.0, 45.0, 60.0)
_COUNTED = {1: "un siège", 2: "deux sièges"}
_UNNAMED = {1: "Une ville", 2: "Deux villes"}
"""In place of their names."""
_CRITERIA = {"median": "Temps médian le plus court", "share": "Part la plus grande"}
_CHIEFS = {
    "all": ("Siège de chaque EPCI", "leur siège", "son siège"),
    "some": (
        "Siège de chaque EPCI, à défaut sa plus grande ville",
        "leur siège, ou à défaut leur plus grande ville,",
        "son siège, ou à défaut sa plus grande ville,",
    ),
    "none": (
        "Plus grande ville de chaque EPCI",
        "leur plus grande ville",
        "sa plus grande ville",
    ),
}
"""What is marked in an EPCI, of several, of one, by whether a source tells seats."""


class Reach(NamedTuple):
    """From where, how and within what one goes."""

    seat: str  # INSEE code of the commune left from
    profile: str  # ``car`` or ``truck``
    bands: Sequence[float]  # Limits of the classes [min]
    limit_min: float  # What the heading asks of the chief towns [min]


def isochrone_map(
    roads: Roads, minutes: Released, shares: Released, *, reach: Reach
) -> MapSheet:
    """Show how far each commune is from a place, and each chief town in minutes."""
    start = roads.name(reach.seat)
    vehicle = _VEHICLES[reach.profile]
    subject = _SAY("subject", start=start, vehicle=vehicle)
    network = first_upper(roads.network)
    table: Any = shares.table
    isochrones = table[
        table["origin_id"].eq(reach.seat) & table["measure"].eq("time_min")
    ]
    towns: Any = _chief_towns(roads, minutes)
    chief = _CHIEFS[roads.ground.seats_told][0]
    marks = [
        roads.mark(
            row.code_insee,
            roads.name(row.code_insee)
            + ("" if minutes.demonstration else _after(row, reach)),
        )
        for row in towns[towns["code_insee"] != reach.seat].itertuples()
    ]
    return road_sheet(
        roads,
        minute_layer(roads, minutes, limits=reach.bands),
        points([roads.mark(reach.seat)], style=SEAT_MARK, label="Départ"),
        points(marks, style=PLACE_MARK, label=f"{chief}, et ses minutes"),
        marked=None,
        is_filled=True,
        subject=subject,
        heading=subject if minutes.demonstration else _told(towns, start, reach, roads),
        side=(
            statement("Habitants du territoire atteints", _reached(isochrones, roads)),
            statement(*_SAY.titled("reading", vehicle=vehicle, network=network)),
        ),
        tables=(shares,),
    )


def _chief_towns(roads: Roads, minutes: Released) -> pd.DataFrame:
    """Take the seat of each EPCI, or what stands in for it, with its minutes."""
    known = minutes.table.set_index("code_insee")["minutes"]
    first = roads.ground.chiefs
    return first.assign(minutes=first["code_insee"].map(known))


def _after(row: Any, reach: Reach) -> str:
    if not np.isfinite(row.minutes):
        return ""
    place = Place("seat_minutes", f"{reach.seat} / {row.code_insee}", reach.profile)
    return f", {minutes_text(row.minutes, place)}"


def _told(towns: Any, start: str, reach: Reach, roads: Roads) -> str:
    """Say how many EPCI have their chief town within the limit."""
    n_near = int(at_most(towns["minutes"].dropna(), reach.limit_min).sum())
    every = len(towns)
    _, several, singular = _CHIEFS[roads.ground.seats_told]
    verb = f"ont {several}" if n_near > 1 else f"a {singular}"
    row_key = f"{start} / {reach.limit_min:g}"
    count = (
        short(n_near, Place("reach_minutes", row_key, "EPCI"), evidence=TIMES_EVIDENCE)
        if n_near
        else "Aucun"
    )
    of = plain(every, Place("reach_minutes", "tous", "EPCI"))
    limit = french_number(reach.limit_min)
    about = {"verb": verb, "limit": limit, "start": start}
    return _SAY("heading", count=count, every=of, **about)


def _reached(shares: pd.DataFrame, roads: Roads) -> str:
    if shares.empty:
        return _SAY("no_share")
    rows: Any = list(shares.sort_values("band", kind="stable").itertuples())
    parts = [
        f"{roads.figure(row.inhabitants_pct, '%', _reach_place(row))} à moins de "
        f"{french_number(row.band)}{NBSP}min"
        for row in rows
    ]
    last = max(rows, key=lambda row: row.without_way_pct)
    lost = float(last.without_way_pct)
    where = _reach_place(last, "without_way_pct")
    end = _SAY("lost", share=roads.figure(lost, "%", where)) if lost else ""
    return f"{' ; '.join(parts)}{end}."


def _reach_place(row: Any, column: str = "inhabitants_pct") -> Place:
    key = (row.profile, row.origin_id, row.measure, f"{row.band:g}")
    return Place("reach_shares", " / ".join(map(str, key)), column)


def answer(seats: Released, n_seats: int) -> tuple[str, ...]:
    """Return the towns that both criteria choose alone; none where they do not.

    On roads that stand in for real ones, no real town is preferred: none either.
    """
    return () if seats.demonstration else agreed_seats(seats.table, n_seats)


def seat_map(
    roads: Roads, seats: Released, minutes: Released, *, n_seats: int, limit_min: float
) -> MapSheet:
    """Show where an animator would best sit, if there is one answer, and how far it is.

    `minutes`: of each commune to the nearest of the seats of the `answer`; without one,
    no commune is filled and no town starred.
    """
    chosen = answer(seats, n_seats)
    own = [
        minute_layer(roads, minutes, limits=_SEAT_BANDS_MIN),
        points(
            [roads.mark(code) for code in chosen],
            style=SEAT_MARK,
            label="Siège du temps médian le plus court",
        ),
    ]
    subject = map_title("carte_sieges")
    rows: Any = seats.table.sort_values(["n_seats", "criterion"], kind="stable")
    counts = sorted({n_seats, *rows["n_seats"]}, key=lambda one: one != n_seats)
    lines = {
        count: _choices(roads, seats, rows[rows["n_seats"] == count], limit_min)
        for count in counts
    }
    return road_sheet(
        roads,
        *(own if chosen else ()),
        marked=chosen,
        is_filled=bool(chosen),
        subject=subject,
        heading=_seat_heading(roads, rows, chosen) if chosen else subject,
        side=(
            *(statement(f"Avec {_COUNTED[n]}", text) for n, text in lines.items()),
            statement(
                *_SEATS.titled(
                    "reading",
                    none="" if chosen else _SEATS("none"),
                    network=first_upper(roads.network),
                )
            ),
        ),
        tables=(seats, minutes),
    )


def _seat_heading(roads: Roads, rows: Any, chosen: Sequence[str]) -> str:
    medians = rows[(rows["n_seats"] == len(chosen)) & (rows["criterion"] == "median")]
    row = next(medians.itertuples())
    half = _seat_figure(row, "median_min", "min", roads)
    where = " et à ".join(roads.name(code) for code in chosen)
    return _SEATS("heading", where=where, half=half)


def _choices(roads: Roads, seats: Released, rows: Any, limit_min: float) -> str:
    """Say what each criterion chooses; once where both choose the same."""
    if rows.empty:
        return _SEATS("no_seat")
    is_one = len(rows.drop_duplicates(["seat_1", "seat_2"])) == 1
    lines = [
        _SEATS(
            "choice",
            criterion="" if is_one else f"{_CRITERIA[str(row.criterion)]} : ",
            town=_choice_name(roads, seats, row),
            median=_seat_figure(row, "median_min", "min", roads),
            share=_seat_figure(row, "inhabitants_pct", "%", roads),
            limit=french_number(limit_min),
        )
        for row in rows.head(1 if is_one else len(rows)).itertuples()
    ]
    return " ".join(lines)


def _choice_name(roads: Roads, seats: Released, row: Any) -> str:
    if seats.demonstration:
        return _UNNAMED[row.n_seats]
    return " et ".join(roads.name(code) for code in (row.seat_1, row.seat_2) if code)


def _seat_figure(row: Any, column: str, unit: str, roads: Roads) -> str:
    place = Place("animation_seats", f"{row.criterion} / {row.n_seats}", column)
    return roads.figure(getattr(row, column), unit, place)
