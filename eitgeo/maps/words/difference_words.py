"""What changes from a perimeter to another, in words: fixed rules on numbers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.ledger import Place, told
from eitgeo.tables.public import Released
from eitgeo.words import (
    MISSING,
    NBSP,
    agreed,
    french_number,
    published_value,
    with_unit,
)

CHANGES = {
    "entre": "entrent",
    "sort": "sortent",
    "coupe": "sont coupées",
    "reuni": "sont réunies",
    "recoupe": "sont coupées autrement",
    "passe": "changent de région",
}
_POINTS = {"%": "points"}
_NAMED = 12
"""Names that a line may bear; more of them are counted."""


class DifferenceTables(NamedTuple):
    """What a sheet of difference is made of, all of it released."""

    pair: tuple[str, str]  # Identifiers of A and B
    communes: Released  # Of `scenario_difference`
    epci: Released
    gaps: Released  # Of `figure_gaps`


class GapRow(NamedTuple):
    """One indicator of two perimeters, ready to print."""

    indicator_id: str
    label: str
    first: str  # In words, with unit and interval; « – » when not known
    second: str
    gap: str
    evidence: str  # The worse class of the two
    greyed: bool  # Whether it is set back: an assumption in a demonstration
    note: str  # Why a figure is missing; may be empty


def gap_rows(
    indicators: Released, gaps: Released, catalogue: pd.DataFrame
) -> list[GapRow]:
    """Word the figures of two perimeters and their gap.

    Parameters
    ----------
    indicators
        Table ``indicators``.
    gaps
        Of `figure_gaps`.
    catalogue
        `indicator_catalogue`, or some of its rows.

    Returns
    -------
    list of GapRow
        In the order of the catalogue.

    Raises
    ------
    SchemaError
        When a table is not released.
    """
    figures = indicators.table
    rows = gaps.table
    named = set(rows["first_id"]) | set(rows["second_id"])
    by_key = {
        (str(row["perimeter_id"]), str(row["indicator_id"])): row
        for row in figures[figures["perimeter_id"].isin(named)].to_dict("records")
    }
    by_indicator = {str(row["indicator_id"]): row for row in rows.to_dict("records")}
    return [
        _gap_row(
            by_indicator[str(name)],
            about,
            sides=[
                by_key.get((str(by_indicator[str(name)][end]), str(name)))
                for end in _ENDS
            ],
            is_demonstration=bool(indicators.demonstration),
        )
        for name, about in catalogue.iterrows()
        if name in by_indicator
    ]


_ENDS = ("first_id", "second_id")


def _gap_row(
    row: Mapping[Hashable, Any],
    indicator: pd.Series,
    *,
    sides: list[dict[Hashable, Any] | None],
    is_demonstration: bool,
) -> GapRow:
    evidence, unit = str(row["evidence"]), str(indicator["unit"])
    decimals = int(indicator["decimals"])
    texts = [
        MISSING
        if side is None
        else told(
            side,
            Place("indicators_public", f"{side['perimeter_id']} / {indicator.name}"),
            unit=unit,
            decimals=decimals,
            at_best=str(indicator["evidence"]),
        )
        for side in sides
    ]
    notes = dict.fromkeys(str(row[f"{end}_note"]) for end in ("first", "second"))
    return GapRow(
        indicator_id=str(indicator.name),
        label=str(indicator["label"]),
        first=texts[0],
        second=texts[1],
        gap=_side_gap(sides, unit=unit, decimals=decimals),
        evidence=evidence,
        greyed=is_demonstration and evidence == "H",
        note=" ; ".join(note for note in notes if note),
    )


def _side_gap(
    sides: list[dict[Hashable, Any] | None], *, unit: str, decimals: int
) -> str:
    first, second = sides
    if first is None or second is None:
        return MISSING
    gap = printed_gap(
        float(first["value"]),
        float(second["value"]),
        evidence=(str(first["evidence"]), str(second["evidence"])),
        unit=unit,
        decimals=decimals,
    )
    return gap_text(gap, unit=unit)


def printed_gap(
    first: float, second: float, *, evidence: tuple[str, str], unit: str, decimals: int
) -> float:
    """Subtract two figures as they are printed: a reader can redo it on the page.

    Examples
    --------
    >>> about = {"evidence": ("H", "H"), "decimals": 0}
    >>> printed_gap(205.0, 474.0, unit="nombre", **about)  # 200 and 500
    300.0
    >>> printed_gap(18.0, 22.0, unit="min", **about)  # 20 both
    0.0
    """
    if not (np.isfinite(first) and np.isfinite(second)):
        return float("nan")
    before, after = (
        Decimal(
            repr(published_value(value, evidence=letter, decimals=decimals, unit=unit))
        )
        for value, letter in zip((first, second), evidence, strict=True)
    )
    return float(after - before)


def gap_text(gap: float, *, unit: str) -> str:
    r"""Write a gap with its sign; « = » where there is none.

    Examples
    --------
    >>> gap_text(4.0, unit="nombre")
    '+4'
    >>> gap_text(-11.0, unit="%") == f"−11{NBSP}points"
    True
    >>> gap_text(0.0, unit="%")
    '='
    """
    if not np.isfinite(gap):
        return MISSING
    if gap == 0:
        return "="
    text = f"{'+' if gap > 0 else '−'}{french_number(abs(gap))}"
    return with_unit(text, agreed(gap, _POINTS.get(unit, unit)))


def told_changes(
    difference: DifferenceTables, *, names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Say by name which EPCI and communes change from A to B."""
    communes = difference.communes.table
    epci = difference.epci.table
    return change_lines(communes, epci, names=names)


def change_lines(
    communes: pd.DataFrame, epci: pd.DataFrame, *, names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Say by name which EPCI and communes change from A to B."""
    lines = []
    for change, verb in CHANGES.items():
        rows = epci[epci["change"] == change]
        if len(rows):
            epci_names = sorted(
                names.get(str(siren), str(siren)) for siren in rows["epci_siren"]
            )
            lines.append((f"Intercommunalités qui {verb}", _listed(epci_names)))
    for change in ("entre", "sort", "passe"):
        rows = communes[communes["change"] == change]
        if len(rows):
            people = french_number(float(rows["population"].sum()), decimals=0)
            count = french_number(float(len(rows)), decimals=0)
            # Those of whole EPCI are named by them.
            whole = epci.loc[epci["change"] == change, "epci_siren"]
            alone = rows.loc[~rows["epci_siren"].isin(whole), "nom"]
            text = f"{count} ({people}{NBSP}habitants)"
            if len(alone):
                text += f" ; hors intercommunalités entières : {_listed(sorted(alone))}"
            lines.append((f"Communes qui {CHANGES[change]}", text))
    return lines or [("Communes", "aucune ne change")]


def _listed(names: list[str]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    rest = len(names) - _NAMED
    plural = "s" if rest > 1 else ""
    return f"{', '.join(names[:_NAMED])} et {rest} autre{plural} (voir le tableur)"
