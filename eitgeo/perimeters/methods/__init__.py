"""Regions by likeness, by ties and by time: methods that are checked, not trusted.

Each file rests on those above it:

- ``likeness``: What makes two communes alike: minutes of road to towns, and sectors.
- ``ties``: What draws communes together: exchanges, complementary and like sectors.
- ``reach``: What lies within so many minutes of a seat, in one piece.
- ``regions``: Regions of communes that are alike, in one piece: Ward, SKATER, max-p.
"""
