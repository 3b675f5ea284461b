"""Set the car's speeds against OSRM and Valhalla, and write how far each vehicle is.

Usage: ``python -m benchmarks.calibrate_speeds STUDY --andorra EXTRACT --relief TILE
--work FOLDER`` after ``eitgeo run`` of a study on an extract of OpenStreetMap. Prints
the speeds to write in ``eitgeo/reference/vehicles.csv``, by block left out, and writes
``eitgeo/reference/speed_fit.csv``: driving alone, from a point of the road to another,
without the minutes at both ends. Answers of the engines are kept in the folder.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pandas as pd
import pyproj
import shapely

from benchmarks.engines import (
    ask_osrm,
    ask_valhalla,
    open_osrm,
    open_valhalla,
)
from benchmarks.speeds import (
    JUNCTIONS,
    KINDS,
    Found,
    Parts,
    fit_speeds,
    ratios_by_length,
    times_of,
    trip_parts,
    with_found,
)
from benchmarks.surrogate_fit import KM_CLASSES
from eitgeo.reference.tables import SPEED_FIT_SEED
from eitgeo.roads.matrix.layout import Ends
from eitgeo.roads.matrix.od_matrix import commune_places
from eitgeo.roads.matrix.paths import paths
from eitgeo.roads.matrix.ready import prepare_network
from eitgeo.roads.matrix.snap import reachable, snap
from eitgeo.roads.network.climb import add_climb
from eitgeo.roads.network.graph import build_graph
from eitgeo.roads.network.profile import (
    DUAL_KMH,
    MOTORWAY_KMH,
    ROAD_KMH,
    Vehicle,
    edge_costs,
    fleet,
)
from eitgeo.roads.network.settlements import add_settled
from eitgeo.sources.ground.osm_roads import read_osm_roads
from eitgeo.sources.ground.relief import read_relief
from eitgeo.steps.roads.road_network import load_graph, network_path
from eitgeo.study.project import open_project
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    from eitgeo.roads.network.graph import RoadGraph
    from eitgeo.study.project import Project

OUT = Path(__file__).parents[1] / "eitgeo" / "reference" / "speed_fit.csv"
CAR, TRUCK = "car", "hooklift_26t"
PAIRS_OF_A_CLASS, DETOUR = 80, 1.32
N_POINTS, N_POINT_PAIRS, MIN_STRAIGHT_M = 120, 650, 700.0
SAME_WAY = 0.03
"""Lengths that differ by no more are those of one way."""

REFERENCES = {CAR: ("osrm", "valhalla", "moyenne"), TRUCK: ("valhalla_camion",)}
BLOCKS = np.array([["sud-ouest", "nord-ouest"], ["sud-est", "nord-est"]])


@dataclass(frozen=True)
class Ground:
    """Roads, pairs of places on them, and what the engines say of each pair."""

    name: str
    graph: RoadGraph
    places: pd.DataFrame
    pairs: pd.DataFrame
    cache: Path

    @property
    def ends(self) -> Ends:
        """Where the places are on the roads."""
        return Ends(self.places["edge"].to_numpy(), self.places["fraction"].to_numpy())


def main() -> None:
    """Calibrate, then print and write how far the vehicles are from the engines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", type=Path)
    for name in ("andorra", "relief", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args()
    project = open_project(options.study, out=options.out)
    vehicles = fleet(project.study.roads)
    rng = np.random.default_rng(SPEED_FIT_SEED)
    grounds = [
        _asked(ground, extract, vehicles, options.work)
        for ground, extract in (
            _delivered(project, vehicles[CAR], options.work, rng),
            _andorra(options, vehicles[CAR], rng),
        )
    ]
    bare = [_without_settlements(ground) for ground in grounds]
    for name in ("osrm", "valhalla", "moyenne"):
        print(name, _said(_fit(_trips(bare, vehicles[CAR], name), vehicles[CAR])))
    found, left_out = _calibrated(grounds, vehicles[CAR])
    print("agglomérations comprises", _said(found))
    tables = [left_out.assign(vehicle=CAR, reference="moyenne", state="hors_calage")]
    for name in (CAR, TRUCK):
        tables += [_compared(ground, vehicles[name]) for ground in grounds]
    keys = ["vehicle", "reference", "ground", "state", "km_from", "pairs"]
    table = pd.concat(tables)[[*keys, "p05", "median", "p95"]].round(3)
    print(table.to_string(index=False))
    table = table.assign(seed=SPEED_FIT_SEED)
    table.to_csv(OUT, index=False, lineterminator="\n")


def _said(found: Found) -> dict[str, float]:
    rounded = pd.concat([found.kmh.round(1), found.junction_s.round(2)])
    return {str(name): float(value) for name, value in rounded.items()}


def _without_settlements(ground: Ground) -> Ground:
    """Forget settlements: engines tell none here, nor did our times before."""
    edges = ground.graph.edges.assign(settled=0.0)
    return replace(ground, graph=replace(ground.graph, edges=edges))


def _trips(grounds: list[Ground], vehicle: Vehicle, reference: str) -> pd.DataFrame:
    """Take our paths apart where both engines go the same way, a row a trip."""
    tables = []
    for ground in grounds:
        driven, pairs = _driven(ground, vehicle), ground.pairs
        lengths = pairs[["osrm_m", "valhalla_m"]].to_numpy()
        ours_m = driven["length_m"].to_numpy()
        same = (np.abs(ours_m[:, None] / lengths - 1) <= SAME_WAY).all(axis=1)
        fractions = ground.places["fraction"].to_numpy()[pairs[["o", "d"]]]
        parts = trip_parts(
            ground.graph,
            vehicle,
            driven=driven["driven"][same].tolist(),
            fractions=fractions[same],
        )
        table = pd.concat([parts.metres, parts.junctions], axis=1)
        tables.append(
            table.assign(
                other_s=parts.other_s,
                theirs_s=pairs[f"{reference}_s"].to_numpy()[same],
                length_m=ours_m[same],
                block=pairs["block"].to_numpy()[same],
            )
        )
    return pd.concat(tables, ignore_index=True)


def _parts(trips: pd.DataFrame) -> Parts:
    return Parts(trips[list(KINDS)], trips[list(JUNCTIONS)], trips["other_s"])


def _driven(ground: Ground, vehicle: Vehicle) -> pd.DataFrame:
    network = prepare_network(ground.graph, vehicle.kind, cache=ground.cache)
    return paths(
        network,
        edge_costs(ground.graph, vehicle),
        origins=ground.ends,
        destinations=ground.ends,
        pairs=ground.pairs[["o", "d"]].to_numpy(),
    )


def _fit(trips: pd.DataFrame, car: Vehicle, junction_s: Any = None) -> Found:
    return fit_speeds(
        _parts(trips),
        trips["theirs_s"],
        fastest_kmh=car.limit_share * ROAD_KMH,
        junction_s=junction_s,
    )


def _calibrated(grounds: list[Ground], car: Vehicle) -> tuple[Found, pd.DataFrame]:
    """Fit on all blocks, paths taken twice; then without each, and try it there."""
    junction_s = np.array([car.junction_s, car.yield_s])
    for _ in range(2):
        trips = _trips(grounds, car, "moyenne")
        found = _fit(trips, car, junction_s)
        car = with_found(car, found)
    tables = []
    for block, there in trips.groupby("block"):
        others = _fit(trips.drop(there.index), car, junction_s)
        print("sans", block, _said(others))
        ours_s = times_of(_parts(there), others)
        told = ratios_by_length(ours_s, there["theirs_s"], there["length_m"])
        tables.append(told.assign(ground=block))
    return found, pd.concat(tables)


def _compared(ground: Ground, vehicle: Vehicle) -> pd.DataFrame:
    """Say how far a vehicle is from its references, whatever way each goes."""
    driven = _driven(ground, vehicle)
    tables = [
        ratios_by_length(
            driven["time_s"], ground.pairs[f"{name}_s"], driven["length_m"]
        ).assign(
            vehicle=vehicle.name, reference=name, ground=ground.name, state="apres"
        )
        for name in REFERENCES[vehicle.name]
    ]
    return pd.concat(tables)


def _delivered(
    project: Project, car: Vehicle, work: Path, rng: np.random.Generator
) -> tuple[Ground, Path]:
    """Town halls on the extract of the study, pairs by block and class of length."""
    communes = read_table(project.processed, "communes")
    graph, *_ = load_graph(project, communes)
    cache = work / "roads"
    network, costs = prepare_network(graph, CAR, cache=cache), edge_costs(graph, car)
    halls = commune_places(communes)
    x, y = halls["x"].to_numpy(), halls["y"].to_numpy()
    ends = snap(network, costs, x=x, y=y, max_snap_m=1_500.0).ends
    places = _points(graph, ends.edge[ends.edge >= 0], ends.fraction[ends.edge >= 0])
    east, north = (places[name] > places[name].median() for name in ("x", "y"))
    places["block"] = BLOCKS[east.astype(int), north.astype(int)]
    pairs = _drawn_by_class(places, rng)
    signed = work / "signed.osm.pbf"
    _sign_expressways(network_path(project), signed)
    return Ground("extrait", graph, places, pairs, cache), signed


def _andorra(
    options: argparse.Namespace, car: Vehicle, rng: np.random.Generator
) -> tuple[Ground, Path]:
    """Points drawn along the public roads of Andorra, whose speeds are signed."""
    graph = build_graph(read_osm_roads(options.andorra))
    low = (graph.x.min() - 2_000, graph.y.min() - 2_000)
    box = (*low, graph.x.max() + 2_000, graph.y.max() + 2_000)
    relief = read_relief([options.relief], bounds=box).elevation
    graph = add_settled(add_climb(graph, relief, smooth_m=200.0))
    cache = options.work / "roads"
    network, costs = prepare_network(graph, CAR, cache=cache), edge_costs(graph, car)
    both = reachable(network, costs).both
    length_m = graph.edges["length_m"].to_numpy()
    public = ~graph.edges["class"].isin(["service", "track", "barrier"]).to_numpy()
    good = np.flatnonzero(both & public & (length_m > 20))  # noqa: PLR2004
    edge = rng.choice(good, N_POINTS, p=length_m[good] / length_m[good].sum())
    places = _points(graph, edge, rng.random(N_POINTS)).assign(block="andorre")
    ends = rng.integers(0, N_POINTS, (2 * N_POINT_PAIRS, 2))
    xy = places[["x", "y"]].to_numpy()
    far = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T) > MIN_STRAIGHT_M
    pairs = pd.DataFrame(ends[far][:N_POINT_PAIRS], columns=["o", "d"])
    return Ground("andorre", graph, places, pairs, cache), options.andorra


