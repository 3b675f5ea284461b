"""The sheet « Unions d'EPCI »: every union of whole EPCI, ready to sort and filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.maps._workbook import Formats, set_up_print, write_number, write_rows

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure import Released

_IDENTITY = {
    "n_communes": "Communes",
    "population": "Habitants",
    "area_km2": "Superficie (km²)",
}
_BOUNDS = {"low": "bas", "high": "haut"}


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
) -> None:
    """Write every union of whole EPCI: composition, identity, indicators.

    Parameters
    ----------
    workbook
        The workbook.
    formats
        Cell formats of :func:`make_formats`.
    indicators
        Table ``indicators``, released.
    perimeters
        The compared perimeters.
    catalogue
        The catalogue of indicators.
    """
    page = workbook.add_worksheet("Unions d'EPCI")
    columns = [
        *_identity_columns(perimeters),
        *_indicator_columns(indicators, perimeters, catalogue),
    ]
    heads = ["N°", "Composition", *(column.head for column in columns)]
    set_up_print(page, repeat=0, columns=[12, 70, *([15] * len(columns))])
    write_rows(page, 0, [heads], formats["head"])
    page.freeze_panes(1, 2)
    names = perimeters[["perimeter_id", "name"]].astype(str).to_numpy()
    for place, (perimeter_id, name) in enumerate(names, start=1):
        write_rows(page, place, [(perimeter_id, name)], formats["text"])
        for rank, column in enumerate(columns, start=2):
            value = float(column.values.loc[perimeter_id])
            write_number(page, (place, rank), value, formats, **column.rounding)
    page.autofilter(0, 0, len(perimeters), len(heads) - 1)


def _identity_columns(perimeters: pd.DataFrame) -> list[_Column]:
    rows = perimeters.set_index("perimeter_id")
    rounding = {"evidence": "O", "decimals": 0}
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
        rounding = {
            "evidence": evidence,
            "decimals": int(about["decimals"]),
            "greyed": bool(indicators.demonstration) and evidence == "H",
        }
        head = f"{about['label']} [{about['unit']}] – {evidence}"
        columns.append(_Column(head, rows["value"].reindex(ids), rounding))
        if evidence != "O" and (rows["low"] < rows["high"]).any():
            columns += [
                _Column(f"{head}, {word}", rows[bound].reindex(ids), rounding)
                for bound, word in _BOUNDS.items()
            ]
    return columns
