"""Sheets on differences, orders and unions of whole EPCI."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from eitgeo.ledger import Place, plain, record
from eitgeo.maps.words.cards import (
    DifferenceTables,
    card_rows,
    change_lines,
    gap_rows,
    printed_gap,
)
from eitgeo.maps.workbooks.workbook import (
    Book,
    Cell,
    Figure,
    Printed,
    Row,
    Text,
    note_of,
    view,
)
from eitgeo.scenarios.decision.orders import PLANE, order_held
from eitgeo.tables.public import Released, ReleasedTables
from eitgeo.words import EVIDENCE_NAMES, MISSING, rounding_class

Record = Mapping[Hashable, Any]

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


_IDENTITY = {
    "n_communes": "Communes",
    "population": "Habitants",
    "area_km2": "Superficie (km²)",
}
_BOUNDS = {"low": "bas", "high": "haut"}
_LIST_HEAD = " : bas et haut selon une liste à confirmer"
_ADDED = ("alone", "last", "low", "high", "mean", "mean_per_deliberation")


def write_unions(
    book: Book,
    *,
    indicators: Released,
    perimeters: pd.DataFrame,
    catalogue: pd.DataFrame,
) -> None:
    """Write every union of whole EPCI: composition, identity, indicators."""
    figures = [
        *_identity_figures(perimeters),
        *_indicator_figures(indicators, perimeters, catalogue),
    ]
    columns = view("Unions d'EPCI", several=[label for label, _ in figures])
    named = perimeters[["perimeter_id", "name"]].astype(str)
    rows = list(
        zip(
            named["perimeter_id"],
            named["name"],
            *(cells for _, cells in figures),
            strict=True,
        )
    )
    book.sheet("Unions d'EPCI", columns, rows, layout="list", frozen=2)


def _identity_figures(perimeters: pd.DataFrame) -> list[tuple[str, list[Cell]]]:
    return [
        (
            label,
            [
                Figure(float(value), place=Place("perimeters", str(perimeter_id), name))
                for perimeter_id, value in zip(
                    perimeters["perimeter_id"], perimeters[name], strict=True
                )
            ],
        )
        for name, label in _IDENTITY.items()
    ]


def _indicator_figures(
    indicators: Released, perimeters: pd.DataFrame, catalogue: pd.DataFrame
) -> list[tuple[str, list[Cell]]]:
    """Make a column an indicator, and two for its bounds where it is not exact."""
    table, ids = indicators.table, list(perimeters["perimeter_id"])
    figures = table[table["perimeter_id"].isin(ids)]
    columns: list[tuple[str, list[Cell]]] = []
    for name, indicator in catalogue.iterrows():
        rows = figures[figures["indicator_id"] == name].set_index("perimeter_id")
        if rows.empty:
            continue
        evidence = max(rows["evidence"].astype(str), key="OSH".index)
        classes = _rounding_classes(rows, str(indicator["evidence"]))
        sure = max(classes, key="OSH".index)
        # Each figure has its own class, as wherever else it is printed.
        letters = pd.Series(classes, index=rows.index).reindex(ids).fillna(sure)
        blanks = [
            Figure(
                math.nan,
                letter,
                int(indicator["decimals"]),
                str(indicator["unit"]),
                greyed=bool(indicators.demonstration) and letter == "H",
            )
            for letter in letters
        ]
        known = "O, ou H" if rows["evidence"].eq("O").any() else evidence
        basis = evidence if sure == evidence else f"{known}{_LIST_HEAD}"
        label = f"{indicator['label']} [{indicator['unit']}] – {basis}"
        parts = {"value": label}
        if (rows["low"] < rows["high"]).any():
            parts |= {bound: f"{label}, {word}" for bound, word in _BOUNDS.items()}
        for part, head in parts.items():
            values = rows[part].reindex(ids).astype(float)
            pairs = zip(blanks, values, strict=True)
            keys = (Place("indicators_public", f"{one} / {name}", part) for one in ids)
            cells: list[Cell] = [
                blank._replace(value=value, place=place)
                for (blank, value), place in zip(pairs, keys, strict=True)
            ]
            columns.append((head, cells))
    return columns


def _rounding_classes(rows: pd.DataFrame, at_best: str) -> list[str]:
    levels = rows[["value", "low", "high"]].astype(float)
    return [
        rounding_class(*triple, evidence=str(evidence), at_best=at_best)
        for triple, evidence in zip(
            levels.itertuples(index=False, name=None), rows["evidence"], strict=True
        )
    ]


def write_blocks(book: Book, *, blocks: Released, catalogue: pd.DataFrame) -> None:
    """Write what each EPCI adds, one row an indicator and an EPCI.

    An indicator to which all EPCI always add the same is left out: it tells nothing.
    """
    greyed = bool(blocks.demonstration)
    rows: list[Row] = []
    for indicator_id, indicator in catalogue.iterrows():
        indicator_blocks = blocks.table[blocks.table["indicator_id"] == indicator_id]
        if (
            indicator_blocks["low"].min() == indicator_blocks["high"].max()
            or indicator_blocks.empty
        ):
            continue
        rows += [
            (
                str(indicator["label"]),
                str(row["name"]),
                *(
                    _figure(row, indicator, _block_place(row, key), greyed=greyed)
                    for key in _ADDED
                ),
                str(row["unit"]),
                str(row["evidence"]),
            )
            for row in indicator_blocks.sort_values("name", kind="stable").to_dict(
                "records"
            )
        ]
    title = "Ce qu'apporte chaque EPCI"
    note = Text(note_of(title), "note")
    book.sheet(title, view(title), rows, note=note, frozen=2)


def _block_place(row: Record, key: str) -> Place:
    return Place("epci_blocks", f"{row['epci_siren']} / {row['indicator_id']}", key)


def _figure(row: Record, indicator: pd.Series, place: Place, *, greyed: bool) -> Figure:
    evidence, key = str(row["evidence"]), place.column
    # A mean of counts is no count.
    more = evidence == "O" and key.startswith("mean")
    return Figure(
        float(row[key]),
        evidence,
        int(indicator["decimals"]) + more,
        str(row["unit"]),
        greyed=greyed and evidence == "H",
        place=place,
    )


def write_ranks(
    book: Book,
    *,
    public: ReleasedTables,
    perimeters: pd.DataFrame,
    catalogue: pd.DataFrame,
) -> None:
    """Write the exact rank of each compared perimeter that is a union of whole EPCI."""
    order = {str(name): rank for rank, name in enumerate(catalogue.index)}
    table = public["union_ranks"].table.sort_values(
        "indicator_id", key=lambda ids: ids.map(order), kind="stable"
    )
    rows: list[Row] = [
        (
            str(perimeter["name"]),
            Figure(row["n_epci"], place=_rank_place(row, "n_epci")),
            str(catalogue.loc[row["indicator_id"], "label"]),
            *(
                Figure(row[column], place=_rank_place(row, column))
                for column in ("rank", "n_peers")
            ),
            str(row["evidence"]),
        )
        for perimeter in perimeters.to_dict("records")
        for row in table.to_dict("records")
        if row["perimeter_id"] == perimeter["perimeter_id"]
    ]
    notes = (note_of("Rangs"), _front_note(public, catalogue))
    rows += [(), *((Text(note, "note"),) for note in notes)]
    book.sheet("Rangs", view("Rangs"), rows, layout="page")


def _rank_place(row: Record, column: str) -> Place:
    where = f"{row['perimeter_id']} / {row['indicator_id']}"
    return Place("union_ranks", where, column)


def _front_note(public: ReleasedTables, catalogue: pd.DataFrame) -> str:
    """Say how many unions no other one equals or beats on all criteria."""
    front = public["union_front"].table
    if front.empty:
        return note_of("Sans front")
    names = str(front["criteria"].iloc[0]).split(", ")
    labels = ", ".join(str(catalogue.loc[name, "label"]) for name in names)
    n_front = int(front["on_front"].sum())
    place = partial(Place, "union_front", "toutes")
    return note_of(
        "Front",
        labels=labels,
        n_front=plain(n_front, place("on_front")),
        n_unions=plain(len(front), place("unions")),
    )


def write_phases(book: Book, *, phases: Released, catalogue: pd.DataFrame) -> None:
    """Write what each phase of a widening holds and adds."""
    steps = phases.table.drop_duplicates("phase").sort_values("phase", kind="stable")
    labels = []
    for row in steps.to_dict("records"):
        labels.append(f"Année {row['year']} : {row['name']}")
        labels += ["Ajouté"] if row["phase"] > 1 else []
    columns = view("Élargissement", several=labels)
    greyed = bool(phases.demonstration)
    rows: list[Row] = []
    for indicator_id, indicator in catalogue.iterrows():
        indicator_phases = phases.table[phases.table["indicator_id"] == indicator_id]
        if indicator_phases["value"].isna().all():
            continue
        ordered = indicator_phases.sort_values("phase", kind="stable").to_dict(
            "records"
        )
        cells = _phase_cells(ordered, indicator, greyed=greyed)
        evidence = str(indicator_phases["evidence"].iloc[0])
        rows.append((str(indicator["label"]), str(indicator["unit"]), evidence, *cells))
    note = Text(note_of("Élargissement"), "note")
    book.sheet("Élargissement", columns, rows, note=note, layout="page")


def _phase_cells(
    phases: Sequence[Record], indicator: pd.Series, *, greyed: bool
) -> Iterator[Cell]:
    """Give each phase, and from the second on what it adds."""
    for place, row in enumerate(phases):
        where = Place("phases", f"{row['phase']} / {row['indicator_id']}")
        yield _figure(row, indicator, where, greyed=greyed)
        if place:
            before = phases[place - 1]
            classes = (str(before["evidence"]), str(row["evidence"]))
            decimals = int(indicator["decimals"])
            gap = printed_gap(
                float(before["value"]),
                float(row["value"]),
                evidence=classes,
                unit=str(row["unit"]),
                decimals=decimals,
            )
            exact = set(classes) == {"O"}
            added = Printed(gap, decimals if exact else None, greyed and "H" in classes)
            record(where._replace(column="added"), added.value)
            yield added
