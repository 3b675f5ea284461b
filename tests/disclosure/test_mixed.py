"""Where real and drawn establishments mix, drawn ones cover nobody."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.audit.registers import DRAWN_AGAIN, make_registers
from eitgeo.disclosure.report import fails_alone
from eitgeo.disclosure.rule import FIRST_DRAWN, Part, firm_numbers, passes
from eitgeo.scenarios.measures.amounts import DRAWN
from tests.disclosure.toy import EPCI, A, B, C, D, E, F, cut, make_amounts

INVENTED = [
    (code, 5.0, f"{DRAWN}{code}{n}", "estime")
    for code in (A, B, C, D, E, F)
    for n in range(4)
]


def part(*firms: int) -> Part:
    return Part(np.array(firms), np.ones((len(firms), 1)))


def test_drawn_firms_cover_one_another_and_no_real_one() -> None:
    drawn = tuple(FIRST_DRAWN - n for n in range(3))
    assert passes(part(*drawn))
    assert not passes(part(*drawn[:2]))
    assert not passes(part(*drawn, 1, 2))
    assert passes(part(*drawn, 1, 2, 3))
    # A drawn giant beside three real firms hides nothing of them, and is no secret.
    giant = Part(np.array([FIRST_DRAWN, 1, 2, 3]), np.array([[999.0], *[[1.0]] * 3]))
    assert passes(giant)


@pytest.mark.parametrize("n_real", [1, 2, 3])
def test_a_union_of_parts_that_pass_passes(n_real) -> None:
    drawn = part(*(FIRST_DRAWN - n for n in range(5)))
    real = part(FIRST_DRAWN - 9, *range(n_real))
    assert passes(drawn.union(real)) == passes(real)


def test_numbers_of_drawn_firms_are_apart_and_each_its_own() -> None:
    x, first, second, again = firm_numbers(
        pd.Series(["x", f"{DRAWN}a", f"{DRAWN}b", f"{DRAWN}a"])
    )
    assert x >= 0
    assert first == again != second
    assert max(first, second) <= FIRST_DRAWN


def test_few_real_firms_are_set_aside_and_what_is_drawn_around_them_is_told() -> None:
    groups, blocks = cut(make_amounts([*INVENTED, (A, 7.0, "x", "estime")]))
    released = {code for block in blocks.index for code in groups[block]}
    assert released == {B, C, D, E, F}


def test_real_firms_that_pass_together_are_merged_as_ever() -> None:
    real = [(A, 7.0, "x", "estime"), (B, 7.0, "y", "estime"), (C, 7.0, "z", "estime")]
    groups, blocks = cut(make_amounts([*INVENTED, *real]))
    assert sorted(groups[A]) == [A, B, C]
    assert blocks.loc[A, "value"] == 81.0  # all that is there, drawn or not


def test_communes_of_few_real_firms_pass_together_where_they_are_enough() -> None:
    real = [(A, 7.0, "x", "estime"), (B, 7.0, "y", "estime"), (D, 7.0, "z", "estime")]
    groups, _ = cut(make_amounts([*INVENTED, *real]))
    assert sorted(groups["reste"]) == sorted([A, B, D])


def test_what_fails_alone_is_told_of_real_firms() -> None:
    rows = pd.DataFrame(
        {
            "code_insee": [A] * 3 + [B] * 4,
            "firm_id": [f"{DRAWN}{n}" for n in range(6)] + ["x"],
            "t": 1.0,
        }
    )
    assert fails_alone(rows, ["code_insee"], ["t"]).to_dict() == {A: False, B: True}


def test_the_auditor_looks_for_no_secret_in_what_is_drawn_beside_real_firms() -> None:
    ends = pd.DataFrame({"site_id": ["s0"], "firm_id": ["x"], "t": [1.0]})
    amounts = make_amounts([*INVENTED, (A, 7.0, "x", "estime")])
    held = make_registers({"deposit_t": amounts}, ends, epci=pd.Series(EPCI))
    names = held.amounts["deposit_t"]["firm_id"]
    assert set(names) == {"x", DRAWN_AGAIN}
