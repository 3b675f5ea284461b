"""SINOE (ADEME): landfills of non-hazardous waste, with their regulatory capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from eitgeo.check import WORKING_EPSG
from eitgeo.errors import CrsError, SchemaError
from eitgeo.sources.files.crs import WGS84_EPSG
from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.files.frames import tidy_outlets
from eitgeo.sources.files.loaded import (
    Audited,
    dropped_rows,
    drops,
    note_rows,
    remarks,
    where,
)
from eitgeo.sources.files.positions import place_points
from eitgeo.sources.waste.sinoe import record_reasons

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from eitgeo.sources.files.positions import Positions

PREFIX = "ISDND-SINOE"
"""What the code of the directory stands behind in ``outlet_id``."""

MERCATOR_EPSG = 3857
DECLARED = CsvSource("sinoe_isdnd", is_official=True)
_FAR_KM = 5.0
"""Beyond it, median over rows, « lon » and « lat » do not tell the same places."""

_KM_PER_DEGREE = 111.2

_PRECISE = ("Géolocalisation manuelle", "Qualité suffisante")


def read_sinoe_landfills(path: Path, *, communes: gpd.GeoDataFrame) -> Audited:
    """Read the landfills of the directory: the latest record of each.

    Parameters
    ----------
    path
        CSV, ``,``, UTF-8 with a byte order mark, names of columns over two lines.
    communes
        ``code_insee``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.

    Returns
    -------
    Audited
        Table ``outlets``, EPSG:2154, kind ``isdnd``, heading 2760-2, ``a_verifier``:
        the directory says what was open in its year, not what is. Left out: records
        of older years, repeated, without identifier or year, of other communes.
        Remarks: positions, capacities that are absent or nil (NaN). Addresses,
        telephones and operators, who may be persons, are not read.

    Raises
    ------
    SourceError
        File absent, empty or unreadable.
    SchemaError
        Missing column, commune code without its leading zero, malformed number,
        negative capacity.
    CrsError
        Coordinates that are not those of EPSG:3857, by columns ``lon`` and ``lat``.

    Notes
    -----
    The file calls its coordinates « Mercator » and no more. Its columns ``lon`` and
    ``lat`` stand in the commune: read in EPSG:3857, half of the 212 landfills of 2016
    that have both lie within 1.5 km of them; in EPSG:3395, 21 km away.

    References
    ----------
    Producer: ADEME, SINOE déchets, annuaire des ISDND, https://data.ademe.fr. Licence:
    Licence Ouverte 2.0. Vintage: column ``Année`` (2016). CRS: EPSG:3857, checked
    against ``lon`` and ``lat``.
    """
    read = DECLARED.read(path)
    rows, faults = read.table, read.faults
    for line in rows.index[rows["capacity_t"] < 0]:
        faults.add("capacité négative", row=line, remedy="vérifier la capacité")
    faults.raise_if_any(SchemaError)
    _require_mercator(rows, path.name)
    subjects = PREFIX + rows["code"]
    reason = record_reasons(rows, communes)
    kept = rows[reason == ""]
    placed = _placed(kept, communes)
    told = kept["capacity_t"] > 0
    outlets = gpd.GeoDataFrame(
        {
            "outlet_id": subjects[kept.index],
            "name": kept["name"],
            "kind": "isdnd",
            "icpe_headings": "2760-2",
            "capacity_t": kept["capacity_t"].where(told),
            "position_quality": placed.quality,
            "status": "a_verifier",
            "evidence": "S",
            "source": "ADEME, SINOE ISDND " + kept["year"],
            "code_insee": kept["code_insee"],
        },
        geometry=placed.points,
    )
    silent = where(~told, "capacité absente ou nulle : prise pour inconnue")
    notes = [
        *placed.notes(path.name, subjects),
        *remarks(path.name, subjects, "capacite_inconnue", silent),
    ]
    return Audited(
        tidy_outlets(outlets, where=path.name),
        dropped_rows(drops(path.name, subjects, reason)),
        note_rows(notes),
    )


def _points(rows: pd.DataFrame, to: int) -> gpd.GeoSeries:
    points = gpd.GeoSeries.from_xy(rows["x"], rows["y"], crs=MERCATOR_EPSG).to_crs(to)
    return points.set_axis(rows.index)


def _require_mercator(rows: pd.DataFrame, file: str) -> None:
    """Refuse coordinates that are not near the degrees that the file gives too."""
    both = rows[rows[["x", "y", "lon", "lat"]].notna().all(axis=1)]
    if both.empty:
        return
    given = _points(both, WGS84_EPSG)
    east = (given.x - both["lon"]) * np.cos(np.radians(both["lat"]))
    apart_km = float(np.hypot(east, given.y - both["lat"]).median()) * _KM_PER_DEGREE
    if not apart_km <= _FAR_KM:
        message = (
            f"{file} : coordonnées « Mercator » à {apart_km:.0f} km de « lon » et "
            f"« lat » (médiane) → les donner en EPSG:{MERCATOR_EPSG}"
        )
        raise CrsError(message)


def _placed(rows: pd.DataFrame, communes: gpd.GeoDataFrame) -> Positions:
    """Place rows where the producer calls the position good, else at the town hall."""
    levels = rows["precision"].str.split().str.join(" ")
    points = _points(rows, WORKING_EPSG)
    kinds = np.select(
        [
            rows[["x", "y"]].isna().any(axis=1),
            levels.str.startswith("Centroïde"),
            ~levels.str.endswith(_PRECISE),
        ],
        ["absente", "centre_commune", "peu_precise"],
        default="",
    )
    return place_points(rows, points, kinds=kinds.astype(object), communes=communes)
