"""The graph of a real network as tables, and back, to the last bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.roads.network.graph import RoadGraph
from eitgeo.roads.network.tags import CLOSED, DESTINATION, LIMITS, OPEN, VEHICLES

if TYPE_CHECKING:
    from collections.abc import Mapping

_USES = {CLOSED: "no", OPEN: "yes", DESTINATION: "destination"}
_SPEEDS = ("kmh_forward", "kmh_backward", "kmh_hgv")
_MAY_LACK = (*_SPEEDS, *LIMITS)
"""Columns where infinity says that a sign sets no limit."""

_SENSES = tuple(f"{name}_{way}" for name in VEHICLES for way in ("forward", "backward"))
_SIDES = ("ouest", "sud", "est", "nord")
_GRAPH_COLUMNS = (
    "u",
    "v",
    "length_m",
    "way_id",
    "class",
    *_SPEEDS,
    *LIMITS,
    *_SENSES,
    "bridge",
    "tunnel",
    "toll",
    "ascent_m",
    "descent_m",
    "turn_rad",
    "settled",
)


def node_ids(rows: Any) -> Any:
    """Name nodes by their rank, so that their order is that of their names."""
    return pd.array([f"n{row:08d}" for row in np.asarray(rows).tolist()], dtype="str")


def edge_ids(rows: Any) -> Any:
    """Name edges by their rank, so that their order is that of their names.

    Parameters
    ----------
    rows
        Ranks.

    Returns
    -------
    pandas.array
        Such as ``e00000012``.
    """
    return pd.array([f"e{row:08d}" for row in np.asarray(rows).tolist()], dtype="str")


def graph_tables(graph: RoadGraph) -> dict[str, pd.DataFrame]:
    """Lay a graph out as tables that :func:`graph_of_tables` reads back.

    Parameters
    ----------
    graph
        With ``ascent_m``, ``descent_m``, ``turn_rad`` and ``settled``.

    Returns
    -------
    dict
        ``road_nodes`` (altitudes unknown), ``road_edges`` (times unknown),
        ``road_lines``, ``road_turns``, and the rows of ``road_report`` that hold the
        bounds of the extract and what was left out.
    """
    edges = graph.edges
    names = edge_ids(np.arange(len(edges)))
    finite = edges[list(_MAY_LACK)].replace(np.inf, np.nan)
    uses = {name: edges[name].map(_USES).astype("str") for name in _SENSES}
    return {
        "road_nodes": pd.DataFrame(
            {
                "node_id": node_ids(np.arange(len(graph.x))),
                "x": graph.x,
                "y": graph.y,
                "z": np.nan,
            }
        ),
        "road_edges": pd.DataFrame(
            {
                "edge_id": names,
                "u": node_ids(edges["u"]),
                "v": node_ids(edges["v"]),
                **edges[["length_m", "ascent_m", "descent_m", "class"]],
                "truck_time_s": np.nan,
                "car_time_s": np.nan,
                **finite[list(LIMITS)],
                "hgv": _freest(edges),
            }
        ),
        "road_lines": gpd.GeoDataFrame(
            {
                "edge_id": names,
                "way_id": edges["way_id"],
                **finite[list(_SPEEDS)],
                **uses,
                **edges[["bridge", "tunnel", "toll", "turn_rad", "settled"]],
                "without_limit": _without_limit(edges),
            },
            geometry=graph.lines,
            crs=2154,
        ),
        "road_turns": _turns(graph),
        "road_report": _report(graph),
    }


def _freest(edges: pd.DataFrame) -> pd.Series[str]:
    both = edges[["truck_forward", "truck_backward"]].to_numpy()
    # A free way before one to reach a place only, that before a barred one.
    found = np.where(both.max(axis=1) == CLOSED, "no", "destination")
    found = np.where((both == OPEN).any(axis=1), "yes", found)
    return pd.Series(found, edges.index, dtype="str")


def _without_limit(edges: pd.DataFrame) -> pd.Series[str]:
    lacking = np.isinf(edges[list(_MAY_LACK)].to_numpy())
    kinds, kind = np.unique(lacking, axis=0, return_inverse=True)
    texts = [";".join(np.array(_MAY_LACK, dtype=object)[row].tolist()) for row in kinds]
    found = np.array(texts, dtype=object)[kind.ravel()]
    return pd.Series(found, edges.index, dtype="str")


def _turns(graph: RoadGraph) -> pd.DataFrame:
    rows = [
        (vehicle, f"t{rank:08d}", " ".join(f"{a // 2}{'+-'[a % 2]}" for a in path))
        for vehicle, paths in sorted(graph.forbidden.items())
        for rank, path in enumerate(paths)
    ]
    table = pd.DataFrame(rows, columns=["vehicle", "turn_id", "path"])
    return table.astype("str")


def _report(graph: RoadGraph) -> pd.DataFrame:
    bounds = [
        ("emprise", side, float(value), "degrés")
        for side, value in zip(_SIDES, graph.bounds, strict=True)
    ]
    left_out = [
        ("ecarte", reason, float(count), "nombre")
        for reason, count in graph.counts.items()
    ]
    columns = ["topic", "subject", "value", "unit"]
    return pd.DataFrame([*bounds, *left_out], columns=columns)


def no_graph_tables() -> dict[str, pd.DataFrame]:
    """Return the tables of :func:`graph_tables` that the surrogate leaves empty.

    Returns
    -------
    dict
        ``road_lines``, ``road_turns``, ``road_report`` and ``road_islands``, without
        a row.
    """
    nothing = RoadGraph(
        x=np.empty(0),
        y=np.empty(0),
        edges=_no_edges(),
        lines=np.empty(0, dtype=object),
        forbidden={},
        bounds=(0.0, 0.0, 0.0, 0.0),
        counts={},
    )
    tables = graph_tables(nothing)
    return {
        "road_lines": tables["road_lines"],
        "road_turns": tables["road_turns"],
        "road_report": tables["road_report"].iloc[:0],
        "road_islands": gpd.GeoDataFrame(
            {
                name: pd.array([], dtype="str")
                for name in ("profile", "edge_id", "class", "reason")
            }
            | {"length_m": np.empty(0)},
            geometry=np.empty(0, dtype=object),
            crs=2154,
        ),
    }


def _no_edges() -> pd.DataFrame:
    kinds = dict.fromkeys(("u", "v", "way_id"), "int64")
    kinds |= dict.fromkeys(_SENSES, "int8") | {"class": "str"}
    kinds |= dict.fromkeys(("bridge", "tunnel", "toll"), "bool")
    columns = {
        name: pd.Series([], dtype=kinds.get(name, "float64")) for name in _GRAPH_COLUMNS
    }
    return pd.DataFrame(columns)


def graph_of_tables(tables: Mapping[str, pd.DataFrame]) -> RoadGraph:
    """Build again the graph that :func:`graph_tables` laid out.

    Parameters
    ----------
    tables
        ``road_nodes``, ``road_edges``, ``road_lines``, ``road_turns`` and
        ``road_report``, as they were read back.

    Returns
    -------
    RoadGraph
        Equal to the first, to the last bit.
    """
    nodes, lines = tables["road_nodes"], tables["road_lines"]
    edges = tables["road_edges"].merge(lines, on="edge_id", validate="1:1")
    for end in ("u", "v"):
        edges[end] = edges[end].str[1:].astype("int64")
    back = {text: use for use, text in _USES.items()}
    for name in _SENSES:
        edges[name] = edges[name].map(back).astype("int8")
    lacking = edges["without_limit"].str.split(";")
    for name in _MAY_LACK:
        bare = np.array([name in names for names in lacking], dtype=bool)
        edges[name] = edges[name].mask(bare, np.inf)
    report = tables["road_report"].set_index(["topic", "subject"])["value"]
    west, south, east, north = (float(report["emprise", side]) for side in _SIDES)
    return RoadGraph(
        x=nodes["x"].to_numpy(),
        y=nodes["y"].to_numpy(),
        edges=edges[list(_GRAPH_COLUMNS)],
        lines=gpd.GeoDataFrame(lines).geometry.to_numpy(),
        forbidden=_forbidden(tables["road_turns"]),
        bounds=(west, south, east, north),
        counts=_counts(tables["road_report"]),
    )


def _forbidden(turns: pd.DataFrame) -> dict[str, tuple[tuple[int, ...], ...]]:
    found: dict[str, list[tuple[int, ...]]] = {name: [] for name in VEHICLES}
    for vehicle, path in zip(turns["vehicle"], turns["path"], strict=True):
        steps = path.split(" ")
        driven = tuple(2 * int(one[:-1]) + (one[-1] == "-") for one in steps)
        found[vehicle].append(driven)
    return {name: tuple(paths) for name, paths in found.items()}


def _counts(report: pd.DataFrame) -> dict[str, int]:
    told = report[report["topic"] == "ecarte"]
    return {
        str(subject): int(value)
        for subject, value in zip(told["subject"], told["value"], strict=True)
    }
