"""The tidy tables: keys, units, domains, one spec per table of the package.

Geometries are in EPSG:2154 (metres). A table is written as
``data/processed/<table>.parquet``, sorted by its key, columns in the order given.

Each file rests on those above it:

- ``columns``: Column kinds: what a column may hold, said once.
- ``judge``: Columns that are right at a glance; pandera judges the others, and them
  alone.
- ``faults``: What pandera found, in French, once a cell.
- ``schemas``: The tables of a study, column by column, one file a subject.
- ``schema``: Validation: a table in canonical form, or all its faults at once.
- ``empty``: A table without a row: what a step writes where there is nothing to say.
- ``files``: Tables on disk: validated, then written whole through the store.
- ``private``: The private table of answers: beside what is processed, never among it.
"""
