"""What makes two communes alike: minutes of road to towns, and sectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse.csgraph import connected_components

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.contours.mesh import Mesh

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


def commune_features(
    mesh: Mesh,
    town_minutes: pd.DataFrame,
    *,
    jobs: pd.DataFrame,
    sector_weight: float,
) -> Floats:
    """Lay out what methods of like communes compare.

    ``town_minutes``: minutes by car from each commune (index) to each town (columns).
    ``sector_weight``: 0: minutes alone; 1: sectors alone. Returns: one row a commune of
    the mesh. Minutes and shares of jobs are each brought to a total standard deviation
    of 1, then weighed; a commune without known jobs has the shares of the territory.
    Refused when there is no town to drive to, or no way from a commune to a town.
    """
    minutes = known_minutes(mesh, town_minutes)
    counts = jobs.reindex(list(mesh.codes)).fillna(0.0).to_numpy(dtype=float)
    per_commune = counts.sum(axis=1, keepdims=True)
    everywhere = counts.sum(axis=0) / max(counts.sum(), 1e-9)
    shares = np.where(
        per_commune > 0, counts / np.maximum(per_commune, 1e-9), everywhere
    )
    parts = [(1 - sector_weight, minutes), (sector_weight, shares)]
    return np.hstack([weight * _scaled(part) for weight, part in parts if weight > 0])


def known_minutes(mesh: Mesh, table: pd.DataFrame) -> Floats:
    """Lay out the minutes to towns, when all are known."""
    if table.shape[1] == 0:
        message = (
            "aucune ville dans le territoire : régions impossibles → abaisser "
            "comparison.seat_min_population"
        )
        raise InfeasibleError(message)
    minutes = table.reindex(list(mesh.codes))
    blind = minutes.index[minutes.isna().any(axis=1)]
    if len(blind):
        message = (
            f"{len(blind)} communes sans chemin vers une ville (dont {blind[0]}) : "
            "régions impossibles → relever roads.max_minutes"
        )
        raise InfeasibleError(message)
    return minutes.to_numpy(dtype=float)


def require_units(mesh: Mesh, n_regions: int, *, method: str) -> None:
    """Refuse more regions than communes."""
    if n_regions > len(mesh.codes):
        message = (
            f"{method} : {n_regions} régions pour {len(mesh.codes)} communes : "
            "impossible"
        )
        raise InfeasibleError(message)


def checked_regions(labels: Ints, mesh: Mesh, *, method: str) -> pd.Series[int]:
    """Hand regions out only when roads hold each of them together.

    Notes
    -----
    Libraries of regions may return broken ones without a word; nothing of theirs is
    used in this check but the labels.
    """
    order, names = pd.factorize(np.asarray(labels))
    broken = []
    for region in range(len(names)):
        rows = np.flatnonzero(order == region)
        n_pieces, _ = connected_components(mesh.minutes[rows][:, rows], directed=False)
        if n_pieces > 1:
            broken.append(f"{len(rows)} communes en {n_pieces} morceaux")
    if broken or len(order) != len(mesh.codes) or (order < 0).any():
        why = " ; ".join(broken) or "des communes sans région"
        message = f"{method} : régions rendues invalides par la bibliothèque ({why})"
        raise InfeasibleError(message)
    return pd.Series(
        order, index=pd.Index(mesh.codes, name="code_insee"), name="region"
    )


def _scaled(part: Floats) -> Floats:
    spread = np.sqrt(part.var(axis=0).sum())
    return (part - part.mean(axis=0)) / (spread if spread > 0 else 1.0)
