"""Transport by hand: trips, tonne-kilometres, euros, kilograms of CO2e."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.arising_draws import DrawLaw
from eitgeo.flows.outlets.transport import (
    FACTORS,
    Freight,
    cost_eur_per_t,
    drawn_freight,
    kgco2e_per_t,
    vehicle_freight,
)
from eitgeo.reference.tables import freight_factors, vehicle_table

FACTORS_TABLE = freight_factors()
HOUR_S = 3600.0
ROUND: Freight = Freight(
    load_t=10.0,
    payload_t=10.0,
    tare_t=10.0,
    empty_return_share=1.0,
    l100_empty=20.0,
    l100_full=30.0,
    cost_eur_per_km=1.0,
    cost_eur_per_h=20.0,
    cost_eur_per_day=90.0,
    hours_per_day=9.0,
    handling_h=0.5,
    fuel_kgco2e_per_l=3.0,
    diesel_mj_per_l=36.0,
    engine_efficiency=0.4,
    downhill_recovery=0.0,
)
"""A lorry in round figures: an hour costs 20 + 90 ÷ 9 = 30 €."""


def changed(**values: Any) -> Freight:
    """Return the round lorry with other factors."""
    return Freight(**{name: getattr(ROUND, name) for name in FACTORS} | values)


def test_a_trip_of_thirty_kilometres_by_hand() -> None:
    """60 km at 1 €, (2 × 0.75 h + 0.5 h) at 30 €: 120 € for 10 t.

    Fuel: 30 km at 30 l/100 km out, 30 km at 20 l/100 km back: 15 l, 45 kg.
    """
    cost = cost_eur_per_t(ROUND, length_m=30_000, time_s=0.75 * HOUR_S)
    assert cost == pytest.approx(12.0)
    assert kgco2e_per_t(ROUND, length_m=30_000) == pytest.approx(4.5)


def test_a_share_of_the_way_back_by_hand() -> None:
    """A quarter of the way back: 37.5 km, 0.9375 h and 0.5 h: 80.625 €."""
    quarter = changed(empty_return_share=0.25)
    cost = cost_eur_per_t(quarter, length_m=30_000, time_s=0.75 * HOUR_S)
    assert cost == pytest.approx((37.5 + 30 * (0.9375 + 0.5)) / 10)
    assert kgco2e_per_t(quarter, length_m=30_000) == pytest.approx((9 + 1.5) * 0.3)


def test_a_half_full_lorry_burns_half_of_what_a_load_adds() -> None:
    """5 t of 10: 25 l/100 km out, 20 back: 30 km take 13.5 l."""
    half = changed(load_t=5.0)
    assert kgco2e_per_t(half, length_m=30_000) == pytest.approx(13.5 * 3.0 / 5)
    # More than the payload burns no more than full.
    assert kgco2e_per_t(changed(payload_t=8.0), length_m=30_000) == pytest.approx(4.5)


def test_a_climb_takes_two_litres_a_hundred_metres_for_thirty_tonnes() -> None:
    """DOMAIN §3.2: 30 × 9.81 × 100 ÷ (0.40 × 35 900) = 2.05 l."""
    heavy = changed(
        tare_t=10.0, load_t=20.0, empty_return_share=0.0, diesel_mj_per_l=35.9
    )
    flat, up = (
        kgco2e_per_t(heavy, length_m=0.0, ascent_m=ascent) for ascent in (0.0, 100.0)
    )
    assert flat == 0.0
    assert up * 20 / 3.0 == pytest.approx(2.05, abs=0.005)


def test_the_way_back_climbs_what_the_way_out_went_down() -> None:
    """Out 100 m down, laden: nothing. Back 100 m up, empty: 10 t."""
    down = kgco2e_per_t(ROUND, length_m=0.0, descent_m=100.0)
    assert down == pytest.approx(10 * 9.81 * 100 / 14_400 * 3.0 / 10)
    # Laden up costs more than laden down: the heavier leg is the one that climbs.
    assert kgco2e_per_t(ROUND, length_m=0.0, ascent_m=100.0) > down


def test_what_a_descent_gives_back_is_never_a_profit() -> None:
    gliding = changed(downhill_recovery=1.0, empty_return_share=0.0)
    assert kgco2e_per_t(gliding, length_m=1000.0, descent_m=500.0) == 0.0


def test_a_semi_trailer_over_thirty_kilometres_costs_six_euros_a_tonne() -> None:
    """DOMAIN §8.12: 22 t, 30 km, empty return: 6.4 €/t ± 25 % with defaults."""
    semi = vehicle_freight(
        FACTORS_TABLE, "artic_44t", changes={"empty_return_share": 1.0}
    )
    assert semi.load_t == 22.0
    # 54 km/h: a mean speed on secondary roads.
    cost = cost_eur_per_t(semi, length_m=30_000, time_s=30 / 54 * HOUR_S)
    assert cost == pytest.approx(6.4, rel=0.25)


@pytest.mark.parametrize(
    ("vehicle", "expected"),
    [
        ("artic_44t", [3.5, 5.0, 6.4, 9.3, 16.5]),
        ("hooklift_26t", [7.4, 11.3, 15.2, 23.0, 42.6]),
    ],
)
def test_costs_grow_with_distance_as_in_the_brief(
    vehicle: str, expected: list[float]
) -> None:
    """DOMAIN §3.2: 10, 20, 30, 50, 100 km one way, empty return; same tolerance."""
    lorry = vehicle_freight(FACTORS_TABLE, vehicle, changes={"empty_return_share": 1.0})
    km = np.array([10.0, 20.0, 30.0, 50.0, 100.0])
    costs = cost_eur_per_t(lorry, length_m=1000 * km, time_s=km / 54 * HOUR_S)
    np.testing.assert_allclose(costs, expected, rtol=0.25)


@pytest.mark.parametrize(
    ("vehicle", "back", "expected"),
    [
        ("hooklift_26t", 1.0, 0.219),
        ("rigid_19t", 0.3, 0.156),
        ("artic_44t", 0.25, 0.058),
        ("artic_44t", 1.0, 0.084),
        ("tanker_44t", 1.0, 0.081),
    ],
)
def test_emissions_on_the_flat_are_those_of_the_brief(vehicle, back, expected) -> None:
    """freight_factors.csv of the brief, kgCO2e a tonne-kilometre."""
    changes = {"empty_return_share": back}
    lorry = vehicle_freight(FACTORS_TABLE, vehicle, changes=changes)
    per_tkm = kgco2e_per_t(lorry, length_m=1000.0)
    assert per_tkm == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("vehicle", sorted(set(FACTORS_TABLE["vehicle"]) - {"*"}))
def test_levels_are_in_order_and_hold_the_draws(vehicle: str) -> None:
    trip = {"length_m": 40_000.0, "time_s": HOUR_S}
    low, mid, high = (
        cost_eur_per_t(vehicle_freight(FACTORS_TABLE, vehicle, level=level), **trip)
        for level in ("low", "mid", "high")
    )
    drawn = cost_eur_per_t(
        drawn_freight(FACTORS_TABLE, vehicle, law=DrawLaw(1, 2000)), **trip
    )
    p10, p50, p90 = np.percentile(drawn, [10, 50, 90])
    assert low < p10 < p50 < p90 < high
    assert p50 == pytest.approx(mid, rel=0.15)


def test_draws_have_the_percentiles_of_the_table_and_share_what_is_common() -> None:
    law = DrawLaw(1, 5000)
    skip, semi = (
        drawn_freight(FACTORS_TABLE, name, law=law)
        for name in ("hooklift_26t", "artic_44t")
    )
    np.testing.assert_allclose(
        np.percentile(semi.load_t, [10, 50, 90]), [18, 22, 25], 0.01
    )
    np.testing.assert_array_equal(skip.cost_eur_per_h, semi.cost_eur_per_h)
    assert abs(np.corrcoef(skip.load_t, semi.load_t)[0, 1]) < 0.05
    assert np.max(skip.empty_return_share) <= 1.0
    again = drawn_freight(FACTORS_TABLE, "artic_44t", law=law)
    np.testing.assert_array_equal(semi.handling_h, again.handling_h)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"load": 3.0}, "facteur « load » inconnu → vouliez-vous dire « load_t »"),
        ({"load_t": 0.0}, "« load_t » = 0"),
        ({"handling_h": -1.0}, "« handling_h » = -1"),
        ({"empty_return_share": 100.0}, "entre 0 et 1"),
    ],
)
def test_a_factor_out_of_its_domain_is_refused(changes, message) -> None:
    with pytest.raises(SchemaError, match=message):
        vehicle_freight(FACTORS_TABLE, "artic_44t", changes=changes)


def test_a_table_that_cannot_serve_is_refused() -> None:
    with pytest.raises(SchemaError, match="véhicule « artic » → vouliez-vous"):
        vehicle_freight(FACTORS_TABLE, "artic")
    short = FACTORS_TABLE[FACTORS_TABLE["factor"] != "tare_t"]
    with pytest.raises(SchemaError, match="« tare_t » absent"):
        vehicle_freight(short, "artic_44t")
    kilograms = FACTORS_TABLE.copy()
    is_load = kilograms["factor"] == "load_t"
    for level in ("low", "mid", "high"):
        kilograms[level] = kilograms[level].where(~is_load, 1000 * kilograms[level])
    with pytest.raises(SchemaError, match="des kilogrammes pris pour des tonnes"):
        vehicle_freight(kilograms, "artic_44t")
    backwards = FACTORS_TABLE.rename(columns={"low": "high", "high": "low"})
    with pytest.raises(SchemaError, match="0 ≤ bas ≤ médian ≤ haut"):
        vehicle_freight(backwards, "artic_44t")


def test_factors_and_vehicles_speak_of_the_same_lorries() -> None:
    trucks = vehicle_table().query("kind == 'truck'")
    assert set(FACTORS_TABLE["vehicle"]) == {*trucks.index, "*"}
    for name, row in trucks.iterrows():
        lorry = vehicle_freight(FACTORS_TABLE, str(name))
        assert lorry.empty_return_share == row["empty_return_share"], name
        for term in ("cost_eur_per_km", "cost_eur_per_h", "cost_eur_per_day"):
            assert getattr(lorry, term) == row[term], (name, term)


def test_each_factor_says_its_unit_and_where_it_is_from() -> None:
    assert not FACTORS_TABLE.duplicated(["vehicle", "factor"]).any()
    assert set(FACTORS_TABLE["factor"]) == set(FACTORS)
    for column in ("unit", "status", "source"):
        assert FACTORS_TABLE[column].str.len().gt(0).all()
    from_memory = FACTORS_TABLE["status"].isin(["memoire", "derive"])
    assert set(FACTORS_TABLE.loc[from_memory, "evidence"]) == {"H"}


@settings(max_examples=50, deadline=None)
@given(
    st.floats(0.0, 1e6),
    st.floats(0.0, 1e5),
    st.floats(0.0, 2e3),
    st.floats(0.0, 2e3),
)
def test_nothing_is_negative_and_longer_is_dearer(length, time, up, down) -> None:
    lorry = vehicle_freight(FACTORS_TABLE, "hooklift_26t")
    trip = {"ascent_m": up, "descent_m": down}
    near = kgco2e_per_t(lorry, length_m=length, **trip)
    assert 0.0 <= near <= kgco2e_per_t(lorry, length_m=length + 1000.0, **trip)
    cost = cost_eur_per_t(lorry, length_m=length, time_s=time)
    assert 0.0 < cost < cost_eur_per_t(lorry, length_m=length + 1.0, time_s=time + 1.0)
