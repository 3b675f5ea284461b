"""The audit: systems of all levels, bounds of all secret cells, what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from eitgeo.audit import equations as eq
from eitgeo.audit import sums
from eitgeo.audit.equations import (
    Cell,
    drawn_cells,
    exchange_cells,
    failing_blocks,
    failing_exchanges,
    secret_communes,
    sum_cells,
)
from eitgeo.audit.numbers import Interval, too_precise
from eitgeo.audit.published import LEVELS, Published
from eitgeo.audit.registers import (
    JOBS,
    OTHER,
    TONNES,
    Edition,
    Shared,
    Unknowns,
    drawn_unknowns,
    linking_equations,
    make_unknowns,
    shared_with,
)
from eitgeo.audit.system import (
    Equation,
    Solver,
    System,
    Target,
    Unknown,
    build_system,
    check_truth,
)
from eitgeo.audit.texts import Said

ASKED = 0.10
"""Protection asked of a secret cell, on each side: a tenth of itself."""

DRAWS = 20
"""Draws of tonnage that are audited, evenly spread."""

_TINY = 1e-9


class Finding(NamedTuple):
    """A secret cell whose bounds do not hold a tenth of it on each side.

    ``bounds``: what published figures allow. ``before``: what registers tell, and the
    mere total of blocks that pass the rule.
    """

    cell: Cell
    bounds: Interval
    before: Interval

    def side(self, *, strict: bool = False) -> str:
        """Say on which side it is too well known."""
        bounds_near = [_near(self.bounds, self.cell.truth)]
        bounds_near.append(
            (False, False) if strict else _near(self.before, self.cell.truth)
        )
        low, high = (now and not was for now, was in zip(*bounds_near, strict=True))
        return "deux" if low and high else "bas" if low else "haut" if high else ""


def _near(bounds: Interval, truth: float) -> tuple[bool, bool]:
    """Say whether each bound is nearer to an amount than what is asked."""
    low = bounds.low > (1 - ASKED) * truth * (1 + _TINY)
    return low, bounds.high < (1 + ASKED) * truth * (1 - _TINY)


@dataclass
class Audit:
    """What an audit did and found.

    ``findings``: secret cells that are known too well. ``admitted``: those of which
    registers, or the mere total of a block, say as much: the rule of three firms and 85
    % admits it. ``remarks``: figures that are no sum of published ones, told too
    precisely, or false. ``unattached``: numbers printed in texts that are no released
    figure. ``unread``: files that could not be read here. ``n_numbers``: numbers of
    texts that were looked at. ``n_cells``: secret cells that were bounded.
    ``n_equations``, ``n_redundant``: equations; published figures that add nothing and
    were dropped. ``n_solved``, ``seconds``: programs that were solved, and how long
    that took.
    """

    findings: list[Finding] = field(default_factory=list)
    admitted: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unattached: list[Said] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    n_numbers: int = 0
    n_cells: int = 0
    n_equations: int = 0
    n_redundant: int = 0
    n_solved: int = 0
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Say whether nothing was found; what was not read is not known to be clean."""
        return not (self.findings or self.remarks or self.unattached or self.unread)


@dataclass(frozen=True)
class Level:
    """One system to be audited: its equations, its secret cells, what is true.

    ``equations``: what is published. ``cells``: what is secret. ``truth``: unknown →
    amount. ``before``: what is known without adding published figures up.
    """

    equations: tuple[Equation, ...] = field(repr=False)
    cells: tuple[Cell, ...] = field(repr=False)
    truth: dict[Unknown, float] = field(repr=False)
    before: tuple[Equation, ...] = field(default=(), repr=False)

    def system(self) -> System:
        """Lay its equations out."""
        return build_system(self.equations)


def audit_editions(
    edition: Edition, *, against: Edition | None = None, draws: int = DRAWS
) -> Audit:
    """Audit what an edition publishes, with another edition beside it where given."""
    audit = Audit()
    audit.remarks += precise_remarks(edition.published)
    for level in levels_of(edition, audit, against=against, draws=draws):
        audit_level(level, audit)
    audit.remarks = list(dict.fromkeys(audit.remarks))
    return audit


def levels_of(
    edition: Edition, found: Audit, *, against: Edition | None, draws: int
) -> Iterator[Level]:
    """Build the systems: values with exchanges, lows, highs, draws one by one."""
    shared = against and shared_with(edition.registers, against.registers)
    for level in LEVELS:
        own = make_unknowns(
            edition.registers, level=level, with_exchanges=level == "value"
        )
        parts = [_level(edition, own, found, level=level)]
        if against and shared:
            others = make_unknowns(
                against.registers,
                level=level,
                shared=shared,
                with_exchanges=level == "value",
            )
            parts.append(_level(against, others, found, level=level))
            links = tuple(linking_equations(own, others, shared))
            parts.append(Level(links, (), {}))
        yield _stacked(parts)
    n_draws = edition.registers.draws.shape[1]
    codes = secret_communes(edition.registers, indicator=TONNES)
    if against:
        theirs = secret_communes(against.registers, indicator=TONNES)
        codes = theirs | codes
    for draw in np.unique(np.linspace(0, n_draws - 1, min(draws, n_draws), dtype=int)):
        parts = [_drawn(edition, int(draw), codes)]
        if against and shared and against.registers.draws.shape[1] > draw:
            parts.append(_drawn(against, int(draw), codes, shared))
        yield _stacked(parts)


