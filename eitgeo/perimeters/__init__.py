"""Candidate perimeters: bodies, unions of EPCI, methods that vote, random contours.

Each file rests on those above it:

- ``contours``: What a candidate perimeter is, what it must keep to, and its
  certificate.
- ``methods``: Regions by likeness, by ties and by time: methods that are checked, not
  trusted.
- ``optimum``: The contour by the exchanges: branch and bound over connected sets,
  proved.
- ``ensemble``: Core and fringe by vote, and contours that chance alone would draw.
"""
