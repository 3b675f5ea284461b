"""The workbook behind the maps: what is compared, all unions, certificates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from eitgeo.disclosure.blocks import JOBS
from eitgeo.ledger import Place
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.paper.side import CardRow
from eitgeo.maps.words.cards import (
    IDENTITY,
    DifferenceTables,
    card_rows,
    identity_values,
    observed_alone,
    perimeter_rows,
)
from eitgeo.maps.workbooks.decision_sheets import (
    orders_held,
    write_blocks,
    write_criteria,
    write_difference,
    write_orders,
    write_phases,
    write_plane,
    write_ranks,
    write_unions,
    write_unordered,
)
from eitgeo.maps.workbooks.governance_sheets import CONFIRM_NAMES, write_certificates
from eitgeo.maps.workbooks.workbook import (
    Book,
    Cell,
    Figure,
    Row,
    Text,
    view,
    write_read_me,
)
from eitgeo.scenarios.decision.orders import decision_plane
from eitgeo.tables.public import Released, ReleasedTables
from eitgeo.words import (
    DIRECTION_NAMES,
    EVIDENCE_NAMES,
    rounding_class,
)

_COUNTED_JOBS = "counted_industry_employees"
_TO_CONFIRM = "a_confirmer"
_IDENTITY = (
    ("Communes", "nombre"),
    ("Habitants", "nombre"),
    ("Superficie", "km²"),
    ("Densité", "hab./km²"),
)
_SHARES = ("hypothesis_share_pct", "synthetic_share_pct")
_RANK, _RANK_HEAD = (
    "percentile_same_size",
    "Rang centile parmi les unions d'autant d'EPCI",
)


def comparison_xlsx(  # noqa: PLR0913 - one argument a group of sheets
    indicators: Released,
    perimeters: Released,
    *,
    catalogue: pd.DataFrame,
    sheet: Sheet,
    difference: DifferenceTables | None = None,
    decision: ReleasedTables | None = None,
    epci_names: Mapping[str, str] | None = None,
    derived: ReleasedTables | None = None,
) -> bytes:
    """Lay out the comparison as a workbook that opens in French."""
    compared = perimeter_rows(perimeters)
    others = perimeter_rows(perimeters, compared=False)
    unions = others[others["method"] == "union_epci"]
    book = Book(sheet)
    observed = observed_alone(indicators, catalogue)
    write_read_me(book, "comparison", observed=observed)
    figures_of: dict[str, Any] = {"indicators": indicators, "catalogue": catalogue}
    _write_comparison(book, perimeters=compared, **figures_of)
    held = orders_held(decision["decision_criteria"]) if decision is not None else ""
    shares = _SHARES if held else (*_SHARES, _RANK)
    _write_values(book, perimeters=compared, shares=shares, **figures_of)
    names = dict(perimeters.table[["perimeter_id", "name"]].astype(str).to_numpy())
    if difference is not None:
        every = names | dict(epci_names or {})
        write_difference(book, difference, names=every, **figures_of)
    if decision is not None:
        if held:
            write_unordered(book, decision, names=names, **figures_of)
            plane = decision_plane(indicators.table, perimeters.table)
            write_plane(book, plane, catalogue=catalogue)
        else:
            write_criteria(book, decision, names=names, catalogue=catalogue)
        write_orders(book, decision, names=names, catalogue=catalogue)
    if not unions.empty:
        write_unions(book, perimeters=unions, **figures_of)
    if derived is not None:
        if not derived["epci_blocks"].table.empty:
            write_blocks(book, blocks=derived["epci_blocks"], catalogue=catalogue)
        if not derived["union_ranks"].table.empty:
            write_ranks(book, public=derived, perimeters=compared, catalogue=catalogue)
        if not derived["phases"].table.empty:
            write_phases(book, phases=derived["phases"], catalogue=catalogue)
    write_certificates(book, perimeters=compared)
    return book.content()


def _write_comparison(
    book: Book,
    *,
    indicators: Released,
    perimeters: pd.DataFrame,
    catalogue: pd.DataFrame,
) -> None:
    """Write one row an indicator, one column a perimeter, figures in words."""
    heads = [_head(perimeter) for perimeter in perimeters.itertuples()]
    columns = view("Comparaison", several=heads)
    cards = [
        {
            row.indicator_id: row
            for row in card_rows(indicators, catalogue, perimeter_id=str(name))
        }
        for name in perimeters["perimeter_id"]
    ]
    rows: list[Row] = list(_identity_rows(perimeters))
    group = ""
    for name, indicator in catalogue.iterrows():
        figures = [card.get(str(name)) for card in cards]
        letters = sorted({item.evidence for item in figures if item is not None})
        if not letters:
            continue
        if indicator["group"] != group:
            group = str(indicator["group"])
            blanks = [""] * (len(columns) - 1)
            rows.append(tuple(Text(text, "group") for text in (group, *blanks)))
        rows.append(
            (
                str(indicator["label"]),
                str(indicator["unit"]),
                DIRECTION_NAMES[str(indicator["direction"])],
                ", ".join(f"{letter} ({EVIDENCE_NAMES[letter]})" for letter in letters),
                str(indicator["formula"]),
                *_card_cells(perimeters, figures, indicator),
            )
        )
    book.sheet("Comparaison", columns, rows, layout="page")


def _head(perimeter: Any) -> str:
    doubt = perimeter.membership_status == _TO_CONFIRM
    known = "confirmer" in str(perimeter.name)
    return f"{perimeter.name} (à confirmer)" if doubt and not known else perimeter.name


def _card_cells(
    perimeters: pd.DataFrame, items: list[CardRow | None], indicator: pd.Series[Any]
) -> Iterator[Cell]:
    """Give the figures of an indicator, perimeter by perimeter."""
    for of, item in zip(perimeters["perimeter_id"], items, strict=True):
        where = Place("indicators_public", f"{of} / {indicator.name}")
        yield _card_cell(item, indicator, where)


def _card_cell(item: CardRow | None, indicator: pd.Series[Any], place: Place) -> Cell:
    """Give an observed figure as a number, any other in words with its note."""
    if item is None:
        return Text("– (non calculé)", "figure")
    if math.isfinite(item.exact) and not item.note:
        decimals, unit = int(indicator["decimals"]), str(indicator["unit"])
        return Figure(item.exact, "O", decimals, unit, place=place)
    more = f"\n{item.note}" if item.note else ""
    return Text(f"{item.text}{more}", "figure_grey" if item.greyed else "figure")


def _identity_rows(perimeters: pd.DataFrame) -> Iterator[Row]:
    ids = perimeters["perimeter_id"].astype(str)
    identities = [identity_values(row) for _, row in perimeters.iterrows()]
    fixed = (None,) * 3
    for rank, (label, unit) in enumerate(_IDENTITY):
        figures = (
            Figure(
                values[rank], place=Place("perimeters", perimeter_id, IDENTITY[rank])
            )
            for perimeter_id, values in zip(ids, identities, strict=True)
        )
        yield Text(label, "bold"), unit, *fixed, *figures
    statuses = (
        Text(CONFIRM_NAMES[status], "doubt" if status == _TO_CONFIRM else "figure")
        for status in perimeters["membership_status"].astype(str)
    )
    yield Text("Appartenances", "bold"), None, *fixed, *statuses


def _write_values(
    book: Book,
    *,
    indicators: Released,
    perimeters: pd.DataFrame,
    catalogue: pd.DataFrame,
    shares: Sequence[str],
) -> None:
    """Write the same figures as numbers, one row a figure, ready to filter."""
    columns = view("Valeurs", several=[_RANK_HEAD] if _RANK in shares else [])
    ids = perimeters["perimeter_id"]
    names = dict(zip(ids, perimeters["name"].astype(str), strict=True))
    demonstration = bool(indicators.demonstration)
    rows: list[Row] = []
    figures = _sorted_figures(indicators.table, list(names), list(catalogue.index))
    figures["note"] = _sent_to_counts(figures, catalogue)
    for figure in figures.to_dict("records"):
        indicator = catalogue.loc[figure["indicator_id"]]
        evidence = str(figure["evidence"])
        rows.append(
            (
                names[str(figure["perimeter_id"])],
                str(indicator["label"]),
                *_levels(figure, indicator, greyed=demonstration and evidence == "H"),
                str(indicator["unit"]),
                evidence,
                *(
                    Figure(float(figure[name]), place=_place(figure, name))
                    for name in shares
                ),
                str(figure["note"]),
                str(figure["source"]),
            )
        )
    book.sheet("Valeurs", columns, rows, layout="list", frozen=2)


def _sent_to_counts(figures: pd.DataFrame, catalogue: pd.DataFrame) -> pd.Series[str]:
    """Note beside drawn jobs that a register counts them, where it does."""
    note, name = figures["note"].astype(str), figures["indicator_id"]
    counted = figures[name.eq(_COUNTED_JOBS) & figures["value"].notna()]
    if counted.empty:
        return note
    is_drawn = name.eq(JOBS) & figures["synthetic_share_pct"].gt(0)
    sent = f"voir « {catalogue['label'][_COUNTED_JOBS]!s} »"
    full = note.where(note.eq(""), note + " ; ") + sent
    return note.mask(
        is_drawn & figures["perimeter_id"].isin(counted["perimeter_id"]), full
    )


def _levels(
    figure: Mapping[Any, Any], indicator: pd.Series[Any], *, greyed: bool
) -> list[Figure]:
    """Give a figure between its bounds, all three as sure as the least sure."""
    value, low, high = (float(figure[name]) for name in ("value", "low", "high"))
    sure = rounding_class(
        value,
        low,
        high,
        evidence=str(figure["evidence"]),
        at_best=str(indicator["evidence"]),
    )
    decimals, unit = int(indicator["decimals"]), str(indicator["unit"])
    levels = {"value": value, "low": low, "high": high}
    return [
        Figure(level, sure, decimals, unit, greyed, _place(figure, name))
        for name, level in levels.items()
    ]


def _place(figure: Mapping[Any, Any], column: str) -> Place:
    row = f"{figure['perimeter_id']} / {figure['indicator_id']}"
    return Place("indicators_public", row, column)


def _sorted_figures(
    table: pd.DataFrame, perimeter_ids: list[str], indicator_ids: list[str]
) -> pd.DataFrame:
    """Keep the figures of some perimeters, in the order of the two lists."""
    order = {
        name: rank
        for names in (perimeter_ids, indicator_ids)
        for rank, name in enumerate(names)
    }
    figures = table[
        table["perimeter_id"].isin(perimeter_ids)
        & table["indicator_id"].isin(indicator_ids)
    ]
    return figures.sort_values(
        ["perimeter_id", "indicator_id"], key=lambda column: column.map(order)
    )