def _level(edition: Edition, unknowns: Unknowns, found: Audit, *, level: str) -> Level:
    published, registers = edition
    equations: list[Equation] = []
    before: list[Equation] = []
    cells: list[Cell] = []
    for name in _summed(edition, level):
        intervals = eq.block_intervals(published, indicator=name, level=level)
        blocks = list(
            eq.block_equations(
                published, registers, unknowns, indicator=name, told=intervals
            )
        )
        equations += blocks
        before += _mere_totals(edition, name, blocks)
        if level == "value":
            bands = list(
                eq.band_equations(published, registers, unknowns, indicator=name)
            )
            equations += bands
            if name == JOBS:
                # The register of establishments tells classes of jobs, none of tonnes.
                before += [*bands, *eq.register_classes(registers, unknowns)]
        cells += sum_cells(registers, unknowns, indicator=name, level=level)
    for name in (TONNES, JOBS):
        _take(
            sums.sums_of_blocks(
                published, registers, unknowns, indicator=name, level=level
            ),
            equations,
            found,
        )
    _take(
        sums.deposit_rows(published, registers, unknowns, level=level),
        equations,
        found,
    )
    if level == "value":
        equations += eq.zone_equations(published, registers, unknowns)
        flows = list(eq.cell_equations(published, registers, unknowns))
        equations += flows
        secret = failing_exchanges(published, registers, unknowns)
        before += _upper(one for one in flows if one.name not in secret)
        cells += exchange_cells(registers, unknowns)
        _take(sums.shares_of_cells(published, unknowns), equations, found)
        _take(sums.largest_sites(published), equations, found)
        _take(sums.exchange_rows(published, registers, unknowns), equations, found)
    truth = dict(unknowns.truth)
    return Level(tuple(equations), tuple(cells), truth, tuple(before))


def _mere_totals(
    edition: Edition, indicator: str, blocks: Sequence[Equation]
) -> list[Equation]:
    """Keep the highest total of blocks that pass the rule: it admits that much."""
    secret = failing_blocks(edition.published, edition.registers, indicator=indicator)
    return _upper(one for one in blocks if one.name not in secret)


def _upper(equations: Iterable[Equation]) -> list[Equation]:
    return [one._replace(told=Interval(0.0, one.told.high)) for one in equations]


def _summed(edition: Edition, level: str) -> list[str]:
    """Name the sums whose levels add up: percentiles of draws do not."""
    has_draws = edition.registers.draws.shape[1] > 0
    return [
        name
        for name in (TONNES, JOBS)
        if level == "value" or name != TONNES or not has_draws
    ]


def _take(told: sums.Told, equations: list[Equation], found: Audit) -> None:
    equations += told.equations
    found.remarks += told.remarks
    found.n_redundant += told.n_redundant


def _drawn(
    edition: Edition, draw: int, codes: Mapping[str, int], shared: Shared | None = None
) -> Level:
    published, registers = edition
    unknowns = drawn_unknowns(registers, draw=draw, shared=shared)
    word = f"tirage {registers.draws.columns[draw]}"
    intervals = eq.draw_intervals(published, draw=draw)
    blocks = tuple(
        eq.block_equations(
            published, registers, unknowns, indicator=TONNES, told=intervals
        )
    )
    cells = tuple(drawn_cells(unknowns, codes=codes, word=word))
    before = tuple(_mere_totals(edition, TONNES, blocks))
    return Level(blocks, cells, dict(unknowns.truth), before)


def _stacked(parts: Sequence[Level]) -> Level:
    """Put systems together; a cell of both editions counts once."""
    truth: dict[Unknown, float] = {}
    cells: dict[Target, Cell] = {}
    for rank, part in enumerate(parts):
        truth = part.truth | truth
        for cell in part.cells:
            word = f"{cell.stream}, {OTHER}" if rank else cell.stream
            cells.setdefault(cell.target, cell._replace(stream=word))
    equations = tuple(one for part in parts for one in part.equations)
    before = tuple(one for part in parts for one in part.before)
    return Level(equations, tuple(cells.values()), truth, before)


def audit_level(level: Level, found: Audit) -> None:
    """Bound the secret cells of a system."""
    false = set(check_truth(level.system(), level.truth))
    found.remarks += [f"{name} : contraire aux tables" for name in sorted(false)]
    sound = tuple(one for one in level.equations if one.name not in false)
    solver = Solver(build_system(sound))
    known = Solver(build_system([one for one in level.before if one.name not in false]))
    for cell in level.cells:
        bounds = solver.bound(cell.target)
        if any(_near(bounds, cell.truth)):
            finding = Finding(cell, bounds, known.bound(cell.target))
            (found.findings if finding.side() else found.admitted).append(finding)
    found.n_cells += len(level.cells)
    found.n_equations += len(sound)
    found.n_solved += solver.n_solved
    found.seconds += solver.seconds


def precise_remarks(published: Published) -> list[str]:
    """List the blocks and cells told with more figures than their rounded column."""
    remarks = []
    secret = published.blocks[published.blocks["shown"] & ~published.blocks["declared"]]
    for name, rows in secret.groupby("indicator_id"):
        for level in LEVELS:
            remarks += [
                f"{name}, {level} : bloc {rows['block_id'].iloc[rank]} : plus de "
                "chiffres que sa colonne"
                for rank in too_precise(rows[level].tolist())
            ]
    remarks += [
        f"échanges : case {rank + 1} : plus de chiffres que sa colonne"
        for rank in too_precise(published.cells["value"].tolist())
    ]
    return remarks
