"""The real road network of a study: read, climbed, made ready for each vehicle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from filelock import FileLock

from eitgeo.crs import to_degrees
from eitgeo.errors import StudyError
from eitgeo.roads.matrix.od_matrix import Limits
from eitgeo.roads.matrix.topology import Network, prepare_network
from eitgeo.roads.network.bd_topo_graph import (
    build_bd_topo_graph,
    section_names,
    way_names,
)
from eitgeo.roads.network.climb import add_climb, without_climb
from eitgeo.roads.network.closures import road_names
from eitgeo.roads.network.graph import RoadGraph, build_graph
from eitgeo.roads.network.graph_tables import graph_of_tables
from eitgeo.roads.network.osmnx_graph import graph_from_osmnx, named_ways
from eitgeo.roads.network.profile import Costs, add_settled, edge_costs, fleet
from eitgeo.sources.ground.bd_topo import read_bd_topo_roads
from eitgeo.sources.ground.elevation import Elevation
from eitgeo.sources.ground.osm_roads import read_osm_regions
from eitgeo.sources.ground.osmnx_roads import read_osmnx_graph
from eitgeo.sources.ground.relief import read_relief
from eitgeo.steps.files import GRAPH, network_files, relief_files
from eitgeo.store import refused
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    type Box = tuple[float, float, float, float]
    type Ready = tuple[Network, Costs, Limits]

PROFILES = ("truck", "car")
_RELIEF_MARGIN_M = 2_000.0
"""Relief that is read around the roads."""


def load_graph(
    project: Project, communes: gpd.GeoDataFrame
) -> tuple[RoadGraph, pd.DataFrame, Elevation | None]:
    """Read the roads around the communes, their names, and their climb if told."""
    network = project.study.roads.network
    box = _around(communes.total_bounds, network.margin_km)
    plain, names = _read_roads(project, box)
    graph = add_settled(plain)
    files = relief_files(project)
    if not files:
        return without_climb(graph), names, None
    whole = np.array([graph.x.min(), graph.y.min(), graph.x.max(), graph.y.max()])
    around = _around(whole, _RELIEF_MARGIN_M / 1000)
    elevation = read_relief(files, bounds=around).elevation
    return add_climb(graph, elevation, smooth_m=network.smooth_m), names, elevation


def _read_roads(project: Project, box: Box) -> tuple[RoadGraph, pd.DataFrame]:
    path, reader = network_path(project), project.study.roads.network.reader
    if reader == "bd_topo":
        sections = read_bd_topo_roads(path, bounds=box).table
        graph = build_bd_topo_graph(sections)
        return graph, section_names(graph, sections)
    if reader == "osmnx":
        saved = read_osmnx_graph(path)
        graph = graph_from_osmnx(saved)
        return graph, way_names(graph, named_ways(saved))
    files = network_files(project)
    roads = read_osm_regions(files, bounds=_degrees(box))
    graph = build_graph(roads)
    return graph, road_names(graph, roads)


def _degrees(box: Box) -> Box:
    west, south, east, north = to_degrees().transform_bounds(*box)
    return west, south, east, north


def network_path(project: Project) -> Path:
    """Say where the real network of a study is read."""
    written = project.study.roads.network.path
    if written is None:  # the study cannot have been opened without
        message = "« roads.network.path » est nécessaire à un réseau réel"
        raise StudyError(message)
    return project.path(written)


def _around(bounds: np.ndarray, margin_km: float) -> Box:
    west, south, east, north = map(float, bounds)
    away_m = 1000 * margin_km
    return west - away_m, south - away_m, east + away_m, north + away_m


def ready_networks(project: Project, graph: RoadGraph) -> dict[str, Ready]:
    """Make the network ready for the truck of the study and for the car."""
    roads = project.study.roads
    vehicles = fleet(roads)
    names = {"truck": roads.waste_vehicle, "car": "car"}
    cache = project.cache / "roads"
    with _alone(cache):
        networks = {one: prepare_network(graph, one, cache=cache) for one in PROFILES}
    return {
        profile: (
            networks[profile],
            edge_costs(graph, vehicles[names[profile]]),
            Limits(
                max_snap_m=roads.max_snap_m,
                max_minutes=roads.max_minutes,
                access_kmh=getattr(roads, profile).access_kmh,
                terminal_minutes=getattr(roads, profile).terminal_minutes,
            ),
        )
        for profile in PROFILES
    }


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Let one step at a time put a network in order: the next ones read it."""
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(cache.with_suffix(".lock")).acquire()
    except OSError as error:
        raise refused(cache.name, error) from error
    with lock:
        yield


def read_graph(project: Project) -> RoadGraph:
    """Rebuild the graph from the tables of step ``roads``."""
    folder = project.processed
    return graph_of_tables({name: read_table(folder, name) for name in GRAPH})
