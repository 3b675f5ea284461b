"""Roads of one's own: read them, measure trips on them, see how far one gets."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.check import WORKING_EPSG
from eitgeo.errors import StudyError
from eitgeo.library.layers import (
    as_path,
    require_layer,
    require_listed,
    require_near,
    require_points,
)
from eitgeo.roads.matrix.od_matrix import Limits, trips
from eitgeo.roads.matrix.router import geodesic_m, snap
from eitgeo.roads.matrix.topology import Network, build_topology, order_network
from eitgeo.roads.network.bd_topo_graph import build_bd_topo_graph
from eitgeo.roads.network.climb import add_climb, without_climb
from eitgeo.roads.network.closures import touched_edges, without
from eitgeo.roads.network.graph import RoadGraph, build_graph
from eitgeo.roads.network.osmnx_graph import graph_from_osmnx, graph_to_osmnx
from eitgeo.roads.network.profile import Costs, Vehicle, add_settled, edge_costs, fleet
from eitgeo.roads.questions.isochrones import isochrones as bands
from eitgeo.roads.questions.isochrones import links_of, reach
from eitgeo.sources.ground.bd_topo import read_bd_topo_roads
from eitgeo.sources.ground.osm_roads import read_osm_roads
from eitgeo.sources.ground.osmnx_roads import read_osmnx_graph
from eitgeo.sources.ground.relief import read_relief

if TYPE_CHECKING:
    import networkx as nx

    type Box = tuple[float, float, float, float]
    type Source = str | os.PathLike[str] | nx.MultiDiGraph[Any]

TRUCK, CAR = "truck", "car"
_VEHICLES = {TRUCK: "hooklift_26t", CAR: "car"}
"""What is meant by the two plain words."""

_MATRIX = [
    "time_s",
    "length_m",
    "ascent_m",
    "descent_m",
    "unknown_m",
    "straight_m",
    "snap_origin_m",
    "snap_destination_m",
]
_SHOWN = ["class", "length_m", "ascent_m", "max_weight_t", "max_height_m"]


@dataclass(frozen=True)
class Roads:
    """Roads that trips can be asked of.

    Attributes
    ----------
    graph
        Junctions, edges between them, with what they allow a truck and a car.
    """

    graph: RoadGraph
    _networks: dict[str, Network] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __repr__(self) -> str:
        """Say how large the network is."""
        edges = self.graph.edges
        km = edges["length_m"].sum() / 1000
        return f"Roads({len(self.graph.x)} junctions, {len(edges)} edges, {km:.0f} km)"

    @property
    def edges(self) -> gpd.GeoDataFrame:
        """The edges as a layer to look at.

        Returns
        -------
        geopandas.GeoDataFrame
            EPSG:2154: ``class``, ``length_m``, ``ascent_m`` (NaN without relief),
            ``max_weight_t``, ``max_height_m`` (NaN: unknown), ``truck`` and ``car``
            (may be driven in one direction at least).
        """
        edges = self.graph.edges
        shown = edges[_SHOWN].copy()
        for kind in (TRUCK, CAR):
            uses = edges[[f"{kind}_forward", f"{kind}_backward"]]
            shown[kind] = (uses > 0).any(axis=1)
        return gpd.GeoDataFrame(shown, geometry=self.graph.lines, crs=WORKING_EPSG)

    def network(self, kind: str) -> Network:
        """Order the network of a kind of vehicle, once."""
        if kind not in self._networks:
            topology = build_topology(self.graph, kind)
            self._networks[kind] = order_network(self.graph, topology)
        return self._networks[kind]


def read_roads(
    source: Source,
    *,
    bounds: Box | None = None,
    relief: Iterable[str | os.PathLike[str]] = (),
) -> Roads:
    """Read a road network from a file, or take it from a graph of osmnx.

    Parameters
    ----------
    source
        OpenStreetMap extract (``.osm.pbf``, ``.osm``, ``.osm.bz2``), road sections of
        BD TOPO (``.gpkg``, ``.shp``, ``.7z``, ``.zip``), or a graph of osmnx, at hand
        or saved (``.graphml``).
    bounds
        West, south, east, north [degrees, EPSG:4326]; None: all of it.
    relief
        Tiles of altitudes (``.hgt``, ``.asc``, ``.tif``): climbs are known then.

    Returns
    -------
    Roads
        EPSG:2154, lengths in metres.

    Raises
    ------
    SourceError
        File absent, unreadable, or without a road: what is wrong with a file is told
        in French, as a study tells it.
    CrsError
        CRS absent, or outside metropolitan France and its neighbours.
    StudyError
        When the bounds are no degrees.

    Notes
    -----
    Directions, speeds signed, limits of weight and size and, from an extract, turn
    bans and barriers are read; see :class:`Roads`. A graph of osmnx holds neither
    turn bans nor barriers.

    Examples
    --------
    >>> import eitgeo as eg
    >>> eg.read_roads("notebooks/exemple_routes.osm")
    Roads(10 junctions, 11 edges, 62 km)
    """
    graph = _read(source, bounds)
    tiles = [as_path(path) for path in relief]
    graph = add_settled(graph)
    if not tiles:
        return Roads(without_climb(graph))
    around = (graph.x.min(), graph.y.min(), graph.x.max(), graph.y.max())
    margin_m = np.array([-1, -1, 1, 1]) * _RELIEF_MARGIN_M
    box = tuple(float(side) for side in np.array(around) + margin_m)
    return Roads(add_climb(graph, read_relief(tiles, bounds=box).elevation))  # type: ignore[arg-type]


_RELIEF_MARGIN_M = 2_000.0


def _read(source: Source, bounds: Box | None) -> RoadGraph:
    if not isinstance(source, str | os.PathLike):
        return _of_osmnx(source)
    path = as_path(source)
    _require_degrees(bounds)
    if path.suffix == ".graphml":
        return _of_osmnx(read_osmnx_graph(path))
    if path.suffix in {".osm", ".pbf", ".bz2"}:
        return build_graph(read_osm_roads(path, bounds=bounds))
    box = None
    if bounds is not None:
        corners = gpd.GeoSeries.from_xy(bounds[::2], bounds[1::2], crs=4326)
        box = tuple(map(float, corners.to_crs(WORKING_EPSG).total_bounds))
    return build_bd_topo_graph(read_bd_topo_roads(path, bounds=box).table)  # type: ignore[arg-type]


def _of_osmnx(graph: Any) -> RoadGraph:
    # Half a second to import: who reads a file does without it.
    import networkx as nx  # noqa: PLC0415

    if not isinstance(graph, nx.MultiDiGraph):
        message = (
            "graph: a MultiDiGraph is needed, as osmnx makes it, got "
            f"{type(graph).__name__}"
        )
        raise TypeError(message)
    roads = graph_from_osmnx(graph)
    require_near(roads.x, roads.y, name="graph")
    return roads


def _require_degrees(bounds: Box | None) -> None:
    if bounds is None:
        return
    west, south, east, north = bounds
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004
        message = f"bounds: west, south, east, north in degrees, got {bounds}"
        raise StudyError(message)


def from_osmnx(graph: nx.MultiDiGraph[Any]) -> Roads:
    """Take the roads of a graph of osmnx.

    Parameters
    ----------
    graph
        As osmnx makes it, simplified and consolidated or not, in any CRS.

    Returns
    -------
    Roads
        Same lengths; where ``osmnx.add_edge_speeds`` told speeds, same times by car.

    Raises
    ------
    CrsError
        When the graph tells no CRS, or lies outside metropolitan France.
    TypeError
        When it is no MultiDiGraph.
    SourceError
        When no edge may be driven.

    Notes
    -----
    Trucks are barred where the tags say so (``hgv``, ``maxweight``, ``maxheight`` …);
    osmnx keeps them once they stand in ``osmnx.settings.useful_tags_way``.

    Examples
    --------
    >>> import networkx as nx
    >>> import eitgeo as eg
    >>> graph = nx.MultiDiGraph(crs="EPSG:4326")
    >>> graph.add_node(1, x=0.72, y=43.11)
    >>> graph.add_node(2, x=0.74, y=43.11)
    >>> _ = graph.add_edge(1, 2, osmid=7, highway="primary", length=1630.0)
    >>> eg.from_osmnx(graph)
    Roads(2 junctions, 1 edges, 2 km)
    """
    return Roads(without_climb(add_settled(_of_osmnx(graph))))


def to_osmnx(roads: Roads) -> nx.MultiDiGraph[Any]:
    """Give the roads as a graph that osmnx plots, projects and routes on.

    Parameters
    ----------
    roads
        From :func:`read_roads` or :func:`from_osmnx`.

    Returns
    -------
    networkx.MultiDiGraph
        EPSG:4326, one edge a direction, with the tags that osmnx knows. Turn bans
        have no place in it.

    Examples
    --------
    >>> import eitgeo as eg
    >>> roads = eg.read_roads("notebooks/exemple_routes.osm")
    >>> graph = eg.to_osmnx(roads)
    >>> graph.number_of_edges()
    22
    """
    _require_roads(roads)
    return graph_to_osmnx(roads.graph)


def vehicle(name: str = TRUCK, **changes: Any) -> Vehicle:
    """Describe a vehicle: one of the package, with what the caller changes.

    Parameters
    ----------
    name
        ``truck`` (skip loader of 26 t), ``car``, or a name of the package's table:
        ``hooklift_26t``, ``rigid_19t``, ``artic_44t``, ``tanker_44t``.
    **changes
        Any field of :class:`eitgeo.roads.network.profile.Vehicle`: ``weight_t``,
        ``height_m``, ``kmh`` (class of road → km/h, added to the others), and so on.

    Returns
    -------
    Vehicle
        To be given wherever ``vehicle=`` is asked.

    Raises
    ------
    StudyError
        When the name is not one of the table.
    TypeError
        When a change is no field of a vehicle.

    Examples
    --------
    >>> import eitgeo as eg
    >>> eg.vehicle("truck", weight_t=19).weight_t
    19
    """
    known = fleet()
    wanted = _VEHICLES.get(name, name)
    if wanted not in known:
        message = (
            f"vehicle {name!r} is unknown: one of {', '.join({**_VEHICLES, **known})}"
        )
        raise StudyError(message)
    speeds = known[wanted].kmh | changes.pop("kmh", {})
    return dataclasses.replace(known[wanted], kmh=speeds, **changes)


def od_matrix(  # noqa: PLR0913 - options, by name alone
    roads: Roads,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame | None = None,
    *,
    vehicle: str | Vehicle = TRUCK,
    max_minutes: float = np.inf,
    max_snap_m: float = 2_000.0,
    access_kmh: float = 30.0,
    terminal_minutes: float = 0.0,
    closed: gpd.GeoDataFrame | None = None,
    straight: bool = False,
) -> pd.DataFrame:
    """Measure the trip of least time between each origin and each destination.

    Parameters
    ----------
    roads
        The network.
    origins, destinations
        Points in any CRS; without destinations, the origins are both.
    vehicle
        ``truck``, ``car``, or from :func:`vehicle`.
    max_minutes
        Longer trips are ``beyond_limit`` [min].
    max_snap_m
        No road further than this from a place is taken [m].
    access_kmh
        Speed between a place and its road [km/h].
    terminal_minutes
        Time added at each end of a trip [min].
    closed
        Roads that these shapes touch are closed.
    straight
        Add the straight line (``straight_m``), which costs as much as the trips.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``origin`` and ``destination``, labels of the layers: ``time_s``,
        ``length_m``, ``ascent_m``, ``descent_m`` (NaN without relief), ``unknown_m``
        (metres where a limit of weight or height is not known), ``snap_origin_m``,
        ``snap_destination_m`` and ``status``. Figures are NaN where the status is
        neither ``ok`` nor ``same_place`` (a place to itself, or to one less than a
        metre away: at least the way to the road): a place without a road has a
        reason, not a number. ``table["time_s"].unstack()`` is the matrix.

    Raises
    ------
    CrsError
        When a layer has no CRS.
    SchemaError
        When a layer holds other shapes than points, or repeats its index.

    Notes
    -----
    Contraction hierarchy over states of the line graph: turn bans hold. A few
    origins, drawn by a seed, are held against Dijkstra at each call.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import eitgeo as eg
    >>> roads = eg.read_roads("notebooks/exemple_routes.osm")
    >>> points = gpd.GeoSeries.from_xy([0.7, 0.72], [43.1, 43.1], index=["a", "b"],
    ...     crs=4326).to_frame("geometry")
    >>> table = eg.od_matrix(roads, points, vehicle="car")
    >>> table.loc[("a", "b"), "status"]
    'ok'
    """
    network, costs = costs_of(roads, vehicle)
    starts = _places(require_points(origins, name="origins"))
    stops = starts
    if destinations is not None:
        stops = _places(require_points(destinations, name="destinations"))
    journeys = trips(
        network,
        costs,
        origins=starts,
        destinations=stops,
        limits=Limits(max_snap_m, max_minutes, access_kmh, terminal_minutes),
        closed=_closed(roads, closed),
    )
    figures = {name: values.ravel() for name, values in journeys.figures.items()}
    if roads.graph.edges["ascent_m"].isna().all():
        unknown = np.full_like(figures["time_s"], np.nan)
        figures |= {"ascent_m": unknown, "descent_m": unknown}
    if straight:
        points = (
            (side["x"].to_numpy(), side["y"].to_numpy()) for side in (starts, stops)
        )
        figures["straight_m"] = geodesic_m(*points).ravel()
    snap_m = [side.snap_m for side in journeys.ends]
    figures["snap_origin_m"] = np.repeat(snap_m[0], len(stops))
    figures["snap_destination_m"] = np.tile(snap_m[1], len(starts))
    labels = (origins.index, (origins if destinations is None else destinations).index)
    pairs = pd.MultiIndex.from_product(labels, names=["origin", "destination"])
    shown = {name: figures[name] for name in _MATRIX if name in figures}
    return pd.DataFrame(shown | {"status": journeys.statuses()}, index=pairs)


def snap_places(
    roads: Roads,
    places: gpd.GeoDataFrame,
    *,
    vehicle: str | Vehicle = TRUCK,
    max_snap_m: float = 2_000.0,
) -> gpd.GeoDataFrame:
    """Set each place on the nearest road that can be left and come back to.

    Parameters
    ----------
    roads
        The network.
    places
        Points in any CRS.
    vehicle
        ``truck``, ``car``, or from :func:`vehicle`.
    max_snap_m
        No road further than this is taken [m].

    Returns
    -------
    geopandas.GeoDataFrame
        On the index of ``places``, EPSG:2154: the point on the road (empty without),
        ``edge`` (row of ``roads.edges``; −1 without), ``snap_m`` and ``status``: ``ok``
        or why there is none.

    Raises
    ------
    CrsError
        When the layer has no CRS.
    SchemaError
        When it holds other shapes than points.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import eitgeo as eg
    >>> roads = eg.read_roads("notebooks/exemple_routes.osm")
    >>> points = gpd.GeoSeries.from_xy([0.72, 2.0], [43.1, 43.1], crs=4326)
    >>> eg.snap_places(roads, points)["status"].tolist()
    ['ok', 'outside_extract']
    """
    points = require_points(places, name="places")
    snapped = snap(
        *costs_of(roads, vehicle),
        x=points.geometry.x.to_numpy(),
        y=points.geometry.y.to_numpy(),
        max_snap_m=max_snap_m,
    )
    edge, fraction = snapped.ends.edge, snapped.ends.fraction
    lines = gpd.GeoSeries(roads.graph.lines[np.maximum(edge, 0)], crs=WORKING_EPSG)
    foot = lines.interpolate(fraction, normalized=True)
    foot[edge < 0] = None
    return gpd.GeoDataFrame(
        {
            "edge": edge,
            "snap_m": snapped.snap_m,
            "status": snapped.status.astype("str"),
        },
        geometry=foot.to_numpy(),
        index=points.index,
        crs=WORKING_EPSG,
    )


def isochrones(
    roads: Roads,
    places: gpd.GeoDataFrame,
    *,
    minutes: Iterable[float] = (15, 30, 45),
    vehicle: str | Vehicle = CAR,
    max_snap_m: float = 2_000.0,
    access_kmh: float = 30.0,
    closed: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Draw what trips from the nearest of some places come to in so many minutes.

    Parameters
    ----------
    roads
        The network.
    places
        Points in any CRS.
    minutes
        Bands [min].
    vehicle
        ``truck``, ``car``, or from :func:`vehicle`.
    max_snap_m
        No road further than this is taken [m].
    access_kmh
        Speed between a place and its road [km/h].
    closed
        Roads that these shapes touch are closed; places keep theirs.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a band, shortest first, EPSG:2154: ``minutes``, ``road_km`` reached,
        ``area_km2`` and a polygon that holds those before it: the roads reached,
        widened by 250 m, holes under 0.5 km² filled.

    Raises
    ------
    CrsError
        When the layer has no CRS.
    SchemaError
        When it holds other shapes than points.
    StudyError
        When a band is not positive.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import eitgeo as eg
    >>> roads = eg.read_roads("notebooks/exemple_routes.osm")
    >>> town = gpd.GeoSeries.from_xy([0.72], [43.1], crs=4326)
    >>> eg.isochrones(roads, town, minutes=[5, 10])["minutes"].tolist()
    [5.0, 10.0]
    """
    points = require_points(places, name="places")
    network, costs = costs_of(roads, vehicle)
    x, y = points.geometry.x.to_numpy(), points.geometry.y.to_numpy()
    snapped = snap(network, costs, x=x, y=y, max_snap_m=max_snap_m)
    require_listed(minutes, name="minutes")
    asked = sorted({float(band) for band in minutes})
    if (shut := _closed(roads, closed)) is not None:
        costs = without(costs, shut)
    reached = reach(network, costs, snapped.ends, max_minutes=max(asked, default=0.0))
    away_min = snapped.snap_m / (access_kmh / 3.6) / 60
    links = links_of(network, snapped.ends, x=x, y=y, minutes=away_min)
    return bands(network, reached, minutes=asked, links=links).drop(columns="method")


