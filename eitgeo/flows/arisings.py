"""Waste of each professional site, from ratios by activity and employee."""

from __future__ import annotations

import pandas as pd

from eitgeo.check import require_columns

_EXCLUDED = "EXCLUDE"


def estimate_arisings(sites: pd.DataFrame, ratios: pd.DataFrame) -> pd.DataFrame:
    """Estimate the potential waste of each site: ratio × headcount × composition.

    Parameters
    ----------
    sites
        ``site_id``, ``naf`` (NAF rév. 2), ``headcount_low``, ``headcount_mid``,
        ``headcount_high``. Sites of unknown headcount get no tonnage.
    ratios
        As :func:`eitgeo.reference.waste_ratios` returns them; the longest prefix
        that fits a NAF code wins.

    Returns
    -------
    pandas.DataFrame
        Table ``arisings`` [t/year]. ``t_low`` takes the low headcount and the low
        ratio, ``t_high`` the high ones: an outer bound, wider than P10–P90. A ratio
        names no LoW code, so ``waste_code`` repeats the EWC-Stat code. Method
        ``ratio``, evidence ``H``.

    Raises
    ------
    SchemaError
        When a column is missing.

    Examples
    --------
    >>> sites = pd.DataFrame({"site_id": ["a"], "naf": ["16.10A"],
    ...     "headcount_low": [10.0], "headcount_mid": [14.0], "headcount_high": [19.0]})
    >>> ratios = pd.DataFrame({"naf_prefix": ["16"], "stream": ["NDNI"],
    ...     "ewc_stat": ["W075"], "share": [0.95], "t_per_employee": [60.0],
    ...     "t_per_employee_low": [30.0], "t_per_employee_high": [100.0]})
    >>> estimate_arisings(sites, ratios)[["t_low", "t_mid", "t_high"]].values.tolist()
    [[285.0, 798.0, 1805.0]]
    """
    need = ["site_id", "naf", "headcount_low", "headcount_mid", "headcount_high"]
    require_columns(sites, need, where="sites")
    counted = sites.loc[sites["headcount_mid"].gt(0), need]
    chosen = _chosen_prefix(counted["naf"], ratios)
    rows = counted.assign(naf_prefix=chosen).merge(
        ratios[ratios["stream"] != _EXCLUDED], on="naf_prefix"
    )
    table = pd.DataFrame(
        {
            "site_id": rows["site_id"],
            "waste_code": rows["ewc_stat"],
            "stream": rows["stream"],
            "ewc_stat": rows["ewc_stat"],
            "t_low": _tonnes(rows, "headcount_low", "t_per_employee_low"),
            "t_mid": _tonnes(rows, "headcount_mid", "t_per_employee"),
            "t_high": _tonnes(rows, "headcount_high", "t_per_employee_high"),
        }
    )
    return table.assign(method="ratio", evidence="H")


def _tonnes(rows: pd.DataFrame, headcount: str, ratio: str) -> pd.Series[float]:
    return rows[headcount] * rows[ratio] * rows["share"]


def _chosen_prefix(naf: pd.Series[str], ratios: pd.DataFrame) -> pd.Series[str]:
    """Return the longest prefix of the ratios that each NAF code starts with."""
    chosen = pd.Series("", index=naf.index, dtype="str")
    for prefix in sorted(set(ratios["naf_prefix"]), key=lambda p: (len(p), p)):
        chosen = chosen.mask(naf.str.startswith(prefix), prefix)
    return chosen
