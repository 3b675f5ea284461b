"""The audit of a study: its published folder, its tables, the words of its files.

Each printed number is a released one, rounded as the display does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from eitgeo.audit.auditing import DRAWS, Audit, audit_editions
from eitgeo.audit.published import LEVELS, Published, read_published
from eitgeo.audit.reading.checks import unread_files
from eitgeo.audit.reading.opened import open_file
from eitgeo.audit.registers import JOBS, TONNES, Edition, read_edition, read_registers
from eitgeo.audit.sums import KEPT_SHARES, epci_exchanges, read_blocks
from eitgeo.audit.texts import (
    PDF_TOOL,
    Said,
    can_read,
    normalize_text,
    numbers_said,
    said_in,
)
from eitgeo.disclosure.door.passing import released
from eitgeo.flows.exchanges.realised import animation_of, reach
from eitgeo.flows.exchanges.synergies import LEAST_SHARE
from eitgeo.flows.outlets.destinations import chapter_tonnes
from eitgeo.reference.governance import documented_cases
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.reference.rules import process_sheets
from eitgeo.sources.waste.landfills import read_landfill_ceilings
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from eitgeo.words import round_significant

_OUTLETS, _DESTINATIONS = "outlets", "declared_destinations"
_CHECKS, _TRIED = "arising_checks", "participation"
_CAPACITIES = ("capacity_t", "household_t")
_ZONE_SETTINGS, _POSTS = "zone_settings", "posts"

_UNIT_OF = indicator_catalogue().loc[[TONNES, JOBS, *KEPT_SHARES], "unit"].to_dict()
FIGURES = (1, 2)
"""Significant figures of what is printed of a figure released with two."""
CASE_UNITS = {
    "t_per_year": "t/an",
    "eur_per_year": "€/an",
    "tco2e_per_year": "tCO2e/an",
}
"""What a documented case may tell, and its unit."""

_SIREN_DIGITS, _LONG_NAME = 9, 8
_NUMBER = re.compile(r"(?<!\d)(?:\d{14}|\d{9})(?!\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")
_WORD = re.compile(r"\w+")

type Allowed = dict[str, set[float]]


def audit_study(
    project: Project, *, against: Path | None = None, draws: int = DRAWS
) -> Audit:
    """Audit what a study publishes."""
    registers = read_registers(project.processed)
    edition = Edition(read_published(project.maps), registers)
    other = None if against is None else read_edition(against, registers)
    audit = audit_editions(edition, against=other, draws=draws)
    audit_words(project, edition.published, audit)
    return audit


def audit_words(project: Project, published: Published, found: Audit) -> None:
    """Hold the numbers that texts print against what a study releases."""
    outlets = read_table(project.processed, _OUTLETS)
    known = [float(t) for name in _CAPACITIES for t in outlets[name].dropna()]
    chapters = chapter_tonnes(read_table(project.processed, _DESTINATIONS))
    known += chapters["mass_t"].tolist()
    known += [*_checked_t(project), *_ceilings_t(project)]
    settled = [*_of_no_firm(project), *_tried(project)]
    audit_texts(published, found, declared_t=known, of_no_firm=settled)
    sites = read_table(project.processed, "sites")
    secret = sites[sites["natural_person"] | ~sites["diffusible"]]
    found.remarks += [] if secret.empty else hidden_sites(published, secret)


def hidden_sites(published: Published, sites: pd.DataFrame) -> list[str]:
    """List the files that bear the number or the name of a site that must not leave.

    A name of one short word, or that of a commune, says nobody.
    """
    numbers = {str(one) for one in sites["siret"].dropna()}
    numbers |= {one[:_SIREN_DIGITS] for one in numbers}
    places = {normalize_text(one).casefold() for one in published.communes["name"]}
    folded = {normalize_text(one).casefold() for one in sites["name"].dropna()}
    names = [one for one in folded - places if " " in one or len(one) >= _LONG_NAME]
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


def _ceilings_t(project: Project) -> list[float]:
    """List the published ceilings of treatment sites."""
    written = project.study.sources.ceilings
    if written is None:
        return []
    return [
        float(t) for t in read_landfill_ceilings(project.path(written))["ceiling_t"]
    ]


def _of_no_firm(project: Project) -> Iterator[tuple[str, float]]:
    """List the amounts that settings and documented cases make, with their unit."""
    for jobs in released(project, _ZONE_SETTINGS).table["min_jobs"].unique():
        yield "emplois", float(jobs)
    posts = released(project, _POSTS).table
    paid = posts.filter(regex=r"^(?:total|rest)_").to_numpy(float).ravel().tolist()
    amounts = [("€/an", amount) for amount in dict.fromkeys(paid)]
    animation = animation_of(project.study.governance)
    for measure, unit in CASE_UNITS.items():
        made = reach(animation, measure, n_sites=math.inf).made
        amounts += [(unit, one) for one in (made.low, made.high, made.apart)]
    for unit, value in amounts:
        if math.isfinite(value):
            for figures in FIGURES:
                yield unit, round_significant(value, figures)


def _tried(project: Project) -> Iterator[tuple[str, float]]:
    """List what exchanges make where other shares of firms take part, as printed."""
    table = released(project, _TRIED).table
    for name, unit in (("t", "t/an"), ("eur_firms", "€/an")):
        for value in table[name].dropna():
            for figures in FIGURES:
                yield unit, round_significant(float(value), figures)


def _checked_t(project: Project) -> list[float]:
    """List our totals told beside published ones, as they leave and as they print."""
    rows = released(project, _CHECKS).table[["t_low", "t_mid", "t_high"]]
    tonnes = rows.to_numpy(float).ravel().tolist()
    return [round_significant(t, figures) for t in tonnes for figures in FIGURES]


def audit_texts(
    published: Published,
    found: Audit,
    *,
    declared_t: Sequence[float] = (),
    of_no_firm: Iterable[tuple[str, float]] = (),
) -> None:
    """Hold the numbers that texts print against released figures."""
    allowed = allowed_numbers(published, declared_t=declared_t, of_no_firm=of_no_firm)
    found.unread += [
        f"{one.file} : {one.what}" for one in unread_files(published.files)
    ]
    for path in published.files:
        if not can_read(path):
            found.unread.append(f"{path.name} : {PDF_TOOL} absent")
            continue
        said = numbers_said(path)
        found.n_numbers += len(said)
        found.unattached += unattached(said, allowed)


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
    allowed: Allowed = {"t/an": {_key(t) for t in declared_t if math.isfinite(t)}}
    for unit, value in of_no_firm:
        allowed.setdefault(unit, set()).add(_key(value))
    for unit, value in _released(published):
        numbers = allowed.setdefault(unit, set())
        numbers.add(_key(value))
        numbers |= {_key(round_significant(value, figures)) for figures in FIGURES}
    for row in published.levers.to_dict("records"):
        numbers = allowed.setdefault(str(row["unit"]), set())
        numbers |= {_key(float(row[level])) for level in LEVELS}
    for constant in _constants():
        allowed.setdefault(constant.unit, set()).add(_key(constant.number))
    for words in _told_words(published):
        for constant in said_in("", words):
            allowed.setdefault(constant.unit, set()).add(_key(constant.number))
    return allowed


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
        own = rows[rows["perimeter_id"].isin(compared)]
        for level in LEVELS:
            for value in rows[level].dropna().unique():
                yield from _in_units(unit, float(value))
            for a, b in combinations(own[level].dropna(), 2):
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
            ranks = blocks.inside(codes)
            yield unit, float(blocks.values[ranks].sum())
            if blocks.draws.shape[1] and ranks:
                sums = np.nansum(blocks.draws[ranks], axis=0)
                percentile = {"low": 10.0, "high": 90.0}.get(level, 50.0)
                yield unit, float(np.percentile(sums, percentile))
                yield unit, float(sums.mean())


def _constants() -> Iterator[Said]:
    """Read the public constants of the package: thresholds, ratios, process sheets."""
    for item in resources.files("eitgeo.reference").iterdir():
        if item.name.endswith(".csv"):
            yield from said_in(
                item.name, normalize_text(item.read_text(encoding="utf-8"))
            )
    sheets = process_sheets()
    for t in LEAST_SHARE * sheets.loc[sheets["least_unit"] == "t/an", "least_low"]:
        yield Said("fiches", float(t), "t/an", f"{t} t/an")
    cases = documented_cases()
    for name, unit in CASE_UNITS.items():
        for value in cases[name].dropna():
            yield Said(name, float(value), unit, f"{value} {unit}")
