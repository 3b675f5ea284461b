"""A territory of five sites, every figure by hand.

    P ── 10 km, 10 min ── Q ── 20 km, 20 min ── R        (60 km/h, flat)

P: sawmill « scie » (20 jobs), boiler « chaufferie » (2), outlet « plateforme »
Q: board maker « panneau » (10)
R: board maker « grand » (8), sawmill « scie2 » (10)

Sawmills throw 10 t of wood a job: 200 t in P, 100 t in R, whatever is drawn.
Boards use 50 t of wood a job, a fifth of it replaceable: 100 t in Q, 80 t in R.
The boiler burns 100 t a job, half of it replaceable: 100 t, and a tonne of residue
replaces half a tonne: it takes 200 t of residue.

A lorry carries 10 t, returns empty, costs 0.5 €/km and 20 €/h, loads in half an hour:
cost = (0.5 × 2d + 20 × (2d ÷ 60 + 0.5)) ÷ 10 = 1 + d ÷ 6 €/t, with d in km:
    d =  0 : 1.0000    10 : 2.6667    20 : 4.3333    30 : 6.0000
Fuel, 30 l/100 km laden and 20 empty, 3 kgCO2e/l: (30 + 20) × 3 ÷ 100 ÷ 10
    = 0.15 kgCO2e/t/km.

A tonne to the outlet costs 40 € and its haul to P. Preparing it costs 5 €, and a
tonne of input replaced is worth 20 € (so 10 € for the boiler). Net benefit:
    40 + haul to P − 5 + 20 × use − haul, in €/t

             panneau (Q)                       grand (R)      chaufferie (P)
    from P   40 + 1 − 5 + 20 − 2.6667 = 53.33  … − 6 = 50.00  … 10 − 1 = 45.00
    from R   40 + 6 − 5 + 20 − 4.3333 = 56.67  … − 1 = 60.00  … 10 − 6 = 45.00

Boards bring more than the boiler. R fills grand (80 t at 60.00), and its last 20 t go
to panneau rather than to the boiler: they gain 56.67 − 45 = 11.67 there, those of P
only 53.33 − 45 = 8.33. P fills what panneau has left (80 t), then the boiler (120 t).

    80 × 60.0000 + 20 × 56.6667 + 80 × 53.3333 + 120 × 45.0000
    = 4 800 + 1 133.33 + 4 266.67 + 5 400 = 15 600 €/year

Duals: the boiler has room, so its price is 0 and wood in P is worth 45 €/t; panneau
53.33 − 45 = 8.33; wood in R 56.67 − 8.33 = 48.33; grand 60 − 48.33 = 11.67. And
    200 × 45 + 100 × 48.3333 + 100 × 8.3333 + 80 × 11.6667 = 15 600: the same.
"""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.arisings.arising_draws import estimate_arisings
from eitgeo.flows.arisings.residues import site_residues
from eitgeo.flows.exchanges.allocation import (
    allocate,
    exchange_ends,
    missing_needs,
    possible_arcs,
    site_allocation,
)
from eitgeo.flows.exchanges.levers import break_even_km, levers
from eitgeo.flows.exchanges.synergies import affinity, estimated_needs, receiver_links
from eitgeo.flows.outlets.legal_outlets import (
    free_capacity_t,
    legal_pairs,
    lots,
    place_lots,
    site_outlet_flows,
    unplaced_by_stream,
)
from eitgeo.flows.outlets.transport import Freight, cost_eur_per_t, kgco2e_per_t
from eitgeo.tables.schema import validate
from tests.flows.toy import (
    BOARD,
    HEAT,
    SAW,
    P,
    Q,
    R,
    make_rules,
    make_sites,
    naive_pairs,
)

