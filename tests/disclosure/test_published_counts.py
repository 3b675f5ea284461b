"""Published counts are nobody's secret, and cover nobody who stands beside them."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.audit.equations import sum_cells
from eitgeo.audit.registers import make_registers, make_unknowns
from eitgeo.disclosure.exchanges import read_rest
from eitgeo.disclosure.levers import guard_levers
from eitgeo.disclosure.report import fails_alone
from eitgeo.disclosure.rule import LESSENED, NOBODY, Part, firm_numbers, passes
from eitgeo.scenarios.measures.amounts import PUBLISHED, REDUCED
from tests.disclosure.toy import EPCI, ROW, A, B, C, D, E, F, cut, make_amounts, three

COUNTS = [(code, 1234.0, PUBLISHED, "estime") for code in ROW]


def part(*rows: tuple[int, float]) -> Part:
    firms, amounts = zip(*rows, strict=True)
    return Part(np.array(firms), np.array(amounts)[:, None])


def test_a_commune_of_one_count_is_a_block_of_its_own_and_is_not_rounded() -> None:
    groups, blocks = cut(make_amounts(COUNTS[:-1], public=False))
    # A commune that no count names has none: that is published too.
    assert groups == {code: [code] for code in ROW}
    assert blocks["value"].to_dict() == dict.fromkeys(ROW[:-1], 1234.0) | {F: 0.0}
    assert blocks["top_low"].isna().all()


@pytest.mark.parametrize("beside", [PUBLISHED, REDUCED])
def test_an_answer_beside_counts_is_as_secret_as_alone(beside) -> None:
    counts = [(code, 1234.0, beside, "estime") for code in ROW for _ in range(5)]
    alone = [(A, 10.0, "firm", "estime"), (D, 10.0, "other", "estime")]
    groups, blocks = cut(make_amounts([*counts, *alone]))
    # With every count of the territory around them, two firms are two firms.
    released = [code for block in blocks.index for code in groups[block]]
    assert not {A, D} & set(released)


def test_answers_pass_on_their_own_and_counts_beside_them_change_nothing() -> None:
    shares = {"x": 90.0, "y": 6.0, "z": 4.0}
    answers = [(B, amount, firm, "estime") for firm, amount in shares.items()]
    groups, blocks = cut(make_amounts([*COUNTS, *three(A, each=5.0), *answers]))
    # One of three makes 90 % of what B adds to the 1 234 t that anybody takes off.
    assert groups == {A: [A, B], C: [C], D: [D], E: [E], F: [F]}
    assert blocks.loc[A, "value"] == 2600.0  # 2 583: two figures, there are answers


def test_a_count_less_who_answered_does_not_leave() -> None:
    assert passes(part((NOBODY, 5.0)))
    assert not passes(part((LESSENED, 5.0)))
    assert not passes(part((NOBODY, 5.0), (LESSENED, 5.0)))
    three_firms = [(1, 5.0), (2, 5.0), (3, 5.0)]
    assert passes(part(*three_firms, (NOBODY, 999.0), (LESSENED, 999.0)))
    assert not passes(part(*three_firms[:2], (NOBODY, 999.0), (LESSENED, 999.0)))
    groups, blocks = cut(make_amounts([*COUNTS, (A, 9.0, REDUCED, "estime")]))
    released = [code for block in blocks.index for code in groups[block]]
    assert A not in released
    assert {D, E, F} <= set(released)


def test_numbers_of_firms_keep_nobody_apart() -> None:
    firms = pd.Series(["x", PUBLISHED, "y", REDUCED, "x"])
    first, nobody, other, less, again = firm_numbers(firms)
    assert (nobody, less) == (NOBODY, LESSENED)
    assert first == again != other
    assert min(first, other) >= 0


def test_what_fails_alone_is_told_of_answers_not_of_counts() -> None:
    rows = pd.DataFrame(
        {
            "code_insee": [A, B, B, C],
            "firm_id": [PUBLISHED, PUBLISHED, "x", REDUCED],
            "t": 1.0,
        }
    )
    failing = fails_alone(rows, ["code_insee"], ["t"]).to_dict()
    assert failing == {A: False, B: True, C: True}


def test_tonnage_less_exchanges_is_safe_where_it_rests_on_counts_alone() -> None:
    rows = pd.DataFrame(
        [
            ("s", NOBODY, "b", 5.0),
            ("t", 1, "c", 5.0),
            ("v", 2, "c", 5.0),  # with nobody, two firms are two
            ("u", NOBODY, "c", 5.0),
        ],
        columns=["site_id", "firm", "block_id", "value"],
    )
    rest = read_rest(rows, pd.Series({"s": 1.0, "t": 1.0}))
    assert rest.passes(frozenset({"b"}))
    assert not rest.passes(frozenset({"c"}))
    assert not rest.passes(frozenset({"b", "c"}))
    less = read_rest(rows.assign(firm=LESSENED), pd.Series(dtype=float))
    assert not less.passes(frozenset({"b"}))


@pytest.mark.parametrize(
    ("firms", "told"),
    [
        ([PUBLISHED] * 2, True),
        ([PUBLISHED, "x"], False),
        ([PUBLISHED, REDUCED], False),
        ([REDUCED] * 2, False),
    ],
)
def test_a_lever_of_counts_alone_is_told(firms, told) -> None:
    totals = pd.DataFrame(
        {"lever": ["t"], "low": 1.0, "mid": 2.0, "high": 3.0, "status": "chiffre"}
    )
    ends = [pd.Series(firms), pd.Series([PUBLISHED] * 2)]
    guarded = guard_levers(totals, pd.DataFrame({"t": [1.0, 1.0]}), ends=ends)
    assert guarded["mid"].notna().tolist() == [told]


def test_the_auditor_looks_for_no_secret_in_counts_and_for_every_one_beside() -> None:
    epci = pd.Series(EPCI)
    ends = pd.DataFrame({"site_id": ["s0"], "firm_id": [PUBLISHED], "t": [1.0]})
    counts = make_registers({"deposit_t": make_amounts(COUNTS)}, ends, epci=epci)
    assert counts.amounts["deposit_t"].empty
    draws = pd.DataFrame(1.0, index=pd.Index(ROW), columns=range(3))
    drawn = make_registers(
        {"deposit_t": make_amounts(COUNTS)}, ends, epci=epci, draws=draws
    )
    assert drawn.amounts["deposit_t"].empty
    beside = make_amounts([*COUNTS, (A, 9.0, "x", "estime")])
    held = make_registers({"deposit_t": beside}, ends, epci=epci)
    assert len(held.amounts["deposit_t"]) == len(beside)


def test_what_is_drawn_where_no_site_is_shown_is_nobodys_for_the_auditor() -> None:
    """It is in the sums that are published, holds no secret and covers nobody."""
    epci = pd.Series(EPCI)
    ends = pd.DataFrame(
        columns=["end", "donor_id", "receiver_id", "site_id", "firm_id", "t"]
    )
    draws = pd.DataFrame(7.0, index=pd.Index(ROW), columns=range(3))
    shown = make_amounts([(A, 9.0, "x", "estime"), (A, 5.0, "y", "estime")])
    held = make_registers({"deposit_t": shown}, ends, epci=epci, draws=draws)
    rows = held.amounts["deposit_t"]
    assert rows.groupby("code_insee")["value"].sum().to_dict() == dict.fromkeys(
        ROW, pytest.approx(7.0)
    )
    unknowns = make_unknowns(held, level="value", with_exchanges=False)
    cells = list(sum_cells(held, unknowns, indicator="deposit_t", level="value"))
    assert {(one.kind, one.name) for one in cells} == {
        ("entreprise", f"x à {A}"),
        ("entreprise", f"y à {A}"),
        ("commune", A),
        ("EPCI", EPCI[A]),
    }
    assert {one.truth for one in cells if one.kind != "entreprise"} == {7.0}
