"""Named establishments: anchors that a public source describes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from eitgeo.errors import SchemaError
from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.files.frames import at_seats, tidy_sites
from eitgeo.sources.files.loaded import Loaded, away, dropped_rows, drops
from eitgeo.sources.files.rows import (
    check_order,
)

SOURCE = CsvSource("anchors")
_HEADCOUNTS = ("headcount_low", "headcount_mid", "headcount_high")


def read_anchors(path: Path, *, communes: pd.DataFrame) -> Loaded:
    """Read the named establishments, at the seat of their commune.

    Parameters
    ----------
    path
        CSV with ``site_id``, ``siret``, ``name``, ``naf`` (NAF rév. 2 sub-class or
        empty), ``code_insee``, ``headcount_low``, ``headcount_mid``,
        ``headcount_high`` (empty where unknown), ``position_quality`` (commune),
        ``status``, ``evidence``, ``source``. Legal persons only.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m].

    Returns
    -------
    Loaded
        Table ``sites``, EPSG:2154, ``synthetic`` False. Rows of other communes are
        left out.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, repeated site, malformed or unknown NAF, malformed SIRET or
        commune code, decimal comma, headcounts out of order …

    References
    ----------
    Producer: the author of the study, each row citing a public source. Licence: that of
    the sources (Licence Ouverte 2.0 for the file that ships). Vintage: told row by row.
    CRS: none in the file; at the town hall, EPSG:2154.
    """
    read = SOURCE.read(path)
    rows, faults = read.table, read.faults
    check_order(*(rows[name] for name in _HEADCOUNTS), faults=faults)
    faults.raise_if_any(SchemaError)
    reasons = away(rows, communes)
    sites = rows[reasons == ""]
    placed = at_seats(sites, communes=communes)
    dropped = dropped_rows(drops(path.name, rows["site_id"], reasons))
    return Loaded(tidy_sites(placed, where=path.name), dropped)
