"""Hand-drawn OpenStreetMap files."""

from itertools import pairwise
from xml.sax.saxutils import quoteattr

import pyproj

GEOD = pyproj.Geod(ellps="GRS80")

# Twelve nodes on a grid of 0.01° by 0.01°.
#
#        G     H
#        |     |
#  A --- B --- C --- D --- I ~~~ J        ~~~ ferry
#        |     |     |
#        E --- F --- K
#        |
#        L
GRID = {
    "A": (0, 0),
    "B": (1, 0),
    "C": (2, 0),
    "D": (3, 0),
    "E": (1, -1),
    "F": (2, -1),
    "G": (1, 1),
    "H": (2, 1),
    "I": (4, 0),
    "J": (5, 0),
    "K": (3, -1),
    "L": (1, -2),
}
NODES = {
    name: (0.7 + 0.01 * column, 43.1 + 0.01 * row)
    for name, (column, row) in GRID.items()
}
IDS = {name: 100 + rank for rank, name in enumerate(NODES)}


def length_m(route):
    """Geodesic length of a route such as ``ABC``."""
    return sum(
        GEOD.inv(*NODES[one], *NODES[other])[2] for one, other in pairwise(route)
    )


def write_osm(path, ways, *, restrictions=(), barriers=None, nodes=NODES):
    """Write an OSM XML file.

    ``ways``: route of node names → tags; ``restrictions``: (kind, from, via, to)
    where members are routes, a via of one letter is a node, and an optional fifth
    item holds more tags; ``barriers``: node name → tags.
    """
    ids = {name: 100 + rank for rank, name in enumerate(nodes)}
    way_ids = {route: 1000 + rank for rank, route in enumerate(ways)}
    lon, lat = zip(*nodes.values(), strict=True)
    lines = [
        '<?xml version="1.0"?>',
        '<osm version="0.6">',
        _bounds(lon, lat),
    ]
    for name, (lon, lat) in nodes.items():
        tags = _tags((barriers or {}).get(name, {}))
        lines.append(
            f'<node id="{ids[name]}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">'
            f"{tags}</node>"
        )
    for route, tags in ways.items():
        refs = "".join(f'<nd ref="{ids[name]}"/>' for name in route)
        lines.append(
            f'<way id="{way_ids[route]}" version="1">{refs}{_tags(tags)}</way>'
        )
    for rank, (kind, source, via, target, *more) in enumerate(restrictions):
        members = _member("from", source, way_ids, ids)
        members += "".join(
            _member("via", part, way_ids, ids)
            for part in ([via] if isinstance(via, str) else via)
        )
        members += _member("to", target, way_ids, ids)
        tags = {"type": "restriction", "restriction": kind} | (more[0] if more else {})
        lines.append(
            f'<relation id="{5000 + rank}" version="1">{members}{_tags(tags)}'
            "</relation>"
        )
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def _bounds(lon, lat):
    west, south, east, north = (
        f"{value:.7f}"
        for value in (
            min(lon) - 0.01,
            min(lat) - 0.01,
            max(lon) + 0.01,
            max(lat) + 0.01,
        )
    )
    return (
        f'<bounds minlat="{south}" minlon="{west}" maxlat="{north}" maxlon="{east}"/>'
    )


def _tags(tags):
    return "".join(
        f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()
    )


def _member(role, name, way_ids, ids):
    if len(name) == 1:
        return f'<member type="node" ref="{ids[name]}" role="{role}"/>'
    return f'<member type="way" ref="{way_ids[name]}" role="{role}"/>'
