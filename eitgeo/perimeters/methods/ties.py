"""What draws communes together: likeness, exchanges, sectors, minutes from a seat.

And the communities of the graph of these ties, made contiguous by road.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array, csr_array, triu
from scipy.sparse.csgraph import connected_components

from eitgeo.check import require_columns
from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.perimeters.contours.mesh import Mesh, mend, require_sound
from eitgeo.reference.labels import labels_of
from eitgeo.study.methods import Affinity, Reach, Rules
from eitgeo.tables.columns import OD_REACHED
from eitgeo.words import french_number

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]


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


_NAME = "communautés"


@dataclass(frozen=True)
class Ties:
    """How much communes of a mesh draw one another.

    ``mesh``: the communes. ``matrix``: symmetric, without diagonal; all its entries sum
    to 2.
    """

    mesh: Mesh = field(repr=False)
    matrix: csr_array = field(repr=False)

    def ranked(self, codes: Collection[str], held: Collection[str]) -> list[str]:
        """Order communes by what ties them to a set, the most tied first.

        Equal ones by population, then by code.
        """
        flags = np.zeros(len(self.mesh.codes))
        flags[self.mesh.indices(held)] = 1.0
        names = sorted(codes)
        score = np.asarray(self.matrix @ flags)[self.mesh.indices(names)]
        people = np.array([self.mesh.sums["population"][code] for code in names])
        order = np.lexsort((-people, -np.round(score, 12)))
        return [names[at] for at in order.tolist()]

    def captured(self, held: Collection[str]) -> float:
        """Return the share of all ties, 0 to 1, that a set keeps inside."""
        flags = np.zeros(len(self.mesh.codes))
        flags[self.mesh.indices(held)] = 1.0
        return float(flags @ (self.matrix @ flags)) / 2


def road_ties(mesh: Mesh) -> Ties:
    """Tie communes that a road joins, all alike: for contours that know roads alone."""
    links = mesh.minutes.astype(bool).astype(float)
    return Ties(mesh, 2 * links / max(links.sum(), 1.0))


def sector_jobs(sites: pd.DataFrame) -> pd.DataFrame:
    """Add up jobs by commune and NAF division.

    ``sites``: table ``sites``; one without a headcount or an activity counts nowhere.
    Returns: communes (index, sorted) × divisions (columns, sorted) [jobs]; 0 where no
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

    ``mesh``: the communes. ``complementarity``, ``similarity``: symmetric, shape (n,
    n), zero on the diagonal.
    """

    mesh: Mesh = field(repr=False)
    complementarity: Floats = field(repr=False)
    similarity: Floats = field(repr=False)

    def with_exchanges(self, exchanges: pd.DataFrame, weights: Affinity) -> Ties:
        """Weigh exchanges and sectors together.

        ``exchanges``: ``code_a``, ``code_b``, ``t_mid`` [t/year], in any direction;
        pairs that leave the mesh, and a tonnage that is not known, draw nothing.
        Returns: the three parts, each brought to the same total before it is weighed; a
        part that is zero everywhere leaves its weight to the others. Refused when a
        column is absent. Refused when nothing with a weight draws any two communes
        together.
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

    ``rules``: rules of synergy: ``source_naf``, ``target_naf``. ``truck_minutes``:
    ``origin_id``, ``destination_id``, ``time_s`` by truck. Returns: two symmetric
    tables.

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
    counts = jobs.reindex(list(mesh.codes)).fillna(0.0)
    return np.sqrt(counts.to_numpy(dtype=float))


def _exchanged(mesh: Mesh, exchanges: pd.DataFrame) -> Floats:
    index = pd.Index(mesh.codes)
    i = index.get_indexer(pd.Index(exchanges["code_a"]))
    j = index.get_indexer(pd.Index(exchanges["code_b"]))
    mass = exchanges["t_mid"].to_numpy(dtype=float)
    is_tie = (i >= 0) & (j >= 0) & (i != j) & ~np.isnan(mass)
    tonnes = np.zeros((len(index), len(index)))
    np.add.at(tonnes, (i[is_tie], j[is_tie]), mass[is_tie])
    return tonnes + tonnes.T


def _fading(mesh: Mesh, minutes: pd.DataFrame, *, max_minutes: float) -> Floats:
    """Return 1 next door, 0 from so many minutes on, 0 on the diagonal."""
    index = pd.Index(mesh.codes)
    i = index.get_indexer(pd.Index(minutes["origin_id"]))
    j = index.get_indexer(pd.Index(minutes["destination_id"]))
    share = 1 - minutes["time_s"].to_numpy(dtype=float) / 60 / max_minutes
    is_tie = (i >= 0) & (j >= 0) & (i != j) & (share > 0)
    shares = np.zeros((len(index), len(index)))
    shares[i[is_tie], j[is_tie]] = share[is_tie]
    return (shares + shares.T) / 2


