"""Contiguity-constrained Ward regions of road times: the basin around the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import AgglomerativeClustering

from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.candidate import Candidate
from eitgeo.perimeters.likeness import checked_regions, require_units

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.perimeters.mesh import Mesh
    from eitgeo.study import Ward


def ward_perimeter(
    communes: pd.DataFrame,
    contiguity: pd.DataFrame,
    *,
    town_minutes: pd.DataFrame,
    root: str,
    ward: Ward,
) -> Candidate:
    """Cut the area into basins of like road times and keep the one of the root.

    Parameters
    ----------
    communes
        Table ``communes``: ``code_insee``, ``nom``, ``in_area``.
    contiguity
        Table ``contiguity``: only borders that a road crosses join communes.
    town_minutes
        Minutes by car from each commune of the area (index) to each town (columns).
    root
        Commune whose region is kept.
    ward
        Number of regions.

    Returns
    -------
    Candidate
        The region of the root; its certificate is to be recomputed.

    Raises
    ------
    StudyError
        When the root is not in the area.
    InfeasibleError
        When roads leave the area in several pieces (scikit-learn would then join
        them by force), there are fewer communes than regions, no town to drive to,
        or no way from a commune to a town.

    Notes
    -----
    Ward's criterion on the minutes to every town, unscaled: one minute weighs the
    same to whichever town (scikit-learn, ``AgglomerativeClustering``).
    """
    codes = np.sort(communes.loc[communes["in_area"], "code_insee"].to_numpy())
    index = pd.Index(codes)
    if root not in index:
        message = f"commune racine « {root} » hors du territoire"
        raise StudyError(message)
    if len(codes) < ward.n_regions:
        message = f"{ward.n_regions} régions pour {len(codes)} communes : impossible"
        raise InfeasibleError(message)
    links = _links(index, contiguity)
    n_pieces, _ = connected_components(links, directed=False)
    if n_pieces > 1:
        message = f"routes du territoire en {n_pieces} morceaux : régions impossibles"
        raise InfeasibleError(message)
    minutes = _minutes(town_minutes.loc[codes])
    model = AgglomerativeClustering(
        n_clusters=ward.n_regions, connectivity=links, linkage="ward"
    )
    label = model.fit_predict(minutes)
    mine = codes[label == label[index.get_loc(root)]]
    name = str(communes.set_index("code_insee").loc[root, "nom"])
    return Candidate(
        perimeter_id=ward.perimeter_id,
        name=f"Bassin routier de {name} ({ward.n_regions} bassins)",
        method="ward",
        codes=frozenset(mine.tolist()),
        root=root,
        parameters=ward.model_dump(mode="json") | {"towns": list(town_minutes.columns)},
    )


def ward_regions(
    mesh: Mesh, features: npt.NDArray[np.float64], *, n_regions: int
) -> pd.Series[int]:
    """Cut the communes of a mesh into regions of like ones by Ward's criterion.

    Parameters
    ----------
    mesh
        The communes, one piece by road.
    features
        From :func:`~eitgeo.perimeters.commune_features`.
    n_regions
        How many regions.

    Returns
    -------
    pandas.Series of int
        Region of each commune.

    Raises
    ------
    InfeasibleError
        When there are fewer communes than regions, or a region is broken.
    """
    require_units(mesh, n_regions, method="Ward")
    model = AgglomerativeClustering(
        n_clusters=n_regions, connectivity=mesh.minutes, linkage="ward"
    )
    return checked_regions(model.fit_predict(features), mesh, method="Ward")


def _minutes(table: pd.DataFrame) -> np.ndarray:
    if table.shape[1] == 0:
        message = (
            "aucune ville dans le territoire : régions impossibles → abaisser "
            "comparison.seat_min_population"
        )
        raise InfeasibleError(message)
    blind = table.index[table.isna().any(axis=1)]
    if len(blind):
        message = (
            f"{len(blind)} communes sans chemin vers une ville (dont {blind[0]}) : "
            "régions impossibles → relever roads.max_minutes"
        )
        raise InfeasibleError(message)
    return table.to_numpy(dtype=float)


def _links(index: pd.Index, contiguity: pd.DataFrame) -> coo_array:
    crossed = contiguity[
        contiguity["road_minutes"].notna()
        & contiguity["code_a"].isin(index)
        & contiguity["code_b"].isin(index)
    ]
    i = index.get_indexer(pd.Index(crossed["code_a"]))
    j = index.get_indexer(pd.Index(crossed["code_b"]))
    size = len(index)
    pairs = (np.concatenate([i, j]), np.concatenate([j, i]))
    return coo_array((np.ones(2 * len(i)), pairs), shape=(size, size)).tocsr()
