"""Drawn givers and takers.

P ── 10 km ── Q ── 10 km ── R        S: no road

P: sawmill « scie » (20 jobs)
Q: board maker « panneau » (30), boiler « chaufferie » (10)
R: board maker « grand » (60)
"""

from typing import Any

import numpy as np
import pandas as pd

from eitgeo.flows.exchanges.allocation import Arcs, Ends
from eitgeo.study.sections import Flows

P, Q, R, S = "31001", "31002", "31003", "31004"
SAW, BOARD, HEAT, FARM = "16.10A", "16.21Z", "35.30Z", "01.42Z"


def make_sites(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
    """Return sites: name, activity, jobs (NaN: unknown), commune."""
    table = pd.DataFrame(
        rows, columns=["site_id", "naf", "headcount_mid", "code_insee"]
    )
    jobs = table["headcount_mid"].astype(float)
    return table.assign(
        headcount_mid=jobs, headcount_low=0.5 * jobs, headcount_high=2 * jobs
    )


def five_sites() -> pd.DataFrame:
    """Return the sites of the module's docstring, and a shop that plays no part."""
    return make_sites(
        ("scie", SAW, 20, P),
        ("panneau", BOARD, 30, Q),
        ("chaufferie", HEAT, 10, Q),
        ("grand", BOARD, 60, R),
        ("magasin", "47.11F", 40, R),
    )


def make_arisings(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Return arisings: site, residue, tonnes."""
    table = pd.DataFrame(rows, columns=["site_id", "ewc_stat", "t_mid"])
    return table.assign(waste_code=table["ewc_stat"], stream="NDNI")


def make_rules(*rules: dict[str, Any]) -> pd.DataFrame:
    """Return rules: sawdust to boards, 10 km typically, unless said otherwise."""
    usual = {
        "rule_id": "BOIS",
        "synergy_type": "substitution",
        "family": "bois",
        "byproduct": "sciures",
        "source_naf": SAW,
        "target_naf": BOARD,
        "ewc_stat": "W075",
        "dist_typ_km": 10.0,
        "dist_max_km": 50.0,
        "regulatory_gate": "sous-produit",
        "confidence": "B",
        "evidence": "H",
    }
    told = pd.DataFrame([usual | rule for rule in rules or ({},)])
    # Whom a rule names may take, unless it says otherwise.
    takers = told["taker_naf"] if "taker_naf" in told else told["target_naf"]
    return told.assign(taker_naf=takers.fillna(told["target_naf"]))


BOARDS: dict[str, Any] = {}
BOILERS: dict[str, Any] = {
    "rule_id": "CHALEUR",
    "family": "énergie",
    "target_naf": HEAT,
    "dist_typ_km": 20.0,
}


def make_pairs(inner_km: float = 1.0) -> pd.DataFrame:
    """Return table ``od_matrix`` of the line P, Q, R; S is out of reach."""
    place_km = {P: 0.0, Q: 10.0, R: 20.0}
    rows = []
    for origin in (P, Q, R, S):
        for destination in (P, Q, R, S):
            known = origin in place_km and destination in place_km
            status, km = "other_component", float("nan")
            if origin == destination:
                status, km = "same_place", inner_km
            elif known:
                status, km = "ok", abs(place_km[origin] - place_km[destination])
            rows.append((origin, destination, status, 1_000 * km, 60 * km))
    names = ["origin_id", "destination_id", "status", "length_m", "time_s"]
    return pd.DataFrame(rows, columns=names)


def make_flows(**changes: Any) -> Flows:
    """Return parameters without any limit that bites."""
    return Flows.model_validate({"max_km": 150} | changes)


RATIOS = pd.DataFrame(
    [
        ("47", "NDNI", "W072", 0.6, 1.0, 2.0, 4.0),
        ("47", "NDNI", "W102", 0.4, 1.0, 2.0, 4.0),
        ("47.11", "NDNI", "W091", 1.0, 2.0, 3.0, 5.0),
        ("41", "NDNI", "W121", 1.0, 2.0, 5.0, 10.0),
        ("41", "INERT", "W121", 1.0, 60.0, 120.0, 200.0),
        ("38", "EXCLUDE", "", float("nan"), 0.0, 0.0, 0.0),
    ],
    columns=[
        "naf_prefix",
        "stream",
        "ewc_stat",
        "share",
        "t_per_employee_low",
        "t_per_employee",
        "t_per_employee_high",
    ],
)
RATIOS["ratio_id"] = RATIOS["naf_prefix"]


def naive_pairs(arcs: Arcs, donors: Ends, receivers: Ends) -> dict[str, float]:
    """Count what a table of pairs would tell, each tonne as often as it has takers."""
    n_out = np.bincount(donors.members["node"], minlength=len(donors.nodes))
    n_in = np.bincount(receivers.members["node"], minlength=len(receivers.nodes))
    takers = n_in[arcs.need]
    t = donors.nodes["t"].to_numpy(float)
    return {
        "n_pairs": float((n_out[arcs.supply] * takers).sum()),
        "t": float((t[arcs.supply] * takers).sum()),
    }


ACTIVITIES = [SAW, BOARD, HEAT, FARM]
RESIDUES = ["W075", "W072"]


def random_territory(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Draw sites, arisings and rules; a rule may give to its own givers."""
    rng = np.random.default_rng(seed)
    sites = make_sites(
        *(
            (
                f"s{n}",
                str(rng.choice(ACTIVITIES)),
                float(rng.choice([np.nan, 1, 5, 40, 300])),
                str(rng.choice([P, Q, R, S])),
            )
            for n in range(rng.integers(2, 9))
        )
    )
    arisings = make_arisings(
        *(
            (name, residue, float(rng.uniform(0.1, 500)))
            for name in sites["site_id"]
            for residue in RESIDUES
            if rng.random() < 0.7
        )
    )
    rules = make_rules(
        *(
            {
                "rule_id": f"R{n}",
                "source_naf": ";".join(rng.choice(ACTIVITIES, 2, replace=False)),
                "target_naf": ";".join(rng.choice(ACTIVITIES, 2, replace=False)),
                "ewc_stat": str(rng.choice(RESIDUES)),
                "dist_typ_km": float(rng.choice([0.0, 2.0, 15.0])),
                "dist_max_km": float(rng.choice([0.5, 12.0, 100.0])),
            }
            for n in range(rng.integers(1, 4))
        )
    )
    return sites, arisings, rules
