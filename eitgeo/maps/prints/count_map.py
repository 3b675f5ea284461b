"""Print map of the employees of industry, commune by commune: counted, not drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from eitgeo.ledger import Place, plain
from eitgeo.maps.paper.charter import styles
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.map_sheet import MapSheet, listed, statement
from eitgeo.maps.paper.marks import circles
from eitgeo.maps.paper.side import SideTable
from eitgeo.maps.paper.study_map import area_sheet
from eitgeo.maps.words.sentences import sentences
from eitgeo.reference.map_sheets import map_title
from eitgeo.tables.public import Released
from eitgeo.words import NBSP, french_number

SUBJECT = map_title("carte_salaries_industrie")
FACT = "salaries_industrie"
_BOUNDS = (10, 30, 100, 300, 1_000)
"""Classes of employees: each about three times the one before."""
_SIZES_PT = (2.2, 3.6, 5.4, 7.8, 10.8, 14.0)
_CIRCLE = styles("count_map")["circle"]
_LISTED = 12
_SAY = sentences("prints", "count_map")


def count_map(ground: Ground, counted: Released) -> MapSheet:
    """Draw one circle a commune at its town hall, by class of employees."""
    table: Any = counted.table
    counted_rows = table[
        table["fact"].eq(FACT) & table["code_insee"].isin(ground.area.index)
    ]
    shown = counted_rows[counted_rows["n"] > 0].sort_values(
        ["n", "code_insee"], ascending=[False, True], kind="stable"
    )
    seats = ground.communes.loc[shown["code_insee"], ["seat_x", "seat_y"]].to_numpy()
    when = ", ".join(dict.fromkeys(counted_rows["when"]))
    total = plain(float(counted_rows["n"].sum()), _at("value"))
    with_some = plain(int((counted_rows["n"] > 0).sum()), _at("communes"))
    every = plain(len(counted_rows), _at("communes couvertes"))
    missed = len(ground.area) - len(counted_rows)
    title, text = _SAY.titled(
        "sum",
        when=when,
        total=total,
        some=with_some,
        every=every,
        missed=_SAY("missed", n=missed) if missed else "",
    )
    return area_sheet(
        ground,
        circles(
            (counted,),
            seats,
            size_ranks(shown["n"]),
            sizes_pt=_SIZES_PT,
            style=_CIRCLE,
            label=_class_label,
        ),
        subject=SUBJECT,
        heading=_heading(shown, ground),
        side=(
            statement(title, text),
            listed(_first_communes(shown, ground)),
            statement("Ce qui est compté", _SAY("reading")),
        ),
    )


def _at(column: str) -> Place:
    return Place("activity_urssaf", "industry / employees", column)


def _heading(shown: pd.DataFrame, ground: Ground) -> str:
    """Say how few communes hold half of the employees."""
    if shown.empty:
        return SUBJECT
    n_half = int((shown["n"].cumsum() < shown["n"].sum() / 2).sum()) + 1
    few = plain(n_half, _at("communes de la moitié"))
    every = plain(len(ground.area), Place("communes", "in_area", "communes"))
    verb = "rassemblent" if n_half > 1 else "rassemble"
    return _SAY("heading", few=few, every=every, verb=verb)


def size_ranks(values: pd.Series[float]) -> list[int]:
    """Return the class of each count, from 0 for the smallest.

    Examples
    --------
    >>> import pandas as pd
    >>> size_ranks(pd.Series([9.0, 10.0, 1_000.0]))
    [0, 1, 5]
    """
    ranks: list[int] = np.searchsorted(_BOUNDS, values, side="right").tolist()
    return ranks


def _class_label(rank: int) -> str:
    if rank == 0:
        return f"Moins de {_BOUNDS[0]}{NBSP}salariés"
    low = french_number(_BOUNDS[rank - 1], decimals=0)
    if rank == len(_BOUNDS):
        return f"{low}{NBSP}salariés ou plus"
    return f"{low} à {french_number(_BOUNDS[rank] - 1, decimals=0)}{NBSP}salariés"


def _first_communes(shown: pd.DataFrame, ground: Ground) -> SideTable:
    names = ground.communes["nom"]
    first = shown.head(_LISTED)
    figures = [
        plain(n, Place("activity_urssaf", code, "industry / employees"))
        for code, n in zip(first["code_insee"], first["n"].tolist(), strict=True)
    ]
    rows = tuple(zip(names[first["code_insee"]].tolist(), figures, strict=True))
    return SideTable("Les premières communes", ("commune", "salariés"), rows)
