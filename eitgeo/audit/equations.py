"""Equations of what is published: blocks, size classes, cells of exchanges."""

from __future__ import annotations

import math
import re
from bisect import bisect
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from eitgeo.audit.numbers import Interval, interval_of, mean_interval, told_figures
from eitgeo.audit.registers import JOBS, TONNES, Registers
from eitgeo.audit.system import Equation, Unknown
from eitgeo.sources.files.frames import HEADCOUNT_BRACKETS

if TYPE_CHECKING:
    from eitgeo.audit.published import Published
    from eitgeo.audit.unknowns import Unknowns

SHORTENED = 5e-9
"""Relative error of numbers of pages, which keep ten digits."""

OUTSIDE = "hors"
CAPTURED = "captured_pct"
_LOOKED_AT = 10
"""Draws of each block that say how draws are rounded."""

_CLASSES = (*(low for low, _ in HEADCOUNT_BRACKETS.values()), 10_000, math.inf)
_CLASS = re.compile(r"^(?P<low>[\d ]+) à (?P<high>[\d ]+)(?: |$)")
_BELOW = re.compile(r"^moins de (?P<high>[\d ]+)", re.IGNORECASE)
_ABOVE = re.compile(r"^(?P<low>[\d ]+)(?: [a-z/]+)? ou plus", re.IGNORECASE)


def block_intervals(
    published: Published, *, indicator: str, level: str
) -> dict[str, Interval]:
    """Bound each block of a sum."""
    rows = published.blocks
    own = rows[(rows["indicator_id"] == indicator) & rows["shown"]]
    # Declared figures are told as they are, beside estimates that are rounded.
    figures = told_figures(own.loc[~own["declared"], level])
    of_draws = drawn_figures(own["draws"])
    intervals = {}
    for row in own.to_dict("records"):
        value = float(row[level])
        if math.isnan(value):
            continue
        interval = interval_of(value, figures=None if row["declared"] else figures)
        if level == "value" and row["draws"]:
            mean = mean_interval(row["draws"], figures=of_draws)
            slack = SHORTENED * mean.high
            mean = Interval(mean.low - slack, mean.high + slack)
            # A value made of its draws says no more than they do.
            made = abs(value - sum(row["draws"]) / len(row["draws"])) <= slack
            interval = mean if made else interval.common(mean)
        intervals[str(row["block_id"])] = interval
    return intervals


def drawn_figures(draws: Iterable[Sequence[float]]) -> int | None:
    """Say to how many figures draws are rounded, after the first of each block."""
    return told_figures(one for mine in draws for one in mine[:_LOOKED_AT])


def draw_intervals(published: Published, *, draw: int) -> dict[str, Interval]:
    """Bound each block of tonnage in one draw."""
    rows = published.blocks[published.blocks["indicator_id"] == TONNES]
    with_draws = rows[rows["shown"] & rows["draws"].map(len).gt(draw)]
    figures = drawn_figures(with_draws["draws"])
    return {
        str(name): interval_of(draws[draw], figures=figures)
        for name, draws in zip(with_draws["block_id"], with_draws["draws"], strict=True)
    }


def sites_by_commune(rows: pd.DataFrame) -> dict[str, list[str]]:
    """List the sites of each commune that have an estimate."""
    sites_of: dict[str, list[str]] = {}
    for code, site in zip(rows["code_insee"], rows["site_id"], strict=True):
        sites_of.setdefault(str(code), []).append(str(site))
    return sites_of


def sum_terms(
    codes: Iterable[str],
    sites: Mapping[str, list[str]],
    of_site: Mapping[str, tuple[Unknown, ...]],
) -> dict[Unknown, float]:
    """Sum all that the sites of some communes make."""
    return {
        unknown: 1.0
        for code in codes
        for site in sites.get(code, ())
        for unknown in of_site.get(site, ())
    }


def block_equations(
    published: Published,
    registers: Registers,
    unknowns: Unknowns,
    *,
    indicator: str,
    told: Mapping[str, Interval],
) -> Iterator[Equation]:
    """Say what the sites of each block make together."""
    sites = sites_by_commune(registers.amounts[indicator])
    rows = published.blocks[published.blocks["indicator_id"] == indicator]
    for block, codes, declared in zip(
        rows["block_id"], rows["codes"], rows["declared"], strict=True
    ):
        if declared or block not in told:
            continue
        terms = sum_terms(codes, sites, unknowns.of_site[indicator])
        if terms:
            yield Equation(block_name(indicator, str(block)), told[block], terms)


def block_name(indicator: str, block: str) -> str:
    """Name the equation of a block."""
    return f"{indicator} : bloc {block}"


def band_equations(
    published: Published, registers: Registers, unknowns: Unknowns, *, indicator: str
) -> Iterator[Equation]:
    """Say in which size class the largest public site of each block is."""
    rows = published.blocks
    own = rows[(rows["indicator_id"] == indicator) & rows["top_low"].notna()]
    amounts = registers.amounts[indicator]
    public = amounts[amounts["public"] & amounts["value"].gt(0)]
    for row in own.to_dict("records"):
        inside = public[public["code_insee"].isin(row["codes"])]
        if inside.empty:
            continue
        first = inside.sort_values(["rated", "site_id"]).iloc[-1]
        high = math.inf if math.isnan(row["top_high"]) else row["top_high"] + 1
        scale = float(first["value"] / first["rated"])
        interval = Interval(row["top_low"] * scale, high * scale)
        terms = unknowns.of_site[indicator].get(str(first["site_id"]), ())
        name = f"{indicator} : tranche du premier site du bloc {row['block_id']}"
        yield Equation(name, interval, dict.fromkeys(terms, 1.0))


