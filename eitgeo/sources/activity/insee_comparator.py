"""INSEE, « comparateur de territoires »: establishments and jobs by commune."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from eitgeo.errors import SchemaError, SourceError
from eitgeo.reference.source_columns import SourceColumn
from eitgeo.sources.files.archives import ARCHIVE_SUFFIXES, extracted
from eitgeo.sources.files.csv import OFFICIAL, cells_of, require_file
from eitgeo.sources.files.loaded import Loaded, dropped_rows, drops, where
from eitgeo.sources.files.rows import CsvSource, DeclaredRows, faulty
from eitgeo.tables.schema import validate

_MEMBER = "base_cc_comparateur.csv"
_DECLARED = "18"
"""Year of the columns as they are declared."""
_CENSUS = re.compile(r"P(\d\d)_EMPLT")
_REGISTER = re.compile(r"ETTOT(\d\d)")
_CITIES = {"75056": r"751\d\d", "69123": r"6938\d", "13055": r"132\d\d"}
"""Communes that newer files tell whole and by arrondissement."""
FIGURES = {
    "establishments": ("all", "establishments"),
    "agriculture": ("agriculture", "establishments"),
    "industry": ("industry", "establishments"),
    "construction": ("construction", "establishments"),
    "trade_services": ("trade_services", "establishments"),
    "public": ("public", "establishments"),
    "establishments_1_9": ("all", "establishments_1_9"),
    "establishments_10_plus": ("all", "establishments_10_plus"),
    "jobs": ("all", "jobs"),
    "employee_jobs": ("all", "employee_jobs"),
}
"""Sector and measure of each column."""


@dataclass(frozen=True)
class _Yearly(CsvSource):
    """The declared columns, named by the years that a file tells.

    Attributes
    ----------
    register, census
        Last two digits of the year of establishments, and of that of jobs.
    """

    register: str = _DECLARED
    census: str = _DECLARED

    @property
    def columns(self) -> tuple[SourceColumn, ...]:
        """Return the declaration, each figure with its year."""
        return tuple(
            replace(one, column=self._dated(one.column)) for one in super().columns
        )

    def _dated(self, column: str) -> str:
        if column.startswith("P"):
            return column.replace(_DECLARED, self.census)
        return column.replace(_DECLARED, self.register)

    def told(self, name: str) -> tuple[str, str, str, str, str]:
        """Return sector, measure, vintage, evidence and source of a column."""
        year = f"20{self.census if 'jobs' in name else self.register}"
        if "jobs" in name:
            dated = (f"{year}-01-01", "S", f"INSEE, recensement {year}")
        else:
            dated = (f"{year}-12-31", "O", f"INSEE, établissements actifs fin {year}")
        return (*FIGURES[name], *dated)


_PART = "arrondissement d'une commune comptée entière"
_TOLD = ["sector", "measure", "vintage", "evidence", "source"]


SOURCE = _Yearly("insee_comparator", separator=";", is_official=True)


def read_insee_comparator(path: Path) -> Loaded:
    """Read the active establishments of each commune, by sector and size, and its jobs.

    Parameters
    ----------
    path
        CSV of the base (``;``), or the producer's ZIP: ``CODGEO``, ``ETTOT18``,
        ``ETAZ18``, ``ETBE18``, ``ETFZ18``, ``ETGU18``, ``ETOQ18``, ``ETTEF118``,
        ``ETTEFP1018``, ``P18_EMPLT`` and ``P18_EMPLT_SAL``, or the same of other
        years: that of establishments is the last of ``ETTOT…``, that of jobs the last
        of ``P…_EMPLT``. Other columns are not read.

    Returns
    -------
    Loaded
        Table ``activity_insee``: ten rows a commune, whatever the communes of the
        study; a commune with an empty cell is left out, and so is an arrondissement of
        a commune that is there.

    References
    ----------
    Producer: INSEE, comparateur de territoires. Licence: Licence Ouverte 2.0. Vintage:
    establishments at the end of a year (a register, O), jobs of a census (a sample's
    estimate, S), each year as its column says it. CRS: none.
    """
    packed = path.suffix.lower() in ARCHIVE_SUFFIXES
    wanted = _is_base if packed else lambda _: True
    with extracted(path, wanted=wanted) as members:
        if len(members) > 1:
            message = f"{path.name} : plusieurs bases → donner une archive à la fois"
            raise SourceError(message)
        (at,) = members.values()
        source = _of_years(at)
        read = source.read(at)
    names = list(FIGURES)
    _note_amounts(read, names, source)
    read.faults.raise_if_any(SchemaError)
    rows = read.table
    absent = where(rows[names].isna().any(axis=1), "chiffre absent")
    reasons = absent.mask(_in_a_city(rows["code_insee"]), _PART)
    told = pd.DataFrame.from_dict(
        {name: source.told(name) for name in names}, orient="index", columns=_TOLD
    )
    long = rows[reasons.eq("")].melt(["code_insee"], names, value_name="value")
    table = long.join(told, on="variable")
    return Loaded(
        validate(table, table="activity_insee", where=path.name),
        dropped_rows(drops(path.name, rows["code_insee"], reasons)),
    )


def _is_base(name: str) -> bool:
    return name.rpartition("/")[2].casefold() == _MEMBER


def _of_years(path: Path) -> _Yearly:
    """Read the years of the columns in the header; those declared where none is."""
    require_file(path)
    lines = cells_of(path, ";", OFFICIAL)[:1]
    header = [name.strip().upper() for _, cells in lines for name in cells]
    found = [
        sorted(met[1] for name in header if (met := one.fullmatch(name)))
        for one in (_REGISTER, _CENSUS)
    ]
    register, census = (years[-1] if years else _DECLARED for years in found)
    return replace(SOURCE, register=register, census=census)


def _in_a_city(codes: pd.Series[str]) -> pd.Series[bool]:
    """Say which codes are parts of a commune that the file tells whole."""
    districts = [part for whole, part in _CITIES.items() if codes.eq(whole).any()]
    return codes.str.fullmatch("|".join(districts) or "-")


def _note_amounts(read: DeclaredRows, names: list[str], source: CsvSource) -> None:
    columns = {one: theirs for theirs, one in source.needed.items()}
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
