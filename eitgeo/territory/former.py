"""Communes that are no more: what became of the codes that old files still bear."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from eitgeo.sources.files.frames import FORMER_MARK

CODE = "code_insee"
FORMER_COLUMNS = ("old_code", "old_name", "new_code")
ARRONDISSEMENTS = {
    "13055": range(13201, 13217),
    "69123": range(69381, 69390),
    "75056": range(75101, 75121),
}
"""Codes that registers give in place of that of Marseille, Lyon and Paris."""


def former_communes(communes: pd.DataFrame, movements: pd.DataFrame) -> pd.DataFrame:
    """Find the former communes that are now, whole, in one commune at hand.

    ``FORMER_COLUMNS``, sorted by old code. A commune that was divided between several
    is not there: its rows have to be located otherwise. The municipal arrondissements
    of a commune at hand are there: SIRENE and URSSAF bear them.

    Examples
    --------
    >>> from eitgeo.reference.nomenclatures import cog_movements
    >>> here = pd.DataFrame({"code_insee": ["31471"]})
    >>> former_communes(here, cog_movements()).values.tolist()
    [['31298', 'Lez', '31471']]
    """
    present = set(communes[CODE])
    rows = movements.sort_values("date", kind="stable")
    steps: dict[str, list[tuple[str, str]]] = {}
    for date, old, new in rows[["date", "old_code", "new_code"]].to_numpy():
        steps.setdefault(old, []).append((date, new))
    names = dict(zip(rows["old_code"], rows["old_name"], strict=True))
    renewed = [
        (old, names[old], *heirs)
        for old in sorted(set(steps) - present)
        if len(heirs := _ends(old, "", steps, present)) == 1
    ]
    known = {old for old, *_ in renewed} | present
    renewed += [
        (str(code), f"arrondissement {str(code)[3:]}", commune)
        for commune, codes in ARRONDISSEMENTS.items()
        for code in codes
        if commune in present and str(code) not in known
    ]
    table = pd.DataFrame(sorted(renewed), columns=list(FORMER_COLUMNS), dtype="str")
    return table[table["new_code"].isin(list(present))].reset_index(drop=True)


def _ends(
    code: str, after: str, steps: dict[str, list[tuple[str, str]]], here: set[str]
) -> set[str]:
    """Follow a code through the movements later than a date, to where it ends."""
    if code in here:
        return {code}
    later = [(date, new) for date, new in steps.get(code, []) if date > after]
    if not later:
        return {code}
    # A code may have gone, come back, and gone again: its last end counts.
    last = max(date for date, _ in later)
    heirs = [_ends(new, last, steps, here) for date, new in later if date == last]
    return set().union(*heirs)


def with_former(communes: gpd.GeoDataFrame, former: pd.DataFrame) -> gpd.GeoDataFrame:
    """Add each former commune to the communes, in the place of the present one.

    For the readers of files that bear a former code: polygon, seat and département are
    those of the present commune.
    """
    present = communes.set_index(CODE, drop=False)
    rows = present.loc[former["new_code"]].reset_index(drop=True)
    rows = rows.assign(
        code_insee=former["old_code"], nom=former["old_name"] + FORMER_MARK
    )
    if rows.empty:
        return communes
    return gpd.GeoDataFrame(
        pd.concat([communes, rows], ignore_index=True), crs=communes.crs
    )


def renew_codes(
    rows: pd.DataFrame,
    former: pd.DataFrame,
    *,
    columns: Sequence[str] = (CODE,),
) -> pd.DataFrame:
    """Give the rows of former communes the code of the present one.

    On the same index, the columns named alone changed.

    Examples
    --------
    >>> former = pd.DataFrame({"old_code": ["31298"], "new_code": ["31471"]})
    >>> renew_codes(pd.DataFrame({"code_insee": ["31298", "31555"]}), former)
      code_insee
    0      31471
    1      31555
    """
    now = dict(zip(former["old_code"], former["new_code"], strict=True))
    new = {
        name: rows[name].map(lambda code: now.get(code, code)).astype(rows[name].dtype)
        for name in columns
    }
    return rows.assign(**new)
