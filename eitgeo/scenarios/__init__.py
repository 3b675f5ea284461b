"""Indicators of perimeters, and what they ask of who would carry the initiative.

Each file rests on those above it:

- ``measures``: The card of a perimeter: what each indicator counts, and what it rests
  on.
- ``carriers``: Who could carry, on what condition, with what money; the verdict and the
  plan.
- ``decision``: Orders, variants and differences between perimeters.
"""