def _matched_divisions(rules: pd.DataFrame, divisions: list[str]) -> Floats:
    """Count the rules from a division to another, both ways."""
    rank_of = {name: rank for rank, name in enumerate(divisions)}
    counts = np.zeros((len(rank_of), len(rank_of)))
    for source, target in zip(rules["source_naf"], rules["target_naf"], strict=True):
        givers = {code[:2] for code in str(source).split(";")} & set(rank_of)
        takers = {code[:2] for code in str(target).split(";")} & set(rank_of)
        for giver in givers:
            for taker in takers:
                counts[rank_of[giver], rank_of[taker]] += 1
    return counts + counts.T


def community_regions(ties: Ties, *, resolution: float, seed: int) -> pd.Series[int]:
    """Group communes that are tied more than their sizes would have it.

    ``resolution``: above 1: smaller communities; below: larger ones. Returns: region of
    each commune. A community that roads leave in pieces keeps its most peopled piece;
    each other piece, and each commune that nothing ties, joins the neighbouring region
    that it is most tied to, else the nearest by road. Refused when a region is broken.

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
    links, minutes = roads
    reached = labels[links]
    regions = np.unique(reached[reached >= 0])
    columns, values = _rows(ties.matrix, piece)
    pull = np.bincount(columns, weights=values, minlength=len(labels))
    tied = [-float(pull[labels == region].sum()) for region in regions]
    nearest = [float(minutes[reached == region].min()) for region in regions]
    return int(regions[np.lexsort((nearest, tied))[0]])


_FRENCH_PROFILE = labels_of("vehicle")


def reach_perimeter(
    communes: pd.DataFrame,
    contiguity: pd.DataFrame,
    *,
    od_matrix: pd.DataFrame,
    reach: Reach,
) -> Candidate:
    """Keep the communes of the area within reach of a seat, in one piece around it.

    ``communes``: table ``communes``: ``code_insee``, ``nom``, ``in_area``.
    ``contiguity``: table ``contiguity``: only borders that a road crosses join
    communes. ``od_matrix``: pairs of communes with ``profile``, ``time_s``, ``status``.
    Returns: the communes within reach that a chain of neighbours within reach joins to
    the seat. Refused when the seat is not a commune of the study area. Refused when
    nothing but the seat is within reach.
    """
    area = communes[communes["in_area"]]
    minutes = french_number(reach.minutes)
    if reach.seat not in set(area["code_insee"]):
        message = f"methods.reach.seat « {reach.seat} » : commune hors du territoire"
        raise StudyError(message)
    from_seat = od_matrix[
        (od_matrix["origin_id"] == reach.seat)
        & (od_matrix["profile"] == reach.profile)
        & od_matrix["status"].isin(OD_REACHED)
        & od_matrix["time_s"].le(60 * reach.minutes)
    ]
    within = set(from_seat["destination_id"]) & set(area["code_insee"])
    codes = joined_to(reach.seat, within | {reach.seat}, contiguity)
    if len(codes) == 1:
        message = f"aucune commune à moins de {minutes} min de {reach.seat}"
        raise InfeasibleError(message)
    seat_name = str(area.set_index("code_insee").loc[reach.seat, "nom"])
    vehicle = _FRENCH_PROFILE[reach.profile]
    return Candidate(
        perimeter_id=reach.perimeter_id,
        name=f"Contour par la route : {minutes} min ({vehicle}) de {seat_name}",
        method="temps_de_route",
        codes=codes,
        root=reach.seat,
        parameters=reach.model_dump(mode="json"),
    )


def under_rules(candidate: Candidate, mesh: Mesh, rules: Rules) -> Candidate:
    """Mend a contour that knows roads alone until it keeps the common rules.

    Returns: the same where it keeps them; else mended, with the number of communes
    added and removed among its parameters. Refused when the rules are unsound, or still
    broken after mending, with the numbers.
    """
    require_sound(rules, mesh)
    mended = mend(
        candidate.codes, mesh, rules, ties=road_ties(mesh), method=candidate.name
    )
    parameters = dict(candidate.parameters) | mended.told
    return replace(candidate, codes=mended.codes, parameters=parameters)


def joined_to(root: str, codes: set[str], contiguity: pd.DataFrame) -> frozenset[str]:
    """Return the communes that chains of neighbours by road join to a root."""
    usable = contiguity[
        contiguity["road_minutes"].notna()
        & contiguity["code_a"].isin(codes)
        & contiguity["code_b"].isin(codes)
    ]
    neighbours: dict[str, list[str]] = {code: [] for code in codes}
    for a, b in zip(usable["code_a"], usable["code_b"], strict=True):
        neighbours[a].append(b)
        neighbours[b].append(a)
    seen = {root}
    stack = [root]
    while stack:
        fresh = [code for code in neighbours[stack.pop()] if code not in seen]
        seen.update(fresh)
        stack.extend(fresh)
    return frozenset(seen)
