"""Tables of communes carried from one vintage of the COG to another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.check import Faults, commune_code_fault, require_columns
from eitgeo.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.reference.cog import CogMovements

CODE = "code_insee"
CHANGE_COLUMNS = ("old_code", "new_code", "share")
SHARE_COLUMNS = ("old_code", "new_code", "share")
TOLERANCE = 1e-9
"""Relative difference admitted between totals that are not whole numbers."""


@dataclass(frozen=True)
class Passage:
    """A table in the vintage asked for, and what became of its codes.

    Attributes
    ----------
    table
        The table in the new vintage.
    changes
        ``CHANGE_COLUMNS``: each code of the table that changed, or that received
        another, with the share that went to each new code [0–1].
    """

    table: pd.DataFrame = field(repr=False)
    changes: pd.DataFrame = field(repr=False)


def pass_to_vintage(
    table: pd.DataFrame,
    movements: CogMovements,
    *,
    from_year: int,
    to_year: int,
    totals: Sequence[str],
    by: Sequence[str] = (),
    shares: pd.DataFrame | None = None,
) -> Passage:
    """Carry amounts by commune from one vintage to another, totals conserved.

    Parameters
    ----------
    table
        ``code_insee``, the columns ``by`` and ``totals``; one row a commune and ``by``.
    movements
        Movements that cover both vintages and the départements of the table.
    from_year, to_year
        Vintages of the COG, both on 1 January; backwards is admitted.
    totals
        Columns that add up (inhabitants, tonnes), none missing. Those of whole
        numbers stay so.
    by
        Other columns of the key (year, sector).
    shares
        ``SHARE_COLUMNS`` for each commune that is divided, summing to 1 a commune.

    Returns
    -------
    Passage
        Table with ``code_insee``, ``by``, ``totals``, sorted by key; other columns are
        left out, since a name or a rate does not add up.

    Raises
    ------
    SchemaError
        Vintage or département not covered; code that is not of the vintage; repeated
        key; missing or infinite amount; division without its shares; total that
        would not be conserved.

    Notes
    -----
    A movement dated d is in force in vintage Y when d ≤ 1 January of Y. Whole numbers
    are shared out by largest remainders (ties: lowest code), so their sum is exact.

    References
    ----------
    INSEE, *Modifications apportées au code officiel géographique* and *Table de
    passage annuelle*, https://www.insee.fr/fr/information/2560452.

    Examples
    --------
    >>> from eitgeo.reference.cog import cog_movements
    >>> table = pd.DataFrame(
    ...     {"code_insee": ["31298", "31471"], "population": [67, 362]}
    ... )
    >>> pass_to_vintage(table, cog_movements(), from_year=2018, to_year=2026,
    ...     totals=["population"]).table.to_dict("records")
    [{'code_insee': '31471', 'population': 429}]
    """
    key = [CODE, *by]
    require_columns(table, [*key, *totals], where="table à repasser")
    _require_amounts(table, key, totals)
    passage = _links(table[CODE], movements, (from_year, to_year), shares)
    linked = table[[*key, *totals]].merge(passage, left_on=CODE, right_on="old_code")
    for name in totals:
        linked[name] = _shared_out(linked, name, key)
    linked[CODE] = linked["new_code"]
    carried = linked.groupby(key, as_index=False, sort=True)[list(totals)].sum()
    _require_conserved(table, carried, totals)
    return Passage(carried, _changes(passage))


def recode_rows(
    table: pd.DataFrame,
    movements: CogMovements,
    *,
    from_year: int,
    to_year: int,
) -> Passage:
    """Give each row of a table the code of its commune in another vintage.

    Parameters
    ----------
    table
        ``code_insee`` and any column; several rows a commune are admitted (sites).
    movements
        Movements that cover both vintages and the départements of the table.
    from_year, to_year
        Vintages of the COG, both on 1 January.

    Returns
    -------
    Passage
        The table on the same index, ``code_insee`` alone changed.

    Raises
    ------
    SchemaError
        Vintage or département not covered; code that is not of the vintage; a commune
        that was divided: its rows have to be located otherwise.
    """
    require_columns(table, [CODE], where="table à repasser")
    passage = _links(table[CODE], movements, (from_year, to_year), None)
    now = passage.set_index("old_code")["new_code"]
    codes = table[CODE].map(now).astype(table[CODE].dtype)
    return Passage(table.assign(**{CODE: codes}), _changes(passage))


def _require_amounts(
    table: pd.DataFrame, key: Sequence[str], totals: Sequence[str]
) -> None:
    faults = Faults("table à repasser")
    for label in table.loc[table.duplicated(list(key)), CODE]:
        faults.add(f"commune « {label} » répétée", remedy="une ligne par clé")
    for name in totals:
        if not pd.api.types.is_numeric_dtype(table[name]):
            faults.add(f"« {name} » n'est pas numérique", remedy="la convertir")
            continue
        amounts = table[name].to_numpy(dtype=float, na_value=np.nan)
        for label in table.loc[~np.isfinite(amounts), CODE]:
            met = f"« {name} » absent pour la commune « {label} »"
            faults.add(met, remedy="le compléter, ou retirer la commune")
    faults.raise_if_any(SchemaError)


def _links(
    codes: pd.Series,
    movements: CogMovements,
    years: tuple[int, int],
    shares: pd.DataFrame | None,
) -> pd.DataFrame:
    from_year, to_year = years
    _require_covered(codes, movements, years)
    backwards = to_year < from_year
    rows = movements.table
    first, last = sorted((f"{from_year}-01-01", f"{to_year}-01-01"))
    between = rows[(rows["date"] > first) & (rows["date"] <= last)]
    if backwards:
        between = between.rename(
            columns={"old_code": "new_code", "new_code": "old_code"}
        )
    _require_vintage(codes, rows, from_year)
    start = sorted(set(codes))
    text = pd.Series(start, dtype="str")
    links = pd.DataFrame({"old_code": text, "new_code": text, "share": 1.0})
    for date in sorted(set(between["date"]), reverse=backwards):
        step = between.loc[between["date"] == date, ["old_code", "new_code"]]
        links = _apply(links, step.drop_duplicates(), shares, date)
    return links


def _require_covered(
    codes: pd.Series, movements: CogMovements, years: tuple[int, int]
) -> None:
    faults = Faults("passage de millésime")
    for year in years:
        if not movements.first_year <= year <= movements.last_year:
            covered = f"{movements.first_year} à {movements.last_year}"
            faults.add(
                f"millésime {year} hors des mouvements connus ({covered})",
                remedy="lire ceux de l’INSEE (v_mvtcommune)",
            )
    for code in sorted(set(codes.astype(str))):
        wrong = commune_code_fault(code)
        if wrong is not None:
            faults.add(wrong[0], remedy=wrong[1])
        elif movements.departements and code[:2] not in movements.departements:
            faults.add(
                f"commune « {code} » hors des départements des mouvements connus",
                remedy="lire ceux de l’INSEE (v_mvtcommune)",
            )
    faults.raise_if_any(SchemaError)


def _require_vintage(codes: pd.Series, rows: pd.DataFrame, year: int) -> None:
    day = f"{year}-01-01"
    past, future = rows[rows["date"] <= day], rows[rows["date"] > day]
    dates = {
        "born": past.groupby("new_code")["date"].max(),
        "gone": past.groupby("old_code")["date"].max(),
        "next_born": future.groupby("new_code")["date"].min(),
        "next_gone": future.groupby("old_code")["date"].min(),
    }
    here = sorted(set(codes))
    met = pd.DataFrame({name: column.reindex(here) for name, column in dates.items()})
    met = met.fillna("")
    faults = Faults("passage de millésime")
    for code, gone in met.loc[met["gone"] > met["born"], "gone"].items():
        last = past[(past["old_code"] == code) & (past["date"] == gone)]
        what = f"« {code} » a disparu le {gone}, avant le millésime {year}"
        remedy = "indiquer le bon millésime, ou écrire " + ", ".join(last["new_code"])
        faults.add(what, remedy=remedy)
    # A code whose first movement gives it, and does not take it, is not yet there.
    before_gone = (met["next_gone"] == "") | (met["next_gone"] > met["next_born"])
    unborn = (met["born"] == "") & (met["next_born"] != "") & before_gone
    for code, born in met.loc[unborn, "next_born"].items():
        what = f"« {code} » n'existe que depuis le {born}, après le millésime {year}"
        faults.add(what, remedy="indiquer le bon millésime")
    faults.raise_if_any(SchemaError)


def _apply(
    links: pd.DataFrame,
    step: pd.DataFrame,
    shares: pd.DataFrame | None,
    date: str,
) -> pd.DataFrame:
    mine = step[step["old_code"].isin(links["new_code"])]
    parts = mine.assign(part=_parts(mine, shares, date))
    parts = parts.rename(columns={"old_code": "at", "new_code": "next"})
    moved = links.merge(parts, "left", left_on="new_code", right_on="at")
    return pd.DataFrame(
        {
            "old_code": moved["old_code"],
            "new_code": moved["next"].fillna(moved["new_code"]).astype("str"),
            "share": moved["share"] * moved["part"].fillna(1.0),
        }
    )


def _parts(step: pd.DataFrame, shares: pd.DataFrame | None, date: str) -> pd.Series:
    divided = step.duplicated("old_code", keep=False)
    if not divided.any():
        return pd.Series(1.0, index=step.index)
    given = pd.DataFrame(columns=list(SHARE_COLUMNS)) if shares is None else shares
    require_columns(given, SHARE_COLUMNS, where="parts")
    known = given.set_index(["old_code", "new_code"])["share"].astype(float)
    faults = Faults("passage de millésime")
    for code, targets in step[divided].groupby("old_code")["new_code"]:
        found = known[known.index.get_level_values(0) == code]
        to = found.index.get_level_values(1)
        if sorted(to) != sorted(targets):
            parts = ", ".join(sorted(targets))
            met = f"« {code} » se divise le {date} entre {parts}"
            faults.add(met, remedy="donner la part de chacune (shares)")
        elif not (found >= 0).all() or abs(found.sum() - 1) > TOLERANCE:
            met = f"parts de « {code} » : somme {found.sum():.6f}"
            faults.add(met, remedy="des parts positives dont la somme est 1")
    faults.raise_if_any(SchemaError)
    pairs = pd.MultiIndex.from_frame(step[["old_code", "new_code"]])
    return pd.Series(np.where(divided, known.reindex(pairs), 1.0), index=step.index)


def _shared_out(linked: pd.DataFrame, name: str, key: Sequence[str]) -> pd.Series:
    exact = linked[name] * linked["share"]
    if not pd.api.types.is_integer_dtype(linked[name]):
        return exact
    # Shares that multiply to 0.9999… of a whole number are that number.
    floor = (exact + TOLERANCE) // 1
    group = [linked[column] for column in key]
    left = linked[name] - floor.groupby(group).transform("sum")
    order = (exact - floor).to_frame("rest").assign(code=linked["new_code"])
    ranked = order.sort_values(["rest", "code"], ascending=[False, True])
    rank = ranked.groupby(group).cumcount()
    return (floor + (rank[linked.index] < left)).astype("int64")


def _require_conserved(
    table: pd.DataFrame, carried: pd.DataFrame, totals: Sequence[str]
) -> None:
    faults = Faults("passage de millésime")
    for name in totals:
        before, after = table[name].sum(), carried[name].sum()
        whole = pd.api.types.is_integer_dtype(table[name])
        limit = 0 if whole else TOLERANCE * float(table[name].abs().sum())
        if abs(after - before) > limit:
            met = f"« {name} » : {before} avant, {after} après"
            faults.add(met, remedy="vérifier les mouvements et les parts")
    faults.raise_if_any(SchemaError)


def _changes(passage: pd.DataFrame) -> pd.DataFrame:
    moved = passage[passage["old_code"] != passage["new_code"]]
    left = passage["old_code"].isin(moved["old_code"])
    touched = left | passage["new_code"].isin(moved["new_code"])
    rows = passage.loc[touched, list(CHANGE_COLUMNS)]
    return rows.sort_values(["new_code", "old_code"], ignore_index=True)
