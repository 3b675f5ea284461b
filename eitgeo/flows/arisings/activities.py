"""The NAF rév. 2 activity of each site: the nomenclature that ratios are written in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eitgeo.check import require_columns
from eitgeo.reference.naf import naf_divisions, naf_subclasses

REV2 = "NAFRev2"
BRIDGE_MIN_SHARE = 0.8
"""Least share of the sites of a NAF 2025 code that bear one code of rév. 2."""


def rev2_activities(sites: pd.DataFrame) -> pd.Series[str]:
    """Return the NAF rév. 2 code of each site; empty where none is sure.

    ``sites``: ``naf``; ``naf_version``, ``naf_rev2`` and ``naf_2025`` where the
    nomenclature is not rév. 2 everywhere. Returns: on the index of `sites`: a sub-class
    of NAF rév. 2, or a division where the source tells no more, or ``""``: unknown
    code, or code of NAF 2025 that cannot be bridged. Refused when ``naf`` is missing,
    or ``naf_version`` is there without both codes.

    Notes
    -----
    No official correspondence of NAF 2025 is in the package. A site of NAF 2025 has
    the code of rév. 2 that SIRENE gives beside it; else the one that at least 80 % of
    the sites of the same NAF 2025 code bear, where some bear both; else none.
    """
    require_columns(sites, ["naf"], where="sites")
    naf = sites["naf"].astype("str")
    if "naf_version" in sites:
        require_columns(sites, ["naf_rev2", "naf_2025"], where="sites")
        is_rev2 = sites["naf_version"] == REV2
        if not is_rev2.all():
            learnt = _learnt(sites)
            bridged = [learnt.get(code, "") for code in sites["naf_2025"]]
            written = sites["naf_rev2"].where(sites["naf_rev2"] != "", bridged)
            naf = naf.where(is_rev2, written).astype("str")
    known = [*naf_subclasses(), *naf_divisions().index]
    return naf.where(naf.isin(known), "").rename("naf_rev2")


def _learnt(sites: pd.DataFrame) -> dict[str, str]:
    """Return the code of rév. 2 that nearly all sites of a NAF 2025 code bear."""
    both = sites[(sites["naf_rev2"] != "") & (sites["naf_2025"] != "")]
    pairs = both.groupby(["naf_2025", "naf_rev2"]).size().rename("n").reset_index()
    total = pairs.groupby("naf_2025")["n"].transform("sum")
    sure = pairs[pairs["n"] >= BRIDGE_MIN_SHARE * total]
    return dict(zip(sure["naf_2025"], sure["naf_rev2"], strict=True))


def unbridged_share_pct(sites: pd.DataFrame) -> float:
    """Return the share of the sites of NAF 2025 that no code of rév. 2 is sure for.

    Returns: 0 to 100 [%]; 0 where every site is in rév. 2.
    """
    if "naf_version" not in sites:
        return 0.0
    newer = (sites["naf_version"] != REV2).to_numpy()
    if not newer.any():
        return 0.0
    lost = (rev2_activities(sites) == "").to_numpy()
    return float(100.0 * np.mean(lost[newer]))