def register_classes(registers: Registers, unknowns: Unknowns) -> Iterator[Equation]:
    """Say in which size class the register of establishments puts each public site."""
    amounts = registers.amounts[JOBS]
    public = amounts[amounts["public"] & amounts["value"].gt(0)]
    for row in public.to_dict("records"):
        rank = bisect(_CLASSES, row["rated"])
        scale = float(row["value"] / row["rated"])
        interval = Interval(_CLASSES[rank - 1] * scale, _CLASSES[rank] * scale)
        terms = unknowns.of_site[JOBS].get(str(row["site_id"]), ())
        name = f"{JOBS} : tranche de {row['site_id']} au registre"
        yield Equation(name, interval, dict.fromkeys(terms, 1.0))


def zone_equations(
    published: Published, registers: Registers, unknowns: Unknowns
) -> Iterator[Equation]:
    """Say between which numbers the jobs of each zone are."""
    amounts = registers.amounts[JOBS]
    industrial = set(amounts["site_id"])
    inside = registers.zones.groupby("zone_id")["site_id"].agg(list)
    by_key = {_zone_key(str(zone)): sites for zone, sites in inside.items()}
    for zone, words in zip(
        published.zones["zone_id"], published.zones["jobs_class"], strict=True
    ):
        interval = class_interval(str(words))
        sites = by_key.get(_zone_key(str(zone)), [])
        if interval is None or not sites:
            continue
        terms = {
            unknown: 1.0
            for site in sites
            for unknown in unknowns.of_site[JOBS].get(site, ())
        }
        if not terms:
            continue
        if not set(sites) <= industrial:
            interval = Interval(0.0, interval.high)
        yield Equation(f"{JOBS} : classe de la zone {zone}", interval, terms)


def _zone_key(name: str) -> str:
    match = re.match(r"^([A-Za-z]*)0*(\d+)$", name)
    return f"{match[1]}{match[2]}" if match else name


def class_interval(words: str) -> Interval | None:
    """Read a class of amounts.

    Examples
    --------
    >>> class_interval("100 à 249"), class_interval("Moins de 30 t/an")
    (Interval(low=100.0, high=250.0), Interval(low=0.0, high=30.0))
    >>> class_interval("1 000 ou plus"), class_interval("secret")
    (Interval(low=1000.0, high=inf), None)
    """
    if match := _CLASS.match(words):
        high = _number(match["high"])
        # « 50 à 99 » ends before 100; « 30 à 100 » at 100.
        return Interval(_number(match["low"]), high + (high % 10 == 9))  # noqa: PLR2004
    if match := _BELOW.match(words):
        return Interval(0.0, _number(match["high"]))
    if match := _ABOVE.match(words):
        return Interval(_number(match["low"]), math.inf)
    return None


def _number(text: str) -> float:
    return float(text.replace(" ", ""))


def cell_pairs(
    published: Published, registers: Registers
) -> dict[int, list[tuple[str, str]]]:
    """List the pairs of communes that each cell of exchanges may hold."""
    units = published.blocks[published.blocks["indicator_id"] == CAPTURED]
    unit = {
        code: str(block)
        for block, codes in zip(units["block_id"], units["codes"], strict=True)
        for code in codes
    }
    pairs = registers.ends[["donor_id", "receiver_id"]].drop_duplicates()
    by_units: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for donor, receiver in pairs.itertuples(index=False):
        key = unit.get(donor, OUTSIDE), unit.get(receiver, OUTSIDE)
        by_units.setdefault(key, []).append((donor, receiver))
    return {
        rank: [pair for taker in takers for pair in by_units.get((donor, taker), [])]
        for rank, (donor, takers) in enumerate(
            zip(
                published.cells["donor_id"],
                published.cells["receiver_ids"],
                strict=True,
            )
        )
    }


def pair_terms(
    pairs: Iterable[tuple[str, str]], unknowns: Unknowns
) -> dict[Unknown, float]:
    """Sum all that is given in some pairs of communes."""
    wanted = set(pairs)
    return {
        unknown: 1.0
        for (_, donor, receiver), unknown in unknowns.given.items()
        if (donor, receiver) in wanted
    }


def cell_equations(
    published: Published, registers: Registers, unknowns: Unknowns
) -> Iterator[Equation]:
    """Say what each cell of exchanges holds."""
    figures = told_figures(published.cells["value"])
    by_pair: dict[tuple[str, str], list[Unknown]] = {}
    for (_, donor, receiver), unknown in unknowns.given.items():
        by_pair.setdefault((donor, receiver), []).append(unknown)
    rows = published.cells.to_dict("records")
    for rank, pairs in cell_pairs(published, registers).items():
        terms = {u: 1.0 for pair in pairs for u in by_pair.get(pair, ())}
        row = rows[rank]
        if terms:
            interval = interval_of(row["value"], figures=figures)
            yield Equation(cell_name(row), interval, terms)


def cell_name(row: Mapping[Hashable, Any]) -> str:
    """Name the equation of a cell of exchanges."""
    return f"échanges : {row['donor_id']} → {', '.join(row['receiver_ids'])}"
