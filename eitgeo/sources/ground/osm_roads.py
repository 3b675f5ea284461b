"""Roads of OpenStreetMap: a dated ``.osm.pbf`` or ``.osm`` file, streamed to arrays.

Only what routing needs is kept: ways that carry traffic, the nodes they stand on,
barriers, and turn restrictions. Nothing is interpreted here: tags stay as text.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pandas as pd
from osmium.filter import EntityFilter, IdFilter, KeyFilter, TagFilter
from osmium.osm import NODE, RELATION, WAY

from eitgeo.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    Bounds = tuple[float, float, float, float]

_log = logging.getLogger(__name__)

HIGHWAYS = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "track",
)
"""Values of ``highway`` that a vehicle may use; other ways are left out."""

WAY_TAGS = (
    "highway",
    "name",
    "ref",
    "oneway",
    "junction",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "hgv",
    "maxspeed",
    "maxspeed:forward",
    "maxspeed:backward",
    "maxspeed:hgv",
    "maxweight",
    "maxweightrating",
    "maxweight:hgv",
    "maxheight",
    "maxheight:physical",
    "maxwidth",
    "maxwidth:physical",
    "maxlength",
    "bridge",
    "tunnel",
    "toll",
    "service",
    "area",
)
BARRIER_TAGS = (
    "barrier",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "hgv",
    "maxweight",
    "maxheight",
    "maxwidth",
)
_CHUNK_BITS = 25
"""A set of identifiers in osmium takes 4 MB for each range of 2²⁵ that it meets."""

_CHUNKS = 96
"""Ranges that are looked up at once: 400 MB."""

_WAYS_WITH_RESTRICTIONS = 1000
"""So many ways without one turn restriction are not a whole extract: relations come
last in a file, and one that ends between two of its blocks reads without a fault."""

RESTRICTION_KEYS = ("restriction", "restriction:hgv", "except")


@dataclass(frozen=True)
class OsmRoads:
    """Ways, nodes, barriers and turn restrictions of an extract.

    Attributes
    ----------
    node_id, lon, lat
        Shape (n,): OSM identifier and position [degrees, EPSG:4326] of each node
        that a kept way stands on, sorted by identifier.
    way_tags
        One row a way, or a piece of one whose nodes are not all there: ``way_id``
        and :data:`WAY_TAGS` as text, empty when absent.
    way_start
        Shape (ways + 1,): where the nodes of each way start in ``way_node``.
    way_node
        Rows of ``node_id``, way after way.
    barriers
        One row a barrier node: ``node_id`` and :data:`BARRIER_TAGS`.
    restrictions
        ``relation_id``, ``restriction``, ``restriction:hgv``, ``except``, ``from``,
        ``via``, ``to`` (tuples of ``(kind, id)``).
    bounds
        West, south, east, north of the extract [degrees].
    counts
        What was left out, by reason (French).
    """

    node_id: npt.NDArray[np.int64] = field(repr=False)
    lon: npt.NDArray[np.float64] = field(repr=False)
    lat: npt.NDArray[np.float64] = field(repr=False)
    way_tags: pd.DataFrame = field(repr=False)
    way_start: npt.NDArray[np.int64] = field(repr=False)
    way_node: npt.NDArray[np.int64] = field(repr=False)
    barriers: pd.DataFrame = field(repr=False)
    restrictions: pd.DataFrame = field(repr=False)
    bounds: Bounds
    counts: dict[str, int]


def read_osm_roads(path: Path, *, bounds: Bounds | None = None) -> OsmRoads:
    """Stream the roads of an extract into arrays.

    Parameters
    ----------
    path
        ``.osm.pbf``, ``.osm`` or ``.osm.bz2`` file, dated by its producer.
    bounds
        West, south, east, north [degrees, EPSG:4326]: ways without a node inside
        are left out; None keeps them all.

    Returns
    -------
    OsmRoads
        Positions in EPSG:4326, as OpenStreetMap holds them.

    Raises
    ------
    SourceError
        When the file is absent, cut short or not of OpenStreetMap, or holds no road
        within the bounds.

    Notes
    -----
    One pass for the ways, one for the relations, then up to four for the nodes that
    those ways name: identifiers are looked up by ranges, since a set of all would
    take 1.5 GB even for a small extract. Memory is that of the roads, and 0.4 GB.

    References
    ----------
    Producer: OpenStreetMap contributors, extracts by Geofabrik
    (https://download.geofabrik.de), ODbL 1.0; tags:
    https://wiki.openstreetmap.org/wiki/OSM_tags_for_routing. Vintage: the date in
    the header of the file. CRS: EPSG:4326.
    """
    if not path.is_file():
        message = f"{path} : fichier introuvable\n  → déposer l'extrait .osm.pbf"
        raise SourceError(message)
    try:
        return _read(path, bounds)
    except SourceError:
        raise
    except Exception as error:
        # osmium has errors of its own, which nothing gathers: all mean this.
        message = (
            f"{path} : extrait OpenStreetMap illisible ({error})\n"
            "  → le télécharger de nouveau ; un fichier .osm.pbf entier est attendu"
        )
        raise SourceError(message) from error


def _read(path: Path, bounds: Bounds | None) -> OsmRoads:
    tags, refs = _ways(path)
    restrictions = _restrictions(path)
    if restrictions.empty and len(tags) >= _WAYS_WITH_RESTRICTIONS:
        _log.warning(
            "%s : aucune interdiction de tourner pour %d voies ; extrait filtré, ou "
            "coupé avant ses relations → comparer sa taille à celle du producteur",
            path.name,
            len(tags),
        )
    used = np.unique(np.concatenate([*refs, np.empty(0, np.int64)]))
    node_id, lon, lat, barriers = _nodes(path, used)
    if not len(node_id):
        raise SourceError(_no_road(path))
    window = bounds or (-180.0, -90.0, 180.0, 90.0)
    inside = (lon >= window[0]) & (lon <= window[2])
    inside &= (lat >= window[1]) & (lat <= window[3])
    rows = [_rows(node_id, nodes) for nodes in refs]
    missing = sum(int((found < 0).sum()) for found in rows)
    # A way stops where nodes are missing: nothing is drawn across the gap.
    pieces = [(way, run) for way, found in enumerate(rows) for run in _runs(found)]
    pieces = [(way, run) for way, run in pieces if inside[run].any()]
    if not pieces:
        raise SourceError(_no_road(path))
    whole = [way for way, _ in pieces]
    chosen = [run for _, run in pieces]
    way_node = np.concatenate(chosen)
    used_rows, way_node = np.unique(way_node, return_inverse=True)
    return OsmRoads(
        node_id=node_id[used_rows],
        lon=lon[used_rows],
        lat=lat[used_rows],
        way_tags=_text_table([tags[way] for way in whole], ("way_id", *WAY_TAGS)),
        way_start=np.concatenate([[0], np.cumsum([len(nodes) for nodes in chosen])]),
        way_node=way_node,
        barriers=barriers[
            barriers["node_id"].isin(node_id[used_rows].tolist())
        ].reset_index(drop=True),
        restrictions=restrictions,
        bounds=_extent(path, lon, lat),
        counts={
            "voies hors de l'emprise": len(rows) - len(set(whole)),
            "nœuds absents de l'extrait": missing,
        },
    )


def _rows(node_id: npt.NDArray[np.int64], nodes: npt.NDArray[np.int64]) -> Any:
    """Find nodes by identifier; −1 where one is missing."""
    at = np.minimum(np.searchsorted(node_id, nodes), len(node_id) - 1)
    return np.where(node_id[at] == nodes, at, -1)


def _runs(found: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Return the stretches of a way whose nodes are all there."""
    holes = np.flatnonzero(found < 0)
    if not len(holes):
        return [found] if len(found) > 1 else []
    runs = [run[run >= 0] for run in np.split(found, holes)]
    return [run for run in runs if len(run) > 1]


def _no_road(path: Path) -> str:
    return (
        f"{path} : aucune route dans l'emprise de l'étude\n"
        "  → prendre l'extrait qui couvre le territoire et sa couronne"
    )


def _stream(path: Path, entity: Any, *filters: Any) -> Iterator[Any]:
    processor = osmium.FileProcessor(str(path), entity)
    for item in filters:
        processor = processor.with_filter(item)
    yield from processor


def _ways(path: Path) -> tuple[list[dict[str, Any]], list[npt.NDArray[np.int64]]]:
    tags: list[dict[str, Any]] = []
    refs: list[npt.NDArray[np.int64]] = []
    roads = (EntityFilter(WAY), KeyFilter("highway"))
    for way in _stream(path, WAY, *roads):
        found = {tag.k: tag.v for tag in way.tags}
        if found["highway"] in HIGHWAYS and found.get("area") != "yes":
            kept = {key: found[key] for key in WAY_TAGS if key in found}
            tags.append({"way_id": way.id, **kept})
            refs.append(np.array([node.ref for node in way.nodes], dtype=np.int64))
    return tags, refs


def _nodes(path: Path, used: npt.NDArray[np.int64]) -> tuple[Any, Any, Any, Any]:
    node_id: list[int] = []
    lon: list[float] = []
    lat: list[float] = []
    barriers: list[dict[str, Any]] = []
    for wanted in _ranges(used):
        for node in _stream(path, NODE, EntityFilter(NODE), IdFilter(wanted.tolist())):
            if not node.location.valid():
                continue
            node_id.append(node.id)
            lon.append(node.lon)
            lat.append(node.lat)
            if "barrier" in node.tags:
                kept = {key: node.tags[key] for key in BARRIER_TAGS if key in node.tags}
                barriers.append({"node_id": node.id, **kept})
    # An extract may hold a node twice: the last one holds.
    _, first = np.unique(np.array(node_id[::-1], dtype=np.int64), return_index=True)
    keep = len(node_id) - 1 - first
    return (
        np.array(node_id, dtype=np.int64)[keep],
        np.array(lon)[keep],
        np.array(lat)[keep],
        _text_table(barriers, ("node_id", *BARRIER_TAGS)).drop_duplicates("node_id"),
    )


def _ranges(used: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Cut sorted identifiers so that the set of each range stays small."""
    _, chunk = np.unique(used >> _CHUNK_BITS, return_inverse=True)
    return np.split(used, np.flatnonzero(np.diff(chunk // _CHUNKS)) + 1)


def _restrictions(path: Path) -> pd.DataFrame:
    rows = []
    wanted = (EntityFilter(RELATION), TagFilter(("type", "restriction")))
    for relation in _stream(path, RELATION, *wanted):
        row: dict[str, Any] = {"relation_id": relation.id}
        row |= {key: relation.tags.get(key, "") for key in RESTRICTION_KEYS}
        for role in ("from", "via", "to"):
            row[role] = tuple(
                (member.type, member.ref)
                for member in relation.members
                if member.role == role
            )
        rows.append(row)
    columns = ["relation_id", *RESTRICTION_KEYS, "from", "via", "to"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("relation_id", ignore_index=True)


def _text_table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    key, *tags = columns
    table = pd.DataFrame({key: np.array([row[key] for row in rows], dtype=np.int64)})
    for tag in tags:
        table[tag] = pd.array([row.get(tag, "") for row in rows], dtype="str")
    return table


def _extent(path: Path, lon: Any, lat: Any) -> Bounds:
    with osmium.io.Reader(str(path)) as reader:
        box = reader.header().box()
    if box.valid():
        low, high = box.bottom_left, box.top_right
        return low.lon, low.lat, high.lon, high.lat
    return (
        float(lon.min()),
        float(lat.min()),
        float(lon.max()),
        float(lat.max()),
    )