def _points(graph: RoadGraph, edge: Any, fraction: Any) -> pd.DataFrame:
    at = shapely.line_interpolate_point(graph.lines[edge], fraction, normalized=True)
    x, y = shapely.get_x(at), shapely.get_y(at)
    to_degrees = pyproj.Transformer.from_crs(2154, 4326, always_xy=True)
    lon, lat = to_degrees.transform(x, y)
    return pd.DataFrame(
        {"edge": edge, "fraction": fraction, "x": x, "y": y, "lon": lon, "lat": lat}
    )


def _drawn_by_class(places: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw pairs of each block of origin and class of length, by straight line."""
    xy = places[["x", "y"]].to_numpy()
    drawn = []
    for block in BLOCKS.ravel():
        rows = np.flatnonzero(places["block"] == block)
        away = np.hypot(*(xy[rows, None] - xy[None]).transpose(2, 0, 1))
        km = DETOUR * away / 1000
        for low, high in pairwise(KM_CLASSES):
            row, column = np.nonzero((km > max(low, 0.3)) & (km <= min(high, 160.0)))
            at = rng.choice(len(row), PAIRS_OF_A_CLASS, replace=False)
            drawn.append(np.column_stack([rows[row[at]], column[at]]))
    return pd.DataFrame(np.concatenate(drawn), columns=["o", "d"])


class _Signs(osmium.SimpleHandler):
    """Writes what it reads, with the legal speed on expressways."""

    def __init__(self, writer: osmium.SimpleWriter) -> None:
        super().__init__()
        self.writer = writer

    def node(self, node: Any) -> None:
        """Copy."""
        self.writer.add_node(node)

    def way(self, way: Any) -> None:
        """Sign motorways and trunk roads, copy others."""
        tags = {tag.k: tag.v for tag in way.tags}
        dual = DUAL_KMH if tags.get("oneway") == "yes" else ROAD_KMH
        legal = {"motorway": MOTORWAY_KMH, "trunk": dual}.get(tags.get("highway", ""))
        if legal is not None:
            tags["maxspeed"] = f"{legal:g}"
        self.writer.add_way(way.replace(tags=tags))


def _sign_expressways(extract: Path, signed: Path) -> None:
    """Tell the engines the speeds that the law gives expressways, and no sign here."""
    if signed.exists():
        return
    writer = osmium.SimpleWriter(str(signed))
    _Signs(writer).apply_file(str(extract))
    writer.close()


def _asked(
    ground: Ground, extract: Path, vehicles: dict[str, Vehicle], work: Path
) -> Ground:
    """Add the times [s] and lengths [m] of the engines, asked once."""
    kept = work / f"{ground.name}.parquet"
    if not kept.exists():
        _ask(ground, extract, vehicles, work / ground.name).to_parquet(kept)
    pairs = ground.pairs.merge(pd.read_parquet(kept), on=["o", "d"], how="left")
    pairs["moyenne_s"] = np.sqrt(pairs["osrm_s"] * pairs["valhalla_s"])
    pairs["block"] = ground.places["block"].to_numpy()[pairs["o"]]
    return replace(ground, pairs=pairs)


def _ask(
    ground: Ground, extract: Path, vehicles: dict[str, Vehicle], folder: Path
) -> pd.DataFrame:
    asked = ground.pairs.drop_duplicates().rename(
        columns={"o": "origin_id", "d": "destination_id"}
    )
    for side, key in (("from", "origin_id"), ("to", "destination_id")):
        for name in ("lon", "lat"):
            asked[f"{side}_{name}"] = ground.places[name].to_numpy()[asked[key]]
    actor = open_valhalla(extract, folder=folder)
    answers = {
        "osrm": ask_osrm(open_osrm(extract, folder=folder, algorithm="MLD"), asked),
        "valhalla": ask_valhalla(actor, asked, vehicle=vehicles[CAR]),
        "valhalla_camion": ask_valhalla(actor, asked, vehicle=vehicles[TRUCK]),
    }
    told = asked[["origin_id", "destination_id"]]
    for name, routes in answers.items():
        figures = routes[["origin_id", "destination_id", "time_s", "length_m"]]
        names = {"time_s": f"{name}_s", "length_m": f"{name}_m"}
        told = told.merge(pd.DataFrame(figures).rename(columns=names), how="left")
    return told.rename(columns={"origin_id": "o", "destination_id": "d"})


if __name__ == "__main__":
    main()
