"""Establishments: SIRENE, anchors of the study, drawn ones, put together.

Each file rests on those above it:

- ``establishments``: Named establishments: anchors that a public source describes.
- ``sector_counts``: Establishments by NAF division elsewhere, which the study area is
  held against.
- ``sirene_places``: Where the establishments are: INSEE's position, or the seat of the
  commune.
- ``sirene_scan``: Large CSV or Parquet files seen by DuckDB as tables of text, never
  loaded whole.
- ``site_merge``: One row an establishment: sources put together, a site that two name
  told once.
- ``synthetic``: Seeded stand-ins for the establishments whose register is not at hand.
- ``sirene_rows``: The rows of the SIRENE files that concern some communes, and the
  count of others.
- ``sirene_sites``: Establishments of SIRENE in the columns of table ``sites``.
- ``sirene``: SIRENE: establishments of some communes, from the national files of INSEE.
"""
