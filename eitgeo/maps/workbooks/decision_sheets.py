"""Sheets of the workbook on differences and orders."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.disclosure.door.rules import Released
from eitgeo.ledger import Place
from eitgeo.maps.words.cards import card_rows
from eitgeo.maps.words.difference_words import DifferenceTables, change_lines, gap_rows
from eitgeo.maps.workbooks.workbook import Book, Cell, Column, Figure, Row, Text
from eitgeo.scenarios.decision.orders import PLANE, order_held
from eitgeo.words import EVIDENCE_NAMES, MISSING

_SCORE = Figure(math.nan, decimals=1, unit="")
_HELD = (
    "Aucun ordre n’est publié : {held}. Les essais restent dans les tables de travail "
    "de l’étude, sans être publiés. À leur place : feuilles « Critères » et « Plan »."
)
_SUMMARY = (
    "Un ordre est celui de ces critères et de ces poids. « Non dominé » : "
    "aucun autre périmètre ne fait au moins aussi bien sur tous les critères et mieux "
    "sur un. Part des tirages : poids tirés au hasard ; sous le seuil de l'étude, "
    "l'ordre de deux périmètres est indécis."
)


class DecisionTables(NamedTuple):
    """The tables of a decision, all of them released."""

    # Of `Decision`; all but the first are empty where orders stay in
    criteria: Released
    order: Released
    ranks: Released
    pairs: Released
    switches: Released
    methods: Released
    stress: Released  # table ``stress_orders``

    @property
    def held(self) -> str:
        """Why no order is published, French; empty: it is."""
        told = self.criteria
        return order_held(told.table, demonstration=told.demonstration)


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
    columns = [
        Column("Indicateur", 40),
        Column(f"A : {first}", 34),
        Column(f"B : {second}", 34),
        Column("Écart (B − A)", 16),
        Column("Fiabilité", 22),
        Column("Note", 46),
        Column("Formule", 50),
    ]
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
    decision: DecisionTables,
    *,
    indicators: Released,
    names: Mapping[str, str],
    catalogue: pd.DataFrame,
) -> None:
    """Write the criteria, perimeter by perimeter, each figure with its class."""
    criteria = decision.criteria.table
    compared = criteria["perimeter_id"].unique()
    asked = catalogue[catalogue.index.isin(criteria["indicator_id"])]
    columns = [
        Column("Axe", 22),
        Column("Critère", 44),
        *(Column(names[perimeter], 30) for perimeter in compared),
    ]
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
    note = Text(f"Aucun ordre n’est publié : {decision.held}.", "note")
    book.sheet("Critères", columns, rows, note=note, frozen=2)


def write_plane(book: Book, plane: pd.DataFrame, *, catalogue: pd.DataFrame) -> None:
    """Write what each perimeter and each union asks, and what is counted in it."""
    if plane.empty:
        return
    axes = catalogue.loc[[*PLANE]].to_dict("index")
    columns = [
        Column("Périmètre", 70),
        Column("Comparé", 10),
        *(
            Column(f"{about['label']} – {about['evidence']}", 26)
            for about in axes.values()
        ),
        Column("Siège, millésime", 50),
    ]
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
    decision: DecisionTables,
    *,
    names: Mapping[str, str],
    catalogue: pd.DataFrame,
) -> None:
    """Write what ranks: measure, score on fixed anchors, weight, and why not."""
    columns = [
        Column("Périmètre", 40),
        Column("Critère", 40),
        Column("Mesure", 14),
        Column("Note (0 à 100)", 14),
        Column("Poids demandé", 14),
        Column("Poids retenu", 14),
        Column("Fiabilité", 12),
        Column("Pourquoi", 40),
    ]
    demonstration = bool(decision.criteria.demonstration)
    criteria = decision.criteria.table
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
    book.sheet("Critères", columns, rows, frozen=2)


def write_orders(
    book: Book,
    decision: DecisionTables,
    *,
    names: Mapping[str, str],
    catalogue: pd.DataFrame,
) -> None:
    """Write the orders and how far they hold, or why they are not published."""
    columns = [Column("", width) for width in (46, 46, 24, 18, 18, 18, 46)]
    if decision.held:
        note = _HELD.format(held=decision.held)
        book.sheet("Ordres", columns, [(note,)], layout="page")
        return
    labels = {str(key): str(label) for key, label in catalogue["label"].items()}
    words = labels | dict(names)
    rows: list[Row] = [(_SUMMARY,), ()]
    for part in _PARTS:
        table = getattr(decision, part.name).table
        rows.append((Text(part.title, "group"),))
        rows.append(tuple(Text(head, "head") for head in part.columns))
        rows += [
            tuple(
                _order_cell(record[key], words, Place(part.name, str(rank), key))
                for key in part.columns.values()
            )
            for rank, record in enumerate(table.to_dict("records"))
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


class _Part(NamedTuple):
    """A table of the sheet: part of the decision, title, head → column."""

    name: str
    title: str
    columns: dict[str, str]


_PARTS = (
    _Part(
        "order",
        "Ordre",
        {
            "Périmètre": "perimeter_id",
            "Non dominé": "on_front",
            "Total": "score",
            "Rang": "rank",
            "Manque": "missing",
        },
    ),
    _Part(
        "ranks",
        "Part des tirages de poids",
        {"Périmètre": "perimeter_id", "Rang": "rank", "Part (%)": "share_pct"},
    ),
    _Part(
        "pairs",
        "Deux à deux : en tête dans quelle part des tirages",
        {
            "Premier nommé": "first_id",
            "Second nommé": "second_id",
            "Premier devant (%)": "share_pct",
            "En tête": "order",
        },
    ),
    _Part(
        "switches",
        "Ce qui ferait basculer : valeur à atteindre, ou poids du critère",
        {
            "Premier nommé": "first_id",
            "Second nommé": "second_id",
            "Critère": "indicator_id",
            "Levier": "lever",
            "Aujourd'hui": "now",
            "Bascule": "at_switch",
            "Derrière": "behind",
        },
    ),
    _Part(
        "methods",
        "Autres méthodes : même ordre ?",
        {"Méthode": "method", "Même ordre": "same_order"},
    ),
    _Part(
        "stress",
        "Variantes",
        {
            "Variante": "label",
            "Périmètre": "perimeter_id",
            "Rang avant": "rank_before",
            "Rang après": "rank_after",
            "Même ordre": "same_order",
            "Note": "note",
        },
    ),
)
