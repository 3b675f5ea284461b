"""The contour by the exchanges: gaps and times, and its gain over other methods.

Reads the tables of a study that has run. Cases: all declared communes and one body of
them, ceilings of 25, 50 and 75 % of the population, root fixed and free, EPCI free and
at most two held in part. Then, root fixed, what others keep under the same ceiling:
greedy growth, annealing by single communes, and the region of the root that Ward,
SKATER and max-p (spopt, if it is installed) give on minutes to towns, the best of
several numbers of regions under the ceiling. Then unions of fourteen whole EPCI that
all touch (8 192): listing, blocks, ranks and front over 30 indicators. Prints gaps,
CPU seconds (``time.process_time``: other work on the machine does not count) and
shares of the optimum; nothing is asserted. Usage:
``python benchmarks/optimum.py <out>/data/processed [body_id]``.
"""

from __future__ import annotations

import sys
import time
import warnings
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import AgglomerativeClustering

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters import (
    Candidate,
    best_set,
    connected_unions,
    exchange_choice,
)
from eitgeo.roads import town_minutes
from eitgeo.scenarios import epci_blocks, union_front, union_ranks
from eitgeo.study import ExchangeContour
from eitgeo.tables import read_table

if TYPE_CHECKING:
    from eitgeo.perimeters import Choice

SHARES = (0.75, 0.5, 0.25)
ROOT = "31483"
MIN_TOWN = 2500
REGIONS = range(2, 13)
MOVES = 30_000
N_INDICATORS = 30
SEED = 1


def laid_out(tables: dict[str, pd.DataFrame], **rules: Any) -> Choice:
    """Lay out a case."""
    return exchange_choice(
        tables["communes"],
        tables["contiguity"],
        tables["affinity"],
        jobs=pd.Series(dtype=float),
        root=ROOT,
        contour=ExchangeContour(**rules),
    )


def gaps(tables: dict[str, pd.DataFrame], name: str) -> dict[float, float]:
    """Print the gap of each case; return the value of those without other rules."""
    found = {}
    for split, root, share in product((None, 2), ("fixed", "free"), SHARES):
        choice = laid_out(
            tables, population_share=share, root=root, max_split_epci=split
        )
        start = time.process_time()
        rules = f"{name:15} {share:4.0%} root {root:5} split {split}"
        try:
            best = best_set(choice, max_nodes=60)
        except InfeasibleError as error:
            print(f"{rules}: {error}")
            continue
        seconds = time.process_time() - start
        print(
            f"{rules}: gap {best.gap:6.2%} nodes {best.n_nodes:3d} {seconds:6.1f} s",
            flush=True,
        )
        if split is None and root == "fixed":
            found[share] = best.value
    return found


def greedy(choice: Choice) -> np.ndarray:
    """Add the neighbour that gains most for its population, while it fits."""
    people, high = choice.limits[0].weight, choice.limits[0].high
    graph, values = choice.graph(), choice.values()
    held = np.zeros(choice.size, dtype=bool)
    held[choice.forced] = True
    while True:
        near = (graph @ held > 0) & ~held & (people + people[held].sum() <= high)
        if not near.any():
            return held
        rate = (choice.own + values @ held) / np.maximum(people, 1.0)
        held[np.where(near, rate, -1.0).argmax()] = True


def annealed(choice: Choice) -> np.ndarray:
    """Flip one commune at the edge at a time, cooling; keep the best set met."""
    rng = np.random.default_rng(SEED)
    people, high = choice.limits[0].weight, choice.limits[0].high
    graph, values = choice.graph(), choice.values()
    held = greedy(choice)
    worth = choice.worth(held)
    best, best_worth = held.copy(), worth
    for heat in np.geomspace(worth / 200, worth / 200_000, MOVES):
        edge = np.flatnonzero((graph @ held > 0) & (graph @ ~held > 0))
        unit = int(rng.choice(edge))
        if unit == choice.root:
            continue
        gain = choice.own[unit] + values[[unit]] @ held
        change = float((-gain if held[unit] else gain).item())
        if change < 0 and rng.random() >= np.exp(change / heat):
            continue
        held[unit] = not held[unit]
        at = np.flatnonzero(held)
        n_pieces, _ = connected_components(graph[at][:, at], directed=False)
        if people[at].sum() > high or n_pieces > 1:
            held[unit] = not held[unit]
            continue
        worth += change
        if worth > best_worth:
            best, best_worth = held.copy(), worth
    return best


def region_of_root(labels: np.ndarray, choice: Choice) -> float:
    """Return what the region of the root keeps; NaN where it is above the ceiling."""
    held = labels == labels[choice.root]
    return choice.worth(held) if choice.allows(held) else float("nan")


def ward(choice: Choice, minutes: np.ndarray) -> float:
    """Keep the best region of the root over several numbers of regions."""
    return np.nanmax(
        [
            region_of_root(
                AgglomerativeClustering(
                    n_clusters=n, connectivity=choice.graph(), linkage="ward"
                ).fit_predict(minutes),
                choice,
            )
            for n in REGIONS
        ]
    )


