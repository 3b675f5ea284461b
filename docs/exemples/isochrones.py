"""How far one gets by car from one's own places, as a layer to look at."""

import geopandas as gpd
import pandas as pd

import eitgeo as eg

places = pd.read_csv("notebooks/exemple_lieux.csv").head(1)
points = gpd.GeoDataFrame(
    geometry=gpd.points_from_xy(places["lon"], places["lat"]), crs=4326
)
roads = eg.read_roads("notebooks/exemple_routes.osm")
bands = eg.isochrones(roads, points, minutes=(5, 10, 15))
print(bands.drop(columns="geometry").round(1))
