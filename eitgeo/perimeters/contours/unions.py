"""All connected unions of whole EPCI that contain a given one: exact, by listing.

And what is left of a union when some of its members refuse.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations, islice
from math import comb

import pandas as pd

from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.territory.membership import members_of_epci
from eitgeo.words import french_number

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

    ``neighbours``: unit → the units that it touches. ``root``: the unit that every set
    contains. ``limit``: refuse beyond this count rather than truncate. ``most``: units
    of a set at most; None: any number. Returns: sorted by size, then by members; whole
    for each size. Refused when the root is not a unit. Refused when there are more than
    ``limit`` sets; says the size up to which there are not.

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


def around(neighbours: Mapping[str, frozenset[str]], root: str) -> frozenset[str]:
    """Return the units that lead to the root from one to the next, itself included.

    Examples
    --------
    >>> line = {"a": frozenset("b"), "b": frozenset("a"), "c": frozenset()}
    >>> sorted(around(line, "a"))
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
    ``names``: SIREN → name of the EPCI. ``root_epci``: SIREN of the EPCI that every
    union contains. ``limit``, ``most``: largest count of unions, and of EPCI of a
    union; None: any number. Returns: named by their members, ``compared`` False.
    Refused: as :func:`connected_unions`.
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
