"""Waste headings of classified installations: which they are, what outlet they make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.reference.waste import icpe_headings
from eitgeo.words import french_number

if TYPE_CHECKING:
    from eitgeo.sources.files.loaded import Note

FILE = "rubriqueIC.csv"
YEARLY_TONNES = ("t/an", "tonnes/an", "tonne/an")
"""Units of a quantity that is a capacity in t/year, as they are written."""

_NUMBER = r"(?P<base>\d{4})(?:-(?P<sub>\d+))?.*"


@dataclass(frozen=True)
class WasteHeadings:
    """Headings of the nomenclature that take waste, and the remarks on others.

    Attributes
    ----------
    rows
        ``codeAiot``, ``heading``, ``kind``, ``rank``, ``capacity_t`` [t/year], and
        ``quantity`` and ``unit`` as written.
    notes
        Headings 27xx that the package does not know, quantities that are no number.
    """

    rows: pd.DataFrame = field(repr=False)
    notes: list[Note]


def waste_headings(headings: pd.DataFrame) -> WasteHeadings:
    """Keep the headings that take waste.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"codeAiot": ["1"], "numeroRubrique": ["2760"],
    ...     "alinea": ["2.b"], "quantiteTotale": ["48492"], "unite": ["t/an"]})
    >>> waste_headings(rows).rows[["heading", "kind", "capacity_t"]].values.tolist()
    [['2760-2', 'isdnd', 48492.0]]
    """
    table = icpe_headings().set_index("heading")
    parts = headings["numeroRubrique"].str.extract(_NUMBER).fillna("")
    sub = parts["sub"].where(
        parts["sub"] != "", headings["alinea"].str.extract(r"^\D*(\d+)")[0].fillna("")
    )
    precise = parts["base"] + "-" + sub
    heading = precise.where(precise.isin(table.index), parts["base"])
    known = heading.isin(table.index)
    strange = ~known & parts["base"].str.startswith("27")
    notes: list[Note] = [
        (FILE, line, f"ICPE{code}", "rubrique_inconnue", f"rubrique « {number} »")
        for line, code, number in headings.loc[
            strange, ["codeAiot", "numeroRubrique"]
        ].itertuples()
    ]
    rows = headings[known].assign(heading=heading[known])
    rows = rows.join(table[["kind", "rank"]], on="heading")
    yearly = rows["unite"].str.casefold().str.replace(" ", "").isin(YEARLY_TONNES)
    plain = rows["quantiteTotale"].str.replace(",", ".", regex=False)
    number = plain.str.fullmatch(r"\d+(\.\d+)?")
    notes += [
        (FILE, line, f"ICPE{code}", "quantite_illisible", f"« {text} » en t/an")
        for line, code, text in rows.loc[
            yearly & ~number & (plain != ""), ["codeAiot", "quantiteTotale"]
        ].itertuples()
    ]
    rows["capacity_t"] = plain.where(yearly & number, "nan").astype(float)
    rows["quantity"] = plain.where(number, "nan").astype(float)
    columns = ["codeAiot", "heading", "kind", "rank", "capacity_t", "quantity"]
    return WasteHeadings(rows[columns].assign(unit=rows["unite"]), notes)


def main_headings(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum up the headings of each installation.

    ``permitted``: what the main one permits, unit by unit, in the words of the permit.
    """
    ordered = rows.sort_values(["codeAiot", "rank"], kind="stable")
    first = ordered.drop_duplicates("codeAiot").set_index("codeAiot")
    lists = ordered.groupby("codeAiot")["heading"].agg(
        lambda values: ";".join(sorted(set(values)))
    )
    capacity = (
        ordered.groupby(["codeAiot", "heading"])["capacity_t"]
        .sum(min_count=1)
        .reset_index()
    )
    of_main = (
        first[["heading", "kind"]]
        .reset_index()
        .merge(capacity, on=["codeAiot", "heading"], how="left")
    )
    table = of_main.set_index("codeAiot")[["kind", "capacity_t"]]
    mine = ordered.merge(of_main[["codeAiot", "heading"]], on=["codeAiot", "heading"])
    permitted = _permitted(mine).reindex(table.index, fill_value="")
    return table.assign(headings=lists.reindex(table.index), permitted=permitted)


def _permitted(rows: pd.DataFrame) -> pd.Series:
    """Write the quantities of each installation with their unit; zero tells none."""
    given = rows[(rows["quantity"] > 0) & (rows["unit"] != "")]
    sums = given.groupby(["codeAiot", "unit"])["quantity"].sum().reset_index()
    texts = [
        f"{french_number(value)} {unit}"
        for value, unit in zip(sums["quantity"], sums["unit"], strict=True)
    ]
    told = pd.Series(texts, index=sums.index, dtype="str")
    return told.groupby(sums["codeAiot"]).agg(" ; ".join).astype("str")