AT_KM = {P: 0.0, Q: 10.0, R: 30.0}
LORRY = Freight(
    load_t=10,
    payload_t=10,
    tare_t=10,
    empty_return_share=1,
    l100_empty=20,
    l100_full=30,
    cost_eur_per_km=0.5,
    cost_eur_per_h=20,
    cost_eur_per_day=0,
    hours_per_day=9,
    handling_h=0.5,
    fuel_kgco2e_per_l=3,
    diesel_mj_per_l=36,
    engine_efficiency=0.4,
    downhill_recovery=0,
)
NO_DECAY_KM = 1e12
"""Ways are no obstacle on paper, but for their cost."""
RULES = make_rules(
    {"yield_t_per_t": "1.0", "avoided_kgco2e_per_t": 100.0},
    {
        "rule_id": "CHALEUR",
        "target_naf": HEAT,
        "yield_t_per_t": "0.5",
        "avoided_kgco2e_per_t": 60.0,
    },
).assign(dist_typ_km=NO_DECAY_KM)
INPUTS = pd.DataFrame(
    {
        "naf_prefix": ["16.21", "35.30"],
        "resource": ["fibre", "combustible"],
        "ewc_stat": "W075",
        "t_per_employee_low": [50.0, 100.0],
        "t_per_employee": [50.0, 100.0],
        "t_per_employee_high": [50.0, 100.0],
        "max_share_low": [0.2, 0.5],
        "max_share": [0.2, 0.5],
        "max_share_high": [0.2, 0.5],
        "most_t_per_site": np.nan,
    }
)
RATIOS = pd.DataFrame(
    {
        "naf_prefix": ["16.10"],
        "ratio_id": ["16.10"],
        "stream": ["NDNI"],
        "ewc_stat": ["W075"],
        "share": [1.0],
        "t_per_employee": [10.0],
        "t_per_employee_low": [10.0],
        "t_per_employee_high": [10.0],
    }
)
OUTLET = pd.DataFrame(
    {
        "outlet_id": ["plateforme"],
        "kind": ["compostage"],
        "icpe_headings": ["2780"],
        "capacity_t": [300.0],
        "household_t": [50.0],
    }
)
WASTES = pd.DataFrame(
    {
        "heading": ["2780"],
        "stream": ["NDNI"],
        "ewc_stat": ["W075"],
        "gate_eur_per_t": [40.0],
    }
)
NO_HEADING = pd.DataFrame({"kind": [], "heading": []}, dtype="str")


def five_sites(scie_jobs: float = 20) -> pd.DataFrame:
    """Return the sites of the docstring, their headcount sure."""
    sites = make_sites(
        ("scie", SAW, scie_jobs, P),
        ("chaufferie", HEAT, 2, P),
        ("panneau", BOARD, 10, Q),
        ("grand", BOARD, 8, R),
        ("scie2", SAW, 10, R),
    )
    jobs = sites["headcount_mid"]
    return sites.assign(headcount_low=jobs, headcount_high=jobs, siret="")


def pairs() -> pd.DataFrame:
    """Return the road: 60 km/h, so as many minutes as kilometres."""
    rows = [
        (a, b, abs(AT_KM[a] - AT_KM[b]) * 1000, abs(AT_KM[a] - AT_KM[b]) * 60, "ok")
        for a in AT_KM
        for b in AT_KM
    ]
    names = ["origin_id", "destination_id", "length_m", "time_s", "status"]
    return pd.DataFrame(rows, columns=names)


def haul(km) -> np.ndarray:
    """Return the cost of a tonne over so many kilometres."""
    far = np.asarray(km, float)
    return np.asarray(cost_eur_per_t(LORRY, length_m=far * 1000, time_s=far * 60))


def solve(sites: pd.DataFrame):
    """Run the chain from sites to the optimum."""
    donors, receivers = exchange_ends(
        sites,
        site_residues(estimate_arisings(sites, RATIOS)),
        estimated_needs(sites, RULES, INPUTS),
        rules=RULES,
        receivers=receiver_links(sites, RULES, INPUTS),
        donor_communes=[P, Q, R],
    )
    arcs = possible_arcs(donors, receivers, rules=RULES, od_matrix=pairs())
    from_km = donors.nodes["code_insee"].map(AT_KM).to_numpy()[arcs.supply]
    benefit = 40 + haul(from_km) - 5 + 20 * arcs.use - haul(arcs.length_m / 1000)
    found = allocate(
        arcs,
        benefit_eur_per_t=benefit,
        supply_t=donors.nodes["t"].to_numpy(),
        need_t=receivers.nodes["t"].to_numpy(),
    )
    return donors, receivers, arcs, benefit, found


