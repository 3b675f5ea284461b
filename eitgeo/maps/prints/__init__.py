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
- ``graphs``: Graphs: what each perimeter asks against what it holds; what participation
  moves.
- ``national_map``: One map of many studies: where each was made, and which are
  demonstrations.
- ``print_maps``: Print maps: a perimeter on its territory, the territory, all compared
  perimeters.
- ``zone_maps``: Print maps of zones: where work and waste gather, and which sites stay
  together.
- ``core_map``: Print the core and the fringe: how often methods put each commune in a
  contour.
- ``destination_maps``: Where matter could go: exchanges between EPCI, and the nearest
  outlets by road.
"""
