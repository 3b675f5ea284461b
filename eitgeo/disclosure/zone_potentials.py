"""Potential waste of zones as it may be told: classes, or nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eitgeo.check import require_columns
from eitgeo.disclosure.rule import parts_by, passes
from eitgeo.disclosure.zones import HELD_BACK
from eitgeo.exact import settled_values

_BOUNDS = (30.0, 100.0, 300.0, 1_000.0)
POTENTIAL_CLASSES = (
    "moins de 30",
    "30 à 100",
    "100 à 300",
    "300 à 1 000",
    "1 000 ou plus",
    HELD_BACK,
)
"""Tonnes a year; each class about three times the one before."""


def zone_potentials(sites: pd.DataFrame, tonnes: pd.Series[float]) -> pd.DataFrame:
    """Put the potential waste of each zone into a class that may be told.

    Notes
    -----
    Classes alone, as for jobs: a sum of tonnes less that of a block of communes would
    give the sites out of the zone.
    """
    require_columns(sites, ["site_id", "zone_id", "siret"], where="sites des zones")
    firm = sites["siret"].str[:9].where(sites["siret"].ne(""), sites["site_id"])
    rows = sites.assign(
        t=sites["site_id"].map(tonnes), firm=pd.factorize(firm)[0]
    ).dropna(subset="t")
    parts = parts_by(rows, ["zone_id"], ["t"])
    names = sorted(set(sites["zone_id"]))
    classes = [
        _class(float(parts[(name,)].amounts.sum()))
        if (name,) in parts and passes(parts[(name,)])
        else HELD_BACK
        for name in names
    ]
    return pd.DataFrame({"zone_id": names, "potential_class": classes}, dtype="str")


def _class(mass_t: float) -> str:
    rank = np.searchsorted(_BOUNDS, settled_values(mass_t), side="right")
    return POTENTIAL_CLASSES[int(rank)]