@cache
def optimum():
    """Run the chain on the five sites, which no test changes."""
    return solve(five_sites())


def allocation() -> pd.DataFrame:
    """Return table ``allocation`` of the five sites."""
    donors, receivers, arcs, _, found = optimum()
    return site_allocation(
        arcs, found.t, donors=donors, receivers=receivers, rules=RULES
    ).assign(participation_draw=0)


def exchanges() -> pd.DataFrame:
    """Return what each exchange of the optimum saves, as in the docstring."""
    table = allocation()
    homes = five_sites().set_index("site_id")["code_insee"]
    disposal_km = table["donor_id"].map(homes).map(AT_KM)
    rule = RULES.set_index("rule_id").loc[table["rule_id"]]
    km = table["length_m"] / 1000
    per_km = kgco2e_per_t(LORRY, length_m=1000.0)
    return table.assign(
        disposal_km=disposal_km,
        length_km=km,
        disposal_eur_per_t=40.0,
        haul_to_disposal_eur_per_t=haul(disposal_km),
        haul_eur_per_t=haul(km),
        processing_eur_per_t=5.0,
        value_eur_per_t=20 * rule["yield_t_per_t"].astype(float).to_numpy(),
        disposal_tax_eur_per_t=0.0,
        landfill_share=0.0,
        used_share=0.0,
        secondary_share=0.0,
        landfill_tax_eur_per_t=0.0,
        syndicate_share=1.0,
        avoided_kgco2e_per_t=rule["avoided_kgco2e_per_t"].to_numpy(),
        haul_to_disposal_kgco2e_per_t=per_km * disposal_km,
        haul_kgco2e_per_t=per_km * km,
        disposal_heading="2780",
    )


def test_tonnages() -> None:
    thrown = estimate_arisings(five_sites(), RATIOS).set_index("site_id")["t_mid"]
    assert thrown.to_dict() == pytest.approx({"scie": 200, "scie2": 100})
    needs = estimated_needs(five_sites(), RULES, INPUTS)
    assert needs.set_index("site_id")["t_mid"].to_dict() == pytest.approx(
        {"panneau": 100, "grand": 80, "chaufferie": 100}
    )


def test_haul() -> None:
    assert haul([0, 10, 20, 30]) == pytest.approx([1, 8 / 3, 13 / 3, 6])
    assert kgco2e_per_t(LORRY, length_m=20_000.0) == pytest.approx(3.0)


def test_the_optimum() -> None:
    table = allocation().set_index(["donor_id", "receiver_id", "rule_id"])
    assert table["t"].to_dict() == pytest.approx(
        {
            ("scie2", "grand", "BOIS"): 80,
            ("scie2", "panneau", "BOIS"): 20,
            ("scie", "panneau", "BOIS"): 80,
            ("scie", "chaufferie", "CHALEUR"): 120,
        }
    )


def test_the_benefit_its_proof_and_what_is_missing() -> None:
    _, receivers, _, _, found = optimum()
    assert found.benefit_eur == pytest.approx(15_600)
    assert found.bound_eur == pytest.approx(15_600, abs=0.1)
    assert found.unmatched_t.sum() == pytest.approx(0, abs=1e-9)
    missing = missing_needs(found, receivers).set_index("code_insee")
    assert missing["price_eur_per_t"].to_dict() == pytest.approx(
        {R: 35 / 3, Q: 25 / 3}, abs=1e-3
    )
    assert missing["t"].to_dict() == {R: 80, Q: 100}


def test_pairs_alone_would_count_tonnes_three_times() -> None:
    donors, receivers, arcs, _, _ = optimum()
    naive = naive_pairs(arcs, donors, receivers)
    # Two sawmills × three receivers; 3 × (200 + 100) t.
    assert naive == {"n_pairs": 6, "t": 900}


