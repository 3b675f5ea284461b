"""The layers that maps share."""

import geopandas as gpd
import pytest
from conftest_maps import HOSTILE, Toy, released, squares
from shapely import box

from eitgeo.errors import CrsError, SchemaError, StudyError
from eitgeo.maps import make_ground
from eitgeo.maps.ground import dissolved, short_epci_name
from eitgeo.maps.palette import outlet_symbol, soften, spread_colours
