"""Units that give and take, and the cells between them, by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.exchanges import Ends, _joined, widened, with_spread
from eitgeo.disclosure.rule import Part
from tests.disclosure.toy import (
    ROW,
    A,
    B,
    C,
    D,
    E,
    F,
    make_amounts,
    make_exchanges,
    make_guarded,
    three,
    validated,
)

OUT = "65001"
EVEN = {
    code: {f"s{3 * n + i}": 100 / 3 for i in range(3)} for n, code in enumerate(ROW)
}
"""Three equal sites in each commune, as ``three(*ROW)`` names them."""

TAKERS = EVEN | {OUT: {f"o{i}": 100 / 3 for i in range(3)}}


def cells(*flows: tuple[str, str, float], **more: Any) -> tuple[Any, Any]:
    """Guard exchanges; return which communes make each unit, and tonnes by cell."""
    amounts = more.pop("amounts", None)
    donors, takers = more.pop("donors", EVEN), more.pop("takers", TAKERS)
    rows = make_amounts(three(*ROW, each=100.0)) if amounts is None else amounts
    _, ends = make_exchanges(*flows, donors=donors, takers=takers)
    guarded = validated(make_guarded({"deposit_t": rows, "industry_jobs": rows}, ends))
    units = guarded.communes[guarded.communes["indicator_id"] == "captured_pct"]
    table = guarded.exchanges.set_index(["donor_id", "receiver_ids"])["value"]
    return units.groupby("block_id")["code_insee"].agg(list).to_dict(), table.to_dict()


def test_each_epci_is_one_unit() -> None:
    units, found = cells((A, B, 6), (A, E, 9), (D, D, 3), (F, OUT, 12))
    assert units == {A: [A, B, C], D: [D, E, F]}
    assert found == pytest.approx(
        {(A, A): 6.0, (A, D): 9.0, (D, D): 3.0, (D, "hors"): 12.0}
    )


def test_without_any_tonnage_nothing_is_cut_nor_told() -> None:
    """A study whose sites have no known size has neither tonnes nor exchanges."""
    nothing = make_amounts([(A, 1)]).iloc[:0].astype({"site_id": "str"})
    units, found = cells(amounts=nothing)
    assert units == {A: [A, B, C], D: [D, E, F]}
    assert found == {}


def test_who_gives_all_gives_nothing_in_public() -> None:
    # 900 t of 900 t: tonnage and exchanges of the west would be the same figure
    # twice, and tonnage, less another cell that holds it, part of that cell.
    _, found = cells((A, C, 300), (B, C, 300), (C, A, 300), (D, D, 1))
    assert {donor for donor, _ in found} == {D}


def test_what_few_firms_keep_back_is_not_given_back() -> None:
    # Of 300 t in c, two firms give all, the third all but one: 1 t is kept by one.
    donors = EVEN | {C: {"s6": 10_000 / 299, "s7": 10_000 / 299, "s8": 9_900 / 299}}
    _, alone = cells((C, E, 299), (D, D, 1), donors=donors)
    assert {donor for donor, _ in alone} == {D}
    # Those of a keep 294 t more: what is left of both blocks is nobody's.
    _, both = cells((C, E, 299), (A, E, 6), (D, D, 1), donors=donors)
    assert {donor for donor, _ in both} == {A, D}


def test_cells_leave_with_two_figures() -> None:
    _, found = cells((A, B, 123.45), (D, D, 0.6789))
    assert found == {(A, A): 120.0, (D, D): 0.68}


def test_one_taker_is_put_with_other_takers() -> None:
    alone = TAKERS | {E: {"s12": 100.0}}
    _, found = cells((A, E, 9), (A, B, 6), (D, D, 1), takers=alone)
    assert found[A, f"{D};{A}"] == pytest.approx(15.0)
    assert (A, D) not in found


def test_one_giver_is_put_with_other_takers_too() -> None:
    one = EVEN | {A: {"s0": 100.0}}
    _, found = cells((A, E, 9), (B, B, 60), (D, D, 1), donors=one)
    assert found[A, f"{D};{A}"] == pytest.approx(69.0)


def test_an_epci_whose_givers_fail_gives_nothing_in_public() -> None:
    one = EVEN | {code: {"s0": 100.0} for code in (A, B, C)}
    _, found = cells((A, E, 9), (D, A, 6), (D, D, 1), donors=one)
    assert {donor for donor, _ in found} == {D}
    assert found[D, A] == pytest.approx(6.0)


def test_nothing_is_lost_nor_counted_twice_where_all_epci_pass() -> None:
    flows = [(a, b, 1.0 + n) for n, a in enumerate(ROW) for b in (*ROW, OUT)]
    _, found = cells(*flows)
    assert sum(found.values()) == pytest.approx(sum(t for *_, t in flows))


def test_two_sites_of_a_firm_give_as_one() -> None:
    """Three sites give from the west; two of them are of one firm."""
    sites = three(*ROW, each=100.0)
    mine = [(*one, f"firm{n}", "estime") for n, one in enumerate(sites)]
    flows = [(A, B, 6), (D, D, 3)]
    _, found = cells(*flows, amounts=make_amounts(mine))
    assert {donor for donor, _ in found} == {A, D}
    mine[1] = (*sites[1], "firm0", "estime")
    _, found = cells(*flows, amounts=make_amounts(mine))
    assert {donor for donor, _ in found} == {D}


def test_a_unit_is_merged_where_it_has_several_communes() -> None:
    rows = make_amounts(three(*ROW, each=100.0))
    _, ends = make_exchanges((A, B, 6), (D, D, 3), donors=EVEN, takers=TAKERS)
    epci = dict(zip(ROW, "122222", strict=True))
    amounts = {"deposit_t": rows, "industry_jobs": rows}
    table = make_guarded(amounts, ends, epci=epci).communes
    units = table[table["indicator_id"] == "captured_pct"].set_index("code_insee")
    assert units["merged"].to_dict() == {A: False} | dict.fromkeys(ROW[1:], True)
    # Blocks and units are one table: a row has one number.
    assert table.index.tolist() == list(range(len(table)))


def test_an_epci_of_one_commune_without_givers_gives_nothing_and_is_a_unit() -> None:
    epci = dict(zip(ROW, "122222", strict=True))
    rows = make_amounts(three(*ROW, each=100.0))
    _, ends = make_exchanges((D, D, 3), donors=EVEN, takers=TAKERS)
    amounts = {"deposit_t": rows, "industry_jobs": rows}
    guarded = make_guarded(amounts, ends, epci=epci)
    units = guarded.communes[guarded.communes["indicator_id"] == "captured_pct"]
    assert set(units["block_id"]) == {A, *sorted(ROW[1:])[:1]}
    assert guarded.exchanges["value"].tolist() == [3.0]


def test_a_cell_that_passes_once_joined_takes_no_more() -> None:
    """Of three cells one fails: it joins the other that leaves the unit, no more."""
    alone = TAKERS | {E: {"s12": 100.0}}
    _, found = cells((A, E, 9), (A, B, 6), (A, OUT, 12), (D, D, 1), takers=alone)
    assert found == pytest.approx({(A, f"{D};hors"): 21.0, (A, A): 6.0, (D, D): 1.0})


class NothingKept:
    """What tonnage leaves of a cell passes."""

    def passes(self, blocks: frozenset[str]) -> bool:
        """Say so of any blocks."""
        return blocks == frozenset()


def shared(*firms: int) -> Part:
    """Give each firm one tonne."""
    return Part(np.array(firms), np.ones((len(firms), 1)))


def test_what_a_unit_gives_to_itself_is_joined_last() -> None:
    """Three units of one taker each pass together: no need of the unit's own cell."""
    givers, nowhere = shared(1, 2, 3, 4), frozenset[str]()
    takers = {"a": shared(5, 6, 7, 8), "b": shared(9), "c": shared(10), "d": shared(11)}
    cells_of_a: dict[tuple[str, ...], Ends] = {
        (name,): Ends(givers, mine, nowhere) for name, mine in takers.items()
    }
    rest: Any = NothingKept()
    epci = {name: name for name in takers}
    found = _joined(cells_of_a, epci, rest, within="a")
    assert set(found) == {("a",), ("b", "c", "d")}
    # Two takers alone never pass: the own cell takes them in.
    del cells_of_a["d",]
    assert set(_joined(cells_of_a, epci, rest, within="a")) == {("a", "b", "c")}


