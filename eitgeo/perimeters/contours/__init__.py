"""What a candidate perimeter is, what it must keep to, and its certificate.

Each file rests on those above it:

- ``candidate``: A candidate perimeter, and the two tables that hold all of them.
- ``mesh``: Communes that trucks can drive between without leaving the area, around a
  root.
- ``rules``: Rules common to all computed contours: sound on a mesh, and kept by a set.
- ``stamps``: What perimeters carry along: what drew their contours, and what is to
  confirm.
- ``basins``: Zones of INSEE that a perimeter cuts: a check, never candidates.
- ``certificate``: A certificate recomputed from polygons and borders, by code no method
  shares.
- ``mending``: Mend what a method drew until it keeps the rules, openly, or refuse it.
- ``unions``: All connected unions of whole EPCI that contain a given one: exact, by
  listing.
- ``user_defined``: Perimeters that are brought: declared bodies on a date, and those of
  the user.
"""
