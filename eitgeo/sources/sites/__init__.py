"""Establishments: SIRENE, anchors of the study, drawn ones, put together.

Each file rests on those above it:

- ``establishments``: Named establishments; establishments by NAF division elsewhere, to
  compare.
- ``sirene_scan``: SIRENE seen by DuckDB: the rows of some communes, and the count of
  others.
- ``site_merge``: One row an establishment: sources put together, a site that two name
  told once.
- ``synthetic``: Seeded stand-ins for the establishments whose register is not at hand.
- ``counted_draw``: Activities and sizes drawn inside what registers count, known sites
  taken out first.
- ``sirene``: SIRENE: establishments of some communes, from the national files of INSEE.
- ``counted_sites``: Drawn establishments, inside what registers count: those that the
  study shows.
- ``counted_redraw``: The draw inside the counts made again, so that intervals carry it.
"""
