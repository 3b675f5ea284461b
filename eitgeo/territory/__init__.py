"""Communes, bodies and borders: who is where, who belongs to what, who touches whom.

Each file rests on those above it:

- ``borders``: Which communes share a border, and how long it is.
- ``coverage``: Whether the layer of communes is a coverage: no gap, no overlap, no
  surprise.
- ``former``: Communes that are no more: what became of the codes that old files still
  bear.
- ``membership``: Bodies and their members on a date: membership is a dated input, never
  code.
- ``rings``: The rings around the study area: how far takers are sought.
- ``counts``: Counts of activity by commune: which communes a source covers, and its
  zeros.
- ``whole``: Whether an EPCI is whole: its list of members against the communes at hand.
"""
