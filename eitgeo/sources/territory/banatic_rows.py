"""Files of BANATIC: rows of an export (workbook, CSV or TSV), SIREN of communes."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files.csv import csv_stream, encoding_of, require_file
from eitgeo.sources.files.loaded import Loaded, dropped_rows
from eitgeo.sources.files.rows import (
    check_codes,
    check_key,
    check_pattern,
    read_official,
)
from eitgeo.sources.files.workbooks import read_sheet
from eitgeo.sources.territory.cog import read_json

GROUP, NAME, NATURE = "N° SIREN", "Nom du groupement", "Nature juridique"
MEMBER, MEMBER_NAME = "Siren membre", "Nom membre"
CATEGORY, OLD_CATEGORY = "Catégorie des membres du groupement", "Type"
STANDS_FOR, BY_CHOICE = "Représentation-substitution", "Syndicat à la carte"
SEAT = "Commune siège"
NEEDED = (GROUP, NAME, NATURE, MEMBER, MEMBER_NAME)
OPTIONAL = (CATEGORY, OLD_CATEGORY, STANDS_FOR, BY_CHOICE, SEAT)

WASTE = re.compile(r"déchets|^C1510$", re.IGNORECASE)
ECONOMY = re.compile(r"développement économique|zones? d.activités?", re.IGNORECASE)
"""Names of the competence columns: in words since 2024, by code before."""

_COMPETENCES = re.compile(f"{WASTE.pattern}|{ECONOMY.pattern}", re.IGNORECASE)
_WORKBOOK, _OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEPARATORS = ("\t", ";", ",")
_YES = ("1", "OUI", "O", "TRUE", "VRAI")

_CURRENT = "commune-actuelle"


def read_banatic_rows(path: Path) -> pd.DataFrame:
    """Read the members of groupings as text, one row a member."""
    require_file(path)
    with path.open("rb") as handle:
        start = handle.read(4)
    if start == _OLD_WORKBOOK:
        message = (
            f"{path.name} : classeur Excel 97 (.xls binaire) "
            "→ l'enregistrer en « Classeur Excel (.xlsx) »"
        )
        raise SourceError(message)
    if start == _WORKBOOK:
        rows = read_sheet(path, columns=NEEDED, optional=OPTIONAL, extra=_COMPETENCES)
    else:
        rows = _read_text(path)
    _require_sirens(rows, path)
    return rows


def is_yes(values: pd.Series) -> pd.Series:
    """Tell the cells that say yes.

    Examples
    --------
    >>> is_yes(pd.Series(["OUI", "0", ""])).tolist()
    [True, False, False]
    """
    return values.str.upper().isin(_YES)


def _read_text(path: Path) -> pd.DataFrame:
    encoding = encoding_of(path, named="ni UTF-8, ni Windows-1252")
    with path.open(encoding=encoding, newline="") as handle:
        separator = max(_SEPARATORS, key=handle.readline().count)
        handle.seek(0)
        return _kept(_lines(handle, separator, path), path)


def _kept(lines: Iterator[tuple[int, list[str]]], path: Path) -> pd.DataFrame:
    """Keep the columns that are read, a line at a time: the others are a hundred."""
    header = [name.strip() for name in next(lines, (1, []))[1]]
    folded = {name.casefold(): name for name in (*NEEDED, *OPTIONAL)}
    names = [folded.get(name.casefold(), name) for name in header]
    require_columns(pd.DataFrame(columns=names), NEEDED, where=path.name)
    wanted = [*NEEDED, *OPTIONAL]
    wanted += [n for n in dict.fromkeys(names) if _COMPETENCES.search(n)]
    places = [names.index(name) for name in wanted if name in names]
    faults = _repeated(names, path)
    numbers, rows = [], []
    for number, cells in lines:
        if len(cells) != len(names):
            met = f"{len(cells)} cellules pour {len(names)} colonnes"
            remedy = "vérifier les séparateurs et les guillemets"
            faults.add(met, row=number, remedy=remedy)
        else:
            numbers.append(number)
            # The names of groupings and natures come back at each member.
            rows.append([sys.intern(cells[at].strip()) for at in places])
    faults.raise_if_any(SchemaError)
    if not rows:
        message = f"{path.name} : un en-tête sans ligne → télécharger à nouveau"
        raise SourceError(message)
    index = pd.Index(numbers, name="line")
    columns = [names[at] for at in places]
    table = pd.DataFrame(rows, columns=columns, index=index, dtype="str")
    return table.reindex(columns=wanted, fill_value="").astype("str")


def _lines(
    handle: TextIO, separator: str, path: Path
) -> Iterator[tuple[int, list[str]]]:
    # The tabulated exports do not quote: a quotation mark there is part of a name.
    if separator == "\t":
        reader = csv.reader(handle, delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(handle, delimiter=separator, strict=True)
    return (one for one in csv_stream(reader, where=path.name) if any(one[1]))


def _repeated(names: list[str], path: Path) -> Faults:
    faults = Faults(path.name)
    counts = Counter(names)
    for name in (*NEEDED, *OPTIONAL):
        if counts[name] > 1:
            met = f"colonne « {name} » présente {counts[name]} fois"
            faults.add(met, row=1, remedy="n'en garder qu'une")
    return faults


def _require_sirens(rows: pd.DataFrame, path: Path) -> None:
    faults = Faults(path.name)
    for column in (GROUP, MEMBER):
        check_pattern(
            rows, column, pattern=r"[0-9]{9}", example="200067940", faults=faults
        )
    faults.raise_if_any(SchemaError)


def read_siren_codes(path: Path) -> Loaded:
    """Read the INSEE code of each commune by its SIREN.

    Parameters
    ----------
    path
        ``communes.json`` of the découpage administratif of Etalab (``code``,
        ``siren``); or the table « SIREN / INSEE » of BANATIC, ``.xlsx`` or CSV with
        ``;`` (``siren``, ``insee``); or the list of EPCI of the DGCL, where the SIREN
        of the commune is ``siren_membre`` (:func:`read_dgcl_members`).

    Returns
    -------
    Loaded
        ``siren``, ``code_insee``, sorted. ``dropped``: rows of Etalab that are no
        present commune, or have no SIREN.

    Raises
    ------
    SourceError
        File absent, empty or unreadable.
    SchemaError
        Column missing, malformed SIREN or code, SIREN or code repeated.

    References
    ----------
    Etalab, *découpage administratif* (MIT; data of INSEE and DGCL, Licence Ouverte
    2.0), vintage of the package; DGCL, BANATIC, *Table de correspondance code SIREN /
    code INSEE des communes*, Licence Ouverte 2.0, one vintage a year. No coordinates.
    """
    if path.suffix.lower() == ".json":
        rows, dropped = _of_etalab(path)
    elif path.suffix.lower() == ".xlsx":
        rows, dropped = read_sheet(path, columns=["siren", "insee"]), []
    else:
        rows, dropped = _of_csv(path), []
    rows = rows.rename(columns={"insee": "code_insee"})[["siren", "code_insee"]]
    faults = Faults(path.name)
    check_pattern(
        rows, "siren", pattern=r"[0-9]{9}", example="210900015", faults=faults
    )
    check_codes(rows, faults=faults)
    check_key(rows, ["siren"], faults=faults)
    check_key(rows, ["code_insee"], faults=faults)
    faults.raise_if_any(SchemaError)
    table = rows.sort_values("siren", ignore_index=True, kind="stable")
    return Loaded(table=table, dropped=dropped_rows(dropped))


def _of_csv(path: Path) -> pd.DataFrame:
    rows = read_official(path, columns=["siren", "insee"], optional=["siren_membre"])
    of_a_member = rows["siren_membre"]
    # In the list of the DGCL, « siren » is the EPCI's.
    return rows if of_a_member.eq("").all() else rows.assign(siren=of_a_member)


def _of_etalab(path: Path) -> tuple[pd.DataFrame, list[Any]]:
    content = read_json(path)
    faults = Faults(path.name)
    if not all(isinstance(item, dict) for item in content):
        faults.add("des éléments ne sont pas des communes", remedy="reprendre le JSON")
    faults.raise_if_any(SchemaError)
    rows = pd.DataFrame(content)
    rows.index = pd.RangeIndex(1, len(rows) + 1, name="line")
    require_columns(rows, ["code", "siren", "type"], where=path.name)
    is_commune = (rows["type"] == _CURRENT) & rows["siren"].notna()
    gone = rows.loc[~is_commune, "code"].astype("str")
    reason = "n'est pas une commune actuelle, ou n'a pas de SIREN"
    kept = rows[is_commune][["siren", "code"]].astype("str")
    return kept.rename(columns={"code": "insee"}), [
        (path.name, line, code, reason) for line, code in gone.items()
    ]
