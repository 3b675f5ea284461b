"""What sites throw away: ratios, draws, totals, and what firms declare of it.

Each file rests on those above it:

- ``activities``: The NAF rév. 2 activity of each site: the nomenclature that ratios are
  written in.
- ``backtest_words``: What declarations say of the calculation, in words.
- ``declared``: What firms declare, in the words of the form, as the tables of the
  package.
- ``ratio_checks``: What a table of ratios cannot say: negative tonnes, kilograms taken
  for tonnes.
- ``residues``: What each site could give: its waste by category or code, and its
  by-products.
- ``answers``: What each firm brings to the sums that answers to the survey may make.
- ``arising_draws``: Waste of sites: headcount in its band, ratio with a common error.
- ``interest``: Interest that firms express by signing up: counted, never firm by firm.
- ``arisings``: Waste of each professional site, from ratios by activity and employee.
- ``backtest``: Declared waste hidden from the ratios, predicted by them, and held
  against them.
- ``byproducts``: Residues of each site: tonnes, megawatt-hours, cubic metres.
- ``redraw``: Waste of drawn sites, drawn again: the interval of a total carries the
  draw.
- ``weighed``: What clients of weighbridges bring: who they are, where, and to which
  sums.
- ``arising_totals``: Totals of the area and of its activities, and where their
  uncertainty comes from.
- ``controls``: Published totals: estimates brought to them, and estimates told beside
  them.
"""
