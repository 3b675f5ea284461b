"""Roads as a graph: read, climbed, or drawn where no extract is at hand.

Each file rests on those above it:

- ``chains``: Sections joined end to end where nothing changes at the node between them.
- ``covered_ground``: The ground that an extract covers: beyond it, nothing is known of
  the roads.
- ``stretches``: Stretches of edges: cut out of their lines, and merged where they
  overlap.
- ``tags``: What the tags of a way mean to a truck and to a car: access, speed, limits.
- ``profile``: Vehicles: what they may use, how fast they go, what a trip costs; a
  study’s own.
- ``restrictions``: Turn restrictions as forbidden sequences of directed edges.
- ``surrogate``: The surrogate road network: seats of communes joined along their
  borders.
- ``closures``: Roads taken out: found by name, number, identifier or drawing, and
  closed.
- ``graph``: A road graph from OpenStreetMap: edges between junctions, with what they
  allow.
- ``bd_topo_graph``: A road graph from BD TOPO: the same junctions, edges and rules as
  from elsewhere.
- ``climb``: Climb and windings of each road, from a relief and the line of the road.
- ``graph_tables``: The graph of a real network as tables, and back, to the last bit.
- ``osmnx_graph``: A road graph from the one that osmnx makes, and back.
- ``settlements``: Where roads run through settlements, told by the junctions around
  them.
"""
