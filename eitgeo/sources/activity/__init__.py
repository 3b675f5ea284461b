"""Activity counted by registers, commune by commune.

Each file rests on those above it:

- ``cells``: Counts by commune and activity in the place of establishments: what cells
  tell.
- ``insee_comparator``: INSEE, « comparateur de territoires »: establishments and jobs
  by commune.
- ``urssaf_sectors``: URSSAF: private employers and their employees, by commune and «
  grand secteur ».
- ``urssaf_ape``: URSSAF: private employers and their employees, by commune and APE,
  year by year.
"""
