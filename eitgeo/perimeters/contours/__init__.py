"""What a candidate perimeter is, what it must keep to, and its certificate.

Each file rests on those above it:

- ``candidate``: Candidate perimeters: unions of EPCI, declared, drawn; the two tables
  of them.
- ``mesh``: Communes that trucks drive between, the rules of contours, and their
  mending.
- ``stamps``: What perimeters carry along: what drew their contours, and what is to
  confirm.
- ``certificate``: A certificate recomputed from polygons and borders, by code no method
  shares.
"""
