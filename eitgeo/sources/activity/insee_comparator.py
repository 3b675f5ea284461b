"""INSEE, « comparateur de territoires »: establishments and jobs by commune."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.errors import SchemaError
from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.files.loaded import Loaded, dropped_rows, drops, where
from eitgeo.sources.files.rows import faulty
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from pathlib import Path

    from eitgeo.sources.files.declared import DeclaredRows

SOURCE = CsvSource("insee_comparator", separator=";", is_official=True)
_REGISTER = ("2018-12-31", "O", "INSEE, établissements actifs fin 2018")
_CENSUS = ("2018-01-01", "S", "INSEE, recensement 2018")
FIGURES = {
    "establishments": ("all", "establishments", *_REGISTER),
    "agriculture": ("agriculture", "establishments", *_REGISTER),
    "industry": ("industry", "establishments", *_REGISTER),
    "construction": ("construction", "establishments", *_REGISTER),
    "trade_services": ("trade_services", "establishments", *_REGISTER),
    "public": ("public", "establishments", *_REGISTER),
    "establishments_1_9": ("all", "establishments_1_9", *_REGISTER),
    "establishments_10_plus": ("all", "establishments_10_plus", *_REGISTER),
    "jobs": ("all", "jobs", *_CENSUS),
    "employee_jobs": ("all", "employee_jobs", *_CENSUS),
}
"""Sector, measure, vintage, evidence and source of each column."""

_TOLD = ["sector", "measure", "vintage", "evidence", "source"]


def read_insee_comparator(path: Path) -> Loaded:
    """Read the active establishments of each commune, by sector and size, and its jobs.

    Parameters
    ----------
    path
        CSV of the base of 2018 (``;``): ``CODGEO``, ``ETTOT18``, ``ETAZ18``,
        ``ETBE18``, ``ETFZ18``, ``ETGU18``, ``ETOQ18``, ``ETTEF118``, ``ETTEFP1018``,
        ``P18_EMPLT`` and ``P18_EMPLT_SAL``; other columns are not read.

    Returns
    -------
    Loaded
        Table ``activity_insee``: ten rows a commune, whatever the communes of the
        study; a commune with an empty cell is left out.

    Raises
    ------
    SourceError
        File absent, empty or in another encoding.
    SchemaError
        Missing column, malformed code, commune told twice, figure that is negative,
        establishments that are no whole number or that their sectors do not sum to.

    References
    ----------
    Producer: INSEE, comparateur de territoires. Licence: Licence Ouverte 2.0. Vintage:
    establishments at the end of 2018 (a register, O), jobs of the census of 2018 (a
    sample's estimate, S). CRS: none.
    """
    read = SOURCE.read(path)
    names = list(FIGURES)
    _note_amounts(read, names)
    read.faults.raise_if_any(SchemaError)
    rows = read.table
    absent = where(rows[names].isna().any(axis=1), "chiffre absent")
    told = pd.DataFrame.from_dict(FIGURES, orient="index", columns=_TOLD)
    long = rows[absent.eq("")].melt(["code_insee"], names, value_name="value")
    table = long.join(told, on="variable")
    return Loaded(
        validate(table, table="activity_insee", where=path.name),
        dropped_rows(drops(path.name, rows["code_insee"], absent)),
    )


def _note_amounts(read: DeclaredRows, names: list[str]) -> None:
    columns = {one: theirs for theirs, one in SOURCE.needed.items()}
    for name in names:
        values = read.table[name]
        wrong = values < 0
        if FIGURES[name][1].startswith("establishments"):
            wrong |= values.notna() & (values % 1 != 0)
        for line, text in faulty(read.text[columns[name]], wrong):
            met = f"« {columns[name]} » = « {text} »"
            remedy = "un nombre d'emplois, ou entier d'établissements, positif ou nul"
            read.faults.add(met, row=line, remedy=remedy)
    sectors = read.table[names[1:6]].sum(axis=1, skipna=False)
    for line, text in faulty(
        read.text[columns["establishments"]],
        (sectors - read.table["establishments"]).abs() > 0,
    ):
        met = f"« {columns['establishments']} » = « {text} », autre que ses secteurs"
        remedy = "reprendre la ligne du fichier d'origine"
        read.faults.add(met, row=line, remedy=remedy)
