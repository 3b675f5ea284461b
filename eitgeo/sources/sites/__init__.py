"""Establishments: SIRENE, anchors of the study, drawn ones, put together.

Each file rests on those above it:

- ``counted_cells``: What counts leave to draw: by commune and sector, known sites are
  taken out first.
- ``establishments``: Named establishments: anchors that a public source describes.
- ``sector_counts``: Establishments by NAF division elsewhere, which the study area is
  held against.
- ``sirene_scan``: Large CSV or Parquet files seen by DuckDB as tables of text, never
  loaded whole.
- ``site_merge``: One row an establishment: sources put together, a site that two name
  told once.
- ``synthetic``: Seeded stand-ins for the establishments whose register is not at hand.
- ``counted_draw``: Activities and sizes drawn inside the counts: once to be shown, many
  times to tell.
- ``sirene_rows``: The rows of the SIRENE files that concern some communes, and the
  count of others.
- ``counted_sites``: Drawn establishments, inside what registers count: those that the
  study shows.
- ``sirene``: SIRENE: establishments of some communes, from the national files of INSEE.
- ``counted_redraw``: The draw inside the counts made again, so that intervals carry it.
"""
