"""Where waste may go today, and what the road to it costs.

Each file rests on those above it:

- ``benefits``: What an exchange saves its firms: disposal avoided and input replaced,
  less costs.
- ``destinations``: Where declared waste goes: départements, as the register tells and
  as we predict.
- ``public_waste``: Waste of firms that goes to the plants of the syndicate, or by its
  rounds.
- ``today``: What residues do today: one that is used saves nothing, one that is left no
  gate.
- ``transport``: Trips, tonne-kilometres, cost and emissions of a flow carried by road.
- ``legal_outlets``: Where waste may go: the legal outlets in reach, under the capacity
  they have left.
- ``syndicate``: Which outlets a waste syndicate runs, and which waste of firms it
  collects.
"""
