"""Compute road times and lengths between communes and to outlets."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.roads import SurrogateNetwork, commune_places, od_matrix, outlet_places
from eitgeo.tables import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``od_matrix``: by truck to every place, by car inside the area.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    roads = project.study.roads
    communes = read_table(project.processed, "communes")
    network = SurrogateNetwork(
        nodes=read_table(project.processed, "road_nodes"),
        edges=read_table(project.processed, "road_edges"),
    )
    area = commune_places(communes[communes["in_area"]])
    outlets = outlet_places(read_table(project.processed, "outlets"), communes)
    everywhere = pd.concat([commune_places(communes), outlets], ignore_index=True)
    by_truck = od_matrix(
        network, origins=area, destinations=everywhere, profile="truck", roads=roads
    )
    by_car = od_matrix(
        network, origins=area, destinations=area, profile="car", roads=roads
    )
    pairs = pd.concat([by_truck, by_car], ignore_index=True)
    write_table(project.processed, pairs, table="od_matrix")
    counts = Counter(pairs["status"])
    facts: dict[str, object] = {"paires": len(pairs)}
    return facts | {f"« {name} »": counts[name] for name in sorted(counts)}
