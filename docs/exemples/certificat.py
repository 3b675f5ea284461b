"""What a contour is: pieces, holes, EPCI that it cuts, and what another one changes."""

import geopandas as gpd

import eitgeo as eg

communes = gpd.read_file("data/raw/communes.geojson").set_index("code_insee")
first = communes.index[communes["epci_siren"].isin(["200072643", "200073146"])]
second = [*first, "31042"]
print(eg.certify(first, communes, group="epci_siren", sums=["population"]))
print(eg.compare(first, second, communes, group="epci_siren"))
