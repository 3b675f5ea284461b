"""The audit: systems of all levels, bounds of all secret cells, what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eitgeo.audit import equations as eq
from eitgeo.audit import sums, tables
from eitgeo.audit.bounds import Solver, check_truth
from eitgeo.audit.cells import (
    drawn_cells,
    exchange_cells,
    secret_communes,
    sum_cells,
)
from eitgeo.audit.editions import Edition, shared_with
from eitgeo.audit.numbers import too_precise
from eitgeo.audit.payload import LEVELS
from eitgeo.audit.registers import JOBS, TONNES
from eitgeo.audit.system import build_system
from eitgeo.audit.unknowns import (
    OTHER,
    drawn_unknowns,
    linking_equations,
    make_unknowns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eitgeo.audit.bounds import Target
    from eitgeo.audit.cells import Cell
    from eitgeo.audit.numbers import Interval
    from eitgeo.audit.published import Published
    from eitgeo.audit.system import Equation, System, Unknown
    from eitgeo.audit.texts import Said
    from eitgeo.audit.unknowns import Shared, Unknowns

ASKED = 0.10
"""Protection asked of a secret cell, on each side: a tenth of itself."""

DRAWS = 20
"""Draws of tonnage that are audited, evenly spread."""

_TINY = 1e-9


class Finding(NamedTuple):
    """A secret cell whose bounds do not hold a tenth of it on each side.

    Attributes
    ----------
    cell
        Which one.
    bounds
        What published figures allow.
    """

    cell: Cell
    bounds: Interval

    @property
    def side(self) -> str:
        """Say on which side it is too well known.

        Returns
        -------
        str
            ``deux`` (its amount is known to within a tenth), ``bas``, ``haut``.
        """
        low = self.bounds.low > (1 - ASKED) * self.cell.truth * (1 + _TINY)
        high = self.bounds.high < (1 + ASKED) * self.cell.truth * (1 - _TINY)
        return "deux" if low and high else "bas" if low else "haut" if high else ""


@dataclass
class Audit:
    """What an audit did and found.

    Attributes
    ----------
    findings
        Secret cells that are known too well.
    remarks
        Figures that are no sum of published ones, told too precisely, or false.
    unattached
        Numbers printed in texts that are no released figure.
    n_cells
        Secret cells that were bounded.
    n_equations, n_redundant
        Equations; published figures that add nothing and were dropped.
    n_solved, seconds
        Programs that were solved, and how long that took.
    """

    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unattached: list[Said] = field(default_factory=list)
    n_cells: int = 0
    n_equations: int = 0
    n_redundant: int = 0
    n_solved: int = 0
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Say whether nothing was found.

        Returns
        -------
        bool
            True where no secret cell is known and every number is accounted for.
        """
        return not (self.findings or self.remarks or self.unattached)


@dataclass(frozen=True)
class Level:
    """One system to be audited: its equations, its secret cells, what is true.

    Attributes
    ----------
    equations
        What is published.
    cells
        What is secret.
    truth
        Unknown → amount.
    """

    equations: tuple[Equation, ...] = field(repr=False)
    cells: tuple[Cell, ...] = field(repr=False)
    truth: dict[Unknown, float] = field(repr=False)

    def system(self) -> System:
        """Lay its equations out.

        Returns
        -------
        System
            With those that are false: see :func:`audit_level`.
        """
        return build_system(self.equations)


def audit_editions(
    edition: Edition, *, against: Edition | None = None, draws: int = DRAWS
) -> Audit:
    """Audit what an edition publishes, with another edition beside it where given.

    Parameters
    ----------
    edition
        The audited edition.
    against
        Another one; None: none.
    draws
        Draws of tonnage to audit.

    Returns
    -------
    Audit
        Numbers of texts left out: see :mod:`eitgeo.audit.attached`.
    """
    found = Audit()
    found.remarks += precise_remarks(edition.published)
    for level in levels_of(edition, found, against=against, draws=draws):
        audit_level(level, found)
    found.remarks = list(dict.fromkeys(found.remarks))
    return found


