"""The maps and sheets that are printed, one file a map or two.

Each file rests on those above it:

- ``bodies``: The bodies beside the EPCI: what each holds of the study area, and how
  surely.
- ``count_map``: Print map of the employees of industry, commune by commune: counted,
  not drawn.
- ``difference_map``: The A4 sheet of a difference: two perimeters on one map, what
  changes beside it.
- ``flow_maps``: Print maps of matter: what is thrown away where, and who could take it.
- ``national_map``: One map of many studies: where each was made, and which are
  demonstrations.
- ``participation_figure``: The picture of participation: tonnes, euros and ways against
  the share in it.
- ``plane_figure``: The plane of perimeters: what each asks against what is counted in
  it.
- ``print_maps``: Print maps: one perimeter on its territory, and the territory itself.
- ``road_maps``: Print maps of roads: isochrones, seats, closed roads, what their loss
  costs.
- ``zone_side``: The side column of the maps of zones: figures, how to read, some zones
  listed.
- ``body_map``: Print who is organised with whom: the bodies beside the EPCI, and what
  they may.
- ``core_map``: Print the core and the fringe: how often methods put each commune in a
  contour.
- ``outlet_map``: The map of where waste may go: the nearest legal outlets, EPCI by
  EPCI.
- ``reach_pictures``: What the maps of isochrones and of seats show and say.
- ``road_pictures``: What the maps of closed roads, of links and of other engines show
  and say.
- ``zone_maps``: Print maps of zones: where industry sits, and which sites always sit
  together.
- ``zone_potential_map``: Print map of what zones throw away, by classes of tonnes.
"""
