"""What stands in ``private/`` beside the answers: held, edited by hand, given back."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from eitgeo.errors import SourceError
from eitgeo.reference.survey import FORM_FORMAT, survey_fields
from eitgeo.sources.survey.raw import HEAD_FIELDS, ReportLine
from eitgeo.store import digest, private_folder, write_private_bytes

_MADE = ".faits.json"
"""In the private folder: name → SHA-256 of each document as it was written."""
_FORMULA_START = tuple("=+-@\t\r")
_LONG_NUMBER = re.compile(r"\d{9,14}")


@contextmanager
def alone(folder: Path, *, root: Path) -> Iterator[None]:
    """Hold the private folder, so that two imports do not undo each other."""
    try:
        # Personal data: nobody else of this machine looks in (POSIX; else ignored).
        private_folder(folder, root=root)
        with FileLock(folder / ".verrou", timeout=0, mode=0o600):
            yield
    except Timeout as error:
        message = f"{folder.name} : un autre import y est en cours → attendre sa fin"
        raise SourceError(message) from error
    except OSError as error:
        if isinstance(error, SourceError):
            raise
        message = f"{folder.name} : dossier impossible à écrire → vérifier vos droits"
        raise SourceError(message) from error


def hand_over(path: Path, content: bytes, *, root: Path) -> list[str]:
    """Write a document that its reader edits, beside the one that was edited."""
    record = path.with_name(_MADE)
    try:
        made = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        made = {}
    made = made if isinstance(made, dict) else {}
    if path.is_file() and made.get(path.name, "") not in {"", digest(path)}:
        beside = path.with_name(f"{path.stem}.nouveau{path.suffix}")
        write_private_bytes(beside, content, root=root)
        sentence = f"{path.name} a été modifié à la main : il reste, le nouveau est"
        return [
            f"{sentence} {beside.name} (ce qui doit en être effacé l'est à la main)."
        ]
    write_private_bytes(path, content, root=root)
    made[path.name] = hashlib.sha256(content).hexdigest()
    text = json.dumps(made, indent=1, sort_keys=True)
    write_private_bytes(record, f"{text}\n".encode(), root=root)
    return []


def shielded(text: str) -> str:
    """Keep a spreadsheet from running a text.

    Examples
    --------
    >>> shielded("=1+1"), shielded("bois")
    ("'=1+1", 'bois')
    """
    return f"'{text}" if text.startswith(_FORMULA_START) else text


def _table(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as Excel opens them, none of their texts run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([shielded(text) for text in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def report_csv(report: Iterable[ReportLine]) -> bytes:
    """Write the account of an import as a table."""
    heads = ("résultat", "fichier", "place", "champ", "constat", "remède", "valeur")
    lines = (
        (line.level, line.file, line.row, line.field, line.met, line.remedy, line.value)
        for line in report
    )
    return _table([heads, *lines])


def extract_name(siret: str) -> str:
    """Name the extract of a firm."""
    return f"extrait_{siret}.csv"


def extract_csv(rows: pd.DataFrame, *, study: str) -> bytes:
    """Write what is kept of a firm, as `eitgeo survey import` reads it."""
    names = list(survey_fields().index)
    lines = [[*HEAD_FIELDS, *names]]
    for row in rows.to_dict("records"):
        date = row["declared_on"] or row["form_date"]
        lines.append([FORM_FORMAT, study, date, *(_cell(row[name]) for name in names)])
    return _table(lines)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "oui" if value else "non"
    # Every digit, never an exponent: the form reads neither 3e6 nor NaN.
    number = float(value)
    if math.isnan(number):
        return ""
    return f"{Decimal(repr(number)):f}".removesuffix(".0").replace(".", ",")


def file_label(name: str) -> str:
    """Name a file on a console, without the number of a firm.

    Examples
    --------
    >>> file_label("inscription_73282932000074_2026-11-25.json")
    'inscription_73…74_2026-11-25.json'
    """
    plain = "".join(one if one.isprintable() else "?" for one in name)
    return _LONG_NUMBER.sub(lambda found: f"{found[0][:2]}…{found[0][-2:]}", plain)
