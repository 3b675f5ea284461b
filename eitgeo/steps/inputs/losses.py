"""What is told of inputs: rows left out, doubts in those kept, files that changed.

An analyst edits files, and a file cut between two rows reads like a whole one: the
digest of the register (``data/sources.csv``) is the only witness; it refuses nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from eitgeo.sources.files.csv import csv_dicts
from eitgeo.sources.files.loaded import Audited, Loaded, count_lines
from eitgeo.store import digest, relative_name
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.words import french_number

NAMES_TOLD = 20
"""Up to so many rows of a file are named on the console; beyond, they are counted."""
_VARIABLE = re.compile(r" ?[«(0-9].*", flags=re.DOTALL)
_KEY = ["source", "file", "row", "subject", "reason"]
_log = logging.getLogger(__name__)
type Part = tuple[str, Loaded]
"""Name of a source, as the study writes it, and what its reader gave."""


def write_losses(
    folder: Path, step: str, parts: Sequence[Part]
) -> dict[str, int | float | str]:
    """Write what was dropped and what is doubtful; tell it in short."""
    dropped, remarks = dropped_table(parts), remark_table(parts)
    write_table(folder, dropped, table=f"{step}_dropped")
    write_table(folder, remarks, table=f"{step}_remarks")
    for text in short_account(dropped):
        _log.warning("%s", text)
    return {
        "lignes laissées de côté": int(dropped["n_rows"].sum()),
        "remarques": len(remarks),
    }


def dropped_table(parts: Sequence[Part]) -> pd.DataFrame:
    """Put together what the sources left out."""
    tables = [
        loaded.dropped.assign(
            source=source, n_rows=loaded.dropped["row"].map(count_lines).astype("int64")
        )
        for source, loaded in parts
    ]
    every = pd.concat(tables, ignore_index=True)
    return every.groupby(_KEY)["n_rows"].sum().reset_index()


def remark_table(parts: Sequence[Part]) -> pd.DataFrame:
    """Put together what is doubtful in the rows kept."""
    tables = [
        loaded.notes.assign(source=source)
        for source, loaded in parts
        if isinstance(loaded, Audited)
    ]
    names = ["source", "file", "row", "subject", "kind", "detail"]
    none = pd.DataFrame(columns=names, dtype="str")
    every = pd.concat([none, *tables], ignore_index=True)
    return every.reindex(columns=names).drop_duplicates()


def short_account(dropped: pd.DataFrame) -> list[str]:
    """Sum up, file by file, how many rows are left out for which reason.

    Examples
    --------
    >>> rows = pd.DataFrame({"file": ["a.csv"] * 2, "subject": ["x", "y"],
    ...     "reason": ["hors des communes (« 1 »)", "hors des communes (« 2 »)"],
    ...     "n_rows": [1, 1]})
    >>> short_account(rows)
    ['a.csv : laissés de côté : hors des communes 2 (x, y)']
    """
    shortened = dropped.assign(reason=dropped["reason"].map(reason_alone))
    return [
        f"{file} : laissés de côté : "
        + " ; ".join(
            _counted(str(reason), group)
            for reason, group in rows.groupby("reason", sort=True)
        )
        for file, rows in shortened.groupby("file", sort=True)
    ]


def reason_alone(reason: str) -> str:
    """Return a reason without the name or the number that it is about.

    Examples
    --------
    >>> reason_alone("hors des communes (« 31581 »)")
    'hors des communes'
    """
    return _VARIABLE.sub(_ellipsis, reason, count=1)


def _ellipsis(found: re.Match[str]) -> str:
    # « fusionné avec « a » » needs its end; « hors des communes (« 1 ») » does not.
    return "" if "(" in found[0][:2] else " …"


def _counted(reason: str, group: pd.DataFrame) -> str:
    n_rows = int(group["n_rows"].sum())
    names = f" ({', '.join(group['subject'])})" if n_rows <= NAMES_TOLD else ""
    return f"{reason} {french_number(n_rows)}{names}"


def tell_changed_files(project: Project, files: Iterable[Path]) -> None:
    """Warn of the files whose digest is not that of the register."""
    known = listed_digests(project.base / "data" / "sources.csv")
    for path in files:
        name = relative_name(path, project.base)
        if known.get(name, "") not in {"", digest(path)}:
            _log.warning("%s : le fichier a changé depuis l'inventaire", name)


def listed_digests(register: Path) -> dict[str, str]:
    """Read the digests of a register."""
    if not register.is_file():
        return {}
    rows = csv_dicts(register, errors="replace")
    return {row["name"]: row.get("sha256") or "" for row in rows if row.get("name")}
