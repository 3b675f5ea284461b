"""Counts by commune and activity in the place of establishments: what cells tell.

A cell is a commune and an activity: so many establishments, so many employees in all.
It is a row of table ``sites`` with these employees, at the town hall, and is no
establishment: what counts establishments goes through :func:`told_establishments`,
what names or places them has nothing to say.
"""

from __future__ import annotations

import math
from collections.abc import Collection

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.sources.files.frames import at_seats, tidy_sites

COUNTED = "URSSAF, effectifs par commune et APE"
"""Source of the rows of ``sites`` that are cells, as they were published."""

REDUCED = f"{COUNTED}, moins les réponses"
"""Source of the cells from which firms that answered were taken."""

DRAWN_HEADCOUNT = " ; effectif : tiré dans les effectifs comptés"
"""End of the source of a known site whose headcount is drawn inside the counts."""

NO_SITES = "sans objet : pas d’établissements"
"""Said in place of what asks for establishments one by one."""

CELLS = "cellules commune × activité"
"""What is counted in place of establishments, when a step tells how many."""

_KEY = ["code_insee", "naf"]
_HEADCOUNTS = ["headcount_low", "headcount_mid", "headcount_high"]
_NAME = r"CPT-[0-9][0-9AB][0-9]{3}-[0-9]{2}\.[0-9]{2}[A-Z]"
_DEPARTEMENT = 2


def counted_cells(activity_ape: pd.DataFrame) -> pd.DataFrame:
    """Lay counts out, one row a cell.

    ``site_id``, ``code_insee``, ``naf``, ``n_establishments``, ``employees``, sorted.

    Examples
    --------
    >>> rows = pd.DataFrame({"code_insee": "31001", "naf": "10.71C",
    ...     "measure": ["employers", "employees"], "value": [3.0, 14.0]})
    >>> counted_cells(rows).astype(str).iloc[0].tolist()
    ['CPT-31001-10.71C', '31001', '10.71C', '3', '14']
    """
    wide = activity_ape.pivot_table(
        index=_KEY, columns="measure", values="value", aggfunc="sum"
    )
    counts = wide.reindex(columns=["employers", "employees"]).fillna(0).astype("int64")
    counts = counts[counts.gt(0).any(axis=1)]
    rows = counts.set_axis(["n_establishments", "employees"], axis=1).reset_index()
    rows.columns.name = None
    named = rows.astype(dict.fromkeys(_KEY, "str"))
    named.insert(0, "site_id", "CPT-" + named["code_insee"] + "-" + named["naf"])
    return named


