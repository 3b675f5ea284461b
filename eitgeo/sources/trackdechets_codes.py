"""Nomenclatures of waste that Trackdéchets publishes: codes, operations, headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources._loaded import Loaded, dropped_rows
from eitgeo.sources._official import drops, read_official, repeats
from eitgeo.sources._rows import check_pattern, faulty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

_CODE_NEEDED = {"code": "waste_code", "description": "label"}
_OPERATION_NEEDED = {"code": "operation", "description": "label"}
_HEADING_NEEDED = {"code_operation": "operation", "rubrique": "heading"}

_WASTE_CODE = r"[0-9]{2} [0-9]{2} [0-9]{2}\*?"
_OPERATION = r"[DR][0-9]{1,2}F?"
_ICPE_HEADING = r"2[0-9]{3}(-[0-9]+)?"
_ENDS = {"D": "elimination", "R": "valorisation"}


def read_waste_codes(path: Path) -> Loaded:
    """Read the codes of the European List of Waste, with their French labels.

    Parameters
    ----------
    path
        ``stg_codes_dechets.csv``: ``,``, UTF-8, columns ``code`` (``01 03 04*``, the
        star says hazardous) and ``description``.

    Returns
    -------
    Loaded
        Sorted by ``waste_code``: ``label`` and ``is_hazardous``. Rows that repeat a
        code are left out.

    Raises
    ------
    SourceError
        File absent, empty, without a row, or in an encoding that is not read.
    SchemaError
        Another separator, column missing, malformed code, label absent.

    Notes
    -----
    Serves to check the codes of a survey and of declarations; the categories of the
    package (``low_ewc``) are held against it by the tests.

    References
    ----------
    Producer: ministère chargé de l'environnement, Trackdéchets, after Decision
    2000/532/EC and article R. 541-8 of the code de l'environnement. Licence: Licence
    Ouverte 2.0. Vintage: not told by the file; the List in force since 1 June 2015.
    CRS: none, no geometry.
    """
    rows = _rows(path, _CODE_NEEDED, {"waste_code": (_WASTE_CODE, "01 03 04*")})
    rows["is_hazardous"] = rows["waste_code"].str.endswith("*")
    return _loaded(path, rows, key=["waste_code"])


def read_waste_operations(path: Path) -> Loaded:
    """Read the disposal (D) and recovery (R) operations, with their French labels.

    Parameters
    ----------
    path
        ``codes_operations_traitements.csv``: ``,``, UTF-8, columns ``code`` (``D 9``,
        ``D 9 F``, ``R 13``, blanks or not) and ``description``.

    Returns
    -------
    Loaded
        Sorted by ``operation`` (without blank): ``label``, ``purpose``
        (``elimination`` or ``valorisation``). Repeated rows are left out.

    Raises
    ------
    SourceError
        File absent, empty, without a row, or in an encoding that is not read.
    SchemaError
        Another separator, column missing, malformed code, label absent.

    References
    ----------
    Producer: ministère chargé de l'environnement, Trackdéchets, after annexes I and
    II of Directive 2008/98/EC. Licence: Licence Ouverte 2.0. Vintage: not told by the
    file. CRS: none, no geometry.
    """
    rows = _rows(path, _OPERATION_NEEDED, {"operation": (_OPERATION, "R 13")})
    rows["purpose"] = rows["operation"].str[0].map(_ENDS)
    return _loaded(path, rows, key=["operation"])


def read_operation_headings(path: Path) -> Loaded:
    """Read which ICPE headings may do which operation.

    Parameters
    ----------
    path
        ``stg_referentiel_codes_operation_rubriques.csv``: ``,``, columns
        ``code_operation`` (``D5``) and ``rubrique`` (``2760-1``).

    Returns
    -------
    Loaded
        Sorted by ``operation`` and ``heading``, one row a pair. Repeated rows are
        left out.

    Raises
    ------
    SourceError
        File absent, empty, without a row, or in an encoding that is not read.
    SchemaError
        Another separator, column missing, malformed operation or heading.

    References
    ----------
    Producer: ministère chargé de l'environnement, Trackdéchets, after the
    nomenclature of installations classées (annexe to article R. 511-9 of the code de
    l'environnement). Licence: Licence Ouverte 2.0. Vintage: not told by the file.
    CRS: none, no geometry.
    """
    patterns = {
        "operation": (_OPERATION, "R13"),
        "heading": (_ICPE_HEADING, "2760-1"),
    }
    rows = _rows(path, _HEADING_NEEDED, patterns)
    return _loaded(path, rows, key=["operation", "heading"])


def _rows(
    path: Path,
    columns: Mapping[str, str],
    patterns: Mapping[str, tuple[str, str]],
) -> pd.DataFrame:
    rows = read_official(path, columns=columns, separator=",").rename(columns=columns)
    if "operation" in rows.columns:
        rows["operation"] = rows["operation"].str.replace(r"\s", "", regex=True)
    faults = Faults(path.name)
    for name, (pattern, example) in patterns.items():
        check_pattern(rows, name, pattern=pattern, example=example, faults=faults)
    if "label" in rows.columns:
        # Some labels come with their accents apart from their letters.
        rows["label"] = rows["label"].str.normalize("NFC").astype("str")
        for line, _ in faulty(rows["label"], rows["label"] == ""):
            faults.add("libellé absent", row=line, remedy="compléter le libellé")
    faults.raise_if_any(SchemaError)
    return rows


def _loaded(path: Path, rows: pd.DataFrame, *, key: Sequence[str]) -> Loaded:
    reasons = repeats(rows, key)
    subjects = rows[key[0]]
    kept = rows[reasons == ""].sort_values(list(key), ignore_index=True)
    return Loaded(kept, dropped_rows(drops(path.name, subjects, reasons)))
