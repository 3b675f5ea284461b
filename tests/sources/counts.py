"""Small tables of counts, and known sites, for the draws inside them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from eitgeo.tables.columns import URSSAF_SECTORS
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import empty_table

COUNTED = (
    "activity_ape",
    "activity_insee",
    "activity_urssaf",
    "site_cells",
    "site_sectors",
)
"""Tables of counts, and of the sites inside them."""

TOLD = {"vintage": "2025-12-31", "evidence": "O", "source": "test"}


def write_no_counts(folder: Path) -> None:
    """Write the tables of a study that counts nothing."""
    for table in COUNTED:
        write_table(folder, empty_table(table), table=table)


def urssaf(*cells: tuple[str, str, int, int]) -> pd.DataFrame:
    """Return counts: commune, sector, employers, employees; other sectors have 0."""
    given = {(code, sector): (n, e) for code, sector, n, e in cells}
    codes = sorted({code for code, *_ in cells})
    rows = [
        {"code_insee": code, "sector": sector, "measure": measure, "value": float(v)}
        for code in codes
        for sector in URSSAF_SECTORS
        for measure, v in zip(
            ("employers", "employees"), given.get((code, sector), (0, 0)), strict=True
        )
    ]
    return pd.DataFrame(
        rows or None, columns=["code_insee", "sector", "measure", "value"]
    )


def ape(*cells: tuple[str, str, str, int, int]) -> pd.DataFrame:
    """Return counts by APE: commune, sector, activity, employers, employees."""
    if not cells:
        return empty_table("activity_ape")
    rows = [
        {
            "code_insee": c,
            "sector": s,
            "naf": naf,
            "measure": measure,
            "value": float(v),
        }
        for c, s, naf, *both in cells
        for measure, v in zip(("employers", "employees"), both, strict=True)
    ]
    return pd.DataFrame(rows)


def insee(code: str, **figures: float) -> pd.DataFrame:
    """Return INSEE's counts of a commune: sectors, then ``all``'s measures."""
    sectors = ("agriculture", "industry", "construction", "trade_services", "public")
    rows = [
        {"sector": one, "measure": "establishments", "value": figures.get(one, 0)}
        for one in sectors
    ]
    rows += [
        {"sector": "all", "measure": name, "value": value}
        for name, value in figures.items()
        if name not in sectors
    ]
    return pd.DataFrame(rows).assign(code_insee=code, **TOLD)


def known(rows: Iterable[tuple[str, str, str, float | None]]) -> Any:
    """Return known sites: identifier, commune, activity, headcount (None: unknown)."""
    heads = ("headcount_low", "headcount_mid", "headcount_high")
    return pd.DataFrame(
        [
            {"site_id": site, "code_insee": code, "naf": naf, "name": f"Usine {site}"}
            | {"source": "presse"}
            | dict.fromkeys(heads, float("nan") if head is None else float(head))
            for site, code, naf, head in rows
        ],
        columns=["site_id", "code_insee", "naf", "name", "source", *heads],
    ).astype(dict.fromkeys(heads, float))
