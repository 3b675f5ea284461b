"""Hold the distances against the straight line, the way back and other engines."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
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
from eitgeo.roads.questions.report import RIM_M, return_check, trap_check
from eitgeo.roads.questions.seats import no_seats
from eitgeo.steps.roads.road_network import (
    PROFILES,
    network_path,
    read_graph,
    ready_networks,
)
from eitgeo.steps.step import step
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table

if TYPE_CHECKING:
    from eitgeo.roads.matrix.crosscheck import CrossCheck
    from eitgeo.study.project import Project
    from eitgeo.study.roads import SecondEngines

_log = logging.getLogger(__name__)
_NAMES = {"valhalla": "Valhalla", "osrm": "OSRM"}
_PROFILES = {"valhalla": "truck", "osrm": "car"}
_QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
UNKNOWN_LIMITS = "part du trajet aux limites inconnues"
_MOST_LISTED = 500
"""Outliers of a check of all pairs that are kept, the furthest first."""
_HALLS = 10
"""Town halls drawn by the seed of the study, beside that of the root commune."""


@step(
    "Contrôle des distances",
    reads=("GRAPH", "communes", "outlets", "road_islands"),
    writes=("road_checks", "road_outliers"),
    settings=(
        "ROUTING",
        "identity.seed",
        "roads.second_engines",
        "territory.root_commune",
    ),
    files="check_files",
)
def run(od_matrix: pd.DataFrame, *, project: Project) -> dict[str, object]:
    """Write ``road_checks`` and ``road_outliers``."""
    places = _places(project)
    by_truck = od_matrix[od_matrix["profile"] == "truck"]
    straight = straight_check(by_truck)
    summaries = [straight.summary, _unknown_limits(by_truck)]
    outliers = [straight.outliers.iloc[:_MOST_LISTED]]
    asked = project.study.roads.second_engines
    if asked is not None:
        for check in _second_engines(project, asked, od_matrix, places):
            summaries.append(check.summary.iloc[1:])
            outliers.append(check.outliers[check.outliers["check"] != "détour"])
    rows, unlike = _there_and_back(project, od_matrix)
    outliers.append(unlike)
    summaries.append(rows)
    table = pd.concat(summaries, ignore_index=True)
    table["fault"] = table["fault"].fillna("").astype("str")
    if why := no_seats(table):
        _log.warning("%s", why)
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


def _there_and_back(
    project: Project, pairs: pd.DataFrame
) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Hold the way back against the way there, and look for large roads that trap."""
    communes = read_table(project.processed, "communes")
    islands = read_table(project.processed, "road_islands")
    area = communes[communes["in_area"]]
    codes = sorted(area["code_insee"])
    rng = np.random.default_rng(project.study.identity.seed)
    drawn = rng.choice(codes, min(_HALLS, len(codes)), replace=False)
    root = project.study.territory.root_commune
    returns = [return_check(pairs, root, drawn, profile=one) for one in PROFILES]
    nodes = read_table(project.processed, "road_nodes")
    read = shapely.MultiPoint(nodes[["x", "y"]].to_numpy()).convex_hull
    ground = area.geometry.union_all() & read.buffer(-RIM_M)
    traps = [trap_check(islands, ground, profile=one) for one in PROFILES]
    unlike = pd.concat([rows.iloc[:_MOST_LISTED] for _, rows in returns])
    rows = pd.DataFrame([*(row for row, _ in returns), *traps])
    nowhere = gpd.GeoSeries([None] * len(unlike), index=unlike.index, crs=2154)
    return rows, gpd.GeoDataFrame(unlike, geometry=nowhere)


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