def test_shares_have_the_interval_of_the_study_and_no_own_bound() -> None:
    """Log-odds reach 2.9 down and 1.2 up in the median: 3 and 1.5 once rounded."""
    odds = np.array([-1.0, 0.0, 1.0])
    down, up = np.array([2.0, 2.9, 9.0]), np.array([1.2, 0.1, 3.0])
    reached = {"value": odds, "low": odds - down, "high": odds + up}
    own = pd.DataFrame({name: 100 / (1 + np.exp(-x)) for name, x in reached.items()})
    shares = pd.DataFrame({"value": [50.0, 0.0, 100.0, np.nan]})
    told: Any = with_spread(shares.assign(low=np.nan, high=np.nan), own)
    ends = [100 / (1 + np.exp(3.0)), 100 / (1 + np.exp(-1.5))]
    assert told.loc[0, ["low", "high"]].tolist() == pytest.approx(ends)
    assert told.loc[1:, ["low", "high"]].isna().all(axis=None)
    silent = with_spread(told, own.assign(low=np.nan, high=np.nan))
    assert silent is told


def test_two_doubts_apart_make_the_interval_of_their_product() -> None:
    """Drawn: a total that spreads by 2 either way and a share by 3, both log-normal."""
    rng = np.random.default_rng(5)
    score = rng.normal(size=(2, 200_000)) / 1.2815515655446004
    drawn = 7.0 * np.exp(np.log(2) * score[0] + np.log(3) * score[1])
    part = pd.DataFrame({"value": [7.0], "low": [3.5], "high": [14.0]})
    share = pd.DataFrame({"value": [30.0], "low": [10.0], "high": [90.0]})
    told: Any = widened(part, share).loc[0]
    assert told[["low", "value", "high"]].tolist() == pytest.approx(
        np.percentile(drawn, [10, 50, 90]).tolist(), rel=0.02
    )


