"""The card of a perimeter: what each indicator counts, and what it rests on.

Each file rests on those above it:

- ``counted_facts``: What registers count commune by commune, each fact with its
  vintage.
- ``figures``: What all measures share: figures, shares, and which communes a perimeter
  holds.
- ``unconfirmed``: Figures that hang on lists of members to confirm: intervals, never
  ranked.
- ``activity``: The facts that indicators sum, once per commune and for every perimeter
  alike.
- ``redrawn``: Counts of drawn establishments, perimeter by perimeter, drawn again and
  again.
- ``amounts``: What each site makes of the figures that sum estimates: what secrecy
  looks at.
- ``measures``: What every measure is given, and which function measures each indicator.
- ``core``: How much of a perimeter most methods would draw.
- ``counted``: What registers count in a perimeter: observed, each figure with its
  vintage.
- ``fabric``: Sites and jobs inside a perimeter: how many, how diverse, how dependent.
- ``governance``: Who deliberates: counts and overlaps of perimeters with existing
  bodies.
- ``matter``: Waste and exchanges inside a perimeter.
- ``reach``: What registers, rules and roads alone tell of a perimeter: no tonnes.
- ``access``: How far the animator drives: best seat, shares in reach, a second seat.
- ``realised``: Beside each lever of a perimeter, what an animator makes of it.
- ``indicators``: The card of a perimeter: every indicator, with what it rests on.
- ``counts``: Counts of public registers, commune by commune: what an offline page sums.
"""
