"""The audit of a study: bounds of all secret cells, what no declaration admits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from eitgeo.audit import equations as eq
from eitgeo.audit.declared import undeclared_places, unreleased_figures
from eitgeo.audit.equations import (
    Cell,
    drawn_cells,
    exchange_cells,
    failing_blocks,
    failing_exchanges,
    secret_communes,
    sum_cells,
)
from eitgeo.audit.published import (
    LEVELS,
    Interval,
    Published,
    read_published,
    too_precise,
)
from eitgeo.audit.reading.checks import unread_files
from eitgeo.audit.reading.opened import open_file
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
    read_edition,
    read_registers,
    shared_with,
)
from eitgeo.audit.sums import check_sums
from eitgeo.audit.system import (
    Equation,
    Solver,
    System,
    Target,
    Unknown,
    build_system,
    check_truth,
)
from eitgeo.audit.texts import PDF_TOOL, can_read, normalize_text
from eitgeo.sources.sites.site_merge import NAME_WITHHELD
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from eitgeo.tables.public import PublicTables

ASKED = 0.10
"""Protection asked of a secret cell, on each side: a tenth of itself."""

DRAWS = 20
"""Draws of tonnage that are audited, evenly spread."""

_TINY = 1e-9
_SIREN_DIGITS, _LONG_NAME = 9, 8
_NUMBER = re.compile(r"(?<!\d)(?:\d{14}|\d{9})(?!\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")
_WORD = re.compile(r"\w+")


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
    precisely, or false. ``undeclared``: files that no step wrote, and what files hold
    and nothing declares. ``unread``: files that could not be read here. ``n_files``:
    files that were held against the declarations. ``n_cells``: secret cells that were
    bounded.
    ``n_equations``, ``n_redundant``: equations; published figures that add nothing and
    were dropped. ``n_solved``, ``seconds``: programs that were solved, and how long
    that took.
    """

    findings: list[Finding] = field(default_factory=list)
    admitted: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    undeclared: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    n_files: int = 0
    n_cells: int = 0
    n_equations: int = 0
    n_redundant: int = 0
    n_solved: int = 0
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Say whether nothing was found; what was not read is not known to be clean."""
        return not (self.findings or self.remarks or self.undeclared or self.unread)


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


def audit_study(
    project: Project, *, against: Path | None = None, draws: int = DRAWS
) -> Audit:
    """Audit what a study publishes, with another edition beside it where given."""
    registers = read_registers(project.processed)
    edition = Edition(read_published(project.maps), registers)
    other = None if against is None else read_edition(against, registers)
    audit = audit_editions(edition, against=other, draws=draws)
    audit_files(project, edition.published, audit)
    return audit


def audit_files(project: Project, published: Published, found: Audit) -> None:
    """Hold published files against the declarations, and the sites that stay in."""
    found.n_files = len(published.files)
    found.undeclared += undeclared_places(project)
    public = PublicTables(project.processed)
    found.undeclared += unreleased_figures(published, public)
    found.unread += unread_in(published)
    sites = read_table(project.processed, "sites")
    secret = sites[sites["natural_person"] | ~sites["diffusible"]]
    found.remarks += [] if secret.empty else hidden_sites(published, secret)


def unread_in(published: Published) -> list[str]:
    """List the files that nothing opens, here or anywhere."""
    unknown = [f"{one.file} : {one.what}" for one in unread_files(published.files)]
    here = (one.name for one in published.files if not can_read(one))
    return [*unknown, *(f"{one} : {PDF_TOOL} absent" for one in here)]


def hidden_sites(published: Published, sites: pd.DataFrame) -> list[str]:
    """List the files that bear the number or the name of a site that must not leave.

    A name of one short word, that of a commune, or what stands for a name that was
    withheld, says nobody.
    """
    numbers = {str(one) for one in sites["siret"].dropna()}
    numbers |= {one[:_SIREN_DIGITS] for one in numbers}
    places = {normalize_text(one).casefold() for one in published.communes["name"]}
    folded = {normalize_text(one).casefold() for one in sites["name"].dropna()}
    names = [
        one
        for one in folded - places
        if (" " in one or len(one) >= _LONG_NAME) and NAME_WITHHELD not in one
    ]
    remarks = []
    for path in (one for one in published.files if can_read(one)):
        text = "\n".join(normalize_text(one.text) for one in open_file(path).words)
        text = text.casefold()
        told = numbers & set(_NUMBER.findall(_BETWEEN_DIGITS.sub("", text)))
        words = set(_WORD.findall(text))
        told |= {
            one
            for one in names
            if words.issuperset(_WORD.findall(one))
            and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text)
        }
        remarks += [
            f"{path.name} : établissement tenu secret : {o}" for o in sorted(told)
        ]
    return remarks


def audit_editions(
    edition: Edition, *, against: Edition | None = None, draws: int = DRAWS
) -> Audit:
    """Audit what an edition publishes, with another edition beside it where given."""
    audit = Audit()
    for one in (edition, against):
        if one is not None:
            checked = check_sums(one.published)
            audit.remarks += [*precise_remarks(one.published), *checked.remarks]
            audit.n_redundant += checked.n_redundant
    for level in levels_of(edition, against=against, draws=draws):
        audit_level(level, audit)
    audit.remarks = list(dict.fromkeys(audit.remarks))
    return audit


def levels_of(
    edition: Edition, *, against: Edition | None, draws: int
) -> Iterator[Level]:
    """Build the systems: values with exchanges, lows, highs, draws one by one."""
    shared = against and shared_with(edition.registers, against.registers)
    for level in LEVELS:
        own = make_unknowns(
            edition.registers, level=level, with_exchanges=level == "value"
        )
        parts = [_level(edition, own, level=level)]
        if against and shared:
            others = make_unknowns(
                against.registers,
                level=level,
                shared=shared,
                with_exchanges=level == "value",
            )
            parts.append(_level(against, others, level=level))
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


def _level(edition: Edition, unknowns: Unknowns, *, level: str) -> Level:
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
    if level == "value":
        equations += eq.zone_equations(published, registers, unknowns)
        flows = list(eq.cell_equations(published, registers, unknowns))
        equations += flows
        secret = failing_exchanges(published, registers, unknowns)
        before += _upper(one for one in flows if one.name not in secret)
        cells += exchange_cells(registers, unknowns)
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
