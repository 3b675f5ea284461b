"""The tidy tables: keys, units, domains, one spec per table of the package.

Geometries are in EPSG:2154 (metres). A table is written as
``data/processed/<table>.parquet``, sorted by its key, columns in the order given.

Each file rests on those above it:

- ``columns``: What the tables hold, read from the files of this folder: each column
  said once.
- ``schema``: Validation: a table in canonical form, or all its faults at once.
- ``files``: Tables on disk: validated, then written whole through the store.
- ``public``: The public folder: released tables on disk, and all that outputs may read.
"""
