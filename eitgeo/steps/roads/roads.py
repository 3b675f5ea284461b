"""Read the road network, or draw the surrogate; hold it against known trips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.roads.matrix.od_matrix import commune_places
from eitgeo.roads.network.graph import RoadGraph
from eitgeo.roads.network.graph_tables import (
    graph_tables,
    name_table,
    no_graph_tables,
)
from eitgeo.roads.network.surrogate import build_surrogate
from eitgeo.roads.questions.contiguity import (
    add_crossing_minutes,
    add_road_minutes,
    border_crossings,
)
from eitgeo.roads.questions.report import (
    fit_summary,
    island_report,
    known_limits,
    network_trip_fit,
    road_islands,
    trip_fit,
)
from eitgeo.sources.ground.elevation import Elevation, heights
from eitgeo.steps.inputs.relief import load_elevation
from eitgeo.steps.inputs.renewal import load_junctions, load_trips
from eitgeo.steps.roads.road_network import PROFILES, load_graph, ready_networks
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table
from eitgeo.territory.membership import within_layer
from eitgeo.words import NBSP, french_number

if TYPE_CHECKING:
    from eitgeo.steps.roads.road_network import Ready


@step(
    "Réseau routier et contiguïté par la route",
    reads=("borders",),
    writes=(
        "road_nodes",
        "road_edges",
        "road_lines",
        "road_names",
        "road_turns",
        "road_ground",
        "road_report",
        "road_islands",
        "road_fit",
        "contiguity",
    ),
    files="road_files",
)
def run(*, project: Project) -> dict[str, object]:
    """Write the road network, ``road_fit`` and ``contiguity``."""
    if project.study.roads.network.is_surrogate:
        return _surrogate(project)
    return _real(project)


def _surrogate(project: Project) -> dict[str, object]:
    roads = project.study.roads
    communes = read_table(project.processed, "communes")
    borders = read_table(project.processed, "borders")
    junctions = load_junctions(project, communes)
    exits = within_layer(junctions, communes)
    network = build_surrogate(
        communes,
        borders,
        heights=heights(load_elevation(project, communes.total_bounds)),
        motorway_exits=exits,
        roads=roads,
    )
    trips = load_trips(project, communes)
    fit = trip_fit(trips, network, communes=communes, roads=roads)
    tables = {
        "road_nodes": network.nodes,
        "road_edges": network.edges,
        "road_fit": fit,
        "contiguity": add_road_minutes(borders, network, roads),
    }
    _write(project, tables | no_graph_tables())
    return {
        "liaisons": len(network.edges),
        "échangeurs hors de la couche": len(junctions) - len(exits),
        "crêtes écartées": len(network.dropped),
        **_fit_facts(fit),
    }


def _real(project: Project) -> dict[str, object]:
    communes = read_table(project.processed, "communes")
    borders = read_table(project.processed, "borders")
    graph, names, elevation = load_graph(project, communes)
    ready = ready_networks(project, graph)
    network, costs, limits = ready["truck"]
    crossings = border_crossings(
        graph, communes, usable=costs.usable.reshape(-1, 2).any(axis=1)
    )
    contiguity = add_crossing_minutes(
        borders,
        crossings,
        seats=commune_places(communes),
        network=network,
        costs=costs,
        limits=limits,
    )
    trips = load_trips(project, communes)
    by_car, car_costs, car_limits = ready["car"]
    fit = network_trip_fit(
        trips, by_car, costs=car_costs, communes=communes, limits=car_limits
    )
    islands = pd.concat([road_islands(*ready[p][:2], profile=p) for p in PROFILES])
    tables = _graph_tables(graph, elevation, ready)
    tables["road_report"] = pd.concat(
        [tables["road_report"], known_limits(graph), island_report(islands)]
    )
    tables |= {"road_fit": fit, "contiguity": contiguity, "road_islands": islands}
    _write(project, tables | {"road_names": name_table(names)})
    return {
        "tronçons": len(graph.edges),
        "km de routes": round(graph.edges["length_m"].sum() / 1000),
        "limites communes franchies": int(contiguity["road_minutes"].notna().sum()),
        "km hors du réseau principal (poids lourd)": round(
            islands.loc[islands["profile"].eq("truck"), "length_m"].sum() / 1000
        ),
        **graph.counts,
        "sol couvert": f"{french_number(graph.ground.area / 1e6)}{NBSP}km²",
        "absent de l'extrait": _absent(graph),
        **_fit_facts(fit),
    }


def _absent(graph: RoadGraph) -> str:
    """List what no way of the extract says."""
    return ", ".join(what for what, n in graph.signs.items() if not n) or "rien"


def _graph_tables(
    graph: RoadGraph, elevation: Elevation | None, ready: Mapping[str, Ready]
) -> dict[str, pd.DataFrame]:
    """Lay the graph out, with altitudes at nodes and times from u to v."""
    tables = graph_tables(graph)
    if elevation is not None:
        tables["road_nodes"]["z"] = heights(elevation)(graph.x, graph.y)
    for profile in PROFILES:
        costs = ready[profile][1]
        along_s = np.where(costs.usable[::2], costs.time_ds[::2] / 10, np.nan)
        tables["road_edges"][f"{profile}_time_s"] = along_s
    return tables


def _write(project: Project, tables: Mapping[str, pd.DataFrame]) -> None:
    for name, rows in tables.items():
        write_table(project.processed, rows, table=name)


def _fit_facts(fit: pd.DataFrame) -> dict[str, object]:
    summary = fit_summary(fit)
    if not summary["n_trips"]:
        return {"trajets connus reliés": 0}
    return {
        "écart médian de longueur": f"{summary['length_median_pct']:+.0f} %",
        "pire écart de longueur": f"{summary['length_worst_pct']:+.0f} %",
        "trajets connus plus longs dans un sens": round(summary["n_unlike"]),
    }
