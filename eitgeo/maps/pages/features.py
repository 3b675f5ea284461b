"""GeoJSON of the offline page: light, in degrees, and harmless as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from eitgeo.words import french_number, typographic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eitgeo.maps.paper.ground import Ground

TOLERANCE_M = 60.0
"""Tolerance with which shared borders are simplified, both sides alike [m]."""
DECIMALS = 5
"""Decimals of a degree kept: about 1 m."""
_JS_QUOTES = str.maketrans({"`": "&#96;", "$": "&#36;", "\\": "&#92;"})


def as_text(text: str) -> str:
    """Make a name harmless: it stays text in HTML and in a script's string."""
    return escape(typographic(" ".join(text.split()))).translate(_JS_QUOTES)


def to_degrees(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer in EPSG:4326, rounded to about a metre."""
    moved = layer.to_crs(4326)
    rounded = shapely.transform(
        moved.geometry.to_numpy(), lambda points: np.round(points, DECIMALS)
    )
    return moved.set_geometry(gpd.GeoSeries(rounded, index=moved.index, crs=4326))


def simplified_area(ground: Ground) -> gpd.GeoDataFrame:
    """Return the communes of the study area, shared borders simplified as one."""
    area = ground.area
    shapes = shapely.coverage_simplify(area.geometry.to_numpy(), TOLERANCE_M)
    return area.set_geometry(gpd.GeoSeries(shapes, index=area.index, crs=area.crs))


def collection(
    layer: gpd.GeoDataFrame, properties: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Make a feature collection; each feature takes its rank as identifier."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(rank),
                "properties": dict(values),
                "geometry": shapely.geometry.mapping(shape),
            }
            for rank, (shape, values) in enumerate(
                zip(to_degrees(layer).geometry, properties, strict=True)
            )
        ],
    }


def commune_properties(
    area: gpd.GeoDataFrame, letters_of: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return what hovering a commune tells, as harmless text."""
    return [
        {
            "nom": as_text(str(row.nom)),
            "epci": as_text(str(row.epci_name)),
            "habitants": french_number(int(row.population), decimals=0),
            "dans": letters_of.get(str(row.code_insee), "–"),
        }
        for row in area.itertuples()
    ]
