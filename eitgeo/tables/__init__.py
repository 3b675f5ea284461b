"""The tidy tables: keys, units, domains, one spec per table of the package.

Geometries are in EPSG:2154 (metres). A table is written as
``data/processed/<table>.parquet``, sorted by its key, columns in the order given.
"""
