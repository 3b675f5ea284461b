"""The card of a perimeter: what each indicator counts, and what it rests on.

Each file rests on those above it:

- ``counts``: Counts of public registers, commune by commune: what an offline page sums.
- ``outlet_lines``: Where the waste of each EPCI would find its nearest legal outlet, in
  counts.
- ``overlaps``: Which existing bodies a perimeter meets, wholly or in part, and how far.
- ``unconfirmed``: Figures that hang on lists of members to confirm: intervals, never
  ranked.
- ``governance``: Who deliberates: counts and overlaps of perimeters with existing
  bodies.
- ``access``: How far the animator drives: best seat, shares in reach, a second seat.
- ``activity``: The facts that indicators sum, once per commune and for every perimeter
  alike.
- ``core``: How much of a perimeter most methods would draw.
- ``matter``: Sites, jobs, waste and exchanges inside a perimeter.
- ``amounts``: What each site makes of the figures that sum estimates: what secrecy
  looks at.
- ``reach``: What registers, rules and roads alone tell of a perimeter: no tonnes.
- ``indicators``: The card of a perimeter: every indicator, with what it rests on.
"""
