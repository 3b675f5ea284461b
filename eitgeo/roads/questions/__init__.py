"""What a study asks of its roads once distances are known.

Each file rests on those above it:

- ``access_changes``: What a closed road does to the trips of a study: which pairs, and
  how much later.
- ``bridges``: Bridges of a graph: edges whose loss parts what they joined, and valleys
  on them.
- ``contiguity``: Borders that a truck can cross: which pairs of communes a road joins,
  how far.
- ``isochrones``: What so many minutes reach: stretches, ground, whole communes, shares
  of a weight.
- ``nearest_outlets``: Which place with an outlet of each kind is nearest to each EPCI:
  geography alone.
- ``seats``: Where animation would best sit, by car: every choice tried; how far the
  towns are.
- ``successive``: Edges that follow one another with only dead ends between: one closes,
  all do.
- ``criticality``: What a closed road costs: each link shut in turn, the pairs that it
  served again.
- ``report``: What is known of a real network, and whether one comes back as one goes.
- ``calibration``: How far a network, surrogate or real, is from known trips.
"""
