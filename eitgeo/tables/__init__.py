"""The tidy tables: keys, units, domains, one spec per table of the package.

Geometries are in EPSG:2154 (metres). A table is written as
``data/processed/<table>.parquet``, sorted by its key, columns in the order given.
"""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.tables._columns import (
        DIRECTIONS,
        EVIDENCE_CLASSES,
        INDICATOR_KINDS,
        OD_STATUSES,
        POSITION_QUALITIES,
        STATUSES,
        TableSpec,
    )
    from eitgeo.tables._empty import empty_table
    from eitgeo.tables._files import read_table, write_table
    from eitgeo.tables._private import read_declarations, write_declarations
    from eitgeo.tables._schema import TABLES, validate
    from eitgeo.tables._territory import BODY_KINDS

__all__ = [
    "BODY_KINDS",
    "DIRECTIONS",
    "EVIDENCE_CLASSES",
    "INDICATOR_KINDS",
    "OD_STATUSES",
    "POSITION_QUALITIES",
    "STATUSES",
    "TABLES",
    "TableSpec",
    "empty_table",
    "read_declarations",
    "read_table",
    "validate",
    "write_declarations",
    "write_table",
]

lend(__name__)
