"""The account of what was fetched, beside the register; digests put into it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources.fetch.register import COLUMNS, read_register
from eitgeo.sources.files.rows import read_rows
from eitgeo.store import write_bytes

FETCHED_NAME = "fetched.csv"


@dataclass(frozen=True)
class Fetched:
    """Where a file came from, and what it was when it came.

    Attributes
    ----------
    path
        Target, from the folder of the study.
    name, version, licence, url
        As in the register on that day.
    final_url
        The address that gave the bytes, after redirections, without its query (some
        producers sign theirs).
    retrieved
        Day of the download, ``AAAA-MM-JJ``.
    last_modified
        As the server says it; empty: it does not.
    size_bytes
        Size [bytes].
    sha256
        Digest found.
    """

    path: str
    name: str
    version: str
    licence: str
    url: str
    final_url: str
    retrieved: str
    last_modified: str
    size_bytes: int
    sha256: str


_COLUMNS = tuple(field.name for field in fields(Fetched))
_TEXTS = tuple(name for name in _COLUMNS if name != "size_bytes")


def read_fetched(path: Path) -> dict[str, Fetched]:
    """Read the account of the files fetched.

    Parameters
    ----------
    path
        ``fetched.csv``; it may be absent.

    Returns
    -------
    dict of str to Fetched
        By target; empty when nothing was fetched yet.

    Raises
    ------
    SourceError
        File empty or not in UTF-8.
    SchemaError
        Column missing, size that is no number.
    """
    if not path.exists():
        return {}
    table = read_rows(path, columns=_COLUMNS)
    faults = Faults(path.name)
    for line, size in table["size_bytes"].items():
        if not str(size).isdecimal():
            remedy = f"supprimer {path.name} : il sera refait"
            faults.add(f"taille « {size} » illisible", row=str(line), remedy=remedy)
    faults.raise_if_any(SchemaError)
    return {
        row["path"]: Fetched(
            size_bytes=int(row["size_bytes"]), **{name: row[name] for name in _TEXTS}
        )
        for row in table.to_dict("records")
    }


def write_fetched(path: Path, rows: Iterable[Fetched]) -> None:
    """Write the account, sorted by target."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in sorted(rows, key=lambda row: row.path))
    write_bytes(path, text.getvalue().encode())


def record_digests(register: Path, fetched: Mapping[str, Fetched]) -> list[str]:
    """Write digest and day of the files fetched into the rows that lack a digest."""
    entries = {
        row.name: fetched[row.path]
        for row in read_register(register)
        if row.path in fetched and not row.sha256 and not row.is_template
        if fetched[row.path].url == row.url
    }
    if not entries:
        return []
    with register.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
        columns = list(reader.fieldnames or COLUMNS)
    for row in rows:
        if entry := entries.get(row["name"].strip()):
            row |= {"sha256": entry.sha256, "retrieved": entry.retrieved}
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(register, text.getvalue().encode())
    return list(entries)
