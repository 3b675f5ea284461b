"""Where sectors gather: M of Marcon and Puech, Kd of Duranton and Overman."""

import geopandas as gpd

import eitgeo as eg

areas = gpd.read_file("data/raw/osm_zones_2021.geojson", engine="pyogrio")
sites = areas.set_geometry(areas.to_crs(2154).representative_point())
print(eg.m_function(sites, "class", radii_m=[1_000, 5_000, 20_000]).round(2))
print(eg.kd(sites, "class", at_m=[0, 5_000, 20_000]).round(7))
