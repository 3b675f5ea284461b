"""The contour by the exchanges: branch and bound over connected sets, proved.

Each file rests on those above it:

- ``choice``: What an optimum is chosen from: units, links, values and limits, as
  arrays.
- ``separators``: Node separators: which inequality says that a unit held must be joined
  to the root.
- ``exchanges``: The contour by the exchanges: what keeps most of them under a ceiling
  and rules.
- ``growth``: Sets in one piece, grown along a fractional solution and mended by moves.
- ``relaxation``: The linear relaxation of the choice, with a bound that does not trust
  the solver.
- ``optimum``: The connected set of units that keeps most value inside, with a proved
  bound.
- ``infeasible``: Rules that clash: which ones, and how little has to give way.
"""
