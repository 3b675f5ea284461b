"""All EPCI of France: where they are, and which départements are near."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import SchemaError
from eitgeo.reference.real import epci_path
from eitgeo.sources.files.declared import CsvSource

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

SOURCE = CsvSource("epci_list")


def read_epci_list(path: Path | None = None) -> pd.DataFrame:
    """Read the list of the EPCI.

    Parameters
    ----------
    path
        CSV, UTF-8, comma; None: the list of the package.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``siren``: ``name``, ``nature``, ``departements`` (codes, spaces
        between), ``population``, ``n_communes``, ``seat`` (its most populated
        commune), ``west``, ``south``, ``east``, ``north`` [degrees], ``near``
        (``09:0 11:23``: départements within 60 km, with the kilometres, rounded
        down). Overseas, no box and nothing near.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, malformed SIREN, code or number.

    References
    ----------
    Etalab, *découpage administratif* (npm, 6.0.0, MIT; data of INSEE and DGCL, Licence
    Ouverte 2.0), members of 2025; boxes and distances: polygons of ADMIN EXPRESS (IGN,
    Licence Ouverte 2.0), to 200 m. CRS: EPSG:4326. Written by
    ``scripts/build_epci_table.py``.
    """
    read = SOURCE.read(path or epci_path())
    read.faults.raise_if_any(SchemaError)
    return read.table.set_index("siren")
