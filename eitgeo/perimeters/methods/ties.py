"""What draws communes together: exchanges, complementary and like sectors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array

from eitgeo.check import require_columns
from eitgeo.errors import InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt
    from scipy.sparse import csr_array

    from eitgeo.perimeters.contours.mesh import Mesh
    from eitgeo.study.methods import Affinity

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ties:
    """How much communes of a mesh draw one another.

    Attributes
    ----------
    mesh
        The communes.
    matrix
        Symmetric, without diagonal; all its entries sum to 2.
    """

    mesh: Mesh = field(repr=False)
    matrix: csr_array = field(repr=False)

    def ranked(self, codes: Collection[str], held: Collection[str]) -> list[str]:
        """Order communes by what ties them to a set.

        Parameters
        ----------
        codes
            Communes of the mesh to order.
        held
            The set.

        Returns
        -------
        list of str
            The most tied first; equal ones by population, then by code.
        """
        flags = np.zeros(len(self.mesh.codes))
        flags[self.mesh.indices(held)] = 1.0
        names = sorted(codes)
        score = np.asarray(self.matrix @ flags)[self.mesh.indices(names)]
        people = np.array([self.mesh.sums["population"][code] for code in names])
        order = np.lexsort((-people, -np.round(score, 12)))
        return [names[at] for at in order.tolist()]

    def captured(self, held: Collection[str]) -> float:
        """Return the share of all ties that a set keeps inside.

        Parameters
        ----------
        held
            Communes of the mesh.

        Returns
        -------
        float
            0 to 1.
        """
        flags = np.zeros(len(self.mesh.codes))
        flags[self.mesh.indices(held)] = 1.0
        return float(flags @ (self.matrix @ flags)) / 2


def road_ties(mesh: Mesh) -> Ties:
    """Tie communes that a road joins, all alike: for contours that know roads alone.

    Parameters
    ----------
    mesh
        The communes.

    Returns
    -------
    Ties
        Of the communes of the mesh.
    """
    links = mesh.minutes.astype(bool).astype(float)
    return Ties(mesh, 2 * links / max(links.sum(), 1.0))


def sector_jobs(sites: pd.DataFrame) -> pd.DataFrame:
    """Add up jobs by commune and NAF division.

    Parameters
    ----------
    sites
        Table ``sites``; one without a headcount or an activity counts nowhere.

    Returns
    -------
    pandas.DataFrame
        Communes (index, sorted) × divisions (columns, sorted) [jobs]; 0 where no
        site of the division is known.
    """
    known = sites[sites["headcount_mid"].notna() & (sites["naf_rev2"] != "")]
    return known.pivot_table(
        index="code_insee",
        columns=known["naf_rev2"].str[:2].rename("division"),
        values="headcount_mid",
        aggfunc="sum",
        fill_value=0.0,
    )


@dataclass(frozen=True)
class SectorTies:
    """How complementary and how like the sectors of communes are, two by two.

    Attributes
    ----------
    mesh
        The communes.
    complementarity, similarity
        Symmetric, shape (n, n), zero on the diagonal.
    """

    mesh: Mesh = field(repr=False)
    complementarity: Floats = field(repr=False)
    similarity: Floats = field(repr=False)

    def with_exchanges(self, exchanges: pd.DataFrame, weights: Affinity) -> Ties:
        """Weigh exchanges and sectors together.

        Parameters
        ----------
        exchanges
            ``code_a``, ``code_b``, ``t_mid`` [t/year], in any direction; pairs that
            leave the mesh, and a tonnage that is not known, draw nothing.
        weights
            Section ``methods.affinity`` of the study.

        Returns
        -------
        Ties
            The three parts, each brought to the same total before it is weighed; a
            part that is zero everywhere leaves its weight to the others.

        Raises
        ------
        SchemaError
            When a column is absent.
        InfeasibleError
            When nothing with a weight draws any two communes together.
        """
        require_columns(exchanges, ["code_a", "code_b", "t_mid"], where="affinity")
        parts = [
            (weights.exchanges, _exchanged(self.mesh, exchanges)),
            (weights.complementarity, self.complementarity),
            (weights.similarity, self.similarity),
        ]
        present = [(weight, part) for weight, part in parts if weight * part.sum() > 0]
        if not present:
            message = (
                "affinité nulle entre toutes les communes : ni échanges, ni secteurs "
                "semblables ou complémentaires → revoir « methods.affinity » ou les "
                "sites"
            )
            raise InfeasibleError(message)
        total = sum(weight for weight, _ in present)
        mixed = sum(2 * weight / total / part.sum() * part for weight, part in present)
        return Ties(self.mesh, coo_array(mixed).tocsr())


def sector_ties(
    mesh: Mesh,
    jobs: pd.DataFrame,
    *,
    rules: pd.DataFrame,
    truck_minutes: pd.DataFrame,
    max_minutes: float,
) -> SectorTies:
    """Say how much the sectors of communes draw them together.

    Parameters
    ----------
    mesh
        From `make_mesh`.
    jobs
        From :func:`sector_jobs`.
    rules
        Rules of synergy: ``source_naf``, ``target_naf``.
    truck_minutes
        ``origin_id``, ``destination_id``, ``time_s`` by truck.
    max_minutes
        From there on, sectors draw nothing together.

    Returns
    -------
    SectorTies
        Two symmetric tables.

    Notes
    -----
    With ``y`` the square roots of the jobs of a commune by division, two communes are
    as like as ``y_a · y_b`` (Bhattacharyya's coefficient times the geometric mean of
    their jobs; A. Bhattacharyya, Bulletin of the Calcutta Mathematical Society 35,
    1943, p. 99–109) and as complementary as ``y_a (K + Kᵀ) y_b``, where ``K`` counts
    the rules from a division to another. Both fade linearly with minutes by truck, to
    nothing at ``max_minutes``.
    """
    root_jobs = _root_jobs(mesh, jobs)
    fading = _fading(mesh, truck_minutes, max_minutes=max_minutes)
    matched = _matched_divisions(rules, [str(one) for one in jobs.columns])
    return SectorTies(
        mesh,
        complementarity=fading * (root_jobs @ matched @ root_jobs.T),
        similarity=fading * (root_jobs @ root_jobs.T),
    )


def _root_jobs(mesh: Mesh, jobs: pd.DataFrame) -> Floats:
    held = jobs.reindex(list(mesh.codes)).fillna(0.0)
    return np.sqrt(held.to_numpy(dtype=float))


def _exchanged(mesh: Mesh, exchanges: pd.DataFrame) -> Floats:
    index = pd.Index(mesh.codes)
    i = index.get_indexer(pd.Index(exchanges["code_a"]))
    j = index.get_indexer(pd.Index(exchanges["code_b"]))
    mass = exchanges["t_mid"].to_numpy(dtype=float)
    kept = (i >= 0) & (j >= 0) & (i != j) & ~np.isnan(mass)
    found = np.zeros((len(index), len(index)))
    np.add.at(found, (i[kept], j[kept]), mass[kept])
    return found + found.T


def _fading(mesh: Mesh, minutes: pd.DataFrame, *, max_minutes: float) -> Floats:
    """Return 1 next door, 0 from so many minutes on, 0 on the diagonal."""
    index = pd.Index(mesh.codes)
    i = index.get_indexer(pd.Index(minutes["origin_id"]))
    j = index.get_indexer(pd.Index(minutes["destination_id"]))
    share = 1 - minutes["time_s"].to_numpy(dtype=float) / 60 / max_minutes
    kept = (i >= 0) & (j >= 0) & (i != j) & (share > 0)
    found = np.zeros((len(index), len(index)))
    found[i[kept], j[kept]] = share[kept]
    return (found + found.T) / 2


def _matched_divisions(rules: pd.DataFrame, divisions: list[str]) -> Floats:
    """Count the rules from a division to another, both ways."""
    at = {name: rank for rank, name in enumerate(divisions)}
    found = np.zeros((len(at), len(at)))
    for source, target in zip(rules["source_naf"], rules["target_naf"], strict=True):
        givers = {code[:2] for code in str(source).split(";")} & set(at)
        takers = {code[:2] for code in str(target).split(";")} & set(at)
        for giver in givers:
            for taker in takers:
                found[at[giver], at[taker]] += 1
    return found + found.T
