"""Where waste may go today, and what the road to it costs.

Each file rests on those above it:

- ``destinations``: Where declared waste goes: départements, as the register tells and
  as we predict.
- ``syndicate``: Which outlets a waste syndicate runs, and which waste of firms it
  collects.
- ``today``: What residues do today: one that is used saves nothing, one that is left no
  gate.
- ``transport``: Trips, tonne-kilometres, cost and emissions of a flow carried by road.
- ``legal_outlets``: Where waste may go: the legal outlets in reach, under the capacity
  they have left.
"""
