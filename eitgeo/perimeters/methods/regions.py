"""Contiguity-constrained Ward regions of road times: the basin around the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.cluster import AgglomerativeClustering

from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.perimeters.methods.likeness import (
    checked_regions,
    known_minutes,
    require_units,
)
from eitgeo.perimeters.methods.reach import under_rules

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from eitgeo.perimeters.contours.mesh import Mesh
    from eitgeo.study.methods import Rules, Ward


def ward_perimeter(
    mesh: Mesh,
    *,
    town_minutes: pd.DataFrame,
    root_name: str,
    ward: Ward,
    rules: Rules,
) -> Candidate:
    """Cut the area into basins of like road times and keep the one of the root.

    Parameters
    ----------
    mesh
        From `make_mesh`: only borders that a road crosses
        join communes.
    town_minutes
        Minutes by car from each commune of the mesh (index) to each town (columns).
    root_name
        Name of the root of the mesh, as the candidate tells it.
    ward
        Number of regions.
    rules
        Section ``methods.rules`` of the study.

    Returns
    -------
    Candidate
        The region of the root, mended where it breaks a rule
        (`under_rules`); its certificate is to be recomputed.

    Raises
    ------
    StudyError
        When a rule names an unknown commune or sum.
    InfeasibleError
        When there are fewer communes than regions, no town to drive to, no way from
        a commune to a town, or rules that clash or are still broken after mending.

    Notes
    -----
    Ward's criterion on the minutes to every town, unscaled: one minute weighs the
    same to whichever town (scikit-learn, ``AgglomerativeClustering``).
    """
    minutes = known_minutes(mesh, town_minutes)
    regions = ward_regions(mesh, minutes, n_regions=ward.n_regions)
    mine = regions.index[regions == regions[mesh.root]]
    drawn = Candidate(
        perimeter_id=ward.perimeter_id,
        name=f"Bassin routier de {root_name} ({ward.n_regions} bassins)",
        method="ward",
        codes=frozenset(mine),
        root=mesh.root,
        parameters=ward.model_dump(mode="json") | {"towns": list(town_minutes.columns)},
    )
    return under_rules(drawn, mesh, rules)


def ward_regions(
    mesh: Mesh, features: npt.NDArray[np.float64], *, n_regions: int
) -> pd.Series[int]:
    """Cut the communes of a mesh into regions of like ones by Ward's criterion.

    Parameters
    ----------
    mesh
        The communes, one piece by road.
    features
        From `commune_features`.
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
