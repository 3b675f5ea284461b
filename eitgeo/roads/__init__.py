"""Road times and lengths between places, and whether a road crosses a border.

Two networks stand behind the same tables: the surrogate (« réseau de substitution »,
seats joined along borders), and a real one from a dated extract of OpenStreetMap or
BD TOPO, on which the paths of vehicles are exact.
"""

from eitgeo.roads._layout import Ends
from eitgeo.roads.bd_topo_graph import build_bd_topo_graph
from eitgeo.roads.calibration import (
    calibrate,
    fit_summary,
    network_trip_fit,
    trip_fit,
)
from eitgeo.roads.climb import add_climb, turn_rad, without_climb
from eitgeo.roads.contiguity import add_crossing_minutes, add_road_minutes
from eitgeo.roads.crossings import border_crossings
from eitgeo.roads.fleet import fleet, vehicle_for_state
from eitgeo.roads.graph import RoadGraph, build_graph
from eitgeo.roads.graph_tables import (
    graph_of_tables,
    graph_tables,
    no_graph_tables,
)
from eitgeo.roads.matrix_blocks import Part, announced_gb, write_matrix
from eitgeo.roads.network import prepare_network
from eitgeo.roads.network_matrix import Limits, network_matrix
from eitgeo.roads.od_matrix import commune_places, od_matrix, outlet_places
from eitgeo.roads.profile import Costs, Vehicle, edge_costs
from eitgeo.roads.report import island_report, known_limits, road_islands
from eitgeo.roads.router import Network, many_to_many
from eitgeo.roads.snap import Snapped, snap
from eitgeo.roads.surrogate import SurrogateNetwork, build_surrogate
from eitgeo.roads.towns import town_minutes

__all__ = [
    "Costs",
    "Ends",
    "Limits",
    "Network",
    "Part",
    "RoadGraph",
    "Snapped",
    "SurrogateNetwork",
    "Vehicle",
    "add_climb",
    "add_crossing_minutes",
    "add_road_minutes",
    "announced_gb",
    "border_crossings",
    "build_bd_topo_graph",
    "build_graph",
    "build_surrogate",
    "calibrate",
    "commune_places",
    "edge_costs",
    "fit_summary",
    "fleet",
    "graph_of_tables",
    "graph_tables",
    "island_report",
    "known_limits",
    "many_to_many",
    "network_matrix",
    "network_trip_fit",
    "no_graph_tables",
    "od_matrix",
    "outlet_places",
    "prepare_network",
    "road_islands",
    "snap",
    "town_minutes",
    "trip_fit",
    "turn_rad",
    "vehicle_for_state",
    "without_climb",
    "write_matrix",
]
