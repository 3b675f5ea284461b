"""What is asked of holders of data: who has what, and the sheet that they fill."""

from __future__ import annotations

import pandas as pd

from eitgeo.reference.shipped import shipped_table

BETWEEN = "|"
"""Between the answers of a list; ``=`` between what is kept and its French."""


def ask_holders() -> pd.DataFrame:
    """Return who is asked, indexed by ``holder``: ``label``, ``to`` (French)."""
    return shipped_table("ask_holders.csv").set_index("holder")


def ask_sheets() -> pd.DataFrame:
    """Return what is asked, a sheet each.

    Returns: indexed by ``sheet``: ``holders`` (spaces between), ``basis`` (what it
    makes firmer; empty: no register ever gives it, and it is always asked), ``title``,
    ``what``, ``why``, ``use`` (French), ``replaces`` (key of the study that the answer
    fills; empty: it is kept for checks).
    """
    return shipped_table("ask_sheets.csv").set_index("sheet")


def ask_columns(sheet: str) -> pd.DataFrame:
    """Return the columns of a sheet: label, kind, bounds, example.

    Examples
    --------
    >>> ask_columns("couts")["kind"].unique().tolist()
    ['number']
    """
    table = shipped_table("ask_columns.csv")
    return table[table["sheet"] == sheet].set_index("column").drop(columns="sheet")


def asked_bases() -> frozenset[str]:
    """Name what holders of data are asked to make firmer."""
    return frozenset(filter(None, ask_sheets()["basis"]))
