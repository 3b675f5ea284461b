"""Tables of the dossier: what a part declares of one, and rows of a released table.

A part declares of a table, under its name: ``…_caption``, ``…_heads``, ``…_widths``,
``…_note`` and, of one that lays a table out column by column, ``…_cells``: the name of
a column that holds texts, or ``{ cell, column, decimals, unit, evidence, bounds }``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from eitgeo.dossier.desk import number, told
from eitgeo.dossier.model import Paragraph, Row, Runs, Table, Value
from eitgeo.dossier.prose import Prose, read_prose


def table(
    prose: Prose,
    key: str,
    rows: Iterable[Row],
    *,
    caption: Runs | None = None,
    heads: tuple[Runs, ...] | None = None,
    widths: tuple[float, ...] | None = None,
    note: Runs | None = None,
    **values: Value | Runs,
) -> Table | Paragraph:
    """Make a table that a part declares, or the sentence that says it would be empty.

    `values` fill its caption; what is given takes the place of what is declared. The
    last width is that of all columns after it.
    """
    stem = stem_of(key)
    listed = tuple(rows)
    caption = prose.runs(f"{stem}caption", **values) if caption is None else caption
    if not listed:
        return read_prose("front").say("no_row", style="note", what=caption)
    if note is None:
        note = prose.runs(f"{stem}note") if prose.has(f"{stem}note") else ()
    heads = prose.heads(f"{stem}heads") if heads is None else heads
    if widths is None:
        known = prose.item(f"{stem}widths")
        widths = (*known, *known[-1:] * (len(heads) - len(known)))
    return Table(caption, heads, listed, widths, note)


def stem_of(key: str) -> str:
    """Return what begins the keys of a table: those of a whole part have no name."""
    return f"{key}_" if key and not key.endswith(".") else key


def lines(
    prose: Prose,
    key: str,
    rows: pd.DataFrame,
    *,
    source: str,
    keys: Iterable[object],
    **made: Sequence[str | Value | Runs],
) -> Iterator[Row]:
    """Lay rows out by the cells that a part declares; `keys` name those of `source`.

    `made`: columns that the table does not hold, a text, value or runs a row.
    """
    cells = [
        {"cell": one} if isinstance(one, str) else one
        for one in prose.item(f"{stem_of(key)}cells")
    ]
    records = zip(keys, rows.to_dict("records"), strict=True)
    for rank, (row, held) in enumerate(records):
        record: dict[Any, Any] = dict(held)
        record.update({name: column[rank] for name, column in made.items()})
        yield tuple(_runs(record, cell, source, str(row)) for cell in cells)


def _runs(
    record: Mapping[Any, Any], cell: Mapping[str, Any], source: str, row: str
) -> Runs:
    held = record[cell["cell"]]
    if isinstance(held, tuple):
        return held
    if isinstance(held, Value):
        return (held,)
    column = cell.get("column", cell["cell"])
    evidence = str(record[cell["evidence"]]) if "evidence" in cell else ""
    if "decimals" not in cell:
        return (told(str(held), source, row, column, evidence=evidence),)
    ends = [float(record[name]) for name in cell.get("bounds", ())]
    return (
        number(
            float(held),
            (source, row, column),
            evidence=evidence or "O",
            unit=cell.get("unit", "nombre"),
            decimals=cell["decimals"],
            bounds=(ends[0], ends[1]) if ends else None,
        ),
    )
