"""Equations of what is published, and the secret cells that they may bound."""

from __future__ import annotations

import math
import re
from bisect import bisect
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.audit.published import (
    Interval,
    Published,
    interval_of,
    mean_interval,
    told_figures,
)
from eitgeo.audit.registers import DRAWN_AGAIN, JOBS, TONNES, Registers, Unknowns
from eitgeo.audit.system import Equation, Target, Unknown
from eitgeo.disclosure.rule import MAX_TOP_SHARE_PCT, MIN_CONTRIBUTORS
from eitgeo.sources.files.frames import HEADCOUNT_BRACKETS

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


class Cell(NamedTuple):
    """A secret amount.

    ``kind``: ``entreprise``, ``commune``, ``EPCI``, ``flux``, ``donné``, ``pris``.
    ``stream``: what is summed, and at which level. ``name``: whose. ``target``: the
    unknowns that make it. ``truth``: its amount.
    """

    kind: str
    stream: str
    name: str
    target: Target
    truth: float


def violates_rule(amounts: Mapping[str, float]) -> bool:
    """Say whether somebody makes a sum, and too few do, or one too much of it.

    Examples
    --------
    >>> violates_rule({"a": 40.0, "b": 30.0, "c": 30.0})
    False
    >>> violates_rule({"a": 86.0, "b": 7.0, "c": 7.0})
    True
    >>> violates_rule({"a": 1.0, "b": 1.0}), violates_rule({})
    (True, False)
    """
    given_amounts = [one for one in amounts.values() if one > 0]
    if not given_amounts:
        return False
    return len(given_amounts) < MIN_CONTRIBUTORS or 100 * max(
        given_amounts
    ) > MAX_TOP_SHARE_PCT * sum(given_amounts)


def sum_cells(
    registers: Registers, unknowns: Unknowns, *, indicator: str, level: str
) -> Iterator[Cell]:
    """List the secret cells of a sum: firms, communes, EPCI."""
    of_site, truth = unknowns.of_site[indicator], unknowns.truth
    stream = f"{indicator}, {level}"
    rows = _rows(registers.amounts[indicator], level)
    of_commune = {str(code): str(epci) for code, epci in registers.epci.items()}
    cells = (
        *_firms(rows),
        *_secret(rows, "commune", {code: code for _, _, code, _ in rows}),
        *_secret(rows, "EPCI", of_commune),
    )
    for kind, name, sites in cells:
        terms = tuple(u for site in sites for u in of_site.get(site, ()))
        total = sum(truth[one] for one in terms)
        if total > 0:
            yield Cell(kind, stream, name, Target(terms, terms), total)


def _rows(amounts: pd.DataFrame, level: str) -> list[tuple[str, str, str, float]]:
    firms_rows = amounts[amounts[level].gt(0) & amounts["firm_id"].ne(DRAWN_AGAIN)]
    names = (firms_rows[name] for name in ("site_id", "firm_id", "code_insee", level))
    return list(zip(*names, strict=True))


def _firms(
    rows: Sequence[tuple[str, str, str, float]],
) -> Iterator[tuple[str, str, Sequence[str]]]:
    places: dict[str, dict[str, list[str]]] = {}
    for site, firm, code, _ in rows:
        places.setdefault(firm, {}).setdefault(code, []).append(site)
    for firm, by_code in sorted(places.items()):
        for code, sites in sorted(by_code.items()):
            yield "entreprise", f"{firm} à {code}", sites
        if len(by_code) > 1:
            yield (
                "entreprise",
                firm,
                [site for mine in by_code.values() for site in mine],
            )


def _secret(
    rows: Sequence[tuple[str, str, str, float]], kind: str, group: Mapping[str, str]
) -> Iterator[tuple[str, str, Sequence[str]]]:
    """List the groups of communes whose sum fails the rule, with their sites."""
    firms: dict[str, dict[str, float]] = {}
    sites: dict[str, list[str]] = {}
    for site, firm, code, amount in rows:
        name = group.get(code, "")
        amounts_of = firms.setdefault(name, {})
        amounts_of[firm] = amounts_of.get(firm, 0.0) + amount
        sites.setdefault(name, []).append(site)
    for name in sorted(firms):
        if violates_rule(firms[name]):
            yield kind, name, sites[name]


def secret_communes(registers: Registers, *, indicator: str) -> dict[str, int]:
    """List the communes whose value fails the rule."""
    rows = _rows(registers.amounts[indicator], "value")
    commune_of = {code: code for _, _, code, _ in rows}
    firms: dict[str, set[str]] = {}
    for _, firm, code, _ in rows:
        firms.setdefault(code, set()).add(firm)
    return {
        name: len(firms[name]) for _, name, _ in _secret(rows, "commune", commune_of)
    }


