"""Which reader a source of the study calls for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eitgeo.errors import StudyError
from eitgeo.reference import sector_mix
from eitgeo.sources import (
    read_anchors,
    read_cog_communes,
    read_communes,
    read_irep_sites,
    read_outlets,
    read_s3ic_outlets,
    synthetic_sites,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from eitgeo.study import OutletSource, Project, SiteSource


def load_communes(project: Project, bodies: pd.DataFrame) -> gpd.GeoDataFrame:
    """Read the communes with the reader that the study names.

    Parameters
    ----------
    project
        The study and its folders.
    bodies
        Table ``bodies``: the EPCI that communes may name.

    Returns
    -------
    geopandas.GeoDataFrame
        Codes, names, EPCI, populations, seats and polygons, EPSG:2154.

    Raises
    ------
    StudyError
        When the reader lacks a path.
    """
    source = project.study.sources.communes
    if source.reader == "geojson":
        known = bodies.loc[bodies["kind"] == "epci", "body_id"]
        siren = set(known.str.removeprefix("epci_"))
        return read_communes(project.path(source.path), known_epci=siren)
    if source.polygons is None or source.merges is None:
        message = "sources.communes : « polygons » et « merges » sont nécessaires à cog"
        raise StudyError(message)
    return read_cog_communes(
        project.path(source.path),
        polygons=project.path(source.polygons),
        merges=project.path(source.merges),
    )


def load_sites(
    project: Project, source: SiteSource, *, communes: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Read, or draw, the establishments of one source.

    Parameters
    ----------
    project
        The study and its folders.
    source
        One source of the study.
    communes
        Table ``communes``.

    Returns
    -------
    geopandas.GeoDataFrame
        Rows of the table ``sites``.
    """
    if source.reader == "synthetic" or source.path is None:
        return synthetic_sites(
            communes,
            sector_mix(),
            rng=np.random.default_rng(project.study.identity.seed),
            n_employers=source.n_employers,
            min_headcount_in_buffer=source.min_headcount_in_buffer,
        )
    path = project.path(source.path)
    if source.reader == "irep":
        return read_irep_sites(path, communes=communes, year=source.year).table
    return read_anchors(path, communes=communes)


def load_outlets(
    project: Project, source: OutletSource, *, communes: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Read the treatment sites of one source.

    Parameters
    ----------
    project
        The study and its folders.
    source
        One source of the study.
    communes
        Table ``communes``.

    Returns
    -------
    geopandas.GeoDataFrame
        Rows of the table ``outlets``.
    """
    path = project.path(source.path)
    if source.reader == "s3ic":
        return read_s3ic_outlets(path, communes=communes).table
    return read_outlets(path, communes=communes)