def test_the_loss_of_the_largest_site_is_told() -> None:
    """Without « scie », R feeds grand (80 t) and panneau (20 t): 5 933.33 €."""
    *_, found = solve(five_sites(scie_jobs=0))
    assert found.benefit_eur == pytest.approx(80 * 60 + 20 * 170 / 3)
    assert found.t.sum() == pytest.approx(100)


def test_affinity_between_communes() -> None:
    homes = five_sites().set_index("site_id")["code_insee"]
    table = allocation()
    ends = table.assign(
        donor_id=table["donor_id"].map(homes),
        receiver_id=table["receiver_id"].map(homes),
        t_mid=table["t"],
    )
    found = affinity(ends).set_index(["code_a", "code_b"])["t_mid"].to_dict()
    assert found == pytest.approx({(P, P): 120, (P, Q): 80, (Q, R): 20, (R, R): 80})


def placed(capacity_t: float):
    """Place both lots of wood in the outlet of P."""
    sites = five_sites()
    outlet = OUTLET.assign(capacity_t=capacity_t)
    legal = legal_pairs(outlet, wastes=WASTES, headings=NO_HEADING)
    waste = lots(estimate_arisings(sites, RATIOS), sites)
    ways = waste.merge(legal, on=["stream", "ewc_stat"])
    km = ways["code_insee"].map(AT_KM)
    ways = ways.assign(length_m=1000 * km, cost_eur_per_t=haul(km))
    return place_lots(waste, ways, free_t=free_capacity_t(outlet))


def test_outlets_with_room_for_250_t() -> None:
    """P sends 200 t at 1 €/t; R sends 50 t at 6 €/t, and 50 t find no room."""
    found = placed(300.0)
    flows = found.flows.set_index("code_insee")
    assert flows["t"].to_dict() == pytest.approx({P: 200, R: 50})
    assert flows["cost_eur"].to_dict() == pytest.approx({P: 200, R: 300})
    left = unplaced_by_stream(found)
    assert left.to_numpy().tolist() == [["NDNI", "W075", "capacite", pytest.approx(50)]]
    sites = five_sites()
    table = site_outlet_flows(found, estimate_arisings(sites, RATIOS), sites)
    tidy = validate(table, table="allowed_flows").set_index("site_id")
    assert tidy["t"].to_dict() == pytest.approx({"scie": 200, "scie2": 50})
    assert tidy["tkm"].to_dict() == pytest.approx({"scie": 0, "scie2": 1500})


def test_outlets_with_room_for_150_t() -> None:
    """The nearest come first: 150 t of P; 50 t of P and 100 t of R are left."""
    found = placed(200.0)
    assert found.flows["t"].tolist() == pytest.approx([150])
    left = found.unplaced.set_index("code_insee")["t"]
    assert left.to_dict() == pytest.approx({P: 50, R: 100})


def test_levers() -> None:
    """Tonnes 300; t·km: 80 × (30 − 0) + 20 × (30 − 20) + 80 × (0 − 10) = 1 800.

    Firms 15 600 €. The platform is the syndicate's. CO2e: 180 t × 100 + 120 t × 60 +
    0.15 × 1 800 = 25 470 kg.
    """
    found: Any = levers(exchanges(), {"tonnages": np.array([[0.5], [1.0], [2.0]])})
    assert found["mid"].to_dict() == pytest.approx(
        {
            "t": 300,
            "used_t": 0,
            "secondary_t": 0,
            "landfill_t": 0,
            "syndicate_t": 300,
            "tkm_avoided": 1_800,
            "eur_tax": 0,
            "eur_firms": 15_600,
            "tco2e_avoided": 25.47,
        }
    )
    # P10 of 150, 300, 600: a fifth of the way from 150 to 300.
    assert found.loc["t", ["low", "high"]].tolist() == pytest.approx([180, 540])


def test_break_even_distance() -> None:
    """Wood of R to boards: 40 + 6 − 5 + 20 = 61 € to spend, 1 + d ÷ 6 a tonne."""
    found = break_even_km(
        np.array([61.0]),
        fixed_eur_per_t=np.array([1.0]),
        eur_per_t_km=np.array([1 / 6]),
    )
    assert found == pytest.approx([360.0])
