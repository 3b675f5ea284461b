"""What the tags of ways mean to a truck and to a car, turn restrictions included.

A missing limit is NaN (unknown), a stated absence of limit is infinity: a missing
tag does not mean unrestricted, and the share of a path without is reported.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from eitgeo.sources.ground.osm_roads import OsmRoads


type Ints = npt.NDArray[np.int64]
type Paths = tuple[tuple[int, ...], ...]

CLOSED, OPEN, DESTINATION = 0, 1, 2
"""Use of a direction by a vehicle: barred, free, only to reach a place there."""

VEHICLES = {
    "truck": ("hgv", "motor_vehicle", "vehicle", "access"),
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
}
"""Access keys from the most to the least specific; the first one present decides."""

LIMITS = ("max_weight_t", "max_height_m", "max_width_m", "max_length_m")
_LIMIT_TAGS = {
    "max_weight_t": ("maxweight:hgv", "maxweight", "maxweightrating"),
    "max_height_m": ("maxheight", "maxheight:physical"),
    "max_width_m": ("maxwidth", "maxwidth:physical"),
    "max_length_m": ("maxlength",),
}
_LIMIT_BOUNDS = {
    "max_weight_t": (0.5, 150.0),
    "max_height_m": (1.0, 20.0),
    "max_width_m": (1.0, 20.0),
    "max_length_m": (2.0, 60.0),
}
WAYS_READ = "voies lues"
STATED = {
    "vitesse signalée": (
        "maxspeed",
        "maxspeed:forward",
        "maxspeed:backward",
        "maxspeed:hgv",
    ),
    "masse permise": _LIMIT_TAGS["max_weight_t"],
    "hauteur permise": _LIMIT_TAGS["max_height_m"],
    "largeur permise": _LIMIT_TAGS["max_width_m"],
    "longueur permise": _LIMIT_TAGS["max_length_m"],
    "accès réglé": (*VEHICLES["truck"], "motorcar"),
    "sens de circulation": ("oneway",),
    "rond-point": ("junction",),
    "péage": ("toll",),
}
"""What ways may say, by the keys that say it."""

SPEED_BOUNDS_KMH = (5.0, 140.0)

_OPEN_WORDS = {"yes", "designated", "permissive", "official", "discouraged", "unknown"}
_DESTINATION_WORDS = {"destination", "delivery", "customers", "local"}
_NO_LIMIT = {"none", "default", "unsigned", "no_sign", "no_indications"}
_ONE_WAY = {"yes", "true", "1"}
_REVERSED = {"-1", "reverse"}
_REACH_ONLY = {"driveway", "parking_aisle", "drive-through"}
_BLOCKING = {
    "block",
    "bollard",
    "chain",
    "cycle_barrier",
    "debris",
    "fence",
    "jersey_barrier",
    "log",
    "motorcycle_barrier",
    "planter",
    "turnstile",
    "wall",
}
_ZONE_KMH = {
    "living_street": 20.0,
    "walk": 6.0,
    "urban": 50.0,
    "zone30": 30.0,
    "zone:30": 30.0,
    "zone20": 20.0,
    "nsl_single": 97.0,
}
_COUNTRY_KMH = {
    ("rural", "FR"): 80.0,
    ("rural", ""): 90.0,
    ("trunk", "FR"): 110.0,
    ("trunk", ""): 100.0,
    ("motorway", "FR"): 130.0,
    ("motorway", ""): 120.0,
}
_MPH = 1.609344
_SHORT_TON_T, _FOOT_M, _INCH_M = 0.90718474, 0.3048, 0.0254
_NUMBER = re.compile(r"^([0-9]+(?:[.,][0-9]+)?)\s*([a-z/]*)$")
_FEET = re.compile(r"^([0-9]+)\s*'\s*(?:([0-9]+(?:\.[0-9]+)?)\s*\"?)?$")


def speed_kmh(text: str) -> float:
    """Read a value of ``maxspeed``.

    Examples
    --------
    >>> speed_kmh("FR:rural"), speed_kmh("70|100"), speed_kmh("none")
    (80.0, 70.0, inf)
    """
    parts = [_one_speed(part.strip()) for part in re.split(r"[|;]", text)]
    known = [value for value in parts if not math.isnan(value)]
    return min(known, default=math.nan)


def _one_speed(text: str) -> float:
    if text == "none":
        return math.inf
    if text in _ZONE_KMH:
        return _ZONE_KMH[text]
    if ":" in text:
        country, _, zone = (
            text.rpartition(":") if "zone:" not in text else (text.partition(":"))
        )
        fixed = _ZONE_KMH.get(zone)
        by_country = _COUNTRY_KMH.get((zone, country), _COUNTRY_KMH.get((zone, "")))
        value = fixed if fixed is not None else by_country
        return math.nan if value is None else value
    number = _NUMBER.match(text.lower())
    if number is None:
        return math.nan
    value = float(number[1].replace(",", "."))
    unit = number[2]
    if unit not in {"", "kmh", "km/h", "kph", "mph", "knots"} or unit == "knots":
        return math.nan
    kmh = value * _MPH if unit == "mph" else value
    low, high = SPEED_BOUNDS_KMH
    return kmh if low <= kmh <= high else math.nan


def limit_value(text: str, *, kind: str) -> float:
    r"""Read a limit of weight [t] or size [m].

    Examples
    --------
    >>> limit_value("3500 kg", kind="max_weight_t")
    3.5
    >>> round(limit_value("13'6\"", kind="max_height_m"), 3)
    4.115
    """
    parts = [_one_limit(part.strip().lower(), kind) for part in text.split(";")]
    known = [value for value in parts if not math.isnan(value)]
    return min(known, default=math.nan)


def _one_limit(text: str, kind: str) -> float:
    if text in _NO_LIMIT:
        return math.inf
    feet = _FEET.match(text)
    number = _NUMBER.match(text)
    if feet is not None and kind != "max_weight_t":
        value = float(feet[1]) * _FOOT_M + float(feet[2] or 0) * _INCH_M
    elif number is not None:
        value = float(number[1].replace(",", ".")) * _unit(number[2], kind)
    else:
        return math.nan
    low, high = _LIMIT_BOUNDS[kind]
    return value if low <= value <= high else math.nan


def _unit(unit: str, kind: str) -> float:
    weights = {"": 1.0, "t": 1.0, "kg": 0.001, "st": _SHORT_TON_T}
    sizes = {"": 1.0, "m": 1.0, "cm": 0.01, "ft": _FOOT_M}
    return (weights if kind == "max_weight_t" else sizes).get(unit, math.nan)


def access(text: str) -> int:
    """Read a value of an access key."""
    words = {word.strip().lower() for word in text.split(";")}
    if words & _OPEN_WORDS:
        return OPEN
    return DESTINATION if words & _DESTINATION_WORDS else CLOSED


def way_attributes(tags: pd.DataFrame) -> pd.DataFrame:
    """Say what each way is to a truck and to a car."""
    table = pd.DataFrame({"class": tags["highway"].to_numpy()})
    general = _each(tags["maxspeed"], speed_kmh)
    for way in ("forward", "backward"):
        own = _each(tags[f"maxspeed:{way}"], speed_kmh)
        table[f"kmh_{way}"] = np.where(np.isnan(own), general, own)
    table["kmh_hgv"] = _each(tags["maxspeed:hgv"], speed_kmh)
    table["kmh_mean"] = np.nan
    for kind in LIMITS:
        table[kind] = _tightest(tags, kind)
    forward, backward = _directions(tags)
    for vehicle in VEHICLES:
        use = _use(tags, vehicle)
        table[f"{vehicle}_forward"] = np.where(forward, use, CLOSED)
        table[f"{vehicle}_backward"] = np.where(backward, use, CLOSED)
    table["bridge"] = ~tags["bridge"].isin(["", "no"]).to_numpy()
    covered = ["", "no", "building_passage"]
    table["tunnel"] = ~tags["tunnel"].isin(covered).to_numpy()
    table["toll"] = tags["toll"].eq("yes").to_numpy()
    return table


def stated(tags: pd.DataFrame) -> dict[str, int]:
    """Count the ways that are read, and those that say what routing looks at."""
    counts = {
        what: int((tags[list(keys)] != "").any(axis=1).sum())
        for what, keys in STATED.items()
    }
    return {WAYS_READ: len(tags)} | counts


def barrier_attributes(tags: pd.DataFrame) -> pd.DataFrame:
    """Say what each barrier is to a truck and to a car."""
    table = pd.DataFrame({"class": ["barrier"] * len(tags)})
    for name in ("kmh_forward", "kmh_backward", "kmh_hgv", "kmh_mean"):
        table[name] = np.nan
    for kind in LIMITS:
        # The limit of the way says what is unknown; a barrier only adds one.
        limit = _tightest(tags, kind)
        table[kind] = np.where(np.isnan(limit), np.inf, limit)
    default = np.where(tags["barrier"].isin(_BLOCKING), CLOSED, OPEN)
    for vehicle, keys in VEHICLES.items():
        use = _first_stated(tags, keys, default)
        table[f"{vehicle}_forward"] = use
        table[f"{vehicle}_backward"] = use
    for name in ("bridge", "tunnel", "toll"):
        table[name] = False
    return table


def _each(values: pd.Series[str], read: Callable[[str], float]) -> np.ndarray:
    """Read each distinct text once; an empty one is NaN."""
    code, texts = pd.factorize(values)
    known = [read(text) if text else math.nan for text in texts]
    return np.array(known, dtype=float)[code]


def _tightest(tags: pd.DataFrame, kind: str) -> np.ndarray:
    read = partial(limit_value, kind=kind)
    limits = [_each(tags[tag], read) for tag in _LIMIT_TAGS[kind] if tag in tags]
    if not limits:
        return np.full(len(tags), np.nan)
    return np.fmin.reduce(limits)


def _directions(tags: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    stated = tags["oneway"].str.lower()
    round_about = tags["junction"].isin(["roundabout", "circular"])
    # A link that says nothing goes both ways: only motorways and roundabouts imply one.
    motorway = tags["highway"].eq("motorway")
    implied = (round_about | motorway) & ~stated.isin(["no", "false", "0", *_REVERSED])
    only_forward = stated.isin(_ONE_WAY) | implied
    only_backward = stated.isin(_REVERSED)
    # A direction that changes with the hour cannot be counted on.
    barred = stated.eq("reversible")
    forward = ~(only_backward | barred)
    return forward.to_numpy(), (~(only_forward | barred)).to_numpy()


def _use(tags: pd.DataFrame, vehicle: str) -> np.ndarray:
    default = np.full(len(tags), OPEN)
    default[tags["service"].isin(_REACH_ONLY).to_numpy()] = DESTINATION
    default[tags["highway"].eq("track").to_numpy()] = CLOSED
    return _first_stated(tags, VEHICLES[vehicle], default)


def _first_stated(
    tags: pd.DataFrame, keys: tuple[str, ...], default: np.ndarray
) -> np.ndarray:
    use = default.copy()
    for key in reversed(keys):
        stated = tags[key].ne("").to_numpy()
        use = np.where(stated, _each(tags[key], access), use)
    return use.astype(np.int8)


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
