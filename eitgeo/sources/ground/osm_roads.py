"""Roads of OpenStreetMap: a dated ``.osm.pbf`` or ``.osm`` file, streamed to arrays.

Only what routing needs is kept: ways that carry traffic, the nodes they stand on,
barriers, and turn restrictions. Nothing is interpreted here: tags stay as text.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import osmium
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from osmium.filter import EntityFilter, IdFilter, TagFilter
from osmium.osm import NODE, NOTHING, RELATION, WAY

from eitgeo.errors import SourceError
from eitgeo.sources.ground.osm_lines import node_refs, read_lines, tag_table
from eitgeo.words import french_number

if TYPE_CHECKING:
    Bounds = tuple[float, float, float, float]
    Flags = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

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
_WORLD = (-180.0, -90.0, 180.0, 90.0)
_CHUNK_BITS = 25
"""A set of identifiers in osmium takes 4 MB for each range of 2²⁵ that it meets."""

_CHUNKS = 96
"""Ranges that are looked up at once: 400 MB."""

_SMALL_BYTES = 2**23
"""All nodes of a smaller file are read in less time than 400 MB are cleared."""

_WAYS_WITH_RESTRICTIONS = 1000
"""So many ways without one turn restriction are not a whole extract: relations come
last in a file, and one that ends between two of its blocks reads without a fault."""

RESTRICTION_KEYS = ("restriction", "restriction:hgv", "except")


class NoRoadError(SourceError):
    """An extract holds no road within the bounds."""


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
        West, south, east, north that the extract declares [degrees]; None where it
        declares none.
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
    bounds: Bounds | None
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
    take 1.5 GB even for a small extract, whose nodes are all read in one pass where
    several would be due. Memory is that of the roads, and 0.4 GB; a passing file holds
    what is read, 30 bytes a node.

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
    except SourceError:  # its own words, of the extract or of the folder it passes by
        raise
    except Exception as error:
        # osmium has errors of its own, which nothing gathers: all mean this.
        message = (
            f"{path} : extrait OpenStreetMap illisible ({error})\n"
            "  → le télécharger de nouveau ; un fichier .osm.pbf entier est attendu"
        )
        raise SourceError(message) from error


def _read(path: Path, bounds: Bounds | None) -> OsmRoads:
    tags, refs, owner = _ways(path)
    restrictions = _restrictions(path)
    if restrictions.empty and len(tags) >= _WAYS_WITH_RESTRICTIONS:
        _log.warning(
            "%s : aucune interdiction de tourner pour %s voies ; l'extrait n'en garde "
            "pas, ou il a été coupé avant ses relations → comparer sa taille à celle "
            "du producteur",
            path.name,
            french_number(len(tags)),
        )
    used, rank = np.unique(refs, return_inverse=True)
    node_id, lon, lat, barriers = _nodes(path, used)
    if not len(node_id):
        raise NoRoadError(_no_road(path))
    row = _rows(node_id, used)[rank]
    piece = _pieces(row, owner, _within(lon, lat, bounds or _WORLD))
    is_in_a_piece = piece >= 0
    if not is_in_a_piece.any():
        raise NoRoadError(_no_road(path))
    size = np.bincount(piece[is_in_a_piece])
    start = np.concatenate([[0], np.cumsum(size)])
    way = owner[is_in_a_piece][start[:-1]]
    n_ways = 1 + np.count_nonzero(np.diff(way))
    way_row = row[is_in_a_piece]
    is_there = np.zeros(len(node_id), dtype=bool)
    is_there[way_row] = True
    way_node = (np.cumsum(is_there) - 1)[way_row]
    barriers = barriers[np.isin(barriers["node_id"], node_id[is_there])]
    return OsmRoads(
        node_id=node_id[is_there],
        lon=lon[is_there],
        lat=lat[is_there],
        way_tags=tags.iloc[way].reset_index(drop=True),
        way_start=start,
        way_node=way_node,
        barriers=barriers.reset_index(drop=True),
        restrictions=restrictions,
        bounds=_declared_box(path),
        counts={
            "voies hors de l'emprise": len(tags) - int(n_ways),
            "nœuds absents de l'extrait": int((row < 0).sum()),
        },
    )


def _within(lon: Floats, lat: Floats, box: Bounds) -> Flags:
    west, south, east, north = box
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _rows(node_id: Ints, nodes: Ints) -> Ints:
    """Find nodes by identifier; −1 where one is missing."""
    rank = np.minimum(np.searchsorted(node_id, nodes), len(node_id) - 1)
    return np.where(node_id[rank] == nodes, rank, -1)


def _pieces(row: Ints, owner: Ints, inside: Flags) -> Ints:
    """Tell which piece of a way each of its nodes is in, −1 where none.

    A way stops where nodes are missing: nothing is drawn across the gap. A piece has
    two nodes or more, one of them inside.
    """
    known = row >= 0
    fresh = np.ones(len(row), dtype=bool)
    fresh[1:] = ~known[:-1] | (owner[1:] != owner[:-1])
    run = np.cumsum(fresh) - 1
    n_runs = int(run[-1]) + 1
    size = np.bincount(run[known], minlength=n_runs)
    n_inside = np.bincount(run[known], weights=inside[row[known]], minlength=n_runs)
    chosen = (size > 1) & (n_inside > 0)
    number = np.where(chosen, np.cumsum(chosen) - 1, -1)
    return np.where(known, number[run], -1)


def _no_road(path: Path) -> str:
    return (
        f"{path} : aucune route dans l'emprise de l'étude\n"
        "  → prendre l'extrait qui couvre le territoire et sa couronne"
    )


def _ways(path: Path) -> tuple[pd.DataFrame, Ints, Ints]:
    """Read the tags of the roads, their nodes one after the other, whose they are."""
    lines = read_lines(
        path,
        WAY,
        EntityFilter(WAY),
        TagFilter(*(("highway", value) for value in HIGHWAYS)),
    )
    tags = tag_table(lines["tags"], WAY_TAGS)
    tags.insert(0, "way_id", lines["id"].to_numpy())
    refs, owner = node_refs(lines["nodes"])
    road = (tags["highway"].isin(HIGHWAYS) & tags["area"].ne("yes")).to_numpy()
    number = np.cumsum(road) - 1
    of_road = road[owner]
    return tags[road].reset_index(drop=True), refs[of_road], number[owner[of_road]]


def _nodes(path: Path, used: Ints) -> tuple[Ints, Floats, Floats, pd.DataFrame]:
    passes = [
        read_lines(path, NODE, EntityFilter(NODE), *chosen)
        for chosen in _choices(path, used)
    ]
    node_id, lon, lat = (
        np.concatenate([one[name].to_numpy() for one in passes])
        for name in ("id", "lon", "lat")
    )
    tags = pa.concat_arrays([one["tags"] for one in passes])
    placed = _within(lon, lat, _WORLD) & np.isin(node_id, used)
    bars = pc.match_substring(tags, "barrier=").to_numpy(zero_copy_only=False)
    bar = np.flatnonzero(placed & bars)
    barriers = tag_table(tags.take(pa.array(bar)), BARRIER_TAGS)
    barriers.insert(0, "node_id", node_id[bar])
    barriers = barriers[barriers["barrier"].ne("")].drop_duplicates("node_id")
    # An extract may hold a node twice: the last one holds.
    _, first = np.unique(node_id[placed][::-1], return_index=True)
    keep = np.flatnonzero(placed)[::-1][first]
    return node_id[keep], lon[keep], lat[keep], barriers


def _choices(path: Path, used: Ints) -> Iterator[list[IdFilter]]:
    """Give what chooses the nodes of each pass: nothing where one of all costs less."""
    ranges = _ranges(used)
    if len(ranges) > 1 and path.stat().st_size < _SMALL_BYTES:
        yield []
        return
    for wanted in ranges:
        yield [IdFilter(wanted.tolist())]


def _ranges(used: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Cut sorted identifiers so that the set of each range stays small."""
    _, chunk = np.unique(used >> _CHUNK_BITS, return_inverse=True)
    return np.split(used, np.flatnonzero(np.diff(chunk // _CHUNKS)) + 1)


def _restrictions(path: Path) -> pd.DataFrame:
    rows = []
    relations: Any = osmium.FileProcessor(str(path), RELATION)
    relations.with_filter(EntityFilter(RELATION))
    for relation in relations.with_filter(TagFilter(("type", "restriction"))):
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
    return table.sort_values("relation_id", ignore_index=True, kind="stable")


def _declared_box(path: Path) -> Bounds | None:
    with osmium.io.Reader(str(path), NOTHING) as header_alone:
        box = header_alone.header().box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return low.lon, low.lat, high.lon, high.lat
