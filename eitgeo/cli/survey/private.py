"""What stands in ``private/`` beside the answers: held, edited by hand, given back."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from eitgeo.reference.survey import FORM_FORMAT, survey_fields
from eitgeo.sources.survey.raw import HEAD_FIELDS, ReportLine
from eitgeo.steps.engine.contract import STATE_FOLDER
from eitgeo.steps.engine.keeper import edited_files, handing_over, is_ours, take_away
from eitgeo.steps.engine.leavings import edited_text
from eitgeo.steps.engine.ledger import ANYWHERE, Ledger, read_ledger
from eitgeo.steps.engine.lock import one_run
from eitgeo.store import PARTIAL_PREFIX, private_folder, write_private_bytes

_FORMULA_START = tuple("=+-@\t\r")
_LONG_NUMBER = re.compile(r"\d{9,14}")


@contextmanager
def alone(folder: Path, *, root: Path) -> Iterator[Ledger]:
    """Hold a private folder; give the records of the documents that are written there.

    What a command that was cut left half written goes.
    """
    private_folder(folder, root=root)
    state = private_folder(folder / STATE_FOLDER, root=root)
    with one_run(state):
        for partial in folder.glob(f"{PARTIAL_PREFIX}*"):
            partial.unlink()
        yield read_ledger(folder, state, folders=ANYWHERE)


def hand_over(
    ledger: Ledger, documents: Mapping[Path, bytes], *, root: Path
) -> list[str]:
    """Write documents that their reader edits; say which stay as he left them."""
    with handing_over(ledger):
        for path, content in documents.items():
            write_private_bytes(path, content, root=root)
    return [edited_text(one) for one in edited_files(ledger, documents)]


def erase(ledger: Ledger, paths: Iterable[Path]) -> None:
    """Remove documents, and the versions beside them, that nobody edited."""
    for path in paths:
        take_away(ledger, path)
    ledger.save()


def edited_versions(ledger: Ledger, paths: Iterable[Path]) -> list[Path]:
    """List the files that bear the name of a document and are the user's."""
    alike = {
        one for path in paths for one in path.parent.glob(f"{path.stem}*{path.suffix}")
    }
    return sorted(one for one in alike if not is_ours(ledger, one))


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
