"""Sheet « Si un conseil dit non »: what each refusal leaves of a perimeter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from eitgeo.maps.words.refusal_words import (
    carriers_text,
    carriers_told,
    cost_place,
    fell_text,
    refusal_place,
    refusal_sentence,
    refused_text,
    that_cut,
)
from eitgeo.maps.workbooks.workbook import (
    Book,
    Figure,
    Group,
    Row,
    note_of,
    view,
)
from eitgeo.tables.public import Released
from eitgeo.words import MISSING

_COUNTED = {
    "firms_10_45min": "counted_firms_10_45min",
    "industry_employees": "counted_industry_employees",
}
"""Column of the table → indicator."""


def write_refusals(
    book: Book,
    perimeters: pd.DataFrame,
    refusals: Released,
    *,
    names: Mapping[str, str],
    carriers: pd.DataFrame,
    catalogue: pd.DataFrame,
) -> None:
    """Write the sentence of each perimeter, then one refusal a row."""
    called = {str(name): str(told) for name, told in carriers["carrier"].items()}
    table = refusals.table
    rows: list[Row] = []
    for perimeter in perimeters.to_dict("records"):
        own_refusals = table[table["perimeter_id"] == perimeter["perimeter_id"]]
        if own_refusals.empty:
            continue
        sentence = refusal_sentence(
            refusals,
            str(perimeter["perimeter_id"]),
            epci_names=names,
            carrier_names=called,
            to_confirm=perimeter["membership_status"] == "a_confirmer",
        )
        rows += [Group(str(perimeter["name"])), Group(sentence, "text")]
        shown = _shown(own_refusals).to_dict("records")
        rows += [
            _row(row, shown[0], names=names, called=called, catalogue=catalogue)
            for row in shown
        ]
    title = "Si un conseil dit non"
    rows.append(Group(note_of(title)))
    heads = [
        f"{about['label']} – {about['evidence']}"
        for about in catalogue.loc[[*_COUNTED.values()]].to_dict("records")
    ]
    sure = "".join(table["evidence"].unique())
    columns = view(title, several=heads, sure=sure)
    book.sheet(title, columns, rows, layout="grid")


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep nobody's refusal, each one alone, and the pairs that cut."""
    pairs = rows[rows["n_refused"].eq(2)].index
    cut = that_cut(rows, "border").index.union(that_cut(rows, "road").index)
    shown = rows.index[rows["n_refused"].le(1)].union(pairs.intersection(cut))
    return rows.loc[shown].sort_values(["n_refused", "refused"], kind="stable")


def _row(
    row: Mapping[Any, Any],
    whole: Mapping[Any, Any],
    *,
    names: Mapping[str, str],
    called: Mapping[str, str],
    catalogue: pd.DataFrame,
) -> Row:
    sure = set(row["carriers_sure"].split(";"))
    unsure = ";".join(one for one in row["carriers"].split(";") if one not in sure)
    evidence = str(row["evidence"])
    return (
        refused_text(row["refused"], names),
        *(
            Figure(float(row[column]), place=refusal_place(row, column))
            for column in ("n_pieces_border", "n_pieces_road", "n_left", "population")
        ),
        "\n".join(carriers_told(row, whole, called)) or MISSING,
        carriers_text(unsure, called) or MISSING,
        *(
            Figure(
                float(row[f"left_{level}"]),
                evidence,
                2,
                "€/hab./an",
                place=cost_place(row, level),
            )
            for level in ("mid", "low", "high")
        ),
        *(
            Figure(
                float(row[column]),
                str(catalogue.loc[indicator, "evidence"]),
                place=refusal_place(row, column),
            )
            for column, indicator in _COUNTED.items()
        ),
        fell_text(row, catalogue),
    )
