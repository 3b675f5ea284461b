"""Postcodes of communes: by them a reader finds his own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import SchemaError
from eitgeo.sources.files.declared import CsvSource
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

SOURCE = CsvSource("postcodes")


def read_postcodes(path: Path) -> pd.DataFrame:
    """Read which postcodes serve each commune.

    Parameters
    ----------
    path
        CSV with ``code_insee`` and ``postcode``, a row a pair: a commune may have
        several postcodes, a postcode serve several communes.

    Returns
    -------
    pandas.DataFrame
        Table ``postcodes``.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, malformed code, repeated pair.

    References
    ----------
    Producer: Etalab, découpage administratif (La Poste, INSEE). Licence: Licence
    Ouverte 2.0. Vintage: that of the file. CRS: none.
    """
    read = SOURCE.read(path)
    read.faults.raise_if_any(SchemaError)
    return validate(read.table, table="postcodes", where=path.name)
