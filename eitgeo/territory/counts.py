"""Counts of activity by commune: which communes a source covers, and its zeros."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterable

import pandas as pd

from eitgeo.check import hint
from eitgeo.errors import StudyError
from eitgeo.territory.membership import members
from eitgeo.words import french_number

_KEY = ["code_insee", "sector", "measure"]
_SAID = ["vintage", "evidence", "source"]
_DEPARTEMENT = 2
_SHOWN = 10
_NEVER_EMPTY = 2_000
"""Inhabitants from which a commune has an employer, were it a shop or its own town
hall: without a row it is beyond the file, which then tells no zero."""


def covered_communes(
    communes: pd.DataFrame,
    membership: pd.DataFrame,
    covers: Iterable[str],
    *,
    on_date: dt.date,
) -> frozenset[str]:
    """Return the communes at hand of the bodies and départements that are named."""
    here, bodies = set(communes["code_insee"]), set(membership["body_id"])
    codes: set[str] = set()
    for name in covers:
        if len(name) == _DEPARTEMENT:
            codes |= {code for code in here if code.startswith(name)}
        elif name in bodies:
            codes |= set(members(membership, name, on_date=on_date)["code_insee"])
        else:
            message = (
                f"study.yaml : sources.counts, « covers » : structure « {name} » "
                f"inconnue → {hint(name, bodies)}"
            )
            raise StudyError(message)
    return frozenset(codes & here)


def require_covered(
    table: pd.DataFrame,
    covered: Collection[str],
    *,
    communes: pd.DataFrame,
    file: str,
) -> None:
    """Refuse rows of communes not said covered, and towns said so without a row."""
    beyond = sorted(set(table["code_insee"]) - set(covered))
    if beyond:
        shown = ", ".join(beyond[:_SHOWN])
        message = (
            f"{file} : {len(beyond)} communes ont une ligne et ne sont pas dans "
            f"« covers » ({shown}) → y ajouter leur structure ou leur département"
        )
        raise StudyError(message)
    is_silent = communes["code_insee"].isin(set(covered) - set(table["code_insee"]))
    towns = communes[is_silent & communes["population"].ge(_NEVER_EMPTY)]
    if len(towns):
        shown = ", ".join(sorted(towns["code_insee"])[:_SHOWN])
        message = (
            f"{file} : {len(towns)} communes de {french_number(_NEVER_EMPTY)} "
            f"habitants ou plus sont dans « covers » et n’ont aucune ligne ({shown}) : "
            "leur zéro serait inventé → ne citer dans « covers » que ce qu’il couvre"
        )
        raise StudyError(message)


def summed_by_commune(table: pd.DataFrame) -> pd.DataFrame:
    """Add up the rows of communes that are one since."""
    key = [name for name in table.columns if name != "value"]
    return table.groupby(key)[["value"]].sum().reset_index()


def with_zeros(table: pd.DataFrame, covered: Collection[str]) -> pd.DataFrame:
    """Give each covered commune all sectors and measures, 0 where it has no row.

    Examples
    --------
    >>> told = {"vintage": "2025-12-31", "evidence": "O", "source": "URSSAF"}
    >>> one = {"code_insee": "31002", "sector": "trade", "measure": "employers"}
    >>> rows = pd.DataFrame([one | told | {"value": 3.0}])
    >>> full = with_zeros(rows, {"31002", "31003"})
    >>> full[["code_insee", "value"]].to_numpy().tolist()
    [['31002', 3.0], ['31003', 0.0]]
    """
    measures = table.drop_duplicates(["sector", "measure"]).set_index(
        ["sector", "measure"]
    )
    grid = pd.MultiIndex.from_tuples(
        [
            (code, *pair)
            for code, pair in itertools.product(sorted(covered), measures.index)
        ],
        names=_KEY,
    )
    values = table.set_index(_KEY)["value"].reindex(grid, fill_value=0.0)
    return values.reset_index().join(measures[_SAID], on=["sector", "measure"])


def with_empty_communes(table: pd.DataFrame, codes: Iterable[str]) -> pd.DataFrame:
    """Give a commune without a cell a row of 0, where its département is covered.

    Examples
    --------
    >>> rows = pd.DataFrame({"code_insee": ["31002"], "naf": ["16.10A"],
    ...     "measure": ["employers"], "value": [3.0]})
    >>> full = with_empty_communes(rows, ["31002", "31003", "65001"])
    >>> full[["code_insee", "value"]].to_numpy().tolist()
    [['31002', 3.0], ['31003', 0.0]]
    """
    covered = set(table["code_insee"].str[:_DEPARTEMENT])
    counted = set(table["code_insee"])
    silent = [
        code
        for code in sorted(codes)
        if code[:_DEPARTEMENT] in covered and code not in counted
    ]
    measures = table.drop_duplicates("measure").assign(value=0.0)
    rows = [measures.assign(code_insee=code) for code in silent]
    return pd.concat([table, *rows], ignore_index=True)
