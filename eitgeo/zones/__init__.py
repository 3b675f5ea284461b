"""Industrial zones: where activity clusters, and the large sites that stand alone.

Each file rests on those above it:

- ``counted_sectors``: Sectors of the study area as registers count them, against what
  their file tells.
- ``eligible``: Which sites may make a zone, and how sure a figure made of several is.
- ``near``: Pairs of sites near each other: a sparse table of distances, whatever their
  kind.
- ``pair_density``: Duranton–Overman Kd: how the distances between the sites of a sector
  are spread.
- ``quotients``: Location quotients: the weight of a sector here, over its weight
  elsewhere.
- ``rule_ends``: Which sites stand at an end of a synergy rule, and which rules have
  both ends.
- ``clustering``: Clusters of sites from a table of distances: DBSCAN by jobs, HDBSCAN
  by sites.
- ``key_sectors``: Which sectors to see first: those with sites to reach, then what sets
  them apart.
- ``profile``: What each zone is made of, and how far it is from the motorway and from
  outlets.
- ``relative_density``: Marcon–Puech M: the share of a sector around its sites, against
  its share overall.
- ``road_pairs``: Distances by road between sites near each other: metres or minutes by
  truck.
- ``stability``: Which zones stay when parameters, headcounts and positions move.
- ``concentration``: Which sectors are concentrated, at what distance, beyond what
  chance would give.
- ``drawn_before``: Zones that others drew before: one table, held against those found,
  put in words.
- ``sweep``: Clustering again and again: parameters moved, headcounts and positions
  drawn.
- ``footprint``: The ground that a zone covers, and what it is made of.
"""
