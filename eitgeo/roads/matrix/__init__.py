"""Times, lengths and climbs between places: a network made ready, and its paths.

Each file rests on those above it:

- ``matrix_blocks``: The table of distances written whole, or block by block where it is
  large.
- ``od_matrix``: Time, length and climb between places, on the same path, with a status.
- ``topology``: The states a vehicle can be in: at a node, on which leg, after which
  turn.
- ``layout``: Places set on the states of a network: the arcs and weights an engine
  needs.
- ``ready``: A network made ready once: its states, and their order kept on disk.
- ``crosscheck``: Whether distances can be believed: a second computation, the straight
  line.
- ``engine``: The engine of shortest paths: a hierarchy, a set of weights, matrices and
  paths.
- ``snap``: Places set on the nearest road that their vehicle can leave and come back
  to.
- ``closer``: Costs of some pairs while edges are closed, each set of edges in turn and
  alone.
- ``router``: Shortest paths between many places: one path a pair, its time, length,
  climb.
- ``network_matrix``: The table of times, lengths and climbs between places, on a real
  road network.
- ``paths``: The best paths of chosen pairs: edges driven, sums, and the line to draw.
"""
