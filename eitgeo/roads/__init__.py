"""Road times and lengths between places, and whether a road crosses a border.

Two networks stand behind the same tables: the surrogate (« réseau de substitution »,
seats joined along borders), and a real one from a dated extract of OpenStreetMap or
BD TOPO, on which the paths of vehicles are exact.
"""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.roads._layout import Ends
    from eitgeo.roads.access_changes import (
        StudyPairs,
        access_changes,
        study_pairs,
        worst_change,
    )
    from eitgeo.roads.bd_topo_graph import build_bd_topo_graph
    from eitgeo.roads.calibration import (
        calibrate,
        fit_summary,
        network_trip_fit,
        trip_fit,
    )
    from eitgeo.roads.climb import add_climb, turn_rad, without_climb
    from eitgeo.roads.closures import (
        Closure,
        closure_report,
        find_closures,
        road_names,
        without,
    )
    from eitgeo.roads.contiguity import add_crossing_minutes, add_road_minutes
    from eitgeo.roads.criticality import closure_losses, criticality, main_links
    from eitgeo.roads.crosscheck import (
        CrossCheck,
        cross_check,
        detour_index,
        straight_check,
    )
    from eitgeo.roads.crossings import border_crossings
    from eitgeo.roads.fleet import fleet, vehicle_for_state
    from eitgeo.roads.graph import RoadGraph, build_graph
    from eitgeo.roads.graph_tables import (
        edge_ids,
        graph_of_tables,
        graph_tables,
        no_graph_tables,
    )
    from eitgeo.roads.isochrones import Drawing, isochrones, reach
    from eitgeo.roads.matrix_blocks import Part, announced_gb, write_matrix
    from eitgeo.roads.network import prepare_network
    from eitgeo.roads.network_matrix import Limits, network_matrix
    from eitgeo.roads.od_matrix import commune_places, od_matrix, outlet_places
    from eitgeo.roads.paths import draw_pairs, paths
    from eitgeo.roads.peers import draw_pairs_to_check, osrm_routes, valhalla_routes
    from eitgeo.roads.profile import Costs, Vehicle, edge_costs
    from eitgeo.roads.reached_communes import reached_communes
    from eitgeo.roads.report import island_report, known_limits, road_islands
    from eitgeo.roads.road_words import section_names
    from eitgeo.roads.router import Network, fastest_times, many_to_many, order_network
    from eitgeo.roads.seats import best_seats
    from eitgeo.roads.shares import band_shares
    from eitgeo.roads.snap import Snapped, snap
    from eitgeo.roads.surrogate import SurrogateNetwork, build_surrogate
    from eitgeo.roads.topology import build_topology
    from eitgeo.roads.towns import town_minutes

__all__ = [
    "Closure",
    "Costs",
    "CrossCheck",
    "Drawing",
    "Ends",
    "Limits",
    "Network",
    "Part",
    "RoadGraph",
    "Snapped",
    "StudyPairs",
    "SurrogateNetwork",
    "Vehicle",
    "access_changes",
    "add_climb",
    "add_crossing_minutes",
    "add_road_minutes",
    "announced_gb",
    "band_shares",
    "best_seats",
    "border_crossings",
    "build_bd_topo_graph",
    "build_graph",
    "build_surrogate",
    "build_topology",
    "calibrate",
    "closure_losses",
    "closure_report",
    "commune_places",
    "criticality",
    "cross_check",
    "detour_index",
    "draw_pairs",
    "draw_pairs_to_check",
    "edge_costs",
    "edge_ids",
    "fastest_times",
    "find_closures",
    "fit_summary",
    "fleet",
    "graph_of_tables",
    "graph_tables",
    "island_report",
    "isochrones",
    "known_limits",
    "main_links",
    "many_to_many",
    "network_matrix",
    "network_trip_fit",
    "no_graph_tables",
    "od_matrix",
    "order_network",
    "osrm_routes",
    "outlet_places",
    "paths",
    "prepare_network",
    "reach",
    "reached_communes",
    "road_islands",
    "road_names",
    "section_names",
    "snap",
    "straight_check",
    "study_pairs",
    "town_minutes",
    "trip_fit",
    "turn_rad",
    "valhalla_routes",
    "vehicle_for_state",
    "without",
    "without_climb",
    "worst_change",
    "write_matrix",
]

lend(__name__)
