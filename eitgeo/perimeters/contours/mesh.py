"""Communes that trucks can drive between without leaving the area, around a root."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from eitgeo.check import require_columns
from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.territory.membership import members_of_epci

if TYPE_CHECKING:
    Ints = npt.NDArray[np.int64]

RIM_M = 50.0
"""A commune that shares all its outline but this much is not at the outer limit."""


@dataclass(frozen=True)
class Mesh:
    """Communes of the area that roads join to the root, in the order of their codes.

    ``codes``: INSEE codes, sorted: arrays follow this order. ``near``: commune → the
    communes across a border that a truck road crosses. ``minutes``: the same as a
    symmetric matrix [min by truck], shape (n, n). ``beside``: commune of the area →
    those across any border, with or without a road. ``rim``: communes of the area at
    its outer limit: what they border on lies outside. ``sums``: name → commune →
    amount: what floors and ceilings bear on. ``epci``: SIREN → its communes of the
    area, those out of the mesh included, and a stand-in for each member outside the
    area: no set holds such an EPCI whole. ``root``: the commune that every perimeter
    contains. ``cut_off``: communes of the area that no truck road inside the area joins
    to the root: no perimeter grown from the root holds them.
    """

    codes: tuple[str, ...]
    near: Mapping[str, tuple[str, ...]] = field(repr=False)
    minutes: csr_array = field(repr=False)
    beside: Mapping[str, tuple[str, ...]] = field(repr=False)
    rim: frozenset[str] = field(repr=False)
    sums: Mapping[str, Mapping[str, float]] = field(repr=False)
    epci: Mapping[str, frozenset[str]] = field(repr=False)
    root: str
    cut_off: tuple[str, ...] = ()

    def piece_of(self, code: str, codes: Collection[str]) -> set[str]:
        """Return the communes of a set that chains inside it join to one of them.

        ``code``: where to start; it belongs to the answer.
        """
        return spread(code, self.near, set(codes))

    def indices(self, codes: Collection[str]) -> Ints:
        """Return where some communes are among those of the mesh, sorted."""
        return np.searchsorted(np.array(self.codes), sorted(codes))

    def ways(self, start: Collection[str], usable: Collection[str]) -> dict[str, str]:
        """Find the quickest chains of neighbours out of a set.

        ``start``: communes to start from. ``usable``: communes that chains may use.
        Returns: commune → the one before it; those of ``start``, and those out of
        reach, are absent.
        """
        names = sorted({*start, *usable})
        rows = self.indices(names)
        from_here = np.searchsorted(names, sorted(start))
        _, before, _ = dijkstra(
            self.minutes[rows][:, rows],
            indices=from_here,
            min_only=True,
            return_predecessors=True,
        )
        return {
            names[at]: names[last]
            for at, last in enumerate(before.tolist())
            if last >= 0
        }

    def total(self, codes: Collection[str], name: str) -> float:
        """Add up one of ``sums`` over some communes, the same whatever the order."""
        amounts = self.sums[name]
        return math.fsum(amounts[code] for code in codes)


def spread(
    start: str, near: Mapping[str, Collection[str]], usable: Collection[str]
) -> set[str]:
    """Return what chains of neighbours join to a start."""
    seen, edge = {start}, [start]
    while edge:
        fresh = [n for n in near[edge.pop()] if n in usable and n not in seen]
        seen.update(fresh)
        edge += fresh
    return seen


def make_mesh(
    communes: gpd.GeoDataFrame,
    contiguity: pd.DataFrame,
    *,
    root: str,
    sums: pd.DataFrame | None = None,
) -> Mesh:
    """Join the communes of the area by the borders that a truck road crosses.

    ``communes``: table ``communes``: ``code_insee``, ``epci_siren``, ``epci_communes``,
    ``population``, ``in_area``. ``contiguity``: table ``contiguity``: a border with
    ``road_minutes`` joins, another does not. ``root``: commune that perimeters are
    grown from. ``sums``: further columns that floors and ceilings may bear on (jobs …),
    indexed by code; a commune that is absent counts 0, as it has no site. Returns:
    without the communes that roads inside the area do not join to the root; they are
    named in ``cut_off``. Refused when the root is not a commune of the area. Refused
    when no road leads from the root to another commune of the area.
    """
    need = ["code_insee", "epci_siren", "epci_communes", "population", "in_area"]
    require_columns(communes, need, where="communes")
    area = communes[communes["in_area"]].sort_values("code_insee", kind="stable")
    if root not in set(area["code_insee"]):
        message = f"commune racine « {root} » hors du territoire"
        raise StudyError(message)
    listed = area["code_insee"].tolist()
    inner = contiguity[
        contiguity["code_a"].isin(listed) & contiguity["code_b"].isin(listed)
    ]
    links = inner[inner["road_minutes"].notna()].sort_values(["code_a", "code_b"])
    neighbours = _neighbours(listed, links)
    joined = spread(root, neighbours, set(listed))
    if len(joined) == 1:
        message = (
            f"aucune route pour camion ne joint « {root} » à une autre commune du "
            f"territoire ({len(area)} communes) : aucun contour n'en part"
        )
        raise InfeasibleError(message)
    codes = tuple(sorted(joined))
    return Mesh(
        codes=codes,
        near={code: tuple(neighbours[code]) for code in codes},
        minutes=_matrix(codes, links),
        beside={code: tuple(part) for code, part in _neighbours(listed, inner).items()},
        rim=_rim(area, inner),
        sums=_sums(area.set_index("code_insee").loc[list(codes)], sums),
        epci=members_of_epci(area),
        root=root,
        cut_off=tuple(sorted(set(neighbours) - joined)),
    )


def _neighbours(codes: list[str], links: pd.DataFrame) -> dict[str, list[str]]:
    neighbours: dict[str, list[str]] = {code: [] for code in codes}
    for a, b in zip(links["code_a"], links["code_b"], strict=True):
        neighbours[a].append(b)
        neighbours[b].append(a)
    return {code: sorted(found) for code, found in neighbours.items()}


def _rim(area: gpd.GeoDataFrame, inner: pd.DataFrame) -> frozenset[str]:
    """Return the communes whose outline is not all shared with the area."""
    lengths = pd.Series(shapely.length(area.geometry.to_numpy()), area["code_insee"])
    shared = pd.concat(
        [inner.groupby(side)["shared_border_m"].sum() for side in ("code_a", "code_b")]
    )
    left = lengths - shared.groupby(level=0).sum().reindex(lengths.index).fillna(0.0)
    return frozenset(left.index[left > RIM_M])


def _matrix(codes: tuple[str, ...], links: pd.DataFrame) -> csr_array:
    index = pd.Index(codes)
    own = links[links["code_a"].isin(index)]
    i = index.get_indexer(pd.Index(own["code_a"]))
    j = index.get_indexer(pd.Index(own["code_b"]))
    # A link of no minute would read as no link.
    time = np.maximum(own["road_minutes"].to_numpy(dtype=float), 1e-6)
    pairs: tuple[Ints, Ints] = (np.concatenate([i, j]), np.concatenate([j, i]))
    size = len(codes)
    return coo_array((np.tile(time, 2), pairs), shape=(size, size)).tocsr()


def _sums(area: pd.DataFrame, more: pd.DataFrame | None) -> dict[str, dict[str, float]]:
    own = pd.DataFrame({"population": area["population"].astype(float)})
    own["n_communes"] = 1.0
    if more is not None:
        own = own.join(more.reindex(area.index).fillna(0.0))
    return {str(name): {str(k): float(v) for k, v in own[name].items()} for name in own}
