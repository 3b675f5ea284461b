"""What a study on real files is made of: which source serves it, and where it is."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pandas as pd

from eitgeo.reference.shipped import shipped_table


def epci_path() -> Path:
    """Say where the list of all EPCI of France is."""
    with resources.as_file(
        resources.files("eitgeo.reference").joinpath("epci.csv")
    ) as path:
        return path


def real_sources() -> pd.DataFrame:
    """Return the sources of a study on real files, a row each, in the order of use.

    Returns: ``use`` (what the study makes of it), ``per`` (one file for all of
    ``france``, a ``departement``, an ``extract``, a ``degree``, or asked of
    ``overpass``), then the columns of a register, where braces stand for what `per`
    says; ``size_mb``, of the order of [MB].
    """
    table = shipped_table("real_sources.csv")
    return table.assign(size_mb=pd.to_numeric(table["size_mb"]))


def osm_extracts() -> pd.DataFrame:
    """Return the regional extract of OpenStreetMap that holds each département.

    Returns: indexed by ``dep``: ``extract``, as its address says it, ``name`` (French),
    ``size_mb``, of the order of [MB]; status, evidence, source.
    """
    table = shipped_table("osm_extracts.csv").set_index("dep")
    return table.assign(size_mb=pd.to_numeric(table["size_mb"]))


def land_degrees() -> set[tuple[int, int]]:
    """Return the degrees with land of France, by their south-west corner (lat, lon)."""
    table = shipped_table("land_degrees.csv").astype(int)
    return set(zip(table["south"], table["west"], strict=True))
