"""SKATER: regions cut from the spanning tree of like neighbours."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import OptimizeWarning
from scipy.spatial.distance import cdist

from eitgeo.extras import from_extra
from eitgeo.perimeters.methods.likeness import checked_regions, require_units

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from eitgeo.perimeters.contours.mesh import Mesh

    Floats = npt.NDArray[np.float64]

_NAME = "SKATER"
_APART = 1e-9


def skater_regions(mesh: Mesh, features: Floats, *, n_regions: int) -> pd.Series[int]:
    """Cut the communes into regions along the tree of like neighbours.

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
        Region of each commune. Fewer regions than asked for when the tree admits no
        more cuts.

    Raises
    ------
    InfeasibleError
        When there are fewer communes than regions, or a region is broken.

    Notes
    -----
    ``spopt``, after R. M. Assunção et al., International Journal of Geographical
    Information Science 20, 2006, p. 797–811, with the Manhattan distance. Alike
    neighbours are kept 10⁻⁹ apart: at no distance the library would drop their link.
    No draw is made: the same communes give the same regions.
    """
    require_units(mesh, n_regions, method=_NAME)
    spopt = from_extra("spopt.region.skater", extra="methods", purpose=_NAME)
    forest = spopt.SpanningForest(dissimilarity=_distance)
    with warnings.catch_warnings():
        # Fewer cuts than asked for: the number of regions says so.
        warnings.simplefilter("ignore", OptimizeWarning)
        forest.fit(n_clusters=n_regions, W=weights_of(mesh), data=features)
    labels = np.asarray(forest.current_labels_)
    return checked_regions(labels, mesh, method=_NAME)


def weights_of(mesh: Mesh) -> Any:
    """Return the links of a mesh as spopt reads them: numbered 0 … n−1."""
    at = {code: rank for rank, code in enumerate(mesh.codes)}
    near = {at[code]: [at[n] for n in mesh.near[code]] for code in mesh.codes}
    libpysal = from_extra("libpysal.weights", extra="methods", purpose="voisinages")
    return libpysal.W(near, silence_warnings=True)


def _distance(left: Floats, right: Floats | None = None) -> Floats:
    # What scikit-learn calls, without its checks: spopt asks for each candidate cut.
    return cdist(left, left if right is None else right, "cityblock") + _APART
