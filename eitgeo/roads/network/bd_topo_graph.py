"""A road graph from BD TOPO: the same junctions, edges and rules as from elsewhere.

BD TOPO cuts its sections at every junction, and gives them by their number of
importance; they are named here by the classes of road that vehicles have speeds for.
Numbers and names of roads, here and in graphs of osmnx, are told too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from eitgeo.crs import to_degrees
from eitgeo.errors import SourceError
from eitgeo.roads.network.graph import Chains, RoadGraph, covered_ground, join_chains
from eitgeo.roads.network.tags import CLOSED, LIMITS, OPEN, VEHICLES, WAYS_READ

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

SNAP_M = 0.1
"""Ends nearer than this are one junction: BD TOPO rounds to the decimetre."""
_BY_NATURE = {
    "Type autoroutier": "motorway",
    "Autoroute": "motorway",
    "Quasi-autoroute": "motorway",
    "Route à 2 chaussées": "trunk",
    "Chemin": "track",
    "Route empierrée": "track",
}
_BY_IMPORTANCE = {
    "1": "trunk",
    "2": "primary",
    "3": "secondary",
    "4": "tertiary",
    "5": "unclassified",
}
_LINKED = ("motorway", "trunk", "primary", "secondary", "tertiary")
_RAMP = ("Bretelle",)
_NOT_ROADS = (
    "Bac auto",
    "Bac ou liaison maritime",
    "Bac piéton",
    "Escalier",
    "Piste cyclable",
    "Sentier",
)
_BARRED_ACCESS = ("Physiquement impossible", "Restreint aux ayants droit")
_BARRED_USES = ("Aire piétonne", "Piste cyclable", "Voie de bus", "Voie verte")
_TOLL = ("A péage", "À péage")
_SWAPPED = {f"{stem}_forward": f"{stem}_backward" for stem in ("kmh", *VEHICLES)}


def build_bd_topo_graph(sections: gpd.GeoDataFrame) -> RoadGraph:
    """Build the graph of the road sections of BD TOPO.

    ``sections``: table ``road_restrictions``, from `read_bd_topo_roads`, EPSG:2154.
    Returns: every edge that a truck or a car may use in one direction at least. No turn
    is forbidden: the class ``non_communication`` is not read. Refused when no section
    carries vehicles.

    Notes
    -----
    Motorways by nature, other roads by importance (1 ``trunk`` … 5 ``unclassified``,
    ``residential`` in town), ramps as ``…_link``, tracks closed. Private sections and
    those of restricted access are closed, as ``access=private`` is. The mean speed
    of cars (``vitesse_moyenne_vl``) is no sign: a car drives it, junctions and slopes
    included, and no truck drives faster. A section that is closed part of the year
    stays open. A direction that is not filled in bars the
    section. Fictitious sections are kept: they join what the survey cut.

    References
    ----------
    IGN, BD TOPO 3, descriptif de contenu, classe « Tronçon de route »,
    https://geoservices.ign.fr/bdtopo.
    """
    attributes = section_attributes(sections)
    senses = [name for pair in _SWAPPED.items() for name in pair if "kmh" not in name]
    open_somewhere = (attributes[senses] != CLOSED).any(axis=1).to_numpy()
    road = ~sections["nature"].isin(_NOT_ROADS).to_numpy()
    used = np.flatnonzero(open_somewhere & road & (sections.length.to_numpy() > 0))
    if not len(used):
        message = (
            "BD TOPO : aucun tronçon carrossable dans l'emprise de l'étude\n"
            "  → prendre la livraison qui couvre le territoire et sa couronne"
        )
        raise SourceError(message)
    lines, of = _without_loops(_plain(sections.geometry.to_numpy()[used]))
    way = used[of]
    nodes, ends = _junctions(lines)
    nowhere = np.empty(0, dtype=np.int64)
    chains = join_chains(ends, sides=_sides(attributes.iloc[way]), fixed=nowhere)
    edges, edge_lines = _edges(chains, attributes.iloc[way], lines)
    edges.insert(3, "way_id", _numbers(sections["section_id"])[way[_first(chains)]])
    return RoadGraph(
        x=nodes[:, 0],
        y=nodes[:, 1],
        edges=edges,
        lines=edge_lines,
        forbidden=dict.fromkeys(VEHICLES, ()),
        ground=covered_ground(*shapely.get_coordinates(sections.geometry).T),
        counts={
            "sections qui ne sont pas des routes": int((~road).sum()),
            "sections sans usage permis": int((road & ~open_somewhere).sum()),
            "sections fermées une partie de l'année, gardées ouvertes": int(
                sections["closed_period"].iloc[used].ne("").sum()
            ),
        },
        signs={WAYS_READ: len(sections), "interdictions de tourner": 0},
    )


def section_attributes(sections: pd.DataFrame) -> pd.DataFrame:
    """Say what each section is to a truck and to a car."""
    table = pd.DataFrame({"class": _classes(sections)}, dtype="str")
    for name in ("kmh_forward", "kmh_backward", "kmh_hgv"):
        table[name] = np.nan
    speed = sections["car_speed_kmh"]
    table["kmh_mean"] = speed.where(speed > 0).to_numpy()
    for name in LIMITS:
        table[name] = sections[name].to_numpy(dtype=float)
    barred = sections["is_private"] | sections["car_access"].isin(_BARRED_ACCESS)
    barred |= sections["restriction_kind"].isin(_BARRED_USES)
    barred |= table["class"].eq("track").to_numpy()
    for way in ("forward", "backward"):
        led = sections["direction"].isin(["both", way]).to_numpy()
        use = np.where(led & ~barred.to_numpy(), OPEN, CLOSED).astype(np.int8)
        for vehicle in VEHICLES:
            table[f"{vehicle}_{way}"] = use
    level = pd.to_numeric(sections["level"], errors="coerce").fillna(0).to_numpy()
    table["bridge"], table["tunnel"] = level > 0, level < 0
    table["toll"] = sections["car_access"].isin(_TOLL).to_numpy()
    return table


def _classes(sections: pd.DataFrame) -> np.ndarray:
    by_rank = sections["importance"].map(_BY_IMPORTANCE).fillna("unclassified")
    in_town = by_rank.eq("unclassified") & sections["is_urban"]
    by_rank = by_rank.mask(in_town, "residential")
    named = sections["nature"].map(_BY_NATURE)
    # « Route à 2 chaussées » of little importance is an avenue.
    named = named.mask(named.eq("trunk") & ~by_rank.isin(["trunk", "primary"]))
    classes = named.fillna(by_rank)
    ramp = sections["nature"].isin(_RAMP) & classes.isin(_LINKED)
    return np.asarray(classes.mask(ramp, classes + "_link"), dtype=object)


def _plain(shapes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Lines in two dimensions; the parts of a section that is drawn in several."""
    return np.asarray(shapely.line_merge(shapely.force_2d(shapes)))


