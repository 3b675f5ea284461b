"""Times, lengths and climbs between places: a network made ready, and its paths.

Each file rests on those above it:

- ``topology``: The states of a vehicle (node, leg, banned turns), their order, places
  set on them.
- ``engine``: The engine of shortest paths: a hierarchy, a set of weights, matrices and
  paths.
- ``router``: Places set on roads, and the best paths between them: figures, edges,
  lines.
- ``od_matrix``: The table of times, lengths and climbs between places, checked as it is
  made.
"""
