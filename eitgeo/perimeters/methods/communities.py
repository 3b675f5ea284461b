"""Communities of the graph of ties, made contiguous by road."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from scipy.sparse import triu
from scipy.sparse.csgraph import connected_components

from eitgeo.perimeters.methods.likeness import checked_regions

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from scipy.sparse import csr_array

    from eitgeo.perimeters.contours.mesh import Mesh
    from eitgeo.perimeters.methods.ties import Ties

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

_NAME = "communautés"


def community_regions(ties: Ties, *, resolution: float, seed: int) -> pd.Series[int]:
    """Group communes that are tied more than their sizes would have it.

    Parameters
    ----------
    ties
        What draws the communes of a mesh together.
    resolution
        Above 1: smaller communities; below: larger ones.
    seed
        Seed of the order in which communes are tried.

    Returns
    -------
    pandas.Series of int
        Region of each commune. A community that roads leave in pieces keeps its
        most peopled piece; each other piece, and each commune that nothing ties, joins
        the neighbouring region that it is most tied to, else the nearest by road.

    Raises
    ------
    InfeasibleError
        When a region is broken.

    Notes
    -----
    Louvain's method (``networkx``): V. D. Blondel et al., Journal of Statistical
    Mechanics, 2008, P10008. Modularity knows nothing of borders, hence the mending.
    """
    size = len(ties.mesh.codes)
    upper = triu(ties.matrix, k=1).tocoo()
    graph = nx.Graph()
    graph.add_nodes_from(range(size))
    graph.add_weighted_edges_from(
        zip(upper.row.tolist(), upper.col.tolist(), upper.data.tolist(), strict=True)
    )
    groups = nx.community.louvain_communities(
        graph, weight="weight", resolution=resolution, seed=seed
    )
    labels = _made_contiguous(groups, ties)
    return checked_regions(labels, ties.mesh, method=_NAME)


def _made_contiguous(groups: list[set[int]], ties: Ties) -> Ints:
    """Keep the most peopled piece of each community; settle the other pieces."""
    labels = np.full(len(ties.mesh.codes), -1, dtype=np.int64)
    is_tied = np.asarray(ties.matrix.sum(axis=1)).ravel() > 0
    loose: list[list[int]] = []
    for group in groups:
        pieces = sorted(_pieces(group, ties.mesh), key=lambda p: (-_people(p, ties), p))
        if is_tied[sorted(group)].any():
            labels[pieces[0]] = pieces[0][0]
            pieces = pieces[1:]
        loose += pieces
    if (labels < 0).all():
        return np.zeros_like(labels)
    left = [(piece, _rows(ties.mesh.minutes, piece)) for piece in sorted(loose)]
    while left:
        # The mesh is in one piece: one of them at least touches a region.
        touching = (
            at for at, (_, (near, _)) in enumerate(left) if (labels[near] >= 0).any()
        )
        piece, roads = left.pop(next(touching))
        labels[piece] = _neighbour(piece, roads, labels, ties)
    return labels


def _rows(matrix: csr_array, piece: list[int]) -> tuple[Ints, Floats]:
    """Return columns and values of some rows, in order."""
    spans = [slice(*matrix.indptr[unit : unit + 2]) for unit in piece]
    columns, values = (
        np.concatenate([whole[span] for span in spans])
        for whole in (matrix.indices, matrix.data)
    )
    return columns, values


def _pieces(group: set[int], mesh: Mesh) -> list[list[int]]:
    if len(group) == 1:
        return [list(group)]
    units = np.array(sorted(group))
    _, piece = connected_components(mesh.minutes[units][:, units], directed=False)
    return [units[piece == at].tolist() for at in range(piece.max() + 1)]


def _people(piece: list[int], ties: Ties) -> float:
    return ties.mesh.total([ties.mesh.codes[unit] for unit in piece], "population")


def _neighbour(
    piece: list[int], roads: tuple[Ints, Floats], labels: Ints, ties: Ties
) -> int:
    """Return the region around that a piece is most tied to, else the nearest."""
    near, minutes = roads
    reached = labels[near]
    regions = np.unique(reached[reached >= 0])
    columns, values = _rows(ties.matrix, piece)
    pull = np.bincount(columns, weights=values, minlength=len(labels))
    tied = [-float(pull[labels == region].sum()) for region in regions]
    nearest = [float(minutes[reached == region].min()) for region in regions]
    return int(regions[np.lexsort((nearest, tied))[0]])
