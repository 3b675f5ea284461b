"""Named establishments; establishments by NAF division elsewhere, to compare."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from eitgeo.errors import SchemaError
from eitgeo.sources.files.frames import at_seats, tidy_sites
from eitgeo.sources.files.loaded import Loaded, away, dropped_rows, drops
from eitgeo.sources.files.rows import CsvSource, check_order

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


SECTOR_COUNTS = CsvSource("sector_counts")


def read_sector_counts(path: Path) -> pd.Series[int]:
    """Read how many establishments each NAF division has in a country or a region.

    Parameters
    ----------
    path
        CSV with ``division`` (``01``), ``n_sites`` (establishments of at least the
        headcount that the study compares, ``comparison.min_headcount``) and
        ``source``.

    Returns
    -------
    pandas.Series of int
        ``n_sites`` by ``division`` (index, sorted).

    References
    ----------
    Producer: whoever holds the study; counts of INSEE (SIDE, démographie des
    entreprises) or of SIRENE serve. Licence: that of the counts. Vintage: that of the
    sites of the study. CRS: none.
    """
    return SECTOR_COUNTS.accepted(path).set_index("division")["n_sites"].sort_index()
