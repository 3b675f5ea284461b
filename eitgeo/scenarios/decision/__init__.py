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
- ``ranking``: Orders of perimeters: Pareto front first, then a weighted sum on fixed
  anchors.
- ``union_ranks``: Where a perimeter stands among all unions of as many EPCI: exact, by
  listing.
- ``acceptability``: How far an order depends on the weights: drawn weights, shares of
  ranks.
- ``phases``: A perimeter that widens year after year: a core first, others later.
- ``stress``: What the order does when a site stops, a road closes, a member leaves.
- ``switching``: Switching values: which criterion would have to change, and by how
  much.
- ``decision``: The whole of a decision, as tables: criteria, order, shares of ranks,
  switches.
"""
