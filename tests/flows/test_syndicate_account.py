"""The syndicate's account: lines make the balance, members share it, by hand.

Two plants: compost takes half of the waste of P at 40 €/t, a landfill a quarter at
140 €/t; the rest goes elsewhere. 100 t are exchanged.
"""

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.exchanges.syndicate_account import (
    BALANCE,
    IN_BALANCE,
    Collected,
    Factors,
    Landfill,
    account_entries,
    account_lines,
    landfill_marks,
    levels,
    member_draws,
    member_levels,
    premium_saved_eur,
    space_lines,
)
from eitgeo.flows.outlets.syndicate import public_lots
from tests.flows.test_levers import make_exchanges
from tests.flows.toy import P, Q

COSTS = {"compost": 20.0, "stock": 110.0}
VALUES = pd.Series({"W072": 80.0})
PLACE = Landfill("stock", 48_500.0, 69.0, 5.0, 45_000.0)
LOTS = pd.DataFrame(
    {
        "code_insee": P,
        "ewc_stat": "W091",
        "outlet_id": ["compost", "stock"],
        "share": [0.5, 0.25],
        "fee_eur_per_t": [20.0, 35.0],
        "landfill_share": [0.0, 0.25],
        "used_share": 0.0,
        "secondary_share": 0.0,
    }
)


def exchanges(t: float = 100.0, **changes) -> pd.DataFrame:
    """Return one exchange from P, and one from Q whose waste meets no plant."""
    usual = make_exchanges(
        t=[t, 300.0],
        donor_code=[P, Q],
        ewc_stat="W091",
        syndicate_share=[0.75, 0.0],
    )
    return usual.assign(**changes)


def none(table: pd.DataFrame) -> Collected:
    """Return a public service that takes no waste of firms."""
    return Collected(pd.Series(0.0, index=table.index))


def factors(table: pd.DataFrame, *, seed: int = 3, n_draws: int = 50) -> Factors:
    """Draw tonnes, fees and what materials are worth."""
    rng = np.random.default_rng(seed)
    t = table["t"].to_numpy() * rng.lognormal(0, 0.4, (n_draws, len(table)))
    ones = (n_draws, 1)
    return Factors(t, rng.lognormal(0, 0.2, ones), rng.lognormal(0, 0.5, ones))


def sure(table: pd.DataFrame) -> Factors:
    """Return one draw: everything at its mid value."""
    one = np.ones((1, 1))
    return Factors(table["t"].to_numpy()[None, :], one, one)


def read(lines, *, outlet: str = "", category: str = "") -> dict[str, float]:
    """Return the lines of one draw, of a plant and category."""
    place = (outlet, category)
    return {key[0]: float(drawn[0]) for key, drawn in lines.items() if key[1:] == place}


def entries_of(table: pd.DataFrame, lots=LOTS, collected=None, costs=COSTS):
    """Return what leaves both plants, at the costs that the study enters."""
    return account_entries(table, lots, collected or none(table), costs=costs)


def test_each_line_by_hand() -> None:
    """50 t at 40 € cost 20 € each; 25 t at 140 € cost 110 €: 3 750 € for 5 500 €."""
    table = exchanges()
    entries = entries_of(table)
    lines = account_lines(entries, sure(table), [PLACE], values=VALUES)
    assert read(lines) == pytest.approx(
        {
            "out_t": 75,
            "fee_lost": -5500,
            "cost_spared": 3750,
            "tax_spared": 0,
            "premium_spared": 125,
            "materials_lost": 0,
            "balance": -1625,
            "tax_passed": 25 * 69,
            "landfill_t": 25,
        }
    )
    compost = read(lines, outlet="compost")
    assert compost == pytest.approx(
        {"out_t": 50, "fee_lost": -2000, "cost_spared": 1000, "balance": -1000}
    )
    assert read(lines, outlet="stock", category="W091") == pytest.approx({"out_t": 25})


def test_lines_make_the_balance_and_plants_the_whole_in_every_draw() -> None:
    table = exchanges()
    entries = entries_of(table)
    lines = account_lines(entries, factors(table), [PLACE], values=VALUES)
    for outlet in ("", "compost", "stock"):
        mine = [
            lines[key] for name in IN_BALANCE if (key := (name, outlet, "")) in lines
        ]
        assert lines[BALANCE, outlet, ""] == pytest.approx(sum(mine))
    for name in ("out_t", "fee_lost", "cost_spared", BALANCE):
        plants = lines[name, "compost", ""] + lines[name, "stock", ""]
        assert lines[name, "", ""] == pytest.approx(plants)
        assert np.ptp(plants) > 0


