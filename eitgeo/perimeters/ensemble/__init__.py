"""Core and fringe by vote, and contours that chance alone would draw.

Each file rests on those above it:

- ``core_fringe``: Core and fringe: how often each commune is in the contours that
  methods draw.
- ``ensemble``: Random contours in one piece around the root: what chance alone would
  draw.
- ``votes``: The contours that vote for core and fringe: families × seeds × weights ×
  draws.
"""
