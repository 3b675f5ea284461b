"""Sheets of the workbook on differences and orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.maps._workbook import (
    HEAD_ROW,
    Formats,
    add_page,
    write_number,
    write_rows,
)
from eitgeo.maps.difference_words import change_lines, gap_rows
from eitgeo.words import EVIDENCE_NAMES, typographic

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.maps.difference_map import DifferenceTables
    from eitgeo.maps.sheet import Sheet

_SHARE: dict[str, Any] = {"evidence": "O", "decimals": 0, "unit": "%"}
_SCORE: dict[str, Any] = {"evidence": "O", "decimals": 1, "unit": ""}
_HELD = (
    "Établissements synthétiques : les ordres entre structures réelles restent dans "
    "les tables de travail de l’étude, sans être publiés."
)
_SUMMARY = (
    "Un ordre est celui de ces critères et de ces poids. « Non dominé » : "
    "aucun autre périmètre ne fait au moins aussi bien sur tous les critères et mieux "
    "sur un. Part des tirages : poids tirés au hasard ; sous le seuil de l'étude, "
    "l'ordre de deux périmètres est indécis."
)


class DecisionTables(NamedTuple):
    """The tables of a decision, all of them released.

    Attributes
    ----------
    criteria, order, ranks, pairs, switches, methods
        Of `Decision`; all but the first are empty where
        orders stay in.
    stress
        Table ``stress_orders``.
    """

    criteria: Released
    order: Released
    ranks: Released
    pairs: Released
    switches: Released
    methods: Released
    stress: Released


def write_difference(
    workbook: Any,
    formats: Formats,
    difference: DifferenceTables,
    *,
    indicators: Released,
    names: Mapping[str, str],
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> None:
    """Write the figures of two perimeters, their gap, and who comes and goes."""
    first, second = (names[one] for one in difference.pair)
    widths = [40, 34, 34, 16, 22, 46, 50]
    page = add_page(workbook, formats, "Écart", sheet=sheet, columns=widths)
    heads = ["Indicateur", f"A : {first}", f"B : {second}", "Écart (B − A)"]
    heads += ["Fiabilité", "Note", "Formule"]
    write_rows(page, HEAD_ROW, [[typographic(head) for head in heads]], formats["head"])
    page.freeze_panes(HEAD_ROW + 1, 1)
    lines = [
        [
            row.label,
            *(typographic(text) for text in (row.first, row.second, row.gap)),
            f"{row.evidence} ({EVIDENCE_NAMES[row.evidence]})",
            typographic(row.note),
            typographic(str(catalogue.loc[row.indicator_id, "formula"])),
        ]
        for row in gap_rows(indicators, difference.gaps, catalogue)
    ]
    row = write_rows(page, HEAD_ROW + 1, lines, formats["text"])
    told = change_lines(difference.communes.table, difference.epci.table, names=names)
    row = write_rows(page, row + 1, [("Qui entre, qui sort",)], formats["group"])
    row = write_rows(
        page, row, [tuple(map(typographic, line)) for line in told], formats["text"]
    )
    moved = difference.communes.table.to_dict("records")
    heads = ["Commune", "Code INSEE", "EPCI", "Habitants", "Mouvement"]
    row = write_rows(page, row + 1, [heads], formats["head"])
    for one in moved:
        texts = [one["nom"], one["code_insee"], names.get(one["epci_siren"], "–")]
        write_rows(page, row, [list(map(str, texts))], formats["text"])
        people = float(one["population"])
        write_number(page, (row, 3), people, formats, evidence="O", decimals=0, unit="")
        page.write_string(row, 4, str(one["change"]), formats["text"])
        row += 1


def write_criteria(
    workbook: Any,
    formats: Formats,
    decision: DecisionTables,
    *,
    names: Mapping[str, str],
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> None:
    """Write what ranks: measure, score on fixed anchors, weight, and why not."""
    widths = [40, 40, 14, 14, 14, 14, 12, 40]
    page = add_page(workbook, formats, "Critères", sheet=sheet, columns=widths)
    heads = ["Périmètre", "Critère", "Mesure", "Note (0 à 100)", "Poids demandé"]
    heads += ["Poids retenu", "Fiabilité", "Pourquoi"]
    write_rows(page, HEAD_ROW, [heads], formats["head"])
    page.freeze_panes(HEAD_ROW + 1, 2)
    told = decision.criteria.table
    rows = told[told["indicator_id"].isin(catalogue.index)].to_dict("records")
    grey = bool(decision.criteria.demonstration)
    for place, row in enumerate(rows, start=HEAD_ROW + 1):
        known = catalogue.loc[row["indicator_id"], "label"]
        texts = {0: names[row["perimeter_id"]], 1: known}
        texts |= {6: row["evidence"], 7: row["reason"]}
        for column, text in texts.items():
            page.write_string(place, column, typographic(str(text)), formats["text"])
        numbers = (
            row["measured"],
            100 * row["score"],
            row["asked_weight"],
            row["weight"],
        )
        for column, number in enumerate(numbers, start=2):
            assumed = row["evidence"] == "H" and column < _WEIGHTS_FROM
            rounding = _SCORE | {"evidence": "H"} if assumed else _SCORE
            write_number(
                page,
                (place, column),
                float(number),
                formats,
                **rounding,
                greyed=grey and assumed,
            )
    page.autofilter(HEAD_ROW, 0, HEAD_ROW + max(1, len(rows)), len(heads) - 1)


_WEIGHTS_FROM = 4


def write_orders(
    workbook: Any,
    formats: Formats,
    decision: DecisionTables,
    *,
    names: Mapping[str, str],
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> None:
    """Write the orders and how far they hold, or why they are not published."""
    widths = [46, 46, 24, 18, 18, 18, 46]
    page = add_page(workbook, formats, "Ordres", sheet=sheet, columns=widths)
    if decision.order.table.empty:
        page.write_string(HEAD_ROW, 0, typographic(_HELD), formats["text"])
        return
    row = write_rows(page, HEAD_ROW, [(typographic(_SUMMARY),)], formats["text"]) + 1
    labels: dict[str, str] = dict(catalogue[["label"]].astype(str).itertuples())
    for part in _PARTS:
        told = getattr(decision, part.name).table.to_dict("records")
        row = write_rows(page, row, [(part.title,)], formats["group"])
        row = write_rows(page, row, [list(part.columns)], formats["head"])
        for record in told:
            for column, key in enumerate(part.columns.values()):
                place, cell = (row, column), record[key]
                if isinstance(cell, bool | str):
                    text = names.get(str(cell), labels.get(str(cell), str(cell)))
                    text = _YES_NO.get(cell, text) if isinstance(cell, bool) else text
                    page.write_string(*place, typographic(text), formats["text"])
                else:
                    write_number(page, place, float(cell), formats, **_SCORE)
            row += 1
        row += 1


_YES_NO = {True: "oui", False: "non"}


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
