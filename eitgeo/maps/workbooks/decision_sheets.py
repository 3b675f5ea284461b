"""Sheets of the workbook on differences and orders."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from eitgeo.ledger import Place
from eitgeo.maps.words.cards import card_rows
from eitgeo.maps.words.difference_words import DifferenceTables, change_lines, gap_rows
from eitgeo.maps.workbooks.workbook import Book, Cell, Figure, Row, Text, note_of, view
from eitgeo.scenarios.decision.orders import PLANE, order_held
from eitgeo.tables.public import Released, ReleasedTables
from eitgeo.words import EVIDENCE_NAMES, MISSING

_SCORE = Figure(math.nan, decimals=1, unit="")


_PARTS = {
    "decision_order": "Ordre",
    "decision_ranks": "Part des tirages de poids",
    "decision_pairs": "Deux à deux : en tête dans quelle part des tirages",
    "decision_switches": (
        "Ce qui ferait basculer : valeur à atteindre, ou poids du critère"
    ),
    "decision_methods": "Autres méthodes : même ordre ?",
    "stress_orders": "Variantes",
}
"""Table of a decision → its title in the sheet, whose columns `sheets.csv` declares."""


def orders_held(criteria: Released) -> str:
    """Say why no order is published, French; empty: it is."""
    return order_held(criteria.table, demonstration=criteria.demonstration)


def write_difference(
    book: Book,
    difference: DifferenceTables,
    *,
    indicators: Released,
    names: Mapping[str, str],
    catalogue: pd.DataFrame,
) -> None:
    """Write the figures of two perimeters, their gap, and who comes and goes."""
    first, second = (names[one] for one in difference.pair)
    columns = view("Écart", several=(f"A : {first}", f"B : {second}"))
    rows: list[Row] = [
        (
            row.label,
            row.first,
            row.second,
            row.gap,
            f"{row.evidence} ({EVIDENCE_NAMES[row.evidence]})",
            row.note,
            str(catalogue.loc[row.indicator_id, "formula"]),
        )
        for row in gap_rows(indicators, difference.gaps, catalogue)
    ]
    communes, epci = difference.communes.table, difference.epci.table
    rows += [(), (Text("Qui entre, qui sort", "group"),)]
    rows += [tuple(line) for line in change_lines(communes, epci, names=names)]
    heads = ("Commune", "Code INSEE", "EPCI", "Habitants", "Mouvement")
    rows += [(), tuple(Text(head, "head") for head in heads)]
    rows += [
        (
            str(commune["nom"]),
            str(commune["code_insee"]),
            names.get(commune["epci_siren"], "–"),
            Figure(
                float(commune["population"]),
                place=Place("communes", str(commune["code_insee"]), "population"),
            ),
            str(commune["change"]),
        )
        for commune in communes.to_dict("records")
    ]
    book.sheet("Écart", columns, rows, layout="page")


def write_unordered(
    book: Book,
    public: ReleasedTables,
    *,
    indicators: Released,
    names: Mapping[str, str],
    catalogue: pd.DataFrame,
) -> None:
    """Write the criteria, perimeter by perimeter, each figure with its class."""
    criteria = public["decision_criteria"].table
    compared = criteria["perimeter_id"].unique()
    asked = catalogue[catalogue.index.isin(criteria["indicator_id"])]
    heads = [names[perimeter] for perimeter in compared]
    columns = view("Critères sans ordre", several=heads)
    cards = [
        {
            row.indicator_id: f"{row.text} ({row.evidence})"
            for row in card_rows(indicators, asked, perimeter_id=perimeter)
            if row.text != MISSING
        }
        for perimeter in compared
    ]
    rows: list[Row] = [
        (
            str(about["group"]),
            str(about["label"]),
            *(card.get(str(name), MISSING) for card in cards),
        )
        for name, about in asked.iterrows()
    ]
    note = Text(
        f"Aucun ordre n’est publié : {orders_held(public['decision_criteria'])}.",
        "note",
    )
    book.sheet("Critères", columns, rows, note=note, frozen=2)


def write_plane(book: Book, plane: pd.DataFrame, *, catalogue: pd.DataFrame) -> None:
    """Write what each perimeter and each union asks, and what is counted in it."""
    if plane.empty:
        return
    axes = catalogue.loc[[*PLANE]].to_dict("index")
    heads = [f"{about['label']} – {about['evidence']}" for about in axes.values()]
    columns = view("Plan", several=heads)
    rows: list[Row] = [
        (
            str(row["name"]),
            "oui" if row["compared"] else "non",
            *(
                Figure(
                    float(row[name]),
                    str(about["evidence"]),
                    int(about["decimals"]),
                    str(about["unit"]),
                    place=Place("decision_plane", str(row["perimeter_id"]), str(name)),
                )
                for name, about in axes.items()
            ),
            str(row["note"]),
        )
        for row in plane.to_dict("records")
    ]
    book.sheet("Plan", columns, rows, layout="list", frozen=1)


def write_criteria(
    book: Book,
    public: ReleasedTables,
    *,
    names: Mapping[str, str],
    catalogue: pd.DataFrame,
) -> None:
    """Write what ranks: measure, score on fixed anchors, weight, and why not."""
    demonstration = bool(public["decision_criteria"].demonstration)
    criteria = public["decision_criteria"].table
    rows: list[Row] = []
    for row in criteria[criteria["indicator_id"].isin(catalogue.index)].to_dict(
        "records"
    ):
        assumed = row["evidence"] == "H"
        where = f"{row['perimeter_id']} / {row['indicator_id']}"
        place = partial(Place, "decision_criteria", where)
        score = _SCORE._replace(
            evidence="H" if assumed else "O", greyed=assumed and demonstration
        )
        rows.append(
            (
                names[row["perimeter_id"]],
                str(catalogue.loc[row["indicator_id"], "label"]),
                score._replace(value=float(row["measured"]), place=place("measured")),
                score._replace(value=float(100 * row["score"]), place=place("score")),
                *(
                    _SCORE._replace(value=float(row[weight]), place=place(weight))
                    for weight in ("asked_weight", "weight")
                ),
                str(row["evidence"]),
                str(row["reason"]),
            )
        )
    book.sheet("Critères", view("Critères"), rows, frozen=2)


def write_orders(
    book: Book,
    public: ReleasedTables,
    *,
    names: Mapping[str, str],
    catalogue: pd.DataFrame,
) -> None:
    """Write the orders and how far they hold, or why they are not published."""
    columns = view("Ordres")
    if orders_held(public["decision_criteria"]):
        note = note_of("Ordres tenus", held=orders_held(public["decision_criteria"]))
        book.sheet("Ordres", columns, [(note,)], layout="page")
        return
    labels = {str(key): str(label) for key, label in catalogue["label"].items()}
    words = labels | dict(names)
    rows: list[Row] = [(note_of("Ordres"),), ()]
    for name, title in _PARTS.items():
        part = name.removeprefix("decision_").removesuffix("_orders")
        cells = {
            one.label: pd.Series(one.values) for one in view(title, public[name].table)
        }
        rows.append((Text(title, "group"),))
        rows.append(tuple(Text(head, "head") for head in cells))
        rows += [
            tuple(
                _order_cell(value, words, Place(part, str(rank), str(cell.name)))
                for value, cell in zip(row, cells.values(), strict=True)
            )
            for rank, row in enumerate(zip(*cells.values(), strict=True))
        ]
        rows.append(())
    book.sheet("Ordres", columns, rows, layout="page")


def _order_cell(value: Any, words: Mapping[str, str], place: Place) -> Cell:
    """Give a figure, a name in words, or « oui » and « non »."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, str):
        return words.get(value, value)
    return _SCORE._replace(value=float(value), place=place)
