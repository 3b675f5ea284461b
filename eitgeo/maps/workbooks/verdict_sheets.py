"""The verdict on each perimeter, and what refusals leave of it: sentence and sheets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from eitgeo.ledger import Place
from eitgeo.maps.words.cards import card_rows
from eitgeo.maps.words.governance_words import (
    ANSWER_WORDS,
    VERDICT_WORDS,
)
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
from eitgeo.maps.words.sentences import perimeter_sentences
from eitgeo.maps.workbooks.workbook import (
    Book,
    Figure,
    Group,
    Row,
    note_of,
    view,
)
from eitgeo.reference.governance import verdict_conditions
from eitgeo.reference.labels import labels_of
from eitgeo.tables.public import Released
from eitgeo.words import MISSING

_NO, _UNASKED = "non", "non_demandee"
CONFIRM_NAMES = labels_of("list_status")


def write_words(
    book: Book,
    perimeters: pd.DataFrame,
    *,
    indicators: Released,
    catalogue: pd.DataFrame,
    verdicts: pd.DataFrame,
) -> None:
    """Write what each perimeter is, in a few sentences."""
    rows: list[Row] = []
    for _, perimeter in perimeters.iterrows():
        name = str(perimeter["perimeter_id"])
        cards = card_rows(indicators, catalogue, perimeter_id=name)
        sentences = perimeter_sentences(
            perimeter, cards, demonstration=book.demonstration
        )
        rows.append(
            (str(perimeter["name"]), "\n".join(sentences), verdict_text(verdicts, name))
        )
    book.sheet("En clair", view("En clair"), rows, layout="grid")


def verdict_text(verdicts: pd.DataFrame, perimeter_id: str) -> str:
    """Write the verdict of a perimeter: what failed, or the first that lacks."""
    rows = verdicts[verdicts["perimeter_id"] == perimeter_id]
    answer_of = rows.set_index("condition_id")["answer"].to_dict()
    words = VERDICT_WORDS[str(rows["verdict"].iloc[0])]
    known = verdict_conditions()
    failed = [label for name, label in known["label"].items() if answer_of[name] == _NO]
    if failed:
        return f"{words} (manque : {' ; '.join(failed)})"
    lacking = (
        text for name, text in known["lacking"].items() if answer_of[name] == _UNASKED
    )
    first = next(lacking, "")
    return f"{words} : {first}" if first else words


def write_verdict(book: Book, names: Mapping[str, str], verdicts: pd.DataFrame) -> None:
    """Write the verdict of each perimeter, condition by condition, and its rule."""
    cells = verdicts.set_index(["perimeter_id", "condition_id"]).to_dict("index")
    rows: list[Row] = []
    for perimeter_id, name in names.items():
        rows.append(Group(f"{name} — {verdict_text(verdicts, perimeter_id)}"))
        for condition, words in verdict_conditions().iterrows():
            cell = cells[perimeter_id, condition]
            place = Place("verdicts", f"{condition} / {perimeter_id}")
            value, limit = (
                _number(float(cell[one]), place._replace(column=one))
                for one in ("value", "threshold")
            )
            answer, why = ANSWER_WORDS[str(cell["answer"])], str(cell["reason"])
            texts = (answer, words["yes"], words["no"], why)
            rows.append((words["label"], value, limit, *texts))
    rows.append(Group(note_of("Verdict")))
    book.sheet("Verdict", view("Verdict"), rows, layout="grid")


def _number(value: float, place: Place) -> str | Figure:
    return Figure(value, place=place) if math.isfinite(value) else MISSING


def write_certificates(book: Book, *, perimeters: pd.DataFrame) -> None:
    """Write what is true of each perimeter, whatever method drew it."""
    method = perimeters["method"]
    named = method.map(labels_of("perimeter_method")).fillna(method)
    columns = view("Certificats", perimeters.assign(method=named))
    book.sheet("Certificats", columns, book.rows(columns), layout="page")


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