def by_spopt(choice: Choice, minutes: np.ndarray, method: str) -> float:
    """Do the same with spopt."""
    import geopandas as gpd  # noqa: PLC0415
    from libpysal.weights import W  # noqa: PLC0415
    from spopt.region import MaxPHeuristic, Skater  # noqa: PLC0415

    graph = choice.graph()
    near = {
        unit: graph.indices[graph.indptr[unit] : graph.indptr[unit + 1]].tolist()
        for unit in range(choice.size)
    }
    names = [f"m{n}" for n in range(minutes.shape[1])]
    table = gpd.GeoDataFrame(pd.DataFrame(minutes, columns=names))
    table["people"] = choice.limits[0].weight
    found = []
    if method == "skater":
        for n in REGIONS:
            model = Skater(table, W(near, silence_warnings=True), names, n_clusters=n)
            model.solve()
            found.append(region_of_root(np.asarray(model.labels_), choice))
    else:
        np.random.seed(SEED)  # noqa: NPY002 - spopt draws from it
        model = MaxPHeuristic(
            table,
            W(near, silence_warnings=True),
            names,
            "people",
            0.8 * choice.limits[0].high,
            1,
            max_iterations_construction=20,
        )
        model.solve()
        found.append(region_of_root(np.asarray(model.labels_), choice))
    return max((one for one in found if np.isfinite(one)), default=float("nan"))


def gains(tables: dict[str, pd.DataFrame], values: dict[float, float]) -> None:
    """Print what other methods keep, as shares of the optimum."""
    communes = tables["communes"]
    towns = town_minutes(communes, tables["od_matrix"], min_population=MIN_TOWN)
    for share in SHARES:
        choice = laid_out(tables, population_share=share)
        minutes = towns.loc[list(choice.units)].to_numpy(dtype=float)
        methods = {
            "greedy": lambda one: one.worth(greedy(one)),
            "annealing": lambda one: one.worth(annealed(one)),
            "Ward": lambda one, m=minutes: ward(one, m),
            "SKATER": lambda one, m=minutes: by_spopt(one, m, "skater"),
            "max-p": lambda one, m=minutes: by_spopt(one, m, "max-p"),
        }
        for name, method in methods.items():
            start = time.process_time()
            try:
                value = method(choice)
            except ImportError as error:
                print(f"  {share:4.0%} {name:10}: {error}")
                continue
            seconds = time.process_time() - start
            print(
                f"  {share:4.0%} {name:10}: keeps {value / values[share]:6.1%} of what "
                f"the optimum keeps, {seconds:6.1f} s",
                flush=True,
            )


def unions_of_whole_epci() -> None:
    """Time the listing, blocks, ranks and front where all fourteen touch: the worst."""
    sirens = [f"20000{n:04d}" for n in range(14)]
    near = {siren: frozenset(sirens) - {siren} for siren in sirens}
    root = sirens[0]
    start = time.process_time()
    unions = connected_unions(near, root, limit=20_000)
    made = [
        Candidate(f"u{n}", f"u{n}", "union_epci", held, parameters={"epci": list(held)})
        for n, held in enumerate(unions)
    ]
    listed_s = time.process_time() - start
    rng = np.random.default_rng(SEED)
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "perimeter_id": [one.perimeter_id for one in made],
                    "indicator_id": "n_deliberations" if n == 0 else f"i{n:02d}",
                    "value": rng.random(len(made)),
                    "unit": "nombre",
                    "direction": "up",
                    "evidence": "O",
                    "percentile_same_size": 50.0,
                }
            )
            for n in range(N_INDICATORS)
        ],
        ignore_index=True,
    )
    start = time.process_time()
    epci_blocks(rows, made, names=dict.fromkeys(near, ""), root_epci=root)
    blocks_s = time.process_time() - start
    start = time.process_time()
    union_ranks(rows, made)
    union_front(rows, made, criteria=[f"i{n:02d}" for n in range(1, 6)])
    ranks_s = time.process_time() - start
    print(
        f"{len(made)} unions of 14 EPCI, {N_INDICATORS} indicators: listing "
        f"{listed_s:.1f} s, blocks {blocks_s:.1f} s, ranks and front {ranks_s:.1f} s"
    )


def main() -> None:
    """Measure unions, then gaps, then gains."""
    folder = Path(sys.argv[1])
    warnings.simplefilter("ignore")
    unions_of_whole_epci()
    names = ("communes", "contiguity", "affinity", "od_matrix", "membership")
    tables = {name: read_table(folder, name) for name in names}
    values = gaps(tables, "all communes")
    body = sys.argv[2] if len(sys.argv) > 2 else "systom_8_epci"  # noqa: PLR2004
    members = tables["membership"].query("body_id == @body")["code_insee"]
    communes = tables["communes"]
    part = communes[communes["code_insee"].isin(members)]
    gaps(tables | {"communes": part}, body)
    gains(tables, values)


if __name__ == "__main__":
    main()
