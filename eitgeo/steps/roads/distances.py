"""Compute road times and lengths between communes and to outlets."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

import eitgeo.roads
from eitgeo.roads.matrix.od_matrix import (
    Part,
    commune_places,
    network_matrix,
    od_matrix,
    outlet_places,
    pairs_by_status,
    write_matrix,
)
from eitgeo.roads.matrix.router import snap
from eitgeo.roads.network.graph import RoadGraph
from eitgeo.roads.network.surrogate import SurrogateNetwork
from eitgeo.steps.files import GRAPH
from eitgeo.steps.log_words import STATUS_WORDS
from eitgeo.steps.roads.road_network import read_graph, ready_networks
from eitgeo.steps.step import step
from eitgeo.store import digest, note_reading
from eitgeo.study.project import Project
from eitgeo.study.roads import QUESTIONS, Roads
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table
from eitgeo.words import NBSP, french_number

if TYPE_CHECKING:
    from eitgeo.steps.roads.road_network import Ready

PLACE_TABLES = ("communes", "outlets")
_FAR_M = 1_000.0
_MOST_NAMES = 20


@step(
    "Temps et longueurs de route",
    reads=("road_nodes",),
    writes=("od_matrix", "road_places"),
)
def run(
    communes: gpd.GeoDataFrame, outlets: gpd.GeoDataFrame, *, project: Project
) -> dict[str, object]:
    """Write ``od_matrix``: by truck to every place, by car inside the area."""
    area = commune_places(communes[communes["in_area"]])
    names = pd.Series(
        [*communes["nom"], *outlets["name"]],
        index=[*communes["code_insee"], *outlets["outlet_id"]],
        dtype="str",
    )
    outlets = outlet_places(outlets, communes)
    everywhere = pd.concat([commune_places(communes), outlets], ignore_index=True)
    if project.study.roads.network.is_surrogate:
        counts = _surrogate(project, area, everywhere)
        joined = empty_table("road_places")
    else:
        counts, joined = _real(project, area, everywhere)
        joined["name"] = joined["place_id"].map(names)
    write_table(project.processed, joined, table="road_places")
    facts: dict[str, object] = {"paires": counts.total()}
    facts |= {
        word: counts[status] for status, word in STATUS_WORDS.items() if counts[status]
    }
    return facts | _off_road(joined)


def _surrogate(
    project: Project, area: pd.DataFrame, everywhere: pd.DataFrame
) -> Counter[str]:
    roads = project.study.roads
    network = SurrogateNetwork(
        nodes=read_table(project.processed, "road_nodes"),
        edges=read_table(project.processed, "road_edges"),
    )
    by_truck = od_matrix(
        network, origins=area, destinations=everywhere, profile="truck", roads=roads
    )
    by_car = od_matrix(
        network, origins=area, destinations=area, profile="car", roads=roads
    )
    pairs = pd.concat([by_truck, by_car], ignore_index=True)
    write_table(project.processed, pairs, table="od_matrix")
    return pairs_by_status(pairs)


def _real(
    project: Project, area: pd.DataFrame, everywhere: pd.DataFrame
) -> tuple[Counter[str], pd.DataFrame]:
    graph = read_graph(project)
    ready = ready_networks(project, graph)
    asked = {"truck": everywhere, "car": area}
    parts = [
        Part(
            profile,
            area,
            places,
            partial(_pairs, graph=graph, ready=ready[profile], profile=profile),
        )
        for profile, places in asked.items()
    ]
    counts = write_matrix(
        project.processed,
        parts,
        max_gb=project.study.roads.matrix_gb,
        cache=project.cache / "distances",
        key=_key(project),
    )
    joined = [_joined(places, ready[one], one) for one, places in asked.items()]
    return counts, pd.concat(joined, ignore_index=True)


def _joined(places: pd.DataFrame, ready: Ready, profile: str) -> pd.DataFrame:
    """Say how far from its road each place is, or why it has none."""
    network, costs, limits = ready
    x, y = places["x"].to_numpy(dtype=float), places["y"].to_numpy(dtype=float)
    placed = snap(network, costs, x=x, y=y, max_snap_m=limits.max_snap_m)
    return places[["place_id", "place_kind"]].assign(
        profile=profile,
        status=pd.array(placed.status, dtype="str"),
        snap_m=placed.snap_m,
    )


def _off_road(joined: pd.DataFrame) -> dict[str, object]:
    """Name the places that a truck has no road to, and those that are far from it."""
    by_truck = joined[joined["profile"].eq("truck")].sort_values(
        "place_id", kind="stable"
    )
    lost = by_truck[by_truck["status"].ne("ok")]
    far = by_truck[by_truck["snap_m"] > _FAR_M]
    away = [
        f"{french_number(each / 1000, decimals=1)}{NBSP}km" for each in far["snap_m"]
    ]
    return {
        "lieux sans route": _listed(lost["name"], lost["status"].map(STATUS_WORDS)),
        "lieux à plus de 1 km d'une route": _listed(far["name"], away),
    }


def _listed(names: Iterable[str], reasons: Iterable[str]) -> str:
    listed = [f"{name} ({why})" for name, why in zip(names, reasons, strict=True)]
    more = len(listed) - _MOST_NAMES
    rest = [f"et {more} autres (table road_places)"] if more > 0 else []
    return ", ".join([*listed[:_MOST_NAMES], *rest]) or "aucun"


def _pairs(
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    *,
    graph: RoadGraph,
    ready: Ready,
    profile: str,
) -> pd.DataFrame:
    network, costs, limits = ready
    table = network_matrix(
        network,
        costs,
        origins=origins,
        destinations=destinations,
        limits=limits,
        labels=(profile, ""),
    )
    if graph.edges["ascent_m"].isna().all():
        table[["ascent_m", "descent_m"]] = np.nan
    return table


def _key(project: Project) -> str:
    """Digest all that the pairs depend on: places, roads, parameters, code."""
    total = hashlib.sha256()
    for name in (*PLACE_TABLES, *GRAPH):
        path = project.processed / f"{name}.parquet"
        note_reading(path)
        total.update(digest(path).encode())
    roads = set(Roads.model_fields).difference(QUESTIONS)
    section = project.study.roads.model_dump(mode="json", include=roads)
    total.update(json.dumps(section, sort_keys=True, ensure_ascii=False).encode())
    total.update(version("routingkit-cch").encode())
    for source in sorted(Path(eitgeo.roads.__file__).parent.rglob("*.py")):
        total.update(digest(source).encode())
    return total.hexdigest()
