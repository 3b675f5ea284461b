"""Regions by likeness, by ties and by time: methods that are checked, not trusted.

Each file rests on those above it:

- ``likeness``: What makes two communes alike: minutes of road to towns, and sectors.
- ``ties``: What draws communes together: exchanges, complementary and like sectors.
- ``communities``: Communities of the graph of ties, made contiguous by road.
- ``reach``: What lies within so many minutes of a seat, in one piece.
- ``skater``: SKATER: regions cut from the spanning tree of like neighbours.
- ``maxp``: Max-p: as many regions as reach a floor, of communes as alike as can be.
- ``regions``: Contiguity-constrained Ward regions of road times: the basin around the
  root.
"""
