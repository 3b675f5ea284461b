"""Terms of levers, on the territory that is drawn on paper."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.arisings.arising_draws import DrawLaw
from eitgeo.flows.exchanges.lever_terms import (
    are_composted,
    lever_factors,
    lever_terms,
    rule_margins,
)
from eitgeo.flows.exchanges.levers import (
    DISPOSAL,
    HAUL,
    SUBSTITUTION,
    TONNES,
    VALUE,
    family_break_even,
    levers,
)
from eitgeo.flows.outlets.transport import cost_eur_per_t
from eitgeo.reference.tables import freight_factors
from tests.flows.test_on_paper import (
    AT_KM,
    LORRY,
    RULES,
    allocation,
    exchanges,
    haul,
)
from tests.flows.toy import P, Q, R

LEVELS = ("low", "mid", "high")
VALUES = pd.DataFrame(
    {
        f"{stem}_eur_per_t{end}": [amount]
        for stem, amount in (("processing", 5.0), ("value", 20.0))
        for end in ("_low", "", "_high")
    },
    index=["W075"],
)
PRICES = pd.DataFrame(
    {
        "disposal_eur_per_t": 40.0,
        "haul_eur_per_t": haul([AT_KM[code] for code in (P, Q, R)]),
        "length_m": [1000 * AT_KM[code] for code in (P, Q, R)],
        "tax_eur_per_t": 0.0,
        "premium_eur_per_t": 0.0,
        "landfill_share": 0.0,
        "landfill_tax_eur_per_t": 0.0,
        "public_share": 1.0,
        "lot_t": 1_000.0,
    },
    index=pd.MultiIndex.from_product(
        [[P, Q, R], ["W075"]], names=["code_insee", "ewc_stat"]
    ),
)
SURE = dict.fromkeys((DISPOSAL, VALUE, SUBSTITUTION), (1.0, 1.0, 1.0))


def terms(rules: pd.DataFrame = RULES) -> pd.DataFrame:
    """Return what each exchange of the optimum saves."""
    return lever_terms(
        allocation().assign(is_composted=False),
        rules=rules.assign(vehicle="lorry"),
        prices=PRICES,
        values=VALUES,
        freights={"lorry": LORRY},
        outlet_freight=LORRY,
    )


def test_terms_are_those_of_the_docstring_on_paper() -> None:
    expected = exchanges()
    found = terms()
    assert list(found.index) == list(expected.index)
    for name in found:
        assert found[name].tolist() == pytest.approx(expected[name].tolist()), name


def test_a_rule_that_does_not_tell_its_co2_is_no_zero() -> None:
    silent = terms(RULES.assign(avoided_kgco2e_per_t=""))
    assert silent["avoided_kgco2e_per_t"].isna().all()
    assert silent["haul_kgco2e_per_t"].notna().all()


def factors(n_draws: int = 50):
    """Draw the factors; the waste of R is ten times that of P, and opposite."""
    rising = np.arange(1.0, n_draws + 1)
    draws = pd.DataFrame([rising, 10 * rising[::-1]], index=[P, R])
    table = allocation()
    found = lever_factors(
        table,
        draws,
        ranges=SURE | {DISPOSAL: (0.5, 1.0, 3.0)},
        freight=freight_factors(),
        vehicle="hooklift_26t",
        law=DrawLaw(seed=3),
    )
    return table, draws, found


def test_tonnes_follow_the_draws_of_the_giving_commune() -> None:
    table, draws, found = factors()
    for at, code in enumerate(table["donor_code"]):
        expected = draws.loc[code] / draws.loc[code].median()
        assert found[TONNES][:, at] == pytest.approx(expected.to_numpy())
    assert np.median(found[HAUL]) == pytest.approx(1.0)
    assert np.percentile(found[DISPOSAL], [10, 50, 90]) == pytest.approx(
        [0.5, 1.0, 3.0], rel=0.05
    )
    assert (found[VALUE] == 1).all()


def test_levers_read_them() -> None:
    table, _, found = factors()
    today = {"used_share": 0.0, "secondary_share": 0.0}
    told: Any = levers(table.join(terms()).assign(**today), found)
    shares = [name for name in told if name.startswith("variance_")]
    assert told.loc["eur_firms", shares].sum() == pytest.approx(100)


def test_a_composter_charges_its_gate_and_buys_nothing() -> None:
    """40 €/t at the platform today, 40 €/t at the composter: hauls alone are left."""
    allocated = allocation()
    needs = pd.DataFrame({"site_id": ["chaufferie"], "resource": ["compost"]})
    mine = are_composted(allocated, needs, RULES)
    found = lever_terms(
        allocated.assign(is_composted=mine),
        rules=RULES.assign(vehicle="lorry"),
        prices=PRICES,
        values=VALUES,
        freights={"lorry": LORRY},
        outlet_freight=LORRY,
    )
    assert mine.tolist() == allocated["receiver_id"].eq("chaufferie").tolist()
    found = found[mine]
    assert found["value_eur_per_t"].eq(0).all()
    saved = found["disposal_eur_per_t"] - found["processing_eur_per_t"]
    assert saved.eq(0).all()


def test_the_break_even_distance_of_a_family() -> None:
    """40 + 20 − 5 = 55 € to spend (boiler: 45), 1 € to load, then euros a kilometre."""
    prices = pd.DataFrame(40.0, index=["W075"], columns=list(LEVELS))
    rules = RULES.assign(vehicle="lorry", family="bois")
    margins = rule_margins(
        rules,
        prices=prices,
        values=VALUES,
        freights={("lorry", level): LORRY for level in LEVELS},
    )
    usual = float(cost_eur_per_t(LORRY, length_m=30_000.0, time_s=2000.0))
    per_km = (usual - 1) / 30
    expected = (54 + 44) / 2 / per_km
    found: Any = family_break_even(margins).loc["bois"]
    assert found.tolist() == pytest.approx([expected] * 3)


def test_a_residue_that_nothing_prices_pays_for_its_haul_alone() -> None:
    rules = RULES.iloc[:1].assign(vehicle="lorry", family="bois", ewc_stat="W999")
    none = pd.DataFrame(columns=LEVELS, dtype=float)
    margins = rule_margins(
        rules,
        prices=none,
        values=VALUES,
        freights={("lorry", level): LORRY for level in LEVELS},
    )
    found: Any = family_break_even(margins).loc["bois"]
    assert found.tolist() == [0.0, 0.0, 0.0]
