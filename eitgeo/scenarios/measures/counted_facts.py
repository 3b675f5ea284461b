"""What registers count commune by commune, each fact with its vintage."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pandas as pd

from eitgeo.tables.columns import COUNTED_FACTS, URSSAF_SECTORS
from eitgeo.words import NBSP

_OLD_YEARS = 5
_INSEE_10 = ("etablissements_10", ("all",), "establishments_10_plus")
_OF_URSSAF = (
    ("employeurs", URSSAF_SECTORS, "employers"),
    ("salaries", URSSAF_SECTORS, "employees"),
    ("salaries_industrie", ("industry",), "employees"),
)
_OF_INSEE = (
    ("etablissements", ("all",), "establishments"),
    ("etablissements_industrie", ("industry",), "establishments"),
    _INSEE_10,
)


@dataclass(frozen=True)
class Counted:
    """Facts of registers, communes beyond the study area included.

    ``table``: one row a commune (index), one column a fact; NaN: its source does not
    cover it. ``vintages``: day of each fact, ISO.
    """

    table: pd.DataFrame = field(repr=False)
    vintages: dict[str, str]


def counted_facts(
    urssaf: pd.DataFrame, insee: pd.DataFrame, ape: pd.DataFrame
) -> Counted | None:
    """Lay out the facts that perimeters sum; None where nothing is counted.

    ``urssaf``, ``insee``, ``ape``: tables ``activity_urssaf``, ``activity_insee`` and
    ``activity_ape``, which stands in for the first where that one is empty. Returns:
    the facts of ``COUNTED_FACTS`` that a table tells.
    """
    employers = urssaf if len(urssaf) else ape
    sums_of: dict[str, pd.Series[float]] = {}
    vintages: dict[str, str] = {}
    for table, facts in ((employers, _OF_URSSAF), (insee, _OF_INSEE)):
        for fact, sectors, measure in facts:
            rows = table[table["measure"].eq(measure)]
            covered = rows["code_insee"].unique()
            rows = rows[rows["sector"].isin(sectors)]
            sums = rows.groupby("code_insee")["value"].sum()
            sums_of[fact] = sums.reindex(covered, fill_value=0.0)
            vintages[fact] = str(rows["vintage"].max()) if len(rows) else ""
    names = [fact for fact in COUNTED_FACTS if len(sums_of[fact])]
    if not names:
        return None
    wide = pd.DataFrame({fact: sums_of[fact] for fact in names}).sort_index()
    return Counted(wide, {fact: vintages[fact] for fact in names})


def vintage_words(day: str, edition: dt.date) -> str:
    r"""Say when a fact was so, and that it is old.

    Examples
    --------
    >>> vintage_words("2025-12-31", dt.date(2026, 11, 24))
    'fin\xa02025'
    >>> vintage_words("2018-12-31", dt.date(2026, 11, 24))
    'fin\xa02018, il y a plus de cinq ans'
    """
    when = dt.date.fromisoformat(day)
    is_end = (when.month, when.day) == (12, 31)
    date = f"fin{NBSP}{when.year}" if is_end else when.strftime("%d/%m/%Y")
    years = edition.year - when.year
    years -= (edition.month, edition.day) < (when.month, when.day)
    return f"{date}, il y a plus de cinq ans" if years >= _OLD_YEARS else date
