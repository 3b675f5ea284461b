"""The contour by the exchanges: branch and bound over connected sets, proved.

Each file rests on those above it:

- ``choice``: What an optimum is chosen from: units, links, values and limits, as
  arrays.
- ``exchanges``: The contour by the exchanges: what keeps most of them under a ceiling
  and rules.
- ``relaxation``: The linear relaxation of the choice, with a bound that does not trust
  the solver.
- ``optimum``: The connected set of units that keeps most value inside, with a proved
  bound.
"""
