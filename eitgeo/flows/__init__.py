"""What professionals throw away, and which exchanges the road makes possible.

Each file rests on those above it:

- ``arisings``: What sites throw away: ratios, draws, totals, and what firms declare of
  it.
- ``outlets``: Where waste may go today, and what the road to it costs.
- ``exchanges``: What one firm could give to another: needs, links, one optimum, what it
  moves.
- ``weights``: What hangs on each factor of the calculation, and what each is worth.
"""
