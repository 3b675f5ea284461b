"""Members of members: from the links between groupings to the communes of each."""

from __future__ import annotations

import graphlib
from typing import TYPE_CHECKING

from eitgeo.check import Faults
from eitgeo.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

type Links = Mapping[str, Iterable[tuple[str, bool]]]
"""Members of each grouping: SIREN, and whether it is a member for all its communes."""


def expand_members(
    bodies: Iterable[str],
    *,
    links: Links,
    communes: Mapping[str, str],
    known: Mapping[str, Iterable[str]],
    where: str,
) -> dict[str, dict[str, bool]]:
    """Find the communes of each body, through the groupings that are its members.

    Notes
    -----
    From the inside out, each grouping once: the cost is links times communes.

    Examples
    --------
    >>> expand_members(["S"], links={"S": [("E", False)], "E": [("c", True)]},
    ...     communes={"c": "31001"}, known={}, where="a.csv")
    {'S': {'31001': False}}
    """
    found: dict[str, dict[str, bool]] = {}
    for body in _inside_out(bodies, links, where):
        if body in links and body not in communes:
            found[body] = _merged(links[body], found)
        elif body in communes:
            found[body] = {communes[body]: True}
        else:
            found[body] = dict.fromkeys(known.get(body, ()), True)
    return {body: dict(sorted(found[body].items())) for body in bodies}


def _inside_out(bodies: Iterable[str], links: Links, where: str) -> list[str]:
    graph: dict[str, list[str]] = {}
    waiting = list(bodies)
    while waiting:
        body = waiting.pop()
        if body not in graph:
            graph[body] = [member for member, _ in links.get(body, ())]
            waiting += graph[body]
    try:
        return list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        # The library lists each grouping before the one it is a member of.
        cycle = " → ".join(reversed(error.args[1]))
        faults = Faults(where)
        faults.add(f"adhésions en boucle : {cycle}", remedy="retirer une adhésion")
        faults.raise_if_any(SchemaError)
        raise


def _merged(
    members: Iterable[tuple[str, bool]], found: Mapping[str, Mapping[str, bool]]
) -> dict[str, bool]:
    merged: dict[str, bool] = {}
    for member, is_whole in members:
        for code, sure in found[member].items():
            merged[code] = merged.get(code, False) or (sure and is_whole)
    return merged
