"""Road times and lengths between places, and whether a road crosses a border.

Two networks stand behind the same tables: the surrogate (« réseau de substitution »,
seats joined along borders), and a real one from a dated extract of OpenStreetMap or
BD TOPO, on which the paths of vehicles are exact.

Each file rests on those above it:

- ``network``: Roads as a graph: read, climbed, or drawn where no extract is at hand.
- ``matrix``: Times, lengths and climbs between places: a network made ready, and its
  paths.
- ``questions``: What a study asks of its roads once distances are known.
"""
