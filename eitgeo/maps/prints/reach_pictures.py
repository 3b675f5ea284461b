"""What the maps of isochrones and of seats show and say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.ledger import Place
from eitgeo.maps.prints.road_maps import (
    Picture,
    RoadGround,
    RoadLayer,
    set_statements,
)
from eitgeo.reference.labels import labels_of
from eitgeo.reference.map_sheets import map_title
from eitgeo.words import NBSP, first_upper, french_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from eitgeo.disclosure.door.rules import Released

_VEHICLES = labels_of("vehicle")
_CRITERIA = {
    "median": "Temps médian le plus court",
    "share": "Part la plus grande à portée",
}


def isochrone_picture(
    bands: Released,
    shares: Released,
    *,
    seat: str,
    towns: Sequence[str],
    ground: RoadGround,
) -> Picture:
    """Show where one gets from a seat in so many minutes."""
    mine = bands.table["seat_code"].eq(seat)
    rows = bands.table[mine].sort_values("minutes", kind="stable")
    labels = [f"moins de {french_number(m)}{NBSP}min" for m in rows["minutes"]]
    drawn = rows.assign(label=labels)
    vehicle = _VEHICLES.get(str(rows["profile"].iloc[0]) if len(rows) else "", "route")
    table = shares.table
    told = table[table["origin_id"].eq(seat) & table["measure"].eq("time_min")]
    method = str(rows["method"].iloc[0]) if len(rows) else "rien n'est atteint"
    layers = (
        ground.layer,
        ground.limits_layer,
        RoadLayer("bands", bands, part=drawn),
        ground.points("place", [code for code in towns if code != seat], "ville"),
        ground.points("seat", [seat], "départ"),
    )
    statements = (
        ("Habitants du territoire atteints", _reached(told, ground)),
        ("Méthode", f"{first_upper(method)}. Temps sans trafic, {ground.network}."),
        (
            "Limites",
            (
                "Vitesses supposées : ni embouteillage, ni neige, ni travaux. Un "
                "contour n'est pas une promesse de temps."
            ),
        ),
    )
    heading = f"Temps de route depuis {ground.name(seat)}, en {vehicle}"
    return Picture(heading, layers, set_statements(statements))


def _reached(shares: pd.DataFrame, ground: RoadGround) -> str:
    if shares.empty:
        return "Aucune part calculée."
    table: Any = shares.sort_values("band", kind="stable")
    parts = [
        f"{ground.figure(row.inhabitants_pct, '%', _reach_place(row))} à moins de "
        f"{french_number(row.band)}{NBSP}min"
        for row in table.itertuples()
    ]
    last = max(table.itertuples(), key=lambda row: row.without_way_pct)
    lost = float(last.without_way_pct)
    where = _reach_place(last, "without_way_pct")
    end = f" ; {ground.figure(lost, '%', where)} sans chemin connu" if lost else ""
    return f"{' ; '.join(parts)}{end}."


def _reach_place(row: Any, column: str = "inhabitants_pct") -> Place:
    key = (row.profile, row.origin_id, row.measure, f"{row.band:g}")
    return Place("reach_shares", " / ".join(map(str, key)), column)


def _seat_figure(row: Any, column: str, unit: str, ground: RoadGround) -> str:
    place = Place("animation_seats", f"{row.criterion} / {row.n_seats}", column)
    return ground.figure(getattr(row, column), unit, place)


def seat_picture(
    seats: Released,
    zones: Released,
    *,
    seats_shown: Sequence[str],
    limit_min: float,
    ground: RoadGround,
) -> Picture:
    """Show the best seats of an animator, and how far the communes are from them.

    On roads that stand in for real ones, no real town is preferred: none is shown.
    """
    table: Any = seats.table
    made_up = bool(seats.demonstration)
    layers = (
        (ground.layer, ground.limits_layer)
        if made_up
        else (
            ground.layer,
            ground.limits_layer,
            RoadLayer("bands", zones),
            ground.points("seat", seats_shown, "siège du temps médian le plus court"),
        )
    )
    told = [
        (
            (
                f"{_CRITERIA[str(row.criterion)]}, "
                f"{'un siège' if row.n_seats == 1 else 'deux sièges'}"
            ),
            (
                f"{_TOWNS[row.n_seats] if made_up else _names(ground, row)} : "
                f"médiane {_seat_figure(row, 'median_min', 'min', ground)}, "
                f"{_seat_figure(row, 'inhabitants_pct', '%', ground)} des habitants à "
                f"moins de {french_number(limit_min)}{NBSP}min."
            ),
        )
        for row in table.sort_values(["criterion", "n_seats"])
        .drop_duplicates(["n_seats", "seat_1", "seat_2"])
        .itertuples()
    ] or [("Sièges", "Aucune ville ne joint la moitié des habitants.")]
    limits = (
        "Lecture",
        (
            "Calcul sur les habitants, en voiture, entre mairies ; toutes les villes "
            "et toutes les paires de villes sont essayées. Ni locaux, ni coût, "
            "ni gouvernance : ce n'est pas une recommandation. "
            f"{first_upper(ground.network)}."
        ),
    )
    heading = map_title("carte_sieges")
    return Picture(heading, layers, set_statements((*told, limits)))


_TOWNS = {1: "Une ville", 2: "Deux villes"}
"""In place of their names."""


def _names(ground: RoadGround, row: Any) -> str:
    return " et ".join(ground.name(code) for code in (row.seat_1, row.seat_2) if code)
