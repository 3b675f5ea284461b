"""Steps that read: territory, sites, outlets, zones, answers.

Each file rests on those above it:

- ``borders``: Measure the borders that communes share.
- ``counted``: Establishments drawn inside the counts of a study, and again for its
  intervals.
- ``losses``: What is told of inputs: rows left out, doubts in those kept, files that
  changed.
- ``relief``: The relief of a study: one raster, or a folder of tiles on one grid.
- ``renewal``: Codes of communes that are no more, put in the present ones; told, row by
  row.
- ``answers``: What firms declared, as steps read it from the private table.
- ``bodies``: Bodies and their members, from the sources that the study names.
- ``official_zones``: Gather the zones drawn before that the study names, each in its
  commune.
- ``postcodes``: Postcodes of the communes at hand, from the file that the study may
  name.
- ``print_ground``: Read what is drawn under maps: motorway junctions, relief.
- ``readers``: Which reader a source of the study calls for.
- ``weighings``: Tickets of weighbridges, as a private study reads them, and the sums of
  any study.
- ``counts``: Counts of employers, employees and establishments, commune by commune.
- ``outlets``: Gather treatment sites, and the towns that maps name.
- ``sites``: Gather establishments from the sources of the study.
- ``survey``: Write what firms told: published sums, and in a private study all of it.
- ``territory``: Read communes and bodies, check the coverage, say what the study area
  is.
"""
