"""The graph of a real network as tables, and back, to the last bit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import require_columns
from eitgeo.errors import SourceError
from eitgeo.roads.network.graph import RoadGraph
from eitgeo.roads.network.tags import (
    CLOSED,
    DESTINATION,
    LIMITS,
    OPEN,
    STATED,
    VEHICLES,
    WAYS_READ,
)
from eitgeo.tables.schema import empty_table
from eitgeo.words import french_number

_USES = {CLOSED: "no", OPEN: "yes", DESTINATION: "destination"}
_SPEEDS = ("kmh_forward", "kmh_backward", "kmh_hgv", "kmh_mean")
_MAY_LACK = (*_SPEEDS, *LIMITS)
"""Columns where infinity says that a sign sets no limit."""

_SENSES = tuple(f"{name}_{way}" for name in VEHICLES for way in ("forward", "backward"))
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

    Returns: such as ``e00000012``.
    """
    return pd.array([f"e{row:08d}" for row in np.asarray(rows).tolist()], dtype="str")


def graph_tables(graph: RoadGraph) -> dict[str, pd.DataFrame]:
    """Lay a graph out as tables that :func:`graph_of_tables` reads back.

    ``graph``: with ``ascent_m``, ``descent_m``, ``turn_rad`` and ``settled``. Returns:
    ``road_nodes`` (altitudes unknown), ``road_edges`` (times unknown), ``road_lines``,
    ``road_turns``, ``road_ground``, and the rows of ``road_report`` that say what was
    left out, and what the extract tells.
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
        "road_ground": _ground(graph),
        "road_report": _report(graph),
    }


def name_table(names: pd.DataFrame) -> pd.DataFrame:
    """Lay out as ``road_names`` what `road_names` or `section_names` tells of edges."""
    distinct = names.drop_duplicates(["edge", "way_id"], ignore_index=True)
    distinct.insert(0, "edge_id", edge_ids(distinct.pop("edge")))
    return distinct


def names_of_table(table: pd.DataFrame) -> pd.DataFrame:
    """Build again what :func:`name_table` laid out."""
    rows = table.drop(columns="edge_id")
    rows.insert(0, "edge", table["edge_id"].str[1:].astype("int64"))
    return rows


def _freest(edges: pd.DataFrame) -> pd.Series[str]:
    both = edges[["truck_forward", "truck_backward"]].to_numpy()
    # A free way before one to reach a place only, that before a barred one.
    freest = np.where(both.max(axis=1) == CLOSED, "no", "destination")
    freest = np.where((both == OPEN).any(axis=1), "yes", freest)
    return pd.Series(freest, edges.index, dtype="str")


def _without_limit(edges: pd.DataFrame) -> pd.Series[str]:
    lacking = np.isinf(edges[list(_MAY_LACK)].to_numpy())
    mask = lacking @ (1 << np.arange(len(_MAY_LACK)))
    kinds, kind = np.unique(mask, return_inverse=True)
    texts = [
        ";".join(name for bit, name in enumerate(_MAY_LACK) if one >> bit & 1)
        for one in kinds.tolist()
    ]
    absent = np.array(texts, dtype=object)[kind]
    return pd.Series(absent, edges.index, dtype="str")


def _turns(graph: RoadGraph) -> pd.DataFrame:
    rows = [
        (vehicle, f"t{rank:08d}", " ".join(f"{a // 2}{'+-'[a % 2]}" for a in path))
        for vehicle, paths in sorted(graph.forbidden.items())
        for rank, path in enumerate(paths)
    ]
    table = pd.DataFrame(rows, columns=["vehicle", "turn_id", "path"])
    return table.astype("str")


def _ground(graph: RoadGraph) -> gpd.GeoDataFrame:
    parts = shapely.get_parts(graph.ground)
    names = [f"s{rank:04d}" for rank in range(len(parts))]
    return gpd.GeoDataFrame(
        {
            "part_id": pd.array(names, dtype="str"),
            "area_km2": shapely.area(parts) / 1e6,
        },
        geometry=parts,
        crs=2154,
    )


def _report(graph: RoadGraph) -> pd.DataFrame:
    left_out = [
        ("ecarte", reason, float(count), "nombre")
        for reason, count in graph.counts.items()
    ]
    of_ways = f"sur {french_number(graph.signs.get(WAYS_READ, 0))}"
    rows = [
        ("signale", what, float(count), of_ways if what in STATED else "nombre")
        for what, count in graph.signs.items()
    ]
    kinds = {"topic": "str", "subject": "str", "value": "float", "unit": "str"}
    return pd.DataFrame([*left_out, *rows], columns=list(kinds)).astype(kinds)


def no_graph_tables() -> dict[str, pd.DataFrame]:
    """Return the tables of :func:`graph_tables` that the surrogate leaves empty.

    Returns: ``road_lines``, ``road_names``, ``road_turns``, ``road_ground``,
    ``road_report`` and ``road_islands``, without a row.
    """
    nothing = RoadGraph(
        x=np.empty(0),
        y=np.empty(0),
        edges=_no_edges(),
        lines=np.empty(0, dtype=object),
        forbidden={},
        ground=shapely.MultiPolygon(),
        counts={},
        signs={},
    )
    tables = graph_tables(nothing)
    return {
        "road_lines": tables["road_lines"],
        "road_names": empty_table("road_names"),
        "road_turns": tables["road_turns"],
        "road_ground": tables["road_ground"],
        "road_report": tables["road_report"],
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

    ``tables``: ``road_nodes``, ``road_edges``, ``road_lines``, ``road_turns``,
    ``road_ground`` and ``road_report``, as they were read back. Returns: equal to the
    first, to the last bit. Refused when the tables are of two networks. Refused when
    edges or lines have no identifier.
    """
    nodes, lines = tables["road_nodes"], tables["road_lines"]
    edges = tables["road_edges"]
    for name in ("road_edges", "road_lines"):
        require_columns(tables[name], ["edge_id"], where=name)
    if not edges["edge_id"].equals(lines["edge_id"]):
        message = "road_edges et road_lines ne vont pas ensemble"
        raise SourceError(f"{message} → les supprimer, puis relancer « eitgeo run »")
    edges = pd.concat([edges, lines.drop(columns=["edge_id", "geometry"])], axis=1)
    for end in ("u", "v"):
        edges[end] = edges[end].str[1:].astype("int64")
    back = {text: use for use, text in _USES.items()}
    for name in _SENSES:
        edges[name] = _each(edges[name], back.__getitem__).astype("int8")
    code, texts = pd.factorize(edges["without_limit"])
    for name in _MAY_LACK:
        is_bare = np.array([name in text.split(";") for text in texts], dtype=bool)
        edges[name] = edges[name].mask(is_bare[code], np.inf)
    report = tables["road_report"]
    return RoadGraph(
        x=nodes["x"].to_numpy(),
        y=nodes["y"].to_numpy(),
        edges=edges[list(_GRAPH_COLUMNS)],
        lines=gpd.GeoDataFrame(lines).geometry.to_numpy(),
        forbidden=_forbidden(tables["road_turns"]),
        ground=shapely.multipolygons(tables["road_ground"].geometry.to_numpy()),
        counts=_counts(report, "ecarte"),
        signs=_counts(report, "signale"),
    )


def _each(values: pd.Series[str], read: Callable[[str], object]) -> np.ndarray:
    """Read each distinct text once."""
    code, texts = pd.factorize(values)
    return np.array([read(text) for text in texts])[code]


def _forbidden(turns: pd.DataFrame) -> dict[str, tuple[tuple[int, ...], ...]]:
    forbidden: dict[str, list[tuple[int, ...]]] = {name: [] for name in VEHICLES}
    for vehicle, path in zip(turns["vehicle"], turns["path"], strict=True):
        steps = path.split(" ")
        driven = tuple(2 * int(one[:-1]) + (one[-1] == "-") for one in steps)
        forbidden[vehicle].append(driven)
    return {name: tuple(paths) for name, paths in forbidden.items()}


def _counts(report: pd.DataFrame, topic: str) -> dict[str, int]:
    of_topic = report[report["topic"] == topic]
    return {
        str(subject): int(value)
        for subject, value in zip(of_topic["subject"], of_topic["value"], strict=True)
    }
