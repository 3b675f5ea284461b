"""How far sites are from each other: as the study says, straight or by road."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import geopandas as gpd
import numpy as np
from scipy.sparse import csr_array

from eitgeo.steps.roads.road_network import read_graph, ready_networks
from eitgeo.study.project import Project
from eitgeo.zones.clustering import plane_pairs
from eitgeo.zones.road_pairs import road_pairs


def zone_measure(project: Project) -> Callable[[gpd.GeoDataFrame], csr_array]:
    """Return what measures the distances between sites."""
    zones = project.study.zones
    reach = max(zones.radii)
    if zones.distance == "plane":
        return partial(plane_pairs, max_m=reach)
    in_minutes = zones.distance == "truck_min"
    return partial(_by_truck(project), reach=reach, in_minutes=in_minutes)


def all_road_metres(project: Project) -> Callable[[gpd.GeoDataFrame], csr_array]:
    """Return what measures the roads between all sites, however far."""
    return partial(_by_truck(project), reach=np.inf, in_minutes=False)


def _by_truck(project: Project) -> Callable[..., csr_array]:
    network, costs, limits = ready_networks(project, read_graph(project))["truck"]
    return partial(road_pairs, network=network, costs=costs, limits=limits)
