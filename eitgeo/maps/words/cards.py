"""The card of a perimeter and what changes to another: figures as words.

Print maps, the page and the workbook all read it, so that a figure is the same
wherever it is printed.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.ledger import Place, headed, plain, told
from eitgeo.maps.paper.side import CardRow
from eitgeo.tables.public import Released
from eitgeo.words import (
    MISSING,
    NBSP,
    agreed,
    french_number,
    published_value,
    with_unit,
)


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
