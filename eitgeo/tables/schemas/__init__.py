"""The tables of a study, column by column, one file a subject.

Each file rests on those above it:

- ``activity``: Tables of activity as registers count it: commune × sector × measure.
- ``allocation``: Tables of the model of outlets and of the allocation of residues.
- ``decision``: Tables of the decision: what ranks, in what order, how far the order
  holds.
- ``declared``: Tables of what firms declare: the private answers, needs, outlets in
  use.
- ``governance``: Tables of who could carry, the verdict, strengths, money, plan and
  EPCI.
- ``losses``: Tables of what a step did not keep, and of what is doubtful in what it
  kept.
- ``measures``: Tables of activity, flows, perimeters and indicators.
- ``released``: Tables of what may be published, and of who stands behind exchanges.
- ``roads``: Tables of the road network: nodes, edges, what rebuilds the graph,
  distances.
- ``sectors``: Tables of sectors: where they are concentrated, what zones are made of,
  which first.
- ``territory``: Tables of places and roads: communes, bodies, borders, road network.
- ``unions``: Tables behind perimeters: optimum, imports, cut basins, unions, votes.
- ``zones``: Tables of zones: what they are made of, whether they stay, what was drawn
  before.
- ``road_questions``: Tables that answer questions on roads: reach, seats, closures,
  checks.
"""
