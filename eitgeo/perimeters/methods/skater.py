"""SKATER: regions cut from the spanning tree of like neighbours."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import OptimizeWarning
from scipy.sparse.csgraph import connected_components, depth_first_order
from scipy.spatial.distance import cdist

from eitgeo.extras import from_extra
from eitgeo.perimeters.methods.likeness import checked_regions, require_units

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from eitgeo.perimeters.contours.mesh import Mesh

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

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
    forest.find_cut = _Cuts(spopt.deletion)
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


class _Cuts:
    """Find the best cut of a forest, as spopt does, to the last bit.

    The library measures every tree again for each link that it tries; here a tree is
    measured once, and the two parts that a link joins as long as no cut divides them.
    """

    def __init__(self, deletion: Any) -> None:
        self._deletion = deletion
        self._parts: dict[tuple[int, int], tuple[int, dict[int, float]]] = {}

    def __call__(self, forest: Any, data: Floats, **_: Any) -> Any:
        """Return the link whose cut leaves communes most alike, and the score then."""
        count, label = connected_components(forest, directed=False)
        trees = [_Tree(forest, np.flatnonzero(label == one)) for one in range(count)]
        whole = {tree.first: _spread(data, tree.units) for tree in trees}
        best = self._deletion(np.nan, np.nan, np.inf)
        for link in np.vstack(forest.nonzero()).T:
            tree = trees[label[link[0]]]
            apart = whole | self._two(tree, link, data)
            # Summed in the order in which the library numbers the trees.
            score = np.sum([apart[first] for first in sorted(apart)]).item()
            if score < best.score:
                best = self._deletion(*link, score)
        return best

    def _two(self, tree: _Tree, link: Ints, data: Floats) -> dict[int, float]:
        """Measure the parts that a link joins, by their first units."""
        key, size = (int(link[0]), int(link[1])), len(tree.units)
        if key not in self._parts or self._parts[key][0] != size:
            parts = tree.parts(*key)
            measured = {int(part[0]): _spread(data, part) for part in parts}
            self._parts[key] = (size, measured)
        return self._parts[key][1]


class _Tree:
    """One tree of a forest, laid out so that what hangs from a link is one stretch."""

    def __init__(self, forest: Any, units: Ints) -> None:
        self.units = units
        self.first = int(units[0])
        self._order, before = depth_first_order(forest, self.first, directed=False)
        self._before = before
        self._at = {unit: at for at, unit in enumerate(self._order.tolist())}
        self._size = np.ones(len(self._order), dtype=np.int64)
        for at in range(len(self._order) - 1, 0, -1):
            self._size[self._at[int(before[self._order[at]])]] += self._size[at]

    def parts(self, one: int, other: int) -> tuple[Ints, Ints]:
        """Return the units on both sides of a link, each sorted."""
        at = self._at[other if self._before[other] == one else one]
        hanging = np.sort(self._order[at : at + self._size[at]])
        return hanging, np.setdiff1d(self.units, hanging, assume_unique=True)


def _spread(data: Floats, units: Ints) -> float:
    """Sum how far some units are from their mean."""
    mine = data[units]
    return float(np.sum(_distance(mine, np.mean(mine, axis=0).reshape(1, -1))))


def _distance(left: Floats, right: Floats | None = None) -> Floats:
    # What scikit-learn calls, without its checks: spopt asks for each candidate cut.
    return cdist(left, left if right is None else right, "cityblock") + _APART
