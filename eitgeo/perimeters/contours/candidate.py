"""Candidate perimeters: unions of EPCI, declared, drawn; the two tables of them.

And what is left of a union when some of its members refuse.

What the user brings is snapped to communes, with the cuts stated.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, islice
from math import comb

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import Faults, hint, require_columns, require_lambert93
from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.study.methods import UserPerimeter
from eitgeo.tables.schema import empty_table
from eitgeo.territory.membership import members, members_of_epci
from eitgeo.words import french_number

NAN = float("nan")
_ASSUMED = " – contour de classe H"


@dataclass(frozen=True)
class Rule:
    """A floor, a ceiling or both that a computed perimeter has to keep.

    ``name``: what is counted, in French. ``low``, ``high``: bounds, included.
    ``weight``: value by commune, summed over the perimeter; None: EPCI held in part.
    """

    name: str
    low: float = float("-inf")
    high: float = float("inf")
    weight: Mapping[str, float] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Candidate:
    """A set of communes with where it comes from.

    ``perimeter_id``: identifier. ``name``: French name. ``method``: ``structure``,
    ``importe``, ``union_epci``, ``temps_de_route``, ``ward`` or ``optimum``. ``codes``:
    INSEE codes of its communes. ``root``: commune that it is grown from; empty for a
    body. ``compared``: whether maps and tables show it by name. ``membership_status``:
    ``a_confirmer`` when a membership row that it stands on is not published.
    ``parameters``: what it was computed with, JSON-ready. ``objective``, ``bound``,
    ``gap``: of an optimum: what it is worth, what no other exceeds, and the distance.
    ``rules``, ``include``, ``exclude``: what its certificate has to check, beside that
    it holds together. ``remark``: what else is to be said of it, French.
    """

    perimeter_id: str
    name: str
    method: str
    codes: frozenset[str] = field(repr=False)
    root: str = ""
    compared: bool = True
    membership_status: str = "publie"
    parameters: Mapping[str, object] = field(default_factory=dict)
    objective: float = field(default=NAN, compare=False)
    bound: float = field(default=NAN, compare=False)
    gap: float = field(default=NAN, compare=False)
    rules: tuple[Rule, ...] = ()
    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    remark: str = ""

    @property
    def label(self) -> str:
        """Its name, and that its contour is assumed where times or exchanges draw it.

        What is counted inside may be observed; the contour is as sure as its inputs.
        """
        is_given = self.method in {"structure", "importe", "union_epci"}
        return self.name if is_given else f"{self.name}{_ASSUMED}"

    @property
    def must_hold_together(self) -> bool:
        """Whether it has to be in one piece: computed ones do, bodies need not.

        Nor need those that the user brings.
        """
        return self.method not in {"structure", "importe"}


@dataclass(frozen=True)
class Certificate:
    """What is true of a perimeter, whatever method drew it.

    ``n_communes``, ``population``: counts. ``area_km2``: area of its polygons [km²].
    ``n_pieces_border``: pieces of its outline; a point of contact does not join.
    ``n_pieces_road``: groups of communes that roads across its inner borders join.
    ``n_holes``: holes in the outline. ``n_epci_whole``, ``n_epci_cut``: EPCI of which
    all members of the list are inside, and the others that it meets. ``sentence``: the
    certificate in words, French.
    """

    n_communes: int
    population: int
    area_km2: float
    n_pieces_border: int
    n_pieces_road: int
    n_holes: int
    n_epci_whole: int
    n_epci_cut: int
    sentence: str


def perimeter_tables(
    certified: Iterable[tuple[Candidate, Certificate]], *, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay certified candidates out: ``perimeters`` and ``perimeter_communes``."""
    pairs = list(certified)
    rows = [_row(candidate, certificate, seed) for candidate, certificate in pairs]
    communes = [
        (one.perimeter_id, code, "racine" if code == one.root else "membre")
        for one, _ in pairs
        for code in sorted(one.codes)
    ]
    names = ["perimeter_id", "code_insee", "role"]
    return pd.DataFrame(rows), pd.DataFrame(communes, columns=names)


