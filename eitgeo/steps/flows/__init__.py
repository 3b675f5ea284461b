"""Steps of arisings, exchanges and levers.

Each file rests on those above it:

- ``allocation``: Place waste in its legal outlets, then allocate residues to needs.
- ``backtest``: Hide what firms declared, predict it from ratios and outlets, and
  compare.
- ``declared_waste``: What firms told of their waste: the survey first, then what IREP
  publishes.
- ``factor_weights``: Rank the factors of the calculation by what hangs on them, and by
  worth.
- ``levers``: Tell what the allocated exchanges move, how far they pay, and who may
  share.
- ``participation``: Allocate for other shares of receivers and donors: what hangs on
  who takes part.
- ``synergies``: Tell the allocation between communes, and who could give under which
  family.
- ``arisings``: Estimate the potential waste of each site; what firms declared comes
  first.
- ``syndicate_account``: Tell the waste syndicate what it would gain and lose, and what
  it would ask.
"""
