"""The attack on a study that was run: read what it publishes and what is true."""

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from tests.disclosure.attack import (
    Figure,
    attack,
    fails,
    figures_of,
    real_parts,
    top_headcounts,
)
from tests.disclosure.reading import (
    KINDS,
    block_figures,
    cell_figures,
    flow_truths,
    joint_figures,
    joint_truth,
    kept_figures,
    perimeter_figures,
    told_units,
)

LEVELS = ("low", "value", "high")
ORIGINS = {"ratio": "estime", "survey": "declare", "irep": "declare"}
Held = dict[Any, dict[str, float]]


class Study:
    """The tables of a run, and its secrets, read without the package."""

    def __init__(self, folder: Path) -> None:
        """Read `data/processed`."""
        self.folder = folder
        self._amounts: dict[str, Any] = {}
        communes = self.table("communes", ["code_insee", "in_area"])
        self.codes = set(communes.loc[communes["in_area"], "code_insee"])
        sites = self.table("sites")
        sites["firm_id"] = (
            sites["siret"].str[:9].where(sites["siret"] != "", sites["site_id"])
        )
        self.firms = sites.set_index("site_id")["firm_id"]
        self.sites = sites[sites["code_insee"].isin(self.codes)]
        self.public: Any = self.table("indicators_public").set_index(
            ["indicator_id", "perimeter_id"]
        )
        self.communes = self.table("communes_public")
        self.blocks = self.table("blocks_public")
        self.flows, self.ends = self.table("synergies"), self.table("exchange_ends")
        members = self.table("perimeter_communes")
        self.groups = [
            (str(name), frozenset(rows))
            for name, rows in members.groupby("perimeter_id")["code_insee"]
        ]

    def table(self, name: str, columns: list[str] | None = None) -> Any:
        """Read a table; geometries stay as bytes."""
        return pd.read_parquet(self.folder / f"{name}.parquet", columns=columns)

    def amounts(self, indicator: str) -> Any:
        """Return what each site makes of a sum, read once; nobody changes it."""
        if indicator not in self._amounts:
            self._amounts[indicator] = self._read_amounts(indicator)
        return self._amounts[indicator]

    def _read_amounts(self, indicator: str) -> Any:
        who = self.sites[["site_id", "code_insee", "firm_id", "synthetic"]]
        if indicator == "deposit_t":
            waste = self.table("arisings")
            waste = waste[waste["stream"] == "NDNI"]
            waste["origin"] = waste["method"].map(ORIGINS)
            rows = waste.groupby(["site_id", "origin"])[["t_low", "t_mid", "t_high"]]
            amounts = rows.sum().reset_index()
        else:
            division = pd.to_numeric(self.sites["naf"].str[:2], errors="coerce")
            jobs = self.sites[
                division.between(5, 39) & self.sites["headcount_mid"].gt(0)
            ]
            names = ["headcount_low", "headcount_mid", "headcount_high"]
            amounts = jobs[["site_id", *names]].assign(origin="estime")
            amounts = amounts[["site_id", "origin", *names]]
        amounts.columns = ["site_id", "origin", *LEVELS]
        return amounts.merge(who, on="site_id").fillna(dict.fromkeys(LEVELS, 0.0))

    @cached_property
    def cut_contours(self) -> list[tuple[str, frozenset[str]]]:
        """Return the perimeters that cut an EPCI: they alone can cut a block."""
        communes = self.table("communes", ["code_insee", "epci_siren"])
        epci = communes.set_index("code_insee")["epci_siren"]
        mine = epci[epci.index.isin(self.codes)]
        whole = [frozenset(part) for part in mine.groupby(epci).groups.values()]
        return [
            (name, codes)
            for name, codes in self.groups
            if any(0 < len(codes & part) < len(part) for part in whole)
        ]


