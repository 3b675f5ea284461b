"""Who could carry, on what condition, with what money; the verdict and the plan.

Each file rests on those above it:

- ``facts``: What the rules of carriers read: bodies, sites, firms, neighbours, money,
  dates.
- ``plan``: What could be begun with, and what is known of each EPCI.
- ``carriers``: What a perimeter asks of who could carry it, if all agree, or if some
  refuse.
- ``budget``: What animation costs, what is left to pay by whom, and how many posts to
  choose.
"""
