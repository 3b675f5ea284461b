"""All connected unions of whole EPCI that contain a given one: exact, by listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.territory.whole import members_of_epci

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd


def whole_epci(communes: pd.DataFrame) -> dict[str, frozenset[str]]:
    """List the EPCI that lie wholly in the study area.

    Parameters
    ----------
    communes
        Table ``communes``: ``code_insee``, ``epci_siren``, ``epci_communes``,
        ``in_area``.

    Returns
    -------
    dict
        SIREN → INSEE codes; an EPCI with a member outside the area is left out, be it
        in the layer or beyond.
    """
    lists = members_of_epci(communes)
    area = frozenset(communes.loc[communes["in_area"], "code_insee"])
    return {siren: codes for siren, codes in lists.items() if codes <= area}


def connected_unions(
    neighbours: Mapping[str, frozenset[str]], root: str, *, limit: int
) -> list[frozenset[str]]:
    """List every connected set of units that contains the root, each once.

    Parameters
    ----------
    neighbours
        Unit → the units that it touches.
    root
        The unit that every set contains.
    limit
        Refuse beyond this count rather than truncate.

    Returns
    -------
    list of frozenset of str
        Sorted by size, then by members.

    Raises
    ------
    StudyError
        When the root is not a unit.
    InfeasibleError
        When there are more than ``limit`` sets.

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
    if root not in neighbours:
        message = (
            f"EPCI racine « {root} » absent des EPCI entiers du territoire → en "
            "choisir un dont toutes les communes sont d'un périmètre déclaré"
        )
        raise StudyError(message)
    found = []
    for units in _grow(neighbours, frozenset([root]), frozenset()):
        found.append(units)
        if len(found) > limit:
            message = (
                f"plus de {limit} unions d'EPCI : réduire le territoire "
                "ou relever methods.max_unions"
            )
            raise InfeasibleError(message)
    return sorted(found, key=lambda units: (len(units), sorted(units)))


def _grow(
    neighbours: Mapping[str, frozenset[str]],
    held: frozenset[str],
    refused: frozenset[str],
) -> Iterator[frozenset[str]]:
    frontier = frozenset().union(*(neighbours[unit] for unit in held))
    open_units = frontier - held - refused
    if not open_units:
        yield held
        return
    first = min(open_units)
    yield from _grow(neighbours, held, refused | {first})
    yield from _grow(neighbours, held | {first}, refused)


def union_perimeters(
    communes: pd.DataFrame,
    contiguity: pd.DataFrame,
    *,
    names: Mapping[str, str],
    root_epci: str,
    limit: int,
) -> list[Candidate]:
    """Make a perimeter of every union of whole EPCI around the root.

    Parameters
    ----------
    communes
        Table ``communes``.
    contiguity
        Table ``contiguity``: two EPCI touch where two of their communes do.
    names
        SIREN → name of the EPCI.
    root_epci
        SIREN of the EPCI that every union contains.
    limit
        Largest count of unions.

    Returns
    -------
    list of Candidate
        Named by their members, ``compared`` False.

    Raises
    ------
    StudyError, InfeasibleError
        As :func:`connected_unions`.
    """
    units = whole_epci(communes)
    unit_of = {code: siren for siren, codes in units.items() for code in codes}
    near: dict[str, set[str]] = {siren: set() for siren in units}
    for code_a, code_b in zip(contiguity["code_a"], contiguity["code_b"], strict=True):
        a, b = unit_of.get(code_a), unit_of.get(code_b)
        if a is not None and b is not None and a != b:
            near[a].add(b)
            near[b].add(a)
    frozen = {siren: frozenset(others) for siren, others in near.items()}
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
            connected_unions(frozen, root_epci, limit=limit), start=1
        )
    ]
