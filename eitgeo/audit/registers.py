"""What the auditor knows, who is where and what is true; what an attacker does not.

What did not change between two editions has the same unknowns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from eitgeo.audit.published import Interval, Published, read_published
from eitgeo.audit.system import Equation, Unknown
from eitgeo.errors import SourceError
from eitgeo.scenarios.measures.activity import (
    PUBLISHED,
    drawn_tonnes,
    firm_ids,
    site_amounts,
)
from eitgeo.tables.files import read_table

TONNES, JOBS = "deposit_t", "industry_jobs"
DRAWN_AGAIN = "tirés à nouveau"
"""Firm of what draws put where no site is shown: of nobody, and it covers nobody."""
_DECLARED = "declare"
_NEEDED = ("sites", "arisings", "communes", "exchange_ends", "site_zone")


@dataclass(frozen=True)
class Registers:
    """Who has an estimate, and how much.

    ``amounts``: indicator → ``site_id``, ``firm_id``, ``code_insee`` (public),
    ``value``, ``low``, ``high`` (true, for the judge alone), ``public``, ``rated`` (the
    amount that size classes rank). Declared figures are known: left out. ``ends``:
    ``end`` (donor, taker), ``donor_id``, ``receiver_id``, ``site_id``, ``firm_id``,
    ``t``: who may give what to whom, granted to the attacker, and how much, for the
    judge alone. ``epci``: EPCI of the communes of the study area. ``zones``:
    ``site_id``, ``zone_id``. ``draws``: communes × draws of tonnage: true, for the
    judge alone.
    """

    amounts: Mapping[str, pd.DataFrame] = field(repr=False)
    ends: pd.DataFrame = field(repr=False)
    epci: pd.Series[str] = field(repr=False)
    zones: pd.DataFrame = field(repr=False)
    draws: pd.DataFrame = field(repr=False)


def read_registers(processed: Path) -> Registers:
    """Read who is where, and what is true, from the tables of a study."""
    for name in _NEEDED:
        if not (processed / f"{name}.parquet").is_file():
            message = (
                f"{processed / name}.parquet : absent → exécuter d'abord « eitgeo run »"
            )
            raise SourceError(message)
    communes, sites = read_table(processed, "communes"), read_table(processed, "sites")
    epci = communes[communes["in_area"]].set_index("code_insee")["epci_siren"]
    codes = pd.Index(epci.index)
    amounts = site_amounts(sites, read_table(processed, "arisings"), codes=codes)
    draws = drawn_tonnes(_draws(processed), codes)
    firms = firm_ids(sites).set_axis(sites["site_id"])
    exchange_ends = read_table(processed, "exchange_ends")
    return make_registers(
        amounts,
        _secret(exchange_ends.assign(firm_id=exchange_ends["site_id"].map(firms))),
        epci=epci,
        zones=read_table(processed, "site_zone")[["site_id", "zone_id"]],
        draws=draws,
    )


def _draws(processed: Path) -> pd.DataFrame:
    if (processed / "arising_draws.parquet").is_file():
        return read_table(processed, "arising_draws")
    return pd.DataFrame(columns=["code_insee", "draw", "t"])


def make_registers(
    amounts: Mapping[str, pd.DataFrame],
    ends: pd.DataFrame,
    *,
    epci: pd.Series[str],
    zones: pd.DataFrame | None = None,
    draws: pd.DataFrame | None = None,
) -> Registers:
    """Gather what the auditor knows."""
    estimates = {name: _estimates(rows) for name, rows in amounts.items()}
    if draws is None:
        draws = pd.DataFrame(index=epci.index)
    if draws.shape[1]:
        estimates[TONNES] = _drawn(estimates[TONNES], draws)
    if zones is None:
        zones = pd.DataFrame({"site_id": [], "zone_id": []}, dtype="str")
    return Registers(estimates, ends.reset_index(drop=True), epci, zones, draws)


def _estimates(rows: pd.DataFrame) -> pd.DataFrame:
    secret = _secret(rows[rows["origin"] != _DECLARED])
    columns = ["site_id", "firm_id", "code_insee", "value", "low", "high"]
    public = secret.get("public", True)
    secrets = secret[columns].assign(public=public, rated=secret["value"])
    return secrets.reset_index(drop=True)


def _secret(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out what rests on published counts alone: all of it, or it stays known.

    Beside answers it stays, as if it were a firm's: a private study, never published.
    """
    return rows.iloc[:0] if rows["firm_id"].eq(PUBLISHED).all() else rows


