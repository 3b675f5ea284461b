"""What sites throw away: ratios, draws, totals, and what firms declare of it.

Each file rests on those above it:

- ``activities``: The NAF rév. 2 activity of each site: the nomenclature that ratios are
  written in.
- ``declared``: What firms declare, sign up for and bring to weighbridges, as tables.
- ``residues``: What each site could give: its waste by category or code, and its
  by-products.
- ``arising_draws``: Waste and by-products of sites: headcount in its band, ratio with a
  common error.
- ``arising_totals``: Totals of waste: drawn sites drawn again, published totals, shares
  of variance.
- ``backtest``: Declared waste hidden from the ratios, predicted by them, and held
  against them.
"""
