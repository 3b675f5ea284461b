"""Sectors of the study area as registers count them, against what their file tells."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from eitgeo.tables.columns import (
    INSEE_MEASURES,
    INSEE_SECTORS,
    URSSAF_MEASURES,
    URSSAF_SECTORS,
)

_ALL = "all"
_QUOTIENT_OF = "establishments"
_KEPT = ["producer", "sector", "measure"]


def counted_sectors(
    employers: pd.DataFrame, insee: pd.DataFrame, *, area: Collection[str]
) -> pd.DataFrame:
    """Sum each sector over the study area, with its location quotient where it has one.

    ``employers``: table ``activity_urssaf``, or ``activity_ape``. ``insee``: table
    ``activity_insee``: its communes, beyond the area too, are the reference. ``area``:
    INSEE codes of the study area. Returns: table ``counted_sectors``. ``part_pct``: of
    all sectors. ``quotient``: share of the sector among the establishments of INSEE,
    over its share in ``reference``. ``n_missed``: communes of the area that the source
    does not cover, left out.
    """
    parts = [
        _summed(
            employers,
            area=area,
            producer="URSSAF",
            sectors=URSSAF_SECTORS,
            measures=URSSAF_MEASURES,
        ),
        _summed(
            insee,
            area=area,
            producer="INSEE",
            sectors=INSEE_SECTORS[1:],
            measures=INSEE_MEASURES,
        ),
    ]
    return pd.concat(parts, ignore_index=True)


def _summed(
    table: pd.DataFrame,
    *,
    area: Collection[str],
    producer: str,
    sectors: Sequence[str],
    measures: Sequence[str],
) -> pd.DataFrame:
    in_area = table[table["code_insee"].isin(list(area))]
    n_missed = len(set(area) - set(in_area["code_insee"]))
    rows = []
    for measure in measures:
        own, every = (one[one["measure"].eq(measure)] for one in (in_area, table))
        if own.empty:
            continue
        sums, beyond = _by_sector(own, sectors), _by_sector(every, sectors)
        is_compared = producer == "INSEE" and measure == _QUOTIENT_OF
        for sector in sums.index:
            share, there = _part_pct(sums, sector), _part_pct(beyond, sector)
            can_tell = is_compared and sector != _ALL and there > 0
            rows.append(
                {
                    "producer": producer,
                    "sector": sector,
                    "measure": measure,
                    "value": float(sums[sector]),
                    "part_pct": share,
                    "quotient": share / there if can_tell else float("nan"),
                    "reference": _reference(every) if can_tell else "",
                    "n_missed": n_missed,
                    "vintage": str(own["vintage"].max()),
                    "evidence": str(own["evidence"].iloc[0]),
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


COLUMNS = {
    **dict.fromkeys(_KEPT, "str"),
    **dict.fromkeys(("value", "part_pct", "quotient"), "float64"),
    "reference": "str",
    "n_missed": "int64",
    "vintage": "str",
    "evidence": "str",
}


def _by_sector(rows: pd.DataFrame, sectors: Sequence[str]) -> pd.Series[float]:
    """Sum by sector, in their order, then all of them."""
    sums = rows.groupby("sector")["value"].sum()
    known = [one for one in sectors if one in sums.index]
    every = sums[_ALL] if _ALL in sums.index else sums.sum()
    return pd.concat([sums.reindex(known), pd.Series({_ALL: every})])


def _part_pct(sums: pd.Series[float], sector: str) -> float:
    every = float(sums[_ALL])
    return 100 * (float(sums[sector]) / every) if every > 0 else float("nan")


def _reference(every: pd.DataFrame) -> str:
    """Name the départements whose communes the file tells."""
    overseas = every["code_insee"].str.startswith("97")
    length = overseas.map({True: 3, False: 2})
    codes = {c[:n] for c, n in zip(every["code_insee"], length, strict=True)}
    return ", ".join(sorted(codes))
