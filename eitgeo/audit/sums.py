"""Figures of perimeters, rows of workbooks and layers: sums of what was released."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from eitgeo.audit.equations import (
    CAPTURED,
    OUTSIDE,
    block_intervals,
    class_interval,
)
from eitgeo.audit.published import (
    EXACT,
    LEVELS,
    SAME,
    Interval,
    Published,
    interval_of,
    significant_figures,
    told_figures,
)
from eitgeo.audit.registers import JOBS, TONNES
from eitgeo.audit.texts import normalize_text

TOP_SITE = "top_site_pct"


@dataclass
class Checked:
    """Published figures held against the blocks and the cells.

    ``remarks``: figures that blocks do not make, or bound less, in French.
    ``n_redundant``: those that say nothing more.
    """

    remarks: list[str] = field(default_factory=list)
    n_redundant: int = 0

    def hold(self, name: str, *, fault: str) -> None:
        """Count a figure that says nothing more, or tell what it is."""
        if fault:
            self.remarks.append(f"{name} : {fault}")
        else:
            self.n_redundant += 1


def check_sums(published: Published) -> Checked:
    """Hold all figures that are sums against the released blocks and cells."""
    checked = Checked()
    for level in LEVELS:
        for name in (TONNES, JOBS):
            _sums_of_blocks(published, checked, indicator=name, level=level)
        _deposit_rows(published, checked, level=level)
    _shares_of_cells(published, checked)
    _largest_sites(published, checked)
    _exchange_rows(published, checked)
    return checked


@dataclass(frozen=True)
class Blocks:
    """The released blocks of a sum at a level, and what is told of each.

    ``codes``: communes of each block. ``values``: as told. ``told``: bounds of each.
    ``draws``: blocks × draws; nothing where one is not drawn. ``declared``: which
    blocks are declared figures.
    """

    codes: tuple[frozenset[str], ...] = field(repr=False)
    values: np.ndarray = field(repr=False)
    told: tuple[Interval, ...] = field(repr=False)
    draws: np.ndarray = field(repr=False)
    declared: np.ndarray = field(repr=False)

    def inside(self, codes: frozenset[str]) -> list[int]:
        """List the blocks that a perimeter holds whole."""
        return [rank for rank, mine in enumerate(self.codes) if mine and mine <= codes]


def read_blocks(published: Published, *, indicator: str, level: str) -> Blocks:
    """Lay out the released blocks of a sum."""
    intervals = block_intervals(published, indicator=indicator, level=level)
    rows = published.blocks[published.blocks["indicator_id"] == indicator]
    rows = rows[rows["block_id"].isin(intervals) & rows["shown"]]
    lengths = {len(draws) for draws in rows["draws"] if draws}
    n_draws = lengths.pop() if len(lengths) == 1 else 0
    draws = np.array(
        [one if len(one) == n_draws else (math.nan,) * n_draws for one in rows["draws"]]
    ).reshape(len(rows), n_draws)
    return Blocks(
        codes=tuple(frozenset(codes) for codes in rows["codes"]),
        values=rows[level].to_numpy(dtype=float),
        told=tuple(intervals[str(name)] for name in rows["block_id"]),
        draws=draws,
        declared=rows["declared"].to_numpy(dtype=bool),
    )


def _sums_of_blocks(
    published: Published, checked: Checked, *, indicator: str, level: str
) -> None:
    """Hold the figures of perimeters against the blocks that they hold whole."""
    blocks = read_blocks(published, indicator=indicator, level=level)
    rows = published.figures[published.figures["indicator_id"] == indicator]
    rows = rows[rows[level].notna()]
    figures = told_figures(rows[level])
    for row in rows.to_dict("records"):
        value, fault = float(row[level]), ""
        ranks = blocks.inside(row["codes"])
        interval, sums = interval_of(value, figures=figures), _sum(blocks, ranks)
        if not (_made_of(blocks, ranks, value, level=level) or interval.holds(sums)):
            if level != "value" and blocks.draws.shape[1]:
                fault = "ne se recalcule pas des tirages publiés"
            elif interval.meets(sums):
                fault = "plus précis que ses blocs"
            else:
                fault = "pas une somme de blocs publiés"
        name = f"{indicator}, {level} : périmètre {row['perimeter_id']}"
        checked.hold(name, fault=fault)


def _made_of(blocks: Blocks, held: list[int], value: float, *, level: str) -> bool:
    """Say whether published numbers, added up, give a figure back."""
    candidates = [float(blocks.values[held].sum())]
    is_drawn = ~np.isnan(blocks.draws[held]).any(axis=1)
    if blocks.draws.shape[1] and is_drawn.any():
        sums = blocks.draws[np.array(held)[is_drawn]].sum(axis=0)
        rest = float(blocks.values[np.array(held)[~is_drawn]].sum())
        percentile = {"low": 10.0, "high": 90.0}.get(level)
        made = sums.mean() if percentile is None else np.percentile(sums, percentile)
        candidates.append(float(made) + rest)
    slack = EXACT * max(1.0, abs(value))
    return any(abs(value - one) <= slack for one in candidates)


def _sum(blocks: Blocks, held: Iterable[int]) -> Interval:
    total = Interval(0.0, 0.0)
    for rank in held:
        total = total.plus(blocks.told[rank])
    return total


def _shares_of_cells(published: Published, checked: Checked) -> None:
    """Hold the shares of exchanges that perimeters keep against the cells."""
    kept_t_of, given_t_of = _kept_and_given(published)
    rows = published.figures[published.figures["indicator_id"] == CAPTURED]
    rows = rows[rows["value"].notna()]
    figures = told_figures(rows["value"])
    for name, value in zip(rows["perimeter_id"], rows["value"], strict=True):
        all_t = given_t_of[name]
        made = 100 * kept_t_of[name] / all_t if all_t else math.nan
        interval = interval_of(float(value), figures=figures)
        is_made = abs(made - value) <= SAME * max(1.0, abs(value))
        is_made |= interval.low <= made <= interval.high
        fault = "" if is_made else "pas une part de cases publiées"
        checked.hold(f"{CAPTURED} : périmètre {name}", fault=fault)


def _kept_and_given(published: Published) -> tuple[dict[str, float], dict[str, float]]:
    """Sum the published cells that each perimeter keeps, and those that it gives."""
    units = published.blocks[published.blocks["indicator_id"] == CAPTURED]
    codes = dict(zip(units["block_id"], map(frozenset, units["codes"]), strict=True))
    perimeters = published.figures.drop_duplicates("perimeter_id")
    kept_t, given_t = {}, {}
    for name, inside in zip(
        perimeters["perimeter_id"], perimeters["codes"], strict=True
    ):
        within = {unit for unit, mine in codes.items() if mine <= inside}
        gives = published.cells["donor_id"].isin(within)
        takes = np.array(
            [set(one) <= within for one in published.cells["receiver_ids"]], dtype=bool
        )
        given_t[name] = float(published.cells.loc[gives, "value"].sum())
        kept_t[name] = float(published.cells.loc[gives & takes, "value"].sum())
    return kept_t, given_t


def _largest_sites(published: Published, checked: Checked) -> None:
    """Check that the share of the largest site is its class over published jobs."""
    blocks = read_blocks(published, indicator=JOBS, level="value")
    rows = published.blocks[published.blocks["indicator_id"] == JOBS]
    rows = rows[rows["shown"] & rows["value"].notna()]
    low = np.nan_to_num(rows["top_low"].to_numpy(dtype=float))
    high = rows["top_high"].to_numpy(dtype=float)
    high = np.where(rows["top_low"].isna(), 0.0, np.nan_to_num(high, nan=np.inf))
    shares = published.figures[published.figures["indicator_id"] == TOP_SITE]
    for row in shares.to_dict("records"):
        ranks = blocks.inside(row["codes"])
        jobs = float(blocks.values[ranks].sum())
        for level, first in (("low", low), ("high", high)):
            if math.isnan(row[level]):
                continue
            made = 100 * first[ranks].max(initial=0.0) / jobs if jobs else math.nan
            is_made = abs(min(made, 100.0) - row[level]) <= SAME * max(1.0, row[level])
            fault = "" if is_made else "pas la tranche d'effectif d'un établissement"
            name = f"{TOP_SITE}, {level} : périmètre {row['perimeter_id']}"
            checked.hold(name, fault=fault)


def epci_exchanges(published: Published) -> dict[tuple[str, str], float]:
    """Sum the cells of exchanges as the workbook tells them, by EPCI."""
    communes = published.communes.set_index("code_insee")["epci_name"]
    units = published.blocks[published.blocks["indicator_id"] == CAPTURED]
    epci = {
        unit: str(communes[codes[0]])
        for unit, codes in zip(units["block_id"], units["codes"], strict=True)
    }
    tonnes: dict[tuple[str, str], float] = {}
    for donor, takers, t in published.cells.itertuples(index=False):
        names = {epci.get(taker, OUTSIDE) for taker in takers}
        taker = names.pop() if len(names) == 1 else "plusieurs"
        key = epci[donor], taker
        tonnes[key] = tonnes.get(key, 0.0) + t
    return tonnes


_SEVERAL = "plusieurs"
_DECLARED = "déclaré"
_HALF_T = 0.5
"""What is declared is told to the tonne."""


def _deposit_rows(published: Published, checked: Checked, *, level: str) -> None:
    """Hold the rows of tonnage by group of communes against the blocks."""
    blocks = published.blocks[published.blocks["indicator_id"] == TONNES]
    values = blocks.set_index("block_id")[level].dropna().to_dict()
    by_name = _blocks_by_name(published, blocks)
    for row in published.deposits.to_dict("records"):
        interval = _row_interval(row, level)
        if interval is None:
            continue
        key = tuple(sorted(str(row["communes"]).split(", ")))
        rivals = [values[name] for name in by_name.get(key, ()) if name in values]
        fault = "pas le chiffre de son bloc" if rivals else "pas un bloc publié"
        # A number that rounds a published one says nothing more.
        if any(interval.holds(Interval(one, one)) for one in rivals):
            fault = ""
        name = f"{row['file']} : {_short(row['communes'])} ({level})"
        checked.hold(name, fault=fault)


def _row_interval(row: Mapping[Any, Any], level: str) -> Interval | None:
    if isinstance(row["words"], str):
        return class_interval(row["words"]) if level == "value" else None
    value = float(row[level])
    if math.isnan(value):
        return None
    if row["origin"] == _DECLARED:
        return Interval(value - _HALF_T, value + _HALF_T)
    return interval_of(value, figures=min(2, significant_figures(value)))


def _blocks_by_name(
    published: Published, blocks: pd.DataFrame
) -> dict[tuple[str, ...], list[str]]:
    names = published.communes.set_index("code_insee")["name"].map(normalize_text)
    blocks_of: dict[tuple[str, ...], list[str]] = {}
    for block, codes in zip(blocks["block_id"], blocks["codes"], strict=True):
        key = tuple(sorted(str(names[code]) for code in codes))
        blocks_of.setdefault(key, []).append(str(block))
    return blocks_of


def _short(text: object) -> str:
    names = str(text).split(", ")
    return names[0] if len(names) == 1 else f"{names[0]} et {len(names) - 1} autres"


def _exchange_rows(published: Published, checked: Checked) -> None:
    """Hold exchanges between EPCI, and the tonnes of the study, against the cells."""
    cells = {
        tuple(map(normalize_text, key)): t
        for key, t in epci_exchanges(published).items()
    }
    for row in published.exchanges.to_dict("records"):
        interval = _flow_interval(row)
        if interval is None:
            continue
        made = cells.get((str(row["donor"]), _taker(str(row["receiver"]))))
        is_made = made is not None and interval.holds(Interval(made, made))
        fault = "" if is_made else "pas une somme de cases publiées"
        name = f"{row['file']} : {row['donor']} → {row['receiver']}"
        checked.hold(name, fault=fault)


def _flow_interval(row: Mapping[Any, Any]) -> Interval | None:
    if isinstance(row["words"], str):
        return class_interval(row["words"])
    value = float(row["value"])
    if math.isnan(value):
        return None
    return interval_of(value, figures=min(2, significant_figures(value)))


def _taker(words: str) -> str:
    if words.startswith("hors "):
        return OUTSIDE
    return _SEVERAL if words.startswith(_SEVERAL) else words
