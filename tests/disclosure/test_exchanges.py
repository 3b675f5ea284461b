"""Units that give and take, and the cells between them, by hand."""

from typing import Any

import pytest

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
    perimeter,
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
    contours = more.pop("contours", ())
    amounts = more.pop("amounts", None)
    donors, takers = more.pop("donors", EVEN), more.pop("takers", TAKERS)
    rows = make_amounts(three(*ROW, each=100.0)) if amounts is None else amounts
    _, ends = make_exchanges(*flows, donors=donors, takers=takers)
    guarded = validated(
        make_guarded({"deposit_t": rows, "industry_jobs": rows}, ends, *contours)
    )
    units = guarded.communes[guarded.communes["indicator_id"] == "captured_pct"]
    table = guarded.exchanges.set_index(["donor_id", "receiver_ids"])["value"]
    return units.groupby("block_id")["code_insee"].agg(list).to_dict(), table.to_dict()


def test_epci_exchange_where_no_contour_cuts_them() -> None:
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


def test_a_contour_cuts_an_epci_where_both_pieces_pass() -> None:
    contour = perimeter("p", A, B)
    units, found = cells((A, C, 6), (C, A, 3), (D, D, 1), contours=[contour])
    assert units[A] == [A, B]
    assert units[C] == [C]
    assert found[A, C] == pytest.approx(6.0)
    assert found[C, A] == pytest.approx(3.0)


def test_a_piece_that_gives_too_little_stays_with_its_epci() -> None:
    contour = perimeter("p", A, B)
    # c gives nothing: nobody is behind what it gives.
    units, found = cells((A, C, 6), (D, D, 1), contours=[contour])
    assert units[A] == [A, B, C]
    assert found[A, A] == pytest.approx(6.0)


def test_who_gives_all_gives_nothing_in_public() -> None:
    contour = perimeter("p", A, B)
    # 300 t of 300 t: tonnage and exchanges of c would be the same figure twice, and
    # tonnage of c, less another cell that holds it, part of that cell.
    units, found = cells((A, C, 6), (C, A, 300), (D, D, 1), contours=[contour])
    assert units[C] == [C]
    assert {donor for donor, _ in found} == {A, D}


def test_what_few_firms_keep_back_is_not_given_back() -> None:
    # Two of the three firms of c give all they have: 200 t of 300 t.
    donors = EVEN | {C: {"s6": 50.0, "s7": 50.0}}
    _, found = cells((A, C, 6), (C, A, 200), (D, D, 1), donors=donors)
    assert {donor for donor, _ in found} == {A, D}


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


def test_an_epci_with_answers_to_the_survey_is_one_unit() -> None:
    answers = [(B, 100.0, "f3", "enquete")]
    amounts = make_amounts([*three(*ROW, each=100.0), *answers])
    contour = perimeter("p", A, B)
    units, _ = cells(
        (A, C, 6), (C, A, 3), (D, D, 1), contours=[contour], amounts=amounts
    )
    assert units[A] == [A, B, C]


def test_nothing_is_lost_nor_counted_twice_where_all_epci_pass() -> None:
    flows = [(a, b, 1.0 + n) for n, a in enumerate(ROW) for b in (*ROW, OUT)]
    contours = [perimeter("p", A, B), perimeter("q", B, C, D)]
    _, found = cells(*flows, contours=contours)
    assert sum(found.values()) == pytest.approx(sum(t for *_, t in flows))


def test_a_drawn_contour_pays_for_its_own_secrecy() -> None:
    """Along it, two firms stand behind each cell of {a, b}: both are told together."""
    donors = EVEN | {A: {"s0": 50.0, "s1": 50.0}, B: {"s3": 50.0, "s4": 50.0}}
    flows = ((A, B, 6), (B, E, 6), (C, A, 3), (C, E, 3), (D, D, 1))
    drawn, whole = perimeter("dessin", A, B), perimeter("structure", A, B, C)
    units, found = cells(*flows, donors=donors, contours=[drawn])
    assert units[A] == [A, B]
    assert found[A, f"{D};{A}"] == pytest.approx(12.0)
    units, found = cells(*flows, donors=donors, contours=[drawn, whole])
    assert units[A] == [A, B, C]
    assert found[A, A] == pytest.approx(9.0)


def test_a_contour_that_costs_nothing_is_still_followed() -> None:
    donors = EVEN | {A: {"s0": 50.0, "s1": 50.0}, B: {"s3": 50.0, "s4": 50.0}}
    flows = (
        (A, B, 6),
        (B, E, 6),
        (C, A, 3),
        (C, E, 3),
        (D, D, 3),
        (E, D, 3),
        (F, D, 3),
    )
    whole, cheap = perimeter("structure", A, B, C), perimeter("autre", D, E)
    drawn = perimeter("dessin", A, B)
    units, _ = cells(*flows, donors=donors, contours=[whole, cheap, drawn])
    assert units == {A: [A, B, C], D: [D, E], F: [F]}
