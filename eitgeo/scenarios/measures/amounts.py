"""What each site makes of the figures that sum estimates: what secrecy looks at."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from eitgeo.scenarios.measures.activity import NDNI, industrial_sites
from eitgeo.sources.activity.cells import are_cells, are_published, rests_on_draw

ORIGINS = {"ratio": "estime", "survey": "declare", "irep": "declare"}
"""Method of an arising → whether it is estimated or declared."""


PUBLISHED = ""
"""Firm of an amount that rests on a published count alone: nobody's secret."""

REDUCED = "-"
"""Firm of a published count less who answered: no firm, and a secret all the same."""


def site_amounts(
    sites: pd.DataFrame, arisings: pd.DataFrame, *, codes: Iterable[str]
) -> dict[str, pd.DataFrame]:
    """List what each site brings to the tonnage and to the industrial jobs.

    ``codes``: INSEE codes of the study area. Returns: ``deposit_t`` [t/year] and
    ``industry_jobs``: the rows that the indicators of these names sum, as
    ``code_insee``, ``site_id``, ``firm_id``, ``low``, ``value``, ``high``,
    ``synthetic`` (or the headcount is drawn), ``public`` (neither a natural person nor
    non-diffusible) and ``origin``: ``estime`` or ``declare``.

    Notes
    -----
    What is declared is told as it is: in an open register, by anybody; in the survey,
    inside a private study alone, which is never published.

    A firm is its SIREN, the first nine digits of the SIRET: three sites of one firm
    are one contributor. A site without SIRET counts as a firm. What is computed from
    published counts alone is of no firm (``PUBLISHED``): anybody can compute it, so
    that it needs no contributor, and covers nobody who stands beside it.
    """
    local = sites[sites["code_insee"].isin(pd.Index(codes))]
    waste = arisings[arisings["stream"] == NDNI].assign(
        origin=lambda rows: rows["method"].map(ORIGINS)
    )
    tonnes = waste.groupby(["site_id", "origin"])[["t_low", "t_mid", "t_high"]].sum()
    jobs = industrial_sites(local).assign(origin="estime")
    return {
        "deposit_t": _laid_out(tonnes.reset_index(), local, stem="t"),
        "industry_jobs": _laid_out(jobs, local, stem="headcount"),
    }


def _laid_out(amounts: pd.DataFrame, sites: pd.DataFrame, *, stem: str) -> pd.DataFrame:
    levels = {f"{stem}_low": "low", f"{stem}_mid": "value", f"{stem}_high": "high"}
    laid = amounts[["site_id", "origin", *levels]].rename(columns=levels)
    laid[list(levels.values())] = laid[list(levels.values())].fillna(0.0)
    who = pd.DataFrame(
        {
            "site_id": sites["site_id"],
            "code_insee": sites["code_insee"],
            "firm_id": firm_ids(sites),
            "synthetic": rests_on_draw(sites),
            "public": sites["diffusible"]
            & ~sites["natural_person"]
            & ~are_cells(sites),
        }
    )
    return laid.merge(who, on="site_id")


def firm_ids(sites: pd.DataFrame) -> pd.Series[str]:
    """Name the firm of each site.

    Parameters
    ----------
    sites
        ``site_id``, ``siret`` (empty where unknown), ``source``.

    Returns
    -------
    pandas.Series of str
        The SIREN, else the site's own identifier, on the index of `sites`;
        ``PUBLISHED`` and ``REDUCED`` where it is nobody's.
    """
    known = sites["siret"] != ""
    names = np.where(known, sites["siret"].str[:9], sites["site_id"])
    names = np.where(are_cells(sites), REDUCED, names)
    names = np.where(are_published(sites), PUBLISHED, names)
    return pd.Series(names, index=sites.index, dtype="str", name="firm_id")
