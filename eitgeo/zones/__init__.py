"""Industrial zones: where activity clusters, and the large sites that stand alone.

Each file rests on those above it:

- ``clustering``: Clusters of near sites, tried again as parameters, headcounts,
  positions move.
- ``rule_ends``: Which sites stand at an end of a synergy rule, and which rules have
  both ends.
- ``reference_zones``: Zones that others drew before: one table, held against those
  found, published.
- ``road_pairs``: Distances by road between sites near each other: metres or minutes by
  truck.
- ``sectors``: Sectors: sites that count, location quotients, what zones are made of.
- ``concentration``: Which sectors are concentrated, at what distance, beyond what
  chance would give.
- ``footprint``: The ground that a zone covers, and what it is made of.
"""
