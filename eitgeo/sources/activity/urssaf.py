"""URSSAF: private employers and employees, by commune and APE or « grand secteur »."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import Faults, commune_code_fault
from eitgeo.errors import SchemaError
from eitgeo.reference.naf import naf_subclasses
from eitgeo.sources.files.frames import naf_from_ape
from eitgeo.sources.files.loaded import Loaded, dropped_rows, first_reason, where
from eitgeo.sources.files.rows import CsvSource
from eitgeo.sources.sites.sirene_scan import attached, counted_lines, engine
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    import duckdb

YEARS = range(2006, 2100)
"""Years whose pair of columns is looked for: the file starts in 2006."""

MEASURES = {
    "employers": "Nombre d'établissements {}",
    "employees": "Effectifs salariés {}",
}
"""Our name of each figure, and its column in a year."""

AWAY = "hors des communes de l'étude"
NOTHING = "aucun chiffre cette année-là"
HALF = "un chiffre sans l'autre"
NO_NAF = "activité absente de la NAF rév. 2"
_KEY = ["code_insee", "naf"]
_COUNT = r"\d{1,9}"
_TOLD = 40
"""Characters of a cell that a refusal tells."""
_VIEW = "ape"
_PICK = """
SELECT code_insee, ape, sector, {employers} AS employers, {employees} AS employees
FROM ape SEMI JOIN area USING (code_insee) ORDER BY ALL
"""
_LEFT = """
SELECT code_insee, count(*) AS n_rows
FROM ape ANTI JOIN area USING (code_insee) GROUP BY ALL ORDER BY ALL
"""

SECTOR_SOURCE = CsvSource("urssaf_sectors", is_official=True)
VINTAGE = "2025-12-31"
SECTORS = {
    "Industrie": "industry",
    "Construction": "construction",
    "Commerce": "trade",
    "Hôtellerie-restauration": "hospitality",
    "Autres services marchands hors intérim": "market_services",
    "Intérim": "temp_work",
    "Services non marchands": "public_services",
}
"""How URSSAF writes its seven sectors."""


@dataclass(frozen=True)
class _Yearly(CsvSource):
    """The declared columns, and a pair of columns a year."""

    @property
    def optional(self) -> dict[str, str]:
        """Return our name of each yearly column: those of a year may be absent."""
        return {
            title.format(year): f"{name}_{year}"
            for year in YEARS
            for name, title in MEASURES.items()
        }


SOURCE = _Yearly("urssaf_ape", separator=";", is_official=True)


def read_urssaf_ape(
    path: Path, *, communes: pd.DataFrame, year: int | None = None
) -> Loaded:
    """Read the private employers of each commune and activity, and their employees.

    Parameters
    ----------
    path
        National CSV (``;``), or its archive: ``Code commune``, ``Code APE``, ``Grand
        secteur d'activité``, then ``Nombre d'établissements 2006``, ``Effectifs
        salariés 2006`` … a pair of columns a year.
    communes
        ``code_insee`` of those whose rows are kept.
    year
        The year that is read; None: the last one with a figure.

    Returns
    -------
    Loaded
        ``table``: table ``activity_ape``, an ``employers`` and an ``employees`` row a
        commune and sub-class of the NAF rév. 2 (``4399A`` → ``43.99A``).
        ``dropped``: each reason with the count of its rows.

    Notes
    -----
    The file is scanned in bounded memory. Both figures empty: nobody. A cell may be of
    one employer: the producer publishes it so.

    References
    ----------
    Producer: URSSAF, « établissements employeurs et effectif salarié par commune ×
    APE » (open.urssaf.fr). Licence: ODbL 1.0, a table of its own. Vintage: 31 December
    of the year. Private employers outside agriculture, in the NAF rév. 2. CRS: none.
    """
    with engine() as connection:
        codes = sorted(set(communes["code_insee"]))
        connection.register("area", pd.DataFrame({"code_insee": codes}, dtype="str"))
        with attached(connection, path, layout=SOURCE, view=_VIEW):
            chosen = _chosen_year(connection, path, year)
            names = {name: f"{name}_{chosen}" for name in MEASURES}
            rows = connection.execute(_PICK.format(**names)).df()
            left = connection.execute(_LEFT).df()
    rows = rows.fillna("").astype("str").apply(lambda texts: texts.str.strip())
    _require_communes(left, path, n_here=len(rows))
    rows = rows.assign(naf=naf_from_ape(rows["ape"]))
    reasons = _reasons(rows)
    of_area = rows[reasons.eq("")]
    _require_cells(of_area, path, chosen)
    return Loaded(_long(of_area, path, chosen), _dropped(left, reasons, path))


def _chosen_year(
    connection: duckdb.DuckDBPyConnection, path: Path, asked: int | None
) -> int:
    """Return the year asked for, or the last one; refuse one without both figures."""
    employers, employees = (_told_years(connection, name) for name in MEASURES)
    faults = Faults(path.name)
    for year in sorted(employers ^ employees):
        lacking = "employees" if year in employers else "employers"
        met = f"colonne « {MEASURES[lacking].format(year)} » absente ou vide"
        faults.add(met, remedy="reprendre le fichier d'origine")
    years = sorted(employers & employees)
    if not years:
        title = MEASURES["employers"].format("AAAA")
        faults.add(f"aucune colonne « {title} » remplie", remedy="reprendre le fichier")
    elif asked is not None and asked not in years:
        remedy = f"choisir « year » de {years[0]} à {years[-1]}, ou l'ôter"
        faults.add(f"aucun chiffre en {asked}", remedy=remedy)
    faults.raise_if_any(SchemaError)
    return asked or years[-1]


def _told_years(connection: duckdb.DuckDBPyConnection, name: str) -> set[int]:
    """List the years of which one figure at least is told."""
    counts = ", ".join(f"count(nullif(trim({name}_{year}), ''))" for year in YEARS)
    query = f"SELECT {counts} FROM {_VIEW}"  # noqa: S608 - our names and years alone
    figures = connection.execute(query).fetchone() or ()
    return {year for year, n_rows in zip(YEARS, figures, strict=True) if n_rows}


def _require_communes(left: pd.DataFrame, path: Path, *, n_here: int) -> None:
    """Refuse codes that lost their zero, and a file of other communes alone."""
    faults = Faults(path.name)
    codes = left["code_insee"].fillna("").astype("str")
    for code in codes[codes.str.fullmatch(r"\d{4}")]:
        met, remedy = commune_code_fault(code) or ("", "")
        faults.add(met, remedy=remedy)
    if n_here == 0:
        met = "aucune ligne dans les communes de l'étude"
        faults.add(met, remedy="prendre le fichier de leurs départements")
    faults.raise_if_any(SchemaError)


def _reasons(rows: pd.DataFrame) -> pd.Series[str]:
    """Say why a row of the communes is left out."""
    empty = rows[list(MEASURES)] == ""
    return first_reason(
        where(empty.all(axis=1), NOTHING),
        where(empty.any(axis=1), HALF),
        where(~rows["naf"].isin(list(naf_subclasses())), NO_NAF),
    )


def _require_cells(rows: pd.DataFrame, path: Path, year: int) -> None:
    """Refuse counts and sectors that are none, and cells told twice."""
    faults = Faults(path.name)
    for name, title in MEASURES.items():
        for cell in rows[~rows[name].str.fullmatch(_COUNT)].to_dict("records"):
            place = f"{cell['code_insee']}, {_short(cell['ape'])}"
            met = f"« {title.format(year)} » = « {_short(cell[name])} » ({place})"
            faults.add(met, remedy="écrire un nombre entier, sans espace")
    unknown = rows.loc[~_sector_names(rows).isin(list(SECTORS)), "sector"]
    for sector in sorted(unknown.unique()):
        met = f"« Grand secteur d'activité » = « {_short(sector)} » inconnu"
        faults.add(met, remedy=f"par exemple « GS1 {next(iter(SECTORS))} »")
    for code, naf in rows.loc[rows.duplicated(_KEY), _KEY].to_numpy():
        faults.add(f"clé répétée ({code}, {naf})", remedy="garder une seule ligne")
    faults.raise_if_any(SchemaError)


def _short(text: object) -> str:
    """Write a cell on one line that stays one."""
    line = " ".join(str(text).split())
    return line if len(line) <= _TOLD else f"{line[:_TOLD]}…"


def _sector_names(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["sector"].str.replace(r"^GS\d ", "", regex=True)


def _long(rows: pd.DataFrame, path: Path, year: int) -> pd.DataFrame:
    named = rows.assign(sector=_sector_names(rows).map(SECTORS))
    long = named.melt([*_KEY, "sector"], [*MEASURES], var_name="measure")
    told = long.assign(
        measure=long["measure"].astype("str"),
        value=long["value"].astype(float),
        vintage=f"{year}-12-31",
        evidence="O",
        source="URSSAF",
    )
    table: pd.DataFrame = validate(told, table="activity_ape", where=path.name)
    return table


def _dropped(left: pd.DataFrame, reasons: pd.Series[str], path: Path) -> pd.DataFrame:
    counts = Counter(reasons[reasons.ne("")])
    counts[AWAY] = int(left["n_rows"].sum())
    return dropped_rows(
        (path.name, counted_lines(n_rows), "commune × APE", reason)
        for reason, n_rows in sorted(counts.items())
        if n_rows
    )


def read_urssaf_sectors(path: Path) -> pd.DataFrame:
    """Read the private employers of each commune and sector, and their employees.

    Parameters
    ----------
    path
        CSV with ``code_insee``, ``commune``, ``grand_secteur``,
        ``etablissements_employeurs_2025`` and ``salaries_31_12_2025``; a sector
        without an employer has no row.

    Returns
    -------
    pandas.DataFrame
        Table ``activity_urssaf``: the rows of the file, an ``employers`` and an
        ``employees`` each. Which communes the file covers is not told by the file.

    References
    ----------
    Producer: URSSAF (open.urssaf.fr). Licence: ODbL 1.0, a table of its own. Vintage:
    end of 2025, by the names of its columns. Private employers outside agriculture;
    rules of secrecy: none told by the file, which has cells of one employer. CRS:
    none.
    """
    long = SECTOR_SOURCE.accepted(path).melt(
        ["code_insee", "sector"],
        ["employers", "employees"],
        var_name="measure",
        value_name="value",
    )
    rows = long.assign(
        sector=long["sector"].map(SECTORS),
        measure=long["measure"].astype("str"),
        value=long["value"].astype(float),
        vintage=VINTAGE,
        evidence="O",
        source="URSSAF",
    )
    table: pd.DataFrame = validate(rows, table="activity_urssaf", where=path.name)
    return table
