"""Towns for the labels of maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources._rows import (
    check_codes,
    check_key,
    read_rows,
    to_counts,
    to_numbers,
)
from eitgeo.sources.communes import WGS84_EPSG, to_lambert93
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_NEEDED = ("name", "lon", "lat", "population", "code_insee", "source")


def read_places(
    path: Path, *, known_communes: Collection[str] | None = None
) -> gpd.GeoDataFrame:
    """Read the towns that a map may label.

    Parameters
    ----------
    path
        CSV with ``name``, ``lon``, ``lat`` (WGS84 degrees), ``population``,
        ``code_insee``, ``source``.
    known_communes
        Codes of the communes at hand; None: the form alone is checked.

    Returns
    -------
    geopandas.GeoDataFrame
        Table ``places``, points in EPSG:2154.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, malformed or unknown code, decimal comma, repeated town.
    CrsError
        Coordinates outside metropolitan France.
    """
    rows = read_rows(path, columns=_NEEDED)
    faults = Faults(path.name)
    check_key(rows, ["name", "code_insee"], faults=faults)
    check_codes(rows, known=known_communes, faults=faults)
    population = to_counts(rows, "population", faults=faults)
    lon = to_numbers(rows, "lon", faults=faults)
    lat = to_numbers(rows, "lat", faults=faults)
    for line in rows.index[(lon.isna() | lat.isna()) & (rows["lon"] == "")]:
        faults.add("position absente", row=line, remedy="donner lon et lat en degrés")
    faults.raise_if_any(SchemaError)
    points = gpd.points_from_xy(lon, lat, crs=WGS84_EPSG)
    towns = gpd.GeoDataFrame(rows.assign(population=population), geometry=points)
    metres = to_lambert93(towns, where=path.name)
    return validate(metres, table="places", where=path.name)
