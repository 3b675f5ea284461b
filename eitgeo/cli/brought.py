"""What the doctor says of what a study brings: downloads, perimeters, vehicles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from eitgeo import words
from eitgeo.cli.shared import french_number
from eitgeo.errors import EitgeoError, StudyError
from eitgeo.reference.tables import speed_fit
from eitgeo.roads.network.profile import Vehicle, fleet
from eitgeo.sources.files.csv import csv_dicts
from eitgeo.steps.engine.brought import perimeter_faults
from eitgeo.study.roads import Roads
from eitgeo.words import french_size

if TYPE_CHECKING:
    from eitgeo.study.project import Project

ACCOUNT = "data/fetched.csv"

_SHOWN = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential")


def perimeter_facts(project: Project) -> dict[str, str]:
    """Read each perimeter of the study with the reader of the run."""
    brought = project.study.perimeters
    if not brought:
        return {}
    read = perimeter_faults([project.path(contour.path) for contour in brought])
    facts = {}
    for contour, (path, error) in zip(brought, read, strict=True):
        state = f"lisible, {contour.path}"
        if error is not None:
            absent = f"FICHIER ABSENT : {contour.path}"
            state = f"REFUSÉ : {error}" if path.is_file() else absent
        facts[f"périmètre apporté « {contour.name} »"] = state
    return facts


def union_facts(project: Project) -> dict[str, str]:
    """Say what a run would refuse of unions of EPCI, if anything."""
    # The readers take a second to import: only this command needs them here.
    from eitgeo.steps.perimeters.foreseen import require_listable  # noqa: PLC0415

    try:
        require_listable(project)
    except EitgeoError as error:
        return {"unions d'EPCI entiers": f"REFUSÉ : {error}"}
    return {}


def downloaded_facts(project: Project) -> dict[str, str]:
    """List the files fetched, with their day, size and source."""
    # Read here and now: an installation without geopandas must be told too.
    path = project.base / ACCOUNT
    if not path.is_file():
        return {"fichiers": "aucun (« eitgeo fetch » les apporte)"}
    try:
        return {row["path"]: _fact(project.base, row) for row in csv_dicts(path)}
    except (OSError, KeyError, ValueError):
        return {"fichiers": f"inconnus : {ACCOUNT} illisible → le supprimer"}


def _fact(base: Path, row: Mapping[str, str]) -> str:
    fetched = f"{french_size(int(row['size_bytes']))}, téléchargé le {row['retrieved']}"
    target = base / row["path"]
    if not target.is_file():
        return f"ABSENT ({fetched}) → eitgeo fetch --only {target.name}"
    if target.stat().st_size != int(row["size_bytes"]):
        return f"CHANGÉ depuis ({fetched}) → eitgeo fetch --only {target.name} --force"
    return fetched


def vehicle_facts(roads: Roads) -> dict[str, str]:
    """Tell each vehicle in a line."""
    try:
        vehicles = fleet(roads)
    except StudyError as error:
        return {"véhicules": f"REFUSÉS → {error}"}
    changed = {str(name) for name in roads.vehicles}
    facts = {
        f"{name} *" if name in changed else name: _vehicle_line(vehicle)
        for name, vehicle in vehicles.items()
    }
    return {"véhicule des déchets": roads.waste_vehicle, **facts, **_fit_facts()}


def _fit_facts() -> dict[str, str]:
    """Tell how far the vehicles of the package are from other engines."""
    table = speed_fit()
    shown = table[table["state"].eq("apres") & table["ground"].eq("extrait")]
    facts = {}
    for (vehicle, reference), rows in shown.groupby(["vehicle", "reference"]):
        medians = [float(rows["median"].min()), float(rows["median"].max())]
        low, high = (words.french_number(end, decimals=2) for end in medians)
        facts[f"{vehicle} ÷ {reference}"] = (
            f"médianes de {low} à {high} selon la longueur (speed_fit.csv)"
        )
    return facts


def _vehicle_line(vehicle: Vehicle) -> str:
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
