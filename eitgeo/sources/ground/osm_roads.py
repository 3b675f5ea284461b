"""Roads of OpenStreetMap: dated files, one or several, streamed to arrays.

Only what routing needs is kept: ways that carry traffic, the nodes they stand on,
barriers, and turn restrictions. Nothing is interpreted here: tags stay as text. Osmium
filters a file and writes what passes in OPL, its format of one object a line; arrow
reads the lines: no object becomes one of Python.
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import osmium
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from osmium.filter import EntityFilter, IdFilter, TagFilter
from osmium.osm import NODE, NOTHING, RELATION, WAY
from pyarrow import csv

from eitgeo.errors import SourceError, unread_reason
from eitgeo.words import french_number, french_size

Bounds = tuple[float, float, float, float]

Flags = npt.NDArray[np.bool_]

Floats = npt.NDArray[np.float64]

Ints = npt.NDArray[np.int64]


_COLUMNS = {NODE: ["id", "tags", "lon", "lat"], WAY: ["id", "tags", "nodes"]}
_BLOCK_BYTES = 2**24
"""Longest line that is read."""

_LINES_PER_BYTE = 12
"""Room that lines may take, for a byte of a file that is packed; those of XML are
shorter than it."""

_PACKED = {".pbf", ".bz2", ".gz"}

_ESCAPED = re.compile("%([0-9a-f]+)%")


def read_lines(path: Path, kind: Any, *filters: Any) -> dict[str, pa.Array]:
    """Return the fields of the nodes, or ways, that pass all filters, in order.

    References
    ----------
    OPL, https://osmcode.org/opl-file-format/.
    """
    columns = dict.fromkeys(_COLUMNS[kind], pa.string())
    with _passing_folder(path) as folder:
        lines = Path(folder) / "objets.opl"
        target = osmium.io.File(str(lines), "opl,add_metadata=none")
        with (
            osmium.io.Reader(str(path), kind) as reader,
            osmium.SimpleWriter(target) as writer,
        ):
            osmium.apply(reader, *filters, writer)
        table = _table(lines, columns)
    return {name: _field(table, name) for name in columns}


def _passing_folder(path: Path) -> tempfile.TemporaryDirectory[str]:
    """Make a folder with room for lines: a full disk ends osmium, and all with it."""
    where = tempfile.gettempdir()
    try:
        folder = tempfile.TemporaryDirectory(prefix="eitgeo-")
        free = shutil.disk_usage(where).free
    except OSError as error:
        reason = unread_reason(error)
        message = f"{where} : dossier provisoire impossible ({reason})"
        raise SourceError(
            f"{message} → en nommer un autre (variable TMPDIR)"
        ) from error
    packed = path.suffix in _PACKED
    needed = (_LINES_PER_BYTE if packed else 1) * path.stat().st_size
    if free < needed:
        folder.cleanup()
        message = (
            f"{where} : {french_size(free)} libres, il en faut {french_size(needed)} "
            f"pour lire {path.name} → faire de la place, ou nommer un autre dossier "
            "(variable TMPDIR)"
        )
        raise SourceError(message)
    return folder


def _table(lines: Path, columns: dict[str, Any]) -> pa.Table:
    if not lines.stat().st_size:
        return pa.schema(columns).empty_table()
    return csv.read_csv(
        lines,
        csv.ReadOptions(column_names=list(columns), block_size=_BLOCK_BYTES),
        csv.ParseOptions(delimiter=" ", quote_char=False),
        csv.ConvertOptions(column_types=columns),
    )


def _field(table: pa.Table, name: str) -> pa.Array:
    # A letter says what a field is.
    values = pc.utf8_slice_codeunits(table[name].combine_chunks(), 1)
    if name == "id":
        return values.cast(pa.int64())
    if name in {"lon", "lat"}:
        # A node without a place has both letters and no number.
        return pc.if_else(pc.equal(values, ""), "nan", values).cast(pa.float64())
    return values


def node_refs(nodes: pa.Array) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the nodes of all ways, one after the other, and the way of each."""
    lists = pc.split_pattern(nodes, ",")
    each = pc.list_flatten(lists)
    named = pc.not_equal(each, "")
    refs = pc.utf8_slice_codeunits(each.filter(named), 1).cast(pa.int64())
    return refs.to_numpy(), pc.list_parent_indices(lists).filter(named).to_numpy()