def read_candidates(
    perimeters: pd.DataFrame, perimeter_communes: pd.DataFrame
) -> list[Candidate]:
    """Read candidates back from the tables, in the order of ``perimeters``."""
    listed = perimeter_communes["code_insee"].astype(object)
    codes = listed.groupby(perimeter_communes["perimeter_id"]).agg(frozenset)
    is_root = perimeter_communes["role"] == "racine"
    roots = perimeter_communes[is_root].set_index("perimeter_id")["code_insee"]
    return [
        Candidate(
            perimeter_id=row["perimeter_id"],
            name=str(row["name"]).removesuffix(_ASSUMED),
            method=row["method"],
            codes=codes[row["perimeter_id"]],
            root=str(roots.get(row["perimeter_id"], "")),
            compared=row["compared"],
            membership_status=row["membership_status"],
            parameters=json.loads(row["parameters"]),
        )
        for row in perimeters.to_dict("records")
    ]


def _row(
    candidate: Candidate, certificate: Certificate, seed: int
) -> dict[str, object]:
    many = certificate.n_pieces_border > 1
    return {
        "perimeter_id": candidate.perimeter_id,
        "name": candidate.label,
        "method": candidate.method,
        "compared": candidate.compared,
        "seed": seed,
        "parameters": _json(candidate.parameters),
        "objective": candidate.objective,
        "bound": candidate.bound,
        "gap": candidate.gap,
        "membership_status": candidate.membership_status,
        "n_communes": certificate.n_communes,
        "population": certificate.population,
        "area_km2": certificate.area_km2,
        "n_pieces_border": certificate.n_pieces_border,
        "n_pieces_road": certificate.n_pieces_road,
        "n_holes": certificate.n_holes,
        "n_epci_whole": certificate.n_epci_whole,
        "n_epci_cut": certificate.n_epci_cut,
        "certificate": certificate.sentence,
        "status": "certifie_en_plusieurs_morceaux" if many else "certifie",
    }


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True)


_ALL_OF = 15
_FEW = 3
_ROWS = 2**_ALL_OF


def whole_epci(communes: pd.DataFrame) -> dict[str, frozenset[str]]:
    """List the EPCI that lie wholly in the study area.

    ``communes``: table ``communes``: ``code_insee``, ``epci_siren``, ``epci_communes``,
    ``in_area``. Returns: SIREN → INSEE codes; an EPCI with a member outside the area is
    left out, be it in the layer or beyond.
    """
    lists = members_of_epci(communes)
    area = frozenset(communes.loc[communes["in_area"], "code_insee"])
    return {siren: codes for siren, codes in lists.items() if codes <= area}


def epci_neighbours(
    communes: pd.DataFrame, contiguity: pd.DataFrame
) -> dict[str, frozenset[str]]:
    """Say which whole EPCI touch: SIREN → those of its neighbours.

    `contiguity`: ``code_a``, ``code_b``, as in tables ``contiguity`` and ``borders``.
    """
    units = whole_epci(communes)
    unit_of = {code: siren for siren, codes in units.items() for code in codes}
    neighbours: dict[str, set[str]] = {siren: set() for siren in units}
    for code_a, code_b in zip(contiguity["code_a"], contiguity["code_b"], strict=True):
        a, b = unit_of.get(code_a), unit_of.get(code_b)
        if a is not None and b is not None and a != b:
            neighbours[a].add(b)
            neighbours[b].add(a)
    return {siren: frozenset(others) for siren, others in neighbours.items()}


def connected_unions(
    neighbours: Mapping[str, frozenset[str]],
    root: str,
    *,
    limit: int,
    most: int | None = None,
) -> list[frozenset[str]]:
    """List every connected set of units that contains the root, each once.

    ``neighbours``: unit → the units that it touches. ``most``: units of a set at most;
    None: any number. Returns: sorted by size, then by members; whole for each size.
    Refused when the root is not a unit. Refused when there are more than ``limit``
    sets; says the size up to which there are not.

    Notes
    -----
    Depth-first: the first unit of the frontier is taken, then refused for good, so
    each set is met once. Cost is proportional to the number of sets.

    Examples
    --------
    >>> line = {"a": frozenset("b"), "b": frozenset("ac"), "c": frozenset("b")}
    >>> [sorted(units) for units in connected_unions(line, "b", limit=10)]
    [['b'], ['a', 'b'], ['b', 'c'], ['a', 'b', 'c']]
    """
    _require_root(neighbours, root)
    largest = most or len(neighbours)
    unions = _up_to(neighbours, root, most=largest, limit=limit)
    if len(unions) > limit:
        raise _too_many(neighbours, root, limit=limit)
    return sorted(unions, key=lambda units: (len(units), sorted(units)))


