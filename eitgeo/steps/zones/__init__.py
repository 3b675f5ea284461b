"""Steps of zones of activity and of sectors.

Each file rests on those above it:

- ``published_zones``: Tell zones without telling what a firm that may stay unnamed is,
  or where.
- ``sectors``: Say what each zone is made of, and rank the sectors to see first.
- ``zone_distances``: How far sites are from each other: as the study says, straight or
  by road.
- ``concentration``: Test which sectors are concentrated, and at what distance.
- ``zones``: Cluster industrial and craft sites, say which zones stay, and draw their
  ground.
"""
