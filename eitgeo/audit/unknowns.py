"""Unknowns of a system: what each site keeps, gives, employs, draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.audit.registers import JOBS, TONNES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eitgeo.audit.registers import Registers
    from eitgeo.audit.system import Unknown

LITTLE = 1e-9
"""Share of an amount below which what is left of it is rounding."""


@dataclass(frozen=True)
class Unknowns:
    """The unknowns of one level, and their true amounts.

    Attributes
    ----------
    of_site
        Indicator → site → the unknowns that make its amount.
    given
        (giving site, commune, taking commune) → its unknown.
    takers
        Pair of communes → firm that takes there → tonnes.
    truth
        Unknown → amount: for the judge alone.
    """

    of_site: Mapping[str, Mapping[str, tuple[Unknown, ...]]] = field(repr=False)
    given: Mapping[tuple[str, str, str], Unknown] = field(repr=False)
    takers: Mapping[tuple[str, str], Mapping[str, float]] = field(repr=False)
    truth: Mapping[Unknown, float] = field(repr=False)


def make_unknowns(
    registers: Registers, *, level: str, edition: str = "", with_exchanges: bool = True
) -> Unknowns:
    """Name what is not known, site by site.

    Parameters
    ----------
    registers
        Who is where; what is true.
    level
        ``value``, ``low`` or ``high``.
    edition
        Word that tells the unknowns of this edition from those of another; empty:
        they are shared.
    with_exchanges
        Whether exchanges are part of the system.

    Returns
    -------
    Unknowns
        Where all that a site gives fits in its tonnage, the tonnage is what it keeps
        and what it gives; elsewhere it gives matter that tonnage does not count.
    """
    of_site: dict[str, dict[str, tuple[Unknown, ...]]] = {}
    truth: dict[Unknown, float] = {}
    for name, rows in registers.amounts.items():
        mine = of_site.setdefault(name, {})
        for site, amount in rows.groupby("site_id")[level].sum().items():
            unknown = (name, level, str(site), edition)
            mine[str(site)] = (unknown,)
            truth[unknown] = float(amount)
    given: dict[tuple[str, str, str], Unknown] = {}
    takers: dict[tuple[str, str], dict[str, float]] = {}
    if with_exchanges:
        _give(registers, of_site[TONNES], given, truth, (level, edition))
        takers = _take(registers.ends)
    return Unknowns(of_site, given, takers, truth)


def _give(
    registers: Registers,
    tonnage: dict[str, tuple[Unknown, ...]],
    given: dict[tuple[str, str, str], Unknown],
    truth: dict[Unknown, float],
    words: tuple[str, str],
) -> None:
    """Part the tonnage of each site into what it keeps and what it gives."""
    donors = registers.ends[registers.ends["end"] == "donor"]
    keys = ["site_id", "donor_id", "receiver_id"]
    sums = donors.groupby(keys)["t"].sum()
    total = donors.groupby("site_id")["t"].sum()
    fits = {
        site
        for site, t in total.items()
        if site in tonnage and t <= truth[tonnage[site][0]] * (1 + LITTLE)
    }
    for (site, donor, receiver), t in sums.items():
        unknown = ("donne", *words, str(site), str(donor), str(receiver))
        given[str(site), str(donor), str(receiver)] = unknown
        truth[unknown] = float(t)
        if site in fits:
            kept = tonnage[site][0]
            tonnage[site] = (*tonnage[site], unknown)
            truth[kept] = max(0.0, truth[kept] - float(t))


def _take(ends: pd.DataFrame) -> dict[tuple[str, str], dict[str, float]]:
    rows = ends[ends["end"] == "taker"]
    found: dict[tuple[str, str], dict[str, float]] = {}
    sums = rows.groupby(["donor_id", "receiver_id", "firm_id"])["t"].sum()
    for (donor, receiver, firm), t in sums.items():
        found.setdefault((str(donor), str(receiver)), {})[str(firm)] = float(t)
    return found


def drawn_unknowns(registers: Registers, *, draw: int) -> Unknowns:
    """Name what is not known of one draw of tonnage, commune by commune.

    Parameters
    ----------
    registers
        Who is where; what is true.
    draw
        Rank of the draw.

    Returns
    -------
    Unknowns
        A commune stands for its sites: what is drawn for each is not kept apart.
    """
    column = registers.draws.columns[draw]
    truth: dict[Unknown, float] = {}
    sites: dict[str, tuple[Unknown, ...]] = {}
    for site, code in _first_sites(registers.amounts[TONNES]):
        unknown = (TONNES, f"tirage {column}", code, "")
        truth[unknown] = float(registers.draws.at[code, column])
        sites[site] = (unknown,)
    return Unknowns({TONNES: sites, JOBS: {}}, {}, {}, truth)


def _first_sites(rows: pd.DataFrame) -> list[tuple[str, str]]:
    first = rows.sort_values("site_id").drop_duplicates("code_insee")
    return [(str(s), str(c)) for s, c in zip(first["site_id"], first["code_insee"], strict=True)]