def _without_loops(shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Ints]:
    """Single lines, and the row each comes from; a loop is cut at its middle."""
    lines, of = shapely.get_parts(shapes, return_index=True)
    ends = [shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1)]
    loop = (_cells(ends[0]) == _cells(ends[1])).all(axis=1)
    halves = [shapely.get_parts(_cut(line)) for line in lines[loop]]
    pieces = np.concatenate([lines[~loop], *halves])
    owner = np.concatenate([of[~loop], np.repeat(of[loop], 2)])
    order = np.argsort(owner, kind="stable")
    return pieces[order], owner[order]


def _cut(line: Any) -> Any:
    points = shapely.get_coordinates(line)
    middle = len(points) // 2
    return shapely.multilinestrings([points[: middle + 1], points[middle:]])


def _cells(points: Floats) -> Ints:
    return np.rint(points / SNAP_M).astype(np.int64)


def _junctions(lines: npt.NDArray[Any]) -> tuple[Floats, Ints]:
    """Positions of the junctions, and both ends of each line among them."""
    ends = np.stack(
        [shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1)],
        axis=1,
    ).reshape(-1, 2)
    _, first, which = np.unique(
        _cells(ends), axis=0, return_index=True, return_inverse=True
    )
    return ends[first], which.reshape(-1, 2)


def _sides(attributes: pd.DataFrame) -> Ints:
    """Say what each section allows, along it and against it, as two labels."""
    swap = _SWAPPED | {new: old for old, new in _SWAPPED.items()}
    against = attributes.rename(columns=swap)[list(attributes.columns)]
    both = pd.concat([attributes, against], ignore_index=True)
    label = both.groupby(list(both.columns), dropna=False, sort=False).ngroup()
    return np.asarray(label, dtype=np.int64).reshape((2, -1)).T.copy()


