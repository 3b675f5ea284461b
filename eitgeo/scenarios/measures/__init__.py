"""The card of a perimeter: what each indicator counts, and what it rests on.

Each file rests on those above it:

- ``figures``: What all measures share: figures, shares, communes inside, members to
  confirm.
- ``activity``: The facts that indicators sum, once per commune and for every perimeter
  alike.
- ``measures``: What every measure is given, and which function measures each indicator.
- ``counted``: What registers count in a perimeter: observed, each figure with its
  vintage.
- ``fabric``: Sites and jobs inside a perimeter: how many, how diverse, how dependent.
- ``governance``: Who deliberates: counts and overlaps of perimeters with existing
  bodies.
- ``matter``: Waste and exchanges inside a perimeter.
- ``reach``: What registers, rules and roads alone tell of a perimeter: no tonnes.
- ``access``: How far the animator drives: best seat, shares in reach, a second seat.
- ``indicators``: The card of a perimeter: every indicator, with what it rests on.
"""
