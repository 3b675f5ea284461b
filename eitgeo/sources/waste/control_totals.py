"""Published totals of waste, which estimates are brought to."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError, StudyError
from eitgeo.reference.divisions import expand_divisions
from eitgeo.sources.files.rows import (
    CsvSource,
    faulty,
)

SOURCE = CsvSource("control_totals")
_MOST_T = 1e9


def read_control_totals(path: Path) -> pd.DataFrame:
    """Read the totals that the estimates of a study are scaled to.

    Parameters
    ----------
    path
        CSV with ``departement`` (``31``; empty: all), ``sector`` (divisions of NAF
        rév. 2, ``10-12`` or ``16``; empty: all), ``stream`` (``NDNI``, ``INERT``),
        ``year``, ``total_t`` [t/year], ``covered_share`` (0–1: the share of that total
        which the sites of the study make; 1 where they are all there is) and
        ``source``.

    Returns
    -------
    pandas.DataFrame
        These columns, ``total_t`` and ``covered_share`` as numbers.

    References
    ----------
    Producer: whoever holds the study; observatories of waste (ORDEC), INSEE or SDES
    serve. Licence: that of the totals. Vintage: told by ``year``. CRS: none.
    """
    read = SOURCE.read(path)
    rows, faults = read.table, read.faults
    _note_sectors(rows, faults)
    _note_amounts(read.text, rows["total_t"], rows["covered_share"], faults)
    years = sorted(set(rows["year"]))
    if len(years) > 1:
        met = f"totaux de plusieurs années : {', '.join(years)}"
        faults.add(met, remedy="garder ceux d'une seule année")
    faults.raise_if_any(SchemaError)
    return rows.reset_index(drop=True)


def _note_sectors(rows: pd.DataFrame, faults: Faults) -> None:
    well_formed = rows["sector"].str.fullmatch(r"\d{2}(-\d{2})?")
    for line, text in faulty(rows["sector"], well_formed):
        try:
            expand_divisions([text])
        except StudyError as error:
            faults.add(str(error).splitlines()[-1].strip(" -"), row=line)


def _note_amounts(
    rows: pd.DataFrame, total: pd.Series, share: pd.Series, faults: Faults
) -> None:
    for line, text in faulty(rows["total_t"], total.isna() & (rows["total_t"] == "")):
        faults.add(f"« total_t » = « {text} »", row=line, remedy="donner le total")
    for line, text in faulty(rows["total_t"], total <= 0):
        faults.add(f"« total_t » = « {text} »", row=line, remedy="tonnage positif")
    for line, text in faulty(rows["total_t"], total > _MOST_T):
        remedy = "des kilogrammes pris pour des tonnes ? diviser par 1\u202f000"
        faults.add(f"« total_t » = « {text} »", row=line, remedy=remedy)
    for line, text in faulty(rows["covered_share"], ~((share > 0) & (share <= 1))):
        remedy = "part du total que font les établissements de l'étude, de 0 à 1"
        faults.add(f"« covered_share » = « {text} »", row=line, remedy=remedy)
