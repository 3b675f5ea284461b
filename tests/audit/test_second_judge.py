"""τ-ARGUS judges the same system: the bounds are the same."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eitgeo.audit.auditing import Level, levels_of
from eitgeo.audit.published import Interval
from eitgeo.audit.system import Equation, Solver, System, Target, build_system
from tests.audit.drawn import edition_of
from tests.audit.jj import jj_text, write_jj
from tests.audit.leaks import block, edition
from tests.disclosure.territory import publish_drawn

NEAR = 1e-6
DIGITS = 3
"""A JJ file is read to the unit: a thousand times each amount, to the thousandth."""


@pytest.fixture
def judge() -> Any:
    """Return the audit of τ-ARGUS."""
    engine = pytest.importorskip(
        "pytauargus._tauargus", reason="pytauargus (EUPL-1.2) n'est pas installé"
    )
    return engine.audit_jj


def to_the_thousandth(system: System) -> System:
    """Return the same system with bounds that both judges read alike."""
    low, high = (np.round(one, DIGITS) for one in (system.low, system.high))
    return replace(system, low=low, high=high)


def judged(
    judge: Any, system: System, truth: np.ndarray, targets: list[Target], path: Path
) -> list[Interval]:
    """Return the bounds that τ-ARGUS finds."""
    file = jj_text(system, truth, targets=targets)
    write_jj(path, file)
    rows = {row["cell"]: row for row in judge(str(path))}
    return [
        Interval(rows[least]["min"] / file.scale, rows[most]["max"] / file.scale)
        for most, least in zip(file.most, file.least, strict=True)
    ]


def compare(judge: Any, level: Level, path: Path) -> float:
    """Return the largest difference between the two judges."""
    system = to_the_thousandth(level.system())
    truth = np.array([level.truth[one] for one in system.unknowns])
    targets = [cell.target for cell in level.cells]
    solver = Solver(system)
    mine = [solver.bound(one) for one in targets]
    theirs = judged(judge, system, truth, targets, path)
    return max(
        max(abs(a.low - b.low), abs(a.high - b.high))
        for a, b in zip(mine, theirs, strict=True)
        if np.isfinite(a.high)
    )


@pytest.mark.parametrize("seed", range(2))
def test_bounds_of_a_drawn_territory_agree(
    judge: Any, seed: int, tmp_path: Path
) -> None:
    drawn = edition_of(publish_drawn(seed))
    for level in levels_of(drawn, against=None, draws=0):
        assert compare(judge, level, tmp_path / "systeme.jj") < NEAR


def test_bounds_of_two_editions_and_of_a_leak_agree(judge: Any, tmp_path: Path) -> None:
    other = edition([*block("ac", 111.0), *block("bd", 94.0)])
    for level in levels_of(edition(), against=other, draws=0):
        assert compare(judge, level, tmp_path / "systeme.jj") < NEAR


def test_sums_and_differences_known_by_hand(judge: Any, tmp_path: Path) -> None:
    """a + b in [9, 11], b + c in [4, 5], a − d = 0, d in [6, 7]."""
    a, b, c, d = (("x", name) for name in "abcd")
    system = build_system(
        [
            Equation("ab", Interval(9.0, 11.0), {a: 1.0, b: 1.0}),
            Equation("bc", Interval(4.0, 5.0), {b: 1.0, c: 1.0}),
            Equation("ad", Interval(0.0, 0.0), {a: 1.0, d: -1.0}),
            Equation("d", Interval(6.0, 7.0), {d: 1.0}),
        ]
    )
    targets = [Target((one,), (one,)) for one in (a, b, c)] + [Target((a, c), (a,))]
    by_hand = [Interval(6, 7), Interval(2, 5), Interval(0, 3), Interval(6, 10)]
    solver = Solver(system)
    mine = [solver.bound(one) for one in targets]
    truth = np.array(
        [{"a": 6.5, "b": 3.0, "c": 1.5, "d": 6.5}[u[1]] for u in system.unknowns]
    )
    theirs = judged(judge, system, truth, targets, tmp_path / "main.jj")
    for hand, one, two in zip(by_hand, mine, theirs, strict=True):
        assert one == pytest.approx(hand, abs=NEAR)
        assert two == pytest.approx(hand, abs=NEAR)
