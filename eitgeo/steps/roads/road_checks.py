"""Hold the distances against the straight line and the way back."""

from __future__ import annotations

import logging

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG
from eitgeo.ledger import Place, plain
from eitgeo.roads.matrix.od_matrix import commune_places, outlet_places, straight_check
from eitgeo.roads.questions.report import RIM_M, return_check, trap_check
from eitgeo.roads.questions.seats import no_seats
from eitgeo.steps.roads.road_network import PROFILES
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table

_log = logging.getLogger(__name__)
_QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
UNKNOWN_LIMITS = "part du trajet aux limites inconnues"
_MOST_LISTED = 500
"""Outliers of a check of all pairs that are kept, the furthest first."""
_HALLS = 10
"""Town halls drawn by the seed of the study, beside that of the root commune."""


@step(
    "Contrôle des distances",
    writes=("road_checks", "road_outliers"),
)
def run(od_matrix: pd.DataFrame, *, project: Project) -> dict[str, object]:
    """Write ``road_checks`` and ``road_outliers``."""
    places = _places(project)
    by_truck = od_matrix[od_matrix["profile"] == "truck"]
    detours, far = straight_check(by_truck)
    rows, unlike = _there_and_back(project, od_matrix)
    table = pd.DataFrame([detours, _unknown_limits(by_truck), *rows])
    table["fault"] = table["fault"].fillna("").astype("str")
    if why := no_seats(table):
        _log.warning("%s", why)
    write_table(project.processed, table, table="road_checks")
    listed = _lines(pd.concat([far.iloc[:_MOST_LISTED], unlike]), places)
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
) -> tuple[list[dict[str, object]], pd.DataFrame]:
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
    return [*(row for row, _ in returns), *traps], unlike


def _unknown_limits(pairs: pd.DataFrame) -> dict[str, object]:
    """Say what share of each path has a limit of height or weight not known."""
    ok = pairs[pairs["status"] == "ok"]
    share = ok["unknown_m"] / ok["length_m"]
    row: dict[str, object] = {"check": UNKNOWN_LIMITS, "pairs": int(share.count())}
    row |= {name: float(share.quantile(q)) for name, q in _QUANTILES.items()}
    return row | {"outliers": 0}


def _lines(outliers: pd.DataFrame, places: pd.DataFrame) -> gpd.GeoDataFrame:
    """Draw the straight line of each pair."""
    if outliers.empty:
        return empty_table("road_outliers")
    table = outliers.reset_index(drop=True)
    positions = places.drop_duplicates("place_id").set_index("place_id")[["x", "y"]]
    end_points = np.stack(
        [
            positions.loc[table[name]].to_numpy(dtype=float)
            for name in ("origin_id", "destination_id")
        ],
        axis=1,
    )
    lines = shapely.linestrings(end_points)
    return gpd.GeoDataFrame(table, geometry=lines, crs=WORKING_EPSG)
