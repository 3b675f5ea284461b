"""Zones that others drew before: as one table, and held against those found.

Each file rests on those above it:

- ``compared``: Zones that the study compares its own with: which, and what readers are
  told of them.
- ``concordance``: Zones found against official zones: ground, sites, and how far they
  agree.
- ``official``: Zones drawn before, of several producers, as one table; their ground by
  commune.
"""
