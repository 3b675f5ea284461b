"""Ground, roads, relief and business zones.

Each file rests on those above it:

- ``bd_topo``: BD TOPO (IGN): zones of activity, and road sections with their
  restrictions.
- ``cnig_rows``: Rows of the standard « Sites économiques »: read, checked against its
  fields.
- ``elevation``: Relief: a raster opened, checked, cropped; altitudes at points.
- ``motorways``: Motorway junctions in order, and known trips that the network is held
  against.
- ``osm_areas``: Grounds of OpenStreetMap: industrial areas of an extract, areas of a
  file.
- ``osm_lines``: Objects of OpenStreetMap as lines of text, and their columns as arrays.
- ``osmnx_roads``: A graph that osmnx saved, read again: GraphML, with the types that
  osmnx gives.
- ``points``: Points that a file of the study lists, to be counted: one kind a file.
- ``cnig``: Business zones of the CNIG standard « Sites économiques »: zones, plots,
  firms.
- ``land_cover``: Land cover: how much of each commune or zone each CORINE class covers.
- ``osm_roads``: Roads of OpenStreetMap: a dated ``.osm.pbf`` or ``.osm`` file, streamed
  to arrays.
- ``relief``: Relief in tiles, as the producers deliver it: SRTM, Copernicus, RGE ALTI,
  merged.
- ``official_zones``: Business zones of CNIG and BD TOPO as one table, each with its
  commune.
- ``osm_several``: Roads of several extracts of OpenStreetMap put together: regions that
  touch.
"""
