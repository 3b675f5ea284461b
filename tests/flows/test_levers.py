"""Levers: same draws for all, and each doubt by its share."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import SchemaError
from eitgeo.flows.exchanges.levers import (
    disposal_ranks,
    family_break_even,
    lever_draws,
    levers,
)
from eitgeo.reference.labels import labels_of


def make_exchanges(**changes) -> pd.DataFrame:
    """Return two exchanges of 100 and 300 t."""
    usual = {
        "t": [100.0, 300.0],
        "disposal_km": [20.0, 10.0],
        "length_km": [5.0, 30.0],
        "disposal_eur_per_t": 50.0,
        "disposal_tax_eur_per_t": 20.0,
        "landfill_share": [1.0, 0.0],
        "used_share": [0.25, 0.5],
        "secondary_share": [0.0, 1.0],
        "landfill_tax_eur_per_t": [20.0, 0.0],
        "haul_to_disposal_eur_per_t": 6.0,
        "haul_eur_per_t": 4.0,
        "processing_eur_per_t": 10.0,
        "value_eur_per_t": 8.0,
        "syndicate_share": 0.25,
        "avoided_kgco2e_per_t": 100.0,
        "haul_to_disposal_kgco2e_per_t": 3.0,
        "haul_kgco2e_per_t": 2.0,
        "disposal_heading": ["2760-2", "2780"],
    }
    return pd.DataFrame(usual | changes)


def drawn(seed: int, spread: float = 0.3) -> np.ndarray:
    """Draw factors of two independent exchanges."""
    rng = np.random.default_rng(seed)
    return rng.lognormal(0, spread, (4000, 2))


def test_mid_values_by_hand() -> None:
    """400 t; 100 × 15 − 300 × 20 = −4 500 t·km; 400 × (50 + 8 − 10 + 2) = 20 000 €.

    Tax of what is buried: 100 × 20 €.
    """
    found = lever_draws(make_exchanges(), {})
    assert {name: float(values[0]) for name, values in found.items()} == pytest.approx(
        {
            "t": 400,
            "used_t": 175,
            "secondary_t": 300,
            "landfill_t": 100,
            "syndicate_t": 100,
            "tkm_avoided": -4500,
            "eur_tax": 2000,
            "eur_firms": 20_000,
            "tco2e_avoided": 40.4,
        }
    )
    assert set(found) == set(labels_of("lever"))


def test_ways_of_disposal_are_ranked_by_what_exchanges_save_on_them() -> None:
    """50 €/t saved on each: 100 t of landfill, 300 t of compost, 10 t of nowhere."""
    third = make_exchanges().iloc[[0]].assign(t=10.0, disposal_heading="")
    rows = pd.concat([make_exchanges(), third], ignore_index=True)
    unknown = rows.assign(avoided_kgco2e_per_t=np.nan)
    for one in (rows, unknown):
        assert disposal_ranks(one).to_dict() == {"2760-2": 2.0, "2780": 1.0}


def test_one_source_alone_makes_all_the_variance() -> None:
    found = levers(make_exchanges(), {"tonnages": drawn(1)})
    assert len(found) == len(labels_of("lever"))
    assert found["variance_tonnages_pct"].to_numpy() == pytest.approx(100.0)
    assert found["variance_ensemble_pct"].to_numpy() == pytest.approx(0.0, abs=1e-9)


def test_shares_tell_which_doubt_matters() -> None:
    """Substitution weighs 100 kg, haul 1 kg net: it makes nearly all the variance."""
    found = levers(
        make_exchanges(), {"transport": drawn(2), "substitution": drawn(3)}
    ).loc["tco2e_avoided"]
    assert found["variance_substitution_pct"] > 99
    assert found["variance_transport_pct"] < 1
    whole = found.filter(like="variance_").sum()
    assert whole == pytest.approx(100.0)


def test_independent_sums_have_narrower_intervals_than_common_errors() -> None:
    alone = levers(make_exchanges(), {"tonnages": drawn(4)}).loc["t"]
    common = levers(make_exchanges(), {"tonnages": drawn(4)[:, :1]}).loc["t"]
    width, common_width = (x["high"] - x["low"] for x in (alone, common))
    assert width < common_width


def test_what_is_used_today_is_drawn_with_all_that_it_does_not_gain() -> None:
    """A quarter and half used: twice what is left idle is half and nothing at all.

    By hand, the first alone: used 100 → 50 t, all gains as many times as what is left.
    """
    rows = make_exchanges(used_share=[0.25, 0.5]).iloc[[0]]
    usual = lever_draws(rows, {})
    less = lever_draws(rows, {"usages": np.array([[0.5 / 0.75]])})
    assert less["t"].tolist() == [100.0]
    assert less["used_t"].tolist() == pytest.approx([50.0])
    still = {"t", "used_t", "secondary_t"}
    for name in set(less) - still:
        assert less[name] == pytest.approx(usual[name] * 0.5 / 0.75), name
    assert usual["eur_firms"][0] != 0


def test_a_known_tax_is_not_drawn_with_the_gate() -> None:
    """Twice the gate of 30 € is 30 € more on each of 400 t; the tax of 20 € stays."""
    usual = lever_draws(make_exchanges(), {})["eur_firms"]
    twice = lever_draws(make_exchanges(), {"elimination": np.array([[2.0]])})
    assert twice["eur_firms"] - usual == pytest.approx([400 * 30.0])


def test_a_lever_without_doubt_has_no_shares() -> None:
    found: Any = levers(make_exchanges(), {"valeur": drawn(5)})
    assert np.isnan(found.loc["t", "variance_valeur_pct"])
    assert found.loc["t", ["low", "mid", "high"]].tolist() == [400.0] * 3


@pytest.mark.parametrize(
    ("changes", "draws", "met"),
    [
        ({"avoided_kgco2e_per_t": [np.nan, 1.0]}, {}, "1 valeur.*non chiffrés"),
        ({"t": [-1.0, 2.0]}, {}, "tonnage négatif"),
        ({}, {"meteo": np.ones((3, 1))}, "source « meteo » inconnue"),
        ({}, {"valeur": np.ones((3, 5))}, "forme"),
        ({}, {"valeur": np.ones(3)}, "forme"),
    ],
)
def test_what_cannot_be_counted_is_refused(changes, draws, met) -> None:
    with pytest.raises(SchemaError, match=met):
        levers(make_exchanges(**changes), draws)


def test_break_even_of_a_family_is_the_median_of_its_rules() -> None:
    """(21 − 1) ÷ 0.2 = 100, (31 − 1) ÷ 0.2 = 150, (11 − 1) ÷ 0.2 = 50 km; low: 0."""
    terms = pd.DataFrame({"family": ["bois"] * 3, "margin_eur_per_t": [21.0, 31.0, 11]})
    terms = terms.assign(
        margin_eur_per_t_low=0.0,
        margin_eur_per_t_high=41.0,
        fixed_eur_per_t=1.0,
        fixed_eur_per_t_low=1.0,
        fixed_eur_per_t_high=2.0,
        eur_per_t_km=0.2,
        eur_per_t_km_low=0.1,
        eur_per_t_km_high=0.4,
    )
    found = family_break_even(terms).loc["bois"]
    assert found.to_dict() == pytest.approx(
        {"break_even_km_low": 0, "break_even_km": 100, "break_even_km_high": 400}
    )


def test_a_lever_asked_alone_is_that_of_all() -> None:
    draws = {"tonnages": drawn(6), "valeur": drawn(7)}
    every, some = levers(make_exchanges(), draws), ["tco2e_avoided", "t"]
    found = levers(make_exchanges(), draws, names=some)
    pd.testing.assert_frame_equal(found, every[every.index.isin(some)])