@pytest.mark.parametrize(("size", "least"), [(1.0, 0.5), (4.0, 0.5), (4.0, 0.0)])
def test_a_loss_is_widened_as_a_gain_the_other_way_round(size, least) -> None:
    """By two either way, as the share: √2 times ln 2; nothing stays nothing."""
    gain = pd.DataFrame({"value": [size], "low": least * size, "high": 2 * size})
    loss = -gain.rename(columns={"low": "high", "high": "low"})
    half = pd.DataFrame({"value": [50.0], "low": 25.0, "high": 100.0})
    far = np.exp(np.hypot(np.log(2), np.log(2)))
    told = [widened(one, half)[["low", "high"]].to_numpy() for one in (gain, loss)]
    low, high = 2 * least * size / far, size * far
    assert told[0].ravel().tolist() == pytest.approx([low, high])
    assert told[1].ravel().tolist() == pytest.approx([-high, -low])


def test_what_has_no_ratio_is_widened_as_the_share_or_not_at_all() -> None:
    part = pd.DataFrame(
        {"value": [1.0, 0.0, 2.0, 2.0], "low": [-3.0, 0.0, 1.0, 0.0], "high": 5.0}
    )
    share = pd.DataFrame(
        {
            "value": [50.0, 50.0, 0.0, 50.0],
            "low": [25.0, 25.0, np.nan, 50.0],
            "high": [100.0, 100.0, np.nan, 50.0],
        }
    )
    told = widened(part, share)[["low", "value", "high"]].to_numpy()
    # Across zero: twice as far, as the share at most; from zero up: zero stays.
    assert told[0].tolist() == pytest.approx([-6.0, 1.0, 10.0])
    assert told[1].tolist() == pytest.approx([0.0, 0.0, 10.0])
    assert told[2].tolist() == pytest.approx([1.0, 2.0, 5.0])
    assert told[3].tolist() == pytest.approx([0.0, 2.0, 5.0])
    # A share that may be nothing takes a part down to nothing.
    gone = widened(part.iloc[[2]], share.iloc[[0]].set_axis([2]).assign(low=0.0))
    assert gone["low"].item() == 0.0


def test_a_share_of_which_most_draws_keep_nothing_reaches_down_to_it() -> None:
    own = pd.DataFrame({"value": [20.0], "low": [0.0], "high": [30.0]})
    shares = pd.DataFrame({"value": [40.0], "low": np.nan, "high": np.nan})
    told = with_spread(shares, own).loc[0]
    assert told["low"] == 0
    assert 40.0 < told["high"] < 100.0
