"""The sheet « Unions d'EPCI »: every union of whole EPCI, ready to sort and filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.maps._workbook import (
    HEAD_ROW,
    Formats,
    add_page,
    write_number,
    write_rows,
)
from eitgeo.words import rounding_class

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.maps.sheet import Sheet

_IDENTITY = {
    "n_communes": "Communes",
    "population": "Habitants",
    "area_km2": "Superficie (km²)",
}
_BOUNDS = {"low": "bas", "high": "haut"}
_LIST_HEAD = " : bas et haut selon une liste à confirmer"


class _Column(NamedTuple):
    """A column of figures: its head, its values by perimeter, its rounding."""

    head: str
    values: pd.Series[float]
    rounding: dict[str, Any]


def write_unions(
    workbook: Any,
    formats: Formats,
    *,
    indicators: Released,
    perimeters: pd.DataFrame,
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> None:
    """Write every union of whole EPCI: composition, identity, indicators."""
    columns = [
        *_identity_columns(perimeters),
        *_indicator_columns(indicators, perimeters, catalogue),
    ]
    heads = ["N°", "Composition", *(column.head for column in columns)]
    widths = [12, 70, *([15] * len(columns))]
    page = add_page(
        workbook, formats, "Unions d'EPCI", sheet=sheet, columns=widths, to_read=False
    )
    write_rows(page, HEAD_ROW, [heads], formats["head"])
    page.freeze_panes(HEAD_ROW + 1, 2)
    names = perimeters[["perimeter_id", "name"]].astype(str).to_numpy()
    for place, (perimeter_id, name) in enumerate(names, start=HEAD_ROW + 1):
        write_rows(page, place, [(perimeter_id, name)], formats["text"])
        for rank, column in enumerate(columns, start=2):
            value = float(column.values.loc[perimeter_id])
            write_number(page, (place, rank), value, formats, **column.rounding)
    page.autofilter(HEAD_ROW, 0, HEAD_ROW + len(perimeters), len(heads) - 1)


def _identity_columns(perimeters: pd.DataFrame) -> list[_Column]:
    rows = perimeters.set_index("perimeter_id")
    rounding = {"evidence": "O", "decimals": 0, "unit": ""}
    return [
        _Column(head, rows[name].astype(float), rounding)
        for name, head in _IDENTITY.items()
    ]


def _indicator_columns(
    indicators: Released, perimeters: pd.DataFrame, catalogue: pd.DataFrame
) -> list[_Column]:
    """Make a column an indicator, and two for its bounds where it is not exact."""
    table, ids = indicators.table, list(perimeters["perimeter_id"])
    mine = table[table["perimeter_id"].isin(ids)]
    columns = []
    for name, about in catalogue.iterrows():
        rows = mine[mine["indicator_id"] == name].set_index("perimeter_id")
        if rows.empty:
            continue
        evidence = max(rows["evidence"].astype(str), key="OSH".index)
        sure = max(_rounding_classes(rows, str(about["evidence"])), key="OSH".index)
        rounding = {
            "evidence": sure,
            "decimals": int(about["decimals"]),
            "unit": str(about["unit"]),
            "greyed": bool(indicators.demonstration) and sure == "H",
        }
        known = "O, ou H" if rows["evidence"].eq("O").any() else evidence
        told = evidence if sure == evidence else f"{known}{_LIST_HEAD}"
        head = f"{about['label']} [{about['unit']}] – {told}"
        columns.append(_Column(head, rows["value"].reindex(ids), rounding))
        if (rows["low"] < rows["high"]).any():
            columns += [
                _Column(f"{head}, {word}", rows[bound].reindex(ids), rounding)
                for bound, word in _BOUNDS.items()
            ]
    return columns


def _rounding_classes(rows: pd.DataFrame, at_best: str) -> list[str]:
    levels = rows[["value", "low", "high"]].astype(float)
    return [
        rounding_class(*told, evidence=str(evidence), at_best=at_best)
        for told, evidence in zip(
            levels.itertuples(index=False, name=None), rows["evidence"], strict=True
        )
    ]
