"""Tables of sites and outlets laid out: rows named, placed, and filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.check import WORKING_EPSG
from eitgeo.reference.naf import naf_divisions
from eitgeo.tables.schema import TABLES, validate

NOT_DIFFUSED = "[ND]"
NAF_COLUMNS = {"NAFRev2": "naf_rev2", "NAF2025": "naf_2025"}
"""Column that repeats ``naf``, by nomenclature."""

HEADCOUNT_BRACKETS: dict[str, tuple[float, float]] = {
    "00": (0, 0),
    "01": (1, 2),
    "02": (3, 5),
    "03": (6, 9),
    "11": (10, 19),
    "12": (20, 49),
    "21": (50, 99),
    "22": (100, 199),
    "31": (200, 249),
    "32": (250, 499),
    "41": (500, 999),
    "42": (1000, 1999),
    "51": (2000, 4999),
    "52": (5000, 9999),
}
"""INSEE headcount brackets: code → lowest, highest; other codes are unknown."""

_UNKNOWN = (np.nan, np.nan)


def at_seats(rows: pd.DataFrame, *, communes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Put each row at the seat of its commune."""
    seats = communes.set_index("code_insee").loc[
        rows["code_insee"], ["seat_x", "seat_y"]
    ]
    points = gpd.points_from_xy(seats["seat_x"], seats["seat_y"], crs=WORKING_EPSG)
    return gpd.GeoDataFrame(rows, geometry=points)


def tidy_sites(rows: pd.DataFrame, *, where: str) -> Any:
    """Return table ``sites``, the activity told in each nomenclature that is known.

    `rows`: columns of table ``sites`` that have no default, and points in EPSG:2154;
    without ``naf_rev2`` and ``naf_2025``, ``naf`` is written in the one that
    ``naf_version`` names, ``""`` in the other. `where`: the file, as the user names it.
    """
    whole = _filled(rows, "sites")
    told = {
        column: whole["naf"].where(whole["naf_version"] == version, "")
        for version, column in NAF_COLUMNS.items()
        if column not in rows
    }
    return validate(whole.assign(**told), table="sites", where=where)


def tidy_outlets(rows: pd.DataFrame, *, where: str) -> Any:
    """Return table ``outlets``, as :func:`tidy_sites`."""
    return validate(_filled(rows, "outlets"), table="outlets", where=where)


def _filled(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Write what the table declares where the source says nothing."""
    silent = {
        name: pd.Series(column.default, rows.index, column.dtype)
        for name, column in TABLES[table].columns.items()
        if column.default is not None and name not in rows
    }
    return rows.assign(**silent)


def named_rows(
    rows: pd.DataFrame, *, prefix: str, shown: pd.Series, masked: str
) -> pd.DataFrame:
    """Name the rows of a register: identifier, SIRET and name, masked unless `shown`.

    `rows`: ``code``, ``siret``, ``name``, ``code_insee``; the identifier is `prefix`
    and the code; `masked` stands for the name that may not be shown.
    """
    good = rows["siret"].str.fullmatch(r"\d{14}")
    return pd.DataFrame(
        {
            "site_id": prefix + rows["code"],
            "siret": rows["siret"].where(shown & good, ""),
            "name": rows["name"].where(shown, masked),
            "code_insee": rows["code_insee"],
        }
    )


def hidden_sirets(named: pd.DataFrame, sirets: pd.Series) -> dict[str, str]:
    """Return the SIRET of the rows of :func:`named_rows` that do not show theirs.

    Examples
    --------
    >>> import pandas as pd
    >>> named = pd.DataFrame({"site_id": ["A1", "A2"], "siret": ["", "39931827800021"]})
    >>> hidden_sirets(named, pd.Series(["12345678900011", "39931827800021"]))
    {'A1': '12345678900011'}
    """
    hidden = (named["siret"] == "") & sirets.str.fullmatch(r"\d{14}")
    return dict(zip(named["site_id"][hidden], sirets[hidden], strict=True))


def as_outlets(named: pd.DataFrame) -> pd.DataFrame:
    """Call named rows what table ``outlets`` calls them: the SIRET is an alias."""
    return named.rename(columns={"site_id": "outlet_id", "siret": "aliases"})


def headcounts(codes: Sequence[str] | pd.Series) -> dict[str, Any]:
    """Return low, mid (geometric mean) and high of INSEE brackets, or NaN."""
    bounds = [HEADCOUNT_BRACKETS.get(code, _UNKNOWN) for code in codes]
    low, high = np.array(bounds, dtype=float).reshape(-1, 2).T
    return {
        "headcount_low": low,
        "headcount_mid": np.sqrt(low * high),
        "headcount_high": high,
    }


def naf_from_ape(codes: pd.Series) -> pd.Series:
    """Write activity codes as NAF rév. 2 sub-classes.

    Examples
    --------
    >>> import pandas as pd
    >>> naf_from_ape(pd.Series(["1330Z", "17.11Z ", "241G"])).tolist()
    ['13.30Z', '17.11Z', '']
    """
    compact = codes.str.strip().str.upper().str.replace(".", "", regex=False)
    good = compact.str.fullmatch(r"\d{4}[A-Z]")
    dotted = compact.str[:2] + "." + compact.str[2:]
    return dotted.where(good, "").rename("naf")


def naf_or_division(codes: pd.Series) -> pd.Series:
    """Write activity codes as NAF rév. 2 sub-classes; a division stays one.

    Examples
    --------
    >>> import pandas as pd
    >>> naf_or_division(pd.Series(["38.32Z", "38", "04", "X"])).tolist()
    ['38.32Z', '38', '', '']
    """
    text = codes.str.strip()
    return naf_from_ape(codes).mask(text.isin(list(naf_divisions().index)), text)
