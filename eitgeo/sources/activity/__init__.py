"""Activity counted by registers, commune by commune.

Each file rests on those above it:

- ``cells``: Counts by commune and activity in the place of establishments: what cells
  tell.
- ``insee_comparator``: INSEE, « comparateur de territoires »: establishments and jobs
  by commune.
- ``urssaf``: URSSAF: private employers and employees, by commune and APE or « grand
  secteur ».
"""
