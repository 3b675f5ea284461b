"""Guarded sums: communes merged into blocks that may be published one by one.

Cells that fail the rule are merged inside their EPCI, until each block passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from eitgeo.disclosure.draws import MEAN, with_means
from eitgeo.disclosure.rule import NOBODY, Part, firm_numbers, parts_by, passes, rounded
from eitgeo.exact import settled_values
from eitgeo.scenarios.measures.activity import PUBLISHED

Groups = dict[str, tuple[str, ...]]

LEVELS = ["low", "value", "high"]
JOBS = "industry_jobs"
"""The one sum of which the size class of the largest site is told."""

REST_BLOCK = "reste"
"""What is left of all EPCI that fail, where it passes together."""

TRANCHES = (1, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
"""First headcount of each size class: those of the SIRENE register (« tranches »),
the narrow ones put together, so that the last of a class is about twice the first."""

_COMMUNES = ["indicator_id", "block_id", "code_insee"]
_BLOCKS = ["indicator_id", "block_id"]

Borders = dict[str, dict[str, float]]


def guard_sums(
    amounts: Mapping[str, pd.DataFrame],
    communes: pd.DataFrame,
    *,
    borders: pd.DataFrame,
    draws: Mapping[str, pd.DataFrame] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut each indicator into blocks of communes, each fit to be published.

    Notes
    -----
    The cut depends on communes and sites alone: two editions that compare other
    perimeters have the same blocks, and nothing can be had by subtraction.

    One cut for each indicator: few communes have industry, many have waste, and a
    common cut would be as coarse as the coarser one. Amounts of two indicators count
    as unrelated: who knows the activity and ratio of every firm well enough to tie
    jobs to tonnes computes its estimate without any publication.

    Two kinds of block: ``estime``, communes merged inside their EPCI, rounded to two
    significant figures; ``declare``, what the firms have declared to an open
    register, by commune, exempt and exact. Estimates that rest on published counts
    alone are by commune too, and not rounded. What all failing EPCI hold is one more
    block where it passes; else it is in no published sum.

    Where the mean of draws is published, it passes too: sites that are drawn again
    are not in it as they are shown.

    The size class of the largest site is told of jobs alone, whose classes are those
    of the register: one of tonnes would say what a firm throws away.
    """
    area = communes[communes["in_area"]].set_index("code_insee")["epci_siren"]
    area = area.sort_index()
    borders_of = neighbours(borders, area)
    members, figures = [], []
    for name, rows in sorted(amounts.items()):
        rated, levels = rows, LEVELS
        if draws and name in draws and draws[name].shape[1]:
            rated, levels = with_means(rows, draws[name]), [*LEVELS, MEAN]
        for kind, groups, withheld in _cuts(
            rated, area, near=borders_of, levels=levels
        ):
            own = rows[rows["origin"] == kind]
            cells = _members(own, groups, withheld)
            members.append(cells.assign(indicator_id=name, kind=kind))
            sums = _figures(own, cells[cells["released"]], with_class=name == JOBS)
            if kind == "estime" and (own["firm_id"] != PUBLISHED).any():
                sums[LEVELS] = rounded(sums[LEVELS])
            figures.append(sums.assign(indicator_id=name, kind=kind))
    return (
        pd.concat(members).sort_values(_COMMUNES, ignore_index=True),
        pd.concat(figures).sort_values(_BLOCKS, ignore_index=True),
    )


def neighbours(borders: pd.DataFrame, groups: pd.Series[str]) -> Borders:
    """List the neighbours of each commune inside its group."""
    lengths: Borders = {code: {} for code in groups.index}
    columns = ["code_a", "code_b", "shared_border_m"]
    for a, b, length_m in borders[columns].itertuples(index=False):
        if a in lengths and b in lengths and groups[a] == groups[b]:
            lengths[a][b] = lengths[b][a] = float(length_m)
    return lengths


def _cuts(
    rows: pd.DataFrame,
    area: pd.Series[str],
    *,
    near: Borders,
    levels: list[str],
) -> Iterator[tuple[str, Groups, set[str]]]:
    """Give, for each kind of block there is: the blocks, and those withheld."""
    numbered = rows.assign(firm=firm_numbers(rows["firm_id"]))
    estimated = numbered[numbered["origin"] == "estime"]
    yield ("estime", *_merged(estimated, area, near, levels))
    declared = numbered.loc[numbered["origin"] == "declare", "code_insee"]
    if len(declared):
        codes = sorted(set(declared))
        yield "declare", {f"declare_{code}": (code,) for code in codes}, set()


