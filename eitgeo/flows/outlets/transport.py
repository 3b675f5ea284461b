"""Trips, tonne-kilometres, cost and emissions of a flow carried by road.

A trip goes out laden, and pays for a share of the way back. Cost is the sum of the
three terms of the CNR (kilometre, hour, vehicle-day); fuel is that of the flat plus
what climbing takes. Rules whose residue takes the road each have a vehicle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.check import Faults, hint, require_columns
from eitgeo.draws import (
    draw_keys,
    stratified_scores,
    two_piece_lognormal,
)
from eitgeo.errors import SchemaError, StudyError
from eitgeo.flows.arisings.arising_draws import DrawLaw
from eitgeo.reference.tables import EVERY_VEHICLE
from eitgeo.roads.network.profile import fleet, vehicle_for_state
from eitgeo.study.roads import Roads

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]

GRAVITY_M_PER_S2 = 9.81
MAX_PAYLOAD_T = 30.0
"""No lorry of the Code de la route carries more at 44 t."""

_SHARES = ("empty_return_share", "downhill_recovery", "engine_efficiency")
_FREE_OF_ZERO = (
    "load_t",
    "payload_t",
    "hours_per_day",
    "diesel_mj_per_l",
    "engine_efficiency",
)
_FAVOURABLE = (*_FREE_OF_ZERO, "downhill_recovery")
"""Factors whose high end makes transport cheap."""

_MAY_BE_ZERO = 1e-3
_M_PER_KM = 1000.0
_S_PER_H = 3600.0

MANURE = "02 01 06"
"""Waste code of manure and slurry."""


@dataclass(frozen=True)
class Freight:
    """Factors of one vehicle, each a number or an array of draws.

    ``load_t``, ``payload_t``, ``tare_t``: mean load of a trip, most that the vehicle
    carries, its empty mass [t]. ``empty_return_share``: share of the way back that the
    flow pays for (0–1). ``l100_empty``, ``l100_full``: fuel on the flat, empty and at
    ``payload_t`` [l/100 km]. ``cost_eur_per_km``, ``cost_eur_per_h``,
    ``cost_eur_per_day``: the three terms of the CNR. ``hours_per_day``: hours that a
    vehicle-day holds [h]. ``handling_h``: loading and unloading of a trip [h].
    ``fuel_kgco2e_per_l``: well-to-wheel emissions of the fuel [kgCO2e/l].
    ``diesel_mj_per_l``, ``engine_efficiency``: energy of the fuel [MJ/l], and the share
    that reaches the wheels (0–1). ``downhill_recovery``: share of the energy of a climb
    that the way down gives back (0–1).
    """

    load_t: float | Floats
    payload_t: float | Floats
    tare_t: float | Floats
    empty_return_share: float | Floats
    l100_empty: float | Floats
    l100_full: float | Floats
    cost_eur_per_km: float | Floats
    cost_eur_per_h: float | Floats
    cost_eur_per_day: float | Floats
    hours_per_day: float | Floats
    handling_h: float | Floats
    fuel_kgco2e_per_l: float | Floats
    diesel_mj_per_l: float | Floats
    engine_efficiency: float | Floats
    downhill_recovery: float | Floats


FACTORS = tuple(one.name for one in fields(Freight))


def vehicle_freight(
    factors: pd.DataFrame,
    vehicle: str,
    *,
    level: str = "mid",
    changes: Mapping[str, float] | None = None,
) -> Freight:
    """Return the factors of a vehicle at one level.

    ``level``: ``mid``; ``low`` or ``high``: every factor at the end of its range that
    makes transport cheap, or dear: outer bounds, wider than P10–P90. Returns: numbers.
    Refused: unknown vehicle or factor, factor missing, negative or out of its domain.
    """
    ranges = _ranges(factors, vehicle)
    other = {"low": "high", "high": "low"}.get(level, level)
    values = {
        name: ranges[name].level(other if name in _FAVOURABLE else level)
        for name in FACTORS
    }
    return Freight(**_checked(values | dict(changes or {}), vehicle))


def drawn_freight(factors: pd.DataFrame, vehicle: str, *, law: DrawLaw) -> Freight:
    """Draw the factors of a vehicle.

    Returns: arrays of draws: log-normal of the P10, P50 and P90 of the factor; shares
    are cut to 0–1. A factor of all vehicles has the same draws for each.
    """
    ranges = _ranges(factors, vehicle)
    names = [f"{ranges[name].owner}|{name}" for name in FACTORS]
    keys = draw_keys(names, seed=law.seed, source="transport")
    scores = stratified_scores(keys, law.n_draws)
    values: dict[str, Floats] = {}
    for name, score in zip(FACTORS, scores, strict=True):
        bounds = ranges[name]
        low = max(bounds.low, _MAY_BE_ZERO * bounds.mid)
        value = two_piece_lognormal(score, *np.array([low, bounds.mid, bounds.high]))
        values[name] = np.clip(value, 0.0, 1.0) if name in _SHARES else value
    return Freight(**values)


@dataclass(frozen=True)
class _Range:
    owner: str
    low: float
    mid: float
    high: float

    def level(self, name: str) -> float:
        return {"low": self.low, "mid": self.mid, "high": self.high}[name]


def _ranges(factors: pd.DataFrame, vehicle: str) -> dict[str, _Range]:
    names = ["vehicle", "factor", "low", "mid", "high"]
    require_columns(factors, names, where="facteurs de fret")
    faults = Faults("facteurs de fret")
    rows = [*zip(*(factors[name].tolist() for name in names), strict=True)]
    named = sorted({owner for owner, *_ in rows} - {EVERY_VEHICLE})
    if vehicle not in named:
        faults.add(f"véhicule « {vehicle} »", remedy=hint(vehicle, named))
        faults.raise_if_any(SchemaError)
    ranges: dict[str, _Range] = {}
    # What is said of the vehicle goes before what is said of all.
    for owner, factor, *levels in [
        row for of in (vehicle, EVERY_VEHICLE) for row in rows if row[0] == of
    ]:
        ranges.setdefault(factor, _Range(owner, *map(float, levels)))
    for name in [name for name in FACTORS if name not in ranges]:
        faults.add(f"{vehicle} : « {name} » absent", remedy="ajouter sa ligne")
    faults.raise_if_any(SchemaError)
    _note_ranges(ranges, vehicle, faults)
    faults.raise_if_any(SchemaError)
    return ranges


def _note_ranges(ranges: Mapping[str, _Range], vehicle: str, faults: Faults) -> None:
    for name in FACTORS:
        bounds = ranges[name]
        low, mid, high = bounds.low, bounds.mid, bounds.high
        if not 0 <= low <= mid <= high:
            fault = f"{vehicle} : « {name} » = {low:g} ; {mid:g} ; {high:g}"
            faults.add(fault, remedy="0 ≤ bas ≤ médian ≤ haut")
    heaviest = ranges["load_t"].high
    if heaviest > MAX_PAYLOAD_T:
        fault = f"{vehicle} : chargement de {heaviest:g} t"
        faults.add(fault, remedy="des kilogrammes pris pour des tonnes ?")


def _checked(values: dict[str, float], vehicle: str) -> dict[str, float]:
    faults = Faults("facteurs de fret")
    for name, value in values.items():
        if name not in FACTORS:
            faults.add(f"facteur « {name} » inconnu", remedy=hint(name, FACTORS))
        elif value < 0 or (value == 0 and name in _FREE_OF_ZERO):
            faults.add(f"{vehicle} : « {name} » = {value:g}", remedy="valeur positive")
        elif name in _SHARES and value > 1:
            faults.add(f"{vehicle} : « {name} » = {value:g}", remedy="entre 0 et 1")
    faults.raise_if_any(SchemaError)
    return values


def cost_eur_per_t(
    freight: Freight, *, length_m: float | Floats, time_s: float | Floats
) -> float | Floats:
    """Return the cost of carrying one tonne.

    ``length_m``, ``time_s``: one way by road [m], and its driving time [s]. Returns:
    euros a tonne, handling included.

    Notes
    -----
    ``(CK·km + (CC + CJ ÷ h_day)·h) ÷ load`` with ``km = d·(1 + e)`` and ``h = t·(1 +
    e) + handling``, *e* the share of the way back that is paid for.

    References
    ----------
    Comité national routier, trinôme CNR (terms of kilometre, hour and vehicle-day).
    """
    legs = 1.0 + freight.empty_return_share
    km = legs * length_m / _M_PER_KM
    hours = legs * time_s / _S_PER_H + freight.handling_h
    per_hour = freight.cost_eur_per_h + freight.cost_eur_per_day / freight.hours_per_day
    return (freight.cost_eur_per_km * km + per_hour * hours) / freight.load_t


def kgco2e_per_t(
    freight: Freight,
    *,
    length_m: float | Floats,
    ascent_m: float | Floats = 0.0,
    descent_m: float | Floats = 0.0,
) -> float | Floats:
    """Return the emissions of carrying one tonne.

    ``length_m``: one way by road [m]. ``ascent_m``, ``descent_m``: metres climbed and
    descended on the way out [m]; the way back swaps them. Returns: emissions a tonne
    [kgCO2e/t], well to wheel.

    Notes
    -----
    Flat: ``(L·d + e·L_empty·d) ÷ 100``, with ``L = L_empty + (L_full − L_empty) ·
    load ÷ payload``. Climb: ``m·g·D⁺ ÷ (η·q)`` litres, *m* the
    mass of the vehicle (laden out, empty back), *q* the energy of a litre: 2.05 l a
    hundred metres for 30 t. The way down gives ``downhill_recovery`` of it back.
    """
    share = freight.empty_return_share
    filled = np.minimum(freight.load_t / freight.payload_t, 1.0)
    l100_laden = freight.l100_empty + filled * (freight.l100_full - freight.l100_empty)
    flat_l = (l100_laden + share * freight.l100_empty) * length_m / 1e5
    laden_t = freight.tare_t + freight.load_t
    back = freight.downhill_recovery
    # What a descent gives back never passes what the same metres would have taken.
    climb_t_m = laden_t * _net_m(ascent_m, descent_m, back)
    climb_t_m = climb_t_m + share * freight.tare_t * _net_m(descent_m, ascent_m, back)
    usable_mj = freight.engine_efficiency * freight.diesel_mj_per_l
    # t·m·m/s² is a kilojoule.
    climb_l = climb_t_m * GRAVITY_M_PER_S2 / (1000.0 * usable_mj)
    litres = np.maximum(flat_l + climb_l, 0.0)
    return litres * freight.fuel_kgco2e_per_l / freight.load_t


def _net_m(
    up_m: float | Floats, down_m: float | Floats, recovery: float | Floats
) -> float | Floats:
    return up_m - recovery * down_m


def carried_rules(
    rules: pd.DataFrame, *, roads: Roads, excluded: Iterable[str] = ()
) -> pd.DataFrame:
    """List the rules that a lorry of the study serves.

    Returns: rows of `rules`, with ``vehicle``. Manure goes from a farm to its own
    fields: apart, as in all totals of waste.
    """
    asked = rules[~rules["rule_id"].isin(set(excluded))]
    trucks = fleet(roads)
    of_state: dict[str, str] = {}
    for state in set(asked["state"]):
        try:
            of_state[state] = vehicle_for_state(trucks, state).name
        except StudyError:
            continue  # heat, gas, water and services go by pipe, or nowhere
    is_carried = asked["state"].isin(of_state) & (asked["low_code"] != MANURE)
    carried = asked[is_carried].reset_index(drop=True)
    return carried.assign(vehicle=carried["state"].map(of_state))
