r"""Four tasks of an analyst in osmnx + networkx, pandana, spopt and here.

One graph for all, made by osmnx of an extract of OpenStreetMap: roads open to all, the
largest part that can be left and come back to, lengths in whole metres and one speed,
so that the fastest trip is the shortest. Prints, for each task and tool, lines of code
(bodies of the functions below), seconds of processor on one core (best of three) and
ratios to eitgeo, then whether answers agree. With ``--page`` the table of
``docs/pairs.md`` is written. The peers live in an environment of their own ::

    python -m venv peers
    peers/bin/python -m pip install '.[study]' osmnx pandana
    peers/bin/python -m benchmarks.peers EXTRACT.osm.pbf \
        --bounds 0.66 43.07 0.8 43.14 [--page]
"""
# ruff: noqa: D103, PD010 - tasks as an analyst writes them: their lines are counted

from __future__ import annotations

import argparse
import inspect
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import geopandas as gpd
import libpysal
import networkx as nx
import osmium
import osmnx as ox
import pandana
import pandas as pd
from spopt.region import MaxPHeuristic

import eitgeo as eg
from eitgeo.words import french_count

if TYPE_CHECKING:
    from collections.abc import Callable

    type Graph = nx.MultiDiGraph[Any]
    type Layer = gpd.GeoDataFrame
    type Net = pandana.Network
    type Cost = dict[str, tuple[int, float]]
    type Row = tuple[Cost, str]

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "pairs.md"
ENDS = ("<!-- pairs -->", "<!-- /pairs -->")
SEED, N_PLACES, N_SITES = 20261128, 300, 100
KMH, RADIUS_M, FLOOR, SEAT = 36.0, 6_000, 60_000, "200072643"
CLASSES = (
    *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified"),
    "residential",
)
BARRED = {"access", "vehicle", "motor_vehicle", "motorcar", "hgv", "area"}
NX, PANDANA, SPOPT, OURS = TOOLS = ("osmnx + networkx", "pandana", "spopt", "eitgeo")
SAME_M = 1e-6


def open_roads(extract: str, folder: Path, bounds: list[float]) -> Path:
    """Write the roads of a box that are open to all as XML, which osmnx reads."""
    classes = {*CLASSES, *(f"{name}_link" for name in CLASSES)}
    west, south, east, north = bounds
    ways = osmium.FileProcessor(extract).with_locations()
    ways = ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    path = folder / "roads.osm"
    with osmium.BackReferenceWriter(path, ref_src=extract) as writer:
        for way in ways:
            tags, first = dict(way.tags), way.nodes[0].location
            if tags.get("highway") not in classes or BARRED & tags.keys():
                continue
            if west < first.lon < east and south < first.lat < north:
                writer.add(way)
    return path


def read_graph(path: Path) -> Graph:
    """Make the graph that all share."""
    graph = ox.graph_from_xml(path)
    graph = ox.truncate.largest_component(graph, strongly=True)
    for _, _, data in graph.edges(data=True):
        data["length"] = max(1.0, float(round(data["length"])))
        data["speed_kph"] = KMH
    return graph


# What each tool is handed over, once.


def pandana_network(graph: Graph) -> pandana.Network:
    """Order nodes and edges as pandana does."""
    nodes, edges = ox.graph_to_gdfs(graph)
    ends = edges.reset_index()
    return pandana.Network(
        *(nodes["x"], nodes["y"], ends["u"], ends["v"], ends[["length"]]),
        twoway=False,
    )


def eitgeo_roads(graph: Graph) -> eg.Roads:
    """Order the graph as eitgeo does."""
    roads = eg.from_osmnx(graph)
    roads.network("car")
    return roads


# 1. Lengths of the shortest paths of every pair.


def matrix_networkx(graph: Graph, places: Layer) -> pd.DataFrame:
    found = {}
    for place in places.index:
        lengths = nx.single_source_dijkstra_path_length(graph, place, weight="length")
        found[place] = [lengths[other] for other in places.index]
    return pd.DataFrame(found, index=places.index).T


def matrix_pandana(network: Net, places: Layer) -> pd.DataFrame:
    pairs = pd.MultiIndex.from_product([places.index, places.index])
    lengths = network.shortest_path_lengths(
        *(pairs.get_level_values(i) for i in (0, 1))
    )
    return pd.Series(lengths, index=pairs).unstack()


