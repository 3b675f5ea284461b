"""The workbook of what registers count, commune by commune: one sheet a producer."""

from __future__ import annotations

import pandas as pd

from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.workbooks.workbook import Book, Column, note_of, sourced, write_read_me
from eitgeo.reference.labels import labels_of
from eitgeo.tables.columns import (
    INSEE_MEASURES,
    INSEE_SECTORS,
    URSSAF_MEASURES,
    URSSAF_SECTORS,
)
from eitgeo.tables.public import Released

_KEY = ["sector", "measure"]


def counts_xlsx(
    urssaf: Released,
    insee: Released,
    *,
    communes: Released,
    when: dict[str, str],
    sheet: Sheet,
) -> bytes:
    """Lay out each source in a sheet of its own; `when`: words of each vintage."""
    book = Book(sheet)
    write_read_me(book, "counts")
    ground = communes.table
    named = ground[ground["in_area"]].set_index("code_insee")["nom"]
    employers = _wide(urssaf.table, named)
    if len(employers):
        pairs = [(one, two) for two in URSSAF_MEASURES for one in URSSAF_SECTORS]
        days = {when[day] for day in set(urssaf.table["vintage"])}
        note = note_of("URSSAF", when=", ".join(sorted(days)))
        _write(
            book,
            "URSSAF (ODbL)",
            "activity_urssaf",
            employers,
            pairs=pairs,
            named=named,
            note=note,
        )
    firms = _wide(insee.table, named)
    if len(firms):
        pairs = [(one, two) for two in INSEE_MEASURES for one in INSEE_SECTORS]
        vintages = insee.table.drop_duplicates("measure").set_index("measure")[
            "vintage"
        ]
        note = note_of(
            "INSEE",
            when=when[vintages["establishments"]],
            census=when[vintages["jobs"]],
        )
        _write(
            book,
            "INSEE",
            "activity_insee",
            firms,
            pairs=pairs,
            named=named,
            note=note,
        )
    return book.content()


def _wide(table: pd.DataFrame, named: pd.Series[str]) -> pd.DataFrame:
    """Lay one row a commune of the study area."""
    is_named = table[table["code_insee"].isin(named.index)]
    return is_named.pivot_table(index="code_insee", columns=_KEY, values="value")


def _write(
    book: Book,
    title: str,
    name: str,
    wide: pd.DataFrame,
    *,
    pairs: list[tuple[str, str]],
    named: pd.Series[str],
    note: str,
) -> None:
    sectors, measures = labels_of("counted_sector"), labels_of("counted_measure")
    rows = wide.reset_index()
    columns = [
        Column("Code INSEE", 9, rows["code_insee"]),
        Column("Commune", 26, rows["code_insee"].map(named)),
    ]
    for sector, measure in pairs:
        if (sector, measure) in wide:
            label = f"{measures[measure]} : {sectors[sector]}"
            sure = "S" if measure in {"jobs", "employee_jobs"} else "O"
            columns.append(Column(label, 13, rows[(sector, measure)], 0, sure))
    sourced_columns = sourced(columns, name, rows["code_insee"])
    book.sheet(title, sourced_columns, note=note, frozen=2)
