"""CO2 of transport: energy factors and level-1 values of the order of 10 April 2012."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources._loaded import dropped_rows
from eitgeo.sources._official import (
    Audited,
    drops,
    note_rows,
    read_official,
    remarks,
    repeats,
    to_amounts,
    where,
)
from eitgeo.sources._rows import faulty

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

_ENERGY_NEEDED = {
    "source_energie": "energy",
    "unite": "unit",
    "amont_kgCO2": "upstream_kgco2",
    "fonctionnement_kgCO2": "use_kgco2",
    "total_kgCO2": "total_kgco2",
}
_FREIGHT_NEEDED = {
    "vehicule": "vehicle",
    "charge_moyenne_t_trajets_a_vide_inclus": "mean_load_t",
    "gazole_routier_l_par_km": "road_diesel_l_per_km",
    "gazole_non_routier_l_par_km": "off_road_diesel_l_per_km",
    "kgCO2_par_km_fonctionnement": "use_kgco2_per_km",
    "kgCO2_par_km_total": "total_kgco2_per_km",
    "kgCO2_par_tkm_total": "total_kgco2_per_tkm",
}
TOLERANCE_PCT = 1.0
"""How far a figure may be from what the others of its row give."""


def read_energy_factors(path: Path) -> Audited:
    """Read the CO2 of a unit of each energy.

    Parameters
    ----------
    path
        ``energy_factors.csv``: ``,``, UTF-8, columns ``source_energie``, ``unite``
        (``litre``, ``kWh``), ``amont_kgCO2``, ``fonctionnement_kgCO2``,
        ``total_kgCO2``.

    Returns
    -------
    Audited
        Sorted by ``energy`` and ``unit``: ``upstream_kgco2``, ``use_kgco2`` and
        ``total_kgco2`` [kg of CO2 a unit, not of CO2 equivalent]. Repeated rows are
        left out; a total that is not the sum is told.

    Raises
    ------
    SourceError
        File absent, empty, without a row, or in an encoding that is not read.
    SchemaError
        Another separator, column missing, cell empty, number malformed or negative.

    References
    ----------
    Producer: arrêté du 10 avril 2012 (TRAT1209296A), annexe I, Légifrance. Licence:
    Licence Ouverte 2.0. Vintage: 2012, as first published. CRS: none, no geometry.
    """
    rows = _amounts(path, _ENERGY_NEEDED, texts=("energy", "unit"), optional=())
    whole = rows["upstream_kgco2"] + rows["use_kgco2"]
    return _audited(path, rows, key=("energy", "unit"), given="total_kgco2", due=whole)


def read_road_freight(path: Path) -> Audited:
    """Read what a lorry burns and emits, by kind of vehicle.

    Parameters
    ----------
    path
        ``road_freight_level1.csv``: ``,``, UTF-8, columns ``vehicule``,
        ``charge_moyenne_t_trajets_a_vide_inclus``, ``gazole_routier_l_par_km``,
        ``gazole_non_routier_l_par_km`` (empty: no cooling unit),
        ``kgCO2_par_km_fonctionnement``, ``kgCO2_par_km_total``,
        ``kgCO2_par_tkm_total``.

    Returns
    -------
    Audited
        Sorted by ``vehicle``: ``mean_load_t`` [t, empty runs included],
        ``road_diesel_l_per_km``, ``off_road_diesel_l_per_km`` (NaN where none) [l/km],
        ``use_kgco2_per_km``, ``total_kgco2_per_km``, ``total_kgco2_per_tkm`` [kg of
        CO2]. Repeated rows are left out; a value per tkm that is not the value per km
        over the load is told.

    Raises
    ------
    SourceError
        File absent, empty, without a row, or in an encoding that is not read.
    SchemaError
        Another separator, column missing, cell empty, number malformed or negative.

    References
    ----------
    Producer: arrêté du 10 avril 2012 (TRAT1209296A), annexe II, level 1, Légifrance.
    Licence: Licence Ouverte 2.0. Vintage: 2012, as first published. CRS: none, no
    geometry.
    """
    rows = _amounts(
        path,
        _FREIGHT_NEEDED,
        texts=("vehicle",),
        optional=("off_road_diesel_l_per_km",),
    )
    due = rows["total_kgco2_per_km"] / rows["mean_load_t"].replace(0, np.nan)
    return _audited(path, rows, key=("vehicle",), given="total_kgco2_per_tkm", due=due)


def _amounts(
    path: Path,
    columns: Mapping[str, str],
    *,
    texts: tuple[str, ...],
    optional: tuple[str, ...],
) -> pd.DataFrame:
    rows = read_official(path, columns=columns, separator=",").rename(columns=columns)
    faults = Faults(path.name)
    for name in [name for name in rows.columns if name not in optional]:
        for line, _ in faulty(rows[name], rows[name] == ""):
            faults.add(f"« {name} » absent", row=line, remedy="compléter la cellule")
    for name in [name for name in rows.columns if name not in texts]:
        written = rows[name]
        rows[name] = to_amounts(rows, name, faults=faults)
        for line, text in faulty(written, rows[name] < 0):
            faults.add(f"« {name} » = « {text} »", row=line, remedy="valeur ≥ 0")
    faults.raise_if_any(SchemaError)
    return rows


def _audited(
    path: Path,
    rows: pd.DataFrame,
    *,
    key: tuple[str, ...],
    given: str,
    due: pd.Series,
) -> Audited:
    reasons = repeats(rows, list(key))
    subjects = rows[key[0]]
    wrong = (rows[given] - due).abs() > due.abs() * TOLERANCE_PCT / 100 + 1e-9
    told = rows[given].map("{:g}".format) + " au lieu de " + due.map("{:.5g}".format)
    details = where(wrong & (reasons == ""), f"« {given} » : " + told)
    return Audited(
        rows[reasons == ""].sort_values(list(key), ignore_index=True),
        dropped_rows(drops(path.name, subjects, reasons)),
        note_rows(remarks(path.name, subjects, "incoherent", details)),
    )
