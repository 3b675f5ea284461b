"""What a study asks of its roads once distances are known.

Each file rests on those above it:

- ``contiguity``: Borders that a truck can cross: which pairs of communes a road joins,
  how far.
- ``criticality``: What a closed road costs: each link shut in turn, the pairs that it
  served again.
- ``isochrones``: What so many minutes reach: stretches, ground, whole communes, shares
  of a weight.
- ``seats``: Where animation would best sit, by car: every choice tried; how far the
  towns are.
- ``report``: What is known of a network: against known trips, and whether one comes
  back.
"""
