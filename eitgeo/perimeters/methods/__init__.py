"""Regions by likeness, by ties and by time: methods that are checked, not trusted.

Each file rests on those above it:

- ``ties``: What draws communes together: likeness, exchanges, sectors, minutes from a
  seat.
- ``regions``: Regions of communes that are alike, in one piece: Ward, SKATER, max-p.
"""
