"""The contour by the exchanges: gaps and times, and its gain over other methods.

Reads the tables of a study that has run. Cases: all declared communes and one body of
them, ceilings of 25, 50 and 75 % of the population, root fixed and free, EPCI free and
at most two held in part. Then, root fixed, what others keep under the same ceiling:
greedy growth, annealing by single communes, and the region of the root that Ward,
SKATER and max-p (spopt, if it is installed) give on minutes to towns, the best of
several numbers of regions under the ceiling. A method that has not ended in
``--minutes`` of a processor is said so. Prints gaps, CPU seconds
(``time.process_time``: other work on the machine does not count) and shares of the
optimum; nothing is asserted. Usage: ``python -m benchmarks.optimum
<out>/data/processed [--only gaps gains] [--body BODY] [--shares 0.5 0.25] [--methods
Ward SKATER] [--minutes 15]``.
"""

from __future__ import annotations

import argparse
import signal
import time
import warnings
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import AgglomerativeClustering

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.optimum.exchanges import exchange_choice
from eitgeo.perimeters.optimum.optimum import best_set
from eitgeo.roads.questions.seats import town_minutes
from eitgeo.study.methods import ExchangeContour
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from eitgeo.perimeters.optimum.optimum import Choice

SHARES = (0.75, 0.5, 0.25)
ROOT = "31483"
MIN_TOWN = 2500
REGIONS = range(2, 13)
MOVES = 30_000
SEED = 1
METHODS = ("greedy", "annealing", "Ward", "SKATER", "max-p")


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


def gaps(tables: dict[str, pd.DataFrame], name: str, shares: Sequence[float]) -> None:
    """Print the gap of each case."""
    for split, root, share in product((None, 2), ("fixed", "free"), shares):
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
            f"{rules}: {choice.size} communes, gap {best.gap:6.2%} nodes "
            f"{best.n_nodes:3d} {seconds:6.1f} s",
            flush=True,
        )


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


@contextmanager
def at_most(minutes: float) -> Iterator[None]:
    """Stop what takes more minutes of a processor (where the system counts them)."""

    def stop(*_: object) -> None:
        raise TimeoutError

    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, 60 * minutes)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def gains(
    tables: dict[str, pd.DataFrame],
    share: float,
    *,
    methods: Sequence[str],
    minutes: float,
) -> None:
    """Print what other methods keep under one ceiling, as shares of the optimum."""
    communes = tables["communes"]
    towns = town_minutes(communes, tables["od_matrix"], min_population=MIN_TOWN)
    choice = laid_out(tables, population_share=share)
    times = towns.loc[list(choice.units)].to_numpy(dtype=float)
    most = best_set(choice, max_nodes=60).value
    known: dict[str, Callable[[], float]] = {
        "greedy": lambda: choice.worth(greedy(choice)),
        "annealing": lambda: choice.worth(annealed(choice)),
        "Ward": lambda: ward(choice, times),
        "SKATER": lambda: by_spopt(choice, times, "skater"),
        "max-p": lambda: by_spopt(choice, times, "max-p"),
    }
    for name in methods:
        start = time.process_time()
        try:
            with at_most(minutes):
                told = f"keeps {known[name]() / most:6.1%} of what the optimum keeps"
        except ImportError as error:
            told = str(error)
        except TimeoutError:
            told = f"not ended in {minutes:g} minutes of a processor"
        seconds = time.process_time() - start
        print(f"  {share:4.0%} {name:10}: {told}, {seconds:6.1f} s", flush=True)


def asked() -> argparse.Namespace:
    """Read what to measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=["gaps", "gains"])
    parser.add_argument("--body", default="systom_8_epci")
    parser.add_argument("--areas", nargs="*", default=["all", "body"])
    parser.add_argument("--shares", nargs="*", type=float, default=SHARES)
    parser.add_argument("--methods", nargs="*", default=METHODS)
    parser.add_argument("--minutes", type=float, default=15.0)
    return parser.parse_args()


def main() -> None:
    """Measure gaps, then gains, or what is asked for."""
    asks = asked()
    warnings.simplefilter("ignore")
    names = ("communes", "contiguity", "affinity", "od_matrix", "membership")
    tables = {name: read_table(asks.folder, name) for name in names}
    members = tables["membership"].query("body_id == @asks.body")["code_insee"]
    communes = tables["communes"]
    part = communes[communes["code_insee"].isin(members)]
    areas = {"all": tables, "body": tables | {"communes": part}}
    if "gaps" in asks.only:
        for name in asks.areas:
            gaps(areas[name], asks.body if name == "body" else name, asks.shares)
    if "gains" in asks.only:
        for share in asks.shares:
            gains(tables, share, methods=asks.methods, minutes=asks.minutes)


if __name__ == "__main__":
    main()
