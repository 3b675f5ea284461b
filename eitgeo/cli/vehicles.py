"""What the vehicles of a study are, for ``eitgeo doctor``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from eitgeo import words
from eitgeo.cli.texts import french_number
from eitgeo.errors import StudyError
from eitgeo.reference.tables import speed_fit
from eitgeo.roads.network.profile import fleet

if TYPE_CHECKING:
    from eitgeo.roads.network.profile import Vehicle
    from eitgeo.study.roads import Roads

_SHOWN = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential")


def vehicle_facts(roads: Roads) -> dict[str, str]:
    """Tell each vehicle in a line."""
    try:
        vehicles = fleet(roads)
    except StudyError as error:
        return {"véhicules": f"REFUSÉS → {error}"}
    changed = {str(name) for name in roads.vehicles}
    facts = {
        f"{name} *" if name in changed else name: _line(vehicle)
        for name, vehicle in vehicles.items()
    }
    return {"véhicule des déchets": roads.waste_vehicle, **facts, **_fit_facts()}


def _fit_facts() -> dict[str, str]:
    """Tell how far the vehicles of the package are from other engines."""
    table = speed_fit()
    shown = table[table["state"].eq("apres") & table["ground"].eq("extrait")]
    told = {}
    for (vehicle, reference), rows in shown.groupby(["vehicle", "reference"]):
        ends = [float(rows["median"].min()), float(rows["median"].max())]
        low, high = (words.french_number(end, decimals=2) for end in ends)
        told[f"{vehicle} ÷ {reference}"] = (
            f"médianes de {low} à {high} selon la longueur (speed_fit.csv)"
        )
    return told


def _line(vehicle: Vehicle) -> str:
    speeds = ", ".join(f"{one} {vehicle.kmh[one]:g}" for one in _SHOWN)
    parts = [
        vehicle.label,
        f"{_number(vehicle.weight_t)} t",
        f"hauteur {_number(vehicle.height_m)} m",
        f"largeur {_number(vehicle.width_m)} m",
        f"longueur {_number(vehicle.length_m)} m",
        f"km/h : {speeds}",
        f"montée {_number(vehicle.up_s_per_m)} s/m",
        f"descente {_number(vehicle.down_s_per_m)} s/m",
        f"virages {_number(vehicle.turn_s_per_rad)} s/rad",
        f"part de la vitesse permise {_number(vehicle.limit_share)}",
        f"carrefours {_number(vehicle.junction_s)} s",
        f"cédez-le-passage {_number(vehicle.yield_s)} s",
        *_costs(vehicle),
        f"retour à vide {100 * vehicle.empty_return_share:.0f} %",
    ]
    if vehicle.states:
        parts.append(f"porte : {', '.join(vehicle.states)}")
    return " ; ".join(parts)


def _costs(vehicle: Vehicle) -> list[str]:
    terms = {
        "€/km": vehicle.cost_eur_per_km,
        "€/h": vehicle.cost_eur_per_h,
        "€/jour": vehicle.cost_eur_per_day,
    }
    known = [f"{_number(v)} {unit}" for unit, v in terms.items() if not math.isnan(v)]
    return known or ["coût inconnu"]


def _number(value: float) -> str:
    return french_number(float(value))