def matrix_eitgeo(roads: eg.Roads, places: Layer) -> pd.DataFrame:
    return eg.od_matrix(roads, places, vehicle="car")["length_m"].unstack()


# 2. What lies within so many minutes of a place, as a polygon.


def reach_networkx(graph: Graph, place: Layer) -> Any:
    inside = nx.ego_graph(graph, place.index[0], radius=RADIUS_M, distance="length")
    edges = ox.graph_to_gdfs(inside, nodes=False).to_crs(2154)
    return edges.buffer(250).union_all()


def reach_eitgeo(roads: eg.Roads, place: Layer) -> Any:
    minutes = [RADIUS_M / KMH * 60 / 1000]
    return eg.isochrones(roads, place, minutes=minutes).geometry.iloc[0]


# 3. How many sites lie within so many metres of each junction.


def near_networkx(graph: Graph, sites: Layer) -> Any:
    back, count = graph.reverse(copy=False), dict.fromkeys(graph, 0)
    for site in sites.index:
        within = nx.single_source_dijkstra_path_length(
            back, site, cutoff=RADIUS_M, weight="length"
        )
        for node in within:
            count[node] += 1
    return pd.Series(count)


def near_pandana(network: Net, sites: Layer) -> Any:
    network.set(pd.Series(sites.index))
    return network.aggregate(RADIUS_M, type="count", decay="flat")


def near_eitgeo(roads: eg.Roads, sites: Layer, nodes: Layer) -> Any:
    lengths = eg.od_matrix(roads, nodes, sites, vehicle="car")["length_m"]
    return (lengths <= RADIUS_M).groupby(level="origin").sum()


# 4. A territory in one piece that holds a seat and so many inhabitants.


def region_spopt(epci: Layer) -> Any:
    near = libpysal.weights.Rook.from_dataframe(epci, use_index=False)
    middle = epci.centroid
    table = epci.assign(x=middle.x, y=middle.y)
    model = MaxPHeuristic(table, near, ["x", "y"], "population", FLOOR, 2)
    model.solve()
    labels = pd.Series(model.labels_, index=epci.index)
    return labels.index[labels == labels[SEAT]]


def region_eitgeo(epci: Layer) -> pd.DataFrame:
    unions = eg.unions_of(epci, root=SEAT, sums=["population"], limit=200_000)
    return unions[unions["population"] >= FLOOR]


def timed(work: Callable[..., Any], *given: Any, repeats: int = 3) -> tuple[Any, float]:
    """Return what a task answers, and the least of its seconds of processor."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        answer = work(*given)
        seconds.append(time.process_time() - start)
    return answer, min(seconds)


def n_lines(work: Callable[..., Any]) -> int:
    """Count the lines of a body, without its signature and its docstring."""
    source = inspect.getsource(work).split('"""')[-1] if work.__doc__ else ""
    text = source or inspect.getsource(work).partition(":\n")[2]
    return sum(bool(line.strip()) for line in text.splitlines())


def places_of(graph: Graph) -> gpd.GeoDataFrame:
    """List the nodes as points, in a fixed order."""
    return ox.graph_to_gdfs(graph, edges=False)[["geometry"]].sort_index()


def measure(
    tasks: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]],
) -> tuple[dict[str, Any], Cost]:
    """Answers of each tool, then its lines and seconds."""
    answers, costs = {}, {}
    for tool, (work, given) in tasks.items():
        answers[tool], seconds = timed(work, *given)
        costs[tool] = n_lines(work), seconds
    return answers, costs


def matrices(graph: Graph, network: Net, roads: eg.Roads, places: Layer) -> Row:
    """Task 1, and whether every pair has the same length."""
    answers, costs = measure(
        {
            NX: (matrix_networkx, (graph, places)),
            PANDANA: (matrix_pandana, (network, places)),
            OURS: (matrix_eitgeo, (roads, places)),
        }
    )
    square = {
        tool: one.loc[places.index, places.index] for tool, one in answers.items()
    }
    apart = {
        tool: float((square[OURS] - square[tool]).abs().max().max()) for tool in square
    }
    assert max(apart.values()) < SAME_M, apart
    n_pairs = french_count(len(places) ** 2)
    return costs, f"{n_pairs} paires, écart d’au plus {max(apart.values()):g} m"


