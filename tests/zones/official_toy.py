"""Drawn official zones, in metres from the origin of the toy sites."""

import geopandas as gpd
import pandas as pd
from shapely import box
from shapely.affinity import translate

from tests.zones.toy import X0, Y0


def square(x, y, width, height=None):
    """Return a rectangle whose lower left corner is at x, y [m]."""
    return translate(box(x, y, x + width, y + (height or width)), X0, Y0)


def make_official(**shapes) -> gpd.GeoDataFrame:
    """Return a table ``official_zones`` with these identifiers and shapes."""
    names = pd.Series(list(shapes), dtype="str")
    columns = {
        "zone_id": names,
        "name": "ZAE " + names,
        "kind": pd.Series("industrial", index=names.index, dtype="str"),
        "source": pd.Series("test", index=names.index, dtype="str"),
        "code_insee": pd.Series("31483", index=names.index, dtype="str"),
    }
    return gpd.GeoDataFrame(columns, geometry=list(shapes.values()), crs=2154)
