"""Communes that trucks drive between, the rules of contours, and their mending."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from eitgeo.check import Faults, hint, require_columns
from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.study.methods import Rules
from eitgeo.territory.membership import members_of_epci
from eitgeo.words import french_count

type Ints = npt.NDArray[np.int64]

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
    ``road_minutes`` joins, another does not. ``sums``: further columns that floors and
    ceilings may bear on (jobs …), indexed by code; a commune that is absent counts 0,
    as it has no site. Returns: without the communes that roads inside the area do not
    join to the root; they are named in ``cut_off``. Refused when the root is not a
    commune of the area. Refused when no road leads from the root to another commune of
    the area.
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


SUM_NAMES = {
    "population": "habitants",
    "n_communes": "communes",
    "jobs": "emplois",
}
"""What floors and ceilings bear on, as messages say it."""


def require_sound(rules: Rules, mesh: Mesh) -> None:
    """Refuse rules that no set of a mesh can keep, all faults at once.

    Refused when a commune, or a sum, is unknown. Refused when rules clash with one
    another or with the territory, with the numbers.
    """
    _require_known(rules, mesh)
    faults = Faults("methods.rules")
    _note_clashes(rules, mesh, faults)
    _note_sums(rules, mesh, faults)
    _note_locked(rules, mesh, faults)
    faults.raise_if_any(InfeasibleError)


def broken_rules(codes: Collection[str], rules: Rules, mesh: Mesh) -> list[str]:
    """Say which rules a set does not keep, with the numbers: a French clause each."""
    held = set(codes)
    found = [f"« {code} » n'y est pas" for code in sorted(_forced(rules, mesh) - held)]
    found += [f"« {code} » y est" for code in sorted(held & set(rules.exclude))]
    found += [
        f"ensemble solidaire coupé ({', '.join(group)})"
        for group in rules.locked
        if held & set(group) and not held.issuperset(group)
    ]
    n_pieces = len(held - mesh.piece_of(mesh.root, held)) if mesh.root in held else 0
    if n_pieces:
        found.append(f"{n_pieces} communes sans route intérieure vers la racine")
    found += _broken_sums(held, rules, mesh)
    n_cut = len(cut_epci(held, mesh))
    if rules.max_split_epci is not None and n_cut > rules.max_split_epci:
        found.append(f"{n_cut} EPCI coupés, {rules.max_split_epci} admis")
    return sorted(found)


def cut_epci(codes: Collection[str], mesh: Mesh) -> list[str]:
    """List the EPCI that a set holds in part, by SIREN."""
    held = set(codes)
    return [
        siren
        for siren, members in sorted(mesh.epci.items())
        if held & members and not members <= held
    ]


def _forced(rules: Rules, mesh: Mesh) -> set[str]:
    return {mesh.root, *rules.include}


def _require_known(rules: Rules, mesh: Mesh) -> None:
    faults = Faults("methods.rules")
    known = {*mesh.codes, *mesh.cut_off}
    asked = {
        "include": rules.include,
        "exclude": rules.exclude,
        "locked": tuple(code for group in rules.locked for code in group),
    }
    for place, codes in asked.items():
        for code in sorted(set(codes) - known):
            met = f"« {place} » : commune « {code} » hors du territoire"
            faults.add(met, remedy=hint(code, known))
    for name in sorted({*rules.floors, *rules.ceilings} - set(mesh.sums)):
        met = f"« {name} » ne se compte pas ici ({', '.join(sorted(mesh.sums))})"
        faults.add(met, remedy="fournir ce total, ou retirer la règle")
    faults.raise_if_any(StudyError)


def _note_clashes(rules: Rules, mesh: Mesh, faults: Faults) -> None:
    both = sorted(_forced(rules, mesh) & set(rules.exclude))
    if both:
        met = f"à la fois imposées et exclues : {', '.join(both)}"
        faults.add(met, remedy="choisir")
    usable = mesh.piece_of(mesh.root, set(mesh.codes) - set(rules.exclude))
    away = sorted(set(rules.include) - usable - set(both))
    if away:
        met = f"imposées mais sans route vers « {mesh.root} » : {', '.join(away)}"
        faults.add(met, remedy="retirer, ou admettre les communes de passage")


def _note_sums(rules: Rules, mesh: Mesh, faults: Faults) -> None:
    usable = mesh.piece_of(mesh.root, set(mesh.codes) - set(rules.exclude))
    for name, floor in sorted(rules.floors.items()):
        most = mesh.total(usable, name)
        if floor > most:
            reached = f"{SUM_NAMES[name]} : {french_count(most)} à portée"
            met = f"plancher {french_count(floor)} {reached}"
            faults.add(met, remedy="abaisser le plancher")
        if floor > rules.ceilings.get(name, floor):
            top = rules.ceilings[name]
            told = f"{french_count(floor)} {SUM_NAMES[name]}"
            met = f"plancher {told} au-dessus du plafond {french_count(top)}"
            faults.add(met, remedy="échanger les bornes")
    forced = _forced(rules, mesh) & set(mesh.codes)
    for name, ceiling in sorted(rules.ceilings.items()):
        least = mesh.total(forced, name)
        if least > ceiling:
            told = f"{french_count(ceiling)} {SUM_NAMES[name]} : les communes imposées"
            met = f"plafond {told} en comptent {french_count(least)}"
            faults.add(met, remedy="relever le plafond")


def _note_locked(rules: Rules, mesh: Mesh, faults: Faults) -> None:
    forced, excluded = _forced(rules, mesh), set(rules.exclude)
    for group in rules.locked:
        inside = [code for code in group if code in set(mesh.codes)]
        told = ", ".join(group)
        if len(inside) < len(set(group)) or (
            inside and len(mesh.piece_of(inside[0], inside)) < len(set(inside))
        ):
            met = f"ensemble solidaire en plusieurs morceaux par la route : {told}"
            faults.add(met, remedy="y ajouter les communes de passage")
        if forced & set(group) and excluded & set(group):
            met = f"ensemble solidaire à la fois imposé et exclu : {told}"
            faults.add(met, remedy="choisir")


def _broken_sums(held: set[str], rules: Rules, mesh: Mesh) -> list[str]:
    found = []
    for name, floor in rules.floors.items():
        met = mesh.total(held, name)
        if met < floor:
            text = f"{french_count(met)} {SUM_NAMES[name]}"
            found.append(f"{text}, plancher {french_count(floor)}")
    for name, ceiling in rules.ceilings.items():
        met = mesh.total(held, name)
        if met > ceiling:
            text = f"{french_count(met)} {SUM_NAMES[name]}"
            found.append(f"{text}, plafond {french_count(ceiling)}")
    return found


_MOST_ROUNDS = 20
_NEVER = math.inf


class Ranking(Protocol):
    """What tells which commune to add first: `Ties`."""

    def ranked(self, codes: Collection[str], held: Collection[str]) -> list[str]:
        """Order communes, the first to add first, the first to let go last."""


@dataclass(frozen=True)
class Mended:
    """A set that keeps the rules, and what it took.

    ``added``, ``removed``: communes that the method had not drawn, and had drawn.
    """

    codes: frozenset[str]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def told(self) -> dict[str, object]:
        """Return ``n_added`` and ``n_removed``; empty where nothing was mended."""
        if not self.added and not self.removed:
            return {}
        return {"n_added": len(self.added), "n_removed": len(self.removed)}


def mend(
    drawn: Collection[str], mesh: Mesh, rules: Rules, *, ties: Ranking, method: str
) -> Mended:
    """Make a drawn set keep the rules by the fewest plain moves, or refuse it.

    ``drawn``: communes that a method drew; those out of the mesh are let go. ``rules``:
    section ``methods.rules`` of the study, sound on the mesh (`require_sound`).
    ``ties``: what draws communes together: which to add to reach a floor, which to let
    go under a ceiling. Returns: one piece around the root by roads inside it; no rule
    is broken. Refused when a rule is still broken after the moves: each is told with
    its numbers.

    Notes
    -----
    In turn, until nothing moves: excluded communes out; imposed ones in, with the
    quickest ways to them; the piece of the root kept; locked sets, and EPCI that
    fewer than ``split_price`` inhabitants make whole, filled or left out, whichever
    moves fewer inhabitants; floors and ceilings by the most, the least tied commune
    of the edge (ties by population, then code); enclaves filled.
    """
    codes = set(drawn) & set(mesh.codes)
    for turn in range(_MOST_ROUNDS):
        before = set(codes)
        codes = _joined(codes, mesh, rules)
        codes = _whole(codes, mesh, rules)
        codes = _raised(codes, mesh, rules, ties)
        codes = _lowered(codes, mesh, rules, ties)
        # Late rounds no longer fill what a ceiling empties again.
        if rules.enclaves == "remplir" and turn < _MOST_ROUNDS // 2:
            codes = mesh.piece_of(mesh.root, codes | _fillable(codes, mesh, rules))
        if codes == before:
            break
    broken = broken_rules(codes, rules, mesh)
    if broken:
        message = f"{method} : règles non tenues : {' ; '.join(broken)}"
        raise InfeasibleError(message)
    first = set(drawn)
    return Mended(
        codes=frozenset(codes),
        added=tuple(sorted(codes - first)),
        removed=tuple(sorted(first - codes)),
    )


def enclaves(held: Collection[str], mesh: Mesh) -> set[str]:
    """Return the communes that a set closes in.

    Returns: communes of the area outside the set that no chain of borders joins to its
    outer limit but through the set: those cut off from roads included.
    """
    outside = set(mesh.beside) - set(held)
    holes: set[str] = set()
    while outside:
        group = spread(min(outside), mesh.beside, outside)
        outside -= group
        holes |= group if not group & mesh.rim else set()
    return holes


def _joined(codes: set[str], mesh: Mesh, rules: Rules) -> set[str]:
    """Take imposed communes in with the ways to them; keep the piece of the root."""
    usable = set(mesh.codes) - set(rules.exclude)
    codes = (codes & usable) | {mesh.root}
    codes = mesh.piece_of(mesh.root, codes)
    for code in sorted(set(rules.include) - codes):
        before = mesh.ways(codes, usable)
        step = code
        while step not in codes and step in before:
            codes.add(step)
            step = before[step]
    return mesh.piece_of(mesh.root, codes)


def _fillable(codes: set[str], mesh: Mesh, rules: Rules) -> set[str]:
    """Return enclaves that roads and rules let in; the others stay, and are told."""
    inside = enclaves(codes, mesh) & set(mesh.codes) - set(rules.exclude)
    return set() if _overflows(codes | inside, mesh, rules) else inside


def _whole(codes: set[str], mesh: Mesh, rules: Rules) -> set[str]:
    """Fill or leave out locked sets, and EPCI that are cut for less than the price."""
    forced = {mesh.root, *rules.include}
    usable = set(mesh.codes) - set(rules.exclude)
    for group, price in _blocks(codes, mesh, rules):
        inside, fill = codes & group, group - codes
        if not inside or not fill:
            continue
        can_fill = fill <= usable and not _overflows(codes | fill, mesh, rules)
        can_drop = not inside & forced
        cost_fill = mesh.total(fill, "population") if can_fill else _NEVER
        cost_drop = mesh.total(inside, "population") if can_drop else _NEVER
        if min(cost_fill, cost_drop) < _NEVER and min(cost_fill, cost_drop) <= price:
            codes = codes | fill if cost_fill <= cost_drop else codes - inside
    return mesh.piece_of(mesh.root, codes)


def _blocks(
    codes: set[str], mesh: Mesh, rules: Rules
) -> Iterator[tuple[frozenset[str], float]]:
    """Yield what is to be made whole, with the inhabitants that one would move."""
    yield from ((frozenset(group), _NEVER) for group in rules.locked)
    cut = cut_epci(codes, mesh)
    most = len(cut) if rules.max_split_epci is None else rules.max_split_epci
    # Where too many are cut, the cheapest to make whole go first, whatever the price.
    by_cost = sorted(
        cut, key=lambda siren: (_cost(mesh.epci[siren], codes, mesh), siren)
    )
    for rank, siren in enumerate(by_cost):
        forced = rank < len(cut) - most
        yield mesh.epci[siren], _NEVER if forced else rules.split_price


def _cost(members: frozenset[str], codes: set[str], mesh: Mesh) -> float:
    own = members & set(mesh.codes)
    parts = (own - codes, own & codes)
    return min(mesh.total(part, "population") for part in parts)


def atoms_of(mesh: Mesh, rules: Rules) -> dict[str, frozenset[str]]:
    """Say what goes in or out with each commune, where that is more than itself."""
    groups = [set(group) for group in rules.locked]
    if rules.max_split_epci == 0:
        groups += [set(members) for members in mesh.epci.values()]
    atoms: dict[str, frozenset[str]] = {}
    for group in groups:
        joined = frozenset(group.union(*(atoms.get(code, group) for code in group)))
        atoms.update(dict.fromkeys(joined, joined))
    return atoms


def _raised(codes: set[str], mesh: Mesh, rules: Rules, ties: Ranking) -> set[str]:
    """Add the most tied neighbour, with what goes with it, until floors are met."""
    usable, atoms = set(mesh.codes) - set(rules.exclude), atoms_of(mesh, rules)
    while any(mesh.total(codes, name) < low for name, low in rules.floors.items()):
        edge = {near for code in codes for near in mesh.near[code]} - codes
        for code in ties.ranked(edge, codes):
            more = atoms.get(code, frozenset({code}))
            if more <= usable and not _overflows(codes | more, mesh, rules):
                codes = codes | more
                break
        else:
            break
    return codes


def _lowered(codes: set[str], mesh: Mesh, rules: Rules, ties: Ranking) -> set[str]:
    """Let the least tied commune of the edge go, with what goes with it."""
    forced, atoms = {mesh.root, *rules.include}, atoms_of(mesh, rules)
    while _overflows(codes, mesh, rules):
        edge = {code for code in codes if any(n not in codes for n in mesh.near[code])}
        edge |= codes & mesh.rim
        for code in reversed(ties.ranked(edge, codes)):
            left = codes - atoms.get(code, frozenset({code}))
            if forced <= left and mesh.piece_of(mesh.root, left) == left:
                codes = left
                break
        else:
            break
    return codes


def _overflows(codes: set[str], mesh: Mesh, rules: Rules) -> bool:
    return any(mesh.total(codes, name) > top for name, top in rules.ceilings.items())