def levels_of(
    edition: Edition, found: Audit, *, against: Edition | None, draws: int
) -> Iterator[Level]:
    """Build the systems: values with exchanges, lows, highs, draws one by one.

    Parameters
    ----------
    edition, against
        The audited edition, and another one or none.
    found
        Takes the remarks and the counts of what is redundant.
    draws
        Draws of tonnage to build.

    Yields
    ------
    Level
        Systems that have no unknown in common.
    """
    shared = against and shared_with(edition.registers, against.registers)
    for level in LEVELS:
        mine = make_unknowns(
            edition.registers, level=level, with_exchanges=level == "value"
        )
        parts = [_level(edition, mine, found, level=level)]
        if against and shared:
            others = make_unknowns(
                against.registers,
                level=level,
                shared=shared,
                with_exchanges=level == "value",
            )
            parts.append(_level(against, others, found, level=level))
            links = tuple(linking_equations(mine, others, shared))
            parts.append(Level(links, (), {}))
        yield _stacked(parts)
    n_draws = edition.registers.draws.shape[1]
    codes = secret_communes(edition.registers, indicator=TONNES)
    if against:
        theirs = secret_communes(against.registers, indicator=TONNES)
        codes = sorted({*codes, *theirs})
    for draw in np.unique(np.linspace(0, n_draws - 1, min(draws, n_draws), dtype=int)):
        parts = [_drawn(edition, int(draw), codes)]
        if against and shared and against.registers.draws.shape[1] > draw:
            parts.append(_drawn(against, int(draw), codes, shared))
        yield _stacked(parts)


def _level(edition: Edition, unknowns: Unknowns, found: Audit, *, level: str) -> Level:
    published, registers = edition
    equations: list[Equation] = []
    cells: list[Cell] = []
    for name in _summed(edition, level):
        told = eq.block_intervals(published, indicator=name, level=level)
        equations += eq.block_equations(
            published, registers, unknowns, indicator=name, told=told
        )
        if level == "value":
            equations += eq.band_equations(
                published, registers, unknowns, indicator=name
            )
        cells += sum_cells(registers, unknowns, indicator=name, level=level)
    for name in (TONNES, JOBS):
        _take(sums.sums_of_blocks(published, registers, unknowns, indicator=name, level=level), equations, found)
    _take(tables.deposit_rows(published, registers, unknowns, level=level), equations, found)
    if level == "value":
        equations += eq.zone_equations(published, registers, unknowns)
        equations += eq.cell_equations(published, registers, unknowns)
        cells += exchange_cells(registers, unknowns)
        _take(sums.shares_of_cells(published, unknowns), equations, found)
        _take(sums.largest_sites(published), equations, found)
        _take(tables.exchange_rows(published, registers, unknowns), equations, found)
    return Level(tuple(equations), tuple(cells), dict(unknowns.truth))


def _summed(edition: Edition, level: str) -> list[str]:
    """Name the sums whose levels add up: percentiles of draws do not."""
    drawn = edition.registers.draws.shape[1] > 0
    return [name for name in (TONNES, JOBS) if level == "value" or name != TONNES or not drawn]


def _take(told: sums.Told, equations: list[Equation], found: Audit) -> None:
    equations += told.equations
    found.remarks += told.remarks
    found.n_redundant += told.n_redundant


def _drawn(
    edition: Edition, draw: int, codes: Sequence[str], shared: Shared | None = None
) -> Level:
    published, registers = edition
    unknowns = drawn_unknowns(registers, draw=draw, shared=shared)
    word = f"tirage {registers.draws.columns[draw]}"
    told = eq.draw_intervals(published, draw=draw)
    return Level(
        tuple(
            eq.block_equations(
                published, registers, unknowns, indicator=TONNES, told=told
            )
        ),
        tuple(drawn_cells(unknowns, codes=codes, word=word)),
        dict(unknowns.truth),
    )


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
    return Level(equations, tuple(cells.values()), truth)


def audit_level(level: Level, found: Audit) -> None:
    """Bound the secret cells of a system.

    Parameters
    ----------
    level
        The system.
    found
        Takes what is found.
    """
    false = set(check_truth(level.system(), level.truth))
    found.remarks += [f"{name} : contraire aux tables" for name in sorted(false)]
    kept = tuple(one for one in level.equations if one.name not in false)
    solver = Solver(build_system(kept))
    for cell in level.cells:
        finding = Finding(cell, solver.bound(cell.target))
        if finding.side:
            found.findings.append(finding)
    found.n_cells += len(level.cells)
    found.n_equations += len(kept)
    found.n_solved += solver.n_solved
    found.seconds += solver.seconds


def precise_remarks(published: Published) -> list[str]:
    """List the blocks and cells told with more figures than their rounded column.

    Parameters
    ----------
    published
        What was read.

    Returns
    -------
    list of str
        French; none where columns are not rounded.
    """
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