def test_paper_that_leaves_the_sorting_plant_is_no_longer_sold() -> None:
    """Of 100 t, 50 t were sorted and sold at 80 €."""
    table = exchanges(ewc_stat="W072")
    entries = entries_of(table, LOTS.assign(ewc_stat="W072"))
    lines = account_lines(entries, sure(table), [PLACE], values=VALUES)
    assert read(lines)["materials_lost"] == pytest.approx(-4000)
    assert read(lines)["balance"] == pytest.approx(-1625 - 4000)
    assert read(lines, outlet="compost")["balance"] == pytest.approx(-1000 - 4000)
    drawn = factors(table)
    twice = drawn._replace(worth=2 * drawn.worth)
    once, double = (
        account_lines(entries, one, [PLACE], values=VALUES)["materials_lost", "", ""]
        for one in (drawn, twice)
    )
    assert double == pytest.approx(2 * once)


def test_beyond_the_threshold_tonnes_spare_no_added_tax() -> None:
    """25 % of 20 000 t leave the landfill: 5 000 t, of which 3 500 bear 5 € more."""
    table = exchanges(t=20_000.0)
    lines = account_lines(entries_of(table), sure(table), [PLACE], values=VALUES)
    assert read(lines)["premium_spared"] == pytest.approx(17_500)
    assert premium_saved_eur(PLACE._replace(taken_t=44_000.0), np.ones(1))[0] == 0
    marks = landfill_marks(PLACE, years_left=(8.0, 9.0))
    assert marks["tax_1000t"] == pytest.approx((74_000, 74_000))
    assert marks["premium_paid"] == pytest.approx((17_500, 17_500))
    near = landfill_marks(PLACE._replace(taken_t=45_400.0), years_left=(8.0, 9.0))
    assert near["tax_1000t"] == pytest.approx((71_000, 71_000))


def test_a_landfill_whose_tonnage_nobody_tells_spares_no_added_tax() -> None:
    unknown = PLACE._replace(taken_t=float("nan"))
    table = exchanges()
    entries = entries_of(table)
    lines = account_lines(entries, sure(table), [unknown], values=VALUES)
    assert read(lines)["premium_spared"] == 0
    assert read(lines)["balance"] == pytest.approx(-1750)
    marks = landfill_marks(unknown, years_left=(8.0, 9.0))
    assert np.isnan([*marks["over_threshold_t"], *marks["years_1000t"]]).all()
    assert marks["tax_1000t"] == pytest.approx((69_000, 69_000))


def test_what_the_public_service_collects_bears_all_the_tax() -> None:
    """A fifth, at 200 € of fee for 180 € of cost; the rest as before, four fifths."""
    table = exchanges(syndicate_share=[0.2 + 0.8 * 0.75, 0.0])
    part = pd.Series([0.2, 0.0], index=table.index)
    collected = Collected(part, 200.0, 180.0, "stock")
    lines = account_lines(
        entries_of(table, collected=collected), sure(table), [PLACE], values=VALUES
    )
    told = read(lines)
    assert told["out_t"] == pytest.approx(80)
    assert told["fee_lost"] == pytest.approx(-(0.8 * 5500 + 20 * 200))
    assert told["cost_spared"] == pytest.approx(0.8 * 3750 + 20 * 180)
    assert told["tax_spared"] == pytest.approx(20 * 69)
    assert told["landfill_t"] == pytest.approx(0.8 * 25 + 20)
    assert told["premium_spared"] == pytest.approx(5 * 40)


@pytest.mark.parametrize(("compost", "sign"), [(20.0, -1), (52.5, 0), (90.0, 1)])
def test_the_sign_is_that_of_what_is_entered(compost, sign) -> None:
    """Fees bring in 5 500 €, the landfill spares 2 875 €: compost makes the sign."""
    table = exchanges()
    costs = COSTS | {"compost": compost}
    lines = account_lines(
        entries_of(table, costs=costs), sure(table), [PLACE], values=VALUES
    )
    balance = read(lines)["balance"]
    assert balance == pytest.approx(50 * compost + 2750 + 125 - 5500)
    assert np.sign(round(balance, 6)) == sign


