"""What moves positions from a CRS to another, made once: it is long to make."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache

from pyproj import Transformer

from eitgeo.check import WORKING_EPSG

LON_LAT = 4326
"""Longitude then latitude [degrees]."""


@cache
def mover(from_crs: Hashable, to_crs: Hashable) -> Transformer:
    """Return what moves x (or longitude), then y (or latitude), to another CRS."""
    return Transformer.from_crs(from_crs, to_crs, always_xy=True)


def to_metres() -> Transformer:
    """Return what puts longitudes and latitudes in EPSG:2154."""
    return mover(LON_LAT, WORKING_EPSG)


def to_degrees() -> Transformer:
    """Return what puts positions of EPSG:2154 in longitudes and latitudes."""
    return mover(WORKING_EPSG, LON_LAT)
