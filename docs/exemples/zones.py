"""Zones of one's own sites, and which of them hold when the setting moves."""

import geopandas as gpd

import eitgeo as eg

areas = gpd.read_file("data/raw/osm_zones_2021.geojson", engine="pyogrio")
sites = areas.set_geometry(areas.to_crs(2154).representative_point())[["geometry"]]
zone = eg.cluster_sites(sites, radius=500)
outlines = eg.zone_outlines(sites, zone)
print(outlines.assign(stability=eg.zone_stability(sites, zone)).head())
