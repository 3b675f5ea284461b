"""Max-p: as many regions as reach a floor, of communes as alike as can be."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.errors import InfeasibleError
from eitgeo.extras import from_extra
from eitgeo.perimeters.methods.likeness import checked_regions
from eitgeo.perimeters.methods.skater import weights_of
from eitgeo.words import french_count

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.perimeters.contours.mesh import Mesh

    Floats = npt.NDArray[np.float64]

_NAME = "max-p"
_BEST_OF = 2


def maxp_regions(
    mesh: Mesh,
    features: Floats,
    *,
    floor: float,
    seed: int,
    n_starts: int = 10,
) -> pd.Series[int]:
    """Cut the communes into as many regions as reach a floor of population.

    Parameters
    ----------
    mesh
        The communes, one piece by road.
    features
        From `commune_features`.
    floor
        Inhabitants of each region, at least.
    seed
        Seed of the draws.
    n_starts
        Partitions drawn; the best are then improved.

    Returns
    -------
    pandas.Series of int
        Region of each commune.

    Raises
    ------
    InfeasibleError
        When the floor is above the population of all communes, or a region is
        broken or under the floor.

    Notes
    -----
    ``spopt``, after J. C. Duque, L. Anselin, S. J. Rey, Journal of Regional Science
    52, 2012, p. 397–419. The library draws from NumPy's global generator and reads
    positions as keys: the one is seeded here then put back, the other are 0 … n−1.
    """
    people = np.array([mesh.sums["population"][code] for code in mesh.codes])
    if floor > people.sum():
        message = (
            f"{_NAME} : plancher de {french_count(floor)} habitants par région : le "
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
    regions = checked_regions(labels, mesh, method=_NAME)
    least = pd.Series(people, index=regions.index).groupby(regions).sum().min()
    if least < floor:
        message = (
            f"{_NAME} : région de {french_count(least)} habitants rendue par la "
            f"bibliothèque, plancher {french_count(floor)}"
        )
        raise InfeasibleError(message)
    return regions


def _seeded(seed: int, **options: object) -> npt.NDArray[np.int64]:
    """Run the library from a seed and leave the global generator as it was."""
    spopt = from_extra("spopt.region.maxp", extra="methods", purpose=_NAME)
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
        message = f"{_NAME} : la bibliothèque n'a trouvé aucune partition"
        raise InfeasibleError(message)
    return np.asarray(labels)
