"""What hangs on factors, on tables small enough for paper."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.outlets.transport import cost_eur_per_t, vehicle_freight
from eitgeo.flows.weights.parts import (
    EXCHANGED,
    MEASURES,
    factor_weights,
    ranked,
    with_participation,
)
from eitgeo.flows.weights.prices import haul_parts, use_parts
from eitgeo.flows.weights.tonnes import need_parts
from eitgeo.reference.factors import flow_factors
from eitgeo.reference.tables import freight_factors

SKIP = "hooklift_26t"


def place(factors: pd.DataFrame, row_key: str, column: str) -> int:
    """Return the number of a factor."""
    mine = factors["row_key"].eq(row_key) & factors["column"].eq(column)
    return int(factors.index[mine][0])


def exchanges(**columns: Any) -> pd.DataFrame:
    """Return exchanges of wood to a board maker of ten jobs, a row a tonnage."""
    rows = pd.DataFrame(columns)
    usual: dict[str, Any] = {
        "receiver_id": "panneau",
        "participation_draw": 0,
        "asked_ewc": "W075",
        "use": 1.0,
        "exchanged_t": rows["t"],
        **dict.fromkeys(EXCHANGED[1:], 0.0),
    }
    return rows.assign(**{k: v for k, v in usual.items() if k not in rows})


def test_a_need_at_its_low_bound_turns_away_what_is_above_it_in_each_draw() -> None:
    """10 jobs × 50 t × 0.2 = 100 t, 60 at the low bound; two draws take 90 and 50 t.

    Table ``allocation`` holds halves of them: 30 of the 90 t do not come, 15 t a year.
    """
    inputs = pd.DataFrame(
        {
            "naf_prefix": ["16.21"],
            "need_id": ["16.21;16.29"],
            "resource": ["fibre_bois"],
            "ewc_stat": ["W075"],
            "t_per_employee_low": [30.0],
            "t_per_employee": [50.0],
            "t_per_employee_high": [80.0],
            "max_share_low": [0.2],
            "max_share": [0.2],
            "max_share_high": [0.2],
            "most_t_per_site": [np.nan],
        }
    )
    columns = {"t_per_employee": (30.0, 50.0, 80.0), "max_share": (0.2, 0.2, 0.2)}
    factors = pd.DataFrame(
        [
            ("input_needs", "16.21;16.29|fibre_bois", name, *bounds)
            for name, bounds in columns.items()
        ],
        columns=["factor_table", "row_key", "column", "low", "mid", "high"],
    )
    sites = pd.DataFrame(
        {
            "site_id": ["panneau"],
            "naf": ["16.21Z"],
            "headcount_mid": [10.0],
            "n_establishments": [1.0],
        }
    )
    needs = pd.DataFrame(
        {"site_id": ["panneau"], "resource": ["fibre_bois"], "method": ["ratio"]}
    )
    taken = exchanges(t=[20.0, 25.0, 25.0], participation_draw=[0, 0, 1])
    parts = pd.concat(
        need_parts(taken, needs, sites=sites, inputs=inputs, factors=factors, n_draws=2)
    )
    sums = parts.groupby("factor")[["exchanged_t", "swing_exchanged_t"]].sum()
    assert sums.loc[0].to_numpy().tolist() == pytest.approx([70.0, 15.0])
    assert sums.loc[1].to_numpy().tolist() == pytest.approx([70.0, 0.0])
    survey = needs.assign(method="survey")
    told = pd.concat(
        need_parts(
            taken, survey, sites=sites, inputs=inputs, factors=factors, n_draws=2
        )
    )
    assert told.empty, "what a firm tells is no factor"


def test_what_is_used_today_is_worth_what_it_leaves_at_either_bound() -> None:
    """70 % spread (30 to 80): 60 € of what is left are 200 € of it all.

    At 30 % used, 140 €; at 80 %, 40 €: −100 € from low to high. Nothing else moves, nor
    what is sold for sure.
    """
    factors = flow_factors()
    ashes, sold = "10 01 01;10 01 03|*", "02 05 01|10.5"
    rows = exchanges(
        t=[10.0, 5.0, 4.0], eur_firms=[60.0, 9.0, 7.0], tco2e=[3.0, 1.0, 1.0]
    )
    uses = pd.DataFrame(
        {
            "use": [ashes, "", sold],
            "low": [0.3, 0.0, 0.8],
            "mid": [0.7, 0.0, 0.9],
            "high": [0.8, 0.0, 1.0],
        }
    )
    parts = use_parts(rows, uses, factors).set_index("factor")
    assert list(parts.index) == [place(factors, one, "share") for one in (ashes, sold)]
    first = parts.iloc[0]
    assert first["swing_eur_firms"] == pytest.approx(40.0 - 140.0)
    assert first["swing_tco2e"] == pytest.approx(-3.0 / 0.3 * 0.5)
    assert first[["eur_firms", "exchanged_t", "swing_exchanged_t"]].tolist() == [
        60,
        0,
        0,
    ]
    assert parts["swing_eur_firms"].iloc[1] == pytest.approx(-7.0 / 0.1 * 0.2)


def test_hauls_are_recomputed_with_each_bound_of_a_load() -> None:
    """Out to the taker by one lorry, spared to the outlet by the other."""
    freight, factors = freight_factors(), flow_factors()
    lorry, skip = vehicle_freight(freight, "artic_44t"), vehicle_freight(freight, SKIP)
    way = {"length_m": 40_000.0, "time_s": 2_400.0}
    out = {"length_m": 10_000.0, "time_s": 900.0}
    rows = exchanges(t=[10.0]).assign(
        priced_t=10.0,
        emitting_t=0.0,
        vehicle="artic_44t",
        **way,
        disposal_km=10.0,
        haul_to_disposal_eur_per_t=float(cost_eur_per_t(skip, **out)),
    )
    parts = pd.concat(haul_parts(rows, freight, factors, outlet_vehicle=SKIP))
    sums = parts.groupby("factor")[["eur_firms", "swing_eur_firms", "tco2e"]].sum()
    for vehicle, usual, trip, sign in (
        ("artic_44t", lorry, way, -10.0),
        (SKIP, skip, out, 10.0),
    ):
        number = place(factors, f"{vehicle}|load_t", "mid")
        ends = [
            vehicle_freight(freight, vehicle, changes={"load_t": factors[end][number]})
            for end in ("low", "high")
        ]
        low, high = (float(cost_eur_per_t(end, **trip)) for end in ends)
        eur = float(cost_eur_per_t(usual, **trip))
        told = sums.loc[number, ["eur_firms", "swing_eur_firms"]].to_numpy()
        assert told == pytest.approx(np.array([sign * eur, sign * (high - low)]))
    assert not sums["tco2e"].any(), "the rule tells no CO2"


def test_the_share_that_takes_part_is_worth_what_was_allocated_again() -> None:
    """Between 2 and 5 %: 40 t (mean of two draws) to 100 t, at both ends alike."""
    tried = pd.DataFrame(
        {
            "share": [0.02, 0.02, 0.05, 1.0, 0.05],
            "donor_share": [0.02, 0.02, 0.05, 1.0, 1.0],
            "t": [30.0, 50.0, 100.0, 500.0, 7.0],
            "eur_firms": [1.0, 3.0, 8.0, 20.0, 0.5],
        }
    )
    factors = pd.DataFrame({"low": [0.02, 0.03], "mid": 0.035, "high": [0.05, 0.05]})
    zero = dict.fromkeys([*MEASURES, *(f"swing_{name}" for name in MEASURES)], 0.0)
    weights = factors.assign(**zero)
    table = with_participation(weights, tried, 0)
    swings = table.loc[0, ["swing_exchanged_t", "swing_eur_firms"]]
    assert swings.to_numpy().tolist() == [60, 6]
    assert table["swing_tco2e"].isna().tolist()[0]
    assert table.loc[[1]].equals(weights.loc[[1]])
    between = with_participation(weights, tried, 1)
    assert between.loc[1, "swing_exchanged_t"] == pytest.approx(40.0)


def test_factors_rank_by_the_largest_share_that_may_be_told() -> None:
    factors = pd.DataFrame(
        {
            "factor_table": "x",
            "row_key": list("abcd"),
            "column": "mid",
            "low": [1.0, np.nan, 1.0, 1.0],
            "mid": 2.0,
            "high": [3.0, np.nan, 3.0, 3.0],
        }
    )
    deposit = pd.DataFrame(
        {"factor": [0, 1], "deposit_t": [10.0, 60.0], "swing_deposit_t": [30.0, 0.0]}
    )
    parts = pd.DataFrame({"factor": [0, 2, 3], "exchanged_t": [50.0, 20.0, 90.0]})
    parts = parts.assign(eur_firms=[-1.0, -800.0, 0.0])
    zero = [f"swing_{name}" for name in EXCHANGED]
    parts = parts.assign(tco2e=0.0, **dict.fromkeys(zero, 0.0))
    parts["swing_eur_firms"] = [0.0, 1200.0, 0.0]
    weights = factor_weights(factors, deposit, parts)
    assert weights["swing_exchanged_t"].isna().tolist() == [False, True, False, False]
    totals = pd.Series(dict.fromkeys(MEASURES, 0.0))
    totals["deposit_t"], totals["exchanged_t"], totals["eur_firms"] = 100, 200, 1000
    tellable = pd.DataFrame(dict.fromkeys(MEASURES, True), index=weights.index)
    tellable.loc[3, "exchanged_t"] = False
    table = ranked(weights, totals, tellable).set_index("row_key")
    # Euros whatever their sign: 800 of 1 000.
    assert table["share_pct"].to_dict() == {"c": 80.0, "b": 60.0, "a": 25.0, "d": 0.0}
    assert table["rank"].tolist()[:3] == [1.0, 2.0, 3.0]
    assert table["worth_rank"].dropna().to_dict() == {"c": 1.0, "a": 2.0}
    assert table.loc["d", "withheld"] == "exchanged_t"
    assert pd.isna(table["rank"]["d"])
