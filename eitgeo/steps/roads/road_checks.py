"""Hold the distances against the straight line and, where asked, other engines."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from eitgeo.ledger import Place, plain
from eitgeo.roads.matrix.crosscheck import cross_check, straight_check
from eitgeo.roads.matrix.od_matrix import commune_places, outlet_places
from eitgeo.roads.network.profile import fleet
from eitgeo.roads.questions.peers import (
    draw_pairs_to_check,
    osrm_routes,
    valhalla_routes,
)
from eitgeo.steps.roads.road_network import network_path, read_graph, ready_networks
from eitgeo.steps.step import step
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table

if TYPE_CHECKING:
    import geopandas as gpd

    from eitgeo.roads.matrix.crosscheck import CrossCheck
    from eitgeo.study.project import Project
    from eitgeo.study.roads import SecondEngines

_NAMES = {"valhalla": "Valhalla", "osrm": "OSRM"}
_PROFILES = {"valhalla": "truck", "osrm": "car"}
_QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
UNKNOWN_LIMITS = "part du trajet aux limites inconnues"
_MOST_STRAIGHT = 500
"""Outliers of the straight line that are kept, the furthest first."""


@step(
    "Contrôle des distances",
    reads=("GRAPH", "communes", "outlets"),
    writes=("road_checks", "road_outliers"),
    settings=("ROUTING", "identity.seed", "roads.second_engines"),
    files="check_files",
)
def run(od_matrix: pd.DataFrame, *, project: Project) -> dict[str, object]:
    """Write ``road_checks`` and ``road_outliers``."""
    places = _places(project)
    by_truck = od_matrix[od_matrix["profile"] == "truck"]
    straight = straight_check(by_truck)
    summaries = [straight.summary, _unknown_limits(by_truck)]
    outliers = [straight.outliers.iloc[:_MOST_STRAIGHT]]
    asked = project.study.roads.second_engines
    if asked is not None:
        for check in _second_engines(project, asked, od_matrix, places):
            summaries.append(check.summary.iloc[1:])
            outliers.append(check.outliers[check.outliers["check"] != "détour"])
    table = pd.concat(summaries, ignore_index=True)
    write_table(project.processed, table, table="road_checks")
    listed = _lines(outliers, places)
    write_table(project.processed, listed, table="road_outliers")
    medians = table.set_index("check")["median"]
    return {
        f"{name}, médiane": plain(
            value, Place("road_checks", str(name), "median"), decimals=2
        )
        for name, value in medians.dropna().items()
    } | {"écarts listés": len(listed)}


def _places(project: Project) -> pd.DataFrame:
    communes = read_table(project.processed, "communes")
    outlets = outlet_places(read_table(project.processed, "outlets"), communes)
    return pd.concat([commune_places(communes), outlets], ignore_index=True)


def _unknown_limits(pairs: pd.DataFrame) -> pd.DataFrame:
    """Say what share of each path has a limit of height or weight not known."""
    ok = pairs[pairs["status"] == "ok"]
    share = ok["unknown_m"] / ok["length_m"]
    row: dict[str, object] = {"check": UNKNOWN_LIMITS, "pairs": int(share.count())}
    row |= {name: float(share.quantile(q)) for name, q in _QUANTILES.items()}
    return pd.DataFrame([row | {"outliers": 0}])


def _second_engines(
    project: Project, asked: SecondEngines, pairs: pd.DataFrame, places: pd.DataFrame
) -> list[CrossCheck]:
    """Ask each engine for the routes of the same drawn pairs."""
    vehicle = fleet(project.study.roads)[project.study.roads.waste_vehicle]
    extract = network_path(project)
    ready = ready_networks(project, read_graph(project))
    checks = []
    for engine in asked.engines:
        of_profile = pairs[pairs["profile"] == _PROFILES[engine]]
        asked_pairs = draw_pairs_to_check(
            of_profile,
            origins=places,
            destinations=places,
            n_pairs=asked.pairs,
            rng=np.random.default_rng(project.study.identity.seed),
        )
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            routes = (
                valhalla_routes(asked_pairs, extract, vehicle=vehicle, folder=folder)
                if engine == "valhalla"
                else osrm_routes(asked_pairs, extract, folder=folder)
            )
        network, costs, _ = ready[_PROFILES[engine]]
        checks.append(
            cross_check(of_profile, network, costs, routes={_NAMES[engine]: routes})
        )
    return checks


def _lines(outliers: list[gpd.GeoDataFrame], places: pd.DataFrame) -> gpd.GeoDataFrame:
    """Draw the straight line of the pairs that no other engine drew."""
    some = [one for one in outliers if len(one)]
    if not some:
        return empty_table("road_outliers")
    table = pd.concat(some, ignore_index=True)
    positions = places.drop_duplicates("place_id").set_index("place_id")[["x", "y"]]
    end_points = np.stack(
        [
            positions.loc[table[name]].to_numpy(dtype=float)
            for name in ("origin_id", "destination_id")
        ],
        axis=1,
    )
    straight = shapely.linestrings(end_points)
    lines = np.where(table.geometry.isna(), straight, table.geometry.to_numpy())
    return table.set_geometry(lines, crs=2154)
