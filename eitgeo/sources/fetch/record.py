"""Digests found, written into the register when the user asks for it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from eitgeo.sources.fetch.register import COLUMNS, read_register
from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from eitgeo.sources.fetch.fetched import Fetched


def record_digests(register: Path, fetched: Mapping[str, Fetched]) -> list[str]:
    """Write digest and day of the files fetched into the rows that lack a digest."""
    found = {
        row.name: fetched[row.path]
        for row in read_register(register)
        if row.path in fetched and not row.sha256 and not row.is_template
        if fetched[row.path].url == row.url
    }
    if not found:
        return []
    with register.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
        columns = list(reader.fieldnames or COLUMNS)
    for row in rows:
        if entry := found.get(row["name"].strip()):
            row |= {"sha256": entry.sha256, "retrieved": entry.retrieved}
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(register, text.getvalue().encode())
    return list(found)
