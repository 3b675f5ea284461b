"""Orders, variants and differences between perimeters.

Each file rests on those above it:

- ``criteria``: What ranks perimeters: values, scores on fixed anchors, weights.
- ``difference``: What changes from one scenario to another: communes, EPCI, figures, by
  name.
- ``epci_blocks``: What each EPCI adds, indicator by indicator and for each
  deliberation.
- ``orders``: May an order of bodies be published? One place says, and every output asks
  it.
- ``plane``: What a perimeter asks against what is counted in it: a plane, and no order.
- ``ranking``: Orders of perimeters, and how far they depend on the weights.
- ``union_ranks``: Where a perimeter stands among all unions of as many EPCI: exact, by
  listing.
- ``decision``: The whole of a decision, as tables: criteria, order, shares of ranks,
  switches.
- ``stress``: What the order does when a site stops, a road closes, a member leaves.
"""
