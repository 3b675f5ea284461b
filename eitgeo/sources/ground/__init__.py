"""Ground, roads, relief and business zones.

Each file rests on those above it:

- ``bd_topo``: BD TOPO (IGN): zones of activity, and road sections with their
  restrictions.
- ``cnig``: Business zones of the CNIG standard « Sites économiques »: zones, plots,
  firms.
- ``elevation``: Relief: a raster opened, checked, cropped; altitudes at points.
- ``motorways``: Motorway junctions in order, and known trips that the network is held
  against.
- ``osm_areas``: Grounds of OpenStreetMap: industrial areas of an extract, areas of a
  file.
- ``osm_roads``: Roads of OpenStreetMap: dated files, one or several, streamed to
  arrays.
- ``osmnx_roads``: A graph that osmnx saved, read again: GraphML, with the types that
  osmnx gives.
- ``points``: Points that a file of the study lists, to be counted: one kind a file.
- ``land_cover``: Land cover: how much of each commune or zone each CORINE class covers.
- ``official_zones``: Business zones of CNIG and BD TOPO as one table, each with its
  commune.
- ``relief``: Relief in tiles, as the producers deliver it: SRTM, Copernicus, RGE ALTI,
  merged.
"""
