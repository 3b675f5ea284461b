"""Steps of release: what may leave is written once, in the public folder.

Each file rests on those above it:

- ``release_flows``: Release who could take part, what hangs on it, and published
  answers.
- ``release_governance``: Release carriers, budget, verdicts and facts of EPCI.
- ``release_guarded``: Release what passed secrecy: waste, exchanges, indicators.
- ``release_levers``: Release levers and the account of the syndicate.
- ``release_orders``: Release criteria, orders and unions.
- ``release_perimeters``: Release perimeters, their members, core and fringe.
- ``release_roads``: Release what is asked of roads.
- ``release_territory``: Release communes, bodies, outlets, towns, counts and the ground
  of maps.
- ``release_zones``: Release zones and sectors.
"""