def costs_of(roads: Roads, asked: str | Vehicle) -> tuple[Network, Costs]:
    """Order the network for a vehicle, and give what each edge costs it."""
    _require_roads(roads)
    driven = _vehicle(asked)
    return roads.network(driven.kind), edge_costs(roads.graph, driven)


def _require_roads(roads: Any) -> None:
    if not isinstance(roads, Roads):
        message = (
            f"roads: Roads are needed, from read_roads or from_osmnx, got "
            f"{type(roads).__name__}"
        )
        raise TypeError(message)


def _vehicle(asked: Any) -> Vehicle:
    if isinstance(asked, Vehicle):
        return asked
    if isinstance(asked, str):
        return vehicle(asked)
    message = f"vehicle: a name or a Vehicle is needed, got {type(asked).__name__}"
    raise TypeError(message)


def _places(points: gpd.GeoDataFrame) -> pd.DataFrame:
    """Lay points out as the matrix reads them: a place is known by its position."""
    xy = points.geometry.get_coordinates().to_numpy()
    return pd.DataFrame(
        {
            "place_id": [f"{x!r} {y!r}" for x, y in xy.tolist()],
            "place_kind": "place",
            "x": xy[:, 0],
            "y": xy[:, 1],
            "inner_m": 0.0,
        }
    )


def _closed(roads: Roads, shapes: gpd.GeoDataFrame | None) -> Any:
    if shapes is None:
        return None
    drawing = require_layer(shapes, name="closed").geometry.union_all()
    return np.flatnonzero(touched_edges(roads.graph, drawing))
