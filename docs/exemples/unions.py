"""Every union of EPCI in one piece around a seat, and what each gathers."""

import geopandas as gpd

import eitgeo as eg

communes = gpd.read_file("data/raw/communes.geojson").query("dep == '31'")
epci = communes.dissolve("epci_siren", aggfunc={"population": "sum"})
unions = eg.unions_of(epci, root="200072643", sums=["population"])
print(unions.drop(columns="members").head())