def _drawn(rows: pd.DataFrame, draws: pd.DataFrame) -> pd.DataFrame:
    """Share the mean of each commune as the estimates of its sites.

    Where sites are drawn again, some draws put tonnes in a commune that shows none.
    """
    # Not `map`: of no row it makes a column of texts.
    mean = draws.mean(axis=1).reindex(rows["code_insee"]).fillna(0.0).to_numpy()
    total = rows.groupby("code_insee")["value"].transform("sum")
    share = np.divide(rows["value"], total, out=np.zeros(len(rows)), where=total > 0)
    figures = rows.assign(value=share * mean)
    if rows.empty:
        return figures
    elsewhere = draws.mean(axis=1).drop(rows["code_insee"].unique(), errors="ignore")
    again = elsewhere[elsewhere > 0].rename_axis("code_insee").reset_index(name="value")
    again = again.assign(site_id=again["code_insee"], firm_id=DRAWN_AGAIN, public=False)
    parts = [figures, again.assign(rated=again["value"])] if len(again) else [figures]
    every = pd.concat(parts, ignore_index=True)
    return every.assign(low=np.nan, high=np.nan)


LITTLE = 1e-9
"""Share of an amount below which what is left of it is rounding."""

_AMOUNTS = ["value", "low", "high"]


@dataclass(frozen=True)
class Unknowns:
    """The unknowns of one level, and their true amounts.

    ``of_site``: indicator → site → the unknowns that make its amount. ``given``:
    (giving site, commune, taking commune) → its unknown. ``takers``: pair of communes →
    firm that takes there → tonnes. ``truth``: unknown → amount: for the judge alone.
    """

    of_site: Mapping[str, Mapping[str, tuple[Unknown, ...]]] = field(repr=False)
    given: Mapping[tuple[str, str, str], Unknown] = field(repr=False)
    takers: Mapping[tuple[str, str], Mapping[str, float]] = field(repr=False)
    truth: Mapping[Unknown, float] = field(repr=False)


class Shared(NamedTuple):
    """What two editions have in common.

    ``sites``: indicator → sites of the same amount at the same place. ``givers``: sites
    that give the same to the same. ``communes``: communes of the same draws of tonnage.
    """

    sites: Mapping[str, frozenset[str]]
    givers: frozenset[str]
    communes: frozenset[str]


OTHER = "autre édition"
"""Tells the unknowns of the other edition from those of this one."""


def make_unknowns(
    registers: Registers,
    *,
    level: str,
    shared: Shared | None = None,
    with_exchanges: bool = True,
) -> Unknowns:
    """Name what is not known, site by site."""
    of_site: dict[str, dict[str, tuple[Unknown, ...]]] = {}
    truth: dict[Unknown, float] = {}
    for name, rows in registers.amounts.items():
        own = of_site.setdefault(name, {})
        for site, amount in rows.groupby("site_id")[level].sum().items():
            unknown = (name, level, str(site), _edition(name, str(site), shared))
            own[str(site)] = (unknown,)
            truth[unknown] = float(amount)
    gifts_of: dict[tuple[str, str, str], Unknown] = {}
    takers: dict[tuple[str, str], dict[str, float]] = {}
    if with_exchanges:
        gifts_of = _give(registers, of_site[TONNES], truth, shared)
        takers = _take(registers.ends)
    return Unknowns(of_site, gifts_of, takers, truth)


def _edition(name: str, site: str, shared: Shared | None) -> str:
    """Say of which edition what a site keeps is: its own where its parts moved."""
    if shared is None:
        return ""
    same = site in shared.sites.get(name, ())
    return "" if same and (name != TONNES or site in shared.givers) else OTHER


def linking_equations(
    unknowns: Unknowns, others: Unknowns, shared: Shared
) -> Iterator[Equation]:
    """Say that a tonnage did not change where its parts did."""
    for site in sorted(shared.sites.get(TONNES, ())):
        now, before = unknowns.of_site[TONNES][site], others.of_site[TONNES][site]
        if now != before:
            less = dict.fromkeys(now, 1.0)
            for unknown in before:
                less[unknown] = less.get(unknown, 0.0) - 1.0
            yield Equation(f"{TONNES} : {site}, même tonnage", Interval(0.0, 0.0), less)


def _give(
    registers: Registers,
    tonnage: dict[str, tuple[Unknown, ...]],
    truth: dict[Unknown, float],
    shared: Shared | None,
) -> dict[tuple[str, str, str], Unknown]:
    """Part the tonnage of each site into what it keeps and what it gives."""
    gifts = summed(registers.ends, "donor", ("site_id", "donor_id", "receiver_id"))
    total: dict[str, float] = {}
    for (site, _, _), t in gifts.items():
        total[site] = total.get(site, 0.0) + t
    fits = {
        site
        for site, t in total.items()
        if site in tonnage and t <= truth[tonnage[site][0]] * (1 + LITTLE)
    }
    gifts_of: dict[tuple[str, str, str], Unknown] = {}
    for (site, donor, receiver), t in gifts.items():
        same = shared is None or site in shared.givers
        unknown = ("donne", "" if same else OTHER, site, donor, receiver)
        gifts_of[site, donor, receiver] = unknown
        truth[unknown] = t
        if site in fits:
            rest_of = tonnage[site][0]
            tonnage[site] = (*tonnage[site], unknown)
            truth[rest_of] = max(0.0, truth[rest_of] - t)
    return gifts_of


