"""Steps of the road network, its matrix and the questions asked of it.

Each file rests on those above it:

- ``drawn_roads``: Join the roads that maps draw, by class.
- ``road_network``: The real road network of a study: read, climbed, made ready for each
  vehicle.
- ``distances``: Compute road times and lengths between communes and to outlets.
- ``road_checks``: Hold the distances against the straight line and the way back.
- ``road_closures``: Close roads one at a time, and say what the trips of the study
  lose.
- ``road_reach``: Say how far one gets from the seats, and where an animator would best
  sit.
- ``roads``: Read the road network, or draw the surrogate; hold it against known trips.
"""
