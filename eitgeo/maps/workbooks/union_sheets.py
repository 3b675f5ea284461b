"""The sheets on unions of whole EPCI: each of them, what an EPCI adds, ranks, years."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from eitgeo.ledger import Place, plain, record
from eitgeo.maps.words.difference_words import printed_gap
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
from eitgeo.tables.public import Released, ReleasedTables
from eitgeo.words import rounding_class

if TYPE_CHECKING:
    Record = Mapping[Hashable, Any]

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
