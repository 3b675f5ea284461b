"""Maps of roads: how far, what a closed road costs, what hangs on one road.

Each file rests on those above it:

- ``layers``: What maps of roads draw over the ground of all maps.
- ``closures``: Maps of closed roads: who gets further from the towns, and who has no
  way left.
- ``reach``: Maps of reach: how far the communes are from a place, or from an animator's
  seat.
- ``network``: Maps of the network: what is closed, what hangs on one road, which links
  matter.
"""
