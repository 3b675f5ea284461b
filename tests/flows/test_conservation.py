"""Exchanges against a slow site-by-site computation, on random territories."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.flows import affinity, flows_between, possible_exchanges
from tests.flows.toy import (
    BOARD,
    FARM,
    HEAT,
    SAW,
    P,
    Q,
    R,
    S,
    make_arisings,
    make_flows,
    make_pairs,
    make_rules,
    make_sites,
)

ACTIVITIES = [SAW, BOARD, HEAT, FARM]
RESIDUES = ["W075", "W072"]
Key = tuple[str, str, str]


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


def slow_shares(sites, arisings, rules) -> dict[tuple[str, str], dict[Key, float]]:
    """Share each residue of each site, one taker after the other.

    Returns, for each site and residue, tonnes by rule, donor and taker commune.
    """
    lengths = make_pairs().set_index(["origin_id", "destination_id"])["length_m"]
    by_id = sites.set_index("site_id")
    found = {}
    for giver, residue, tonnes in arisings[["site_id", "ewc_stat", "t_mid"]].values:
        home = by_id.loc[giver, "code_insee"]
        weights: dict[Key, float] = defaultdict(float)
        for rule in rules[rules["ewc_stat"] == residue].to_dict("records"):
            if by_id.loc[giver, "naf"] not in rule["source_naf"].split(";"):
                continue
            for taker in sites.to_dict("records"):
                km = lengths[home, taker["code_insee"]] / 1000
                takes = taker["naf"] in rule["target_naf"].split(";")
                if taker["site_id"] == giver or not takes:
                    continue
                if taker["headcount_mid"] > 0 and km <= rule["dist_max_km"]:
                    half_km = rule["dist_typ_km"] or rule["dist_max_km"]
                    weight = taker["headcount_mid"] * 0.5 ** (km / half_km)
                    weights[rule["rule_id"], home, taker["code_insee"]] += weight
        whole = sum(weights.values())
        found[giver, residue] = {k: tonnes * w / whole for k, w in weights.items()}
    return found


def exchanges(sites, arisings, rules) -> pd.DataFrame:
    """Return table ``synergies`` of a territory."""
    return possible_exchanges(
        sites,
        arisings,
        rules,
        od_matrix=make_pairs(),
        donor_communes=[P, Q, R, S],
        flows=make_flows(),
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_exchanges_agree_with_a_slow_computation(seed: int) -> None:
    sites, arisings, rules = random_territory(seed)
    expected: dict[Key, float] = defaultdict(float)
    for shares in slow_shares(sites, arisings, rules).values():
        for key, tonnes in shares.items():
            expected[key] += tonnes
    table = exchanges(sites, arisings, rules)
    keys = ["rule_id", "donor_id", "receiver_id"]
    assert not table.duplicated(keys).any()
    found = table.set_index(keys)["t_mid"].to_dict()
    assert found == pytest.approx(dict(expected), rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_each_tonne_is_counted_once(seed: int) -> None:
    """Every residue of every site goes out whole, or not at all."""
    sites, arisings, rules = random_territory(seed)
    one = arisings.sample(min(1, len(arisings)), random_state=seed)
    takers = slow_shares(sites, one, rules)
    has_taker = any(takers.values())
    given_t = exchanges(sites, one, rules)["t_mid"].sum()
    thrown_t = one["t_mid"].sum() if has_taker else 0.0
    assert given_t == pytest.approx(thrown_t, rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_affinity_is_symmetric_and_conserves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(0, 12))
    ends = rng.choice([P, Q, R, S, "2A004"], (size, 2))
    table = pd.DataFrame(ends, columns=["donor_id", "receiver_id"], dtype="str")
    table["t_mid"] = rng.uniform(0, 10, size)
    table["rule_id"] = rng.choice(["R1", "R2"], size)
    between = flows_between(table)
    assert between["t_mid"].sum() == pytest.approx(table["t_mid"].sum())
    pairs = affinity(table)
    assert pairs["t_mid"].sum() == pytest.approx(table["t_mid"].sum())
    assert (pairs["code_a"] <= pairs["code_b"]).all()
    assert not pairs.duplicated(["code_a", "code_b"]).any()
    turned = {"donor_id": "receiver_id", "receiver_id": "donor_id"}
    pd.testing.assert_frame_equal(pairs, affinity(table.rename(columns=turned)))
