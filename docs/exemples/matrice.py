"""Times by truck between one's own places, on one's own extract of OpenStreetMap."""

import geopandas as gpd
import pandas as pd

import eitgeo as eg

places = pd.read_csv("notebooks/exemple_lieux.csv").set_index("lieu")
points = gpd.GeoDataFrame(
    geometry=gpd.points_from_xy(places["lon"], places["lat"]),
    index=places.index,
    crs=4326,
)
roads = eg.read_roads("notebooks/exemple_routes.osm")
minutes = eg.od_matrix(roads, points, vehicle="truck")["time_s"].unstack() / 60
print(minutes.round(1))
