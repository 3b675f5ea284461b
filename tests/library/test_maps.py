"""Maps of one's own layers: nothing is fetched, or what would be is named."""

import geopandas as gpd
import pytest
from shapely import box

import eitgeo as eg
from eitgeo.errors import StudyError

LAYER = gpd.GeoDataFrame(
    {"kind": ["a", "b"], "minutes": [5.0, 10.0]},
    geometry=[box(0, 43, 0.1, 43.1), box(0, 43, 0.2, 43.2)],
    crs=4326,
)


def test_leaflet_is_written_once_and_nothing_is_fetched():
    shown = LAYER.explore("minutes", tiles=None, legend=False)
    gpd.GeoSeries.from_xy([0.1], [43.1], crs=4326).explore(m=shown)
    page = eg.offline_map(eg.offline_map(shown)).get_root().render()
    assert page.count("Leaflet 1.9") == 1
    assert 'src="http' not in page
    assert 'href="http' not in page


@pytest.mark.parametrize(
    ("options", "fetched"),
    [
        ({"legend": False}, "openstreetmap"),
        ({"column": "kind", "tiles": None}, "jquery"),
        ({"column": "minutes", "tiles": None}, "d3"),
    ],
)
def test_what_would_be_fetched_is_named(options, fetched):
    with pytest.raises(StudyError, match=fetched):
        eg.offline_map(LAYER.explore(**options))
