"""Count effective draws a second: random contours of ours, against gerrychain's ReCom.

Both walk on the same communes and truck links of a study that was run, and note the
population, and what the region of the root keeps inside of ties and of potential
exchanges alone; the same estimator counts effective draws over the same number of
chains. They do not sample the same thing: ours one region between 25 and 75 % of the
population, law ``exp(−border_weight × cut links)``; ReCom two regions of as many
inhabitants give or take 50 %, spanning-tree law. Prints seconds, R̂, effective draws
and their ratio; nothing is asserted. Usage: ``python -m benchmarks.perimeters
data/processed ROOT [draws]`` (group ``peers``).
"""

from __future__ import annotations

import random
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd
from gerrychain import Graph, MarkovChain, Partition, accept
from gerrychain.proposals import recom

from eitgeo.perimeters.contours.mesh import make_mesh
from eitgeo.perimeters.ensemble.ensemble import mixing, sample_contours
from eitgeo.perimeters.methods.ties import sector_jobs, sector_ties
from eitgeo.reference.rules import synergy_rules
from eitgeo.study.methods import Affinity, Ensemble, Rules
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from eitgeo.perimeters.contours.mesh import Mesh
    from eitgeo.perimeters.methods.ties import Ties

N_CHAINS = 4
N_DRAWS = 300
THINNING = 500
SHARES = (0.25, 0.75)
WIDTH = 0.5

Noted = dict[str, "Callable[[frozenset[str]], float]"]


def tied(folder: Path, root: str) -> tuple[Mesh, Ties, Ties]:
    """Read the communes of a study and what ties them."""
    communes, contiguity, pairs, sites, exchanges = (
        read_table(folder, name)
        for name in ("communes", "contiguity", "od_matrix", "sites", "affinity")
    )
    mesh = make_mesh(communes, contiguity, root=root)
    sectors = sector_ties(
        mesh,
        sector_jobs(sites),
        rules=synergy_rules(),
        truck_minutes=pairs[pairs["profile"].eq("truck") & pairs["status"].eq("ok")],
        max_minutes=Affinity().max_minutes,
    )
    alone = Affinity(exchanges=1.0, complementarity=0.0, similarity=0.0)
    mixed = sectors.with_exchanges(exchanges, Affinity())
    return mesh, mixed, sectors.with_exchanges(exchanges, alone)


def ours(mesh: Mesh, observed: Noted, n_draws: int) -> list[pd.DataFrame]:
    """Walk by flips of clusters."""
    total = mesh.total(mesh.codes, "population")
    rules = Rules(
        floors={"population": SHARES[0] * total},
        ceilings={"population": SHARES[1] * total},
    )
    law = Ensemble(n_draws=n_draws, thinning=THINNING)
    return [
        sample_contours(
            mesh, rules, law=law, observed=observed, rng=np.random.default_rng(seed)
        ).values
        for seed in range(N_CHAINS)
    ]


def recombined(mesh: Mesh, observed: Noted, n_draws: int) -> list[pd.DataFrame]:
    """Walk by ReCom over two regions."""
    plain = nx.Graph((code, near) for code in mesh.codes for near in mesh.near[code])
    nx.set_node_attributes(plain, mesh.sums["population"], "population")
    graph = Graph.from_networkx(plain)
    return [
        pd.DataFrame(_recom_chain(mesh, graph, observed, n_draws=n_draws, seed=seed))
        for seed in range(N_CHAINS)
    ]


def _recom_chain(
    mesh: Mesh, graph: Graph, observed: Noted, *, n_draws: int, seed: int
) -> list[dict[str, float]]:
    rng = random.Random(seed)  # noqa: S311 - a draw, not a secret
    first = Partition.from_random_assignment(
        graph, n_parts=2, epsilon=WIDTH, pop_col="population", rng=rng
    )
    move = partial(
        recom,
        pop_col="population",
        pop_target=mesh.total(mesh.codes, "population") / 2,
        epsilon=WIDTH,
        rng=rng,
    )
    walk = MarkovChain(move, [], accept.always_accept, first, n_draws)
    notes = []
    for partition in walk:
        held = around_root(partition, mesh.root)
        notes.append({name: measure(held) for name, measure in observed.items()})
    return notes


def around_root(partition: Partition, root: str) -> frozenset[str]:
    """Return the communes of the region that holds the root."""
    node = partition.graph.internal_node_id_for_original_nx_node_id(root)
    nodes = partition.parts[partition.assignment.mapping[node]]
    return frozenset(partition.graph.original_nx_node_ids_for_set(nodes))


def main(folder: Path, root: str, n_draws: int) -> None:
    """Run both on the same communes, and print."""
    mesh, ties, exchanges = tied(folder, root)
    observed: Noted = {
        "population": partial(mesh.total, name="population"),
        "ties": ties.captured,
        "exchanges": exchanges.captured,
    }
    print(f"{len(mesh.codes)} communes, {N_CHAINS} chains of {n_draws} draws")
    speed = {}
    for name, walk in {"eitgeo clusters": ours, "gerrychain ReCom": recombined}.items():
        start = time.process_time()
        chains = walk(mesh, observed, n_draws)
        seconds = time.process_time() - start
        told = mixing(chains)
        speed[name] = told["ess"] / seconds
        for quantity, row in told.iterrows():
            print(
                f"{name:18} {quantity:12} {seconds:7.1f} s CPU  R̂ {row['rhat']:.3f}  "
                f"ESS {row['ess']:7.1f}  {row['ess'] / seconds:7.2f} ESS/s"
            )
    mine, peer = speed.values()
    for quantity in observed:
        ratio = mine[quantity] / peer[quantity]
        print(f"eitgeo ÷ gerrychain, {quantity}: {ratio:.2f}")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        sys.argv[2],
        int(sys.argv[3]) if len(sys.argv) > 3 else N_DRAWS,  # noqa: PLR2004
    )