def summed(
    ends: pd.DataFrame, end: str, names: tuple[str, str, str]
) -> dict[tuple[str, str, str], float]:
    """Sum what is given or taken."""
    rows = ends[ends["end"] == end]
    sums: dict[tuple[str, str, str], float] = {}
    columns = (rows[name] for name in (*names, "t"))
    for a, b, c, t in zip(*columns, strict=True):
        key = str(a), str(b), str(c)
        sums[key] = sums.get(key, 0.0) + float(t)
    return dict(sorted(sums.items()))


def _take(ends: pd.DataFrame) -> dict[tuple[str, str], dict[str, float]]:
    takers: dict[tuple[str, str], dict[str, float]] = {}
    taken = summed(ends, "taker", ("donor_id", "receiver_id", "firm_id"))
    for (donor, receiver, firm), t in taken.items():
        takers.setdefault((donor, receiver), {})[firm] = t
    return takers


def drawn_unknowns(
    registers: Registers, *, draw: int, shared: Shared | None = None
) -> Unknowns:
    """Name what is not known of one draw of tonnage, commune by commune."""
    column = registers.draws.columns[draw]
    draws = registers.draws[column]
    amounts = dict(zip(map(str, draws.index), map(float, draws), strict=True))
    truth: dict[Unknown, float] = {}
    sites: dict[str, tuple[Unknown, ...]] = {}
    for site, code in _first_sites(registers.amounts[TONNES]):
        same = shared is None or code in shared.communes
        unknown = (TONNES, f"tirage {column}", code, "" if same else OTHER)
        truth[unknown] = amounts[code]
        sites[site] = (unknown,)
    return Unknowns({TONNES: sites, JOBS: {}}, {}, {}, truth)


def _first_sites(rows: pd.DataFrame) -> list[tuple[str, str]]:
    first = rows.sort_values("site_id", kind="stable").drop_duplicates("code_insee")
    return [
        (str(s), str(c))
        for s, c in zip(first["site_id"], first["code_insee"], strict=True)
    ]


class Edition(NamedTuple):
    """An edition of a study: what it publishes, and who was where.

    ``published``: what was read. ``registers``: who was where; those of the audited
    edition where its own are not at hand.
    """

    published: Published
    registers: Registers


def read_edition(folder: Path, current: Registers) -> Edition:
    """Read another edition."""
    published = read_published(folder)
    root = folder if (folder / "maps").is_dir() else folder.resolve().parent
    processed = root / "data" / "processed"
    if (processed / "sites.parquet").is_file():
        return Edition(published, read_registers(processed))
    return Edition(published, current)


def shared_with(current: Registers, other: Registers) -> Shared:
    """Say what two editions have in common."""
    sites = {
        name: _same_rows(rows, other.amounts[name])
        for name, rows in current.amounts.items()
        if name in other.amounts
    }
    return Shared(sites, _same_givers(current, other), _same_draws(current, other))


def _same_rows(here: pd.DataFrame, there: pd.DataFrame) -> frozenset[str]:
    keys = ["site_id", "firm_id", "code_insee"]
    a = here.groupby(keys)[_AMOUNTS].sum()
    b = there.groupby(keys)[_AMOUNTS].sum()
    both = a.index.intersection(b.index)
    a, b = a.loc[both], b.loc[both]
    is_near = (a - b).abs() <= 1e-9 * a.abs()
    return frozenset(str(key[0]) for key in both[is_near.all(axis=1)])


def _same_givers(current: Registers, other: Registers) -> frozenset[str]:
    def gifts(registers: Registers) -> dict[str, dict[tuple[str, str], float]]:
        names = "site_id", "donor_id", "receiver_id"
        tonnes: dict[str, dict[tuple[str, str], float]] = {}
        for (site, *pair), t in summed(registers.ends, "donor", names).items():
            tonnes.setdefault(site, {})[pair[0], pair[1]] = round(t, 9)
        return tonnes

    now, there = gifts(current), gifts(other)
    sites = set(current.amounts[TONNES]["site_id"]) | set(now)
    return frozenset(one for one in sites if now.get(one) == there.get(one))


def _same_draws(current: Registers, other: Registers) -> frozenset[str]:
    a, b = current.draws, other.draws
    both = a.index.intersection(b.index)
    if list(a.columns) != list(b.columns):
        return frozenset()
    a, b = a.loc[both], b.loc[both]
    is_near = (a - b).abs() <= 1e-9 * a.abs()
    return frozenset(str(code) for code in both[is_near.all(axis=1)])