def joined_to_root(
    neighbours: Mapping[str, frozenset[str]], root: str
) -> frozenset[str]:
    """Return the units that lead to the root from one to the next, itself included.

    Examples
    --------
    >>> line = {"a": frozenset("b"), "b": frozenset("a"), "c": frozenset()}
    >>> sorted(joined_to_root(line, "a"))
    ['a', 'b']
    """
    _require_root(neighbours, root)
    units: set[str] = set()
    ahead = [root]
    while ahead:
        unit = ahead.pop()
        if unit not in units:
            units.add(unit)
            ahead += neighbours[unit]
    return frozenset(units)


def _require_root(neighbours: Mapping[str, frozenset[str]], root: str) -> None:
    if root not in neighbours:
        message = (
            f"EPCI racine « {root} » absent des EPCI entiers du territoire → en "
            "choisir un dont toutes les communes sont d'un périmètre déclaré"
        )
        raise StudyError(message)


def fitting_size(
    neighbours: Mapping[str, frozenset[str]], root: str, *, limit: int
) -> tuple[int, int]:
    """Return the size up to which unions are few enough, and how many they are."""
    largest = len(neighbours)
    n_all = len(_up_to(neighbours, root, most=largest, limit=limit))
    if n_all <= limit:
        return largest, n_all
    size, n_fit = 1, 1
    while (n := len(_up_to(neighbours, root, most=size + 1, limit=limit))) <= limit:
        size, n_fit = size + 1, n
    return size, n_fit


def _too_many(
    neighbours: Mapping[str, frozenset[str]], root: str, *, limit: int
) -> InfeasibleError:
    size, n_fit = fitting_size(neighbours, root, limit=limit)
    message = (
        f"plus de {french_number(limit)} unions d'EPCI entiers autour de « {root} » "
        f"(methods.max_unions) → methods.max_union_epci: {size} (celles d'au plus "
        f"{size} EPCI : {french_number(n_fit)}), ou relever methods.max_unions"
    )
    return InfeasibleError(message)


def _up_to(
    neighbours: Mapping[str, frozenset[str]], root: str, *, most: int, limit: int
) -> list[frozenset[str]]:
    """List the sets of at most so many units, one beyond the limit at most."""
    every = _grow(neighbours, frozenset([root]), frozenset(), most)
    return list(islice(every, limit + 1))


def _grow(
    neighbours: Mapping[str, frozenset[str]],
    held: frozenset[str],
    refused: frozenset[str],
    most: int,
) -> Iterator[frozenset[str]]:
    frontier = frozenset().union(*(neighbours[unit] for unit in held))
    open_units = frontier - held - refused
    if not open_units or len(held) == most:
        yield held
        return
    first = min(open_units)
    yield from _grow(neighbours, held, refused | {first}, most)
    yield from _grow(neighbours, held | {first}, refused, most)


def union_perimeters(
    communes: pd.DataFrame,
    contiguity: pd.DataFrame,
    *,
    names: Mapping[str, str],
    root_epci: str,
    limit: int,
    most: int | None = None,
) -> list[Candidate]:
    """Make a perimeter of every union of whole EPCI around the root.

    ``contiguity``: table ``contiguity``: two EPCI touch where two of their communes do.
    ``names``: SIREN → name of the EPCI. ``limit``, ``most``: largest count of unions,
    and of EPCI of a union; None: any number. Returns: named by their members,
    ``compared`` False. Refused: as :func:`connected_unions`.
    """
    units = whole_epci(communes)
    neighbours = epci_neighbours(communes, contiguity)
    return [
        Candidate(
            perimeter_id=f"union_{rank:04d}",
            name=" + ".join(names[siren] for siren in sorted(group)),
            method="union_epci",
            codes=frozenset().union(*(units[siren] for siren in group)),
            root="",
            compared=False,
            parameters={"epci": sorted(group), "root_epci": root_epci},
        )
        for rank, group in enumerate(
            connected_unions(neighbours, root_epci, limit=limit, most=most), start=1
        )
    ]


def refusals(members: Collection[str]) -> Iterator[tuple[str, ...]]:
    """List who may refuse together: nobody first, then by number, sorted.

    Notes
    -----
    All of them up to 15 members; beyond, one, two and three together, fewer where
    these are more than 2¹⁵.

    Examples
    --------
    >>> list(refusals(["b", "a"]))
    [(), ('a',), ('b',), ('a', 'b')]
    """
    names = sorted(members)
    for size in range(most_refusals(len(names)) + 1):
        yield from combinations(names, size)


def most_refusals(n_members: int) -> int:
    """Say how many refusals together are listed at most."""
    if n_members <= _ALL_OF:
        return n_members
    listed = (sum(comb(n_members, k) for k in range(n + 1)) for n in range(2, _FEW + 1))
    return 1 + sum(n <= _ROWS for n in listed)


