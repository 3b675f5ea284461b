"""Who could carry, on what condition, with what money; the verdict and the plan.

Each file rests on those above it:

- ``budget``: What animation costs over some years, what is left to pay, and who would
  pay what.
- ``carrier_ground``: Communes and bodies on a date, as the rules of carriers look them
  up.
- ``facts``: Facts on perimeters that rules read: known with a value, or not known and
  why.
- ``plan``: What could be begun with: shared services and exchanges, by ease and by
  reach.
- ``verdict``: Is an initiative of interest here? What firms and councils answered: yes,
  or no.
- ``carrier_facts``: What the rules of carriers read: bodies, sites, firms, neighbours,
  money.
- ``carriers``: What a perimeter asks of each structure that could carry it: a state, no
  score.
- ``epci``: What is known of each EPCI, from registers and released blocks.
- ``refused``: What is left of a perimeter when some councils refuse, and who could
  still carry.
- ``posts``: Posts are a choice: what half a post, one or two meet in three years, and
  cost.
- ``swot``: Strengths, weaknesses, opportunities, threats: a statement and what supports
  it.
"""
