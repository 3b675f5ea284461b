"""Towns for the labels of maps."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import geopandas as gpd

from eitgeo.sources.files.rows import CsvSource
from eitgeo.sources.files.shapes import WGS84_EPSG, to_lambert93
from eitgeo.tables.schema import validate

SOURCE = CsvSource("places")
MAX_TOWNS = 300
"""Communes whose name stands for a town, where no file names towns."""


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
    """
    rows = SOURCE.accepted(path, known_communes=known_communes)
    points = gpd.points_from_xy(rows["lon"], rows["lat"], crs=WGS84_EPSG)
    towns = gpd.GeoDataFrame(rows, geometry=points)
    metres = to_lambert93(towns, where=path.name)
    return validate(metres, table="places", where=path.name)


def towns_of_communes(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Take the most populated communes of a layer for towns, at their town hall.

    Table ``places``: the :data:`MAX_TOWNS` most populated, by code.
    """
    ranked = communes.sort_values(
        ["population", "code_insee"], ascending=[False, True], kind="stable"
    )
    towns = ranked.head(MAX_TOWNS).sort_values("code_insee", kind="stable")
    points = gpd.points_from_xy(towns["seat_x"], towns["seat_y"], crs=communes.crs)
    table = gpd.GeoDataFrame(
        {
            "name": towns["nom"].to_numpy(),
            "population": towns["population"].to_numpy(),
            "code_insee": towns["code_insee"].to_numpy(),
            "source": "Couche des communes : mairie, nom et population",
        },
        geometry=points,
    )
    return validate(table, table="places", where="communes")