def _merged(
    rows: pd.DataFrame, area: pd.Series[str], near: Borders, levels: list[str]
) -> tuple[Groups, set[str]]:
    """Merge the communes of each EPCI; pool the EPCI that fail as a whole."""
    parts = parts_by(rows, ["code_insee"], levels)
    # Where counts are published, a commune without one has none: that is told too.
    n_known = int(rows["firm"].eq(NOBODY).any())
    nobody = Part(np.full(n_known, NOBODY), np.zeros((n_known, len(levels))))
    merged: list[Cell] = []
    for codes in area.groupby(area).groups.values():
        cells = {code: Cell((code,), parts.get((code,), nobody)) for code in codes}
        merged += merge_cells(cells, near)
    groups = {cell.key: cell.names for cell in merged if passes(cell.part)}
    failing = [cell for cell in merged if not passes(cell.part)]
    if not failing:
        return groups, set()
    rest = failing[0]
    for cell in failing[1:]:
        rest = rest.union(cell)
    return groups | {REST_BLOCK: rest.names}, (
        set() if passes(rest.part) else {REST_BLOCK}
    )


def _members(rows: pd.DataFrame, groups: Groups, withheld: set[str]) -> pd.DataFrame:
    """Lay blocks out by commune, with the sites that each commune brings."""
    pairs = [(key, code) for key, codes in groups.items() for code in codes]
    table = pd.DataFrame(pairs, columns=["block_id", "code_insee"], dtype="str")
    counts = rows.groupby("code_insee")["site_id"].nunique()
    return table.assign(
        n_sites=table["code_insee"].map(counts).fillna(0).astype("int64"),
        merged=[len(groups[key]) > 1 for key in table["block_id"]],
        released=~table["block_id"].isin(withheld),
    )


def _figures(
    rows: pd.DataFrame, members: pd.DataFrame, *, with_class: bool
) -> pd.DataFrame:
    """Sum each released block; tell the size class of its largest public site."""
    sizes = members.groupby("block_id").size().rename("n_communes")
    named = rows.assign(
        block_id=rows["code_insee"].map(members.set_index("code_insee")["block_id"])
    )
    sums = named.groupby("block_id")[LEVELS].sum().reindex(sizes.index).fillna(0.0)
    blank = pd.DataFrame(np.nan, index=sizes.index, columns=["top_low", "top_high"])
    if with_class and "public" in rows:
        blank.update(_first_classes(named))
    return pd.concat([sizes, sums, blank], axis=1).reset_index()


def _first_classes(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the size class of the largest site among those that are public."""
    shown = rows[rows["public"]].sort_values(["value", "site_id"])
    last = shown.groupby("block_id").tail(1).set_index("block_id")
    heads = np.floor(settled_values(last["value"]))
    rank = np.searchsorted(TRANCHES, heads, side="right")
    bounds = np.array([0.0, *TRANCHES, np.inf])
    classes = {"top_low": bounds[rank], "top_high": bounds[rank + 1] - 1}
    return pd.DataFrame(classes, index=last.index).replace(np.inf, np.nan)


@dataclass(frozen=True)
class Cell:
    """A commune, or communes put together.

    ``names``: what it holds. ``part``: who makes its figure.
    """

    names: tuple[str, ...]
    part: Part = field(repr=False)

    @property
    def key(self) -> str:
        """Name the cell by the first of what it holds."""
        return min(self.names)

    def union(self, other: Cell) -> Cell:
        """Put two cells together."""
        names = tuple(sorted(self.names + other.names))
        return Cell(names, self.part.union(other.part))


def merge_cells(
    cells: Mapping[str, Cell], borders: Mapping[str, Mapping[str, float]]
) -> list[Cell]:
    """Merge the cells of one EPCI until each passes, or only one is left.

    Notes
    -----
    The smallest failing cell goes first. It joins a neighbour of its EPCI (any other
    cell where it has none), preferably one with which it passes, which fails too, and
    which is small: greedy, not optimal, and the same whatever the order of the rows.
    """
    cell_of = {cell.key: cell for cell in cells.values()}
    lengths = {name: dict(borders[name]) for name in cell_of}
    failing = {key for key, cell in cell_of.items() if not passes(cell.part)}
    while failing and len(cell_of) > 1:
        chosen = min(failing, key=lambda key: _size(cell_of[key]))
        others = lengths[chosen] or dict.fromkeys(set(cell_of) - {chosen}, 0.0)
        joined = {key: cell_of[chosen].union(cell_of[key]) for key in others}
        partner = min(
            others,
            key=lambda key: (
                not passes(joined[key].part),
                key not in failing,
                *_size(cell_of[key])[:2],
                -others[key],
                key,
            ),
        )
        _join(cell_of, lengths, joined[partner], (chosen, partner))
        failing -= {chosen, partner}
        if not passes(joined[partner].part):
            failing.add(joined[partner].key)
    return [cell_of[key] for key in sorted(cell_of)]


def _size(cell: Cell) -> tuple[int, int, str]:
    return len(cell.names), len(cell.part.firms), cell.key


def _join(
    held: dict[str, Cell], near: Borders, union: Cell, ends: tuple[str, str]
) -> None:
    """Put a union in place of its two ends, with the neighbours of both."""
    around: dict[str, float] = {}
    for end in ends:
        del held[end]
        for key, length in near.pop(end).items():
            if key not in ends:
                around[key] = around.get(key, 0.0) + length
                del near[key][end]
    held[union.key] = union
    near[union.key] = around
    for key, length in around.items():
        near[key][union.key] = length