def tag_table(tags: pa.Array, keys: tuple[str, ...]) -> pd.DataFrame:
    """Lay tags out, a column a key: empty where an object has none."""
    lists = pc.split_pattern(tags, ",")
    pairs = pc.list_flatten(lists)
    owner = pc.list_parent_indices(lists)
    known = pc.not_equal(pairs, "")
    pair = pc.split_pattern(pairs.filter(known), "=", max_splits=1)
    key = pc.index_in(pc.list_element(pair, 0), pa.array(keys))
    asked = pc.is_valid(key)
    value = _plain(pc.list_element(pair, 1).filter(asked))
    row = owner.filter(known).filter(asked).to_numpy()
    column = key.filter(asked).to_numpy()
    table = {}
    for number, name in enumerate(keys):
        rows_tagged = np.flatnonzero(column == number)
        place = np.full(len(tags), -1)
        place[row[rows_tagged]] = rows_tagged
        table[name] = value.take(pa.array(place, mask=place < 0)).fill_null("")
    return pa.table(table).to_pandas()


def _plain(values: pa.Array) -> pa.Array:
    """Write again the characters that OPL tells by their number."""
    coded = values.dictionary_encode()
    texts = [
        _ESCAPED.sub(lambda one: chr(int(one[1], 16)), text)
        for text in coded.dictionary.to_pylist()
    ]
    return pa.array(texts, pa.string()).take(coded.indices)


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


def read_osm_regions(
    paths: Sequence[Path], *, bounds: Bounds | None = None
) -> OsmRoads:
    """Read the roads of several extracts, one after the other, then join them.

    Parameters
    ----------
    paths
        Extracts of the same day or nearly: two producers of one region are no regions.
    bounds
        As :func:`read_osm_roads`; an extract without a road there gives none.

    Returns
    -------
    OsmRoads
        Each way once: where several extracts hold it, from the one that knows most of
        its nodes, the first of them on a tie. Each node, barrier and restriction once.

    References
    ----------
    As :func:`read_osm_roads`.
    """
    regions: list[OsmRoads] = []
    refusals: list[NoRoadError] = []
    for path in paths:
        try:
            regions.append(read_osm_roads(path, bounds=bounds))
        except NoRoadError as error:  # a region that does not reach the study
            refusals.append(error)
    if not regions:
        raise refusals[0]
    return regions[0] if len(regions) == 1 else _join_osm_roads(regions)


def _join_osm_roads(parts: Sequence[OsmRoads]) -> OsmRoads:
    """Join roads read apart; a way that several hold is taken from one alone."""
    node_id, first = np.unique(
        np.concatenate([one.node_id for one in parts]), return_index=True
    )
    lon = np.concatenate([one.lon for one in parts])[first]
    lat = np.concatenate([one.lat for one in parts])[first]
    tags, start, way_node = _joined_ways(parts, node_id)
    return OsmRoads(
        node_id=node_id,
        lon=lon,
        lat=lat,
        way_tags=tags,
        way_start=start,
        way_node=way_node,
        barriers=_once([one.barriers for one in parts], "node_id"),
        restrictions=_once([one.restrictions for one in parts], "relation_id"),
        bounds=_around([one.bounds for one in parts]),
        counts={
            name: sum(one.counts.get(name, 0) for one in parts)
            for name in parts[0].counts
        },
    )


def _around(boxes: Sequence[Bounds | None]) -> Bounds | None:
    """Return the box of all boxes; None where one of them is not declared."""
    known = [box for box in boxes if box is not None]
    if len(known) < len(boxes):
        return None
    west, south, east, north = zip(*known, strict=True)
    return min(west), min(south), max(east), max(north)


def _joined_ways(
    parts: Sequence[OsmRoads], node_id: Ints
) -> tuple[pd.DataFrame, Ints, Ints]:
    """Lay the pieces of ways out, those of one way from one part."""
    pieces = pd.concat(
        [
            one.way_tags.assign(part=rank, n_nodes=np.diff(one.way_start))
            for rank, one in enumerate(parts)
        ],
        ignore_index=True,
    )
    sums = pieces.groupby(["way_id", "part"])["n_nodes"].sum().reset_index()
    best = sums.sort_values(
        ["way_id", "n_nodes", "part"], ascending=[True, False, True], kind="stable"
    ).drop_duplicates("way_id")
    owner = best.set_index("way_id")["part"]
    is_of_owner = pieces["part"].eq(pieces["way_id"].map(owner)).to_numpy()
    nodes = np.concatenate(
        [np.searchsorted(node_id, one.node_id)[one.way_node] for one in parts]
    )
    size = pieces["n_nodes"].to_numpy()
    start = np.concatenate([[0], np.cumsum(size[is_of_owner])])
    tags = pieces[is_of_owner].drop(columns=["part", "n_nodes"]).reset_index(drop=True)
    return tags, start.astype(np.int64), nodes[np.repeat(is_of_owner, size)]


def _once(tables: Sequence[pd.DataFrame], key: str) -> pd.DataFrame:
    rows = pd.concat(tables, ignore_index=True).drop_duplicates(key)
    return rows.sort_values(key, ignore_index=True, kind="stable")