def held_by(rows: Any, level: str) -> Held:
    """Return what each firm makes in each commune, declarations left out."""
    secret = rows[rows["origin"].isin(KINDS)]
    found: Held = {}
    sums = secret.groupby(["origin", "code_insee", "firm_id"])[level].sum()
    for (origin, code, firm), amount in sums.items():
        found.setdefault((origin, code), {})[firm] = float(amount)
    return found


def failing_communes(study: Study, indicator: str) -> int:
    """Count the communes that fail alone, those where somebody is."""
    truth = held_by(study.amounts(indicator), "value")
    return sum(fails([unit], [truth]) for unit in truth)


def sums_found(study: Study, indicator: str, *, numbers: Any) -> set[Any]:
    """Attack a sum with the blocks and some numbers for the perimeters."""
    rows = study.amounts(indicator)
    truths = {level: held_by(rows, level) for level in LEVELS}
    found: set[Any] = set()
    declared = (
        rows[rows["origin"] == "declare"].groupby("code_insee")[list(LEVELS)].sum()
    )
    told = told_units(study.communes, indicator)
    for level in LEVELS:
        blocks = block_figures(
            study.communes, study.blocks, indicator=indicator, level=level
        )
        every = perimeter_figures(
            study.groups, numbers[level], declared=declared[level], told=told
        )
        found |= attack([*blocks, *every], truths[level], *truths.values())
        for one in perimeter_figures(
            study.cut_contours, numbers[level], declared=declared[level], told=told
        ):
            found |= attack([*blocks, one], truths[level], *truths.values())
    return found


def exchanges_found(study: Study) -> set[Any]:
    """Attack cells and shares kept; then tonnage and exchanges together."""
    cells = cell_figures(study.communes, study.table("exchanges_public"), study.flows)
    shares = study.public.loc["captured_pct", "value"]
    kept = kept_figures(study.cut_contours, shares, cells, study.flows)
    truths = flow_truths(study.ends, study.firms)
    found = attack([*cells, *kept], *truths)
    blocks = block_figures(
        study.communes, study.blocks, indicator="deposit_t", level="value"
    )
    given = study.ends[study.ends["end"] == "donor"]
    truth = joint_truth(study.amounts("deposit_t"), given)
    told = told_units(study.communes, "deposit_t")
    joint = joint_figures(blocks, cells, study.flows, told=told)
    return found | attack(joint, truth)


def ratios_found(study: Study) -> set[Any]:
    """Attack products of shares and sums."""
    jobs = by_place(study.amounts("industry_jobs"))
    band = study.public.loc["top_site_pct", ["low", "high"]]
    shares = {str(name): (row["low"], row["high"]) for name, row in band.iterrows()}
    largest = {}
    for name, codes in study.groups:
        mine = jobs[jobs["code_insee"].isin(codes)]
        first = mine.loc[mine["value"].idxmax()]
        largest[name] = (str(first["site_id"]), float(first["value"]))
    numbers = study.public.loc["industry_jobs", "value"].to_dict()
    found: set[Any] = top_headcounts(numbers, shares, largest)
    for indicator in ("deposit_t", "industry_jobs"):
        rows = by_place(study.amounts(indicator))
        real = rows[~rows["synthetic"]]
        truth = {
            name: real[real["code_insee"].isin(codes)]
            .groupby("firm_id")["value"]
            .sum()
            .to_dict()
            for name, codes in study.groups
        }
        told = study.public.loc[indicator]
        percent = told["synthetic_share_pct"].to_dict()
        found |= real_parts(told["value"].to_dict(), percent, truth)
    return found


def by_place(rows: Any) -> Any:
    """Write codes as categories: hundreds of contours then ask them once each."""
    return rows.astype({"code_insee": "category"})


def commune_table(study: Study, indicator: str) -> tuple[list[Figure], Held]:
    """Return what an unguarded table of communes would publish."""
    truth = held_by(study.amounts(indicator), "value")
    rows = ((unit, sum(firms.values())) for unit, firms in truth.items())
    return figures_of(([unit], number) for unit, number in rows), truth
