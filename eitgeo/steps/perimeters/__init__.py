"""Steps that draw perimeters.

Each file rests on those above it:

- ``ensemble``: Let contours vote for core and fringe, and draw others by chance.
- ``foreseen``: What perimeters and zones would refuse, told before any step runs.
- ``optimum``: Draw the contour by the exchanges: what keeps most of them under the
  rules.
- ``perimeters``: Draw candidate perimeters and certify each of them.
"""
