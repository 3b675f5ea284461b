"""The maps and sheets that are printed, one file a map or two.

Each file rests on those above it:

- ``body_map``: Print who is organised with whom: the bodies beside the EPCI, and what
  they may.
- ``count_map``: Print map of the employees of industry, commune by commune: counted,
  not drawn.
- ``difference_map``: The A4 sheet of a difference: two perimeters on one map, what
  changes beside it.
- ``flow_maps``: The print map of arisings: what is thrown away where, and the classes
  of tonnes.
- ``national_map``: One map of many studies: where each was made, and which are
  demonstrations.
- ``participation_figure``: The picture of participation: tonnes, euros and ways against
  the share in it.
- ``plane_figure``: The plane of perimeters: what each asks against what is counted in
  it.
- ``print_maps``: Print maps: one perimeter on its territory, and the territory itself.
- ``zone_maps``: Print maps of zones: where work and waste gather, and which sites stay
  together.
- ``core_map``: Print the core and the fringe: how often methods put each commune in a
  contour.
- ``exchange_map``: The print map of exchanges: which EPCI could give to which, and
  where to else.
- ``outlet_map``: The map of where waste may go: the nearest place of each kind of
  outlet, by road.
- ``perimeters_page``: The compared perimeters on one page: small maps of one extent,
  scale and legend.
"""
