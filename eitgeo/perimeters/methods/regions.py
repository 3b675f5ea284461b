"""Regions of communes that are alike, in one piece: Ward, SKATER, max-p.

Ward takes road times, for the basin around the root; SKATER cuts the spanning tree of
like neighbours; max-p makes as many regions as reach a floor.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import OptimizeWarning
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, depth_first_order
from scipy.spatial.distance import cdist
from sklearn.cluster import AgglomerativeClustering

from eitgeo.errors import InfeasibleError
from eitgeo.extras import from_extra
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.perimeters.contours.mesh import Mesh
from eitgeo.perimeters.methods.ties import (
    checked_regions,
    known_minutes,
    require_units,
    under_rules,
)
from eitgeo.study.methods import Rules, Ward
from eitgeo.words import french_count

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    type Cuts = Callable[[int], pd.Series[int]]
    type Measured = dict[tuple[int, int, int], dict[int, float]]

_SKATER = "SKATER"
_APART = 1e-9

_MAXP = "max-p"
_BEST_OF = 2


def ward_perimeter(
    mesh: Mesh,
    *,
    town_minutes: pd.DataFrame,
    root_name: str,
    ward: Ward,
    rules: Rules,
) -> Candidate:
    """Cut the area into basins of like road times and keep the one of the root.

    ``mesh``: from `make_mesh`: only borders that a road crosses join communes.
    ``town_minutes``: minutes by car from each commune of the mesh (index) to each town
    (columns). ``root_name``: name of the root of the mesh, as the candidate tells it.
    Returns: the region of the root, mended where it breaks a rule (`under_rules`); its
    certificate is to be recomputed. Refused when a rule names an unknown commune or
    sum. Refused when there are fewer communes than regions, no town to drive to, no way
    from a commune to a town, or rules that clash or are still broken after mending.

    Notes
    -----
    Ward's criterion on the minutes to every town, unscaled: one minute weighs the
    same to whichever town (scikit-learn, ``AgglomerativeClustering``).
    """
    minutes = known_minutes(mesh, town_minutes)
    regions = ward_cuts(mesh, minutes)(ward.n_regions)
    codes = regions.index[regions == regions[mesh.root]]
    region = Candidate(
        perimeter_id=ward.perimeter_id,
        name=f"Bassin routier de {root_name} ({ward.n_regions} bassins)",
        method="ward",
        codes=frozenset(codes),
        root=mesh.root,
        parameters=ward.model_dump(mode="json") | {"towns": list(town_minutes.columns)},
    )
    return under_rules(region, mesh, rules)


def ward_cuts(mesh: Mesh, features: Floats) -> Cuts:
    """Give what cuts the communes of a mesh into regions of like ones, by Ward.

    Returns: from a number of regions to the region of each commune; the tree of mergers
    is grown once, whatever the numbers. Refused when there are fewer communes than
    regions, or a region is broken.
    """

    @cache
    def mergers() -> Ints:
        model = AgglomerativeClustering(
            n_clusters=None, distance_threshold=0, connectivity=mesh.minutes
        )
        return np.asarray(model.fit(features).children_)

    def regions(n_regions: int) -> pd.Series[int]:
        require_units(mesh, n_regions, method="Ward")
        # Merger k makes node n + k; the last ones are left out.
        size = len(mesh.codes)
        made = mergers()[: size - n_regions]
        node = np.repeat(np.arange(size, size + len(made)), 2)
        links = (np.ones(len(node)), (made.ravel(), node))
        joined = csr_array(links, shape=(size + len(made),) * 2)
        _, label = connected_components(joined, directed=False)
        return checked_regions(label[:size], mesh, method="Ward")

    return regions


def skater_cuts(mesh: Mesh, features: Floats) -> Cuts:
    """Give what cuts the communes into regions along the tree of like neighbours.

    Returns: from a number of regions to the region of each commune; what the links join
    is measured once, whatever the numbers. Fewer regions than asked for when the tree
    admits no more cuts. Refused when there are fewer communes than regions, or a region
    is broken.

    Notes
    -----
    ``spopt``, after R. M. Assunção et al., International Journal of Geographical
    Information Science 20, 2006, p. 797–811, with the Manhattan distance. Alike
    neighbours are kept 10⁻⁹ apart: at no distance the library would drop their link.
    No draw is made: the same communes give the same regions.
    """
    measured: Measured = {}

    def regions(n_regions: int) -> pd.Series[int]:
        require_units(mesh, n_regions, method=_SKATER)
        spopt = from_extra("spopt.region.skater", extra="methods", purpose=_SKATER)
        forest = spopt.SpanningForest(dissimilarity=_distance)
        forest.find_cut = _Cuts(spopt.deletion, measured)
        with warnings.catch_warnings():
            # Fewer cuts than asked for: the number of regions says so.
            warnings.simplefilter("ignore", OptimizeWarning)
            forest.fit(n_clusters=n_regions, W=weights_of(mesh), data=features)
        labels = np.asarray(forest.current_labels_)
        return checked_regions(labels, mesh, method=_SKATER)

    return regions


def weights_of(mesh: Mesh) -> Any:
    """Return the links of a mesh as spopt reads them: numbered 0 … n−1."""
    rank_of = {code: rank for rank, code in enumerate(mesh.codes)}
    neighbours = {
        rank_of[code]: [rank_of[n] for n in mesh.near[code]] for code in mesh.codes
    }
    libpysal = from_extra("libpysal.weights", extra="methods", purpose="voisinages")
    return libpysal.W(neighbours, silence_warnings=True)


class _Cuts:
    """Find the best cut of a forest, as spopt does, to the last bit.

    The library measures every tree again for each link that it tries; here a tree is
    measured once, and the two parts that a link joins as long as no cut divides them.
    The first cuts are the same however many are made.
    """

    def __init__(self, deletion: Any, measured: Measured) -> None:
        self._deletion = deletion
        self._measured = measured

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
        one, other = int(link[0]), int(link[1])
        key = (one, other, len(tree.units))
        if key not in self._measured:
            self._measured[key] = {
                int(part[0]): _spread(data, part) for part in tree.parts(one, other)
            }
        return self._measured[key]


class _Tree:
    """One tree of a forest, laid out so that what hangs from a link is one stretch."""

    def __init__(self, forest: Any, units: Ints) -> None:
        self.units = units
        self.first = int(units[0])
        self._order, before = depth_first_order(forest, self.first, directed=False)
        self._before = before
        self._at = {unit: rank for rank, unit in enumerate(self._order.tolist())}
        self._size = np.ones(len(self._order), dtype=np.int64)
        for rank in range(len(self._order) - 1, 0, -1):
            self._size[self._at[int(before[self._order[rank]])]] += self._size[rank]

    def parts(self, one: int, other: int) -> tuple[Ints, Ints]:
        """Return the units on both sides of a link, each sorted."""
        rank = self._at[other if self._before[other] == one else one]
        hanging = np.sort(self._order[rank : rank + self._size[rank]])
        return hanging, np.setdiff1d(self.units, hanging, assume_unique=True)


def _spread(data: Floats, units: Ints) -> float:
    """Sum how far some units are from their mean."""
    rows = data[units]
    return float(np.sum(_distance(rows, np.mean(rows, axis=0).reshape(1, -1))))


def _distance(left: Floats, right: Floats | None = None) -> Floats:
    # What scikit-learn calls, without its checks: spopt asks for each candidate cut.
    return cdist(left, left if right is None else right, "cityblock") + _APART


def maxp_regions(
    mesh: Mesh,
    features: Floats,
    *,
    floor: float,
    seed: int,
    n_starts: int = 10,
) -> pd.Series[int]:
    """Cut the communes into as many regions as reach a floor of population.

    Returns: region of each commune. Refused when the floor is above the population of
    all communes, or a region is broken or under the floor.

    Notes
    -----
    ``spopt``, after J. C. Duque, L. Anselin, S. J. Rey, Journal of Regional Science
    52, 2012, p. 397–419. The library draws from NumPy's global generator and reads
    positions as keys: the one is seeded here then put back, the other are 0 … n−1.
    """
    people = np.array([mesh.sums["population"][code] for code in mesh.codes])
    if floor > people.sum():
        message = (
            f"{_MAXP} : plancher de {french_count(floor)} habitants par région : le "
            f"territoire en compte {french_count(people.sum())}"
        )
        raise InfeasibleError(message)
    names = [f"f{rank}" for rank in range(features.shape[1])]
    table = pd.DataFrame(features, columns=names).assign(people=people)
    labels = _seeded(
        seed,
        gdf=table,
        w=weights_of(mesh),
        attrs_name=names,
        threshold_name="people",
        threshold=floor,
        top_n=_BEST_OF,
        max_iterations_construction=n_starts,
        max_iterations_sa=1,
    )
    regions = checked_regions(labels, mesh, method=_MAXP)
    least = pd.Series(people, index=regions.index).groupby(regions).sum().min()
    if least < floor:
        message = (
            f"{_MAXP} : région de {french_count(least)} habitants rendue par la "
            f"bibliothèque, plancher {french_count(floor)}"
        )
        raise InfeasibleError(message)
    return regions


def _seeded(seed: int, **options: object) -> npt.NDArray[np.int64]:
    """Run the library from a seed and leave the global generator as it was."""
    spopt = from_extra("spopt.region.maxp", extra="methods", purpose=_MAXP)
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        with warnings.catch_warnings():
            # What the library asks of pandas is its own affair.
            warnings.simplefilter("ignore", DeprecationWarning)
            _, labels = spopt.maxp(**options)
    finally:
        np.random.set_state(state)  # noqa: NPY002
    if labels is None:
        message = f"{_MAXP} : la bibliothèque n'a trouvé aucune partition"
        raise InfeasibleError(message)
    return np.asarray(labels)
