"""Communes, bodies and borders: who is where, who belongs to what, who touches whom.

Each file rests on those above it:

- ``borders``: Neighbours: communes that share a border, and those within a ring around
  the area.
- ``coverage``: Whether the layer of communes is a coverage: no gap, no overlap, no
  surprise.
- ``former``: Communes that are no more: what became of the codes that old files still
  bear.
- ``membership``: Bodies and their members on a date; whether an EPCI is whole.
- ``counts``: Counts of activity by commune: which communes a source covers, and its
  zeros.
"""