def _first(chains: Chains) -> Ints:
    return chains.order[chains.starts[:-1]]


def _edges(
    chains: Chains, attributes: pd.DataFrame, lines: npt.NDArray[Any]
) -> tuple[pd.DataFrame, npt.NDArray[Any]]:
    first = _first(chains)
    edges = attributes.iloc[first].reset_index(drop=True)
    turned = ~chains.along[first]
    for one, other in _SWAPPED.items():
        forward = edges[one].to_numpy().copy()
        edges[one] = np.where(turned, edges[other], edges[one])
        edges[other] = np.where(turned, forward, edges[other])
    edge_lines = _joined(chains, lines)
    edges.insert(0, "u", chains.u)
    edges.insert(1, "v", chains.v)
    edges.insert(2, "length_m", _geodesic_m(edge_lines))
    return edges, edge_lines


def _joined(chains: Chains, lines: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Draw each chain: its sections one after the other, shared ends once."""
    along = chains.along[chains.order]
    ordered = lines[chains.order]
    ordered = np.where(along, ordered, shapely.reverse(ordered))
    points, section = shapely.get_coordinates(ordered, return_index=True)
    edge = np.repeat(np.arange(len(chains.starts) - 1), np.diff(chains.starts))
    owner = edge[section]
    inner = np.zeros(len(points), dtype=bool)
    inner[1:] = (section[1:] != section[:-1]) & (owner[1:] == owner[:-1])
    return np.asarray(shapely.linestrings(points[~inner], indices=owner[~inner]))


def _geodesic_m(lines: npt.NDArray[Any]) -> Floats:
    points, owner = shapely.get_coordinates(lines, return_index=True)
    lon, lat = to_degrees().transform(points[:, 0], points[:, 1])
    geod = pyproj.Geod(ellps="GRS80")
    _, _, step_m = geod.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    same = owner[1:] == owner[:-1]
    total_m = np.bincount(owner[1:][same], np.asarray(step_m)[same], len(lines))
    return total_m.astype(float)


def _numbers(names: pd.Series[str]) -> Ints:
    """Take the number that ends each identifier (``TRONROUT0012``), 0 without."""
    digits = names.str.extract(r"(\d{1,18})$", expand=False)
    return np.asarray(digits.fillna("0").astype("int64"))


def section_names(graph: RoadGraph, sections: gpd.GeoDataFrame) -> pd.DataFrame:
    """List the sections of BD TOPO that each edge is made of, with their numbers.

    ``sections``: table ``road_restrictions`` that it was built from, EPSG:2154.
    Returns: as :func:`eitgeo.roads.network.closures.road_names`: ``edge``, ``way_id``
    (the digits of the identifier of the section), ``ref`` (its number), ``name``
    (empty: the table has none).

    Notes
    -----
    Sections meet at their ends only: the edge at the middle of a section is the one
    that holds it. A section that is no road of the graph is on no edge.
    """
    middle = shapely.line_interpolate_point(
        shapely.force_2d(sections.geometry.to_numpy()), 0.5, normalized=True
    )
    real = np.flatnonzero(graph.edges["length_m"].to_numpy() > 0)
    tree = shapely.STRtree(graph.lines[real])
    section, nearest = tree.query_nearest(
        middle, max_distance=2 * SNAP_M, all_matches=False
    )
    rows = sections.iloc[section]
    table = pd.DataFrame({"edge": real[nearest]})
    table["way_id"] = _numbers(rows["section_id"].astype("str"))
    table["ref"] = rows["road_number"].to_numpy()
    table["name"] = ""
    return table.sort_values(["edge", "way_id"], ignore_index=True)


def way_names(graph: RoadGraph, named: Mapping[int, tuple[str, str]]) -> pd.DataFrame:
    """List the way that each edge is, with its number and name.

    ``named``: number (``ref``) and name by OSM identifier of way. Returns: as
    :func:`eitgeo.roads.network.closures.road_names`; of an edge of several ways, the
    first.
    """
    ids = graph.edges["way_id"].to_numpy()
    pairs = [named.get(int(one), ("", "")) for one in ids]
    table = pd.DataFrame(pairs, columns=["ref", "name"])
    table.insert(0, "edge", np.arange(len(ids)))
    table.insert(1, "way_id", ids)
    return table.sort_values(["edge", "way_id"], ignore_index=True)