def count_pieces(
    members: Collection[str], neighbours: Mapping[str, Collection[str]]
) -> int:
    """Count the pieces of a union, each member being one by itself.

    Examples
    --------
    >>> count_pieces(["a", "c"], {"a": ["b"], "b": ["a", "c"], "c": ["b"]})
    2
    """
    left = set(members)
    count = 0
    while left:
        count += 1
        edge = {left.pop()}
        while edge:
            edge = {other for one in edge for other in neighbours[one]} & left
            left -= edge
    return count


def near_epci(
    contiguity: pd.DataFrame, communes: pd.DataFrame
) -> dict[str, dict[str, set[str]]]:
    """Say which EPCI touch (``border``), and which a road across joins (``road``).

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"code_a": ["1"], "code_b": ["2"], "road_minutes": [None]})
    >>> communes = pd.DataFrame({"code_insee": ["1", "2"], "epci_siren": ["a", "b"]})
    >>> near_epci(pairs, communes)
    {'border': {'a': {'b'}, 'b': {'a'}}, 'road': {'a': set(), 'b': set()}}
    """
    epci = communes.set_index("code_insee")["epci_siren"]
    pairs = list(
        zip(
            contiguity["code_a"].map(epci),
            contiguity["code_b"].map(epci),
            contiguity["road_minutes"].notna(),
            strict=True,
        )
    )
    neighbours: dict[str, dict[str, set[str]]] = {
        kind: {str(siren): set() for siren in epci.unique()}
        for kind in ("border", "road")
    }
    for a, b, is_joined in pairs:
        if a == b:
            continue
        for kind in ("border", "road") if is_joined else ("border",):
            neighbours[kind][a].add(b)
            neighbours[kind][b].add(a)
    return neighbours


_KEPT_SHARE = 0.5
_SLIVER = 1e-3
_KM2 = 1e6


def user_perimeter(
    drawn: pd.DataFrame, communes: gpd.GeoDataFrame, *, user: UserPerimeter
) -> tuple[Candidate, pd.DataFrame]:
    """Make a perimeter of a list of communes or of an outline.

    ``drawn``: rows with ``code_insee``, or polygons (EPSG:2154) of which one at least
    has none: then the outline counts. ``communes``: table ``communes``, EPSG:2154.
    Returns: the perimeter, and table ``imported_cuts``: the communes that the outline
    cuts, with the areas on both sides [km²] and whether they are kept. Refused when a
    commune is unknown or outside the study area, or none is left.

    Notes
    -----
    A commune is kept when the outline covers half of its area at least. Under one
    thousandth or above 999 thousandths of it, the outline is taken to follow the
    border: outlines are generalised.
    """
    require_columns(drawn, ["code_insee"], where=user.path.name)
    faults = Faults(f"{user.path.name} (« {user.name} »)")
    if isinstance(drawn, gpd.GeoDataFrame) and (drawn["code_insee"] == "").any():
        require_lambert93(drawn, where=user.path.name)
        require_lambert93(communes, where="communes")
        shares = _shares(drawn, communes)
        codes = frozenset(shares.index[shares["share"] >= _KEPT_SHARE])
        beyond = shapely.area(drawn.geometry.union_all()) - (
            shares["inside_km2"].sum() * _KM2
        )
        if beyond > _KM2:
            faults.add(
                f"{beyond / _KM2:.0f} km² hors des communes de l'étude",
                remedy="élargir territory.perimeters, ou couper le contour",
            )
    else:
        shares = pd.DataFrame(columns=["share", "inside_km2", "outside_km2"])
        codes = frozenset(drawn["code_insee"].astype(str))
    _note_codes(codes, communes, faults)
    faults.raise_if_any(StudyError)
    between = (shares["share"] > _SLIVER) & (shares["share"] < 1 - _SLIVER)
    cuts = shares[between].rename_axis("code_insee").reset_index()
    cuts = cuts.assign(
        perimeter_id=user.perimeter_id, kept=cuts["share"] >= _KEPT_SHARE
    )
    candidate = Candidate(
        perimeter_id=user.perimeter_id,
        name=user.name,
        method="importe",
        codes=codes,
        parameters={"path": user.path.as_posix(), "n_communes_cut": len(cuts)},
        remark=_remark(cuts),
    )
    return candidate, cuts