def failing_blocks(
    published: Published, registers: Registers, *, indicator: str
) -> set[str]:
    """List the blocks whose sum fails the rule: they should not have been published."""
    rows = published.blocks[published.blocks["indicator_id"] == indicator]
    amounts = _rows(registers.amounts[indicator], "value")
    by_code: dict[str, list[tuple[str, float]]] = {}
    for _, firm, code, amount in amounts:
        by_code.setdefault(code, []).append((firm, amount))
    blocks = set()
    for block, codes in zip(rows["block_id"], rows["codes"], strict=True):
        firms: dict[str, float] = {}
        for code in codes:
            for firm, amount in by_code.get(code, ()):
                firms[firm] = firms.get(firm, 0.0) + amount
        if violates_rule(firms):
            blocks.add(block_name(indicator, str(block)))
    return blocks


def failing_exchanges(
    published: Published, registers: Registers, unknowns: Unknowns
) -> set[str]:
    """List the cells of exchanges that fail the rule at one end."""
    givers = _givers(registers, unknowns)
    rows = published.cells.to_dict("records")
    cells = set()
    for rank, pairs in cell_pairs(published, registers).items():
        sides: tuple[dict[str, float], ...] = ({}, {})
        for pair in pairs:
            for end, amounts_of in zip(sides, (givers, unknowns.takers), strict=True):
                for firm, t in amounts_of.get(pair, {}).items():
                    end[firm] = end.get(firm, 0.0) + t
        if any(violates_rule(end) for end in sides):
            cells.add(cell_name(rows[rank]))
    return cells


def _givers(
    registers: Registers, unknowns: Unknowns
) -> dict[tuple[str, str], dict[str, float]]:
    """Sum what each firm gives in each pair of communes."""
    donors = registers.ends[registers.ends["end"] == "donor"]
    firm_of = dict(zip(donors["site_id"], donors["firm_id"], strict=True))
    givers: dict[tuple[str, str], dict[str, float]] = {}
    for (site, donor, receiver), unknown in unknowns.given.items():
        amounts_of = givers.setdefault((donor, receiver), {})
        firm = str(firm_of[site])
        amounts_of[firm] = amounts_of.get(firm, 0.0) + unknowns.truth[unknown]
    return givers


def drawn_cells(
    unknowns: Unknowns, *, codes: Mapping[str, int], word: str
) -> Iterator[Cell]:
    """List the secret communes of a draw of tonnage."""
    of_commune = {terms[0][2]: terms for terms in unknowns.of_site[TONNES].values()}
    for code, n_firms in codes.items():
        terms = of_commune.get(code, ())
        total = sum(unknowns.truth[one] for one in terms)
        if total > 0:
            kind = "entreprise" if n_firms == 1 else "commune"
            name = f"seule à {code}" if n_firms == 1 else code
            yield Cell(kind, f"{TONNES}, {word}", name, Target(terms, terms), total)


def exchange_cells(registers: Registers, unknowns: Unknowns) -> Iterator[Cell]:
    """List the secret cells of exchanges: pairs of communes, given and taken."""
    by_pair: dict[tuple[str, str], list[Unknown]] = {}
    by_firm: dict[str, list[Unknown]] = {}
    givers = _givers(registers, unknowns)
    donors = registers.ends[registers.ends["end"] == "donor"]
    firm_of = dict(zip(donors["site_id"], donors["firm_id"], strict=True))
    for (site, donor, receiver), unknown in unknowns.given.items():
        by_pair.setdefault((donor, receiver), []).append(unknown)
        by_firm.setdefault(str(firm_of[site]), []).append(unknown)
    for pair, terms in by_pair.items():
        if violates_rule(givers[pair]) or violates_rule(unknowns.takers.get(pair, {})):
            yield _flow(
                "flux", " → ".join(pair), _all(terms), sum(givers[pair].values())
            )
    for firm, terms in by_firm.items():
        total = sum(unknowns.truth[one] for one in terms)
        yield _flow("donné", firm, _all(terms), total)
    yield from _taken(unknowns, by_pair)


def _all(terms: Sequence[Unknown]) -> Target:
    return Target(tuple(terms), tuple(terms))


def _taken(
    unknowns: Unknowns, by_pair: Mapping[tuple[str, str], list[Unknown]]
) -> Iterator[Cell]:
    pairs: dict[str, list[tuple[str, str]]] = {}
    for pair, firms in unknowns.takers.items():
        for firm in firms:
            pairs.setdefault(firm, []).append(pair)
    for firm, own_pairs in sorted(pairs.items()):
        most = [one for pair in own_pairs for one in by_pair.get(pair, ())]
        alone = [pair for pair in own_pairs if len(unknowns.takers[pair]) == 1]
        least = [one for pair in alone for one in by_pair.get(pair, ())]
        total = sum(unknowns.takers[pair][firm] for pair in own_pairs)
        yield _flow("pris", firm, Target(tuple(most), tuple(least)), total)


def _flow(kind: str, name: str, target: Target, truth: float) -> Cell:
    return Cell(kind, "échanges, value", name, target, truth)
