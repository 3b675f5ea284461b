"""The sheets of the workbook, one function each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from eitgeo.maps._workbook import (
    HEAD_ROW,
    Formats,
    add_page,
    write_number,
    write_rows,
)
from eitgeo.maps.cards import card_rows, identity_values
from eitgeo.words import DIRECTION_NAMES, EVIDENCE_NAMES, rounding_class

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.maps.cards import CardRow
    from eitgeo.maps.sheet import Sheet

_TO_CONFIRM = "a_confirmer"
_CONFIRM_NAMES = {_TO_CONFIRM: "à confirmer", "publie": "publiée"}
_METHOD_NAMES = {
    "structure": "structure ou hypothèse déclarée",
    "union_epci": "union d'EPCI entiers",
    "temps_de_route": "temps de route",
    "ward": "bassin de temps de route",
    "importe": "tracé ou liste apportés",
    "optimum": "échanges potentiels gardés",
}
_IDENTITY_LABELS = (
    ("Communes", "nombre"),
    ("Habitants", "nombre"),
    ("Superficie", "km²"),
    ("Densité", "hab./km²"),
)
_SHARES = ("hypothesis_share_pct", "synthetic_share_pct", "percentile_same_size")
_VALUE_COLUMNS = {
    "Périmètre": 38,
    "Indicateur": 38,
    "Valeur": 13,
    "Bas": 13,
    "Haut": 13,
    "Unité": 13,
    "Fiabilité": 9,
    "Part d'hypothèses (%)": 13,
    "Part synthétique (%)": 13,
    "Rang centile parmi les unions d'autant d'EPCI": 17,
    "Note": 34,
    "Source": 50,
}
_FIXED = ("Indicateur", "Unité", "Sens", "Fiabilité", "Formule")


def write_comparison(
    workbook: Any,
    formats: Formats,
    *,
    indicators: Released,
    perimeters: pd.DataFrame,
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> None:
    """Write one row an indicator, one column a perimeter, figures in words."""
    n_fixed = len(_FIXED)
    columns = [38, 12, 18, 14, 46, *([26] * len(perimeters))]
    page = add_page(workbook, formats, "Comparaison", sheet=sheet, columns=columns)
    heads = [f"{_head(row)}" for row in perimeters.itertuples()]
    write_rows(page, HEAD_ROW, [(*_FIXED, *heads)], formats["head"])
    page.freeze_panes(HEAD_ROW + 1, 1)
    cards = {
        str(name): {
            row.indicator_id: row
            for row in card_rows(indicators, catalogue, perimeter_id=str(name))
        }
        for name in perimeters["perimeter_id"]
    }
    row = _write_identity(page, formats, perimeters, n_fixed)
    group = ""
    for name, about in catalogue.iterrows():
        if not any(name in card for card in cards.values()):
            continue
        if about["group"] != group:
            group = str(about["group"])
            texts = [group, *([""] * (n_fixed - 1 + len(cards)))]
            row = write_rows(page, row, [texts], formats["group"])
        found = [card.get(str(name)) for card in cards.values()]
        letters = sorted({item.evidence for item in found if item is not None})
        fixed = [
            str(about["label"]),
            str(about["unit"]),
            DIRECTION_NAMES[str(about["direction"])],
            ", ".join(f"{letter} ({EVIDENCE_NAMES[letter]})" for letter in letters),
            str(about["formula"]),
        ]
        write_rows(page, row, [fixed], formats["text"])
        for column, item in enumerate(found, start=n_fixed):
            rounding = {"decimals": int(about["decimals"]), "unit": about["unit"]}
            _write_cell(page, (row, column), item, formats, rounding=rounding)
        row += 1


def _head(perimeter: Any) -> str:
    doubt = perimeter.membership_status == _TO_CONFIRM
    known = "confirmer" in str(perimeter.name)
    return f"{perimeter.name} (à confirmer)" if doubt and not known else perimeter.name


def _write_cell(
    page: Any,
    place: tuple[int, int],
    item: CardRow | None,
    formats: Formats,
    *,
    rounding: dict[str, Any],
) -> None:
    """Write an observed figure as a number, any other in words with its note."""
    if item is None:
        page.write_string(*place, "– (non calculé)", formats["figure"])
    elif math.isfinite(item.exact) and not item.note:
        write_number(page, place, item.exact, formats, evidence="O", **rounding)
    else:
        note = f"\n{item.note}" if item.note else ""
        style = "figure_grey" if item.greyed else "figure"
        page.write_string(*place, f"{item.text}{note}", formats[style])


def _write_identity(
    page: Any, formats: Formats, perimeters: pd.DataFrame, n_fixed: int
) -> int:
    row = HEAD_ROW + 1
    for rank, (label, unit) in enumerate(_IDENTITY_LABELS):
        page.write_string(row, 0, label, formats["bold"])
        page.write_string(row, 1, unit, formats["text"])
        for column, (_, perimeter) in enumerate(perimeters.iterrows(), start=n_fixed):
            write_number(
                page,
                (row, column),
                identity_values(perimeter)[rank],
                formats,
                evidence="O",
                decimals=0,
                unit=unit,
            )
        row += 1
    page.write_string(row, 0, "Appartenances", formats["bold"])
    for column, status in enumerate(perimeters["membership_status"], start=n_fixed):
        style = formats["doubt" if status == _TO_CONFIRM else "figure"]
        page.write_string(row, column, _CONFIRM_NAMES[str(status)], style)
    return row + 1


def write_values(
    workbook: Any,
    formats: Formats,
    *,
    indicators: Released,
    perimeters: pd.DataFrame,
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> None:
    """Write the same figures as numbers, one row a figure, ready to filter."""
    widths = list(_VALUE_COLUMNS.values())
    page = add_page(
        workbook, formats, "Valeurs", sheet=sheet, columns=widths, to_read=False
    )
    write_rows(page, HEAD_ROW, [list(_VALUE_COLUMNS)], formats["head"])
    page.freeze_panes(HEAD_ROW + 1, 2)
    names = dict(
        zip(perimeters["perimeter_id"], perimeters["name"].astype(str), strict=True)
    )
    rows = _sorted_figures(indicators.table, list(names), list(catalogue.index))
    is_demonstration = bool(indicators.demonstration)
    for place, figure in enumerate(rows.to_dict("records"), start=HEAD_ROW + 1):
        about = catalogue.loc[figure["indicator_id"]]
        evidence = str(figure["evidence"])
        texts = {0: names[str(figure["perimeter_id"])], 1: about["label"]}
        texts |= {5: about["unit"], 6: evidence}
        texts |= {10: str(figure["note"]), 11: figure["source"]}
        for column, text in texts.items():
            page.write_string(place, column, str(text), formats["text"])
        levels = [float(figure[name]) for name in ("value", "low", "high")]
        best = str(about["evidence"])
        for column, level in enumerate(levels, start=2):
            write_number(
                page,
                (place, column),
                level,
                formats,
                evidence=rounding_class(*levels, evidence=evidence, at_best=best),
                decimals=int(about["decimals"]),
                unit=str(about["unit"]),
                greyed=is_demonstration and evidence == "H",
            )
        for column, name in enumerate(_SHARES, start=7):
            cell, share = (place, column), float(figure[name])
            write_number(page, cell, share, formats, evidence="O", decimals=0, unit="%")
    last = HEAD_ROW + max(1, len(rows))
    page.autofilter(HEAD_ROW, 0, last, len(_VALUE_COLUMNS) - 1)


def _sorted_figures(
    table: pd.DataFrame, perimeter_ids: list[str], indicator_ids: list[str]
) -> pd.DataFrame:
    """Keep the figures of some perimeters, in the order of the two lists."""
    order = {
        name: rank
        for names in (perimeter_ids, indicator_ids)
        for rank, name in enumerate(names)
    }
    kept = table[
        table["perimeter_id"].isin(perimeter_ids)
        & table["indicator_id"].isin(indicator_ids)
    ]
    return kept.sort_values(
        ["perimeter_id", "indicator_id"], key=lambda column: column.map(order)
    )


def write_certificates(
    workbook: Any, formats: Formats, *, perimeters: pd.DataFrame, sheet: Sheet
) -> None:
    """Write what is true of each perimeter, whatever method drew it."""
    widths = [46, 28, 16, 100]
    page = add_page(workbook, formats, "Certificats", sheet=sheet, columns=widths)
    heads = ["Périmètre", "Origine", "Appartenances", "Certificat"]
    write_rows(page, HEAD_ROW, [heads], formats["head"])
    page.freeze_panes(HEAD_ROW + 1, 1)
    rows = [
        [
            str(row.name),
            _METHOD_NAMES.get(str(row.method), str(row.method)),
            _CONFIRM_NAMES[str(row.membership_status)],
            str(row.certificate),
        ]
        for row in perimeters.itertuples(index=False)
    ]
    write_rows(page, HEAD_ROW + 1, rows, formats["text"])
