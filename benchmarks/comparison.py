"""Time a comparison: unions × indicators, then drawn weights and their ranks.

The peer ranks with ``scipy.stats.rankdata``, one draw at a time, and counts in a
Python loop, as a first reading of rank acceptability does, in the same process and on
the same draws. Prints seconds and peak memory; nothing is asserted but that both count
the same ranks.
Usage: ``python benchmarks/comparison.py [unions] [draws]``.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.scenarios.decision.ranking import (
    pareto_front,
    rank_acceptability,
    weighted_scores,
)
from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.indicators import measure_indicators
from eitgeo.study.project import read_study

if TYPE_CHECKING:
    from eitgeo.study.sections import Study

N_UNIONS = 400
N_DRAWS = 1000
N_INDICATORS = 30
N_COMMUNES = 600
N_EPCI = 14
N_SITES = 6000
SEED = 20261124


def draw_study(rng: np.random.Generator) -> tuple[pd.DataFrame, Activity]:
    """Draw communes in EPCI, sites, exchanges and minutes to towns."""
    codes = [f"{31000 + n}" for n in range(N_COMMUNES)]
    communes = pd.DataFrame(
        {
            "code_insee": codes,
            "nom": codes,
            "epci_siren": [f"2000000{n % N_EPCI:02d}" for n in range(N_COMMUNES)],
            "epci_communes": [
                len(range(n % N_EPCI, N_COMMUNES, N_EPCI)) for n in range(N_COMMUNES)
            ],
            "dep": [("31", "65", "09")[n % 3] for n in range(N_COMMUNES)],
            "population": rng.integers(50, 3000, N_COMMUNES),
            "in_area": True,
        }
    )
    naf = [f"{n:02d}.10Z" for n in rng.integers(5, 40, N_SITES)]
    heads = rng.pareto(1.5, N_SITES) * 10 + 1
    sites = pd.DataFrame(
        {
            "site_id": [f"s{n:05d}" for n in range(N_SITES)],
            "code_insee": rng.choice(codes, N_SITES),
            "naf": naf,
            "synthetic": False,
            "unsized": False,
            "family": [f"f{n}" for n in rng.integers(0, 20, N_SITES)],
        }
    )
    for stem in ("headcount", "t"):
        for level, factor in (("low", 0.5), ("mid", 1.0), ("high", 2.0)):
            sites[f"{stem}_{level}"] = heads * factor
    towns = codes[:20]
    minutes = pd.DataFrame(
        rng.uniform(5, 90, (N_COMMUNES, len(towns))), index=codes, columns=towns
    )
    exchanges = pd.DataFrame(
        {
            "donor_id": rng.choice(codes, 20_000),
            "receiver_id": rng.choice(codes, 20_000),
            "t_mid": rng.uniform(1, 50, 20_000),
        }
    )
    activity = Activity(
        codes=pd.Index(codes),
        target=sites,
        unsure=sites.iloc[:100],
        sites=sites.assign(source="IREP"),
        industry=sites,
        deposit=sites,
        observed=sites.iloc[:0],
        exchanges=exchanges,
        families=sites[["family", "code_insee", "site_id"]].assign(documented=False),
        town_minutes=minutes,
    )
    return communes, activity


def draw_unions(
    communes: pd.DataFrame, n: int, rng: np.random.Generator
) -> list[Candidate]:
    """Draw unions of whole EPCI; two may be the same."""
    groups = communes.groupby("epci_siren")["code_insee"].agg(list)
    unions = []
    for rank in range(n):
        members = rng.choice(groups.index, rng.integers(1, N_EPCI), replace=False)
        unions.append(
            Candidate(
                perimeter_id=f"union_{rank:04d}",
                name=f"union {rank}",
                method="union_epci",
                codes=frozenset(code for one in members for code in groups[one]),
                parameters={"epci": sorted(members)},
            )
        )
    return unions


def counted_by_loop(scores: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Count ranks one draw at a time, equals sharing evenly: the plain peer."""
    counts = np.zeros((len(scores), len(scores)))
    for weights in drawn:
        totals = np.round(scores @ weights, 9)
        first = rankdata(-totals, method="min").astype(int) - 1
        last = rankdata(-totals, method="max").astype(int)
        for one, (start, stop) in enumerate(zip(first, last, strict=True)):
            counts[one, start:stop] += 1 / (stop - start)
    return 100 * counts / len(drawn)


def read_plain_study() -> Study:
    """Return the default study without the waste body that is not drawn here."""
    study = read_study(Path(__file__).resolve().parents[1] / "study.yaml")
    comparison = study.comparison.model_copy(update={"waste_bodies": ()})
    return study.model_copy(update={"comparison": comparison})


def main() -> None:
    """Measure, rank and count; print seconds."""
    n_unions = int(sys.argv[1]) if len(sys.argv) > 1 else N_UNIONS
    n_draws = int(sys.argv[2]) if len(sys.argv) > 2 else N_DRAWS  # noqa: PLR2004
    rng = np.random.default_rng(SEED)
    communes, activity = draw_study(rng)
    unions = draw_unions(communes, n_unions, rng)
    bodies = pd.DataFrame(
        columns=["body_id", "kind", "name", "legal_person", "status"], dtype=str
    ).astype({"legal_person": bool})
    membership = pd.DataFrame(
        columns=["body_id", "code_insee", "from_date", "to_date", "status"], dtype=str
    )
    start = time.perf_counter()
    indicators = measure_indicators(
        unions,
        activity,
        communes=communes,
        bodies=bodies,
        membership=membership,
        study=read_plain_study(),
    )
    measured_s = time.perf_counter() - start
    # As many criteria as the catalogue may ever hold, all of them ranked.
    scores = pd.DataFrame(
        np.round(rng.random((n_unions, N_INDICATORS)), 3),
        index=[one.perimeter_id for one in unions],
        columns=[f"c{n:02d}" for n in range(N_INDICATORS)],
    )
    weights = pd.Series(100 / N_INDICATORS, index=scores.columns)
    start = time.perf_counter()
    weighted_scores(scores, weights)
    front = pareto_front(scores, weights)
    ranks, _ = rank_acceptability(
        scores, weights, n_draws=n_draws, rng=np.random.default_rng(SEED)
    )
    ranked_s = time.perf_counter() - start
    drawn = np.random.default_rng(SEED).dirichlet(np.ones(N_INDICATORS), size=n_draws)
    start = time.perf_counter()
    peer = counted_by_loop(scores.to_numpy(), drawn)
    peer_s = time.perf_counter() - start
    assert np.allclose(ranks.to_numpy(), peer), "the two count different ranks"
    print(f"{n_unions} unions × {indicators['indicator_id'].nunique()} indicators")
    print(f"  measured in {measured_s:.2f} s")
    print(f"{n_unions} unions × {N_INDICATORS} criteria × {n_draws} draws")
    print(f"  front, totals, ranks and pairs in {ranked_s:.2f} s ({front.sum()} on it)")
    print(f"  ranks alone by rankdata and a loop in {peer_s:.2f} s, the same")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
