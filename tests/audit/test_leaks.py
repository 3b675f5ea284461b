"""Leaks planted one by one are found; without them, nothing is."""

import math

import numpy as np
import pytest

from eitgeo.audit.auditing import Audit, audit_editions
from eitgeo.audit.equations import register_classes
from eitgeo.audit.registers import make_unknowns
from tests.audit.leaks import SAFE, block, edition, figure, registers


def known(found: Audit, *, side: str = "deux") -> set[str]:
    """Return the names of the cells that are known on a side."""
    return {one.cell.name for one in found.findings if one.side() == side}


def test_nothing_is_found_where_blocks_pass_the_rule() -> None:
    found = audit_editions(edition())
    assert found.findings == []
    assert found.remarks == []
    # Ten firms, one secret commune of two, three levels, two indicators.
    assert found.n_cells == (10 + 1) * 3 * 2
    # One perimeter, three levels, two indicators: sums of blocks.
    assert found.n_redundant == 6


def test_a_commune_of_one_firm_published_as_its_own_block_is_found() -> None:
    found = audit_editions(
        edition([*block("ac", 111.0), *block("b", 50.0), *block("d", 44.0)])
    )
    assert known(found) == {"firm_b0 à b"}
    assert len(found.findings) == 3 * 2


def test_a_commune_of_one_firm_left_out_of_a_block_is_found_by_the_total() -> None:
    """A total beside all blocks but one: 205 − 111 − 44 = 50."""
    hidden = block("b", 50.0, shown=False)
    rest = [*block("ac", 111.0), *hidden, *block("d", 44.0)]
    found = audit_editions(edition(rest))
    assert len(found.remarks) == 6
    assert all("pas une somme de blocs publiés" in one for one in found.remarks)
    told_without = audit_editions(edition(rest, figure("abcd", 155.0)))
    assert told_without.findings == []
    assert told_without.remarks == []


def test_what_two_perimeters_leave_is_found() -> None:
    """Contours one commune apart, told in truth: 161 − 111 = 50."""
    figures = [*figure("abc", 161.0), *figure("ac", 111.0, name="q")]
    found = audit_editions(edition(SAFE, figures))
    assert len(found.remarks) == 6
    assert all("périmètre q : pas une somme" in one for one in found.remarks)


def test_two_editions_whose_difference_isolates_a_firm_are_found() -> None:
    one = edition()
    # The same sites, cut otherwise: `b` went to the other block.
    other = edition([*block("ac", 111.0), *block("bd", 94.0)])
    assert audit_editions(one).findings == []
    assert audit_editions(other).findings == []
    both = audit_editions(one, against=other)
    assert known(both) == {"firm_b0 à b"}
    assert both.remarks == []


def test_the_same_edition_twice_tells_nothing_more() -> None:
    found = audit_editions(edition(), against=edition())
    assert found.findings == []


def test_a_firm_that_came_between_two_editions_is_found() -> None:
    before = edition(
        [*block("abc", 161.0), *block("d", 33.0)], d=[10.0, 10.0, 13.0][:3]
    )
    after = edition(
        [*block("abc", 161.0), *block("d", 133.0)], d=[10.0, 10.0, 13.0, 100.0]
    )
    assert audit_editions(after).findings == []
    both = audit_editions(after, against=before)
    assert known(both) == {"firm_d3 à d"}


def test_what_changed_in_between_is_not_taken_for_the_same() -> None:
    """`b` grew: the difference is no longer a true equation, nor a false finding."""
    one = edition()
    blocks = [*block("ac", 111.0), *block("bd", 124.0)]
    other = edition(blocks, figure("abcd", 235.0), b=[80.0])
    both = audit_editions(one, against=other)
    assert both.remarks == []
    # What is left of the old block after subtraction is what `b` was and became.
    assert known(both) == {"firm_b0 à b"}
    streams = {f.cell.stream for f in both.findings}
    assert {"deposit_t, value", "deposit_t, value, autre édition"} <= streams


def test_a_size_class_of_tonnes_is_found() -> None:
    """A class says of a firm at least 50: no register does."""
    rows = block("abc", 161.0, top_low=50.0, top_high=99.0)[:1]
    found = audit_editions(edition([*rows, *SAFE[1:]]))
    assert known(found, side="bas") == {"firm_b0 à b"}


def test_a_size_class_of_jobs_is_known_from_the_register() -> None:
    rows = block("abc", 161.0, top_low=50.0, top_high=99.0)[1:]
    found = audit_editions(edition([*SAFE[:1], *rows, *SAFE[2:]]))
    assert found.findings == []
    assert {one.side(strict=True) for one in found.admitted} == {"bas"}


def test_the_mere_total_of_a_block_is_what_the_rule_admits() -> None:
    """Two firms make 93 % of a block that passes: known on one side, no more."""
    amounts = {"d": [60.0, 60.0], "c": [2.0, 3.0, 3.0, 1.0]}
    rows = [*block("ab", 125.0), *block("cd", 129.0)]
    found = audit_editions(edition(rows, figure("abcd", 254.0), **amounts))
    assert found.findings == []
    admitted = {(f.cell.name, f.side(strict=True)) for f in found.admitted}
    assert ("d", "haut") in admitted


@pytest.mark.parametrize("side", ["low", "high"])
def test_a_false_figure_is_said_and_left_out(side: str) -> None:
    rows = [{**row} for row in SAFE]
    rows[0][side] = 7.0
    found = audit_editions(edition(rows, figure("d", 44.0)))
    assert any("contraire aux tables" in one for one in found.remarks)
    assert found.findings == []


def test_inputs_are_untouched() -> None:
    one = edition()
    before = one.published.blocks.copy(), one.registers.amounts["deposit_t"].copy()
    audit_editions(one, against=edition())
    assert one.published.blocks.equals(before[0])
    assert one.registers.amounts["deposit_t"].equals(before[1])
    assert np.isfinite(audit_editions(one).seconds)


def test_the_register_puts_each_public_site_in_a_class() -> None:
    """Its brackets, not the coarser ones that pages show: 200 to 249, then 250."""
    jobs = {"d": [238.0, 250.0, 12_000.0, 0.5]}
    known = registers(**jobs)
    told = register_classes(known, make_unknowns(known, level="value"))
    bounds = [tuple(one.told) for one in told if " de d" in one.name]
    assert bounds == [(200, 250), (250, 500), (10_000, math.inf), (0, 1)]