def cell_rows(
    activity_ape: pd.DataFrame, *, communes: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return table ``sites`` of the cells, each at the town hall of its commune."""
    cells = counted_cells(activity_ape)
    jobs = cells["employees"].astype(float)
    rows = cells[["site_id", *_KEY]].assign(
        name="", source=COUNTED, **dict.fromkeys(_HEADCOUNTS, jobs)
    )
    placed = at_seats(rows, communes=communes)
    table: gpd.GeoDataFrame = tidy_sites(placed, where="activity_ape")
    return table


def uncovered(counts: pd.DataFrame, codes: Collection[str]) -> list[str]:
    """Name the départements of some communes that the counts do not cover."""
    departements = set(counts["code_insee"].str[:_DEPARTEMENT])
    return sorted({code[:_DEPARTEMENT] for code in codes} - departements)


def require_counted(activity_ape: pd.DataFrame, area: Collection[str]) -> None:
    """Refuse a study area of which a département has no count: nobody guesses it."""
    missing = uncovered(activity_ape, area)
    if missing:
        message = (
            f"étude : aucun effectif compté du département {', '.join(missing)} "
            "→ donner à « sources.counts » un fichier « urssaf_ape » qui le couvre"
        )
        raise StudyError(message)


def are_cells(sites: pd.DataFrame) -> pd.Series[bool]:
    """Say which rows of table ``sites`` are cells."""
    return _are_from(sites, COUNTED, REDUCED)


def rests_on_draw(sites: pd.DataFrame) -> pd.Series[bool]:
    """Say of which rows of ``sites`` the headcount is drawn, be they known or not."""
    is_sized_by_draw = sites["source"].str.contains(DRAWN_HEADCOUNT, regex=False)
    return sites["synthetic"] | is_sized_by_draw


def are_published(sites: pd.DataFrame) -> pd.Series[bool]:
    """Say which rows of table ``sites`` tell no more than a published count."""
    return _are_from(sites, COUNTED)


def _are_from(sites: pd.DataFrame, *sources: str) -> pd.Series[bool]:
    """Hold the name of a row too: a source is a text that anybody may write."""
    if "source" not in sites:
        return pd.Series(data=False, index=sites.index)
    is_from = sites["source"].isin(sources)
    if is_from.any():
        is_from &= sites["site_id"].str.fullmatch(_NAME) & sites["siret"].eq("")
    return is_from


def with_counts(sites: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Say beside each site how many establishments it stands for."""
    counts = cells.set_index("site_id")["n_establishments"].reindex(sites["site_id"])
    return sites.assign(n_establishments=counts.fillna(1).to_numpy(dtype=float))


def counts_of(sites: pd.DataFrame, site_ids: pd.Series[str]) -> pd.Series[float]:
    """Return, for each identifier, how many establishments it stands for; 1 untold."""
    if "n_establishments" not in sites:
        return pd.Series(1.0, index=site_ids.index)
    counts = sites.set_index("site_id")["n_establishments"]
    return site_ids.map(counts).astype(float)


def without_respondents(
    sites: gpd.GeoDataFrame, cells: pd.DataFrame, respondents: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Take the firms that answered out of their cells, each as a mean establishment.

    A row that was reduced is no published count any more: beside it, it would tell who
    answered.
    """
    answers = respondents.groupby(_KEY).size()
    gone = answers.reindex(pd.MultiIndex.from_frame(cells[_KEY])).to_numpy(dtype=float)
    left = 1.0 - np.minimum(gone / cells["n_establishments"].clip(lower=1), 1.0)
    share = left.set_axis(cells["site_id"]).reindex(sites["site_id"]).to_numpy()
    is_less = ~np.isnan(share)
    jobs = sites[_HEADCOUNTS].mul(np.where(is_less, share, 1.0), axis=0)
    return sites.assign(source=sites["source"].mask(is_less, REDUCED), **jobs)


def cell_of(site_id: str) -> str:
    """Return the cell of an establishment that :func:`told_establishments` tells.

    Examples
    --------
    >>> cell_of("CPT-31001-10.71C/2")
    'CPT-31001-10.71C'
    """
    return site_id.partition("/")[0]


def told_establishments(
    sites: gpd.GeoDataFrame, cells: pd.DataFrame, *, least: float
) -> gpd.GeoDataFrame:
    """Put, in place of each cell, as many rows as it has establishments.

    Of a cell, ``headcount_low`` reaches ``least`` (headcount of a large establishment)
    in as many rows as must be large, ``headcount_high`` in as many as may be; no
    middle.

    Notes
    -----
    Of ``n`` establishments with ``E`` employees in all, each of 0 or more, one at
    least is large where ``E > n (least − 1)``, and no more need be: it may have all of
    them. No more than ``min(n, E ÷ least)`` may be.

    Examples
    --------
    >>> cells = pd.DataFrame({"site_id": ["c"], "n_establishments": [3],
    ...     "employees": [29]})
    >>> sites = pd.DataFrame({"site_id": ["c"]})
    >>> rows = told_establishments(sites, cells, least=10.0)
    >>> rows[["site_id", "headcount_low", "headcount_high"]].to_numpy().tolist()
    [['c/1', 10.0, 29.0], ['c/2', 0.0, 29.0], ['c/3', 0.0, 9.0]]
    """
    if cells.empty:
        return sites
    count = cells["n_establishments"].to_numpy()
    jobs = cells["employees"].to_numpy()
    large = max(1, math.ceil(least))
    sure = (jobs > count * (large - 1)).astype("int64")
    most = np.minimum(count, jobs // large)
    cell = np.repeat(np.arange(len(cells)), count)
    rank = np.arange(len(cell)) - np.repeat(count.cumsum() - count, count)
    rows = sites.set_index("site_id", drop=False).loc[cells["site_id"].iloc[cell]]
    pairs = zip(rows["site_id"], rank + 1, strict=True)
    names = [f"{name}/{place}" for name, place in pairs]
    spread = rows.reset_index(drop=True).assign(
        site_id=pd.Series(names, dtype="str"),
        headcount_low=np.where(rank < sure[cell], float(large), 0.0),
        headcount_mid=np.nan,
        headcount_high=np.where(
            rank < most[cell], jobs[cell], np.minimum(jobs[cell], large - 1)
        ).astype(float),
    )
    others = sites[~sites["site_id"].isin(cells["site_id"])]
    parts = [part for part in (others, spread) if len(part)] or [spread]
    return pd.concat(parts, ignore_index=True)
