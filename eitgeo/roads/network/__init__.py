"""Roads as a graph: read, climbed, or drawn where no extract is at hand.

Each file rests on those above it:

- ``tags``: What the tags of ways mean to a truck and to a car, turn restrictions
  included.
- ``graph``: A road graph from OpenStreetMap: edges between junctions, with what they
  allow.
- ``profile``: Vehicles: what they may use, how fast they go, what a trip costs; a
  study’s own.
- ``surrogate``: The surrogate road network: seats of communes joined along their
  borders.
- ``bd_topo_graph``: A road graph from BD TOPO: the same junctions, edges and rules as
  from elsewhere.
- ``climb``: Climb and windings of each road, from a relief and the line of the road.
- ``closures``: Roads taken out: found by name, number, identifier or drawing, and
  closed.
- ``graph_tables``: The graph of a real network as tables, and back, to the last bit.
- ``osmnx_graph``: A road graph from the one that osmnx makes, and back.
"""
