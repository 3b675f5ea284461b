"""Activity counted by registers, commune by commune.

Each file rests on those above it:

- ``insee_comparator``: INSEE, « comparateur de territoires »: establishments and jobs
  by commune.
- ``urssaf_sectors``: URSSAF: private employers and their employees, by commune and «
  grand secteur ».
- ``urssaf_ape``: URSSAF: private employers and their employees, by commune and APE,
  year by year.
"""
