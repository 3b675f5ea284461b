"""Turn restrictions as forbidden sequences of directed edges."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.roads.network.tags import VEHICLES

if TYPE_CHECKING:
    from eitgeo.sources.ground.osm_roads import OsmRoads

    Ints = npt.NDArray[np.int64]
    Paths = tuple[tuple[int, ...], ...]

_ROLES = ("from", "via", "to")
_OWN_KEY = {"truck": "restriction:hgv", "car": ""}
_EXEMPT = {"truck": {"hgv"}, "car": {"motorcar", "motor_vehicle"}}
_KINDS = {
    f"{verb}_{turn}"
    for verb in ("no", "only")
    for turn in ("left_turn", "right_turn", "straight_on", "u_turn")
} | {"no_entry", "no_exit"}


@dataclass(frozen=True)
class _Net:
    """What resolves the members of a restriction to directed edges."""

    row_of: dict[int, int]
    way_ends: dict[int, tuple[int, int]]
    by_way: dict[int, list[int]]
    section_ends: Ints
    section_edge: Ints
    section_along: npt.NDArray[np.bool_]
    tails: Ints
    allowed: npt.NDArray[np.bool_]
    by_tail: Ints

    def leaving(self, node: int) -> list[int]:
        # Return the directed edges that may be driven from a node, in order.
        tails = self.tails[self.by_tail]
        return self.by_tail[slice(*np.searchsorted(tails, [node, node + 1]))].tolist()

    def arcs(self, section: int, *, towards: int) -> list[int]:
        # Return the directed edge of a section that leads to a node.
        start, end = self.section_ends[section]
        edge = 2 * int(self.section_edge[section])
        along = bool(self.section_along[section])
        if end == towards:
            return [edge + (not along)]
        return [edge + along] if start == towards else []


def forbidden_paths(
    roads: OsmRoads,
    *,
    section_way: Ints,
    section_ends: Ints,
    section_edge: Ints,
    section_along: npt.NDArray[np.bool_],
    edges: pd.DataFrame,
) -> tuple[dict[str, Paths], dict[str, int]]:
    """Turn the restrictions of an extract into forbidden sequences.

    Notes
    -----
    ``no_*`` forbids its sequence; ``only_*`` forbids every other way out. The turn
    may not be dodged either: taking an allowed way out and coming straight back is
    forbidden too, unless that way is a dead end. Turning round further on is not.
    """
    counts: Counter[str] = Counter()
    nets = {
        vehicle: _net(
            roads,
            (section_way, section_ends, section_edge, section_along),
            edges=edges,
            vehicle=vehicle,
        )
        for vehicle in VEHICLES
    }
    forbidden: dict[str, set[tuple[int, ...]]] = {name: set() for name in VEHICLES}
    rows: list[dict[str, Any]] = roads.restrictions.to_dict("records")  # type: ignore[assignment]
    for row in rows:
        for vehicle, net in nets.items():
            value = _value(row, vehicle)
            if not value:
                continue
            paths, reason = _resolve(row, value, net)
            forbidden[vehicle].update(paths)
            if reason and vehicle == "truck":
                counts[f"interdictions de tourner : {reason}"] += 1
    return {name: tuple(sorted(paths)) for name, paths in forbidden.items()}, dict(
        counts
    )


def _net(
    roads: OsmRoads, sections: tuple[Any, ...], *, edges: pd.DataFrame, vehicle: str
) -> _Net:
    way, ends, edge, along = sections
    way_id = roads.way_tags["way_id"].to_numpy()
    is_named = np.isin(way_id, _named(roads.restrictions, "w"))
    by_way: dict[int, list[int]] = defaultdict(list)
    for section in np.flatnonzero(is_named[way]).tolist():
        by_way[int(way_id[way[section]])].append(section)
    first = roads.way_node[roads.way_start[:-1]]
    last = roads.way_node[roads.way_start[1:] - 1]
    at = np.flatnonzero(np.isin(roads.node_id, _named(roads.restrictions, "n")))
    uses = edges[[f"{vehicle}_forward", f"{vehicle}_backward"]].to_numpy().ravel()
    tails = edges[["u", "v"]].to_numpy().ravel()
    by_tail = np.flatnonzero(uses > 0)
    return _Net(
        row_of={int(roads.node_id[row]): int(row) for row in at},
        way_ends={
            int(way_id[row]): (int(first[row]), int(last[row]))
            for row in np.flatnonzero(is_named)
        },
        by_way=dict(by_way),
        section_ends=ends,
        section_edge=edge,
        section_along=along,
        tails=tails,
        allowed=uses > 0,
        by_tail=by_tail[np.argsort(tails[by_tail], kind="stable")],
    )


def _named(restrictions: pd.DataFrame, kind: str) -> list[int]:
    """List the ways, or the nodes, that a restriction names."""
    return [
        ref
        for role in _ROLES
        for members in restrictions[role]
        for one, ref in members
        if one == kind
    ]


def _value(row: dict[str, Any], vehicle: str) -> str:
    exempt = {word.strip() for word in row["except"].split(";")}
    general = "" if exempt & _EXEMPT[vehicle] else row["restriction"]
    own = row[_OWN_KEY[vehicle]] if _OWN_KEY[vehicle] else ""
    return str(own or general)


def _resolve(
    row: dict[str, Any], value: str, net: _Net
) -> tuple[list[tuple[int, ...]], str]:
    """Return the forbidden sequences of one restriction, or why there are none."""
    ways = {role: [r for kind, r in row[role] if kind == "w"] for role in _ROLES}
    reason = _flaw(row, value, ways, net)
    if reason:
        return [], reason
    paths = [
        path
        for source in ways["from"]
        for target in ways["to"]
        for path in _paths(row, (source, target), net)
    ]
    if value.endswith("u_turn") and ways["from"] == ways["to"] and not ways["via"]:
        paths = [path for path in paths if path[-1] == path[0] ^ 1]
    if not paths:
        reason = "que le réseau ne permet pas de suivre"
    elif len(paths) > len(ways["from"]) * len(ways["to"]):
        reason = "ambiguës (une voie passe au-delà du nœud)"
    if reason:
        return [], reason
    only = value.startswith("only")
    banned = [
        each for path in paths for each in (_others(path, net) if only else [path])
    ]
    return banned + [each for path in paths for each in _undone(path, net, only)], ""


def _flaw(
    row: dict[str, Any], value: str, ways: dict[str, list[int]], net: _Net
) -> str:
    if value not in _KINDS:
        return "de nature inconnue"
    if not (ways["from"] and ways["to"] and row["via"]):
        return "incomplètes dans l'extrait"
    if any(way not in net.by_way for role in _ROLES for way in ways[role]):
        return "sur une voie sans usage permis"
    return ""


def _paths(
    row: dict[str, Any], pair: tuple[int, int], net: _Net
) -> list[tuple[int, ...]]:
    source, target = pair
    vias = [ref for kind, ref in row["via"] if kind == "w"]
    if vias:
        joints = _joints(source, vias, net)
        leaves = _joints(target, vias, net)
        middles = [
            (a, b, path)
            for a in joints
            for b in leaves
            for path in [_through(a, b, vias, net)]
            if path
        ]
    else:
        node = net.row_of.get(row["via"][0][1], -1)
        middles = [(node, node, ())]
    paths = []
    for a, b, middle in middles:
        before = [x for s in net.by_way[source] for x in net.arcs(s, towards=a)]
        after = [x ^ 1 for s in net.by_way[target] for x in net.arcs(s, towards=b)]
        paths += [
            (one, *middle, other)
            for one in before
            for other in after
            if net.allowed[one] and net.allowed[other]
        ]
    return paths


def _joints(way: int, vias: list[int], net: _Net) -> list[int]:
    ends = {node for via in vias for node in net.way_ends[via]}
    return sorted(set(net.way_ends[way]) & ends)


def _through(a: int, b: int, vias: list[int], net: _Net) -> tuple[int, ...]:
    """Return the directed edges of the via ways from a to b, fewest first."""
    steps: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for section in (section for via in vias for section in net.by_way[via]):
        start, end = map(int, net.section_ends[section])
        for here, there in ((start, end), (end, start)):
            arc = net.arcs(section, towards=there)[0]
            if net.allowed[arc]:
                steps[here].append((there, arc))
    path: dict[int, tuple[int, ...]] = {a: ()}
    queue = deque([a])
    while queue and b not in path:
        node = queue.popleft()
        for there, arc in steps[node]:
            if there not in path:
                path[there] = (*path[node], arc)
                queue.append(there)
    # A section joined to its neighbour is part of one directed edge.
    return tuple(dict.fromkeys(path.get(b, ())))


def _others(path: tuple[int, ...], net: _Net) -> list[tuple[int, ...]]:
    start = net.tails[path[-1]]
    return [(*path[:-1], arc) for arc in net.leaving(start) if arc != path[-1]]


def _undone(path: tuple[int, ...], net: _Net, only: bool) -> list[tuple[int, ...]]:  # noqa: FBT001
    """Return the detours « an allowed way out, then straight back »."""
    start = net.tails[path[-1]]
    return [
        (*path[:-1], arc, arc ^ 1)
        for arc in net.leaving(start)
        if (arc == path[-1]) == only
        and arc != path[-2] ^ 1
        and net.allowed[arc ^ 1]
        and len(net.leaving(net.tails[arc ^ 1])) > 1
    ]