def test_without_the_cost_of_a_plant_there_is_no_balance() -> None:
    """Neither of the whole nor of the plant: fees lost alone are half an account."""
    table = exchanges()
    entries = entries_of(table, costs={"stock": 110.0})
    lines = account_lines(entries, factors(table), [PLACE], values=VALUES)
    for name in ("fee_lost", "cost_spared", BALANCE):
        assert np.isnan(lines[name, "", ""]).all()
        assert np.isnan(lines[name, "compost", ""]).all()
        assert np.isfinite(lines[name, "stock", ""]).all()
    assert np.isfinite(lines["out_t", "", ""]).all()
    assert np.isfinite(lines["premium_spared", "", ""]).all()


def test_nothing_exchanged_is_an_account_of_nothing() -> None:
    table = exchanges().iloc[:0]
    entries = entries_of(table)
    ones = np.ones((4, 1))
    drawn = Factors(np.zeros((4, 0)), ones, ones)
    lines = account_lines(entries, drawn, [PLACE], values=VALUES)
    assert {float(np.abs(one).max()) for one in lines.values()} == {0.0}


def test_space_won_in_days_and_in_years_of_life() -> None:
    """25 t of 48 500 t a year, 8 to 9 years long."""
    table = exchanges()
    lines = account_lines(entries_of(table), sure(table), [PLACE], values=VALUES)
    space = space_lines(lines, [PLACE], years_left=(8.0, 9.0))
    days, _ = space["landfill_days", "", ""]
    assert days.tolist() == pytest.approx([365 * 25 / 48_500])
    low, _, high = levels(*space["landfill_years", "", ""])
    assert (low, high) == pytest.approx((8 * 25 / 48_500, 9 * 25 / 48_500))
    unknown = space_lines(lines, [], years_left=(8.0, 9.0))
    assert np.isnan(unknown["landfill_days", "", ""][0]).all()


def test_members_share_the_balance_of_each_draw() -> None:
    balance = np.linspace(-9.0, -1.0, 9)
    lists = {
        "sept": pd.Series({"A": 30.0, "B": 10.0}),
        "huit": pd.Series({"A": 30.0, "B": 10.0, "C": 10.0}),
    }
    drawn = member_draws(balance, lists)
    for name in lists:
        mine = [part for (of, _), part in drawn.items() if of == name]
        assert np.sum(mine, axis=0) == pytest.approx(balance)
    told = member_levels(drawn)
    # A: three quarters or three fifths. C: a fifth, or nothing at all.
    assert told["A"] == pytest.approx((-8.2 * 0.75, -5.0 * 0.675, -1.8 * 0.6))
    assert told["C"] == pytest.approx((-8.2 * 0.2, -5.0 * 0.1, 0.0))


def test_lots_are_shared_among_the_plants_of_the_syndicate_alone() -> None:
    """60 t to compost, 30 t to a private plant, 10 t buried: 100 t in all."""
    place = {"code_insee": P, "stream": "NDNI", "ewc_stat": "W091"}
    ways = {"compost": (60.0, "2780", 40.0), "autre": (30.0, "2780", 50.0)}
    ways["stock"] = (10.0, "2760-2", 140.0)
    flows = pd.DataFrame(
        [place | {"outlet_id": name, "t": t} for name, (t, *_) in ways.items()]
    )
    legal = pd.DataFrame(
        [
            place
            | {
                "outlet_id": name,
                "heading": heading,
                "gate_eur_per_t": gate,
                "is_public": name != "autre",
            }
            for name, (_, heading, gate) in ways.items()
        ]
    )
    told = public_lots(flows, legal.drop(columns="code_insee")).set_index("outlet_id")
    assert told["share"].to_dict() == pytest.approx({"compost": 0.6, "stock": 0.1})
    assert told["fee_eur_per_t"].to_dict() == pytest.approx(
        {"compost": 24.0, "stock": 14.0}
    )
    assert told["landfill_share"].to_dict() == pytest.approx(
        {"compost": 0.0, "stock": 0.1}
    )
