"""The vehicles of a study: those of the package, with what the study changes."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.reference.tables import SPEED_PREFIX, vehicle_table
from eitgeo.roads.network.profile import Vehicle

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.study.roads import Roads, VehicleChange

MOTORWAYS = ("motorway", "motorway_link")
TRUCK_MOTORWAY_KMH, TRUCK_ROAD_KMH = 90.0, 80.0
"""Most that a truck of more than 3.5 t may drive, on motorways and elsewhere."""

_PLAIN = [one.name for one in fields(Vehicle) if one.name not in {"kmh", "states"}]


def fleet(roads: Roads | None = None) -> dict[str, Vehicle]:
    """Return the vehicles of a study by name.

    Parameters
    ----------
    roads
        Section ``roads``; what ``roads.vehicles`` gives replaces the values of the
        package, one by one. None: those of the package.

    Returns
    -------
    dict
        Name → vehicle, in the order of the package's table.

    Raises
    ------
    StudyError
        When a truck is given a speed above the legal one, or above the car's.

    References
    ----------
    Code de la route, article R413-8: 90 km/h on motorways and 80 km/h on other
    roads for goods vehicles of more than 3.5 t. Lower limits of some articulated
    vehicles off priority roads are left to the speeds of the table.
    """
    changes = {} if roads is None else roads.vehicles
    found = {
        str(name): _vehicle(str(name), row, changes.get(str(name)))  # type: ignore[call-overload]
        for name, row in vehicle_table().iterrows()
    }
    faults = Faults("roads.vehicles")
    for vehicle in found.values():
        if vehicle.kind == "truck":
            _note_speeds(vehicle, found["car"].kmh, faults)
    faults.raise_if_any(StudyError)
    return found


def _vehicle(name: str, row: pd.Series, change: VehicleChange | None) -> Vehicle:
    speeds = {
        str(column).removeprefix(SPEED_PREFIX): float(value)
        for column, value in row.items()
        if str(column).startswith(SPEED_PREFIX)
    }
    values = {key: row[key] for key in _PLAIN if key != "name"}
    if change is not None:
        speeds.update({str(road): kmh for road, kmh in change.kmh.items()})
        values |= change.model_dump(exclude={"kmh"}, exclude_none=True)
    states = tuple(state for state in str(row["states"]).split(";") if state)
    return Vehicle(name=name, kmh=speeds, states=states, **values)


def _note_speeds(truck: Vehicle, car: Mapping[str, float], faults: Faults) -> None:
    for road, kmh in truck.kmh.items():
        most = TRUCK_MOTORWAY_KMH if road in MOTORWAYS else TRUCK_ROAD_KMH
        met = f"« {truck.name} » à {kmh:g} km/h sur « {road} »"
        if kmh > most:
            faults.add(met, remedy=f"au plus {most:g} km/h (Code de la route, R413-8)")
        elif kmh > car[road]:
            remedy = f"au plus {car[road]:g} km/h, ou relever vehicles.car"
            faults.add(f"{met}, plus vite que la voiture", remedy=remedy)


def vehicle_for_state(vehicles: Mapping[str, Vehicle], state: str) -> Vehicle:
    """Return the vehicle that carries matter of a physical state.

    Parameters
    ----------
    vehicles
        From :func:`fleet`.
    state
        ``solide_vrac``, ``liquide`` … (rules), ``vrac``, ``palettes`` … (survey).

    Returns
    -------
    Vehicle
        The one whose states hold it.

    Raises
    ------
    StudyError
        When no vehicle carries it: heat, gas and services take no road.

    Examples
    --------
    >>> from eitgeo.roads.network.profile import Vehicle
    >>> skip = Vehicle("benne", "truck", 26, 3.8, 2.55, 9, {}, states=("vrac",))
    >>> vehicle_for_state({"benne": skip}, "vrac").name
    'benne'
    """
    for vehicle in vehicles.values():
        if state in vehicle.states:
            return vehicle
    known = [one for vehicle in vehicles.values() for one in vehicle.states]
    message = f"aucun véhicule ne transporte l'état « {state} » → {hint(state, known)}"
    raise StudyError(message)