def _shares(drawn: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.DataFrame:
    outline = drawn.geometry.union_all()
    polygons = communes.geometry.to_numpy()
    inside = shapely.area(shapely.intersection(polygons, outline)) / _KM2
    area = shapely.area(polygons) / _KM2
    table = pd.DataFrame(
        {
            "share": np.divide(inside, area, out=np.zeros_like(area), where=area > 0),
            "inside_km2": inside,
            "outside_km2": np.maximum(area - inside, 0.0),
        },
        index=pd.Index(communes["code_insee"], dtype="str"),
    )
    return table[table["inside_km2"] > 0]


def _note_codes(codes: frozenset[str], communes: pd.DataFrame, faults: Faults) -> None:
    known = set(communes["code_insee"])
    area = set(communes.loc[communes["in_area"], "code_insee"])
    for code in sorted(codes - known):
        fault = f"commune inconnue « {code} »"
        faults.add(fault, remedy=f"{hint(code, known)} ; vérifier le millésime COG")
    for code in sorted((codes & known) - area):
        faults.add(
            f"commune « {code} » hors du territoire d'étude",
            remedy="élargir territory.perimeters, ou l'ôter",
        )
    if not codes:
        faults.add(
            "aucune commune (le contour n'en couvre aucune à moitié)",
            remedy="vérifier la projection et le contour",
        )


def _remark(cuts: pd.DataFrame) -> str:
    if cuts.empty:
        return ""
    added = float(cuts.loc[cuts["kept"], "outside_km2"].sum())
    dropped = float(cuts.loc[~cuts["kept"], "inside_km2"].sum())
    many = "s" if len(cuts) > 1 else ""
    return (
        f"calé sur les communes : {len(cuts)} coupée{many} par le tracé, "
        f"{_km2(added)} km² ajoutés et {_km2(dropped)} km² retirés"
    )


def _km2(value: float) -> str:
    return french_number(value, decimals=1)


def body_perimeters(
    names: Iterable[str],
    *,
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    on_date: dt.date,
) -> list[Candidate]:
    """Make a perimeter of each declared body.

    ``names``: ``body_id`` of the bodies, in the order of the study. Returns:
    ``a_confirmer`` when the body or any of its members is. Refused when a body is
    unknown (the nearest one is named) or has no member.
    """
    known = bodies.set_index("body_id")
    faults = Faults("perimeters")
    wanted = list(names)
    for name in wanted:
        if name not in known.index:
            faults.add(f"structure inconnue « {name} »", remedy=hint(name, known.index))
    faults.raise_if_any(StudyError)
    candidates = []
    for name in wanted:
        present = members(membership, name, on_date=on_date)
        statuses = {*present["status"], known.loc[name, "status"]}
        candidates.append(
            Candidate(
                perimeter_id=name,
                name=str(known.loc[name, "name"]),
                method="structure",
                codes=frozenset(present["code_insee"]),
                membership_status="publie" if statuses == {"publie"} else "a_confirmer",
                parameters={"on_date": on_date.isoformat()},
            )
        )
    return candidates


BASIN_KINDS = ("bassin_de_vie", "zone_emploi", "aav")


def basin_cuts(
    candidates: Iterable[Candidate],
    communes: pd.DataFrame,
    *,
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    on_date: dt.date,
) -> pd.DataFrame:
    """List the zones that perimeters cut, with who is on either side.

    ``communes``: table ``communes``: populations. The communes of a zone that it does
    not hold are outside every perimeter and counted there; their people are not known.
    ``bodies``, ``membership``: tables of the same names; zones are there where the
    study has their source. Returns: table ``basin_cuts``; empty when no zone is cut, or
    none is at hand.
    """
    zones = bodies[bodies["kind"].isin(BASIN_KINDS)]
    people = communes.set_index("code_insee")["population"]
    pool = list(candidates)
    rows = []
    for zone in zones.to_dict("records"):
        present = members(membership, zone["body_id"], on_date=on_date)
        codes = frozenset(present["code_insee"])
        for candidate in pool:
            inside, outside = codes & candidate.codes, codes - candidate.codes
            if inside and outside:
                rows.append(
                    {
                        "perimeter_id": candidate.perimeter_id,
                        "body_id": zone["body_id"],
                        "kind": zone["kind"],
                        "name": zone["name"],
                        "n_inside": len(inside),
                        "n_outside": len(outside),
                        "population_inside": int(people[sorted(inside)].sum()),
                        "population_outside": int(
                            people[sorted(outside.intersection(people.index))].sum()
                        ),
                    }
                )
    return pd.DataFrame(rows) if rows else empty_table("basin_cuts")