def reaches(graph: Graph, roads: eg.Roads, places: Layer) -> Row:
    """Task 2, and how the two polygons differ."""
    place = places.iloc[[0]]
    answers, costs = measure(
        {NX: (reach_networkx, (graph, place)), OURS: (reach_eitgeo, (roads, place))}
    )
    theirs, ours = answers[NX], answers[OURS]
    share = theirs.intersection(ours).area / theirs.union(ours).area
    areas = f"{theirs.area / 1e6:.1f} et {ours.area / 1e6:.1f} km²".replace(".", ",")
    return costs, f"{areas}, {100 * share:.0f} % en commun"


def counts(graph: Graph, network: Net, roads: eg.Roads, nodes: Layer) -> Row:
    """Task 3, and at how many junctions counts are the same."""
    sites = nodes.sample(N_SITES, random_state=SEED + 1)
    answers, costs = measure(
        {
            NX: (near_networkx, (graph, sites)),
            PANDANA: (near_pandana, (network, sites)),
            OURS: (near_eitgeo, (roads, sites, nodes)),
        }
    )
    same = {
        tool: int((one.loc[nodes.index] == answers[OURS]).sum())
        for tool, one in answers.items()
    }
    assert min(same.values()) == len(nodes), same
    n_nodes = french_count(len(nodes))
    return costs, f"{n_nodes} carrefours, {N_SITES} sites : mêmes comptes partout"


def regions() -> Row:
    """Task 4: the region of spopt is one of the unions, its certificate is told."""
    communes = gpd.read_file(ROOT / "data" / "raw" / "communes.geojson")
    near = communes[communes["dep"] == "31"].to_crs(2154)
    epci = near.dissolve("epci_siren", aggfunc={"population": "sum"})
    answers, costs = measure(
        {SPOPT: (region_spopt, (epci,)), OURS: (region_eitgeo, (epci,))}
    )
    theirs, unions = frozenset(answers[SPOPT]), answers[OURS]
    rank = unions["population"].rank()
    (row,) = [at for at, held in unions["members"].items() if frozenset(held) == theirs]
    sheet = eg.certify(list(theirs), epci, sums=["population"])
    assert sheet["population"] == unions.loc[row, "population"] >= FLOOR
    return costs, (
        f"{french_count(len(unions))} unions, celle de spopt "
        f"({french_count(sheet['population'])} habitants, "
        f"{sheet['n_pieces']} morceau) en est une, {rank[row]:.0f}ᵉ par la population"
    )


def cells(row: Cost) -> str:
    """Write a row: lines, and ratio of seconds to ours."""
    ours = row[OURS][1]
    told = (
        f"{row[tool][0]} l. ; {float(f'{row[tool][1] / ours:.2g}'):g} ×"
        if tool in row
        else "—"
        for tool in TOOLS
    )
    return " | ".join(told).replace(".", ",").replace(" l, ", " l. ")


def main() -> None:
    """Measure, print, and write the page if asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("extract")
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--bounds", nargs=4, type=float, default=[-180, -90, 180, 90])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        graph = read_graph(open_roads(asked.extract, Path(folder), asked.bounds))
    (network, seconds), (roads, ours) = (
        timed(work, graph) for work in (pandana_network, eitgeo_roads)
    )
    nodes = places_of(graph)
    places = nodes.sample(N_PLACES, random_state=SEED)
    ready = {
        PANDANA: (n_lines(pandana_network), seconds),
        OURS: (n_lines(eitgeo_roads), ours),
    }
    rows = {
        "préparer le graphe": (
            ready,
            f"{french_count(len(nodes))} carrefours, {french_count(graph.size())} arcs",
        ),
        "matrice": matrices(graph, network, roads, places),
        "isochrone": reaches(graph, roads, places),
        "sites à portée": counts(graph, network, roads, nodes),
        "territoire": regions(),
    }
    lines = [
        "| tâche | " + " | ".join(TOOLS) + " | réponses |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {cells(row)} | {told} |" for name, (row, told) in rows.items()
    ]
    for name, (row, _) in rows.items():
        print(name, {tool: f"{n} l., {s:.3f} s" for tool, (n, s) in row.items()})
    table = "\n".join(lines)
    print(table)
    if asked.page:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(ENDS[0])
        after = rest.partition(ENDS[1])[2]
        body = f"{ENDS[0]}\n{table}\n{ENDS[1]}"
        PAGE.write_text(before + body + after, encoding="utf-8")


if __name__ == "__main__":
    main()
