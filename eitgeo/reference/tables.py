"""The CSV tables that ship with the package, typed."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pandas as pd


def _read(name: str) -> pd.DataFrame:
    """Give a copy of a file of the package, which is read once."""
    return _parsed(name).copy()


@cache
def _parsed(name: str) -> pd.DataFrame:
    with resources.files("eitgeo.reference").joinpath(name).open("rb") as handle:
        return pd.read_csv(handle, dtype=str, keep_default_na=False)


def waste_ratios() -> pd.DataFrame:
    """Return waste ratios by activity, one row a composition share.

    Returns
    -------
    pandas.DataFrame
        ``naf_prefix`` (dotted prefix of a NAF rév. 2 code), ``ratio_id`` (the prefixes
        that share one ratio, as written), ``stream`` (``NDNI``:
        neither hazardous nor inert, ``INERT``, ``EXCLUDE``), ``ewc_stat``,
        ``share`` (0–1), ``t_per_employee``, ``t_per_employee_low``,
        ``t_per_employee_high`` [t/employee/year], ``status``, ``evidence``,
        ``source``.

    Notes
    -----
    A prefix list ``10;11`` or range ``58-82`` of the file becomes one row each.
    """
    table = _read("waste_ratios.csv")
    amounts = ["t_per_employee", "t_per_employee_low", "t_per_employee_high"]
    table[amounts] = table[amounts].astype(float)
    table["ratio_id"] = table["naf_prefix"]
    table["naf_prefix"] = table["naf_prefix"].map(_prefixes)
    table = table.explode("naf_prefix", ignore_index=True)
    table["part"] = table["ewc_stat_shares"].str.split(";")
    table = table.explode("part", ignore_index=True)
    parts = table["part"].str.split(":", expand=True)
    table["ewc_stat"] = parts[0]
    table["share"] = parts[1].astype(float)
    return table.drop(columns=["part", "ewc_stat_shares"])


def _prefixes(written: str) -> list[str]:
    if "-" in written:
        first, last = written.split("-")
        return [f"{division:02d}" for division in range(int(first), int(last) + 1)]
    return written.split(";")


def sector_mix() -> pd.DataFrame:
    """Return the mix of activities that the synthetic generator draws from."""
    table = _read("sector_mix.csv")
    table["per_1000_employers"] = table["per_1000_employers"].astype(float)
    return table
