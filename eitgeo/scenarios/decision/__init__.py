"""Orders, variants and differences between perimeters.

Each file rests on those above it:

- ``difference``: What changes from one scenario to another: communes, EPCI, figures, by
  name.
- ``epci_blocks``: What each EPCI adds, indicator by indicator and for each
  deliberation.
- ``orders``: May an order of bodies be published? One place says, and every output asks
  it.
- ``ranking``: Orders of perimeters: criteria, weights, and what shakes them.
- ``decision``: The whole of a decision, as tables: criteria, order, shares of ranks,
  switches.
"""
