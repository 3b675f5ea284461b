"""Nomenclatures of waste: headings, operations, and codes of the List of Waste."""

from __future__ import annotations

from importlib import resources

import pandas as pd


def _read(name: str) -> pd.DataFrame:
    with resources.files("eitgeo.reference").joinpath(name).open("rb") as handle:
        return pd.read_csv(handle, dtype=str, keep_default_na=False)


def icpe_headings() -> pd.DataFrame:
    """Return the ICPE headings of waste, and the kind of outlet that each makes.

    Returns
    -------
    pandas.DataFrame
        ``heading`` (``2714``, or ``2760-2`` where the paragraph decides), ``kind``,
        ``rank`` (the lowest heading of an installation gives its kind), ``label``,
        ``status``, ``evidence``, ``source``.
    """
    table = _read("icpe_headings.csv")
    table["rank"] = table["rank"].astype(int)
    return table


def low_ewc() -> pd.DataFrame:
    """Return the categories of waste codes that the package knows.

    Returns
    -------
    pandas.DataFrame
        ``waste_code`` (List of Waste, ``07 07 08*``), ``ewc_stat``, ``stream``
        (``NDNI``, ``INERT``, ``""`` for hazardous waste), ``status``, ``evidence``,
        ``source``.

    Notes
    -----
    The codes of the synergy rules alone, not the whole correspondence of Regulation
    (EU) 849/2010: a code that is absent has no category here, and none is guessed.
    """
    return _read("low_ewc.csv")


def waste_operations() -> pd.DataFrame:
    """Return the disposal (D) and recovery (R) operations, with a kind of outlet.

    Returns
    -------
    pandas.DataFrame
        ``operation`` (``D5``, ``R13``), ``kind``, ``label``, ``status``,
        ``evidence``, ``source``.
    """
    return _read("waste_operations.csv")
