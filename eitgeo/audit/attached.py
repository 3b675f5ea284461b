"""Which printed numbers are released ones, rounded as the display does."""

from __future__ import annotations

import math
from importlib import resources
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from eitgeo.audit.parts import KEPT_SHARES
from eitgeo.audit.payload import LEVELS
from eitgeo.audit.registers import JOBS, TONNES
from eitgeo.audit.sheets import bare
from eitgeo.audit.sums import epci_exchanges, read_blocks
from eitgeo.audit.texts import Said, said_in
from eitgeo.reference.governance import documented_cases
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.words import round_significant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eitgeo.audit.published import Published

_UNIT_OF = indicator_catalogue().loc[[TONNES, JOBS, *KEPT_SHARES], "unit"].to_dict()
FIGURES = (1, 2)
"""Significant figures of what is printed of a figure released with two."""
CASE_UNITS = {
    "t_per_year": "t/an",
    "eur_per_year": "€/an",
    "tco2e_per_year": "tCO2e/an",
}
"""What a documented case may tell, and its unit."""

type Allowed = dict[str, set[float]]


def unattached(said: Iterable[Said], allowed: Allowed) -> list[Said]:
    """List the printed numbers that are no released figure."""
    return [one for one in said if _key(one.number) not in allowed.get(one.unit, set())]


def allowed_numbers(
    published: Published,
    *,
    declared_t: Iterable[float] = (),
    of_no_firm: Iterable[tuple[str, float]] = (),
) -> Allowed:
    """List the numbers that a text may print with the unit of an estimate."""
    found: Allowed = {"t/an": {_key(t) for t in declared_t if math.isfinite(t)}}
    for unit, value in of_no_firm:
        found.setdefault(unit, set()).add(_key(value))
    for unit, value in _released(published):
        held = found.setdefault(unit, set())
        held.add(_key(value))
        held |= {_key(round_significant(value, figures)) for figures in FIGURES}
    for row in published.levers.to_dict("records"):
        held = found.setdefault(str(row["unit"]), set())
        held |= {_key(float(row[level])) for level in LEVELS}
    for one in _constants():
        found.setdefault(one.unit, set()).add(_key(one.number))
    for words in _told_words(published):
        for one in said_in("", words):
            found.setdefault(one.unit, set()).add(_key(one.number))
    return found


def _told_words(published: Published) -> Iterator[str]:
    yield from published.words
    for table in (published.deposits, published.exchanges):
        yield from table["words"].dropna().unique()
    for words in published.zones["jobs_class"].unique():
        yield f"{words} emplois"
        yield str(words).replace(" ou plus", " emplois ou plus")


def _key(value: float) -> float:
    return abs(float(f"{value:.12g}"))


def _released(published: Published) -> Iterator[tuple[str, float]]:
    compared = _compared(published)
    for indicator, unit in _UNIT_OF.items():
        rows = published.figures[published.figures["indicator_id"] == indicator]
        mine = rows[rows["perimeter_id"].isin(compared)]
        for level in LEVELS:
            for value in rows[level].dropna().unique():
                yield from _in_units(unit, float(value))
            for a, b in combinations(mine[level].dropna(), 2):
                yield unit, float(b - a)
    for indicator in (TONNES, JOBS):
        yield from _of_blocks(published, indicator)
    exchanges = published.cells["value"]
    for t in (*exchanges, exchanges.sum(), *epci_exchanges(published).values()):
        yield "t/an", float(t)


def _in_units(unit: str, value: float) -> Iterator[tuple[str, float]]:
    yield unit, value
    if unit == "k€/an":
        yield "€/an", 1000 * value


def _compared(published: Published) -> set[str]:
    names = published.figures["perimeter_id"].drop_duplicates()
    return {str(name) for name in names if not str(name).startswith("union_")}


def _of_blocks(published: Published, indicator: str) -> Iterator[tuple[str, float]]:
    unit = _UNIT_OF[indicator]
    epci = published.communes.groupby("epci_siren")["code_insee"].agg(frozenset)
    for level in LEVELS:
        blocks = read_blocks(published, indicator=indicator, level=level)
        for value in blocks.values:
            if math.isfinite(value):
                yield unit, float(value)
        for codes in epci:
            held = blocks.inside(codes)
            yield unit, float(blocks.values[held].sum())
            if blocks.draws.shape[1] and held:
                sums = np.nansum(blocks.draws[held], axis=0)
                percentile = {"low": 10.0, "high": 90.0}.get(level, 50.0)
                yield unit, float(np.percentile(sums, percentile))
                yield unit, float(sums.mean())


def _constants() -> Iterator[Said]:
    """Read the public constants of the package: thresholds, ratios, process sheets."""
    for item in resources.files("eitgeo.reference").iterdir():
        if item.name.endswith(".csv"):
            yield from said_in(item.name, bare(item.read_text(encoding="utf-8")))
    cases = documented_cases()
    for name, unit in CASE_UNITS.items():
        for value in cases[name].dropna():
            yield Said(name, float(value), unit, f"{value} {unit}")
