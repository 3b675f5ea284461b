"""The card of a perimeter: identity lines and indicators as words.

Print maps, the page and the workbook all read it, so that a figure is the same
wherever it is printed.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.ledger import Place, headed, plain, told
from eitgeo.maps.paper.side import CardRow
from eitgeo.tables.public import Released
from eitgeo.words import MISSING, NBSP


def perimeter_rows(perimeters: Released, *, compared: bool = True) -> pd.DataFrame:
    """Return the perimeters that sheets show by name, or the other ones."""
    table = perimeters.table
    return table[table["compared"].astype(bool) == compared].reset_index(drop=True)


def one_perimeter(perimeters: Released, perimeter_id: str) -> pd.Series:
    """Return the row of one perimeter."""
    table = perimeters.table
    rows = table[table["perimeter_id"] == perimeter_id]
    if rows.empty:
        message = f"perimeters : périmètre inconnu « {perimeter_id} »"
        raise StudyError(message)
    return rows.iloc[0]


def identity_lines(perimeter: pd.Series) -> list[tuple[str, str]]:
    """Return what a perimeter is, before any indicator."""
    values = identity_values(perimeter)
    names = (
        "communes" if values[0] > 1 else "commune",
        "habitants" if values[1] > 1 else "habitant",
        "km²",
        "hab./km²",
    )
    of = str(perimeter["perimeter_id"])
    return [
        (headed(value, Place("perimeters", of, singular), evidence="O", unit=""), name)
        for value, singular, name in zip(values, IDENTITY, names, strict=True)
    ]


def perimeter_message(
    perimeter: pd.Series, indicators: Released, catalogue: pd.DataFrame
) -> str:
    """Say how large a perimeter is, and how many councils it asks.

    What is not known is left out.
    """
    known = catalogue.loc[catalogue.index.isin(_COUNTED)]
    rows = card_rows(indicators, known, perimeter_id=str(perimeter["perimeter_id"]))
    texts = {row.indicator_id: row.text for row in rows if row.text != MISSING}
    counts = {
        name: f"{text}{NBSP}{one if text == '1' else f'{one}{plural}'}"
        for name, text in texts.items()
        for one, plural in (_COUNTED[name],)
    }
    if "n_epci" in counts and perimeter.get("n_epci_cut", 0):
        counts["n_epci"] += f" ({_cut_words(perimeter)})"
    people = NBSP.join(identity_lines(perimeter)[1])
    parts = (counts.get("n_epci"), people, counts.get("n_departements"))
    size = ", ".join(part for part in parts if part)
    asked = counts.get("n_deliberations")
    return f"{size}{NBSP}: {asked} à réunir" if asked else size


def _cut_words(perimeter: pd.Series) -> str:
    """Say how many EPCI a perimeter cuts, out of those that it meets."""
    cut = int(perimeter["n_epci_cut"])
    verb = "coupé" if cut == 1 else "coupés"
    if not perimeter["n_epci_whole"]:
        return verb if cut == 1 else f"tous {verb}"
    place = Place("perimeters", str(perimeter["perimeter_id"]), "n_epci_cut")
    return f"dont {plain(cut, place)}{NBSP}{verb}"


def perimeter_name(perimeter: pd.Series) -> str:
    """Return its name, and that its members are to be confirmed where they are."""
    doubt = perimeter["membership_status"] == "a_confirmer"
    return f"{perimeter['name']}{' · membres à confirmer' if doubt else ''}"


_COUNTED = {
    "n_epci": ("EPCI", ""),
    "n_departements": ("département", "s"),
    "n_deliberations": ("délibération", "s"),
}
"""Indicators of councils → their singular, and what the plural adds."""

IDENTITY = ("n_communes", "population", "area_km2", "density")
"""Columns of what a perimeter is; the last is worked out."""


def identity_values(perimeter: pd.Series) -> tuple[float, float, float, float]:
    """Return communes, inhabitants, area [km²] and density [inhabitants/km²]."""
    people, area_km2 = float(perimeter["population"]), float(perimeter["area_km2"])
    density = people / area_km2 if area_km2 > 0 else float("nan")
    return float(perimeter["n_communes"]), people, area_km2, density


def card_rows(
    indicators: Released,
    catalogue: pd.DataFrame,
    *,
    perimeter_id: str,
    first_screen: bool = False,
) -> list[CardRow]:
    """Word the indicators of one perimeter.

    Parameters
    ----------
    indicators
        Table ``indicators``.
    catalogue
        `indicator_catalogue`.
    perimeter_id
        The perimeter.
    first_screen
        Only those of the first screen, where the catalogue says which.

    Returns
    -------
    list of CardRow
        In the order of the catalogue; indicators without a row are left out.

    Raises
    ------
    SchemaError
        When the table is not released, or lacks a column.
    """
    table = indicators.table
    rows = table[table["perimeter_id"] == perimeter_id]
    by_indicator = {str(row["indicator_id"]): row for row in rows.to_dict("records")}
    shown = catalogue
    if first_screen and "first_screen" in catalogue:
        shown = catalogue[catalogue["first_screen"] == "oui"]
    is_demonstration = bool(indicators.demonstration)
    return [
        _card_row(by_indicator[str(name)], about, is_demonstration=is_demonstration)
        for name, about in shown.iterrows()
        if name in by_indicator
    ]


def observed_alone(indicators: Released, catalogue: pd.DataFrame) -> tuple[str, ...]:
    """Name the indicators that rest on observation alone in every perimeter."""
    table = indicators.table
    by_name = table.groupby("indicator_id")
    is_sure = by_name["evidence"].agg(lambda letters: set(letters) == {"O"})
    is_sure &= by_name["hypothesis_share_pct"].max().eq(0.0)
    is_sure &= by_name["value"].count().gt(0)
    names = [name for name in catalogue.index if is_sure.get(name, False)]
    return tuple(catalogue.loc[names, "label"].astype(str))


def _card_row(
    row: Mapping[Hashable, Any], indicator: pd.Series, *, is_demonstration: bool
) -> CardRow:
    evidence = str(row["evidence"])
    text = told(
        row,
        Place("indicators_public", f"{row['perimeter_id']} / {indicator.name}"),
        unit=str(indicator["unit"]),
        decimals=int(indicator["decimals"]),
        at_best=str(indicator["evidence"]),
    )
    return CardRow(
        indicator_id=str(indicator.name),
        label=str(indicator["label"]),
        group=str(indicator["group"]),
        text=text,
        note=str(row["note"]),
        evidence=evidence,
        greyed=is_demonstration and evidence == "H",
        exact=float(row["value"]) if evidence == "O" else float("nan"),
    )
