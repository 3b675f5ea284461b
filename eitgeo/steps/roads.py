"""Build the surrogate road network and say how far it is from known trips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.roads import add_road_minutes, build_surrogate, fit_summary, trip_fit
from eitgeo.sources import (
    heights,
    read_elevation,
    read_known_trips,
    read_motorway_exits,
)
from eitgeo.tables import read_table, write_table
from eitgeo.territory import within_layer

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``road_nodes``, ``road_edges``, ``road_fit`` and ``contiguity``.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    sources, roads = project.study.sources, project.study.roads
    communes = read_table(project.processed, "communes")
    borders = read_table(project.processed, "borders")
    junctions = read_motorway_exits(project.path(sources.motorway_exits))
    exits = within_layer(junctions, communes)
    network = build_surrogate(
        communes,
        borders,
        heights=heights(read_elevation(project.path(sources.elevation))),
        motorway_exits=exits,
        roads=roads,
    )
    trips = read_known_trips(project.path(sources.known_trips))
    fit = trip_fit(trips, network, communes=communes, roads=roads)
    contiguity = add_road_minutes(borders, network)
    write_table(project.processed, network.nodes, table="road_nodes")
    write_table(project.processed, network.edges, table="road_edges")
    write_table(project.processed, fit, table="road_fit")
    write_table(project.processed, contiguity, table="contiguity")
    summary = fit_summary(fit)
    return {
        "liaisons": len(network.edges),
        "échangeurs hors de la couche": len(junctions) - len(exits),
        "crêtes écartées": len(network.dropped),
        "écart médian de longueur": f"{summary['length_median_pct']:+.0f} %",
        "pire écart de longueur": f"{summary['length_worst_pct']:+.0f} %",
    }
