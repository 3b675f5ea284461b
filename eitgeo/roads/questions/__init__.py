"""What a study asks of its roads once distances are known.

Each file rests on those above it:

- ``access_changes``: What a closed road does to the trips of a study: which pairs, and
  how much later.
- ``bridges``: Bridges of a graph: edges whose loss parts what they joined.
- ``calibration``: How far a network, surrogate or real, is from known trips.
- ``contiguity``: Borders that a truck can cross.
- ``dead_ends``: Valleys that hang on one road: communes that one link joins to every
  town.
- ``isochrones``: How far one gets in so many minutes: stretches reached, and their
  polygons.
- ``nearest_outlets``: Which place with an outlet of each kind is nearest to each EPCI:
  geography alone.
- ``peers``: Routes of other engines, Valhalla and OSRM, from the same extract.
- ``reached_communes``: Isochrones without roads: whole communes whose seat is reached
  in time.
- ``report``: What is known of a real network, and which of its roads lead nowhere.
- ``seats``: Where an animator would best sit: one town or two, by car, every choice
  tried.
- ``speeds``: Speeds that give the times of other engines, and how far ours are from
  theirs.
- ``towns``: How far the towns of the study area are, by car.
- ``criticality``: What a closed road costs: each link shut in turn, the pairs that it
  served again.
- ``shares``: Shares of a weight within bands of time and of length from a place.
- ``surrogate_fit``: How far the surrogate network is from real roads by class of
  length, and its fit.
- ``union_seats``: Where animation would sit in each union of whole EPCI, and how far
  each EPCI is.
"""
