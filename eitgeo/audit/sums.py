"""Figures of perimeters, rows of workbooks and layers: sums of blocks, or equations.

Some are a total of the study times the share that a perimeter keeps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.audit.equations import (
    CAPTURED,
    OUTSIDE,
    block_intervals,
    class_interval,
    pair_terms,
    sites_by_commune,
    sum_terms,
)
from eitgeo.audit.numbers import (
    EXACT,
    SAME,
    Interval,
    interval_of,
    significant_figures,
    told_figures,
)
from eitgeo.audit.published import LEVELS, Published
from eitgeo.audit.registers import JOBS, TONNES, Registers, Unknowns
from eitgeo.audit.system import Equation
from eitgeo.audit.texts import normalize_text

TOP_SITE = "top_site_pct"

KEPT_SHARES = ("landfill_t", "tkm_avoided", "co2_avoided", "eur_net")
"""Totals of the study times the share of exchanges that a perimeter keeps."""

_Levels = dict[str, Interval]
"""What each level of a figure was before it was rounded, where it is told."""


@dataclass
class Told:
    """What published sums add to the blocks.

    ``equations``: figures that blocks do not make, or bound less. ``remarks``: what
    they are, in French. ``n_redundant``: figures that say nothing more: they are
    dropped.
    """

    equations: list[Equation] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    n_redundant: int = 0


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


def sums_of_blocks(
    published: Published,
    registers: Registers,
    unknowns: Unknowns,
    *,
    indicator: str,
    level: str,
) -> Told:
    """Hold the figures of perimeters against the blocks that they hold whole."""
    blocks = read_blocks(published, indicator=indicator, level=level)
    rows = published.figures[published.figures["indicator_id"] == indicator]
    rows = rows[rows[level].notna()]
    figures = told_figures(rows[level])
    sites = sites_by_commune(registers.amounts[indicator])
    checked = Told()
    for row in rows.to_dict("records"):
        value, codes = float(row[level]), row["codes"]
        ranks = blocks.inside(codes)
        if _made_of(blocks, ranks, value, level=level):
            checked.n_redundant += 1
            continue
        interval = interval_of(value, figures=figures)
        sums = _sum(blocks, ranks)
        if interval.holds(sums):
            checked.n_redundant += 1
            continue
        name = f"{indicator}, {level} : périmètre {row['perimeter_id']}"
        if level != "value" and blocks.draws.shape[1]:
            checked.remarks.append(f"{name} : ne se recalcule pas des tirages publiés")
            continue
        meets = interval.meets(sums)
        inside = frozenset().union(*(blocks.codes[rank] for rank in ranks))
        covered = inside if meets else codes
        known = sum(blocks.values[rank] for rank in ranks if blocks.declared[rank])
        said = (
            "plus précis que ses blocs" if meets else "pas une somme de blocs publiés"
        )
        checked.remarks.append(f"{name} : {said}")
        terms = sum_terms(covered, sites, unknowns.of_site[indicator])
        if terms:
            less = Interval(max(0.0, interval.low - known), interval.high - known)
            checked.equations.append(Equation(name, less, terms))
    return checked


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


def shares_of_cells(published: Published, unknowns: Unknowns) -> Told:
    """Hold the shares of exchanges that perimeters keep against the cells."""
    checked = Told()
    kept_t_of, given_t_of = kept_and_given(published)
    rows = published.figures[published.figures["indicator_id"] == CAPTURED]
    rows = rows[rows["value"].notna()]
    figures = told_figures(rows["value"])
    codes_of = dict(zip(rows["perimeter_id"], rows["codes"], strict=True))
    for name, value in zip(rows["perimeter_id"], rows["value"], strict=True):
        all_t = given_t_of[name]
        made = 100 * kept_t_of[name] / all_t if all_t else math.nan
        interval = interval_of(float(value), figures=figures)
        if abs(made - value) <= SAME * max(1.0, abs(value)) or (
            interval.low <= made <= interval.high
        ):
            checked.n_redundant += 1
            continue
        said = f"{CAPTURED} : périmètre {name}"
        checked.remarks.append(f"{said} : pas une part de cases publiées")
        pairs = {
            (donor, taker)
            for _, donor, taker in unknowns.given
            if {donor, taker} <= codes_of[name]
        }
        terms = pair_terms(pairs, unknowns)
        if terms:
            kept_t = Interval(interval.low * all_t / 100, interval.high * all_t / 100)
            checked.equations.append(Equation(said, kept_t, terms))
    n_made, remarks = check_parts(published.figures, kept_t_of)
    checked.n_redundant += n_made
    checked.remarks += remarks
    return checked


def kept_and_given(published: Published) -> tuple[dict[str, float], dict[str, float]]:
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


def largest_sites(published: Published) -> Told:
    """Check that the share of the largest site is its class over published jobs."""
    checked = Told()
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
            if abs(min(made, 100.0) - row[level]) <= SAME * max(1.0, row[level]):
                checked.n_redundant += 1
            else:
                checked.remarks.append(
                    f"{TOP_SITE}, {level} : périmètre {row['perimeter_id']} : pas la "
                    "tranche d'effectif d'un établissement"
                )
    return checked


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


class _Part(NamedTuple):
    """A figure of a perimeter, the tonnes that it keeps, the share that they are."""

    perimeter: str
    kept_t: float
    told: _Levels
    share: _Levels


def check_parts(
    figures: pd.DataFrame, kept: Mapping[str, float]
) -> tuple[int, list[str]]:
    """Count the figures that follow from published ones; tell those that do not.

    A value is one number of the study times the tonnes kept. How far a bound is from
    its value, squared, is one number too, and the square of how far the same bound of
    the share kept is. Where a bound is beyond zero, both are a number of the study
    times the tonnes and the reach of the share upwards.
    """
    shares = _told(figures, CAPTURED)
    n_made, remarks = 0, []
    for indicator in KEPT_SHARES:
        parts = [
            _Part(name, kept[name], told, shares.get(name, {}))
            for name, told in _told(figures, indicator).items()
            if "value" in told and kept.get(name, 0.0) > 0
        ]
        for level in LEVELS:
            own = [one for one in parts if level in one.told]
            numbers = [_number(one, level) for one in own]
            strangers = list(_strangers(numbers)) if numbers else []
            n_made += len(own) - len(strangers)
            remarks += [
                f"{indicator}, {level} : périmètre {own[rank].perimeter} : pas la "
                "part gardée d'un total de l'étude"
                for rank in strangers
            ]
    return n_made, remarks


def _told(figures: pd.DataFrame, indicator: str) -> dict[str, _Levels]:
    rows = figures[figures["indicator_id"] == indicator]
    digits = {level: told_figures(rows[level].dropna()) for level in LEVELS}
    return {
        str(row["perimeter_id"]): {
            level: interval_of(float(row[level]), figures=digits[level])
            for level in LEVELS
            if not math.isnan(row[level])
        }
        for row in rows.to_dict("records")
    }


def _number(part: _Part, level: str) -> Interval:
    """Bound the number of the study that a level would be made with."""
    bound, value = part.told[level], part.told["value"]
    tonnes = Interval(part.kept_t, part.kept_t)
    if level == "value":
        return _over(bound, tonnes)
    if any(bound.low * value.low < 0 for bound in part.told.values()):
        upwards = _apart(part.share, "high")
        ratio = Interval(math.exp(upwards.low), math.exp(upwards.high))
        return _over(_over(bound, tonnes), ratio)
    is_far = (level == "high") == (value.low > 0)
    own = _apart(part.told, level)
    of_share = _apart(part.share, "high" if is_far else "low")
    least = max(0.0, own.low**2 - of_share.high**2)
    return Interval(least, own.high**2 - of_share.low**2)


def _over(one: Interval, other: Interval) -> Interval:
    """Divide by what is above zero."""
    ratios = [top / bottom for top in one for bottom in other]
    return Interval(min(ratios), max(ratios))


def _apart(told: _Levels, level: str) -> Interval:
    """Bound how far a bound is from its value: the logarithm of their ratio."""
    if not {level, "value"} <= set(told):
        return Interval(0.0, 0.0)
    bound, value = (sorted(map(abs, told[name])) for name in (level, "value"))
    low, high = (_log(bound[0], value[1]), _log(bound[1], value[0]))
    if low <= 0 <= high:
        return Interval(0.0, max(-low, high))
    return Interval(*sorted((abs(low), abs(high))))


def _log(top: float, bottom: float) -> float:
    if top == bottom:
        return 0.0
    return -math.inf if not top else math.log(top / bottom) if bottom else math.inf


def _strangers(numbers: list[Interval]) -> Iterator[int]:
    """List those that cannot be the number that most of them are."""
    low, high = (np.array(ends, dtype=float) for ends in zip(*numbers, strict=True))
    most = max(low, key=lambda one: int(((low <= one) & (one <= high)).sum()))
    slack = SAME * max(1.0, abs(most)) if math.isfinite(most) else 0.0
    yield from np.flatnonzero((low - slack > most) | (most > high + slack)).tolist()


_SEVERAL = "plusieurs"
_DECLARED = "déclaré"
_HALF_T = 0.5
"""What is declared is told to the tonne."""


def deposit_rows(
    published: Published, registers: Registers, unknowns: Unknowns, *, level: str
) -> Told:
    """Hold the rows of tonnage by group of communes against the blocks."""
    checked = Told()
    blocks = published.blocks[published.blocks["indicator_id"] == TONNES]
    values = blocks.set_index("block_id")[level].dropna().to_dict()
    by_name = _blocks_by_name(published, blocks)
    sites = sites_by_commune(registers.amounts[TONNES])
    for row in published.deposits.to_dict("records"):
        interval = _row_interval(row, level)
        if interval is None:
            continue
        key = tuple(sorted(str(row["communes"]).split(", ")))
        rivals = [values[name] for name in by_name.get(key, ()) if name in values]
        # A number that rounds a published one says nothing more.
        if any(interval.holds(Interval(one, one)) for one in rivals):
            checked.n_redundant += 1
            continue
        codes = _codes_of(published, key, str(row["epci"]))
        said = f"{row['file']} : {_short(row['communes'])} ({level})"
        what = "pas le chiffre de son bloc" if rivals else "pas un bloc publié"
        checked.remarks.append(f"{said} : {what}")
        terms = sum_terms(codes, sites, unknowns.of_site[TONNES])
        if terms:
            checked.equations.append(Equation(said, interval, terms))
    return checked


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


def _codes_of(published: Published, names: tuple[str, ...], epci: str) -> list[str]:
    communes = published.communes
    own = communes[communes["name"].map(normalize_text).isin(names)]
    same = own[own["epci_name"].map(normalize_text) == epci]
    return list((same if len(same) else own)["code_insee"])


def _short(text: object) -> str:
    names = str(text).split(", ")
    return names[0] if len(names) == 1 else f"{names[0]} et {len(names) - 1} autres"


def exchange_rows(
    published: Published, registers: Registers, unknowns: Unknowns
) -> Told:
    """Hold exchanges between EPCI, and the tonnes of the study, against the cells."""
    checked = Told()
    cells = {
        tuple(map(normalize_text, key)): t
        for key, t in epci_exchanges(published).items()
    }
    for row in published.exchanges.to_dict("records"):
        interval = _flow_interval(row)
        if interval is None:
            continue
        taker = _taker(str(row["receiver"]))
        made = cells.get((str(row["donor"]), taker))
        if made is not None and interval.holds(Interval(made, made)):
            checked.n_redundant += 1
            continue
        said = f"{row['file']} : {row['donor']} → {row['receiver']}"
        checked.remarks.append(f"{said} : pas une somme de cases publiées")
        terms = _epci_terms(published, registers, unknowns, (str(row["donor"]), taker))
        if terms:
            checked.equations.append(Equation(said, interval, terms))
    return checked


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


def _epci_terms(
    published: Published,
    registers: Registers,
    unknowns: Unknowns,
    ends: tuple[str, str],
) -> dict[Any, float]:
    communes = published.communes
    name = dict(
        zip(
            communes["code_insee"],
            communes["epci_name"].map(normalize_text),
            strict=True,
        )
    )
    inside = set(registers.epci.index)
    return {
        unknown: 1.0
        for (_, donor, taker), unknown in unknowns.given.items()
        if name.get(donor) == ends[0]
        and (name[taker] if taker in inside else OUTSIDE) == ends[1]
    }
