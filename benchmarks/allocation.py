"""Time the allocation of 6 000 sites under 250 rules, against the whole programme.

The contender lists every arc and hands all to ``scipy.optimize.linprog`` at once, as
a first reading of the problem does, in the same process, on as many sites as the
second argument says. Prints seconds, proof and peak memory; nothing is asserted but
that both find the same optimum.
Usage: ``python -m benchmarks.allocation [sites] [whole]``.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from eitgeo.flows.arisings.residues import site_residues
from eitgeo.flows.exchanges.allocation import Allocated, site_allocation
from eitgeo.flows.exchanges.candidates import (
    Arcs,
    exchange_ends,
    possible_arcs,
    typical_m,
    ways,
)
from eitgeo.flows.exchanges.drawn_markets import without_site
from eitgeo.flows.exchanges.market import Market, allocate_market, rule_pairs

N_SITES = 6000
N_WHOLE = 6000
N_RULES = 250
N_COMMUNES = 600
ACROSS_M = 100_000.0
CATEGORIES = [f"W{n:03d}" for n in range(30)]
NAF = [f"{division:02d}.{group}0Z" for division in range(1, 57) for group in (1, 2)]
SAME = 1e-5

Drawn = dict[str, pd.DataFrame]


def drawn(n: int, rng: np.random.Generator) -> Drawn:
    """Draw communes, sites, rules, arisings and needs; roads are 1.3 × straight."""
    xy = rng.uniform(0, ACROSS_M, (N_COMMUNES, 2))
    codes = np.array([f"{31000 + i}" for i in range(N_COMMUNES)])
    size = rng.pareto(1.2, N_COMMUNES) + 0.2
    at = rng.choice(N_COMMUNES, n, p=size / size.sum())
    sites = pd.DataFrame(
        {
            "site_id": [f"S{i:05d}" for i in range(n)],
            "siret": "",
            "naf": rng.choice(NAF, n),
            "code_insee": codes[at],
        }
    )
    divisions = sorted({code[:2] for code in NAF})

    def some() -> str:
        chosen = rng.choice(divisions, 2, replace=False)
        return ";".join(code for code in NAF if code[:2] in set(chosen))

    rules = pd.DataFrame(
        {
            "rule_id": [f"R{i:03d}" for i in range(N_RULES)],
            "synergy_type": "substitution",
            "source_naf": [some() for _ in range(N_RULES)],
            "target_naf": [some() for _ in range(N_RULES)],
            "ewc_stat": rng.choice(CATEGORIES, N_RULES),
            "dist_max_km": rng.choice([15.0, 40.0, 100.0, 150.0], N_RULES),
            "yield_t_per_t": rng.choice([0.5, 0.9, 1.0], N_RULES),
        }
    )
    rules["dist_typ_km"] = rules["dist_max_km"] * rng.uniform(0.3, 0.6, N_RULES)
    straight = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
    pairs = pd.DataFrame(
        {
            "origin_id": np.repeat(codes, N_COMMUNES),
            "destination_id": np.tile(codes, N_COMMUNES),
            "length_m": 1.3 * straight.ravel() + 500,
            "time_s": 1.3 * straight.ravel() / 14,
            "status": "ok",
        }
    )
    return {"sites": sites, "rules": rules, "od_matrix": pairs} | _amounts(
        sites, rules, rng
    )


def _amounts(
    sites: pd.DataFrame, rules: pd.DataFrame, rng: np.random.Generator
) -> Drawn:
    ends = {}
    for end in ("source_naf", "target_naf"):
        listed = rules.assign(naf=rules[end].str.split(";")).explode("naf")
        ends[end] = listed.merge(sites[["site_id", "naf"]], on="naf")
    given = ends["source_naf"][["site_id", "ewc_stat"]].drop_duplicates()
    taken = ends["target_naf"][["site_id", "rule_id", "ewc_stat"]]
    receivers = taken.rename(columns={"ewc_stat": "resource"}).reset_index(drop=True)
    needs = receivers[["site_id", "resource"]].drop_duplicates(ignore_index=True)
    tonnes = rng.lognormal(4, 1.5, len(needs))
    tonnes[rng.random(len(needs)) < 0.15] = np.nan  # noqa: PLR2004
    return {
        "arisings": given.assign(t_mid=rng.lognormal(3, 1.5, len(given))),
        "needs": needs.assign(t_mid=tonnes),
        "receivers": receivers,
    }


def problem(data: Drawn) -> Market:
    """Gather both ends and price the ways: 0.25 €/t a kilometre and 2 €/t."""
    donors, receivers = exchange_ends(
        data["sites"],
        site_residues(data["arisings"]),
        data["needs"],
        rules=data["rules"],
        receivers=data["receivers"],
        donor_communes=set(data["sites"]["code_insee"]),
    )
    places = pd.Index(sorted(set(data["sites"]["code_insee"])))
    length_m, time_s = ways(data["od_matrix"], places)
    rules, lots = data["rules"], donors.nodes
    rng = np.random.default_rng(3)
    return Market(
        donors=donors,
        receivers=receivers,
        rule_ids=rules["rule_id"].tolist(),
        longest_m=1000 * rules["dist_max_km"].to_numpy(),
        typical_m=typical_m(rules),
        use=rules["yield_t_per_t"].to_numpy(),
        vehicle=np.zeros(len(rules), dtype=np.int64),
        thrown_share=np.ones(len(rules)),
        spared_eur_per_t=rng.uniform(0, 20, len(lots)),
        processing_eur_per_t=np.zeros(len(lots)),
        worth_eur_per_t=rng.uniform(5, 60, len(lots)),
        treats=np.zeros(len(receivers.nodes), dtype=bool),
        gate_eur_per_t=0.0,
        lot_place=places.get_indexer(pd.Index(lots["code_insee"])),
        need_place=places.get_indexer(pd.Index(receivers.nodes["code_insee"])),
        length_m=length_m,
        time_s=time_s,
        haul_eur_per_t=[2.0 + 0.25 * length_m / 1000],
    )


def whole(market: Market, data: Drawn) -> tuple[int, float]:
    """List every arc, and hand all to HiGHS at once."""
    arcs = possible_arcs(
        market.donors,
        market.receivers,
        rules=data["rules"],
        od_matrix=data["od_matrix"],
    )
    worth = market.worth_eur_per_t[arcs.supply] * arcs.use
    gain = (
        market.spared_eur_per_t[arcs.supply] + worth - 2 - 0.25 * arcs.length_m / 1000
    )
    gain, use = gain * arcs.kept, arcs.use * arcs.kept
    need_t = market.receivers.nodes["t"].to_numpy()
    n_lots = len(market.donors.nodes)
    bounded = np.isfinite(need_t)
    rank = np.cumsum(bounded) - 1
    inside = np.flatnonzero(bounded[arcs.need])
    at = np.arange(len(arcs))
    matrix = csr_array(
        (
            np.concatenate([np.ones(len(at)), use[inside]]),
            (
                np.concatenate([arcs.supply, n_lots + rank[arcs.need[inside]]]),
                np.concatenate([at, inside]),
            ),
        ),
        shape=(n_lots + int(bounded.sum()), len(at)),
    )
    room = np.concatenate([market.donors.nodes["t"].to_numpy(), need_t[bounded]])
    best = linprog(-gain, A_ub=matrix, b_ub=room, method="highs")
    return len(arcs), -float(best.fun)


def against_whole(n: int) -> None:
    """Compare both on the same sites, and print."""
    data = drawn(n, np.random.default_rng(2026))
    market = problem(data)
    start = time.process_time()
    _, ours = allocate_market(market)
    ours_s = time.process_time() - start
    start = time.process_time()
    n_arcs, theirs = whole(market, data)
    whole_s = time.process_time() - start
    assert abs(ours.benefit_eur / theirs - 1) < SAME
    print(
        f"{n} sites, {n_arcs} arcs: {ours_s:.1f} s; all at once {whole_s:.1f} s (CPU)"
    )


def loss(market: Market, arcs: Arcs, found: Allocated) -> None:
    """Lose the site that gives most, starting from the optimum, and print."""
    members = market.donors.members
    largest = str(members.loc[members["t"].idxmax(), "site_id"])
    start = time.perf_counter()
    _, less = allocate_market(without_site(market, largest), first=arcs)
    loss_s = time.perf_counter() - start
    lost_eur = found.benefit_eur - less.benefit_eur
    print(f"  loss of the largest site: {loss_s:.1f} s, −{lost_eur:.0f} €/year")


def main() -> None:
    """Measure the whole allocation, then compare."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else N_SITES
    n_whole = int(sys.argv[2]) if len(sys.argv) > 2 else N_WHOLE  # noqa: PLR2004
    data = drawn(n, np.random.default_rng(2026))
    start = time.perf_counter()
    market = problem(data)
    gathered_s = time.perf_counter() - start
    arcs, found = allocate_market(market)
    solved_s = time.perf_counter() - start - gathered_s
    table = site_allocation(
        arcs,
        found.t,
        donors=market.donors,
        receivers=market.receivers,
        rules=data["rules"],
    )
    all_s = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pairs = rule_pairs(market).sum()
    print(f"{n} sites, {N_RULES} rules: {len(market.donors.nodes)} lots, {pairs} pairs")
    print(f"  ends {gathered_s:.1f} s, optimum {solved_s:.1f} s, in all {all_s:.1f} s")
    print(f"  peak {peak_mb:.0f} MB, {len(table)} exchanges of sites")
    print(f"  gap {found.bound_eur / found.benefit_eur - 1:.1e}")
    loss(market, arcs, found)
    against_whole(n_whole)


if __name__ == "__main__":
    main()
